"""时段制: the longest gap within a period as a table and as properties, and what proves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import known_as

from mediawatch.domain import (
    Code,
    DateKind,
    Evidence,
    EvidenceKind,
    Filing,
    Judgement,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    Reading,
    Sight,
    Verdict,
)
from mediawatch.domain.clock import EVER, day_end, day_start
from mediawatch.rules.judge import judge
from mediawatch.rules.periods import gaps_of
from mediawatch.rules.policy import load
from mediawatch.rules.sweep_policy import policy_for
from tests.support.policies import own

FIRST, LAST = date(2022, 10, 10), date(2022, 12, 31)
AS_OF = day_end(LAST)
READ = AS_OF + timedelta(hours=10)
POLICY = load("national")
FILED = Filing(name="示例发布", platform="toutiao", platform_id="id-1")
PROOF = Evidence(
    kind=EvidenceKind.SCREENSHOT,
    media_type="image/jpeg",
    path="a.jpg",
    sha256="0" * 64,
    size=1,
    taken_at=READ,
)
_ids = count(1)


def md(text: str) -> date:
    """`10-12` of 2022; `09-30` lies before the period."""
    return date.fromisoformat(f"2022-{text}")


def sight(
    *days: date,
    since: date | None = None,
    surface: str = "toutiao.profile",
    ever: bool = False,
    **facts: object,
) -> Sight:
    posts = tuple(
        Post(on=day, at=day_start(day) + timedelta(hours=9), id=day.isoformat()) for day in days
    )
    complete = EVER if ever else day_start(since) if since else None
    base = Sight(
        surface=surface,
        read_at=READ,
        name="示例发布",
        matched_by=MatchedBy.ID,
        posts=posts,
        complete_since=complete,
    )
    return replace(base, **facts)  # type: ignore[arg-type]


def reading(seen: Sight, look: LookKind = LookKind.FIRST, later: int = 0) -> Reading:
    at = READ + timedelta(minutes=later)
    seen = replace(seen, read_at=at, evidence=(PROOF,) if look is LookKind.SECOND else ())
    return Reading(
        account_id=1, look=look, started_at=at, read_at=at, sights=(seen,), id=next(_ids)
    )


def twice(seen: Sight) -> tuple[Reading, ...]:
    return reading(seen), reading(seen, LookKind.SECOND, 30)


def judged(*readings: Reading, filed: Filing = FILED, first: date = FIRST) -> Judgement:
    return judge(known_as(filed, readings), AS_OF, POLICY, first)


@pytest.mark.parametrize(
    ("posts", "opened", "gaps"),
    [
        (("10-12", "11-20"), None, [2, 39, 41]),
        (("09-20", "10-12", "11-20"), None, [22, 39, 41]),
        (("09-20",), None, [102]),
        ((), None, [82]),
        ((), "12-01", [30]),
        (("12-05",), "12-01", [4, 26]),
        (("10-10", "12-31"), None, [0, 82, 0]),
        (("11-01",), "12-01", [0, 30]),
        (("10-10",), "12-31", [0, 0]),
        (("10-12", "10-12"), None, [2, 80]),
    ],
)
def test_gaps_of_a_period(posts: tuple[str, ...], opened: str | None, gaps: list[int]) -> None:
    found = gaps_of(
        [md(post) for post in posts], FIRST, LAST, opened=md(opened) if opened else None
    )
    assert [gap.days for gap in found] == gaps


def every(days: int, since: date = FIRST, until: date = LAST) -> tuple[date, ...]:
    return tuple(
        since + timedelta(days=offset) for offset in range(0, (until - since).days + 1, days)
    )


FILLED = every(10, until=md("12-09"))
"""Posts every ten days up to 12-09: 22 days of silence to the end."""


@pytest.mark.parametrize(
    ("seen", "verdict", "gap", "minimum"),
    [
        (sight(*every(10), ever=True), Verdict.FRESH, 10, False),
        (sight(*every(10)), Verdict.FRESH, 10, False),  # lower bounds alone prove it
        (sight(*every(14), ever=True), Verdict.AT_LIMIT, 14, False),
        (sight(*every(14)), Verdict.FRESH, 14, False),  # 临界 from exact lists only
        (sight(*every(5, until=md("12-20")), ever=True), Verdict.DUE_SOON, 12, False),
        (sight(*FILLED, ever=True), Verdict.FAILED, 22, False),
        (sight(*FILLED), Verdict.UNPROVEN, 22, False),
        (sight(*FILLED, since=md("12-20")), Verdict.UNPROVEN, 22, False),  # proves 12 days of it
        (sight(*FILLED, since=md("12-12")), Verdict.FAILED, 20, True),
        (sight(md("10-12"), md("11-20"), ever=True), Verdict.FAILED, 41, False),
        (
            sight(md("10-12"), md("11-20"), *every(7, md("11-21")), since=md("11-15")),
            Verdict.UNPROVEN,
            39,
            False,
        ),
        (
            sight(md("10-12"), md("11-20"), *every(7, md("11-21")), since=md("11-01")),
            Verdict.FAILED,
            20,
            True,
        ),
        (sight(), Verdict.UNPROVEN, 82, False),
        (
            sight(date(2023, 1, 1), since=md("11-01")),
            Verdict.UNPROVEN,
            82,
            False,
        ),  # perhaps its first one
        (
            sight(md("11-20"), *every(7, md("11-21")), ever=True),
            Verdict.UNPROVEN,
            41,
            False,
        ),  # perhaps opened on 11-20
        (sight(md("11-20"), ever=True), Verdict.FAILED, 41, False),
    ],
)
def test_the_longest_gap_and_its_proof(
    seen: Sight, verdict: Verdict, gap: int, minimum: bool
) -> None:
    found = judged(*twice(seen))
    assert (found.verdict, found.gap_days) == (verdict, gap)
    for one in found.findings:
        assert (one.gap_days, one.gap_is_minimum, one.code) == (gap, minimum, Code.STALE_2W)


def test_a_gap_that_ended_long_ago_fails_the_period_and_not_the_moment() -> None:
    lapsed = twice(sight(*every(5, until=md("11-09")), *every(5, md("12-10")), ever=True))
    assert judge(known_as(FILED, lapsed), AS_OF, POLICY).verdict is Verdict.FRESH
    found = judged(*lapsed)
    assert found.verdict is Verdict.FAILED
    assert found.findings[0].sentence.startswith(
        "检查时段2022年10月10日至12月31日内最长更新间隔31天（2022年11月9日至2022年12月10日），"
        "属“超2周未更新”"
    )
    assert (found.findings[0].latest_on, found.date_kind) == (date(2022, 12, 30), DateKind.EXACT)


def test_a_post_that_another_look_saw_splits_the_gap() -> None:
    listed = sight(md("10-12"), *every(7, md("10-19"), md("12-10")), ever=True)
    assert judged(*twice(listed)).findings[0].gap_days == 24
    earlier = replace(reading(sight(md("12-14"))), read_at=AS_OF - timedelta(days=10))
    assert [judged(*twice(listed), earlier).findings[0].gap_days] == [17]


def test_one_look_is_no_finding_in_a_period_either() -> None:
    found = judged(reading(sight(*FILLED, ever=True)))
    assert (found.verdict, found.second_look, found.findings) == (Verdict.UNPROVEN, True, ())
    blocked = judged(
        reading(sight(*FILLED, ever=True)),
        reading(sight(outcome=Outcome.CAPTCHA, matched_by=None), LookKind.SECOND, 30),
    )
    assert (blocked.verdict, blocked.findings) == (Verdict.UNPROVEN, ())


def test_what_is_not_known_is_said() -> None:
    assert "不能证明检查时段内的更新间隔" in judged(*twice(sight(*FILLED))).sentence
    assert (
        judged(*twice(sight(*every(10)))).sentence
        == "检查时段2022年10月10日至12月31日内更新间隔最长不超过10天。"
    )


DAYS = st.sets(st.integers(-40, (LAST - FIRST).days), max_size=25).map(
    lambda drawn: [FIRST + timedelta(days=day) for day in sorted(drawn)]
)


def longest_by_hand(days: list[date]) -> int:
    """Walk the period day by day."""
    since = max(
        [day for day in days if day < FIRST], default=min([FIRST, *days]) if days else FIRST
    )
    longest, day = 0, since
    while day <= LAST:
        if day in days:
            longest, since = max(longest, (day - since).days), day
        day += timedelta(days=1)
    return max(longest, (LAST - since).days)


@given(DAYS)
def test_a_complete_list_is_judged_by_its_longest_gap(days: list[date]) -> None:
    """Counted from its first known post on: its opening is not known."""
    found = judged(*twice(sight(*days, ever=True)))
    opened = judged(
        *twice(sight(*days, ever=True)), filed=replace(FILED, opened_on=date(2020, 1, 1))
    )
    if days:
        assert opened.gap_days == longest_by_hand(days)
        assert (opened.verdict is Verdict.FAILED) == (longest_by_hand(days) > 14)
        known = (
            longest_by_hand(days)
            if min(days) < FIRST
            else max((gap.days for gap in gaps_of(days, FIRST, LAST)[1:]), default=0)
        )
        assert (found.verdict is Verdict.FAILED) == (known > 14)
    else:
        assert found.verdict is Verdict.UNPROVEN


@given(DAYS, st.integers(-30, (LAST - FIRST).days))
def test_no_list_proves_more_than_it_shows(days: list[date], cut: int) -> None:
    """Whatever lies before a list's beginning is unknown: a gap is never overstated, and lower
    bounds alone never fail anybody.
    """
    since = FIRST + timedelta(days=cut)
    found = judged(*twice(sight(*[day for day in days if day >= since], since=since)))
    assert all(
        one.gap_days is not None and one.gap_days <= longest_by_hand(days) for one in found.findings
    )
    assert judged(*twice(sight(*days))).verdict in (Verdict.FRESH, Verdict.UNPROVEN)


@given(DAYS, DAYS)
def test_a_further_post_never_makes_it_worse(days: list[date], more: list[date]) -> None:
    """Where the opening is known: else an older post proves that there was an account to be
    silent.
    """
    opened = replace(FILED, opened_on=date(2020, 1, 1))
    before = judged(*twice(sight(*days, ever=True)), filed=opened)
    after = judged(
        *twice(sight(*sorted({*days, *[day for day in more if day >= FIRST]}), ever=True)),
        filed=opened,
    )
    if before.verdict is not Verdict.FAILED and days:
        assert after.verdict is not Verdict.FAILED


def test_a_stranger_of_the_name_makes_no_silence_longer() -> None:
    """Its post lies before the account was opened, and before the period."""
    led = {"matched_by": MatchedBy.NAME, "provisional": "id-9", "platform_id": "id-9"}
    stranger = reading(sight(md("10-20"), **led))
    own = twice(sight(md("12-25"), ever=True))
    for more in ((), (stranger,)):
        assert judged(*own, *more).findings == ()
    early = reading(sight(md("09-20"), **led))
    seldom = [md("10-12") + timedelta(days=14 * turn) for turn in range(6)]
    fresh = judged(reading(sight(*seldom)))
    assert judged(reading(sight(*seldom)), early).verdict is fresh.verdict


@pytest.mark.parametrize("name", ["hunan", "national", "tibet"])
def test_no_label_of_a_period_speaks_of_its_last_two_weeks(name: str) -> None:
    """The account posted a day before the end: its longest gap lies earlier."""
    lapsed = twice(sight(*every(5, until=md("11-09")), *every(5, md("12-10")), ever=True))
    (found,) = judge(known_as(FILED, lapsed), AS_OF, load(name), FIRST).findings
    assert "时间点" not in found.label + found.sentence
    assert "前2周" not in found.label + found.sentence
    assert found.label in found.sentence
    if name == "hunan":
        assert found.label == "检查时段内更新间隔超过2周"
    else:
        assert found.label == own(load(name)).label(found.code)


def test_a_moment_keeps_the_words_of_its_policy() -> None:
    stale = twice(sight(*FILLED, ever=True))
    (found,) = judge(known_as(FILED, stale), AS_OF, load("hunan")).findings
    assert found.label == "监测时间点前2周内无内容更新"


def test_every_tier_of_a_moment_is_called_by_its_length() -> None:
    """An office's own policy may say so of each tier, and count a gap that reaches it."""
    national = load("national")
    of_moment = {
        tier.code: national.codes[tier.code].model_copy(update={"label": f"截至检查时{place}"})
        for place, tier in enumerate(national.tiers)
    }
    window = national.window.model_copy(update={"days": 10, "edge": "reaches"})
    policy = national.model_copy(update={"codes": national.codes | of_moment, "window": window})
    named = policy_for(policy, FIRST)
    assert {tier.code: own(named).label(tier.code) for tier in policy.tiers} == {
        Code.ZOMBIE: "检查时段内更新间隔达到一年",
        Code.STALE_6M: "检查时段内更新间隔达到半年",
        Code.STALE_3M: "检查时段内更新间隔超过3个月",
        Code.STALE_2W: "检查时段内更新间隔达到10天",
    }
    assert policy_for(policy, None) is policy
    assert policy_for(named, FIRST) is named
