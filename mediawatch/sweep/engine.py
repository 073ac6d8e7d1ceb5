"""The engine: opens a sweep or continues one, has its scope looked at, judges and closes it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from mediawatch.clock import beijing
from mediawatch.domain import Account, Sweep, SweepState, UserError
from mediawatch.sweep.judging import RESUMABLE, checks_for
from mediawatch.sweep.parts import Parts
from mediawatch.sweep.request import Request
from mediawatch.sweep.run import Run
from mediawatch.sweep.summary import Progress, Summary, no_progress

log = structlog.get_logger(__name__)


class Engine(Parts):
    """Runs sweeps. One instance a run; `pacing` carries the breakers of that run."""

    async def run(self, request: Request, progress: Progress = no_progress) -> Summary:
        """Open or continue the sweep, look at everything in its scope, judge, close it. UserError for an empty scope."""
        sweep = await self._open(request)
        if sweep.state is SweepState.FINISHED:
            return Summary(sweep=sweep, scope=await self.store.scope(sweep.id), repeated=True)
        scope = await self.store.scope(sweep.id)
        lanes: dict[str, list[Account]] = {}
        for entry in scope:
            lanes.setdefault(entry.account.platform, []).append(entry.account)
        states = await self.store.states([entry.account.id for entry in scope])
        run = Run(self, request, sweep, await self.store.readings(sweep_id=sweep.id), states, len(scope), progress)
        run.checks = await checks_for(self.store, sweep)
        async with asyncio.TaskGroup() as group:
            for platform, accounts in lanes.items():
                group.create_task(run.lane(platform, accounts))
        await self.store.judge(sweep.id, await run.judge([entry.account for entry in scope]))
        finished_at = self.clock()
        await self.store.close_sweep(sweep.id, SweepState.FINISHED, finished_at)
        return Summary(
            sweep=replace(sweep, state=SweepState.FINISHED, finished_at=finished_at),
            scope=await self.store.scope(sweep.id),
            looks=run.looks,
            outcomes=run.outcomes,
            exit_code=self.pacing.exit_bits | run.exit_bits,
            checks=tuple(check for check in run.checks if check.sweep_id == sweep.id),
        )

    async def _open(self, request: Request) -> Sweep:
        """The equal sweep that is to be continued or not repeated, else a new one."""
        now = self.clock()
        equal = [sweep for sweep in await self.store.sweeps() if request.equals(sweep)]
        for sweep in equal:
            if sweep.state is SweepState.RUNNING and now - sweep.started_at > RESUMABLE:
                await self.store.close_sweep(sweep.id, SweepState.INCOMPLETE, now)
        wanted = [sweep for sweep in equal if request.as_of in (None, sweep.as_of)]
        unfinished = [sweep for sweep in wanted if sweep.state is SweepState.RUNNING and now - sweep.started_at <= RESUMABLE]
        if unfinished:
            found = unfinished[-1]
            log.warning("continuing an unfinished sweep", sweep=found.id, as_of=beijing(found.as_of).isoformat(), scope=found.scope)
            return found
        finished = [sweep for sweep in wanted if sweep.state is SweepState.FINISHED and request.as_of is not None]
        if finished and not request.again:
            return finished[-1]
        accounts = [account for account in await self.store.accounts() if request.wants(account)]
        if not accounts:
            raise UserError(f"no account is in scope ({request.scope}): import a registry first, or widen --platform/--account")
        return await self.store.open_sweep(request.sweep(now), accounts)
