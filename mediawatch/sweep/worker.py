"""A worker: makes the looks that a coordinator orders, as a sweep in one process makes them.

It keeps of each look what the account's result is, once. Whatever ends it in the midst of a look,
another worker takes the order up.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from mediawatch.domain import (
    Account,
    CanaryCheck,
    LookKind,
    Need,
    Outcome,
    Reading,
    Sight,
    UserError,
    foremost,
)
from mediawatch.log import get_logger
from mediawatch.ports import Looker
from mediawatch.ports.store import (
    LookOrder,
    LookResult,
    PassingTrouble,
    WorkerCard,
)
from mediawatch.ports.tasks import CLOCK_TOLERANCE, HEARTBEAT, WorkerMustEnd, WorkerQueues
from mediawatch.sweep.held_sweep import HeldSweep, SweepInHand
from mediawatch.sweep.judging import checks_for
from mediawatch.sweep.looks import say_where_no_network
from mediawatch.sweep.ordered_accounts import OrderedAccounts
from mediawatch.sweep.tools import SweepTools
from mediawatch.sweep.worker_metrics import TaskEnd, WorkerFigures

log = get_logger(__name__)

TRIES = 3
"""So often a look is begun whose worker meets an error that nobody foresaw."""
DEATHS = 20
"""So often a look is begun in all. Whose worker died each time is not begun again."""
AT_HAND = 16
"""Looks of one platform that a worker has in hand. Most of them wait for their turns."""
_UNANSWERED = 3
"""After so many looks in a row that no site has answered, the worker asks whether it has a network."""
_IDLE = timedelta(seconds=60)
"""A platform that was not looked at for so long rests: its pages go, its logins are kept."""


class LookWorker:
    """Implements `ports.OrderMaker`. `tools` are as for a sweep; their canaries are not used."""

    def __init__(
        self,
        tools: SweepTools,
        looker: Looker,
        card: WorkerCard,
        served: Mapping[str, Sequence[str]],
        at_once: int,
        report: Callable[[WorkerFigures, datetime], None] | None = None,
    ) -> None:
        """`served`: its queues by platform. `at_once`: visits at the same time.

        `report` is told with each sign of life what the worker has done, and the moment.
        """
        self.tools, self.looker, self.card = tools, looker, card
        self.figures = WorkerFigures(worker=card.name, version=card.version, began_at=tools.clock())
        self._report = report
        self._served = served
        self._ledger = tools.store.ledger
        self._accounts: defaultdict[str, OrderedAccounts] = defaultdict(
            lambda: OrderedAccounts(self._ledger)
        )
        self._looking_at: dict[str, str] = {}
        self._held = HeldSweep(tools, served, at_once)
        self._under_way: Counter[str] = Counter()
        self._used: dict[str, datetime] = {}
        """By platform that has not rested, when a look of it ended last."""
        self._resting: dict[str, asyncio.Lock] = {}
        self._unanswered: Counter[str] = Counter()
        """Its looks by platform since a site has answered one."""

    async def run(self, queues: WorkerQueues) -> None:
        """Work until cancelled.

        UserError where it must not go on: another worker holds a login, the clock is off, no
        browser starts. OutdatedVersion where the database has become newer.
        """
        await self._ledger.register(self.card)
        try:
            await self._beat(queues)
            await self.looker.ready()
            async with asyncio.TaskGroup() as group:
                beating = group.create_task(self._keep_beating(queues))
                await queues.serve(self._served, self, at_hand=AT_HAND)
                beating.cancel()
        except BaseExceptionGroup as errors:
            raise foremost(errors) from errors
        finally:
            with suppress(UserError, TimeoutError):
                await asyncio.wait_for(self._ledger.leave(self.card), HEARTBEAT.total_seconds())

    async def _keep_beating(self, queues: WorkerQueues) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT.total_seconds())
            await self._beat(queues)
            await self._rest_idle()
            await self._held.refresh()

    async def _beat(self, queues: WorkerQueues) -> None:
        asked = self.tools.clock()
        at = await self._ledger.beat(self.card, self.figures.looks.total(), self._looking_at)
        # The database's moment lies between question and answer.
        early, late = asked - at, self.tools.clock() - at
        if early > CLOCK_TOLERANCE or late < -CLOCK_TOLERANCE:
            off = early if early > CLOCK_TOLERANCE else late
            raise UserError(
                f"this machine's clock is {abs(off).total_seconds():.0f} seconds "
                f"{'ahead of' if off > timedelta() else 'behind'} the database's: what is read by "
                "it proves nothing; set the clock (timedatectl), then start the worker again"
            )
        await queues.reclaim()
        await self._tell_figures()

    async def _tell_figures(self) -> None:
        if self._report is None:
            return
        await self.tools.pacing.refresh()
        self.figures.breakers = len(self.tools.pacing.open_breakers())
        self.figures.in_hand = len(self._looking_at)
        try:
            await asyncio.to_thread(self._report, self.figures, self.tools.clock())
        except UserError as error:  # looks go on: the age of the file tells
            log.warning("the figures cannot be written", why=str(error))

    async def _rest_idle(self) -> None:
        now = self.tools.clock()
        for platform, ended in list(self._used.items()):
            if self._under_way[platform] or now - ended < _IDLE:
                continue
            async with self._lock_of(platform):
                if not self._under_way[platform]:
                    self._used.pop(platform, None)
                    await self.looker.rest(platform)

    def _lock_of(self, platform: str) -> asyncio.Lock:
        return self._resting.setdefault(platform, asyncio.Lock())

    # One order

    def expect(self, orders: Sequence[LookOrder]) -> None:
        """See `ports.OrderMaker`."""
        for order in orders:
            if order.look is not None:
                self._accounts[order.platform].expect(order)

    async def make(self, order: LookOrder, begun: int) -> None:
        """See `ports.OrderMaker`."""
        async with self._lock_of(order.platform):
            self._under_way[order.platform] += 1
        self._looking_at[order.key] = self.tools.clock().isoformat(timespec="seconds")
        end: TaskEnd = "put_back"
        try:
            end = await self._make(order, begun)
        except PassingTrouble:
            raise
        except UserError as error:  # of the home, the disk or the database: no look can be made
            raise WorkerMustEnd(error) from error
        except Exception:
            end = "failed"
            raise
        finally:
            self.figures.tasks[end] += 1
            self._looking_at.pop(order.key, None)
            self._under_way[order.platform] -= 1
            self._used[order.platform] = self.tools.clock()

    async def _make(self, order: LookOrder, begun: int) -> TaskEnd:
        if begun >= DEATHS:
            await self._give_up(order, "its worker ended each time")
            return "failed"
        try:
            await self._look(order)
        except UserError:
            raise
        except Exception as error:  # a worker's boundary around one order
            log.error(
                "an ordered look failed unexpectedly",
                account=order.account_id,
                platform=order.platform,
                traceback=traceback.format_exc(),
            )
            if begun + 1 < TRIES:
                raise
            await self._give_up(order, f"unexpected {type(error).__name__}")
            return "failed"
        return "done"

    async def _look(self, order: LookOrder) -> None:
        begun_at = self.tools.clock()
        hand = await self._held.of(order)
        if hand is None:
            return
        if order.look is None:
            hand.looks.checks = [*await checks_for(self.tools.store, hand.sweep)]
            await hand.looks.check(order.platform, order.surface, order.session)
            return
        account = await self._accounts[order.platform].of(order)
        if account is None:
            await self._ledger.repeat_result(order)
            return
        need = self._need_of(hand, account, order)
        reading = await hand.looks.look(account, need, await hand.controls_of(order.platform))
        if reading is not None:
            self.figures.note_look(order.platform, reading, begun_at)
            await self._mind_network(order.platform, reading)
        await self._tell(hand, order, order.look, account, reading)

    async def _mind_network(self, platform: str, reading: Reading) -> None:
        """Say it once, and at once, where none of its looks is answered."""
        if reading.outcome is not Outcome.UNREACHABLE:
            self._unanswered.clear()
            return
        self._unanswered[platform] += 1
        if self._unanswered.total() == _UNANSWERED:
            await say_where_no_network(self.tools, sorted(self._unanswered))

    def _need_of(self, hand: SweepInHand, account: Account, order: LookOrder) -> Need:
        need = hand.looks.need_of(account)
        if order.look is LookKind.SECOND:
            return replace(need, second=True, not_by=order.not_by)
        fresh_after = order.fresh_after or need.fresh_after
        return replace(need, fresh_after=fresh_after, spared=hand.terms.spared)

    async def _tell(
        self,
        hand: SweepInHand,
        order: LookOrder,
        look: LookKind,
        account: Account,
        reading: Reading | None,
    ) -> None:
        """Tell the coordinator what the reading alone does not; and hold nothing of the account."""
        looks = hand.looks
        looks.readings.by_account.pop(account.id, None)
        paused = looks.turned_away.pop(account.id, {})
        unforeseen, looks.counts.unforeseen = looks.counts.unforeseen, False
        if reading is None or paused or unforeseen:
            await self._ledger.keep_result(
                LookResult(
                    sweep_id=order.sweep_id,
                    account_id=account.id,
                    look=look,
                    reading_id=reading.id if reading else None,
                    paused=paused,
                    unforeseen=unforeseen,
                )
            )

    async def _give_up(self, order: LookOrder, why: str) -> None:
        """Keep what an error that nobody foresaw is today: our trouble, told once."""
        now = self.tools.clock()
        if order.look is None:
            await self.tools.store.operator.add_canary_check(
                CanaryCheck(
                    surface=order.surface,
                    session=order.session,
                    account_name="",
                    platform_id="",
                    at=now,
                    fresh=False,
                    outcome=Outcome.CHANGED,
                    sweep_id=order.sweep_id,
                    detail=why,
                )
            )
            return
        account = await self._accounts[order.platform].of(order)
        if account is None:
            await self._ledger.repeat_result(order)
            return
        sight = Sight(surface=order.platform, read_at=now, outcome=Outcome.CHANGED, detail=why)
        reading = await self.tools.store.readings.keep_look(
            Reading(
                account_id=account.id,
                sweep_id=order.sweep_id,
                look=order.look,
                started_at=now,
                read_at=now,
                sights=(sight,),
                filed_as=account.filed.identity,
            )
        )
        await self._ledger.keep_result(
            LookResult(
                sweep_id=order.sweep_id,
                account_id=account.id,
                look=order.look,
                reading_id=reading.id,
                unforeseen=True,
            )
        )
