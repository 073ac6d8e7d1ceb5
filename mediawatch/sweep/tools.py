"""What the engine works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from mediawatch.figures.region_parts import Level
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ports import Clock, Looker, PaceBook, Store
from mediawatch.sweep.gate.canaries import Canaries
from mediawatch.sweep.gate.pacing import Pacing, as_declared
from mediawatch.sweep.rates import LookRates


async def _reached(platforms: Collection[str]) -> str:
    return ""


NO_RATES = LookRates(ways=lambda account: (), pace_of=as_declared)


async def _no_rates() -> LookRates:
    return NO_RATES


@dataclass
class SweepTools:
    """The adapters and the gate of one run."""

    store: Store
    looker: Looker
    evidence: EvidenceFolder
    clock: Clock
    pacing: Pacing
    canaries: Canaries = field(default_factory=Canaries)
    why_unreachable: Callable[[Collection[str]], Awaitable[str]] = _reached
    """Why none of these platforms' sites can be reached, as an English clause; "" where one can."""
    rates: Callable[[], Awaitable[LookRates]] = _no_rates
    """How accounts can be looked at tonight: a nightly sweep spends rationed surfaces by it."""
    level: Level = ""
    """The office's: for it the registry's 总数 is kept by regions and departments."""
    book: PaceBook | None = None
    """Canary checks and answers that other processes know of, too; None where this one is alone."""
