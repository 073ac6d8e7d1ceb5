"""What the tabs of one look received, in the order of its beginning.

The raw material of a recorded case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scrapers.browser.reply import Reply


@dataclass(slots=True)
class LoggedReply:
    """One response.

    `number` is its place among all that began; `used`: whether a surface read it.
    """

    surface: str
    number: int
    reply: Reply
    document: bool
    used: bool = False


@dataclass(slots=True)
class TrafficLog:
    """The tabs write here what came, the browser what its contexts had stored."""

    surface: str = ""
    """The one that is being visited."""
    replies: list[LoggedReply] = field(default_factory=list)
    fetched: set[str] = field(default_factory=set)
    """Addresses that surfaces asked for by themselves."""
    states: list[Mapping[str, object]] = field(default_factory=list)
    """Storage states of the contexts in use: every cookie in them is a secret."""
    begun: int = 0

    def number(self) -> int:
        """The place of a response that has just begun: bodies come in another order."""
        self.begun += 1
        return self.begun

    def add(self, number: int, reply: Reply, *, document: bool) -> None:
        """A response came."""
        self.replies.append(LoggedReply(self.surface, number, reply, document))

    def mark_used(self, reply: Reply) -> None:
        """A surface read this reply."""
        for logged in self.replies:
            logged.used |= logged.reply is reply

    def add_fetched(self, reply: Reply) -> None:
        """A surface asked for this itself: it asks again at the replay, and the page need not."""
        self.fetched.add(reply.url)
        self.replies.append(
            LoggedReply(self.surface, self.number(), reply, document=False, used=True)
        )

    def add_state(self, state: Mapping[str, object]) -> None:
        """The storage state of a context that was in use."""
        self.states.append(state)
