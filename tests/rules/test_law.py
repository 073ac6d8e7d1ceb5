"""The law of the product as properties of `judge`: whatever was seen, by whom, in which order."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worklists import NOW as LATER
from worklists import Inspection
from worklists import filed as entered

from mediawatch.domain import (
    CanaryCheck,
    Code,
    Evidence,
    EvidenceKind,
    FiledStatus,
    Filing,
    Hint,
    Judgement,
    LinkReceipt,
    LinkSort,
    LinkWay,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
    Tie,
    Verdict,
    of_identity,
)
from mediawatch.domain.clock import EVER, day_end, day_start
from mediawatch.ports import Dossier, Store
from mediawatch.rules.due import next_due
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import Policy, load
from mediawatch.sweep.judging import rejudge

LAST = date(2022, 12, 31)
AS_OF = day_end(LAST)
NATIONAL, TIBET = load("national"), load("tibet")
UID, STRANGER = "2000000001", "2000000002"
NAMES = ("示例发布", "示例 发布", "示例發佈", "别的名称", "")
PROOF = Evidence(
    kind=EvidenceKind.SCREENSHOT,
    media_type="image/jpeg",
    path="a.jpg",
    sha256="0" * 64,
    size=1,
    taken_at=AS_OF,
)
SOUND = (Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT)
STALE = frozenset({Code.STALE_2W, Code.STALE_3M, Code.STALE_6M, Code.ZOMBIE})
OURS = tuple(one for one in Outcome if one.about_us)
SURFACES = ("weibo.mobile", "weibo.desktop", "weibo.search")


def day(gap: int) -> date:
    return LAST - timedelta(days=gap)


gaps = st.one_of(st.integers(-6, 20), st.integers(-6, 420), st.sampled_from((13, 14, 15)))
hours = st.one_of(st.integers(1, 100), st.integers(-600, 900))


@st.composite
def posts(draw: st.DrawFn, by_person: bool) -> Post:
    gap = draw(gaps)
    timed = not by_person and draw(st.integers(0, 5)) > 0
    at = day_start(day(gap)) + timedelta(hours=draw(st.integers(0, 23))) if timed else None
    kind = PostKind.SEEN if by_person else PostKind.MICRO
    return Post(
        on=day(gap),
        at=at,
        id=f"p{gap}" if timed and draw(st.booleans()) else "",
        kind=kind,
        repost=draw(st.integers(0, 4)) == 0,
    )


@st.composite
def sights(draw: st.DrawFn, by_person: bool) -> Sight:
    outcome = draw(st.sampled_from((*[Outcome.OK] * 9, *Outcome)))
    shown = tuple(draw(st.lists(posts(by_person), max_size=4)))
    since = draw(
        st.sampled_from((None, EVER, *(day_start(day(gap)) for gap in (13, 14, 15, 30, 400))))
    )
    return Sight(
        surface="person" if by_person else draw(st.sampled_from(SURFACES)),
        read_at=AS_OF,
        outcome=outcome,
        name=draw(st.sampled_from(NAMES)),
        matched_by=draw(
            st.sampled_from((*[MatchedBy.ID] * 4, MatchedBy.URL, MatchedBy.NAME, None))
        ),
        platform_id=draw(st.sampled_from(("", "", "", UID, STRANGER))),
        verified_as=draw(st.sampled_from(("", "", "示例市第一测试局", "某某有限公司"))),
        posts=shown
        if outcome in (Outcome.OK, Outcome.BANNED, Outcome.CAPTCHA, Outcome.CHANGED)
        else (),
        complete_since=since if outcome in (Outcome.OK, Outcome.CHANGED) else None,
        control=draw(st.sampled_from(("", "别的账号"))),
        session=draw(st.sampled_from(("", "office"))),
    )


@st.composite
def readings(draw: st.DrawFn, taken: Sequence[Filing | None]) -> Reading:
    look = draw(
        st.sampled_from(
            (
                *[LookKind.FIRST] * 3,
                *[LookKind.SECOND] * 3,
                LookKind.LINK,
                LookKind.PERSON,
                LookKind.CONTROL,
            )
        )
    )
    at = AS_OF + timedelta(hours=draw(hours), minutes=draw(st.integers(0, 59)))
    by_person = look is LookKind.PERSON
    seen = [
        draw(sights(by_person))
        for _ in range(1 if by_person or look is LookKind.LINK else draw(st.integers(1, 2)))
    ]
    evidence = (
        (PROOF,) if look in (LookKind.SECOND, LookKind.PERSON) and draw(st.integers(0, 4)) else ()
    )
    filed_as = draw(st.sampled_from(taken))
    return Reading(
        account_id=1,
        look=look,
        started_at=at,
        read_at=at,
        sights=tuple(replace(one, read_at=at, evidence=evidence) for one in seen),
        sweep_id=None if look is LookKind.LINK else draw(st.sampled_from((1, 1, 2))),
        by=draw(st.sampled_from(("张三", "李四"))) if by_person else "",
        filed_as=filed_as and filed_as.identity,
    )


FILED = Filing(
    name="示例发布",
    platform="weibo",
    platform_id=UID,
    organiser="示例市第一测试局",
    url=f"https://weibo.com/u/{UID}",
)
NAMED = replace(FILED, platform_id="", url="")
filings = st.builds(
    lambda **values: replace(FILED, **values),
    platform_id=st.sampled_from((UID, UID, "")),
    opened_on=st.sampled_from((None, date(2015, 1, 1), day(20), day(3), day(-2))),
    status=st.sampled_from((*[FiledStatus.RUNNING] * 5, FiledStatus.CLOSING, FiledStatus.CLOSED)),
    closing_requested_on=st.sampled_from((None, date(2022, 12, 20), date(2022, 6, 1))),
)
checks = st.builds(
    lambda after, fresh, surface, session: CanaryCheck(
        surface=surface,
        session=session,
        account_name="对照",
        platform_id="1",
        at=AS_OF + timedelta(hours=after),
        fresh=fresh,
        outcome=Outcome.OK,
        sweep_id=1,
    ),
    st.integers(-50, 600),
    st.booleans(),
    st.sampled_from(SURFACES),
    st.sampled_from(("", "office")),
)


@dataclass(frozen=True)
class Case:
    """An account with what is known of it, and how it is judged."""

    filed: Filing
    readings: tuple[Reading, ...]
    checks: tuple[CanaryCheck, ...]
    policy: Policy
    period_from: date | None

    vouched: frozenset[str] = frozenset()
    """The 暂用标识 through which sights may count."""

    def judged(self, *more: Reading, readings: Sequence[Reading] | None = None) -> Judgement:
        kept = (*(self.readings if readings is None else readings), *more)
        now = replace(self.filed.identity, provisional=self.vouched)
        known = Dossier(filed=self.filed, identity=now, readings=kept, checks=self.checks)
        return judge(known, AS_OF, self.policy, self.period_from)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    filed = draw(filings)
    known = draw(
        st.lists(readings((filed, filed, filed, None, replace(filed, platform_id=""))), max_size=6)
    )
    numbered = tuple(replace(each, id=number) for number, each in enumerate(known, 1))
    seen = tuple(sorted(draw(st.lists(checks, max_size=4)), key=lambda check: check.at))
    policy = draw(st.sampled_from((NATIONAL, TIBET)))
    return Case(
        filed,
        numbered,
        seen,
        policy,
        draw(st.sampled_from((None, None, date(2022, 10, 1), date(2022, 12, 1)))),
    )


def extra(
    filed: Filing | None,
    at: datetime,
    look: LookKind = LookKind.LINK,
    number: int = 99,
    **facts: Any,
) -> Reading:
    sight = Sight(surface="weibo.link", read_at=at, **facts)
    filed_as = filed.identity if filed else None
    return Reading(
        account_id=1,
        look=look,
        started_at=at,
        read_at=at,
        sights=(sight,),
        id=number,
        filed_as=filed_as,
    )


def codes(judged: Judgement) -> set[Code]:
    return {finding.code for finding in judged.findings}


def longest_silence(judged: Judgement) -> int:
    """Days; -1 where no silence is held against the account."""
    silences = [each.gap_days or 0 for each in judged.findings if each.code in STALE]
    return max(silences, default=-1)


def a_post_in_the_window_of_the_filed_id_leaves_no_silence(
    case: Case, gap: int, after: int
) -> None:
    if case.period_from is None:
        at = day_start(day(gap)) + timedelta(hours=1)
        seen = extra(
            case.filed,
            at + timedelta(hours=after),
            matched_by=MatchedBy.ID,
            platform_id=UID,
            posts=(Post(on=day(gap), at=at),),
        )
        filed = replace(case.filed, platform_id=UID)
        assert not codes(replace(case, filed=filed).judged(seen)) & STALE


def what_is_tied_to_another_identity_changes_nothing(
    case: Case, foreign: Sequence[Reading]
) -> None:
    stranger = replace(
        case.filed, platform_id=STRANGER, name="别家饭店", url=f"https://weibo.com/u/{STRANGER}"
    )
    others = [
        replace(each, id=50 + number, filed_as=stranger.identity if number % 2 else each.filed_as)
        for number, each in enumerate(foreign)
    ]  # fmt: skip
    others = [
        replace(each, sights=tuple(replace(sight, platform_id=STRANGER) for sight in each.sights)) for each in others
    ]  # fmt: skip
    filed = replace(case.filed, platform_id=UID)
    assert replace(case, filed=filed).judged(*others) == replace(case, filed=filed).judged()


def every_finding_rests_on_a_tie_by_id_or_a_full_search(case: Case) -> None:
    kept = {reading.id: of_identity(reading, case.filed.identity) for reading in case.readings}
    for finding in case.judged().findings:
        assert finding.ids == tuple(id for id in (case.filed.platform_id,) if id)
        assert finding.reading_ids
        for number in finding.reading_ids:
            reading = kept[number]
            assert reading is not None
            ties = {sight.matched_by for sight in reading.sights}
            assert reading.read_at >= AS_OF
            if finding.tie is Tie.SEARCH:
                assert not case.filed.platform_id
                assert ties & {MatchedBy.ID, MatchedBy.NAME}
            else:
                assert (finding.tie, MatchedBy.ID in ties) == (Tie.ID, True)
        proving = [kept[number] for number in finding.reading_ids]
        assert len(proving) > 1 or any(each and each.look is LookKind.PERSON for each in proving)
        assert any(each and each.evidence for each in proving)


def nobody_is_silent_before_the_opening(case: Case) -> None:
    opened = case.filed.opened_on
    for finding in case.judged().findings:
        if finding.code in STALE:
            assert finding.gap_since is not None
            assert finding.gap_days is not None
            assert finding.gap_days > 14
            assert f"{finding.gap_days}天" in finding.sentence
            if opened:
                assert opened <= finding.gap_since
            else:
                known = [
                    post.on
                    for reading in case.readings
                    for post in reading.posts
                    if post.on <= LAST
                ]
                assert case.period_from is None or min(known) <= finding.gap_since


def the_order_of_readings_changes_nothing(case: Case, seed: int) -> None:
    shuffled = list(case.readings)
    Random(seed).shuffle(shuffled)
    assert case.judged(readings=shuffled) == case.judged()


def our_trouble_never_makes_a_finding(
    case: Case, trouble: Outcome, look: LookKind, after: int
) -> None:
    seen = extra(case.filed, AS_OF + timedelta(hours=after), look, outcome=trouble)
    assert codes(case.judged(seen)) <= codes(case.judged())


def a_further_post_never_makes_a_silence_longer(case: Case, gap: int) -> None:
    at = day_start(day(gap)) + timedelta(hours=1)
    seen = extra(
        case.filed,
        AS_OF - timedelta(hours=1),
        matched_by=MatchedBy.ID,
        posts=(Post(on=day(gap), at=at),),
    )
    if case.filed.opened_on is not None and case.filed.platform_id:
        before, after = case.judged(), case.judged(seen)
        longest = max(
            (finding.gap_days or 0 for finding in before.findings if finding.code in STALE),
            default=0,
        )
        assert all(
            (finding.gap_days or 0) <= longest
            for finding in after.findings
            if finding.code in STALE
        )


def canaries_never_add_a_finding(case: Case) -> None:
    assert codes(case.judged()) <= codes(replace(case, checks=()).judged())


def the_verdict_without_findings_is_known(case: Case) -> None:
    judged = case.judged()
    assert judged.otherwise is not None
    if judged.verdict in (Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT):
        assert judged.otherwise is judged.verdict


def through(id: str, found: Sequence[Reading]) -> list[Reading]:
    """Machine's readings as they are when a 暂用标识 led to all that they show."""
    looks = [each for each in found if each.look is not LookKind.PERSON]
    return [
        replace(
            each,
            id=70 + number,
            sights=tuple(
                replace(sight, provisional=id, platform_id=id if number % 2 else "")
                for sight in each.sights
            ),
        )
        for number, each in enumerate(looks)
    ]


