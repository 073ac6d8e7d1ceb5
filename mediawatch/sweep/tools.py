"""What the engine works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field

from mediawatch.domain import Account
from mediawatch.figures.region_parts import Level
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ports import Clock, PaceBook, PlatformFacts, Store, SurfaceFacts
from mediawatch.ports.tasks import LookTasks
from mediawatch.sweep.gate.canaries import Canaries
from mediawatch.sweep.gate.pacing import Pacing, as_declared
from mediawatch.sweep.rates import LookRates


async def _reached(platforms: Collection[str]) -> str:
    return ""


NO_RATES = LookRates(ways=lambda account: (), pace_of=as_declared)


async def _no_rates() -> LookRates:
    return NO_RATES


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTools:
    """With what a coordinator has workers look."""

    tasks: LookTasks
    ways: Callable[[Account, Collection[str]], Sequence[SurfaceFacts]]
    """The surfaces that could be asked about an account with some login of each of these words."""
    still_alone: Callable[[], Awaitable[None]]
    """Makes sure that no other process sweeps on the database. UserError where one does."""


@dataclass
class SweepTools:
    """The adapters and the gate of one run."""

    store: Store
    looker: PlatformFacts
    """A `Looker`, unless workers make all looks."""
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
    orders: OrderTools | None = None
    """None where this process looks by itself."""
