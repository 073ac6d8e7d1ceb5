"""The looks of a sweep as its coordinator sees them: ordered from workers, followed, collected.

All first looks are ordered at the start, in the order of urgency. Their results come in any order,
and are worked on as they come. What is not known from results can be worked out from the readings
that are kept, so a coordinator that died is simply followed by another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

from mediawatch.domain import Account, LookKind, Need, Reading, Sweep
from mediawatch.log import get_logger
from mediawatch.ports import OVER
from mediawatch.ports.store import LookOrder, LookResult, SweepTerms
from mediawatch.sweep.gate.canaries import to_toml
from mediawatch.sweep.judging import checks_for
from mediawatch.sweep.ordered_checks import OrderedChecks
from mediawatch.sweep.queues import QueueChoice
from mediawatch.sweep.records import FirstNeed, ResultTurns, SweepLooks, Turns
from mediawatch.sweep.request import Request
from mediawatch.sweep.tools import OrderTools, SweepTools

log = get_logger(__name__)

_SHORTEST, _LONGEST = 1.0, 2.0
"""Seconds between two questions for results, which cost the same for one and for many."""
_CARE = 10.0
"""Seconds between two looks at workers, queues and the lock."""
_UNSERVED = 60.0
"""Seconds after which the orders of a queue go elsewhere that no live worker serves."""
_RECKONING = 30.0
"""Seconds between two comparisons of what is awaited with what the queues hold."""
_STOPPING = 5.0
"""Seconds that a stopped coordinator has to take its orders back."""
_LAST_WORDS = 30
"""So often it is asked at the end whether workers have said all that came of their looks."""
_FEW = 3
"""It is said where no site has answered the first so many looks: a worker says so, too."""
_SECOND = 1
"""Rank of second looks; first looks have 0 and less."""


@dataclass(frozen=True, slots=True)
class AwaitedLook:
    """An order whose result has not come."""

    order: LookOrder
    account: Account
    rank: int
    queue: str


class OrderedLooks(SweepLooks):
    """Has workers look. It looks at nothing itself, and starts no browser."""

    at_once = 16

    def __init__(
        self, tools: SweepTools, request: Request, sweep: Sweep, orders: OrderTools
    ) -> None:
        super().__init__(tools, request, sweep)
        self._tasks, self._orders = orders.tasks, orders
        self._ledger = tools.store.ledger
        self._choice = QueueChoice((), orders.ways)
        self._awaited: dict[str, AwaitedLook] = {}
        self._results: dict[str, Reading | None] = {}
        """By key, those that have come and that nobody has asked for."""
        self._seconds: dict[str, asyncio.Future[Reading | None]] = {}
        self._turns: dict[str, ResultTurns] = {}
        self._in_hand: Mapping[str, str] = {}
        """Orders of a coordinator before this one that workers are at."""
        self._unserved: dict[str, float] = {}
        """Queues that wait without a live worker, and since when."""
        self._began: datetime | None = None
        """When this run began, by the database's clock."""
        self._ended = False
        self._missing: set[str] = set()
        """Awaited orders that no queue held when it was last asked."""

    @asynccontextmanager
    async def prepared(
        self, firsts: Mapping[str, Sequence[Account]], need: FirstNeed
    ) -> AsyncIterator[None]:
        """See `SweepLooks.prepared`."""
        try:
            await self._order_first_looks(firsts, need)
            async with asyncio.TaskGroup() as group:
                following = group.create_task(self._follow())
                yield
                self._ended = True
                await following
            await self._take_the_last()
            await self.tools.pacing.refresh()
        except BaseException:
            # What workers have in hand they finish, and the next run finds it.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._tasks.cancel(self.sweep.id), _STOPPING)
            raise

    async def _order_first_looks(
        self, firsts: Mapping[str, Sequence[Account]], need: FirstNeed
    ) -> None:
        self._choice = QueueChoice(await self._ledger.workers(), self._orders.ways)
        await self._tasks.cancel(None)
        await self.tools.pacing.refresh()
        self._began = await self._ledger.begin(
            SweepTerms(
                sweep_id=self.sweep.id,
                until=self.request.until,
                spared=next(
                    (need(each).spared for some in firsts.values() for each in some), frozenset()
                ),
                canaries=to_toml(self.tools.canaries.listed, f"of sweep {self.sweep.id}"),
                every_looks=self.tools.canaries.every_looks,
                every=self.tools.canaries.every,
                paces={
                    facts.pace_name: self.tools.pacing.pace_of(facts.pace_name, facts.pace)
                    for platform in firsts
                    for facts in self.tools.looker.surfaces(platform)
                },
                scale=self.tools.pacing.scale,
                evidence=await self.tools.evidence.begin_run(),
            )
        )
        self._in_hand = await self._tasks.outstanding(self.sweep.id)
        wanted = []
        for platform, some in firsts.items():
            self._turns[platform] = ResultTurns({account.id for account in some})
            for place, account in enumerate(some):
                wanted.append(
                    self._await(self._first_order(account, need(account)), account, -place)
                )
        await self._defer([each for each in wanted if each.order.key not in self._in_hand])

    def _first_order(self, account: Account, need: Need) -> LookOrder:
        usual = self.need_of(account).fresh_after
        return LookOrder(
            sweep_id=self.sweep.id,
            platform=account.platform,
            run=self._began,
            account_id=account.id,
            fresh_after=need.fresh_after if need.fresh_after != usual else None,
        )

    def _await(self, order: LookOrder, account: Account, rank: int) -> AwaitedLook:
        found = AwaitedLook(order, account, rank, self._choice.queue_for(account))
        self._awaited[order.key] = found
        return found

    async def _defer(self, wanted: Sequence[AwaitedLook]) -> None:
        await self._tasks.defer([(each.order, each.queue, each.rank) for each in wanted])

    def turns(self, accounts: Sequence[Account]) -> Turns:
        """See `SweepLooks.turns`."""
        platform = accounts[0].platform
        turns = self._turns.setdefault(platform, ResultTurns(set()))
        turns.begin(accounts)
        return turns

    async def look(self, account: Account, need: Need, others: Sequence[Account]) -> Reading | None:
        """See `SweepLooks.look`: of the first look, whose result has come."""
        order = LookOrder(sweep_id=self.sweep.id, platform=account.platform, account_id=account.id)
        return self._noted(self._results.pop(order.key))

    async def look_again(
        self, account: Account, need: Need, others: Sequence[Account], at: datetime
    ) -> Reading | None:
        """See `SweepLooks.look_again`."""
        until = self.request.until
        order = LookOrder(
            sweep_id=self.sweep.id,
            platform=account.platform,
            run=self._began,
            account_id=account.id,
            look=LookKind.SECOND,
            not_by=need.not_by,
            not_before=at if until is None or at < until else None,
        )
        self._seconds[order.key] = asyncio.get_running_loop().create_future()
        awaited = self._await(order, account, _SECOND)
        if order.key not in self._in_hand:
            await self._defer([awaited])
        return self._noted(await self._seconds[order.key])

    def _noted(self, reading: Reading | None) -> Reading | None:
        if reading is not None:
            self.counts.looks += 1
            self.counts.outcomes[reading.outcome] += 1
            self.counts.note_clock(reading.sights)
            if self.counts.looks == _FEW and self.counts.reached_nothing:
                log.warning(
                    "no network: no site has answered any look of the workers so far; a failed look "
                    "counts against no account"
                )
            self.readings.add(_without_posts(reading))
        return reading

    async def rest(self, platform: str) -> None:
        """See `SweepLooks.rest`: workers rest by themselves."""

    # Following the results

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        pause, care_at, reckon_at = _SHORTEST, loop.time() + _CARE, loop.time() + _RECKONING
        while not self._ended:
            results = await self._ledger.take_results(self.sweep.id)
            await self._take(results)
            if loop.time() >= care_at:
                await self._care()
                care_at = loop.time() + _CARE
            if loop.time() >= reckon_at:
                await self._reckon()
                reckon_at = loop.time() + _RECKONING
            pause = _SHORTEST if results else min(2 * pause, _LONGEST)
            await asyncio.sleep(pause)

    async def _take_the_last(self) -> None:
        """What a worker says of a look is kept after its reading: wait until it is done with it."""
        for _ in range(_LAST_WORDS):
            if not await self._tasks.outstanding(self.sweep.id):
                break
            await asyncio.sleep(_SHORTEST)
        await self._take(await self._ledger.take_results(self.sweep.id))

    async def _take(self, results: Sequence[LookResult]) -> None:
        """Pass on what has come. A result may come again, with more that was said of it."""
        numbers = [each.reading_id for each in results if each.reading_id is not None]
        readings = await self.tools.store.readings.outlines(numbers) if numbers else {}
        for result in results:
            self.counts.unforeseen |= result.unforeseen
            if result.paused or result.reading_id is None:
                self.turned_away[result.account_id] = result.paused
            reading = readings.get(result.reading_id or 0)
            key = f"{result.sweep_id}:{result.look.value}:{result.account_id}"
            if key in self._awaited:
                self._settle(key, reading)
            elif reading is not None and not self.readings.holds(reading):
                # As of a worker that was at it when the coordinator before this one died.
                self.readings.add(_without_posts(reading))

    def _settle(self, key: str, reading: Reading | None) -> None:
        awaited = self._awaited.pop(key)
        if key in self._seconds:
            future = self._seconds.pop(key)
            if not future.done():
                future.set_result(reading)
            return
        self._results[key] = reading
        self._turns[awaited.account.platform].put(awaited.account)

    async def _care(self) -> None:
        await self._orders.still_alone()
        await self.tools.pacing.refresh()
        self.checks = [*await checks_for(self.tools.store, self.sweep)]
        until = self.request.until
        if until is not None and self.tools.clock() >= until:
            await self._end_in_time()
        given, self._choice = (
            self._choice,
            QueueChoice(await self._ledger.workers(), self._orders.ways),
        )
        if not self._choice.workers and given.workers:
            log.warning("no worker is alive: start `mediawatch worker`; the sweep waits")
        await self._move_unserved()

    async def _end_in_time(self) -> None:
        """No look begins any more."""
        self.tools.pacing.over = True
        for key in await self._tasks.cancel(self.sweep.id, looks_alone=True):
            if awaited := self._awaited.get(key):
                self.turned_away[awaited.account.id] = {
                    facts.name: OVER
                    for facts in self.tools.looker.surfaces(awaited.account.platform)
                    if not facts.declared_closed
                }
                self._settle(key, None)

    async def _move_unserved(self) -> None:
        """Give orders to others whose queue no live worker serves, as where a login has gone."""
        now = asyncio.get_running_loop().time()
        waiting = {each.queue for each in self._awaited.values()} - self._choice.served
        self._unserved = {queue: self._unserved.get(queue, now) for queue in waiting}
        for queue, since in self._unserved.items():
            if now - since < _UNSERVED or not self._choice.workers:
                continue
            keys = await self._tasks.cancel(self.sweep.id, queue, looks_alone=True)
            moved = [self._awaited[key] for key in keys if key in self._awaited]
            log.warning("orders move: no worker serves their queue", queue=queue, looks=len(moved))
            await self._defer([self._await(each.order, each.account, each.rank) for each in moved])

    async def _reckon(self) -> None:
        """Order again what is awaited and is in no queue, twice in a row: it was lost."""
        held = await self._tasks.outstanding(self.sweep.id)
        missing = self._awaited.keys() - held.keys()
        lost = [self._awaited[key] for key in missing & self._missing]
        self._missing = missing
        if lost:
            log.warning("orders were lost and are given again", looks=len(lost))
            await self._defer([self._await(each.order, each.account, each.rank) for each in lost])

    async def close_batch(self, platform: str, accounts: Sequence[Account]) -> None:
        """See `SweepLooks.close_batch`."""
        if self.tools.canaries.of(platform):
            checks = OrderedChecks(self.tools, self._tasks, self.sweep, lambda: self._choice)
            await checks.make(platform, self.readings.sights(accounts), self._began)
        self.checks = [*await checks_for(self.tools.store, self.sweep)]


def _without_posts(reading: Reading) -> Reading:
    """The posts of a nation need not be held: judgements read them from the store."""
    return replace(reading, sights=tuple(replace(sight, posts=()) for sight in reading.sights))