def a_provisional_id_never_makes_a_finding(case: Case, found: Sequence[Reading]) -> None:
    seen = through(STRANGER, found)
    alone, together = case.judged(), replace(case, vouched=frozenset({STRANGER})).judged(*seen)
    for finding in together.findings:
        assert not {number for number in finding.reading_ids if number >= 70}
    # A shorter silence has another code than a longer one.
    assert codes(together) - STALE <= codes(alone) - STALE
    assert longest_silence(together) <= longest_silence(alone)
    if alone.verdict in SOUND:
        assert together.verdict in SOUND
        assert not together.provisional
    elif together.verdict in SOUND:
        assert together.provisional
        assert "暂用标识" in together.sentence
    # By itself it accuses nobody, whatever it shows.
    assert not codes(replace(case, readings=(), vouched=frozenset({STRANGER})).judged(*seen))


def a_retracted_provisional_id_proves_nothing(case: Case, found: Sequence[Reading]) -> None:
    assert case.judged(*through(STRANGER, found)) == case.judged()


def a_provisional_id_that_was_filed_keeps_its_proofs(case: Case, found: Sequence[Reading]) -> None:
    named = replace(case.filed, platform_id="")
    seen = [
        replace(each, filed_as=named.identity, sights=tuple(map(shown, each.sights)))
        for each in through(UID, found)
    ]
    before = replace(case, filed=named, readings=(), vouched=frozenset({UID})).judged(*seen)
    after = replace(case, filed=replace(named, platform_id=UID), readings=()).judged(*seen)
    if before.verdict in SOUND:
        assert after.verdict in SOUND
    assert not after.provisional
    assert not after.findings


