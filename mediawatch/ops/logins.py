"""The state of the operator's logins.

It is noted when a login is made, probed or seen in a page, and read before each look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mediawatch.domain import Failure, LoginRequired, SessionEvent, SessionState, UserError
from mediawatch.inputs import InputFault, read_text
from mediawatch.ports import (
    AccountKey,
    Clock,
    Logins,
    Looker,
    Modules,
    NewLogin,
    Store,
    StoredSession,
)

_REMEMBERED = 2.0
"""Seconds for which the store's answer is used again.

It is needed before each look, and a login by another process can wait so long.
"""
UNUSED = timedelta(days=30)
"""A login that was not used for so long is told: it should go, or serve."""
LONGEST_NAME = 40


class SessionBook:
    """Implements `ports.SessionWatch` over the store's events; the newest one of a login counts.

    `announce` is called when a login has turned invalid, to send alerts. `why_barred` tells by the name
    of a platform's login why it must not be used.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        announce: Callable[[], Awaitable[None]] | None = None,
        why_barred: Callable[[str], Mapping[str, str]] = lambda platform: {},
    ) -> None:
        self._store, self._clock, self._announce = store, clock, announce
        self.why_barred = why_barred
        self.only: frozenset[tuple[str, str]] | None = None
        """Of a worker, the logins (platform and name) that it was given; None: all."""
        self._noting = asyncio.Lock()
        self._left_out: set[tuple[str, str]] = set()
        self._remembered: dict[str, tuple[float, dict[str, SessionEvent]]] = {}
        """By platform: the event loop's second of the store's answer, and the answer."""
        self._notes = 0

    async def usable(self, platform: str, names: Sequence[str]) -> tuple[str, ...]:
        """See `ports.SessionWatch.usable`. Logs once a run that a login is left out."""
        if self.only is not None:
            names = [name for name in names if (platform, name) in self.only]
        last = await self._lately(platform)
        invalid = {
            name for name in names if name in last and last[name].state is SessionState.INVALID
        }
        barred = self.why_barred(platform)
        for name in sorted(invalid):
            self._say_left_out(platform, name, since=last[name].at.isoformat())
        for name in (name for name in names if name in barred and name not in invalid):
            self._say_left_out(platform, name, why=barred[name])
        return tuple(name for name in names if name not in invalid and name not in barred)

    async def note_state(
        self, platform: str, name: str, *, valid: bool, how: str, detail: str = ""
    ) -> None:
        """See `ports.SessionWatch.note_state`."""
        state = SessionState.VALID if valid else SessionState.INVALID
        async with self._noting:
            known = (await self._lately(platform)).get(name)
            if known is not None and known.state is state:
                return
            await self._note(platform, name, state, how, detail)
        self._left_out.discard((platform, name))
        if not valid:
            # It is announced here, so `usable` need not log again that it is left out.
            self._left_out.add((platform, name))
            _warn(
                "session invalid",
                platform=platform,
                session=name,
                detail=detail,
                remedy=_remedy(platform, name),
            )
            if self._announce is not None:
                await self._announce()

    async def note_made(self, platform: str, name: str, state: SessionState, how: str) -> None:
        """A login was made or imported: what is known of an older one of this name is void."""
        async with self._noting:
            await self._note(platform, name, state, how, "")

    async def last(self, platform: str | None = None) -> dict[str, SessionEvent]:
        """The newest event of each login by name; with `platform` None by `platform/name`."""
        events = await self._store.operator.session_events(platform)
        return {
            event.name if platform else f"{event.platform}/{event.name}": event for event in events
        }

    async def _lately(self, platform: str) -> dict[str, SessionEvent]:
        """As `last`, but at most two seconds old; what this book notes counts at once."""
        now = asyncio.get_running_loop().time()
        asked, events = self._remembered.get(platform, (-_REMEMBERED, {}))
        if now - asked >= _REMEMBERED:
            notes = self._notes
            events = await self.last(platform)
            # A note that was made meanwhile would be newer than this answer.
            if notes == self._notes:
                self._remembered[platform] = now, events
        return events

    async def _note(
        self, platform: str, name: str, state: SessionState, how: str, detail: str
    ) -> None:
        known = (await self.last(platform)).get(name)
        # A host's clock that was set back must not make an older event the newest.
        at = max(self._clock(), known.at) if known else self._clock()
        await self._store.operator.add_session_event(
            SessionEvent(platform=platform, name=name, at=at, state=state, how=how, detail=detail)
        )
        self._notes += 1
        self._remembered.pop(platform, None)

    def _say_left_out(self, platform: str, name: str, **why: str) -> None:
        """Log it once a run. What is barred needs an approval, all else a new login."""
        if (platform, name) not in self._left_out:
            self._left_out.add((platform, name))
            remedy = {} if "why" in why else {"remedy": _remedy(platform, name)}
            _warn("session left out", platform=platform, session=name, **why, **remedy)


def _warn(event: str, **values: str) -> None:
    # Imported here: every command loads this file, and few log anything.
    from mediawatch.log import get_logger

    get_logger(__name__).warning(event, **values)


def _remedy(platform: str, name: str) -> str:
    return f"mediawatch login {platform} --name {name}"


@dataclass(frozen=True, slots=True)
class ListedLogin:
    """One login with its newest event; None where no event is known yet."""

    session: StoredSession
    event: SessionEvent | None
    why_barred: str = ""
    """Why it must not be used; "" where it may."""

    @property
    def state(self) -> SessionState:
        return self.event.state if self.event else SessionState.UNKNOWN

    @property
    def last_use(self) -> datetime:
        """When it was last used, else when it was made."""
        return self.session.used_at or self.session.made_at

    def is_unused(self, now: datetime) -> bool:
        return now - self.last_use >= UNUSED


