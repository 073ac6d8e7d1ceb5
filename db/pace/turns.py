"""Turns as rows, by the database's clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, insert, select, update

from db.models import BreakerRow, PaceCallRow, PaceRow
from db.pace.breakers import is_breaker, lock_breaker
from db.pace.paces import PaceKey, make_pace
from db.pace.run import DAY, HAIR, MOMENT, PaceRun, loop_time
from db.types import Values
from mediawatch.domain import DAY_FULL, DayEnd, Outcome
from mediawatch.ports import OVER, EarlierCalls, PacedSource, Turn, TurnRequest

_TAKE = (
    "SELECT wait, refusal, moment FROM mediawatch_take_turn(%(name)s, %(surface)s, %(session)s, %(address)s, "
    "%(per_hour)s, %(per_day)s, %(quiet_from)s, %(quiet_until)s, %(spacing)s, %(longest)s, %(scale)s, %(began)s, %(until)s, "
    "%(is_check)s, %(further)s)"
)
_REFUSALS: Mapping[str, str] = {"": "", "full": DAY_FULL, "over": OVER}


class SqlTurns:
    """The part of `ports.TurnBook` that concerns turns."""

    def __init__(self, run: PaceRun, rest: float) -> None:
        """`rest`: seconds of a closed breaker's first rest."""
        self._run, self._rest = run, rest
        self._earlier: defaultdict[PaceKey, list[EarlierCalls]] = defaultdict(list)
        self._scale = 1.0
        self._free: dict[PaceKey, float] = {}
        """When the next call may be made as far as this process knows, by the loop's clock."""

    def recall(self, earlier: Iterable[EarlierCalls], scale: float) -> None:
        """See `ports.TurnBook`. They are written with the first turn of their pace."""
        self._scale = scale
        for each in earlier:
            self._earlier[self._pace_key(each.source)].append(each)

    def _pace_key(self, source: PacedSource) -> PaceKey:
        return source.pace_name, source.session, self._run.address_of(source.session)

    def expect(self, request: TurnRequest) -> Turn:
        """See `ports.TurnBook`."""
        wait = max(0.0, self._free.get(self._pace_key(request.source), 0.0) - loop_time())
        return Turn(wait=max(request.spacing, wait) if request.further else wait)

    async def take(self, request: TurnRequest) -> Turn:
        """See `ports.TurnBook`."""
        key = self._pace_key(request.source)
        if earlier := self._earlier.pop(key, None):
            await self._run.rows.together(_write_earlier, key, earlier, self._scale, self._rest)
        row = await self._run.rows.ask(_TAKE, self._wanted(request))
        wait, said, moment = row or (0.0, "", None)
        self._run.hear(moment)
        refusal = _REFUSALS[said] if said in _REFUSALS else Outcome(said)
        self._keep_known(request.source, refusal, further=request.further)
        if refusal:
            return Turn(wait=wait, refusal=refusal)
        taken = request.further or wait <= 0
        self._free[key] = loop_time() + wait + (request.spacing if taken else 0.0)
        return Turn(wait=wait if taken else wait + HAIR)

    def _wanted(self, request: TurnRequest) -> Values:
        source, pace = request.source, request.pace
        quiet_from, quiet_until = (None, None) if request.further else pace.quiet or (None, None)
        return {
            "name": source.pace_name,
            "surface": source.surface,
            "session": source.session,
            "address": self._run.address_of(source.session),
            "per_hour": pace.per_hour,
            "per_day": pace.per_day,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "spacing": request.spacing,
            "longest": request.longest_spacing,
            "scale": request.scale,
            "began": self._run.began,
            "until": request.until,
            "is_check": request.check,
            "further": request.further,
        }

    def _keep_known(self, source: PacedSource, refusal: Outcome | str, *, further: bool) -> None:
        key = source.surface, source.session
        if isinstance(refusal, Outcome):
            self._run.open[key] = refusal
        elif not refusal and not further:
            self._run.open.pop(key, None)


def _write_earlier(
    conn: Connection, key: PaceKey, earlier: Sequence[EarlierCalls], scale: float, rest: float
) -> None:
    """What was called before this pace had a row: the database was moved here, or is older."""
    number = make_pace(conn, key)
    if number is None:
        return
    moment = conn.scalars(select(MOMENT)).one()
    calls = [
        {"pace_id": number, "at": moment - scale * each.ago}
        for each in earlier
        for _ in range(each.calls)
    ]
    if calls:
        conn.execute(insert(PaceCallRow), calls)
    for each in earlier:
        until = moment + DAY - each.ago
        if each.ends_day is None or until <= moment:
            continue
        _, session, address = key
        of_breaker: Values = {
            "surface": each.source.surface,
            "session": session,
            "address": address,
        }
        lock_breaker(conn, of_breaker, rest)
        ended = {"opened_by": Outcome.CAPTCHA, "opened_at": moment, "admits_at": until}
        conn.execute(update(BreakerRow).where(*is_breaker(BreakerRow, of_breaker)).values(ended))
        if each.ends_day is DayEnd.LOGIN:
            conn.execute(update(PaceRow).where(PaceRow.id == number).values(ended_until=until))
