"""The closing checks of canaries of a sweep whose looks workers make."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mediawatch.domain import CanaryCheck, Outcome, Sight, Sweep
from mediawatch.ports.store import LookOrder
from mediawatch.ports.tasks import LookTasks, queue_at, queue_of
from mediawatch.sweep.gate.spoken import sources_to_check
from mediawatch.sweep.judging import checks_for
from mediawatch.sweep.queues import QueueChoice
from mediawatch.sweep.tools import SweepTools

_CHECK = 2
"""Rank of a check: before all looks."""
_ASKED_EVERY = 0.2
"""Seconds between two questions whether a check is made."""


class OrderedChecks:
    """Orders a check of each surface and login that has spoken; of visitors one at each address."""

    def __init__(
        self,
        tools: SweepTools,
        tasks: LookTasks,
        sweep: Sweep,
        choice: Callable[[], QueueChoice],
    ) -> None:
        """`choice`: the queues that are served at the moment."""
        self._sweep, self._sweep_id = sweep, sweep.id
        self._store, self._surfaces = tools.store, tools.looker.surfaces
        self._clock, self._tasks = tools.clock, tasks
        self._choice = choice

    async def make(self, platform: str, sights: Iterable[Sight], run: datetime | None) -> None:
        """Have what has spoken since its last check checked, and wait for that.

        `run`: as `LookOrder.run`.
        Where no worker is left that could, what it said against accounts is withdrawn.
        """
        own = [
            check
            for check in await checks_for(self._store, self._sweep)
            if check.sweep_id == self._sweep_id
        ]
        left = {
            order.key: order
            for source in sources_to_check(sights, own)
            for order in [
                LookOrder(
                    sweep_id=self._sweep_id,
                    platform=platform,
                    run=run,
                    look=None,
                    surface=source.surface,
                    session=source.session,
                    address=source.address,
                )
            ]
        }
        await self._tasks.defer([(each, self._queue_of(each), _CHECK) for each in left.values()])
        while left:
            await asyncio.sleep(_ASKED_EVERY)
            held = await self._tasks.outstanding(self._sweep_id)
            left = {key: order for key, order in left.items() if key in held}
            for order in [each for each in left.values() if not self._is_served(each)]:
                await self._give_up(order, own)
                del left[order.key]

    def _queue_of(self, order: LookOrder) -> str:
        if not order.session:
            return queue_at(order.platform, order.address)
        words = (
            each.login for each in self._surfaces(order.platform) if each.name == order.surface
        )
        return queue_of(order.platform, f"{next(words, '')}:{order.session}")

    def _is_served(self, order: LookOrder) -> bool:
        """Also where no worker is alive at all: one is waited for."""
        choice = self._choice()
        return not choice.workers or self._queue_of(order) in choice.served

    async def _give_up(self, order: LookOrder, own: Sequence[CanaryCheck]) -> None:
        """Its login, or its address, is no longer used: nothing stands behind what it said."""
        await self._tasks.cancel(self._sweep_id, self._queue_of(order))
        source = order.surface, order.session, order.address
        known = [check for check in own if (check.surface, check.session, check.address) == source]
        if known:
            await self._store.operator.add_canary_check(
                replace(
                    known[-1],
                    at=self._clock(),
                    fresh=False,
                    outcome=Outcome.NO_EVIDENCE,
                    detail="no worker is left that could check it",
                    calls=0,
                    ends_day=None,
                )
            )
