"""Our clock, held against the `Date` of the replies that a look receives.

Dates decide everything: a wrong clock is our trouble.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

from mediawatch.domain import CLOCK_OFF
from mediawatch.domain.clock import CLOCK_SKEW
from mediawatch.plurals import count_of


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    """When a site sent a reply, by its own clock; None where it does not say.

    `Age` is the time that it lay in a cache.
    """
    try:
        at = parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    age = headers.get("age", "").strip()
    lay = (
        timedelta(seconds=int(age))
        if age.isascii() and age.isdigit() and len(age) < 10
        else timedelta()
    )
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) + lay


class ClockCheck:
    """What the replies of one look say of our clock.

    One reply that agrees is enough: others may come out of a cache.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._sent: list[tuple[datetime, float]] = []
        """When each reply was sent, and when it came by a clock that is never set."""

    def note(self, at: datetime | None) -> None:
        """Note a reply that its site sent at this moment."""
        if at is not None:
            self._sent.append((at, monotonic()))

    @property
    def trouble(self) -> str:
        """Why nothing that was seen counts; "" where the clock is right, or no reply tells."""
        if not self._sent:
            return ""
        now, here = self._now(), monotonic()
        ahead = min((now - at - timedelta(seconds=here - came) for at, came in self._sent), key=abs)
        if abs(ahead) <= CLOCK_SKEW:
            return ""
        minutes = round(abs(ahead) / timedelta(minutes=1))
        return (
            f"{CLOCK_OFF}: it is {count_of(minutes, 'minute')} "
            f"{'ahead of' if ahead > timedelta() else 'behind'} what the site's replies say"
        )
