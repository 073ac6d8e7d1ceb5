"""The engine: opens a sweep or continues one, has its scope looked at, judges and closes it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mediawatch.domain import (
    Account,
    AccountState,
    Judgement,
    Sweep,
    SweepKind,
    SweepState,
    UserError,
    foremost,
)
from mediawatch.domain.clock import beijing
from mediawatch.log import get_logger
from mediawatch.ports import Store
from mediawatch.rules import backing
from mediawatch.rules.account_policy import unmet_words
from mediawatch.sweep.budget import Night
from mediawatch.sweep.judging import ScopeJudgement
from mediawatch.sweep.looks import RunLooks
from mediawatch.sweep.ordered_looks import OrderedLooks
from mediawatch.sweep.records import SweepLooks
from mediawatch.sweep.request import Request
from mediawatch.sweep.run import Run
from mediawatch.sweep.steering import rates_with_hints
from mediawatch.sweep.summary import Progress, Summary, no_progress
from mediawatch.sweep.tools import NO_RATES, SweepTools

log = get_logger(__name__)


class Engine(SweepTools):
    """Runs sweeps. One instance a run; `pacing` carries the breakers of that run."""

    async def run(self, request: Request, progress: Progress = no_progress) -> Summary:
        """Open or continue the sweep, look at everything in its scope, judge, close it. UserError
        for an empty scope.
        """
        sweep, accounts = await self._open(request)
        if sweep.state is SweepState.FINISHED:
            unanswered = await self.store.sweeps.is_unanswered(sweep.id)
            return Summary(
                sweep=sweep,
                scope=await self.store.sweeps.scope(sweep.id),
                repeated=True,
                unanswered=unanswered,
            )
        made = await self._sweep(request, sweep, accounts, progress)
        # Read when all else that is held of a nation's accounts is gone.
        del accounts
        return replace(made, scope=await self.store.sweeps.scope(sweep.id))

    async def _sweep(
        self,
        request: Request,
        sweep: Sweep,
        accounts: Sequence[Account] | None,
        progress: Progress,
    ) -> Summary:
        """All but the scope of the summary. `accounts`: as `_open` gives them."""
        if accounts is None:
            accounts = [entry.account for entry in await self.store.sweeps.scope(sweep.id)]
        run = Run(self, request, sweep, self._looks(request, sweep), progress)
        await run.load(accounts)
        await self._begin(request, accounts)
        queues = await self._by_platform(request, run, accounts)
        try:
            async with run.prepared(queues), asyncio.TaskGroup() as group:
                for platform, its in queues.items():
                    group.create_task(run.run_platform(platform, its))
        except BaseExceptionGroup as errors:
            raise foremost(errors) from errors
        made = await self._judge(run, accounts)
        finished_at = self.clock()
        await self.store.sweeps.close(sweep.id, SweepState.FINISHED, finished_at)
        return Summary(
            sweep=replace(sweep, state=SweepState.FINISHED, finished_at=finished_at),
            scope=[],
            looks=run.counts.looks,
            outcomes=run.counts.outcomes,
            looks_saved=run.counts.looks_saved,
            left=sum(run.needs_look(account) for account in accounts),
            exit_code=self.pacing.exit_bits | run.counts.exit_bits,
            unanswered=await self.store.sweeps.is_unanswered(sweep.id),
            checks=tuple(check for check in run.looks.checks if check.sweep_id == sweep.id),
            surfaces=made.surfaces,
            clock_off=run.counts.clock_off,
        )

    def _looks(self, request: Request, sweep: Sweep) -> SweepLooks:
        if self.orders is None:
            return RunLooks(self, request, sweep)
        return OrderedLooks(self, request, sweep, self.orders)

    async def _judge(self, run: Run, accounts: Sequence[Account]) -> ScopeJudgement:
        """Judge everything in scope, and keep the verdicts.

        A nightly sweep keeps only the accounts that were looked at or whose verdict changed.
        """
        made = await run.judge_all(accounts)
        judgements = made.judgements
        if run.sweep.kind is SweepKind.NIGHTLY:
            judgements = {
                key: judged
                for key, judged in judgements.items()
                if run.readings.by_account.get(key)
                or _is_news(judged, run.readings.states.get(key))
            }
            await self.store.sweeps.narrow(run.sweep.id, judgements)
        await self.store.sweeps.keep_judgements(run.sweep.id, judgements, made.news)
        return made

    async def _begin(self, request: Request, accounts: Sequence[Account]) -> None:
        """Tell the gate of earlier visits and of the run's end."""
        now = self.clock()
        self.pacing.begin(
            await self.store.operator.visits(now - timedelta(days=1)),
            now,
            at_once=request.concurrency,
            until=request.until,
            paced_as={
                facts.name: facts.pace_name
                for platform in {account.platform for account in accounts}
                for facts in self.looker.surfaces(platform)
            },
        )

    async def _by_platform(
        self, request: Request, run: Run, accounts: Iterable[Account]
    ) -> dict[str, list[Account]]:
        """By platform, the accounts that could become a finding soonest first."""
        found: dict[str, list[Account]] = defaultdict(list)
        night = await self._night(request, self.clock(), run.readings.states)
        accounts = list(accounts)
        run.wanted_from = night.wanted_from(accounts, run.readings.states)
        run.spared = night.spared(accounts, run.readings.states)
        for account in night.in_order(accounts, run.readings.states):
            found[account.platform].append(account)
        return found

    async def _night(
        self, request: Request, now: datetime, states: Mapping[int, AccountState]
    ) -> Night:
        """Where nothing is to be proved for an as_of, it matters not what can be looked at tonight."""
        proving = request.ahead(now) or request.judged_at(now)
        rates = await self.rates() if proving else NO_RATES
        moment = request.as_of or now
        return request.night(
            now, await rates_with_hints(self.store, rates, states, request.policy, moment)
        )

    async def _open(self, request: Request) -> tuple[Sweep, Sequence[Account] | None]:
        """The unfinished or finished sweep with the same options, else a new one with its accounts.

        Those of a new one are frozen as they were read: they need not be read again.
        """
        now = self.clock()
        sweeps = await self.store.sweeps.all()
        abandoned = await self._close_abandoned(request, sweeps, now)
        wanted = [
            sweep
            for sweep in sweeps
            if request.equals(sweep) and request.as_of in (None, sweep.as_of)
        ]
        if unfinished := [
            sweep
            for sweep in wanted
            if sweep.state is SweepState.RUNNING and sweep.id not in abandoned
        ]:
            found = unfinished[-1]
            log.warning(
                "continuing an unfinished sweep",
                sweep=found.id,
                as_of=beijing(found.as_of).isoformat(),
                scope=found.scope,
            )
            return found, None
        finished = [
            sweep
            for sweep in wanted
            if sweep.state is SweepState.FINISHED and request.as_of is not None
        ]
        if finished and not request.again:
            return finished[-1], None
        registry = await self.store.accounts.all()
        for unmet in unmet_words(request.policy, [account.filed for account in registry]):
            log.warning(unmet)
        accounts = request.in_scope(registry)
        if not accounts:
            raise UserError(
                f"no account is in scope ({request.scope}): import a registry first, or widen "
                "--platform/--account"
            )
        if request.nightly:
            states = await self.store.readings.account_states([account.id for account in accounts])
            accounts = (await self._night(request, now, states)).due(accounts, states)
        opened = await self.store.sweeps.open(request.sweep(now, registry, self.level), accounts)
        return opened, sorted(accounts, key=lambda account: account.id)

    async def _close_abandoned(
        self, request: Request, sweeps: Iterable[Sweep], now: datetime
    ) -> set[int]:
        """Close abandoned sweeps of any scope.

        A sweep that is asked for by its as_of is continued, however late.
        """
        closed = set()
        running = [sweep for sweep in sweeps if sweep.state is SweepState.RUNNING]
        for sweep in running:
            asked_for = request.equals(sweep) and request.as_of == sweep.as_of
            if not asked_for and await _is_abandoned(self.store, sweep, now):
                await self.store.sweeps.close(sweep.id, SweepState.INCOMPLETE, now)
                closed.add(sweep.id)
        return closed


async def broken_off(store: Store, request: Request, now: datetime) -> Sweep | None:
    """The unfinished sweep that a run of this request would continue; None where there is none."""
    for sweep in reversed(await store.sweeps.all()):
        if sweep.state is not SweepState.RUNNING or not request.equals(sweep):
            continue
        return None if await _is_abandoned(store, sweep, now) else sweep
    return None


async def _is_abandoned(store: Store, sweep: Sweep, now: datetime) -> bool:
    last = await store.sweeps.last_read_at(sweep.id) or sweep.started_at
    return now - last > backing.RESUMABLE


def _is_news(judged: Judgement, state: AccountState | None) -> bool:
    """Whether the verdict on an account without a look has changed."""
    return state is None or judged.verdict is not state.verdict
