"""Breakers as rows: what the decision table makes of outcomes, whoever met them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, insert, select, update
from sqlalchemy.dialects import postgresql

from db.base import rows, table
from db.models import BreakerOpeningRow, BreakerRow
from db.pace.paces import end_day
from db.pace.run import DAY, HAIR, MOMENT, PaceRun
from db.types import AnyRow, Values
from mediawatch.domain import DayEnd, Outcome
from mediawatch.ports import BreakerState, PacedSource, SourceRest

_KEPT = timedelta(days=30)
"""How long it is kept that a breaker opened."""
# Whatever was noted before, the breaker is closed now: nothing need be read or locked first.
_CLOSE = (
    "INSERT INTO breaker (surface, session, address, in_row, newest, rest, rests, noted_at) "
    "VALUES (%(surface)s, %(session)s, %(address)s, '', %(outcome)s, %(rest)s, 0, mediawatch_clock()) "
    "ON CONFLICT (surface, session, address) DO UPDATE SET in_row = '', opened_by = NULL, "
    "opened_at = NULL, admits_at = NULL, rest = %(rest)s, rests = 0, noted_at = excluded.noted_at, "
    "newest = CASE WHEN breaker.noted_at < %(began)s THEN excluded.newest ELSE array_to_string("
    "(string_to_array(breaker.newest, ' ') || excluded.newest)"
    "[cardinality(string_to_array(breaker.newest, ' ')) + 2 - CAST(%(kept)s AS integer) : ], ' ') END"
)


@dataclass(frozen=True, slots=True)
class _Noted:
    """An outcome of a visit."""

    source: PacedSource
    outcome: Outcome
    ends_day: DayEnd | None
    declared_closed: bool


class SqlBreakers:
    """The part of `ports.TurnBook` that concerns breakers."""

    def __init__(self, run: PaceRun, breaker: Callable[[], BreakerState]) -> None:
        self._run, self._breaker = run, breaker
        self._closed = breaker()

    async def note(
        self,
        source: PacedSource,
        outcome: Outcome,
        *,
        closes: bool,
        ends_day: DayEnd | None = None,
        declared_closed: bool = False,
    ) -> bool:
        """See `ports.TurnBook`."""
        key = source.surface, source.session
        if closes and ends_day is None:
            values = {
                "surface": source.surface,
                "session": source.session,
                "address": self._run.address_of(source.session),
                "outcome": outcome.value,
                "rest": self._closed.rest,
                "kept": self._closed.last.maxlen,
                "began": self._run.began,
            }
            await self._run.rows.ask(_CLOSE, values)
            self._run.open.pop(key, None)
            return False
        noted = _Noted(source, outcome, ends_day, declared_closed)
        opened, moment = await self._run.rows.together(self._write, noted)
        self._run.hear(moment)
        if opened or ends_day is not None:
            self._run.open[key] = outcome
        return opened

    def _write(self, conn: Connection, noted: _Noted) -> tuple[bool, datetime]:
        source = noted.source
        key: Values = {
            "surface": source.surface,
            "session": source.session,
            "address": self._run.address_of(source.session),
        }
        row = lock_breaker(conn, key, rest=self._closed.rest)
        moment = conn.scalars(select(MOMENT)).one()
        # Nothing from before this run counts for it, but a rest that goes on.
        since = self._run.began or moment
        rests = row.admits_at is not None and row.admits_at > moment
        counts = rests or row.noted_at >= since
        holds = rests or (row.opened_at or row.noted_at) >= since
        breaker = self._breaker()
        _fill(breaker, row, outcomes=counts, opening=holds)
        opened = breaker.note(noted.outcome, source.session, moment.timestamp())
        if noted.ends_day is not None:
            breaker.opened_by, breaker.until = Outcome.CAPTCHA, (moment + DAY).timestamp()
        values: Values = {
            "in_row": " ".join(breaker.row),
            "newest": " ".join(breaker.last),
            "noted_at": moment,
        }
        anew = opened or noted.ends_day is not None
        # Else it stays as it is: an earlier run that opened it may still go on.
        if anew or holds or row.opened_by is None:
            values |= {
                "opened_by": breaker.opened_by,
                "opened_at": moment if anew else row.opened_at,
                "admits_at": _instant(breaker.until),
                "rest": breaker.rest,
                "rests": breaker.rests,
            }
        conn.execute(update(BreakerRow).where(*is_breaker(BreakerRow, key)).values(values))
        if opened:
            made = key | {"outcome": noted.outcome, "declared_closed": noted.declared_closed}
            conn.execute(insert(BreakerOpeningRow).values(made | {"at": moment}))
            conn.execute(delete(BreakerOpeningRow).where(BreakerOpeningRow.at < moment - _KEPT))
        if noted.ends_day is DayEnd.LOGIN:
            end_day(conn, (source.pace_name, source.session, key["address"]), moment)
        return opened, moment

    async def rest_of(self, surface: str, session: str) -> SourceRest | None:
        """See `ports.TurnBook`."""
        key: Values = {
            "surface": surface,
            "session": session,
            "address": self._run.address_of(session),
        }
        asked = select(table(BreakerRow), MOMENT.label("moment")).where(
            *is_breaker(BreakerRow, key)
        )
        row = await self._run.rows.together(_first, asked)
        if row is None or row.opened_by is None or row.admits_at is None:
            return None
        left = max(0.0, (row.admits_at - row.moment).total_seconds())
        in_run = self._run.began is None or row.opened_at >= self._run.began
        return SourceRest(
            opened_by=row.opened_by, left=left + HAIR, rests=row.rests if in_run else 1
        )

    def open_breakers(self) -> Mapping[tuple[str, str], Outcome]:
        """See `ports.TurnBook`."""
        return self._run.open

    async def refresh(self) -> frozenset[Outcome]:
        """See `ports.TurnBook`."""
        moment, breakers, openings = await self._run.rows.together(_read_all, self._run.began)
        self._run.hear(moment)
        since = self._run.began or moment
        self._run.open = {
            (row.surface, row.session): row.opened_by
            for row in breakers
            if (row.admits_at > moment if row.admits_at else row.opened_at >= since)
        }
        return frozenset(openings)


def _first(conn: Connection, asked: Select[Any]) -> AnyRow | None:
    return conn.execute(asked).first()


def is_breaker(of: type[BreakerRow], key: Values) -> list[ColumnElement[bool]]:
    return [getattr(of, name) == value for name, value in key.items()]


def lock_breaker(conn: Connection, key: Values, rest: float) -> AnyRow:
    """The row of a breaker, made where it is missing, which nobody else changes meanwhile."""
    new = {"in_row": "", "newest": "", "rest": rest, "rests": 0, "noted_at": MOMENT}
    asked = rows(BreakerRow).where(*is_breaker(BreakerRow, key)).with_for_update()
    if (row := conn.execute(asked).first()) is None:
        conn.execute(
            postgresql.Insert(table(BreakerRow)).values(key | new).on_conflict_do_nothing()
        )
        row = conn.execute(asked).one()
    return row


def _fill(breaker: BreakerState, row: AnyRow, *, outcomes: bool, opening: bool) -> None:
    if outcomes:
        breaker.row = [Outcome(each) for each in row.in_row.split()]
        breaker.last.extend(Outcome(each) for each in row.newest.split())
    if opening:
        breaker.opened_by, breaker.rest, breaker.rests = row.opened_by, row.rest, row.rests
        breaker.until = row.admits_at.timestamp() if row.admits_at else None


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _read_all(
    conn: Connection, began: datetime | None
) -> tuple[datetime, Sequence[AnyRow], Sequence[Outcome]]:
    moment = conn.scalars(select(MOMENT)).one()
    breakers = conn.execute(rows(BreakerRow).where(BreakerRow.opened_by.is_not(None))).all()
    opened = select(BreakerOpeningRow.outcome).where(
        BreakerOpeningRow.at >= (began or moment), ~BreakerOpeningRow.declared_closed
    )
    return moment, breakers, conn.scalars(opened.distinct()).all()
