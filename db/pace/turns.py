"""Turns and breakers as rows, by the database's clock."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql

from db.base import rows, table
from db.models import BreakerOpeningRow, BreakerRow, PaceCallRow, PaceRow
from db.pace.rows import PaceRows
from db.types import AnyRow, Values
from mediawatch.domain import DAY_FULL, DayEnd, Outcome
from mediawatch.ports import (
    OVER,
    BreakerState,
    EarlierCalls,
    PacedSource,
    SourceRest,
    Turn,
    TurnRequest,
)

_DAY = timedelta(days=1)
_KEPT = timedelta(days=30)
"""How long it is kept that a breaker opened."""
_HAIR = 0.002
"""Seconds more: who asks again at the very moment may be told to wait once more."""
_TAKE = text(
    "SELECT wait, refusal, moment FROM mediawatch_take_turn(:name, :surface, :session, :address, "
    ":per_hour, :per_day, :quiet_from, :quiet_until, :spacing, :longest, :scale, :began, :until, "
    ":is_check, :further)"
)
# Whatever was noted before, the breaker is closed now: nothing need be read or locked first.
_CLOSE = text(
    "INSERT INTO breaker (surface, session, address, in_row, newest, rest, rests, noted_at) "
    "VALUES (:surface, :session, :address, '', :outcome, :rest, 0, mediawatch_clock()) "
    "ON CONFLICT (surface, session, address) DO UPDATE SET in_row = '', opened_by = NULL, "
    "opened_at = NULL, admits_at = NULL, rest = :rest, rests = 0, noted_at = excluded.noted_at, "
    "newest = CASE WHEN breaker.noted_at < :began THEN excluded.newest ELSE array_to_string("
    "(string_to_array(breaker.newest, ' ') || excluded.newest)"
    "[cardinality(string_to_array(breaker.newest, ' ')) + 2 - CAST(:kept AS integer) : ], ' ') END"
)
_REFUSALS = {"": "", "full": DAY_FULL, "over": OVER}
_moment = func.mediawatch_clock()

Lane = tuple[str, str, str]
"""A pace, a session, and for a visitor the address."""


@dataclass(frozen=True, slots=True)
class _Noted:
    """An outcome of a visit."""

    source: PacedSource
    outcome: Outcome
    ends_day: DayEnd | None
    declared_closed: bool


class SqlTurns:
    """Implements `ports.TurnBook`. One instance a run."""

    def __init__(
        self, pace_rows: PaceRows, address: str, breaker: Callable[[], BreakerState]
    ) -> None:
        self.address = address
        self._rows, self._breaker = pace_rows, breaker
        self._closed = breaker()
        self.began: datetime | None = None
        self._told: tuple[datetime, float] | None = None
        """The database's moment, and the loop's when it was told."""
        self._earlier: defaultdict[Lane, list[EarlierCalls]] = defaultdict(list)
        self._scale = 1.0
        self._free: dict[Lane, float] = {}
        """When the next call may be made as far as this process knows, by the loop's clock."""
        self._open: dict[tuple[str, str], Outcome] = {}

    def begin_run(self, began: datetime | None = None) -> None:
        """See `ports.TurnBook`."""
        self.began = began

    def recall(self, earlier: Iterable[EarlierCalls], scale: float) -> None:
        """See `ports.TurnBook`. They are written with the first turn of their pace."""
        self._scale = scale
        for each in earlier:
            self._earlier[self._lane(each.source)].append(each)

    def _address(self, session: str) -> str:
        return "" if session else self.address

    def _lane(self, source: PacedSource) -> Lane:
        return source.pace_name, source.session, self._address(source.session)

    def expect(self, request: TurnRequest) -> Turn:
        """See `ports.TurnBook`."""
        wait = max(0.0, self._free.get(self._lane(request.source), 0.0) - _now())
        return Turn(wait=max(request.spacing, wait) if request.further else wait)

    async def take(self, request: TurnRequest) -> Turn:
        """See `ports.TurnBook`."""
        lane = self._lane(request.source)
        if earlier := self._earlier.pop(lane, None):
            await self._rows.together(_write_earlier, lane, earlier, self._scale, self._closed.rest)
        row = await self._rows.at_once(_take, self._wanted(request))
        self._hear(row.moment)
        refusal = _REFUSALS.get(row.refusal) if row.refusal in _REFUSALS else Outcome(row.refusal)
        self._keep_known(request.source, refusal or "", further=request.further)
        if refusal:
            return Turn(wait=row.wait, refusal=refusal)
        taken = request.further or row.wait <= 0
        self._free[lane] = _now() + row.wait + (request.spacing if taken else 0.0)
        return Turn(wait=row.wait if taken else row.wait + _HAIR)

    def _wanted(self, request: TurnRequest) -> Values:
        source, pace = request.source, request.pace
        quiet_from, quiet_until = (None, None) if request.further else pace.quiet or (None, None)
        return {
            "name": source.pace_name,
            "surface": source.surface,
            "session": source.session,
            "address": self._address(source.session),
            "per_hour": pace.per_hour,
            "per_day": pace.per_day,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "spacing": request.spacing,
            "longest": request.longest_spacing,
            "scale": request.scale,
            "began": self.began,
            "until": request.until,
            "is_check": request.check,
            "further": request.further,
        }

    def _keep_known(self, source: PacedSource, refusal: Outcome | str, *, further: bool) -> None:
        key = source.surface, source.session
        if isinstance(refusal, Outcome):
            self._open[key] = refusal
        elif not refusal and not further:
            self._open.pop(key, None)

    def _hear(self, moment: datetime) -> None:
        self._told = moment, _now()
        self.began = self.began or moment

    def now(self) -> datetime | None:
        """See `ports.TurnBook`: as the database's clock went when it was asked last."""
        if self._told is None:
            return None
        moment, at = self._told
        return moment + timedelta(seconds=_now() - at)

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
                "address": self._address(source.session),
                "outcome": outcome.value,
                "rest": self._closed.rest,
                "kept": self._closed.last.maxlen,
                "began": self.began,
            }
            await self._rows.at_once(Connection.execute, _CLOSE, values)
            self._open.pop(key, None)
            return False
        noted = _Noted(source, outcome, ends_day, declared_closed)
        opened, moment = await self._rows.together(self._write, noted)
        self._hear(moment)
        if opened or ends_day is not None:
            self._open[key] = outcome
        return opened

    def _write(self, conn: Connection, noted: _Noted) -> tuple[bool, datetime]:
        source = noted.source
        key: Values = {
            "surface": source.surface,
            "session": source.session,
            "address": self._address(source.session),
        }
        row = _locked(conn, key, rest=self._closed.rest)
        moment = conn.scalars(select(_moment)).one()
        # An outcome before this run began counts for nothing, a breaker that opened before neither.
        since = self.began or moment
        rests = row.admits_at is not None and row.admits_at > moment
        stale = not rests and (row.opened_at or row.noted_at) < since
        breaker = self._breaker()
        if not stale:
            _fill(breaker, row)
        opened = breaker.note(noted.outcome, source.session, moment.timestamp())
        values: Values = {
            "in_row": " ".join(breaker.row),
            "newest": " ".join(breaker.last),
            "noted_at": moment,
        }
        if noted.ends_day is not None:
            breaker.opened_by, breaker.until = Outcome.CAPTCHA, (moment + _DAY).timestamp()
        if opened or noted.ends_day is not None or not stale:
            values |= {
                "opened_by": breaker.opened_by,
                "opened_at": moment if opened or noted.ends_day is not None else row.opened_at,
                "admits_at": _instant(breaker.until),
                "rest": breaker.rest,
                "rests": breaker.rests,
            }
        conn.execute(update(BreakerRow).where(*_is(BreakerRow, key)).values(values))
        if opened:
            made = key | {"outcome": noted.outcome, "declared_closed": noted.declared_closed}
            conn.execute(insert(BreakerOpeningRow).values(made | {"at": moment}))
            conn.execute(delete(BreakerOpeningRow).where(BreakerOpeningRow.at < moment - _KEPT))
        if noted.ends_day is DayEnd.LOGIN:
            _end_day(conn, self._lane(source), moment)
        return opened, moment

    async def rest_of(self, surface: str, session: str) -> SourceRest | None:
        """See `ports.TurnBook`."""
        key: Values = {"surface": surface, "session": session, "address": self._address(session)}
        asked = select(table(BreakerRow), _moment.label("moment")).where(*_is(BreakerRow, key))
        row = await self._rows.at_once(_first, asked)
        if row is None or row.opened_by is None or row.admits_at is None:
            return None
        left = max(0.0, (row.admits_at - row.moment).total_seconds())
        in_run = self.began is None or row.opened_at >= self.began
        return SourceRest(
            opened_by=row.opened_by, left=left + _HAIR, rests=row.rests if in_run else 1
        )

    def open_breakers(self) -> Mapping[tuple[str, str], Outcome]:
        """See `ports.TurnBook`."""
        return self._open

    async def refresh(self) -> frozenset[Outcome]:
        """See `ports.TurnBook`."""
        moment, breakers, openings = await self._rows.together(_read_all, self.began)
        self._hear(moment)
        since = self.began or moment
        self._open = {
            (row.surface, row.session): row.opened_by
            for row in breakers
            if (row.admits_at > moment if row.admits_at else row.opened_at >= since)
        }
        return frozenset(openings)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _take(conn: Connection, wanted: Values) -> AnyRow:
    return conn.execute(_TAKE, wanted).one()


