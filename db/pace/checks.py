"""Whose turn it is to read a canary, and who vouches for a negative, as rows."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql

from db.base import rows, table
from db.models import CanaryTurnRow, PageAnswerRow
from db.pace.run import MOMENT, PaceRun, loop_time
from db.types import Values
from mediawatch.ports import (
    CheckedSource,
    CheckIntervals,
    CheckStanding,
    CheckTurn,
    PageAnswer,
)

_LENT = timedelta(seconds=60)
"""How long a check is lent to a process that says nothing any more."""
_ASK_AGAIN = 2.0
"""Seconds between two questions whether somebody else's check is done."""
_KEPT = timedelta(days=7)
"""How long the turns of a sweep are kept."""
_NOTE_AGAIN = 300.0
"""Seconds after which an answer is written once more: a fraction of what it vouches for."""
_BEGIN = (
    "WITH seen AS (SELECT *, mediawatch_clock() AS moment FROM canary_turn "
    "WHERE sweep_id = %(sweep_id)s AND surface = %(surface)s AND session = %(session)s "
    "AND address = %(address)s FOR UPDATE), "
    "judged AS (SELECT seen.*, coalesce(lent_until > moment, false) AS lent, "
    "%(asked)s OR checked_at IS NULL OR moment - checked_at >= %(every)s "
    "OR looks >= CASE WHEN fresh THEN %(looks)s ELSE %(looks_after_bad)s END AS due FROM seen) "
    "UPDATE canary_turn AS turn SET "
    "looks = turn.looks + CASE WHEN lent OR due THEN 0 ELSE 1 END, "
    "lent_until = CASE WHEN due AND NOT lent THEN moment + %(lend)s ELSE turn.lent_until END, "
    "lent_to = CASE WHEN due AND NOT lent THEN %(me)s ELSE turn.lent_to END FROM judged "
    "WHERE turn.sweep_id = judged.sweep_id AND turn.surface = judged.surface "
    "AND turn.session = judged.session AND turn.address = judged.address "
    "RETURNING lent, due, turn.fresh, turn.fits, turn.login, turn.turn, "
    "extract(epoch FROM judged.lent_until - moment)::float8 AS left"
)


class SqlChecks:
    """Implements `ports.CheckBook` and `ports.AnswerBook`."""

    def __init__(self, run: PaceRun) -> None:
        self._run = run
        self._names: dict[CheckedSource, str] = {}
        """By source, the name under which this process was lent its check."""
        self._made: set[CheckedSource] = set()
        self._noted: dict[tuple[str, str, bool], float] = {}
        """When an answer was written, by the loop's clock."""

    def _check_key(self, source: CheckedSource) -> Values:
        return {
            "sweep_id": source.sweep_id or 0,
            "surface": source.surface,
            "session": source.session,
            "address": self._run.address_of(source.session),
        }

    async def begin_look(self, source: CheckedSource, intervals: CheckIntervals) -> CheckTurn:
        """See `ports.CheckBook`."""
        return await self._begin(source, intervals)

    async def begin_check(self, source: CheckedSource) -> CheckTurn:
        """See `ports.CheckBook`."""
        return await self._begin(source, None)

    async def _begin(self, source: CheckedSource, intervals: CheckIntervals | None) -> CheckTurn:
        key, me = self._check_key(source), uuid4().hex
        if source not in self._made:
            await self._run.rows.together(_make, key)
            self._made.add(source)
        wanted = {
            "asked": intervals is None,
            "every": intervals.every if intervals else timedelta(0),
            "looks": intervals.looks if intervals else 0,
            "looks_after_bad": intervals.looks_after_bad if intervals else 0,
            "lend": _LENT,
            "me": me,
        }
        row = await self._run.rows.ask(_BEGIN, key | wanted)
        if row is None:  # deleted, as one of a sweep that nobody looked at for a week
            self._made.discard(source)
            return await self._begin(source, intervals)
        lent, due, fresh, fits, login, turn, left = row
        standing = CheckStanding(fresh=fresh, fits=fits, login=login, turn=turn)
        if lent:
            return CheckTurn(standing=standing, wait=min(_ASK_AGAIN, max(0.01, left)))
        if not due:
            return CheckTurn(standing=standing)
        self._names[source] = me
        return CheckTurn(standing=standing, check=True, renew_after=_LENT.total_seconds() / 3)

    async def renew_check(self, source: CheckedSource) -> None:
        """See `ports.CheckBook`."""
        await self._change(source, {"lent_until": MOMENT + _LENT}, mine=True)

    async def end_check(self, source: CheckedSource, found: CheckStanding, looks: int) -> None:
        """See `ports.CheckBook`. What somebody else was lent meanwhile is theirs to end."""
        values: Values = {
            "fresh": found.fresh,
            "fits": found.fits,
            "login": found.login,
            "turn": found.turn,
            "looks": looks,
            "checked_at": MOMENT,
            "lent_until": None,
            "lent_to": "",
        }
        await self._change(source, values, mine=True)
        self._names.pop(source, None)

    async def note_login(self, source: CheckedSource, login: str) -> None:
        """See `ports.CheckBook`."""
        await self._change(source, {"checked_at": None}, unlike=login)

    async def _change(
        self,
        source: CheckedSource,
        values: Values,
        *,
        mine: bool = False,
        unlike: str | None = None,
    ) -> None:
        changed = update(CanaryTurnRow).values(values)
        for name, value in self._check_key(source).items():
            changed = changed.where(getattr(CanaryTurnRow, name) == value)
        if mine:
            changed = changed.where(CanaryTurnRow.lent_to == self._names.get(source))
        if unlike is not None:
            changed = changed.where(CanaryTurnRow.login != unlike)
        await self._run.rows.together(Connection.execute, changed)

    async def note_answer(self, answer: PageAnswer) -> None:
        """See `ports.AnswerBook`."""
        key = answer.surface, answer.session, answer.dated
        now = loop_time()
        if now - self._noted.get(key, -_NOTE_AGAIN) < _NOTE_AGAIN:
            return
        self._noted[key] = now
        said: Values = {"account_id": answer.account_id, "name": answer.name, "at": MOMENT}
        where: Values = {
            "surface": answer.surface,
            "session": answer.session,
            "address": self._run.address_of(answer.session),
            "dated": answer.dated,
        }
        written = postgresql.Insert(table(PageAnswerRow)).values(where | said)
        await self._run.rows.together(
            Connection.execute, written.on_conflict_do_update(index_elements=[*where], set_=said)
        )

    async def find_answer(
        self, surface: str, session: str, *, dated: bool, within: timedelta
    ) -> PageAnswer | None:
        """See `ports.AnswerBook`."""
        asked = rows(PageAnswerRow).where(
            PageAnswerRow.surface == surface,
            PageAnswerRow.session == session,
            PageAnswerRow.address == self._run.address_of(session),
            PageAnswerRow.dated == dated,
            PageAnswerRow.at >= MOMENT - within,
        )
        row = await self._run.rows.together(lambda conn: conn.execute(asked).first())
        return row and PageAnswer(
            surface=surface, session=session, dated=dated, account_id=row.account_id, name=row.name
        )


def _make(conn: Connection, key: Values) -> None:
    new: Values = {"looks": 0, "fresh": True, "fits": False, "login": "", "turn": 0, "lent_to": ""}
    made = postgresql.Insert(table(CanaryTurnRow)).values(key | new).on_conflict_do_nothing()
    if conn.execute(made).rowcount:
        old = CanaryTurnRow.checked_at < select(MOMENT - _KEPT).scalar_subquery()
        conn.execute(table(CanaryTurnRow).delete().where(old))
