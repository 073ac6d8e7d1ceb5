"""Names and contacts that may leave after their time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from db.base import Base, rows
from db.givers import find_givers, is_needed, is_undecided
from db.models import (
    AccountRow,
    ClearingRow,
    ContactRow,
    FindingRow,
    NoticeEventRow,
    NoticeRow,
    ReadingRow,
    ReviewEventRow,
    SweepRow,
)
from db.notices.archived import archived_notices
from db.transactions import Aggregate, reads, writes
from db.types import AnyRow, portions
from mediawatch.domain import (
    PERSONAL_MARK,
    Effect,
    LookKind,
    NoticeAction,
    ReviewAction,
    ReviewState,
    SweepState,
)
from mediawatch.names import fold, same_person
from mediawatch.ports import PersonalData

_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
_UNITS = (NoticeAction.REPORTED, NoticeAction.APPEALED)
"""What people of the units do about a notice; everything else is decided by the office."""


class SqlPersonal(Aggregate):
    @reads
    def all(self, conn: Connection) -> list[PersonalData]:
        return _all(conn)

    @writes
    def clear_names(
        self, conn: Connection, data: PersonalData, at: datetime, *, pictures: int = 0
    ) -> int:
        key = data.sweep_id, data.notice_id
        now = next((each for each in _all(conn) if (each.sweep_id, each.notice_id) == key), None)
        if now is None or now.over_at is None:
            return 0
        found = _named(conn, data)
        earlier = select(func.coalesce(func.sum(ClearingRow.names), 0)).where(
            ClearingRow.sweep_id.is_not_distinct_from(data.sweep_id),
            ClearingRow.notice_id.is_not_distinct_from(data.notice_id),
        )
        marks = marks_of([row.name for _, row in found], after=conn.scalar(earlier) or 0)
        for kind, row in found:
            column = "person" if kind is ReadingRow else "by"
            values = {column: marks[fold(row.name)]}
            if kind is not ReadingRow:
                values["reason"] = _PHONE.sub(PERSONAL_MARK, row.reason)
            conn.execute(update(kind.__table__).where(kind.__table__.c.id == row.id).values(values))
        note = {"at": at, "names": len(found), "pictures": pictures, "contacts": 0}
        conn.execute(
            insert(ClearingRow).values(sweep_id=data.sweep_id, notice_id=data.notice_id, **note)
        )
        return len(found)

    @reads
    def cleared(self, conn: Connection, sweep_ids: Collection[int]) -> set[int]:
        wanted = select(ClearingRow.sweep_id).where(ClearingRow.sweep_id.in_(sweep_ids))
        return set(conn.scalars(wanted))

    @reads
    def old_givers(self, conn: Connection, before: datetime) -> int:
        return len(find_givers(conn, before))

    @writes
    def clear_givers(self, conn: Connection, before: datetime, at: datetime) -> int:
        found = find_givers(conn, before)
        earlier = select(func.coalesce(func.sum(ClearingRow.names), 0)).where(
            ClearingRow.sweep_id.is_(None), ClearingRow.notice_id.is_(None)
        )
        marks = marks_of([row.given_by for _, row in found], after=conn.scalar(earlier) or 0)
        for kind, row in found:
            one = update(kind.__table__).where(kind.__table__.c.id == row.id)
            conn.execute(one.values(given_by=marks[fold(row.given_by)]))
        if found:
            note = {"at": at, "names": len(found), "pictures": 0, "contacts": 0}
            conn.execute(insert(ClearingRow).values(note))
        return len(found)

    @reads
    def lost_contacts(self, conn: Connection, before: date) -> list[int]:
        undecided, issued = is_needed(ContactRow)
        wanted = (
            select(ContactRow.account_id)
            .join(AccountRow, AccountRow.id == ContactRow.account_id)
            .where(AccountRow.retired_on < before, ~undecided, ~issued)
            .order_by(ContactRow.account_id)
        )
        return list(conn.scalars(wanted))

    @writes
    def clear_contacts(self, conn: Connection, account_ids: Iterable[int], at: datetime) -> None:
        wanted = sorted(set(account_ids))
        for portion in portions(wanted):
            conn.execute(delete(ContactRow.__table__).where(ContactRow.account_id.in_(portion)))
        if wanted:
            note = {"at": at, "names": 0, "pictures": 0, "contacts": len(wanted)}
            conn.execute(insert(ClearingRow).values(note))


def _all(conn: Connection) -> list[PersonalData]:
    sweeps = _Sweeps.of(conn)
    names = _counts(conn)
    own = [
        PersonalData(
            sweep_id=row.id,
            waits_for=(why := sweeps.why_open(row.id)),
            over_at=None if why else sweeps.over_at(row),
            names=names[row.id, None],
        )
        for row in conn.execute(
            rows(SweepRow).where(SweepRow.state != SweepState.RUNNING).order_by(SweepRow.id)
        )
    ]
    others = conn.execute(
        rows(NoticeRow).where(NoticeRow.sweep_id.is_(None)).order_by(NoticeRow.id)
    ).all()
    return own + [
        PersonalData(
            notice_id=row.id,
            waits_for="" if row.id in sweeps.closed_at else f"notice {row.number} is not closed",
            over_at=sweeps.closed_at.get(row.id),
            names=names[None, row.id],
        )
        for row in others
    ]


@dataclass(frozen=True, slots=True)
class _Sweeps:
    """What decides whether an inspection is over."""

    undecided: Collection[int]
    confirmed: Collection[int]
    notices: Mapping[int, Mapping[int, str]]
    """By sweep the numbers of the notices that were issued on it, or re-checked in it, by id."""
    closed_at: Mapping[int, datetime]
    """By notice."""
    archived: Collection[int]
    decided_at: Mapping[int, datetime]
    """By sweep the last time that something was decided."""

    @classmethod
    def of(cls, conn: Connection) -> _Sweeps:
        found = select(FindingRow.sweep_id).distinct()
        confirmed = (
            FindingRow.review_state == ReviewState.CONFIRMED,
            FindingRow.effect != Effect.HINT,
        )
        notices: dict[int, dict[int, str]] = defaultdict(dict)
        issued = select(NoticeRow.sweep_id, NoticeRow.id, NoticeRow.number).where(
            NoticeRow.sweep_id.is_not(None)
        )
        again = (
            select(NoticeEventRow.sweep_id, NoticeRow.id, NoticeRow.number)
            .join_from(NoticeEventRow, NoticeRow, NoticeRow.id == NoticeEventRow.notice_id)
            .where(NoticeEventRow.sweep_id.is_not(None), NoticeRow.sweep_id.is_not(None))
            .distinct()
        )
        for row in (*conn.execute(issued), *conn.execute(again)):
            notices[row.sweep_id][row.id] = row.number
        closed = _latest(
            NoticeEventRow.notice_id,
            NoticeEventRow.at,
            NoticeEventRow.action == NoticeAction.CLOSED,
        )
        decided = _latest(
            ReviewEventRow.sweep_id,
            ReviewEventRow.at,
            ReviewEventRow.action != ReviewAction.ANSWERED,
        )
        return cls(
            undecided=set(conn.scalars(found.where(*is_undecided()))),
            confirmed=set(conn.scalars(found.where(*confirmed))),
            notices=notices,
            closed_at={row[0]: row[1] for row in conn.execute(closed)},
            archived=set(conn.scalars(archived_notices())),
            decided_at={row[0]: row[1] for row in conn.execute(decided)},
        )

    def why_open(self, sweep_id: int) -> str:
        """What is left to do in a finished sweep; "" for nothing."""
        own = self.notices.get(sweep_id, {})
        if sweep_id in self.undecided:
            return "findings are undecided"
        if sweep_id in self.confirmed and not own:
            return "confirmed findings are in no notice"
        for key, number in own.items():
            if key not in self.closed_at:
                return f"notice {number} is not closed"
            if key not in self.archived:
                return f"the archive of notice {number} was not taken in"
        return ""

    def over_at(self, row: AnyRow) -> datetime:
        own = (self.closed_at[key] for key in self.notices.get(row.id, ()))
        ended: datetime = row.finished_at or row.started_at
        return max([ended, self.decided_at.get(row.id, ended), *own])


def _latest(by: Any, at: Any, condition: Any) -> Select[Any]:
    return select(by, func.max(at, type_=at.type)).where(condition).group_by(by)


def _named(conn: Connection, data: PersonalData) -> list[tuple[type[Base], AnyRow]]:
    """The records of it that bear a name, in the order in which they were made."""
    return [
        (kind, row)
        for kind, statement in _statements().items()
        for row in conn.execute(statement)
        if (row.sweep_id, None if row.sweep_id else row.notice_id)
        == (data.sweep_id, data.notice_id)
    ]


def _counts(conn: Connection) -> Mapping[tuple[int | None, int | None], int]:
    found: dict[tuple[int | None, int | None], int] = defaultdict(int)
    for statement in _statements().values():
        for row in conn.execute(statement):
            found[row.sweep_id, None if row.sweep_id else row.notice_id] += 1
    return found


def _statements() -> Mapping[type[Base], Select[*tuple[Any, ...]]]:
    """By table the records that bear a name of somebody who did not decide."""
    return {
        ReadingRow: select(
            ReadingRow.id, ReadingRow.sweep_id, ReadingRow.person.label("name"),
            ReadingRow.sweep_id.label("notice_id"),
        ).where(
            ReadingRow.look == LookKind.PERSON, ReadingRow.sweep_id.is_not(None), ReadingRow.person != "",
            ~ReadingRow.person.startswith(PERSONAL_MARK),
        ).order_by(ReadingRow.id),
        ReviewEventRow: select(
            ReviewEventRow.id, ReviewEventRow.sweep_id, ReviewEventRow.by.label("name"), ReviewEventRow.reason,
            ReviewEventRow.sweep_id.label("notice_id"),
        ).where(
            ReviewEventRow.action == ReviewAction.ANSWERED, ~ReviewEventRow.by.startswith(PERSONAL_MARK),
        ).order_by(ReviewEventRow.id),
        NoticeEventRow: select(
            NoticeEventRow.id, NoticeRow.sweep_id, NoticeEventRow.notice_id, NoticeEventRow.by.label("name"),
            NoticeEventRow.reason,
        ).join(NoticeRow, NoticeRow.id == NoticeEventRow.notice_id).where(
            NoticeEventRow.action.in_(_UNITS), ~NoticeEventRow.by.startswith(PERSONAL_MARK),
        ).order_by(NoticeEventRow.id),
    }  # fmt: skip


def marks_of(names: Sequence[str], *, after: int) -> dict[str, str]:
    """By folded name its mark: two persons never come to look like one.

    The numbers go on after as many records as were cleared before.
    """
    marks: dict[str, str] = {}
    number = after
    for name in dict.fromkeys(fold(name) for name in names):
        # Two writings of one name must not become two persons: two of them make a finding.
        alike = next((mark for other, mark in marks.items() if same_person(other, name)), None)
        if alike is None:
            number += 1
        marks[name] = alike or f"{PERSONAL_MARK}{number}"
    return marks
