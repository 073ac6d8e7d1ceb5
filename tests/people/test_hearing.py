"""核实 before 认定: what is confirmed after which hearing, and that no way leads around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import NOW, PLAIN, finding, plain_reading

from mediawatch.domain import (
    Account,
    Code,
    Effect,
    Excuse,
    Filing,
    Finding,
    ReviewAction,
    ReviewEvent,
    ReviewState,
    Stance,
    UserError,
)
from mediawatch.people.review import ReviewDecision, excuse_of, refusals
from mediawatch.people.suspects import Suspect
from mediawatch.rules.hearing import HearingState, hearing_of, is_required, term_of
from mediawatch.rules.policy import HearingRule, load

RULE = HearingRule()
DAY = timedelta(days=1)
SAID = finding(3)
CONFIRM = ReviewDecision(ReviewAction.CONFIRMED, "李四")


def suspect(*events: ReviewEvent, said: Finding = SAID, **values: Any) -> Suspect:
    given: dict[str, Any] = {"account": Account(id=7, filed=PLAIN), "as_of": NOW, "rule": RULE}
    return Suspect(sweep_id=1, finding=said, events=events, **given | values)


def event(action: ReviewAction, said: Finding = SAID, **values: Any) -> ReviewEvent:
    given: dict[str, Any] = {
        "at": NOW,
        "by": "丁某",
        "sentence": said.sentence,
        "facts": said.facts,
    }
    return ReviewEvent(sweep_id=1, account_id=7, code=said.code, action=action, **given | values)


SENT = event(ReviewAction.DISPATCHED, term=date(2031, 3, 7))
AGREED = event(ReviewAction.ANSWERED, stance=Stance.AGREES)
DISPUTED = event(ReviewAction.ANSWERED, stance=Stance.DISPUTES)
OVERDUE = event(ReviewAction.OVERDUE)
OTHER = replace(SAID, latest_on=date(2031, 1, 1))


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), HearingState.NOT_SENT),
        ((SENT,), HearingState.RUNNING),
        ((SENT, AGREED), HearingState.AGREED),
        ((SENT, DISPUTED), HearingState.DISPUTED),
        ((SENT, replace(AGREED, stance=None)), HearingState.DISPUTED),
        ((SENT, OVERDUE), HearingState.OVERDUE),
        # A late answer counts all the same.
        ((SENT, OVERDUE, DISPUTED), HearingState.DISPUTED),
        ((SENT, DISPUTED, AGREED), HearingState.AGREED),
        ((SENT, DISPUTED, replace(AGREED, by="戊某")), HearingState.DISPUTED),
        # Sent down once more: what was answered before is no answer to that.
        ((SENT, AGREED, SENT), HearingState.RUNNING),
        # But a unit that disputed is never noted as one that did not answer.
        ((SENT, DISPUTED, SENT, OVERDUE), HearingState.DISPUTED),
        ((SENT, DISPUTED, SENT, AGREED), HearingState.AGREED),
        # The unit was not asked about other facts.
        (
            (
                event(ReviewAction.DISPATCHED, OTHER),
                event(ReviewAction.ANSWERED, OTHER, stance=Stance.AGREES),
            ),
            HearingState.NOT_SENT,
        ),
        ((SENT, event(ReviewAction.ANSWERED, OTHER, stance=Stance.AGREES)), HearingState.RUNNING),
        # Other words tell the same facts.
        (
            (replace(SENT, sentence="别的话"), replace(AGREED, sentence="又一句")),
            HearingState.AGREED,
        ),
        ((AGREED,), HearingState.NOT_SENT),
    ],
)
def test_a_hearing_is_about_the_facts_that_stand_now(
    events: tuple[ReviewEvent, ...], state: HearingState
) -> None:
    assert hearing_of(events, SAID, RULE).state is state


def test_the_term_is_counted_by_working_days_and_kept() -> None:
    # 2023-01-01 and the two days beside it were holidays: two working days after it are 3 and 4
    # January.
    assert term_of(NOW.replace(year=2023, month=1, day=1), RULE) == date(2023, 1, 4)
    running = hearing_of([SENT], SAID, HearingRule(working_days=9))
    assert running.term == SENT.term
    assert (running.is_over(NOW + 2 * DAY), running.is_over(NOW + 3 * DAY)) == (False, True)
    assert hearing_of([replace(SENT, term=None)], SAID, RULE).term == term_of(NOW, RULE)


@pytest.mark.parametrize(
    ("code", "effect", "required"),
    [
        *(
            (code, Effect.LISTED, True)
            for code in (Code.NOT_FOUND, Code.CANCELLED_NOT_CLOSED, Code.BANNED)
        ),
        *(
            (code, Effect.LISTED, True)
            for code in (Code.RENAMED_UNREPORTED, Code.NAME_MISMATCH, Code.OWNER_MISMATCH)
        ),
        *((code, Effect.FAILS, True) for code in Code),
        *(
            (code, Effect.LISTED, False)
            for code in (Code.DUPLICATE_FILING, Code.REGISTRY_INCOMPLETE, Code.FILING_NAME_STYLE)
        ),
        (Code.ABOLISHED_BODY, Effect.HINT, False),
        (Code.ADVERTISING, Effect.LISTED, True),
        (Code.INTERACTION_POOR, Effect.DEDUCTS, True),
        (Code.NOT_REPOSTED, Effect.HINT, False),
    ],
)
def test_what_accuses_is_confirmed_after_a_hearing(
    code: Code, effect: Effect, required: bool
) -> None:
    said = replace(SAID, code=code, effect=effect)
    assert is_required(said, RULE) is required
    # That a notice was not reposted is said after a hearing only, whatever the office does else.
    assert is_required(said, HearingRule(required=False)) is (
        code is Code.NOT_REPOSTED and required
    )
    assert (CONFIRM.refusal(suspect(said=said)) != "") is required


@pytest.mark.parametrize("events", [(SENT, AGREED), (SENT, DISPUTED), (SENT, OVERDUE)])
def test_an_ended_hearing_lets_confirm(events: tuple[ReviewEvent, ...]) -> None:
    found = suspect(*events)
    assert CONFIRM.refusal(found) == ""
    assert not CONFIRM.of(found, NOW).unheard


def test_who_answered_for_the_unit_does_not_confirm() -> None:
    found = suspect(SENT, replace(AGREED, by="李 四"))
    assert "单位反馈由李四本人填写，须由他人认定" in CONFIRM.refusal(found)
    assert replace(CONFIRM, by="丙某").refusal(found) == ""


@pytest.mark.parametrize("events", [(), (SENT,)])
def test_without_a_hearing_it_takes_a_reason_and_is_marked(events: tuple[ReviewEvent, ...]) -> None:
    found = suspect(*events)
    assert "核实尚未结束" in CONFIRM.refusal(found)
    at_once = replace(CONFIRM, without_hearing=True)
    for reason in ("", " ", "经人工审核，证据属实"):
        assert "写明理由" in replace(at_once, reason=reason).refusal(found)
    made = replace(at_once, reason="舆情紧急").of(found, NOW)
    assert (made.unheard, made.reason) == (True, "舆情紧急")


def test_a_silence_read_late_is_never_confirmed_without_a_hearing() -> None:
    late = (
        replace(plain_reading(7, NOW), id=3),
        replace(plain_reading(7, NOW + 3 * DAY + timedelta(minutes=1)), id=4),
    )
    at_once = replace(CONFIRM, without_hearing=True, reason="舆情紧急")
    for rule in (RULE, HearingRule(required=False)):
        assert "须经下发核实后认定" in at_once.refusal(suspect(readings=late, rule=rule))
        assert at_once.refusal(suspect(SENT, OVERDUE, readings=late, rule=rule)) == ""
        assert at_once.refusal(suspect(readings=late[:1], rule=rule)) == ""
    named = replace(SAID, code=Code.NAME_MISMATCH)
    assert at_once.refusal(suspect(readings=late, said=named)) == ""
    assert at_once.refusal(suspect(readings=late, rule=HearingRule(late_days=4))) == ""


def test_a_filter_confirms_only_what_units_agree_to() -> None:
    heard = {
        state: suspect(*events)
        for state, events in (("agreed", (SENT, AGREED)), ("disputed", (SENT, DISPUTED)))
    }
    plain = suspect(said=replace(SAID, code=Code.DUPLICATE_FILING, effect=Effect.LISTED))
    found = [heard["agreed"], replace(heard["disputed"], account=Account(id=8, filed=PLAIN)), plain]
    assert {*refusals(found, found, CONFIRM, frozenset())} == {"8/stale_2w", "7/duplicate_filing"}
    assert {*refusals(found, found, CONFIRM, frozenset({"7", "8"}))} == {
        "8/stale_2w",
        "7/duplicate_filing",
    }
    assert (
        refusals(found, found, CONFIRM, frozenset({"8/stale_2w@0000", "7/duplicate_filing"})) == {}
    )
    # A dismissal accuses no one.
    assert (
        refusals(found, found, ReviewDecision(ReviewAction.DISMISSED, "李四", "看错"), frozenset())
        == {}
    )


def filing(number: int, *events: ReviewEvent, uid: str = "0012", **said: Any) -> Suspect:
    account = Account(
        id=number, filed=Filing(name=f"示例{number}", platform="weibo", platform_id=uid)
    )
    return suspect(
        *(replace(each, account_id=number) for each in events),
        account=account,
        said=replace(SAID, **said),
    )


def test_the_filings_of_one_account_are_decided_together() -> None:
    one, two, other = filing(1, SENT, AGREED), filing(2, SENT), filing(3, SENT, AGREED, uid="0013")
    everything = [one, two, other]
    # One unit of the two was not heard: the account is not confirmed through the other one.
    refused = refusals([one, two, other], everything, CONFIRM, frozenset())
    assert {*refused} == {"1/stale_2w", "2/stale_2w"}
    assert "同一账号的另一备案2/stale_2w" in refused["1/stale_2w"]
    both = [one, filing(2, SENT, DISPUTED)]
    assert {*refusals(both, both, CONFIRM, frozenset())} == {"1/stale_2w", "2/stale_2w"}
    assert refusals(both, both, CONFIRM, frozenset({"1/stale_2w@0000"})) == {}
    dismissed = filing(2, event(ReviewAction.DISMISSED))
    assert dismissed.standing.state is ReviewState.DISMISSED
    assert (
        "须先重新审核"
        in refusals([one], [one, dismissed], CONFIRM, frozenset({"1/stale_2w"}))["1/stale_2w"]
    )
    # Another finding of the twin is another matter.
    assert refusals([one], [one, filing(2, gap_days=99)], CONFIRM, frozenset({"1/stale_2w"})) == {}


@pytest.mark.parametrize("text", ["平台限制发布", "limited", "LIMITED"])
def test_an_excuse_goes_by_its_word_or_name(text: str) -> None:
    assert excuse_of(text) is Excuse.LIMITED
    made = ReviewDecision(ReviewAction.DISMISSED, "李四", excuse=excuse_of(text)).of(suspect(), NOW)
    assert (made.excuse, made.reason) == (Excuse.LIMITED, "")


def test_an_unknown_excuse_names_the_known_ones() -> None:
    assert excuse_of("") is None
    with pytest.raises(UserError, match=r"经批准停更 \(approved_pause\)"):
        excuse_of("忘了")


@pytest.mark.parametrize("name", ["national", "hunan", "tibet"])
def test_policies_demand_a_hearing(name: str) -> None:
    assert load(name).hearing == HearingRule(required=True, working_days=2, late_days=3)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(ReviewAction),
            st.sampled_from(["甲", "乙"]),
            st.sampled_from([None, *Stance]),
            st.integers(0, 4),
            st.booleans(),
        )
    )
)
def test_nothing_is_confirmed_around_its_hearing(
    steps: list[tuple[ReviewAction, str, Stance | None, int, bool]],
) -> None:
    found, now = suspect(), NOW
    for action, name, stance, days, at_once in steps:
        now += days * DAY
        found = replace(found, finding=replace(found.finding, name_seen=name))
        if ReviewDecision(action, "李四", "r", without_hearing=at_once).refusal(found, now):
            continue
        made = ReviewDecision(action, "李四", "r", without_hearing=at_once)
        done = (
            event(action, found.finding, stance=stance, at=now)
            if action is ReviewAction.ANSWERED
            else None
        )
        if action is ReviewAction.OVERDUE:
            done = event(action, found.finding, at=now)
            assert found.hearing.is_over(now)
        done = done or made.of(found, now)
        if action is ReviewAction.CONFIRMED:
            about = [each for each in found.events if each.facts == found.finding.facts]
            last = max(
                (
                    place
                    for place, each in enumerate(about)
                    if each.action is ReviewAction.DISPATCHED
                ),
                default=-1,
            )
            ended = any(
                each.action in (ReviewAction.ANSWERED, ReviewAction.OVERDUE)
                for each in about[last + 1 :]
            )
            newest = (
                {
                    each.by: each.stance
                    for each in about[:last]
                    if each.action is ReviewAction.ANSWERED
                }
                if last > 0
                else {}
            )
            # A dispute stays, though the finding is sent down once more.
            disputed = any(stance is not Stance.AGREES for stance in newest.values())
            assert done.unheard is not (last >= 0 and (ended or disputed))
            assert at_once or not done.unheard
        found = replace(found, events=(*found.events, done))
