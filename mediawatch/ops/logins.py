"""What is known of the operator's logins: noted when a login is made, probed or seen in a page;
asked before each look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from mediawatch.domain import Failure, SessionEvent, SessionState, UserError
from mediawatch.ports import Clock, Logins, Looker, Modules, Store, StoredSession

log = structlog.get_logger(__name__)

_REMEMBERED = 2.0
"""Seconds for which what the store said is taken again: it is asked before each look, and another
process's login can wait so long.
"""
PRIVATE = 0o600
"""The mode of a session's file: whoever can read it is logged in."""


class SessionBook:
    """Implements `ports.SessionWatch` over the store's events; the newest one of a login counts.

    `announce` is called when a login has turned invalid, for messages that leave the house.
    """

    def __init__(
        self, store: Store, clock: Clock, announce: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._store, self._clock, self._announce = store, clock, announce
        self._noting = asyncio.Lock()
        self._left_out: set[tuple[str, str]] = set()
        self._remembered: dict[str, tuple[float, dict[str, SessionEvent]]] = {}
        """By platform: the event loop's second in which the store was asked, and what it said."""
        self._notes = 0

    async def usable(self, platform: str, names: Sequence[str]) -> tuple[str, ...]:
        """See `ports.SessionWatch.usable`. Says once a run that a login is left out."""
        last = await self._lately(platform)
        invalid = {
            name for name in names if name in last and last[name].state is SessionState.INVALID
        }
        for name in sorted(invalid):
            self._say_left_out(platform, last[name])
        return tuple(name for name in names if name not in invalid)

    async def seen(
        self, platform: str, name: str, *, valid: bool, how: str, detail: str = ""
    ) -> None:
        """See `ports.SessionWatch.seen`."""
        state = SessionState.VALID if valid else SessionState.INVALID
        async with self._noting:
            known = (await self._lately(platform)).get(name)
            if known is not None and known.state is state:
                return
            await self._note(platform, name, state, how, detail)
        self._left_out.discard((platform, name))
        if not valid:
            # Announced here; that it is not used from now on is no second piece of news.
            self._left_out.add((platform, name))
            log.warning(
                "session invalid",
                platform=platform,
                session=name,
                detail=detail,
                remedy=_remedy(platform, name),
            )
            if self._announce is not None:
                await self._announce()

    async def note_made(self, platform: str, name: str, state: SessionState, how: str) -> None:
        """A login was made or taken in: whatever was known of an older one of this name is void."""
        async with self._noting:
            await self._note(platform, name, state, how, "")

    async def last(self, platform: str | None = None) -> dict[str, SessionEvent]:
        """The newest event of each login by name; with `platform` None by `platform/name`."""
        events = await self._store.session_events(platform)
        return {
            event.name if platform else f"{event.platform}/{event.name}": event for event in events
        }

    async def _lately(self, platform: str) -> dict[str, SessionEvent]:
        """As `last`, as it was at most two seconds ago; what this book notes counts at once."""
        now = asyncio.get_running_loop().time()
        asked, events = self._remembered.get(platform, (-_REMEMBERED, {}))
        if now - asked >= _REMEMBERED:
            notes = self._notes
            events = await self.last(platform)
            if (
                notes == self._notes
            ):  # else a note has overtaken the question: the answer is of before it
                self._remembered[platform] = now, events
        return events

    async def _note(
        self, platform: str, name: str, state: SessionState, how: str, detail: str
    ) -> None:
        known = (await self.last(platform)).get(name)
        # A host's clock that was set back must not make an older event the newest.
        at = max(self._clock(), known.at) if known else self._clock()
        await self._store.note_session(
            SessionEvent(platform=platform, name=name, at=at, state=state, how=how, detail=detail)
        )
        self._notes += 1
        self._remembered.pop(platform, None)

    def _say_left_out(self, platform: str, event: SessionEvent) -> None:
        if (platform, event.name) not in self._left_out:
            self._left_out.add((platform, event.name))
            log.warning(
                "session left out",
                platform=platform,
                session=event.name,
                since=event.at.isoformat(),
                remedy=_remedy(platform, event.name),
            )


def _remedy(platform: str, name: str) -> str:
    return f"mediawatch login {platform} --name {name}"


@dataclass(frozen=True, slots=True)
class ListedLogin:
    """One login, with the newest event; None where nothing was seen of it yet."""

    session: StoredSession
    event: SessionEvent | None

    @property
    def state(self) -> SessionState:
        return self.event.state if self.event else SessionState.UNKNOWN


async def list_logins(
    book: SessionBook, logins: Logins, platform: str | None = None
) -> list[ListedLogin]:
    """The logins that there are. UserError for a platform that has none."""
    last = await book.last()
    return [
        ListedLogin(each, last.get(f"{each.platform}/{each.name}"))
        for each in logins.stored(platform)
    ]


async def log_in_by_hand(
    book: SessionBook, logins: Logins, platform: str, name: str, done: Callable[[], Awaitable[None]]
) -> tuple[StoredSession, SessionState]:
    """A login in a window; the operator says when it is done, the site whether it is one. UserError
    where nothing was kept.
    """
    session, known = await logins.by_hand(platform, name, done)
    state = SessionState.VALID if known else SessionState.UNKNOWN
    await book.note_made(platform, name, state, "login")
    return session, state


async def log_in_by_code(
    book: SessionBook,
    logins: Logins,
    platform: str,
    name: str,
    show: Callable[[Path, Modules | None], None],
    limit: float,
) -> StoredSession:
    """A login by the site's QR code, `limit` seconds at most. UserError where nothing was kept."""
    session = await logins.by_code(platform, name, show, limit)
    await book.note_made(platform, name, SessionState.VALID, "login")
    return session


async def take(
    book: SessionBook, logins: Logins, platform: str, name: str, file: Path
) -> tuple[StoredSession, int]:
    """Take in a browser's exported cookies; with the number of cookies that were kept. UserError
    for what cannot be read or used.
    """
    session, count = logins.take(platform, name, _text_of(file), str(file))
    await book.note_made(platform, name, SessionState.UNKNOWN, "import")
    return session, count


async def remove(book: SessionBook, logins: Logins, platform: str, name: str) -> bool:
    """Delete a login's file, and what is known of it; False where there is none."""
    there = logins.remove(platform, name)
    if there:
        await book.note_made(platform, name, SessionState.UNKNOWN, "removed")
    return there


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(
            f"{file}: not UTF-8: export the cookies as JSON or as cookies.txt"
        ) from None
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}") from error


async def check(
    book: SessionBook, looker: Looker, session: StoredSession
) -> tuple[SessionState, str]:
    """Ask the site. `UNKNOWN`, with the reason, where it did not say: that is our trouble and
    changes nothing that is known.
    """
    try:
        valid = await looker.probe(session.platform, session.name)
    except Failure as failure:
        return SessionState.UNKNOWN, f"{failure.outcome.value}: {failure.detail}"
    await book.seen(
        session.platform,
        session.name,
        valid=valid,
        how="probe",
        detail="" if valid else "the site does not know it",
    )
    return (SessionState.VALID if valid else SessionState.INVALID), ""
