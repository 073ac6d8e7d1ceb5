"""The sweep of which a worker makes looks: its terms, and what its looks go by."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mediawatch.domain import Account, Sweep, UserError
from mediawatch.ports.store import LookOrder, SweepTerms
from mediawatch.rules.sweep_policy import policy_of
from mediawatch.sweep.gate import canaries
from mediawatch.sweep.judging import checks_for
from mediawatch.sweep.looks import RunLooks
from mediawatch.sweep.request import Request
from mediawatch.sweep.tools import SweepTools

_CONTROLS = 10
"""Accounts that may control a negative; few are asked."""
_CONTROLS_FOR = timedelta(minutes=10)


@dataclass(kw_only=True)
class SweepInHand:
    """A sweep of which the worker makes looks."""

    sweep: Sweep
    terms: SweepTerms
    looks: RunLooks
    controls: dict[str, tuple[datetime, Sequence[Account]]] = field(default_factory=dict)
    """By platform, and when they were asked for."""

    def is_before(self, run: datetime | None) -> bool:
        """Whether these terms are of an earlier run: a new one begins with closed breakers."""
        began = self.terms.began
        return run is not None and (began is None or began < run)

    async def controls_of(self, platform: str) -> Sequence[Account]:
        """Accounts of the sweep by which negatives are controlled."""
        now = self.looks.tools.clock()
        asked, found = self.controls.get(platform, (now - _CONTROLS_FOR, ()))
        if now - asked >= _CONTROLS_FOR:
            ledger = self.looks.tools.store.ledger
            found = await ledger.likely_there(self.sweep.id, platform, _CONTROLS)
            self.controls[platform] = now, found
        return found


class HeldSweep:
    """Opens the sweep of an order, and holds it as long as its terms stand."""

    def __init__(self, tools: SweepTools, platforms: Iterable[str], at_once: int) -> None:
        """`at_once`: visits at the same time."""
        self._tools, self._at_once = tools, at_once
        self._paced_as: Mapping[str, str] = {
            facts.name: facts.pace_name
            for platform in platforms
            for facts in tools.looker.surfaces(platform)
        }
        self._hand: SweepInHand | None = None
        self._opening = asyncio.Lock()

    async def of(self, order: LookOrder) -> SweepInHand | None:
        """What its looks need, by the run that orders them or a later one; None where it was never
        handed out.

        UserError where the coordinator keeps the evidence elsewhere.
        """
        async with self._opening:
            hand = self._hand
            if hand is None or hand.sweep.id != order.sweep_id or hand.is_before(order.run):
                self._hand = await self._open(order.sweep_id)
            return self._hand

    async def refresh(self) -> None:
        """Let go of a sweep whose terms have changed."""
        hand = self._hand
        if hand and await self._tools.store.ledger.terms(hand.sweep.id) != hand.terms:
            self._hand = None

    async def _open(self, sweep_id: int) -> SweepInHand | None:
        store = self._tools.store
        sweep = next((each for each in await store.sweeps.all() if each.id == sweep_id), None)
        terms = await store.ledger.terms(sweep_id)
        if sweep is None or terms is None:
            return None
        if not await self._tools.evidence.bears(terms.evidence):
            raise UserError(
                f"{self._tools.evidence.label} is not where the coordinator keeps the evidence, though "
                "it bears this home's mark: mount that place, or name it in [evidence] place; a copy "
                "of it will not do"
            )
        chosen = canaries.Canaries(
            listed=canaries.parse(terms.canaries, f"canaries of sweep {sweep_id}"),
            every_looks=terms.every_looks,
            every=terms.every,
        )
        tools = replace(self._tools, canaries=chosen)
        now = self._tools.clock()
        self._tools.pacing.keep_within(terms.paces, terms.scale)
        self._tools.pacing.begin(
            await store.operator.visits(now - timedelta(days=1)),
            now,
            at_once=self._at_once,
            until=terms.until,
            paced_as=self._paced_as,
            began=terms.began,
        )
        looks = RunLooks(tools, Request(policy=policy_of(sweep), until=terms.until), sweep)
        looks.checks = [*await checks_for(store, sweep)]
        return SweepInHand(sweep=sweep, terms=terms, looks=looks)
