"""What the core asks of what is kept about our own side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mediawatch.domain import CanaryCheck, DayEnd, SessionEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceVisit:
    """One visit of a surface that was made. `session` is "" for a visitor."""

    surface: str
    session: str
    at: datetime
    calls: int = 1
    """As `Sight.calls`."""
    ends_day: DayEnd | None = None


class OperatorStore(Protocol):
    """The operator's own side: canaries, logins, visits."""

    async def home_id(self) -> str:
        """What distinguishes this home from every other: workbooks that go out are sealed with it."""

    async def add_canary_check(self, check: CanaryCheck) -> None: ...
    async def canary_checks(
        self, surface: str | None = None, since: datetime | None = None
    ) -> list[CanaryCheck]:
        """Checks of canaries, oldest first: of all surfaces or one, from `since` on."""

    async def add_session_event(self, event: SessionEvent) -> None: ...
    async def session_events(self, platform: str | None = None) -> list[SessionEvent]:
        """What was seen of the operator's logins, oldest first."""

    async def visits(self, since: datetime) -> list[SurfaceVisit]:
        """Every visit of a sweep from `since` on, canaries and searches for units included.

        As their sights and checks say. Bounded by the sweeps since then.
        """
