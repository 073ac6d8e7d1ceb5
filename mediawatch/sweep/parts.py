"""What the engine works with."""

from __future__ import annotations

from dataclasses import dataclass, field

from mediawatch.canaries import Canaries
from mediawatch.evidence import EvidenceFolder
from mediawatch.pacing import Pacing
from mediawatch.ports import Clock, Looker, Store


@dataclass
class Parts:
    """The adapters and the gate of one run."""

    store: Store
    looker: Looker
    evidence: EvidenceFolder
    clock: Clock
    pacing: Pacing
    canaries: Canaries = field(default_factory=Canaries)