def _first(conn: Connection, asked: Select[Any]) -> AnyRow | None:
    return conn.execute(asked).first()


def _is(of: type[BreakerRow], key: Values) -> list[ColumnElement[bool]]:
    return [getattr(of, name) == value for name, value in key.items()]


def _locked(conn: Connection, key: Values, rest: float) -> AnyRow:
    """The row of a breaker, made where it is missing, which nobody else changes meanwhile."""
    new = {"in_row": "", "newest": "", "rest": rest, "rests": 0, "noted_at": _moment}
    asked = rows(BreakerRow).where(*_is(BreakerRow, key)).with_for_update()
    if (row := conn.execute(asked).first()) is None:
        conn.execute(
            postgresql.Insert(table(BreakerRow)).values(key | new).on_conflict_do_nothing()
        )
        row = conn.execute(asked).one()
    return row


def _fill(breaker: BreakerState, row: AnyRow) -> None:
    breaker.row = [Outcome(each) for each in row.in_row.split()]
    breaker.last.extend(Outcome(each) for each in row.newest.split())
    breaker.opened_by, breaker.rest, breaker.rests = row.opened_by, row.rest, row.rests
    breaker.until = row.admits_at.timestamp() if row.admits_at else None


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _made(conn: Connection, lane: Lane) -> int | None:
    """Make the row of a pace; its number, or None where there is one."""
    name, session, address = lane
    values = {"name": name, "session": session, "address": address, "pruned_at": _moment}
    new = postgresql.Insert(table(PaceRow)).values(values).on_conflict_do_nothing()
    return conn.scalar(new.returning(PaceRow.id))


