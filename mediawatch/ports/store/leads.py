"""What the core asks of the kept leads: accounts that searches showed and that are not filed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from mediawatch.domain import Lead, LeadDecision, LeadSight, UnitSearch


class LeadStore(Protocol):
    """Searches for units, what they showed, and what persons decided of it.

    Rows are never updated. A finding, a figure or a circular never reads them.
    """

    async def add_search(self, search: UnitSearch, sights: Sequence[LeadSight]) -> None:
        """Keep one search with its evidence and the leads that it showed.

        An account is one lead for ever, by platform and id.
        """

    async def searches(self, since: datetime | None = None) -> list[UnitSearch]:
        """The searches that were made, oldest first, without their evidence."""

    async def all(self) -> list[Lead]:
        """All leads with their sights and decisions, in the order in which they were first seen."""

    async def add_decision(self, decision: LeadDecision) -> None:
        """Append a decision; what was decided before stays as it was."""
