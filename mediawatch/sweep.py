"""检查: the engine. Freeze a scope, look at every account, keep each reading at once, look again before a finding, judge.

Resuming is the absence of a feature: what is left to do follows from the readings that were kept. The lanes of the platforms
run side by side, so that one slow site holds up nobody.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from mediawatch import rules
from mediawatch.canaries import Canaries
from mediawatch.canarygate import CanaryGate
from mediawatch.clock import beijing, day_of
from mediawatch.domain import (
    Account,
    CanaryCheck,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    Need,
    Outcome,
    Reading,
    Sight,
    Sweep,
    SweepAccount,
    SweepState,
    UserError,
    Verdict,
)
from mediawatch.evidence import EvidenceFolder
from mediawatch.pacing import EXIT_BITS, Pacing
from mediawatch.policy import Policy, parse
from mediawatch.ports import Clock, Gate, Known, Looker, Store

log = structlog.get_logger(__name__)

RESUMABLE = timedelta(hours=12)
"""An unfinished sweep older than this is closed as incomplete."""
CONTROL_HOLDS = timedelta(minutes=30)
"""How long an answer for another account vouches for a surface's negatives."""
_CONTROL_TRIES = 3
_LINKS_KEPT = 10
"""The newest links of one page that are kept with its account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for. `as_of` None means now, or that of the unfinished sweep which is continued."""

    policy: Policy
    as_of: datetime | None = None
    platforms: tuple[str, ...] = ()
    account_ids: tuple[int, ...] = ()
    again: bool = False
    second_look_after: timedelta = timedelta(minutes=30)
    concurrency: int = 4

    @property
    def scope(self) -> str:
        """The scope in words: what makes two sweeps equal besides as_of, policy and kind."""
        parts = [f"platform={name}" for name in sorted(self.platforms)]
        parts += [f"account={number}" for number in sorted(self.account_ids)]
        return " ".join(parts) or "all"


@dataclass(kw_only=True)
class Summary:
    """What a run came to. `exit_code` is the OR of the documented bits."""

    sweep: Sweep
    scope: list[SweepAccount]
    looks: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    exit_code: int = 0
    repeated: bool = False
    """True when an equal sweep was finished before and nothing was done."""
    checks: tuple[CanaryCheck, ...] = ()
    """The checks of canaries that were made for this sweep."""

    @property
    def verdicts(self) -> Counter[Verdict]:
        return Counter(entry.judgement.verdict for entry in self.scope if entry.judgement)

    @property
    def findings(self) -> list[tuple[SweepAccount, Finding]]:
        return [(entry, finding) for entry in self.scope if entry.judgement for finding in entry.judgement.findings]


Progress = Callable[[int, int, Account, Reading | None], None]
"""Called after each look: accounts done, accounts in scope, the account, its reading (None where nothing could be tried)."""


def no_progress(done: int, total: int, account: Account, reading: Reading | None) -> None:
    """For callers that show nothing."""