def shown(sight: Sight) -> Sight:
    return replace(sight, platform_id=UID)


PROPERTIES: list[tuple[Callable[..., None], dict[str, Any]]] = [
    (a_post_in_the_window_of_the_filed_id_leaves_no_silence, {"gap": st.integers(0, 14), "after": st.integers(0, 900)}),
    (what_is_tied_to_another_identity_changes_nothing, {"foreign": st.lists(readings((FILED, None)), max_size=4)}),
    (every_finding_rests_on_a_tie_by_id_or_a_full_search, {}),
    (nobody_is_silent_before_the_opening, {}),
    (the_order_of_readings_changes_nothing, {"seed": st.integers(0, 1000)}),
    (
        our_trouble_never_makes_a_finding,
        {
            "trouble": st.sampled_from(OURS), "after": st.integers(1, 700),
            "look": st.sampled_from((LookKind.FIRST, LookKind.SECOND, LookKind.LINK, LookKind.CONTROL)),
        },
    ),
    (a_further_post_never_makes_a_silence_longer, {"gap": st.integers(0, 400)}),
    (canaries_never_add_a_finding, {}),
    (the_verdict_without_findings_is_known, {}),
    (a_provisional_id_never_makes_a_finding, {"found": st.lists(readings((FILED,)), max_size=4)}),
    (a_provisional_id_never_makes_a_finding, {"found": st.lists(readings((NAMED,)), max_size=4)}),
    (a_retracted_provisional_id_proves_nothing, {"found": st.lists(readings((NAMED,)), max_size=4)}),
    (a_provisional_id_that_was_filed_keeps_its_proofs, {"found": st.lists(readings((NAMED,)), max_size=4)}),
]  # fmt: skip


