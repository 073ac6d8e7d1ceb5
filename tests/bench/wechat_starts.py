"""What an office begins a quarter with, and the calls that each of its nights has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from lives import LENGTH

from mediawatch.domain import Pace
from mediawatch.ports import SurfaceFacts, Visit
from scrapers.browser.sessions import Session

_NO_PLACE = Path("/nonexistent")


class Keys(Enum):
    """What the registry has of each account when the quarter begins."""

    NAME = "name"
    LINK = "link"
    """The newest article's."""
    NUMBER = "number"


@dataclass(frozen=True, kw_only=True)
class Start:
    """What an office begins with."""

    words: str
    keys: Keys
    searches: int = 0
    """Logins of a back office."""
    readers: int = 0
    """Logins of 微信读书."""
    hinted: bool = False
    """Whether a monitoring service hands in links."""

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        counts = {"wechat": self.searches, "weread": self.readers}
        return tuple(
            Session(platform, str(number), _NO_PLACE / platform)
            for platform, count in counts.items()
            for number in range(count)
        )


class Calls:
    """The calls of one night, by pace and login."""

    def __init__(self) -> None:
        self.made: Counter[tuple[str, str]] = Counter()

    def take(self, visit: Visit) -> bool:
        """Count one more call; False where the pace leaves none."""
        key = visit.pace_name, visit.session
        if self.made[key] >= most_calls(visit.pace):
            return False
        self.made[key] += 1
        return True

    def left(self, surface: SurfaceFacts, sessions: Sequence[Session]) -> bool:
        """Whether the night has a call of that surface left, with any of these logins."""
        names = [session.name for session in sessions] if surface.needs_login else [""]
        most = most_calls(surface.pace)
        return any(self.made[surface.pace_name, name] < most for name in names)

    def of(self, surface: str) -> int:
        return sum(count for (name, _), count in self.made.items() if name == surface)


def most_calls(pace: Pace) -> int:
    """As many as a night has time for, and its day."""
    in_time = int(LENGTH.total_seconds() / pace.mean)
    return in_time if pace.per_day is None else min(pace.per_day, in_time)