class Engine:
    """Runs sweeps. One instance a run; `pacing` carries the breakers of that run."""

    def __init__(
        self, store: Store, looker: Looker, evidence: EvidenceFolder, clock: Clock, pacing: Pacing, canaries: Canaries | None = None
    ) -> None:
        self.store = store
        self.looker = looker
        self.evidence = evidence
        self.clock = clock
        self.pacing = pacing
        self.canaries = canaries or Canaries()

    async def run(self, request: Request, progress: Progress = no_progress) -> Summary:
        """Open or continue the sweep, look at everything in its scope, judge, close it. UserError for an empty scope."""
        sweep = await self._open(request)
        if sweep.state is SweepState.FINISHED:
            return Summary(sweep=sweep, scope=await self.store.scope(sweep.id), repeated=True)
        scope = await self.store.scope(sweep.id)
        lanes: dict[str, list[Account]] = {}
        for entry in scope:
            lanes.setdefault(entry.account.platform, []).append(entry.account)
        readings = await self.store.readings([entry.account.id for entry in scope])
        run = _Run(self, request, sweep, {number: list(known) for number, known in readings.items()}, len(scope), progress)
        run.checks = await checks_for(self.store, sweep)
        async with asyncio.TaskGroup() as group:
            for platform, accounts in lanes.items():
                group.create_task(run.lane(platform, accounts))
        await self.store.judge(sweep.id, {entry.account.id: run.judge(entry.account) for entry in scope})
        finished_at = self.clock()
        await self.store.close_sweep(sweep.id, SweepState.FINISHED, finished_at)
        return Summary(
            sweep=replace(sweep, state=SweepState.FINISHED, finished_at=finished_at),
            scope=await self.store.scope(sweep.id),
            looks=run.looks,
            outcomes=run.outcomes,
            exit_code=self.pacing.exit_bits | run.exit_bits | (EXIT_BITS[Outcome.UNREACHABLE] if run.nothing_reached else 0),
            checks=tuple(check for check in run.checks if check.sweep_id == sweep.id),
        )

    async def _open(self, request: Request) -> Sweep:
        """The equal sweep that is to be continued or not repeated, else a new one."""
        now = self.clock()
        equal = [sweep for sweep in await self.store.sweeps() if sweep.scope == request.scope and sweep.policy_toml == request.policy.toml]
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
        accounts = [account for account in await self.store.accounts() if _wanted(account, request)]
        if not accounts:
            raise UserError(f"no account is in scope ({request.scope}): import a registry first, or widen --platform/--account")
        sweep = Sweep(
            as_of=request.as_of or now, policy=request.policy.name, policy_toml=request.policy.toml, scope=request.scope, started_at=now
        )
        return await self.store.open_sweep(sweep, accounts)


def _wanted(account: Account, request: Request) -> bool:
    return (not request.platforms or account.platform in request.platforms) and (
        not request.account_ids or account.id in request.account_ids
    )


async def rejudge(store: Store, supports: Callable[[str], bool], sweep_id: int) -> list[SweepAccount]:
    """Judge a sweep anew from all readings that are known now (a worklist or links came in); returns its scope."""
    sweep = next((sweep for sweep in await store.sweeps() if sweep.id == sweep_id), None)
    if sweep is None:
        raise UserError(f"there is no sweep {sweep_id}")
    scope = await store.scope(sweep_id)
    readings = await store.readings([entry.account.id for entry in scope])
    policy = parse(sweep.policy_toml, f"policy of sweep {sweep_id}")
    checks = await checks_for(store, sweep)
    judgements = {
        entry.account.id: _judge(entry.account, readings.get(entry.account.id, []), supports, sweep.as_of, policy, checks)
        for entry in scope
    }
    await store.judge(sweep_id, judgements)
    return [replace(entry, judgement=judgements[entry.account.id]) for entry in scope]


async def checks_for(store: Store, sweep: Sweep) -> list[CanaryCheck]:
    """Those around any look that may speak in this sweep: an earlier sweep's last check may lie before this one's as_of."""
    return await store.canary_checks(since=sweep.as_of - RESUMABLE)


def _judge(
    account: Account, readings: Iterable[Reading], supports: Callable[[str], bool], as_of: datetime, policy: Policy,
    checks: Iterable[CanaryCheck],
) -> Judgement:  # fmt: skip
    known = Known(filed=account.filed, readings=tuple(readings), supported=supports(account.platform), checks=tuple(checks))
    return rules.judge(known, as_of, policy)


