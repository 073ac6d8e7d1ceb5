"""A row of a worklist with its cells read."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from mediawatch.domain import (
    Account,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import same
from mediawatch.people.forms.columns import Cell, Column
from mediawatch.people.forms.read import WorklistRow
from mediawatch.people.forms.rowkey import CLOSED, Window
from mediawatch.people.worklist.identity import (
    SeenId,
    own_ids,
)
from mediawatch.people.worklist.states import (  # fmt: skip
    AMBIGUOUS_NAME_WORDS,
    POSTED_WORDS,
    SAME_NAME_WORDS,
    STATE_WORDS,
    State,
    says_none,
)
from mediawatch.people.worklist.values import BadValue, day_in, days_in, id_in, moment_in

T = TypeVar("T")


CellFault = tuple[Column, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowQuestion:
    """What is known of the account that a row asks about.

    `posted_on`: days of all posts that machines saw (valid ones that count under the policy).
    `ids`: every id it goes by. `linked`: the row led to the account by a link.
    """

    account: Account
    sweep_id: int
    window: Window
    posted_on: frozenset[date] = frozenset()
    ids: tuple[str, ...] = ()
    linked: bool = False

    @property
    def own(self) -> tuple[SeenId, ...]:
        return own_ids(self.account.filed, self.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """A row with its cells read."""

    posted: bool | None
    on: date | None
    state: State
    name: str
    seen_id: str
    person: str
    read_at: datetime | None
    remark: str = ""
    chosen: bool = True
    """Whether 状态 was filled in; else it is 正常."""
    days: tuple[date, ...] = ()
    """All days that were given, `on` the newest of them: a period's row asks for each."""

    @property
    def negative(self) -> bool:
        return (self.posted is False and self.state is State.NORMAL) or self.state.outcome.negative

    def accuses(self, account: Account) -> bool:
        """Whether the answer can become a finding."""
        alive_though_closed = account.filed.status in CLOSED and self.state is State.NORMAL
        return self.negative or self.renames(account) or alive_though_closed

    def renames(self, account: Account) -> bool:
        return bool(self.name) and not same(self.name, account.filed.name)

    def names(self, account: Account) -> bool:
        """Whether the answer says under which name it was found.

        Seen as filed, or searched for as filed.
        """
        return same(self.name, account.filed.name) or (
            self.state is State.NOT_FOUND and same(self.seen_id, account.filed.name)
        )


def parse_answer(
    row: WorklistRow, asked: RowQuestion, now: datetime
) -> tuple[GivenAnswer | None, list[CellFault]]:
    faults: list[CellFault] = []
    account = asked.account

    def read(column: Column, reader: Callable[[Cell], T]) -> T | None:
        try:
            return reader(row.cells.get(column))
        except BadValue as bad:
            faults.append((column, str(bad)))
            return None

    read_at = read(Column.TIME, lambda cell: moment_in(cell, day_of(now)))
    days = read(Column.POSTED_ON, lambda cell: _days(cell, asked.window, read_at or now)) or ()
    posted = read(
        Column.POSTED, lambda _: _chosen(row.text(Column.POSTED), POSTED_WORDS, "请选择“有”或“无”")
    )
    state = read(
        Column.STATE,
        lambda _: _chosen(
            row.text(Column.STATE), STATE_WORDS, f"请从下拉列表中选择：{'、'.join(State)}"
        ),
    )
    name = read(Column.SEEN_NAME, lambda _: _name(row.text(Column.SEEN_NAME), account.filed.name))
    seen_id = read(Column.SEEN_ID, lambda cell: _id(id_in(cell)))
    if faults:
        return None, faults
    return GivenAnswer(
        posted=posted,
        on=max(days, default=None),
        days=days,
        state=state or State.NORMAL,
        chosen=state is not None,
        name=name or "",
        seen_id=seen_id or "",
        person=row.text(Column.PERSON),
        read_at=read_at,
        remark=row.text(Column.REMARK),
    ), []


def _days(cell: Cell, window: Window, looked_at: datetime) -> tuple[date, ...]:
    if window.longest:
        return days_in(cell, day_of(looked_at))
    day = day_in(cell, day_of(looked_at))
    return (day,) if day else ()


def _chosen(text: str, words: dict[str, T], remedy: str) -> T | None:
    text = unicodedata.normalize("NFKC", text).replace(" ", "").rstrip("。.")
    if text and text not in words:
        raise BadValue(remedy)
    return words.get(text)


def _name(text: str, filed: str) -> str:
    """The name read, "" without one.

    The filed name wins over every reading of these words: an account may be called 正常.
    """
    if same(text, filed):
        return text
    if text in AMBIGUOUS_NAME_WORDS:
        raise BadValue("请照原样填写平台上显示的名称（与备案相同填“一致”）")
    return filed if text in SAME_NAME_WORDS else "" if says_none(text) else text


def _id(text: str) -> str:
    """What was typed as an id.

    "" where it means that the account has no id, or that it was compared and not written down.
    """
    return "" if says_none(text) or text in SAME_NAME_WORDS else text