def _end_day(conn: Connection, lane: Lane, moment: datetime) -> None:
    """Real hours, whatever the scale: it is the site that wants a person."""
    _made(conn, lane)
    name, session, address = lane
    of_lane = (PaceRow.name == name, PaceRow.session == session, PaceRow.address == address)
    conn.execute(update(PaceRow).where(*of_lane).values(ended_until=moment + _DAY))


def _write_earlier(
    conn: Connection, lane: Lane, earlier: Sequence[EarlierCalls], scale: float, rest: float
) -> None:
    """What was called before this pace had a row: the database was moved here, or is older."""
    number = _made(conn, lane)
    if number is None:
        return
    moment = conn.scalars(select(_moment)).one()
    calls = [
        {"pace_id": number, "at": moment - scale * each.ago}
        for each in earlier
        for _ in range(each.calls)
    ]
    if calls:
        conn.execute(insert(PaceCallRow), calls)
    for each in earlier:
        until = moment + _DAY - each.ago
        if each.ends_day is None or until <= moment:
            continue
        _, session, address = lane
        key: Values = {"surface": each.source.surface, "session": session, "address": address}
        _locked(conn, key, rest)
        ended = {"opened_by": Outcome.CAPTCHA, "opened_at": moment, "admits_at": until}
        conn.execute(update(BreakerRow).where(*_is(BreakerRow, key)).values(ended))
        if each.ends_day is DayEnd.LOGIN:
            conn.execute(update(PaceRow).where(PaceRow.id == number).values(ended_until=until))


def _read_all(
    conn: Connection, began: datetime | None
) -> tuple[datetime, Sequence[AnyRow], Sequence[Outcome]]:
    moment = conn.scalars(select(_moment)).one()
    breakers = conn.execute(rows(BreakerRow).where(BreakerRow.opened_by.is_not(None))).all()
    opened = select(BreakerOpeningRow.outcome).where(
        BreakerOpeningRow.at >= (began or moment), ~BreakerOpeningRow.declared_closed
    )
    return moment, breakers, conn.scalars(opened.distinct()).all()
