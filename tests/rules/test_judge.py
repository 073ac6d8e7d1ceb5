"""The rules as tables: what a set of readings proves, and the verdict it gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import known_as

from mediawatch.domain import (
    AccountState,
    Code,
    DateKind,
    Effect,
    Evidence,
    EvidenceKind,
    FiledStatus,
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import BEIJING, EVER, day_end, day_start, months_before
from mediawatch.ports import Dossier
from mediawatch.rules.due import next_due
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import Policy, load, parse
from mediawatch.rules.verdicts import VERDICTS, FiledStanding, Freshness, Presence
from tests.support.policies import own

AS_OF = day_end(date(2022, 12, 31))
READ = AS_OF + timedelta(hours=10)
NATIONAL, TIBET = load("national"), load("tibet")
FILED = Filing(name="示例发布", platform="toutiao", platform_id="id-1")
PROOF = Evidence(
    kind=EvidenceKind.SCREENSHOT,
    media_type="image/jpeg",
    path="a.jpg",
    sha256="0" * 64,
    size=1,
    taken_at=READ,
)


def day(gap: int) -> date:
    return date(2022, 12, 31) - timedelta(days=gap)


def posts(*gaps: int, **more: object) -> tuple[Post, ...]:
    return tuple(
        Post(on=day(gap), at=day_start(day(gap)) + timedelta(hours=9), id=f"p{gap}", **more)
        for gap in gaps
    )  # type: ignore[arg-type]


def sight(**facts: object) -> Sight:
    base = Sight(surface="toutiao.profile", read_at=READ, name="示例发布", matched_by=MatchedBy.ID)
    return replace(base, **facts)  # type: ignore[arg-type]


def exact(*gaps: int, since: int = 400, **facts: object) -> Sight:
    return sight(posts=posts(*gaps), complete_since=day_start(day(since)), **facts)


_ids = iter(range(1, 1_000_000))


def reading(
    *sights: Sight, look: LookKind = LookKind.FIRST, at: datetime = READ, by: str = ""
) -> Reading:
    seen = tuple(
        replace(
            one, read_at=at, evidence=(PROOF,) if look in (LookKind.SECOND, LookKind.PERSON) else ()
        )
        for one in sights
    )
    return Reading(
        account_id=1, look=look, started_at=at, read_at=at, sights=seen, by=by, id=next(_ids)
    )


def twice(*sights: Sight) -> tuple[Reading, ...]:
    return reading(*sights), reading(*sights, look=LookKind.SECOND, at=READ + timedelta(minutes=30))


def person(*sights: Sight, by: str = "张三", at: datetime = READ + timedelta(hours=1)) -> Reading:
    return reading(
        *[replace(one, surface="person") for one in sights], look=LookKind.PERSON, at=at, by=by
    )


def verdict(
    *readings: Reading, policy: Policy = NATIONAL, filed: Filing = FILED, as_of: datetime = AS_OF
) -> Verdict:
    return judge(known_as(filed, readings), as_of, policy).verdict


def codes(*readings: Reading, policy: Policy = NATIONAL, filed: Filing = FILED) -> list[Code]:
    return [finding.code for finding in judge(known_as(filed, readings), AS_OF, policy).findings]


def test_a_policy_of_ones_own_bears_no_shipped_name(tmp_path: Path) -> None:
    """Documents tell by which rules an account failed: 国家口径 with three days in place of
    fourteen is another rule.
    """
    toml, own = load("national").toml, tmp_path / "own.toml"
    own.write_text(toml, encoding="utf-8")
    assert load(str(own)).window.days == 14
    stricter = toml.replace("days = 14 ", "days = 3 ").replace(
        "due_soon_from = 10", "due_soon_from = 2"
    )
    stricter = stricter.replace("超2周未更新", "超3天未更新")
    named = stricter.replace('name = "national"', 'name = "own"')
    for text, place in ((stricter, "name"), (named, "title")):
        own.write_text(text, encoding="utf-8")
        with pytest.raises(UserError, match=f"own.toml: {place}: .* is that of a shipped policy"):
            load(str(own))
    own.write_text(named.replace('title = "国家口径', 'title = "本市口径'), encoding="utf-8")
    assert load(str(own)).window.days == 3


@pytest.mark.parametrize(
    ("gap", "complete", "expected"),
    [
        (0, True, Verdict.FRESH),
        (9, True, Verdict.FRESH),
        (10, True, Verdict.DUE_SOON),
        (13, True, Verdict.DUE_SOON),
        (14, True, Verdict.AT_LIMIT),
        (15, True, Verdict.FAILED),
        (400, True, Verdict.FAILED),
        (0, False, Verdict.FRESH),
        (13, False, Verdict.FRESH),
        (14, False, Verdict.FRESH),
        (15, False, Verdict.UNPROVEN),
        (400, False, Verdict.UNPROVEN),
    ],
)
def test_gap_and_proof(gap: int, complete: bool, expected: Verdict) -> None:
    seen = exact(gap, since=500) if complete else sight(posts=posts(gap))
    assert verdict(*twice(seen)) is expected


@pytest.mark.parametrize(
    ("latest", "national", "tibet"),
    [
        (day(15), Code.STALE_2W, Code.STALE_2W),
        (
            date(2022, 9, 30),
            Code.STALE_2W,
            Code.STALE_2W,
        ),  # exactly 3 months back (clamped): 超过 excludes it
        (date(2022, 9, 29), Code.STALE_3M, Code.STALE_2W),
        (date(2022, 7, 1), Code.STALE_3M, Code.STALE_2W),
        (date(2022, 6, 30), Code.STALE_6M, Code.STALE_6M),  # 以上 includes it
        (date(2022, 1, 1), Code.STALE_6M, Code.STALE_6M),
        (date(2021, 12, 31), Code.ZOMBIE, Code.ZOMBIE),
    ],
)
def test_tiers(latest: date, national: Code, tibet: Code) -> None:
    gap = (date(2022, 12, 31) - latest).days
    seen = twice(exact(gap, since=2000))
    assert codes(*seen) == [national]
    assert codes(*seen, policy=TIBET) == [tibet]


def test_one_look_is_no_finding_and_asks_for_the_second() -> None:
    judged = judge(known_as(FILED, (reading(exact(40)),)), AS_OF, NATIONAL)
    assert (judged.verdict, judged.second_look, judged.findings) == (Verdict.UNPROVEN, True, ())


@pytest.mark.parametrize(
    "second",
    [
        sight(outcome=Outcome.CAPTCHA, matched_by=None, name=""),
        sight(outcome=Outcome.NOT_FOUND, matched_by=None, name=""),
        sight(posts=posts(40)),
    ],
)
def test_second_look_that_fails_or_differs_proves_nothing(second: Sight) -> None:
    readings = (
        reading(exact(40)),
        reading(second, look=LookKind.SECOND, at=READ + timedelta(minutes=30)),
    )
    judged = judge(known_as(FILED, readings), AS_OF, NATIONAL)
    assert (judged.verdict, judged.second_look, judged.findings) == (Verdict.UNPROVEN, False, ())


LATER = READ + timedelta(days=9)


@pytest.mark.parametrize(
    "after",
    [
        reading(exact(20), at=LATER),
        reading(sight(posts=posts(20)), at=LATER),
        reading(
            Sight(surface="toutiao.profile", read_at=LATER, outcome=Outcome.UNREACHABLE), at=LATER
        ),
        reading(exact(20, -5), at=LATER),
    ],
    ids=["the same without evidence", "a lower bound", "our own trouble", "a post after as_of"],
)
def test_what_two_looks_proved_is_not_taken_back_by_a_later_one(after: Reading) -> None:
    before = judge(known_as(FILED, twice(exact(20))), AS_OF, NATIONAL)
    first, second = twice(exact(20))
    now = judge(known_as(FILED, (first, second, after)), AS_OF, NATIONAL)
    assert now.verdict is before.verdict is Verdict.FAILED
    assert now.findings[0].reading_ids == (first.id, second.id)


def test_a_post_in_the_window_that_is_seen_later_takes_it_back() -> None:
    assert verdict(*twice(exact(20)), reading(sight(posts=posts(3)), at=LATER)) is Verdict.FRESH
    absent = sight(outcome=Outcome.NOT_FOUND, control="示例对照", name="", posts=())
    assert verdict(*twice(absent), reading(exact(20), at=LATER), policy=TIBET) is Verdict.UNPROVEN


def test_a_finding_needs_evidence() -> None:
    first, second = twice(exact(40))
    bare = replace(second, sights=tuple(replace(one, evidence=()) for one in second.sights))
    assert verdict(first, bare) is Verdict.UNPROVEN


def test_fresh_post_wins_wherever_it_was_seen() -> None:
    elsewhere = reading(
        sight(surface="toutiao.share", posts=posts(3)), at=AS_OF - timedelta(days=2)
    )
    assert verdict(*twice(exact(40)), elsewhere) is Verdict.FRESH


def test_exactness_is_of_its_moment() -> None:
    early = [replace(one, read_at=AS_OF - timedelta(days=20)) for one in twice(exact(40))]
    assert verdict(*early) is Verdict.UNPROVEN


def test_a_list_that_stops_inside_the_window_proves_nothing() -> None:
    assert verdict(*twice(exact(300, since=5))) is Verdict.UNPROVEN


def test_a_list_shorter_than_another_surface_is_not_exact() -> None:
    other = reading(sight(surface="toutiao.share", posts=posts(20)), at=AS_OF - timedelta(days=15))
    assert verdict(*twice(exact(40)), other) is Verdict.UNPROVEN


def test_posts_of_an_unmatched_sight_count_neither_way() -> None:
    assert verdict(*twice(exact(40, matched_by=None))) is Verdict.UNPROVEN
    assert verdict(reading(sight(posts=posts(1), matched_by=None))) is Verdict.UNPROVEN


def test_posts_after_as_of_do_not_help() -> None:
    assert verdict(*twice(exact(-1, 40)), as_of=AS_OF) is Verdict.FAILED
    only_later = twice(exact(-1, since=30))
    assert verdict(*only_later, filed=replace(FILED, opened_on=day(100))) is Verdict.LISTED
    assert verdict(*only_later) is Verdict.UNPROVEN, (
        "its first known post may be the first that it ever made"
    )
    assert verdict(*twice(exact(-1, since=-1))) is Verdict.UNPROVEN


def test_future_post_is_set_aside_and_noted() -> None:
    odd = sight(posts=posts(-200, 3))
    judged = judge(known_as(FILED, (reading(odd),)), AS_OF, NATIONAL)
    assert judged.verdict is Verdict.FRESH
    assert judged.latest_on == day(3)
    assert any("发布时间异常" in note for note in judged.notes)


def test_a_list_with_a_date_yet_to_come_proves_no_gap() -> None:
    """The true date of its newest post is not known: it may lie in the window.

    Found by the fault matrix.
    """
    for gaps, codes in (((-400, 41, 60), set()), ((41, 60), {Code.STALE_2W})):
        looks = (
            reading(exact(*gaps)),
            reading(exact(*gaps, evidence=(PROOF,)), look=LookKind.SECOND),
        )
        assert {
            finding.code for finding in judge(known_as(FILED, looks), AS_OF, TIBET).findings
        } == codes


@pytest.mark.parametrize("outcome", [one for one in Outcome if one.about_us])
def test_our_trouble_is_never_their_fault(outcome: Outcome) -> None:
    for policy in (NATIONAL, TIBET):
        judged = judge(
            known_as(FILED, twice(sight(outcome=outcome, name="", matched_by=None))), AS_OF, policy
        )
        assert (judged.verdict, judged.findings) == (Verdict.UNPROVEN, ())


@pytest.mark.parametrize(
    ("outcome", "code", "tibet"),
    [
        (Outcome.NOT_FOUND, Code.NOT_FOUND, Verdict.FAILED),
        (Outcome.CANCELLED, Code.CANCELLED_NOT_CLOSED, Verdict.LISTED),
        (Outcome.BANNED, Code.BANNED, Verdict.LISTED),
    ],
)
def test_gone(outcome: Outcome, code: Code, tibet: Verdict) -> None:
    gone = sight(outcome=outcome, name="", control="别的账号")
    assert codes(*twice(gone)) == [code]
    assert verdict(*twice(gone)) is Verdict.LISTED
    assert verdict(*twice(gone), policy=TIBET) is tibet
    assert verdict(*twice(replace(gone, control=""))) is Verdict.UNPROVEN
    assert verdict(*twice(gone), reading(sight(), at=READ + timedelta(hours=2))) is Verdict.UNPROVEN


def test_a_ban_falls_only_by_posts_of_another_page() -> None:
    banned = sight(outcome=Outcome.BANNED, posts=posts(2), control="别的账号")
    assert reading(banned).outcome is Outcome.BANNED
    assert codes(*twice(banned)) == [Code.BANNED]
    assert verdict(reading(banned)) is Verdict.FRESH
    assert verdict(*twice(replace(banned, control=""))) is Verdict.FRESH
    elsewhere = sight(surface="toutiao.share", posts=posts(2))
    assert reading(banned, elsewhere).outcome is Outcome.OK
    assert codes(*twice(banned, elsewhere)) == []
    assert reading(replace(banned, outcome=Outcome.NOT_FOUND)).outcome is Outcome.OK
    assert reading(replace(banned, outcome=Outcome.CAPTCHA)).outcome is Outcome.OK


@pytest.mark.parametrize("control", ["别的账号", ""])
def test_a_ban_beside_posts_in_the_window_is_looked_at_again_and_noted(control: str) -> None:
    banned = sight(outcome=Outcome.BANNED, posts=posts(2), control=control)
    once = judge(known_as(FILED, (reading(banned),)), AS_OF, NATIONAL)
    assert (once.verdict, once.second_look, once.findings) == (Verdict.FRESH, True, ())
    assert any("封禁或停用，但2022年12月29日仍有更新" in note for note in once.notes)
    again = judge(known_as(FILED, twice(banned)), AS_OF, NATIONAL)
    assert not again.second_look
    assert any("仍有更新" in note for note in again.notes)
    lifted = (
        reading(banned),
        reading(sight(posts=posts(2)), look=LookKind.SECOND, at=READ + timedelta(hours=1)),
    )
    judged = judge(known_as(FILED, lifted), AS_OF, NATIONAL)
    assert (judged.verdict, judged.findings) == (Verdict.FRESH, ())
    assert "曾有一次核查显示该账号被封禁或停用，尚未经两次核查证实。" in judged.notes
    old = judge(
        known_as(
            FILED, (reading(sight(outcome=Outcome.BANNED, posts=posts(40), control="别的账号")),)
        ),
        AS_OF,
        NATIONAL,
    )
    assert not any("仍有更新" in note for note in old.notes)


def test_empty_account_fails_only_when_opened_long_ago() -> None:
    empty = sight(outcome=Outcome.NO_POSTS, complete_since=EVER, control="别的账号")
    assert verdict(*twice(empty), filed=replace(FILED, opened_on=day(15))) is Verdict.FAILED
    assert verdict(*twice(empty), filed=replace(FILED, opened_on=day(14))) is Verdict.LISTED
    assert verdict(*twice(empty)) is Verdict.LISTED


def test_never_posted_is_refuted_by_any_post_ever_seen() -> None:
    empty = sight(outcome=Outcome.NO_POSTS, complete_since=EVER, control="别的账号")
    once = reading(sight(posts=posts(60)), at=AS_OF - timedelta(days=50))
    assert (
        verdict(*twice(empty), once, filed=replace(FILED, opened_on=day(900))) is Verdict.UNPROVEN
    )


def test_a_post_that_left_the_list_still_bounds_the_gap() -> None:
    earlier = reading(exact(41), at=AS_OF - timedelta(days=30))
    judged = judge(known_as(FILED, (earlier, *twice(exact(152)))), AS_OF, NATIONAL)
    assert (judged.findings[0].code, judged.findings[0].gap_days) == (Code.STALE_2W, 41)


def test_a_link_that_leads_to_another_name_accuses_no_one() -> None:
    elsewhere = exact(40, name="别家饭店", matched_by=MatchedBy.URL)
    assert verdict(*twice(elsewhere), policy=TIBET) is Verdict.UNPROVEN
    assert verdict(*twice(replace(elsewhere, name="示例发布"))) is Verdict.UNPROVEN
    by_link = replace(FILED, platform_id="", url="https://example.com/u")
    assert verdict(*twice(replace(elsewhere, name="示例发布")), filed=by_link) is Verdict.UNPROVEN
    gone = sight(outcome=Outcome.NOT_FOUND, name="", matched_by=MatchedBy.URL, control="别的账号")
    assert verdict(*twice(gone), policy=TIBET, filed=by_link) is Verdict.UNPROVEN
    full_search = replace(gone, matched_by=MatchedBy.NAME)
    assert verdict(*twice(full_search), policy=TIBET, filed=by_link) is Verdict.FAILED


def test_not_found_needs_no_sign_of_life() -> None:
    gone = sight(outcome=Outcome.NOT_FOUND, name="", control="别的账号")
    alive = reading(sight(surface="toutiao.share", posts=posts(3)), at=AS_OF - timedelta(days=3))
    judged = judge(known_as(FILED, (alive, *twice(gone))), AS_OF, TIBET)
    assert (judged.verdict, judged.findings) == (Verdict.FRESH, ())
    assert any("未见该账号" in note for note in judged.notes)


def test_names() -> None:
    renamed = exact(1, name="示例发布厅")
    assert verdict(*twice(renamed)) is Verdict.FRESH
    assert codes(*twice(renamed)) == [Code.NAME_MISMATCH]
    assert verdict(*twice(renamed), policy=TIBET) is Verdict.FAILED
    once = reading(exact(1, name="示例发布"), at=AS_OF - timedelta(days=90))
    assert codes(once, *twice(renamed)) == [Code.RENAMED_UNREPORTED]
    assert verdict(reading(renamed), policy=TIBET) is Verdict.UNPROVEN
    assert (
        verdict(*twice(replace(renamed, matched_by=MatchedBy.URL)), policy=TIBET) is Verdict.FRESH
    )
    assert (
        codes(*twice(exact(1, name="示例发布")), filed=replace(FILED, name="示例发布官方微博"))
        == []
    )


def test_who_was_not_found_has_shown_no_other_name() -> None:
    gone = sight(outcome=Outcome.NOT_FOUND, name="别的名称", control="别的账号")
    alive = reading(sight(surface="toutiao.share", posts=posts(3)), at=AS_OF - timedelta(days=3))
    assert codes(alive, *twice(gone)) == []
    assert codes(alive, person(gone)) == []


def test_stale_and_renamed_are_both_listed_in_the_order_of_precedence() -> None:
    assert codes(*twice(exact(40, name="别名"))) == [Code.STALE_2W, Code.NAME_MISMATCH]


@pytest.mark.parametrize(
    ("filed", "expected"),
    [
        (replace(FILED, exempt_reason="机构改革", exempt_until=day(0)), Verdict.LISTED),
        (replace(FILED, exempt_reason="机构改革", exempt_until=day(1)), Verdict.FAILED),
        (replace(FILED, status=FiledStatus.CLOSING, closing_requested_on=day(5)), Verdict.LISTED),
        (replace(FILED, status=FiledStatus.CLOSING, closing_requested_on=day(60)), Verdict.FAILED),
        (replace(FILED, status=FiledStatus.CLOSED), Verdict.LISTED),
    ],
)
def test_standing(filed: Filing, expected: Verdict) -> None:
    assert verdict(*twice(exact(40)), filed=filed) is expected


def test_closed_but_alive_needs_two_looks() -> None:
    closed = replace(FILED, status=FiledStatus.CLOSED)
    assert codes(*twice(exact(1)), filed=closed) == [Code.CLOSED_BUT_ALIVE]
    assert verdict(reading(exact(1)), filed=closed) is Verdict.UNPROVEN
    gone = sight(outcome=Outcome.CANCELLED, name="", control="别的账号")
    assert codes(*twice(gone), filed=closed) == []


def test_a_persons_word() -> None:
    stale = person(
        sight(posts=(Post(on=day(30), kind=PostKind.SEEN),), complete_since=day_start(day(30)))
    )
    assert verdict(stale) is Verdict.FAILED
    nothing = person(sight(complete_since=day_start(day(14))))
    judged = judge(known_as(FILED, (nothing,)), AS_OF, NATIONAL)
    assert judged.findings[0].gap_days == 15
    assert judged.findings[0].gap_is_minimum
    fresh = person(sight(posts=(Post(on=day(14), kind=PostKind.SEEN),)), by="李四")
    assert verdict(fresh) is Verdict.FRESH
    assert verdict(stale, fresh) is Verdict.UNPROVEN
    later = person(
        sight(posts=(Post(on=day(-1), kind=PostKind.SEEN),), complete_since=day_start(day(30))),
        by="王五",
        at=READ + timedelta(days=2),
    )
    assert verdict(nothing, later, filed=replace(FILED, opened_on=day(900))) is Verdict.LISTED
    assert verdict(nothing, later) is Verdict.UNPROVEN, "the post after as_of may be its first one"


def test_a_persons_word_without_a_picture_accuses_no_one() -> None:
    stale = person(
        sight(posts=(Post(on=day(30), kind=PostKind.SEEN),), complete_since=day_start(day(30)))
    )
    bare = replace(stale, sights=tuple(replace(one, evidence=()) for one in stale.sights))
    assert verdict(bare) is Verdict.UNPROVEN


def test_a_machines_sight_contradicts_a_persons_not_found() -> None:
    search = sight(surface="wechat.search")
    closed_list = sight(
        surface="wechat.list", outcome=Outcome.RATE_LIMITED, name="", matched_by=None
    )
    gone = person(sight(outcome=Outcome.NOT_FOUND, name=""))
    assert verdict(gone, policy=TIBET) is Verdict.FAILED
    assert verdict(reading(search, closed_list), gone, policy=TIBET) is Verdict.UNPROVEN


def test_names_that_contradict_each_other_accuse_no_one() -> None:
    fresh = Post(on=day(1), kind=PostKind.SEEN)
    one = person(sight(posts=(fresh,)))
    other = person(sight(posts=(fresh,), name="改了的名"), by="李四", at=READ + timedelta(hours=2))
    assert verdict(other, policy=TIBET) is Verdict.FAILED
    assert verdict(one, other, policy=TIBET) is Verdict.UNPROVEN
    assert verdict(reading(sight(posts=(fresh,))), other, policy=TIBET) is Verdict.UNPROVEN


@pytest.mark.parametrize(
    ("filed", "seen"),
    [
        ("阳光·政务", "阳光•政务"),
        ("阳光・政务", "阳光·政务"),
        ("A-B发布", "A—B发布"),
        ("Ａ发布", "a 发布"),
    ],
)
def test_one_kind_of_dot_and_dash(filed: str, seen: str) -> None:
    assert (
        verdict(*twice(exact(1, name=seen)), policy=TIBET, filed=replace(FILED, name=filed))
        is Verdict.FRESH
    )


def test_the_sentence_says_what_was_asked_for_and_what_came_later() -> None:
    gone = sight(outcome=Outcome.NOT_FOUND, name="", control="别的账号")
    by_id = judge(known_as(FILED, twice(gone)), AS_OF, TIBET)
    assert "备案的平台ID“id-1”在平台上不存在" in by_id.sentence
    named = replace(FILED, platform_id="", platform="wechat", alias="shili")
    searched = judge(known_as(named, twice(replace(gone, matched_by=MatchedBy.NAME))), AS_OF, TIBET)
    assert "微信号“shili”" in searched.sentence
    late = judge(known_as(FILED, twice(exact(-1, 40))), AS_OF + timedelta(0), TIBET)
    assert "监测时间点后于2023年1月1日有更新" in late.sentence


def test_an_unsupported_platform_waits_for_a_person() -> None:
    assert (
        judge(Dossier(filed=FILED, supported=False), AS_OF, NATIONAL).verdict
        is Verdict.OUT_OF_SCOPE
    )
    stale = person(
        sight(posts=(Post(on=day(30), kind=PostKind.SEEN),), complete_since=day_start(day(30)))
    )
    assert (
        judge(known_as(FILED, (stale,), supported=False), AS_OF, NATIONAL).verdict is Verdict.FAILED
    )


def test_reposts_count_by_policy() -> None:
    strict = parse(NATIONAL.toml.replace("reposts = true", "reposts = false"))
    seen = twice(sight(posts=posts(2, repost=True) + posts(40), complete_since=EVER))
    assert verdict(*seen) is Verdict.FRESH
    assert verdict(*seen, policy=strict) is Verdict.FAILED


def test_the_edge_may_be_reached_by_policy() -> None:
    reaching = parse(
        NATIONAL.toml.replace('edge = "exceeds"         #', 'edge = "reaches"         #')
    )
    assert verdict(*twice(exact(14)), policy=reaching) is Verdict.FAILED
    assert verdict(*twice(exact(13)), policy=reaching) is Verdict.DUE_SOON


def expected_cell(standing: FiledStanding, presence: Presence, freshness: Freshness) -> Verdict:
    gone = presence in (Presence.NOT_FOUND, Presence.CANCELLED, Presence.BANNED)
    if standing in (FiledStanding.EXEMPT, FiledStanding.CLOSING):
        return Verdict.LISTED
    if standing is FiledStanding.CLOSED:
        nothing = presence is Presence.UNKNOWN and freshness is Freshness.UNKNOWN
        return Verdict.UNPROVEN if nothing else Verdict.LISTED
    if gone:
        return Verdict.FAILED
    by_freshness = {
        "fresh": Verdict.FRESH, "due_soon": Verdict.DUE_SOON, "at_limit": Verdict.AT_LIMIT, "stale": Verdict.FAILED,
        "after_only": Verdict.LISTED,
    }  # fmt: skip
    empty = {Presence.EMPTY: Verdict.FAILED, Presence.EMPTY_NEW: Verdict.LISTED}
    return by_freshness.get(freshness.value) or empty.get(presence, Verdict.UNPROVEN)


@pytest.mark.parametrize(
    "cell",
    list(product(FiledStanding, Presence, Freshness)),
    ids=lambda cell: "-".join(part.value for part in cell),
)
def test_the_verdict_table_is_total(cell: tuple[FiledStanding, Presence, Freshness]) -> None:
    assert VERDICTS[cell][0] is expected_cell(*cell)


GAPS = st.lists(st.integers(-5, 900), max_size=6, unique=True)


@given(gaps=GAPS, since=st.integers(0, 900), complete=st.booleans())
def test_no_failure_without_a_gap(gaps: list[int], since: int, complete: bool) -> None:
    """Whatever a list shows: an account with a post inside the window never fails, and a failing
    gap is never overstated.
    """
    seen = exact(*gaps, since=since) if complete else sight(posts=posts(*gaps))
    judged = judge(known_as(FILED, twice(seen)), AS_OF, NATIONAL)
    before = [gap for gap in gaps if gap >= 0]
    if before and min(before) <= 14:
        assert judged.verdict in (Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT)
    if judged.verdict is Verdict.FAILED:
        assert complete
        gap = judged.findings[0].gap_days
        assert gap is not None
        assert gap <= min([*before, since + 1])
        assert gap > 14
    if not complete:
        assert judged.verdict in (Verdict.FRESH, Verdict.UNPROVEN)


@given(first=st.integers(0, 400), more=st.lists(st.integers(0, 400), max_size=3))
def test_a_lower_bound_never_makes_a_verdict_worse(first: int, more: list[int]) -> None:
    order = [Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT, Verdict.UNPROVEN, Verdict.FAILED]
    base = verdict(*twice(exact(first, since=500)))
    extra = reading(
        sight(surface="toutiao.share", posts=posts(*more)), at=READ + timedelta(hours=3)
    )
    assert order.index(verdict(*twice(exact(first, since=500)), extra)) <= order.index(base)


NOW = datetime(2023, 1, 1, 2, tzinfo=UTC)
TODAY = date(2023, 1, 1)


def state(
    gap: int | None = 0, exact: int | None = 0, read: int = 0, **more: object
) -> AccountState:
    """`gap`, `exact`, `read`: days ago of the newest post, the last exact reading, the last
    reading.
    """

    def ago(days: int | None) -> date | None:
        return None if days is None else TODAY - timedelta(days=days)

    def at(days: int | None) -> datetime | None:
        return None if days is None else NOW - timedelta(days=days)

    kept: dict[str, object] = {
        "latest_on": ago(gap),
        "original_on": ago(gap),
        "exact_read_at": at(exact),
        "last_read_at": at(read),
    }
    values = {"last_outcome": Outcome.OK, "verdict": Verdict.FRESH} | kept | more
    # Whose own day is six days ahead, so that every other reason to look is seen.
    return AccountState(account_id=TODAY.toordinal() + 6, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "days"),
    [
        (None, 0),
        (AccountState(account_id=1), 0),
        (state(0), 6),
        (state(8), 2),
        (state(9), 1),
        (state(10), 5),  # looked at today: nothing changes before it is stale
        (state(10, exact=1, read=1), 0),
        (state(14), 1),
        (state(15, exact=1, read=1), 0),
        (state(15), 6),  # settled: the finding stands till its own day
        (state(15, verdict=Verdict.UNPROVEN), 1),
        (
            state(15, exact=None, verdict=Verdict.UNPROVEN),
            6,
        ),  # the machine never settled it: people do
        (state(15, exact=30, verdict=Verdict.UNPROVEN), 6),
        (state(12, exact=5), 0),  # lower bounds since the last exact list: on until one is exact
        (state(0, second_look=True), 1),
        (state(0, last_outcome=Outcome.CAPTCHA), 0),
        (state(None, exact=None, last_outcome=Outcome.NO_EVIDENCE), 6),
        (
            state(
                3,
                exact=None,
                last_outcome=Outcome.CAPTCHA,
                person_fresh_on=TODAY - timedelta(days=3),
            ),
            11,
        ),
        (
            state(
                3,
                exact=None,
                last_outcome=Outcome.CAPTCHA,
                person_fresh_on=TODAY - timedelta(days=4),
            ),
            0,
        ),
        (
            state(
                14,
                exact=None,
                last_outcome=Outcome.CAPTCHA,
                person_fresh_on=TODAY - timedelta(days=14),
            ),
            0,
        ),
        (state(9, read=9, exact=9), 0),
    ],
)
def test_next_due(known: AccountState | None, days: int) -> None:
    assert next_due(known, FILED, NATIONAL, NOW) == TODAY + timedelta(days=days)


def test_next_due_by_the_policy_and_the_filed_status() -> None:
    reaches = parse(NATIONAL.toml.replace('edge = "exceeds"         #', 'edge = "reaches" #'))
    assert next_due(state(10), FILED, reaches, NOW) == TODAY + timedelta(days=4)
    strict = parse(NATIONAL.toml.replace("unpushed = true", "unpushed = false"))
    assert next_due(
        state(0, original_on=TODAY - timedelta(days=12)), FILED, strict, NOW
    ) == TODAY + timedelta(days=3)
    closed = replace(FILED, status=FiledStatus.CLOSED)
    turn = next_due(state(0), closed, NATIONAL, NOW)
    assert TODAY < turn <= TODAY + timedelta(days=30)
    exempt = replace(FILED, exempt_reason="机构改革", exempt_until=TODAY + timedelta(days=1))
    assert next_due(state(20), exempt, NATIONAL, NOW) == min(turn, TODAY + timedelta(days=2))
    closing = replace(FILED, status=FiledStatus.CLOSING, closing_requested_on=date(2022, 12, 30))
    assert next_due(state(20, verdict=Verdict.LISTED), closing, NATIONAL, NOW) == turn


@given(st.integers(1, 10**6), st.integers(0, 60))
def test_an_account_has_its_own_day_of_the_week(number: int, read: int) -> None:
    known = replace(state(0, read=0), account_id=number)
    first = next_due(known, FILED, NATIONAL, NOW)
    assert TODAY < first <= TODAY + timedelta(days=7)
    # Wherever within the week it is looked at, its day stays the same.
    later = replace(known, last_read_at=NOW - timedelta(days=read % 7))
    assert (next_due(later, FILED, NATIONAL, NOW) - first).days in (0, (TODAY - first).days)


def test_policy_errors_name_the_place() -> None:
    from mediawatch.domain import UserError

    for broken, word in [
        ("days = 14", "window.days"),
        ('edge = "exceeds"         #', "window.edge"),
    ]:
        with pytest.raises(UserError, match=word):
            parse(NATIONAL.toml.replace(broken, broken.split("=")[0] + '= "x" #'), "here")
    with pytest.raises(UserError, match="no policy"):
        load("nowhere")


def test_effects_and_labels_of_the_two_policies() -> None:
    assert own(TIBET).effect(Code.NOT_FOUND) is Effect.FAILS
    assert own(NATIONAL).effect(Code.NOT_FOUND) is Effect.LISTED
    assert own(TIBET).label(Code.STALE_2W) == "超过2周及以上未更新"
    assert Code.STALE_3M not in TIBET.codes


def test_months_are_clamped() -> None:
    assert months_before(date(2023, 5, 31), 3) == date(2023, 2, 28)
    assert months_before(date(2024, 5, 31), 3) == date(2024, 2, 29)
    assert datetime(2022, 12, 31, 23, 59, 59, tzinfo=BEIJING) == AS_OF


def test_date_kind_of_a_fresh_account() -> None:
    assert judge(known_as(FILED, (reading(exact(1)),)), AS_OF, NATIONAL).date_kind is DateKind.EXACT
    assert (
        judge(known_as(FILED, (reading(sight(posts=posts(1))),)), AS_OF, NATIONAL).date_kind
        is DateKind.AT_LEAST
    )


def test_an_answer_that_missed_a_known_post_accuses_nobody() -> None:
    """It says that nothing came after the 12th; another answer saw a post of a later day."""
    silent = exact(20, since=20)
    alone = person(silent, by="甲某")
    assert verdict(alone, person(silent, by="乙某")) is Verdict.FAILED
    later = sight(posts=posts(-1), matched_by=MatchedBy.ID)
    at = READ + timedelta(days=3)
    saw = person(later, by="乙某", at=at)
    assert verdict(replace_time(alone, at), saw) is Verdict.UNPROVEN


def replace_time(read: Reading, at: datetime) -> Reading:
    sights = tuple(replace(each, read_at=at) for each in read.sights)
    return replace(read, started_at=at, read_at=at, sights=sights)


def test_a_person_who_saw_the_filed_name_later_leaves_the_name_open() -> None:
    other = twice(exact(1, name="别的名称"))
    assert Code.NAME_MISMATCH in codes(*other)
    as_filed = person(
        sight(posts=posts(1), matched_by=MatchedBy.NAME), at=READ + timedelta(hours=5)
    )
    assert codes(*other, as_filed) == []