def held(law: Callable[..., None], drawn: dict[str, Any], examples: int) -> None:
    settings(max_examples=examples)(given(case=cases(), **drawn)(law))()


@pytest.mark.parametrize(("law", "drawn"), PROPERTIES, ids=[law.__name__ for law, _ in PROPERTIES])
def test_the_law_holds(law: Callable[..., None], drawn: dict[str, Any]) -> None:
    held(law, drawn, 20)


@pytest.mark.soak
@pytest.mark.parametrize(("law", "drawn"), PROPERTIES, ids=[law.__name__ for law, _ in PROPERTIES])
def test_the_law_holds_over_a_thousand_cases(
    law: Callable[..., None], drawn: dict[str, Any]
) -> None:
    held(law, drawn, 1000)


JUDGES = ("mediawatch.rules", "mediawatch.sweep.judging", "db.readings.judging")
"""What makes verdicts, findings and due dates."""
SAYINGS = {"Hint", "LinkReceipt", "hints"}
INTERACTION = {"InteractionSeen", "interaction", "comments_of", "merge_interaction"}


def judging_words() -> dict[Path, set[str]]:
    """By file of what judges: the names, attributes and imports in it."""
    root = Path(__file__).resolve().parents[2]
    judges = [
        path
        for name in JUDGES
        for path in (
            sorted((root / name.replace(".", "/")).rglob("*.py"))
            or [root / f"{name.replace('.', '/')}.py"]
        )
        if path != root / "mediawatch/rules/hints.py"
    ]
    assert len(judges) > 20
    found = {}
    for path in judges:
        tree = ast.parse(path.read_text("utf-8"))
        words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        words |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        words |= {
            part
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for part in (*(node.module or "").split("."), *(each.name for each in node.names))
        }
        found[path] = words
    return found