class _Run:
    """The state of one run: readings by account, who vouches for which surface, counts."""

    def __init__(
        self, engine: Engine, request: Request, sweep: Sweep, readings: dict[int, list[Reading]], total: int, progress: Progress
    ) -> None:
        self.engine = engine
        self.request = request
        self.sweep = sweep
        self.readings = readings
        self.total = total
        self.progress = progress
        self.done = 0
        self.looks = 0
        self.exit_bits = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.checks: list[CanaryCheck] = []
        self._gates: dict[str, CanaryGate] = {}
        self._vouchers: dict[tuple[str, str, bool], tuple[Account, datetime]] = {}
        """By surface, session, and whether posts were shown: an empty list is vouched for only by one that was not empty."""
        self._vouching = asyncio.Lock()

    @property
    def nothing_reached(self) -> bool:
        """Too few looks for a breaker, and no site answered any of them."""
        return self.looks > 0 and self.outcomes[Outcome.UNREACHABLE] == self.looks

    def judge(self, account: Account) -> Judgement:
        known = self.readings.get(account.id, [])
        return _judge(account, known, self.engine.looker.supports, self.sweep.as_of, self.request.policy, self.checks)

    async def lane(self, platform: str, accounts: Sequence[Account]) -> None:
        """All accounts of one platform: first looks side by side, then the second looks as they fall due."""
        if not self.engine.looker.supports(platform):
            for account in accounts:
                self._advance(account, None)
            return
        await self._all(accounts, lambda account: self._first(account, accounts))
        await self.engine.looker.rest(platform)
        await self._all([account for account in accounts if self._second_due(account)], lambda account: self._second(account, accounts))
        said = [sight for account in accounts for reading in self._of_sweep(account) for sight in reading.sights]
        await self._gate(platform).close(said, [check for check in self.checks if check.sweep_id == self.sweep.id])
        await self.engine.looker.rest(platform)

    def _gate(self, platform: str) -> CanaryGate:
        """The gate of a platform's batch, which has canaries read by its surfaces."""
        if platform not in self._gates:
            self._gates[platform] = CanaryGate(
                self.engine.pacing, self._sights, platform, self.engine.canaries, complete=self._complete,
                policy=self.request.policy, clock=self.engine.clock, note=self._note_check, sweep_id=self.sweep.id,
            )  # fmt: skip
        return self._gates[platform]

    def _complete(self, platform: str, surface: str, session: str) -> bool:
        return any(facts.complete(session) for facts in self.engine.looker.surfaces(platform) if facts.name == surface)

    async def _note_check(self, check: CanaryCheck) -> None:
        await self.engine.store.note_canary(check)
        self.checks.append(check)

    async def _all(self, accounts: Sequence[Account], work: Callable[[Account], Awaitable[None]]) -> None:
        queue = iter(accounts)

        async def worker() -> None:
            for account in queue:
                await work(account)

        async with asyncio.TaskGroup() as group:
            for _ in range(self.request.concurrency):
                group.create_task(worker())

    async def _first(self, account: Account, lane: Sequence[Account]) -> None:
        if not any(reading.look is LookKind.FIRST for reading in self._of_sweep(account)):
            await self._look(account, LookKind.FIRST, self._need(), lane)
        self._advance(account, next(reversed(self._of_sweep(account)), None))

    def _second_due(self, account: Account) -> bool:
        return self.judge(account).second_look and not any(reading.look is LookKind.SECOND for reading in self._of_sweep(account))

    async def _second(self, account: Account, lane: Sequence[Account]) -> None:
        first = next(reading for reading in reversed(self._of_sweep(account)) if reading.look is LookKind.FIRST)
        wait = first.read_at + self.request.second_look_after - self.engine.clock()
        await asyncio.sleep(max(0.0, wait.total_seconds()))
        seen_by = frozenset(sight.surface for sight in first.sights)
        await self._look(account, LookKind.SECOND, replace(self._need(), second=True, not_by=seen_by), lane)
        self.progress(self.done, self.total, account, self._of_sweep(account)[-1])

    def _need(self) -> Need:
        return Need(fresh_after=self.request.policy.window_start(day_of(self.sweep.as_of)))

    def _of_sweep(self, account: Account) -> list[Reading]:
        return [reading for reading in self.readings.get(account.id, []) if reading.sweep_id == self.sweep.id]

    def _advance(self, account: Account, reading: Reading | None) -> None:
        self.done += 1
        self.progress(self.done, self.total, account, reading)

    async def _look(self, account: Account, kind: LookKind, need: Need, lane: Sequence[Account]) -> Reading | None:
        """One look, kept at once. None when no surface could be tried (breakers open, or nothing filed to go by)."""
        started = self.engine.clock()
        sights = await self._sights(account, need)
        if not sights:
            return None
        self.looks += 1
        self._note_vouchers(account, sights)
        sights = tuple([await self._controlled(account, sight, lane) for sight in sights])
        reading = Reading(
            account_id=account.id, sweep_id=self.sweep.id, look=kind, started_at=started, read_at=self.engine.clock(), sights=sights
        )
        reading = await self.engine.store.keep(await self.engine.evidence.keep(reading))
        self.readings.setdefault(account.id, []).append(reading)
        await self._keep_links(account, sights)
        self.outcomes[reading.outcome] += 1
        return reading

    async def _keep_links(self, account: Account, sights: Sequence[Sight]) -> None:
        """Further links that were seen on the account's own pages: its lower bound rises by itself.

        Only of pages that are its own by id: a filed link may have passed to somebody else.
        """
        for sight in sights:
            new = [link for link in sight.links if link not in account.links][:_LINKS_KEPT]
            if new and sight.matched_by is MatchedBy.ID:
                await self.engine.store.add_links(account.id, new, sight.surface)

    async def _sights(self, account: Account, need: Need, gate: Gate | None = None) -> tuple[Sight, ...]:
        try:
            return await self.engine.looker.look(account, need, gate or self._gate(account.platform))
        except (Exception, asyncio.CancelledError) as error:  # the sweep's boundary: here alone the unforeseen becomes an outcome
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
                raise
            log.error("look failed unexpectedly", account=account.id, platform=account.platform, traceback=traceback.format_exc())
            self.exit_bits |= 1
            detail = f"unexpected {type(error).__name__}"
            return (Sight(surface=account.platform, read_at=self.engine.clock(), outcome=Outcome.CHANGED, detail=detail),)

    def _note_vouchers(self, account: Account, sights: Iterable[Sight]) -> None:
        for sight in sights:
            if sight.outcome is Outcome.OK and (sight.name or sight.dated):
                for dated in {False, sight.dated}:
                    self._vouchers[sight.surface, sight.session, dated] = (account, sight.read_at)

    async def _controlled(self, account: Account, sight: Sight, lane: Sequence[Account]) -> Sight:
        """A negative with the name of an account that the same surface and session has just answered for, where there is one."""
        if not sight.outcome.negative:
            return sight
        async with self._vouching:
            voucher = self._voucher(account, sight) or await self._find_voucher(account, sight, lane)
        return replace(sight, control=voucher.filed.name) if voucher else sight

    def _voucher(self, account: Account, sight: Sight) -> Account | None:
        key = (sight.surface, sight.session, sight.outcome is Outcome.NO_POSTS)
        other, at = self._vouchers.get(key, (account, sight.read_at))
        return other if other.id != account.id and sight.read_at - at <= CONTROL_HOLDS else None

    async def _find_voucher(self, account: Account, sight: Sight, lane: Sequence[Account]) -> Account | None:
        """Ask the same surface for accounts that are probably there: read before, sound first."""
        others = [other for other in lane if other.id != account.id]
        others.sort(key=lambda other: not any(reading.outcome is Outcome.OK for reading in self.readings.get(other.id, [])))
        for other in others[:_CONTROL_TRIES]:
            sights = await self._sights(other, replace(self._need(), only=sight.surface, session=sight.session))
            if sights:
                await self._keep_control(other, sights)
            self._note_vouchers(other, sights)
            if voucher := self._voucher(account, sight):
                return voucher
        return None

    async def _keep_control(self, account: Account, sights: tuple[Sight, ...]) -> None:
        now = self.engine.clock()
        control = Reading(account_id=account.id, sweep_id=self.sweep.id, look=LookKind.CONTROL, started_at=now, read_at=now, sights=sights)
        self.readings.setdefault(account.id, []).append(await self.engine.store.keep(control))
