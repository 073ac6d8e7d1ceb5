"""What hints are good for: the order of looks and of questions, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mediawatch.domain import AccountState, Hint
from mediawatch.rules.hints import HintCall, call_of, current_hints, provable_now

START, END = date(2026, 11, 16), date(2026, 11, 30)


def hint(on: str, received: str = "2026-11-28", source: str = "甲", account: int = 1) -> Hint:
    return Hint(
        account_id=account,
        source=source,
        on=date.fromisoformat(on) if on else None,
        link="" if on else "https://example.org/1",
        received_at=datetime.fromisoformat(f"{received}T10:00:00+08:00"),
    )


@pytest.mark.parametrize(
    ("hints", "call"),
    [
        ([], HintCall.OPEN),
        ([hint("2026-11-20")], HintCall.ACTIVE),
        ([hint("2026-11-16")], HintCall.ACTIVE),
        ([hint("2026-11-30")], HintCall.ACTIVE),
        ([hint("2026-11-15")], HintCall.SILENT),
        ([hint("2026-12-01", "2026-12-02")], HintCall.OPEN),
        ([hint("")], HintCall.OPEN),
        # What was said before the window says nothing of it.
        ([hint("2026-10-01", "2026-11-15")], HintCall.OPEN),
        # In doubt it is active.
        ([hint("2026-10-01"), hint("2026-11-20", source="乙")], HintCall.ACTIVE),
        ([hint("2026-11-18", "2026-11-20"), hint("2026-10-26", "2026-11-28")], HintCall.ACTIVE),
        ([hint("2026-10-01", "2026-11-20"), hint("2026-11-20", "2026-11-28")], HintCall.ACTIVE),
        ([hint("2026-10-01"), hint("2026-12-01", "2026-12-02", "乙")], HintCall.OPEN),
    ],
)
def test_what_others_call_an_account(hints: list[Hint], call: HintCall) -> None:
    assert call_of(hints, START, END) is call
    assert call_of(hints[::-1], START, END) is call


def test_of_each_source_its_last_word_stands() -> None:
    said = [hint("2026-10-01", "2026-11-20"), hint("2026-10-02"), hint("2026-10-03", source="乙")]
    assert {(each.source, each.on) for each in current_hints(said, START, END)} == {
        ("甲", date(2026, 10, 2)),
        ("乙", date(2026, 10, 3)),
    }


@pytest.mark.parametrize(
    ("said", "concerned"),
    [
        (hint("2026-11-20"), True),
        (hint("2026-12-01", "2026-12-02"), False),
        (hint("2028-03-01", "2028-03-02"), False),
        (hint("2026-10-01", "2026-11-15"), False),
        # Silent since October: that holds for November, however late it was said.
        (hint("2026-10-01", "2028-03-02"), True),
        (hint("", "2026-12-20"), True),
        (hint("", "2028-03-02"), False),
    ],
)
def test_a_hint_concerns_the_window_of_which_it_says_anything(said: Hint, concerned: bool) -> None:
    assert bool(current_hints([said], START, END)) is concerned


def test_a_message_counts_from_the_day_on_which_it_was_sent() -> None:
    sent = datetime.fromisoformat("2026-11-10T09:00:00+08:00")
    early = replace(hint("2026-10-01"), given_at=sent)
    assert early.said_on == date(2026, 11, 10)
    assert current_hints([early], START, END) == []
    ahead = replace(early, given_at=datetime.fromisoformat("2027-01-01T09:00:00+08:00"))
    assert ahead.said_on == date(2026, 11, 28), "not after it came in"


def test_active_ones_that_nothing_proves_are_provable() -> None:
    said = [
        hint("2026-11-20", account=1),
        hint("2026-11-20", account=2),
        hint("2026-11-20", account=3),
        hint("2026-10-20", account=4),
    ]
    states = {
        number: AccountState(
            account_id=number,
            latest_on=latest,
            last_read_at=datetime(2026, 11, 1, tzinfo=UTC),
        )
        for number, latest in ((2, date(2026, 11, 1)), (3, date(2026, 11, 16)))
    }
    assert set(provable_now(said, states, START, END)) == {1, 2}
