"""Updates after as_of: no account passes by them, and no text denies them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from circulars import AS_OF, account, inspect, notice, row
from offices import reading

from mediawatch.domain import Code, MatchedBy, Post, Reading
from mediawatch.publish.circular.compose import compose
from mediawatch.publish.later_updates import with_later_updates
from mediawatch.rules.policy import Policy, load
from mediawatch.rules.problem_proofs import ProblemProof, ProblemState

APART = load("tibet").model_copy(update={"rectified_before_notice": "apart"})
POST = date(2022, 10, 3)


def seen(*days: date, after: int = 5, **more: Any) -> Reading:
    values = {"platform_id": "10001"} | more
    return reading(
        1, AS_OF + timedelta(days=after), None, *(Post(on=day) for day in days), **values
    )


@pytest.mark.parametrize(
    ("codes", "policy", "readings", "on", "apart"),
    [
        ((Code.STALE_2W,), APART, [seen(POST, POST + timedelta(days=1))], POST, True),
        ((Code.STALE_2W,), load("tibet"), [seen(POST)], POST, False),
        ((Code.STALE_2W,), APART, [seen(date(2022, 9, 30))], None, False),
        # A post puts no name right.
        ((Code.STALE_2W, Code.NAME_MISMATCH), APART, [seen(POST)], POST, False),
        # Another account's page, by its id.
        ((Code.STALE_2W,), APART, [seen(POST, platform_id="777")], None, False),
        ((Code.STALE_2W,), APART, [seen(POST, matched_by=None)], None, False),
        # After the notice.
        ((Code.STALE_2W,), APART, [seen(date(2022, 10, 10), after=20)], None, False),
    ],
)
def test_who_posted_again_before_the_notice(
    codes: tuple[Code, ...],
    policy: Policy,
    readings: list[Reading],
    on: date | None,
    *,
    apart: bool,
) -> None:
    issued = notice("文2号", date(2022, 10, 9), kept_at=AS_OF + timedelta(days=9))
    found = inspect([row(account(1), *codes, policy=policy)], policy=policy, issued=issued)
    (problem,) = with_later_updates(found, {1: readings}).failed
    assert (problem.updated_on, problem.rectified) == (on, apart)
    assert ("通报印发前已完成整改" in problem.printed) is apart


@pytest.mark.parametrize(
    ("codes", "posted", "gone", "apart"),
    [
        ((Code.INTERACTION_POOR,), False, True, True),
        ((Code.INTERACTION_POOR,), True, False, False),
        ((Code.STALE_2W, Code.INTERACTION_POOR), True, True, True),
        ((Code.STALE_2W, Code.INTERACTION_POOR), True, False, False),
        ((Code.STALE_2W, Code.INTERACTION_POOR), False, True, False),
    ],
)
def test_what_people_found_is_put_right_by_their_look(
    codes: tuple[Code, ...], *, posted: bool, gone: bool, apart: bool
) -> None:
    found = inspect([row(account(1), *codes, policy=APART)], policy=APART)
    proof = ProblemProof(
        code=Code.INTERACTION_POOR,
        state=ProblemState.PROVED,
        gone_on=POST if gone else None,
    )
    readings = {1: [seen(POST)] if posted else []}
    (problem,) = with_later_updates(found, readings, {1: (proof,)}).failed
    assert problem.rectified is apart


def test_a_policy_counts_them_apart_and_they_stay_failed() -> None:
    scope = [row(account(number), Code.STALE_2W, policy=APART) for number in (1, 2)]
    found = with_later_updates(inspect(scope, policy=APART), {1: [seen(POST)]})
    (first, *_) = compose(found).of("总体情况")
    assert "发现不合格2家（其中1家在通报印发前已完成整改），合格率0.00%。" in first.whole
    assert found.statistics.whole.failed == 2


def test_a_draft_knows_what_is_known_now() -> None:
    found = inspect([row(account(1), Code.STALE_2W, policy=APART)], policy=APART)
    late = seen(date(2022, 10, 10), after=20, matched_by=MatchedBy.ID)
    assert with_later_updates(found, {1: [late]}).failed[0].updated_on == date(2022, 10, 10)