async def list_logins(
    book: SessionBook, logins: Logins, platform: str | None = None
) -> list[ListedLogin]:
    """The logins of this home. UserError for a platform that has no logins."""
    last = await book.last()
    return [
        ListedLogin(
            each,
            last.get(f"{each.platform}/{each.name}"),
            book.why_barred(each.platform).get(each.name, ""),
        )
        for each in logins.sessions(platform)
    ]


def custodian_for(logins: Logins, platform: str, name: str, given: str | None) -> str | None:
    """Who will answer for a login that is made now; None where that must be asked.

    A renewed login keeps its custodian. UserError for a name that is none.
    """
    if given is None:
        known = [each for each in logins.sessions(platform) if each.name == name]
        return (known[0].custodian or None) if known else None
    named = given.strip()
    if not named or len(named) > LONGEST_NAME or not named.isprintable():
        raise UserError(
            f"--custodian {given[:LONGEST_NAME]!r}: give the name of the person (保管人), at most "
            f"{LONGEST_NAME} letters"
        )
    return named


async def log_in_by_hand(
    book: SessionBook, logins: Logins, new: NewLogin, done: Callable[[], Awaitable[None]]
) -> tuple[StoredSession, SessionState]:
    """Log in in a window: the operator says when it is done, the site whether it succeeded.

    UserError where nothing was kept.
    """
    session, known = await logins.by_hand(new, done)
    state = SessionState.VALID if known else SessionState.UNKNOWN
    await book.note_made(new.platform, new.name, state, "login")
    return session, state


async def log_in_by_code(
    book: SessionBook,
    logins: Logins,
    new: NewLogin,
    show: Callable[[Path, Modules | None], None],
    limit: float,
) -> StoredSession:
    """Log in by the site's QR code within `limit` seconds. UserError where nothing was kept."""
    session = await logins.by_code(new, show, limit)
    await book.note_made(new.platform, new.name, SessionState.VALID, "login")
    return session


async def take(
    book: SessionBook, logins: Logins, new: NewLogin, file: Path
) -> tuple[StoredSession, int]:
    """Import a browser's exported cookies; returns the login and the number of cookies kept.

    UserError for what cannot be read or used.
    """
    session, count = logins.take(new, read_export(logins, new.platform, file), str(file))
    await book.note_made(new.platform, new.name, SessionState.UNKNOWN, "import")
    return session, count


async def take_key(
    book: SessionBook, logins: Logins, new: NewLogin, key: AccountKey
) -> StoredSession:
    """Keep the key of one account that the office itself runs. UserError as `refuse_key`."""
    refuse_key(logins, new.platform, new.name, key)
    session = logins.keep_key(new, key)
    await book.note_made(new.platform, new.name, SessionState.UNKNOWN, "key")
    return session


def refuse_key(logins: Logins, platform: str, name: str, key: AccountKey) -> None:
    """UserError for a key of another shape.

    UserError, too, where the name is another key's, or the key is kept under another name.
    """
    logins.refuse_key(platform, key)
    for each in logins.sessions(platform):
        kept = logins.key_of(platform, each.name)
        if kept is not None and (each.name == name) != (kept.app_id == key.app_id):
            place = f"{platform} {each.name} ({each.account})"
            raise UserError(
                f"the name {name} is that of another key, {place}: give this one another --name"
                if each.name == name
                else f"this AppID is kept already as {place}: name that one by --name {each.name}"
            )


async def remove(book: SessionBook, logins: Logins, platform: str, name: str) -> bool:
    """Delete a login's file and its events; False where there is no such login."""
    there = logins.remove(platform, name)
    if there:
        await book.note_made(platform, name, SessionState.UNKNOWN, "removed")
    return there


async def remove_all(book: SessionBook, logins: Logins) -> list[StoredSession]:
    """Delete every login of this home; returns what they were."""
    found = list(logins.sessions())
    for each in found:
        await remove(book, logins, each.platform, each.name)
    return found


def read_export(logins: Logins, platform: str, file: Path) -> str:
    """The text of a browser's exported cookies. UserError where they cannot be read or used."""
    try:
        text = read_text(file)
    except InputFault as fault:
        raise UserError(f"{fault}; or export the cookies anew as JSON or as cookies.txt") from None
    logins.refuse_export(platform, text, str(file))
    return text


async def check(
    book: SessionBook, looker: Looker, session: StoredSession
) -> tuple[SessionState, str]:
    """Ask the site whether it knows the login.

    `UNKNOWN`, with the reason, where the site did not say. That is our trouble, and changes nothing
    that is known. A login that must not be used is not tried.
    """
    if barred := book.why_barred(session.platform).get(session.name):
        return SessionState.UNKNOWN, barred
    why = ""
    try:
        valid = await looker.probe(session.platform, session.name)
    except LoginRequired as refusal:
        valid, why = False, refusal.detail
    except Failure as failure:
        return SessionState.UNKNOWN, f"{failure.outcome.value}: {failure.detail}"
    await book.note_state(
        session.platform,
        session.name,
        valid=valid,
        how="probe",
        detail="" if valid else why or "the site does not know it",
    )
    return (SessionState.VALID, "") if valid else (SessionState.INVALID, why)
