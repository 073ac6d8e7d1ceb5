"""What one run knows of the rows of the pace."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func

from db.pace.rows import PaceRows
from mediawatch.domain import Outcome

MOMENT = func.mediawatch_clock()
"""The database's moment, in a statement. Every moment of the pace is asked for by this name."""
DAY = timedelta(days=1)
HAIR = 0.002
"""Seconds more: who asks again at the very moment may be told to wait once more."""


def loop_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class PaceRun:
    """One run at one address."""

    rows: PaceRows
    address: str
    began: datetime | None = None
    """By the database's clock; None until it was asked."""
    open: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    """Breakers that are open as far as this process knows."""
    _told: tuple[datetime, float] | None = None
    """The database's moment, and the loop's when it was told."""

    def address_of(self, session: str) -> str:
        """A login's rows are the same at every address."""
        return "" if session else self.address

    def hear(self, moment: datetime) -> None:
        """Take over what the database's clock says now."""
        self._told = moment, loop_time()
        self.began = self.began or moment

    def now(self) -> datetime | None:
        """As the database's clock went when it was asked last."""
        if self._told is None:
            return None
        moment, at = self._told
        return moment + timedelta(seconds=loop_time() - at)
