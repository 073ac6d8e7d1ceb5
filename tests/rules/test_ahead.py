"""Before a known as_of: when an account that only rationed surfaces prove is due, whose turn it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from samples import PLAIN

from mediawatch.domain import AccountState, FiledStatus, Outcome
from mediawatch.domain.clock import BEIJING, day_end
from mediawatch.rules.ahead import (
    first_night,
    is_proved_for,
    next_due_before,
    nights_left,
    proof_order,
    wants_proof,
)
from mediawatch.rules.due import next_due
from mediawatch.rules.policy import load, parse
from tests.support.policies import own

POLICY = load("national")
REACHES = parse(POLICY.toml.replace('edge = "exceeds"         #', 'edge = "reaches" #'))
AS_OF = day_end(date(2026, 12, 31))
"""Its window begins on 17 December."""


def night(day: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, 22, tzinfo=BEIJING)


def state(
    newest: date | None, read: datetime | None, outcome: Outcome = Outcome.OK, number: int = 1
) -> AccountState:
    return AccountState(
        account_id=number,
        latest_on=newest,
        original_on=newest,
        last_read_at=read,
        last_outcome=outcome if read else None,
    )


@pytest.mark.parametrize(
    ("newest", "read", "now", "due"),
    [
        # Long before the window: not before the last day on which the known post proves it fresh.
        (date(2026, 11, 1), night(1, 11), night(2, 11), date(2026, 11, 15)),
        (date(2026, 11, 1), night(9, 11), night(15, 11), date(2026, 11, 15)),
        # The proof will have run out by as_of: due from the first night that can prove something.
        (date(2026, 12, 10), night(10), night(16), date(2026, 12, 24)),
        (date(2026, 12, 10), night(10), night(17), date(2026, 12, 17)),
        (date(2026, 12, 16), night(16), night(20), date(2026, 12, 20)),
        # Until it is proved it stays so, even where it was looked at in the night before.
        (date(2026, 12, 16), night(19), night(20), date(2026, 12, 20)),
        (None, night(19), night(20), date(2026, 12, 20)),
        # A post in the window proves it: not before as_of has passed.
        (date(2026, 12, 17), night(19), night(20), date(2027, 1, 1)),
        # Then its own day of the week comes first.
        (date(2026, 12, 30), night(30), night(31), date(2027, 1, 4)),
    ],
)
def test_an_account_is_due_where_its_proof_would_have_run_out(
    newest: date | None, read: datetime, now: datetime, due: date
) -> None:
    assert next_due_before(state(newest, read), PLAIN, POLICY, now, AS_OF) == due


def test_without_proof_before_the_window_the_usual_rule_holds() -> None:
    for known in (None, state(None, None), state(None, night(20, 11))):
        now = night(25, 11)
        assert next_due_before(known, PLAIN, POLICY, now, AS_OF) == next_due(
            known, PLAIN, POLICY, now
        )


@pytest.mark.parametrize(
    "known",
    [
        replace(state(date(2026, 12, 20), night(21)), second_look=True),
        state(date(2026, 12, 20), night(21), Outcome.NOT_FOUND),
    ],
)
def test_second_looks_and_negatives_do_not_wait_for_as_of(known: AccountState) -> None:
    now = night(22)
    assert next_due_before(known, PLAIN, POLICY, now, AS_OF) == next_due(known, PLAIN, POLICY, now)


def test_a_closed_account_wants_no_proof() -> None:
    closed = replace(PLAIN, status=FiledStatus.CLOSED)
    assert wants_proof(None, PLAIN, POLICY, night(20), AS_OF)
    assert not wants_proof(None, closed, POLICY, night(20), AS_OF)
    known = state(date(2026, 12, 1), night(1))
    assert next_due_before(known, closed, POLICY, night(20), AS_OF) == next_due(
        known, closed, POLICY, night(20)
    )


def test_the_policys_edge_moves_the_first_night() -> None:
    assert first_night(POLICY, AS_OF) == date(2026, 12, 17)
    assert first_night(REACHES, AS_OF) == date(2026, 12, 18)
    known = state(date(2026, 12, 17), night(18))
    assert is_proved_for(known, own(POLICY), AS_OF)
    assert not is_proved_for(known, own(REACHES), AS_OF)


@pytest.mark.parametrize(
    ("now", "as_of", "left"),
    [
        (night(1, 11), AS_OF, 15),
        (night(17), AS_OF, 15),
        (night(30), AS_OF, 2),
        (night(31), AS_OF, 1),
        (night(30), datetime(2026, 12, 31, 9, tzinfo=BEIJING), 1),
        (night(31), datetime(2026, 12, 31, 22, tzinfo=BEIJING), 0),
        (night(31), datetime(2026, 12, 31, 9, tzinfo=BEIJING), 0),
    ],
)
def test_the_nights_that_can_prove_something_are_counted(
    now: datetime, as_of: datetime, left: int
) -> None:
    assert nights_left(POLICY, now, as_of) == left


def test_who_most_likely_shows_a_post_tonight_comes_first() -> None:
    """Nothing shows before the window's first day, 12-17, so that nights before it are no wait."""
    waiting = {
        "never read": None,
        "posts daily": state(date(2026, 12, 14), night(14)),
        "posts weekly": state(date(2026, 12, 5), night(11)),
        "posted daily, looked at yesterday": state(date(2026, 12, 16), night(19)),
        "posts weekly, looked at yesterday": state(date(2026, 12, 12), night(19)),
        "long silent": state(date(2026, 3, 1), night(14)),
        "long silent, looked at yesterday": state(None, night(19)),
    }

    def order(name: str, hinted: bool = False) -> float:
        return proof_order(waiting[name], own(POLICY), night(20), AS_OF, hinted=hinted)

    assert sorted(waiting, key=order) == [*waiting]
    # What others call active counts as if it had posted at the last look.
    assert order("long silent", hinted=True) == order("posts daily")
    assert order("long silent, looked at yesterday", hinted=True) > order("posts daily")
    assert order("never read") == proof_order(
        state(None, None), own(POLICY), night(20), AS_OF, hinted=False
    )
