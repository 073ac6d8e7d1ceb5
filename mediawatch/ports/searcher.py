"""The `UnitSearcher`: the platforms' own searches, asked for a unit's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from mediawatch.domain import SearchHit, UnitSearch
from mediawatch.ports.gate import Gate

Worth = Callable[[Sequence[SearchHit]], bool]
"""Whether the evidence of a search with these hits is to be taken."""


class UnitSearcher(Protocol):
    """The scrapers, as whoever looks for unfiled accounts sees them.

    Which surfaces can be asked so, `SurfaceFacts.finds_units` says.
    """

    async def search(
        self, platform: str, query: str, gate: Gate, worth: Worth
    ) -> tuple[UnitSearch, tuple[SearchHit, ...]] | None:
        """Ask the platform's own search once. Foreseen failures are outcomes, without hits.

        None where it could not be asked: no login can be used, or the gate did not admit the visit.
        Emptiness proves nothing: accounts may hide from a search.
        """

    async def ready(self) -> None:
        """As `Looker.ready`."""
