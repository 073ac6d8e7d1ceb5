"""Which inspection a command means."""

from __future__ import annotations

from datetime import timedelta

from mediawatch.app.root import App
from mediawatch.domain import Sweep, SweepKind, SweepState, UserError

OF_ITS_OWN = (SweepKind.NIGHTLY, SweepKind.RECHECK)
"""Kinds that make a list or a circular only where the command names them."""
_QUARTER = timedelta(days=100)


async def choose_sweep(app: App, number: int | None, *, surely: bool = False) -> Sweep:
    """The sweep of that number, else the newest finished inspection, whatever its scope.

    Nightly sweeps and re-checks are no inspections here. With `surely`, for commands that accuse,
    UserError where several could be meant: inspections of the same quarter without a notice.
    UserError, too, where no sweep is finished: what a sweep that was cut short has not judged would
    look like a clean list.
    """
    sweeps = await app.store.sweeps.all()
    if number is not None:
        found = next((sweep for sweep in sweeps if sweep.id == number), None)
        if found is None:
            raise UserError(f"there is no sweep {number}: `mediawatch sweeps` lists them")
        return found
    sweeps = [sweep for sweep in sweeps if sweep.kind not in OF_ITS_OWN]
    finished = [sweep for sweep in sweeps if sweep.state is SweepState.FINISHED]
    if not finished:
        unfinished = (
            f"sweep {sweeps[-1].id} is not finished: run `mediawatch sweep` again"
            if sweeps
            else "there is no sweep yet"
        )
        raise UserError(
            f"{unfinished}, or name one with --sweep"
            if sweeps
            else f"{unfinished}: run `mediawatch sweep`"
        )
    newest = finished[-1]
    if surely:
        issued = {notice.sweep_id for notice in await app.store.notices.all()}
        meant = [
            sweep
            for sweep in finished
            if sweep.id not in issued and abs(newest.as_of - sweep.as_of) <= _QUARTER
        ]
        if len(meant) > 1:
            said = ", ".join(
                f"{sweep.id} ({sweep.kind.label} {sweep.round or sweep.scope})" for sweep in meant
            )
            raise UserError(
                f"more than one inspection could be meant: {said}: name it with --sweep"
            )
    return newest