def test_nothing_that_judges_knows_what_others_say() -> None:
    """A hint is no part of what a judgement is made of, so no hint can change one."""
    for path, words in judging_words().items():
        assert not words & SAYINGS, path
    assert not {each.type for each in fields(Dossier)} & SAYINGS


def test_nothing_that_judges_reads_what_a_page_shows_of_interaction() -> None:
    """互动回应差 is for people to find: a closed comment area is a lead, never a finding."""
    for path, words in judging_words().items():
        assert not words & INTERACTION, path


async def test_no_hint_changes_a_verdict_or_a_due_date(any_store: Store, tmp_path: Path) -> None:
    """Whatever day others name: fresh, silent, before the account was opened, or ahead."""
    inspection = await Inspection.of(any_store, tmp_path, [entered(1), entered(2)])
    for number, gap in ((1, 3), (2, 60)):
        at = inspection.sweep.as_of + timedelta(hours=2)
        seen = Sight(
            surface="wechat.article",
            read_at=at,
            name=entered(number).name,
            original_id=entered(number).original_id,
            matched_by=MatchedBy.ID,
            posts=(Post(on=inspection.sweep.as_of.date() - timedelta(days=gap)),),
        )
        reading = Reading(
            account_id=number,
            look=LookKind.FIRST,
            started_at=at,
            read_at=at,
            sights=(seen,),
            sweep_id=inspection.sweep.id,
            filed_as=entered(number).identity,
        )
        await any_store.readings.keep(reading)

    async def stands() -> tuple[object, ...]:
        await rejudge(any_store, lambda platform: True, inspection.sweep.id)
        entries = await any_store.sweeps.scope(inspection.sweep.id)
        states = await any_store.readings.account_states([1, 2])
        due = [
            next_due(states[each.account.id], each.account.filed, NATIONAL, LATER)
            for each in entries
        ]
        return [each.judgement for each in entries], states, due

    before = await stands()
    day_of_as_of = inspection.sweep.as_of.date()
    for row, gap in enumerate((-400, -1, 0, 3, 14, 15, 60, 400, 9000)):
        said = [
            Hint(
                account_id=number,
                source="某某服务单位",
                received_at=LATER,
                on=day_of_as_of - timedelta(days=gap),
                link="https://mp.weixin.qq.com/s/ExampleToken0000000001",
                row=row,
            )
            for number in (1, 2)
        ]
        await any_store.hints.add(said)
        receipt = LinkReceipt(
            url=said[0].link,
            way=LinkWay.HINTS,
            sort=LinkSort.OWN,
            account_id=2,
            received_at=LATER,
            published_on=day_of_as_of,
            row=row,
        )
        await any_store.hints.keep_receipts([receipt])
        assert await stands() == before
