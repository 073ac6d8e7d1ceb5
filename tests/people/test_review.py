"""The review of findings: who may decide what, and that nothing is skipped or overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import NOW, PLAIN, finding, plain_reading

from mediawatch.domain import Account, Code, LookKind, ReviewAction, ReviewState, UserError
from mediawatch.people.review import ReviewDecision
from mediawatch.people.suspects import Suspect, SuspectFilter
from mediawatch.rules.policy import HearingRule

OPEN, DISPATCHED, CONFIRMED, DISMISSED = ReviewState
LOOKED = replace(plain_reading(7), id=3, look=LookKind.PERSON, by="张三")


UNHEARD, HEARD = HearingRule(required=False), HearingRule()


def suspect(*actions: ReviewAction, **values: Any) -> Suspect:
    given: dict[str, Any] = {
        "sweep_id": 1,
        "account": Account(id=7, filed=PLAIN),
        "finding": finding(3),
        "rule": UNHEARD,
    }
    found = Suspect(**given | values)
    for action in actions:
        found = after(found, action)
    return found


def after(found: Suspect, action: ReviewAction, by: str = "李四") -> Suspect:
    by = "丁某" if action is ReviewAction.ANSWERED else by
    return replace(
        found, events=(*found.events, ReviewDecision(action, by, "已核实").of(found, NOW))
    )


def test_a_finding_goes_its_way_and_back() -> None:
    way = suspect()
    for action, state in [
        (ReviewAction.DISPATCHED, DISPATCHED), (ReviewAction.ANSWERED, DISPATCHED), (ReviewAction.CONFIRMED, CONFIRMED),
        (ReviewAction.ANSWERED, CONFIRMED), (ReviewAction.REOPENED, OPEN), (ReviewAction.DISMISSED, DISMISSED),
    ]:  # fmt: skip
        way = after(way, action)
        assert way.standing.state is state
    assert len(way.events) == 6


@pytest.mark.parametrize(
    ("actions", "action", "by", "reason", "why"),
    [
        ((), ReviewAction.CONFIRMED, " ", "", "由谁作出"),
        ((), ReviewAction.DISMISSED, "李四", " ", "排除须写明理由"),
        ((), ReviewAction.REOPENED, "李四", "r", "现为“疑似”"),
        ((), ReviewAction.ANSWERED, "李四", "r", "未曾下发"),
        (
            (ReviewAction.CONFIRMED,),
            ReviewAction.DISMISSED,
            "李四",
            "r",
            "不能排除；如须改变决定，先用 mediawatch review reopen",
        ),
        (
            (ReviewAction.DISMISSED,),
            ReviewAction.DISPATCHED,
            "李四",
            "r",
            "现为“排除”，不能下发核实",
        ),
        ((ReviewAction.CONFIRMED,), ReviewAction.REOPENED, "李四", "", "须写明理由"),
        # Who looked does not confirm, however the name is typed; dismissing it is their own doubt.
        ((), ReviewAction.CONFIRMED, " 张 三", "r", "须由他人认定"),
        ((), ReviewAction.CONFIRMED, "張三", "r", "须由他人认定"),
        ((), ReviewAction.CONFIRMED, "张\u200b三·", "r", "须由他人认定"),
    ],
)
def test_what_may_not_be_done_is_refused_in_words(
    actions: tuple[ReviewAction, ...], action: ReviewAction, by: str, reason: str, why: str
) -> None:
    found = suspect(*actions, readings=(LOOKED,))
    assert why in ReviewDecision(action, by, reason).refusal(found)
    with pytest.raises(UserError, match=r"7/stale_2w 示例发布"):
        ReviewDecision(action, by, reason).of(found, NOW)


def test_the_one_who_looked_may_dismiss_and_another_confirm() -> None:
    found = suspect(readings=(LOOKED,))
    assert (
        ReviewDecision(ReviewAction.DISMISSED, "张三", "看错了").refusal(found)
        == ReviewDecision(ReviewAction.CONFIRMED, "李四").refusal(found)
        == ""
    )


def test_a_decision_holds_for_facts_whatever_words_tell_them() -> None:
    decided = suspect(ReviewAction.CONFIRMED)
    assert (
        replace(decided, finding=replace(decided.finding, sentence="另一句")).standing.state
        is ReviewState.CONFIRMED
    )
    changed = replace(decided, finding=replace(decided.finding, gap_days=99))
    assert changed.standing.state is OPEN
    assert changed.remark == "李四认定后结论有变，须重新审核（当时：示例）"
    assert decided.remark == ""
    sent = suspect(ReviewAction.DISPATCHED)
    sent = replace(sent, finding=replace(sent.finding, gap_days=99))
    assert (sent.standing.state, sent.remark) == (
        DISPATCHED,
        "李四下发核实后结论有变（当时：示例）",
    )


EDGES = {
    OPEN: {DISPATCHED, CONFIRMED, DISMISSED}, DISPATCHED: {CONFIRMED, DISMISSED}, CONFIRMED: {OPEN}, DISMISSED: {OPEN},
}  # fmt: skip
STAY = (ReviewAction.ANSWERED, ReviewAction.OVERDUE, ReviewAction.DISPATCHED)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(ReviewAction),
            st.sampled_from(["甲", "乙"]),
            st.sampled_from(["张三", "李四", ""]),
        )
    )
)
def test_states_never_skip_and_nothing_is_overwritten(
    steps: list[tuple[ReviewAction, str, str]],
) -> None:
    found = suspect(readings=(LOOKED,))
    for number, (action, sentence, by) in enumerate(steps):
        said = replace(found, finding=replace(found.finding, name_seen=sentence))
        # New facts take a decision back, and do nothing else.
        assert (
            said.standing.state in {found.standing.state} | (EDGES[found.standing.state] & {OPEN})
            or found.standing.outdated
        )
        before, events = said.standing.state, said.events
        try:
            event = ReviewDecision(action, by, "r").of(said, NOW + timedelta(days=number))
        except UserError:
            found = said
            continue
        found = replace(said, events=(*events, event))
        now = found.standing.state
        assert now in EDGES[before] if now is not before else action in STAY
        assert found.events[:-1] == events
        assert event.by
        assert not (event.action is ReviewAction.CONFIRMED and event.by == "张三")


def test_a_filter_takes_what_fits_all_of_it() -> None:
    found = suspect(readings=(LOOKED,))
    assert SuspectFilter().takes(found)
    assert SuspectFilter(
        keys=("7/stale_2w",), state=OPEN, codes=(Code.STALE_2W,), platform="weibo", surface="s"
    ).takes(found)
    assert SuspectFilter(keys=("7",)).takes(found)
    for other in (
        SuspectFilter(keys=("8",)),
        SuspectFilter(state=CONFIRMED),
        SuspectFilter(codes=(Code.BANNED,)),
        SuspectFilter(prefecture="甲"),
        SuspectFilter(surface="t"),
    ):
        assert not other.takes(found)
