"""What the engine works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ports import Clock, Looker, Store
from mediawatch.sweep.gate.canaries import Canaries
from mediawatch.sweep.gate.pacing import Pacing


async def _reached(platforms: Collection[str]) -> str:
    return ""


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
