"""The operator's logins: made, taken in and removed. Implements `ports.Logins`."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediawatch.domain import LoginRequired, UserError
from mediawatch.ports import AccountKey, Modules, NewLogin, StoredSession
from scrapers.browser.limits import Timeouts
from scrapers.browser.sessions import (
    Session,
    approval_of,
    custodian_of,
    moments,
    sessions_in,
    write_new,
    write_notes,
)
from scrapers.declarations import KEY_WORDS
from scrapers.interfaces.keys import read_key, refuse_key, write_key
from scrapers.logins.cookies import storage_state
from scrapers.logins.holders import HolderBook, holder_named

# To list the files needs no browser: what makes a login is imported where it is used.
if TYPE_CHECKING:
    from scrapers.logins.by_hand_or_code import LoginBrowser
    from scrapers.surface import Login


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFiles:
    """`folder` is the home's sessions folder.

    `window` and `headless` find a Chromium when it is needed. UserError where it is missing.
    """

    known: Mapping[str, Login]
    folder: Path
    now: Callable[[], datetime]
    window: Callable[[], Path]
    headless: Callable[[], Path]
    args: tuple[str, ...] = ()
    proxy: str | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    holder_cookies: Mapping[str, str] = field(default_factory=dict)
    """Of the platforms of which a home has one login, the cookie that says whose it is."""

    @property
    def platforms(self) -> tuple[str, ...]:
        return (*self.known, *self.keys)

    @property
    def by_approval(self) -> frozenset[str]:
        return frozenset(self.holder_cookies)

    @property
    def keys(self) -> Mapping[str, str]:
        return KEY_WORDS

    def sessions(self, platform: str | None = None) -> tuple[StoredSession, ...]:
        """See `ports.Logins.sessions`. UserError for a platform that has no login."""
        wanted = self.platforms if platform is None else (self._word(platform),)
        return tuple(
            self._stored(session) for each in wanted for session in sessions_in(self.folder, each)
        )

    async def by_hand(
        self, new: NewLogin, done: Callable[[], Awaitable[None]]
    ) -> tuple[StoredSession, bool]:
        """See `ports.Logins.by_hand`."""
        from scrapers.logins.by_hand_or_code import by_hand

        session = self._session(new.platform, new.name)
        state, known = await by_hand(self._way(self.window()), self._login(new.platform), done)
        return self._keep(session, state, new), known

    async def by_code(
        self, new: NewLogin, show: Callable[[Path, Modules | None], None], limit: float
    ) -> StoredSession:
        """See `ports.Logins.by_code`. The picture lies beside the session's file."""
        from scrapers.logins.by_hand_or_code import by_code

        session = self._session(new.platform, new.name)
        session.state.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        picture = session.state.with_suffix(".qr.png")
        state = await by_code(
            self._way(self.headless()), self._login(new.platform), picture, show, limit
        )
        return self._keep(session, state, new)

    def take(self, new: NewLogin, exported: str, place: str) -> tuple[StoredSession, int]:
        """See `ports.Logins.take`."""
        session = self._session(new.platform, new.name)
        state = self._state_of(new.platform, exported, place)
        return self._keep(session, state, new, place), len(state["cookies"])

    def refuse_export(self, platform: str, exported: str, place: str) -> None:
        """See `ports.Logins.refuse_export`."""
        state = self._state_of(platform, exported, place)
        if platform in self.holder_cookies:
            holder_named(state, self.holder_cookies[platform], place)

    def _state_of(self, platform: str, exported: str, place: str) -> dict[str, Any]:
        return storage_state(exported, self._login(platform).hosts, self.now(), place)

    def refuse_key(self, platform: str, key: AccountKey) -> None:
        """See `ports.Logins.refuse_key`."""
        if platform not in self.keys:
            raise UserError(f"{platform} has no key but a login: `mediawatch login {platform}`")
        refuse_key(key)

    def keep_key(self, new: NewLogin, key: AccountKey) -> StoredSession:
        """See `ports.Logins.keep_key`."""
        session = self._session(new.platform, new.name)
        self.refuse_key(new.platform, key)
        write_key(session.state, key, self.now(), new)
        return self._stored(session)

    def key_of(self, platform: str, name: str) -> AccountKey | None:
        """See `ports.Logins.key_of`."""
        session = self._session(platform, name)
        if platform not in self.keys or not session.state.is_file():
            return None
        try:
            return read_key(session)
        except LoginRequired as error:
            raise UserError(
                f"{error}: remove it by `mediawatch sessions remove {platform} {name}`"
            ) from None

    def assign(self, new: NewLogin) -> bool:
        """See `ports.Logins.assign`."""
        session = self._session(new.platform, new.name)
        if not session.state.is_file():
            return False
        if new.approve is not None and new.platform in self.holder_cookies:
            self._note_own(new.platform)
            new = replace(new, approval=new.approve(self._holder_of(session)))
        try:
            write_notes(session, new)
        except LoginRequired as error:
            raise UserError(f"{error}: log in anew") from None
        return True

    def remove(self, platform: str, name: str) -> bool:
        """Delete the file; False where it is missing."""
        session = self._session(platform, name)
        there = session.state.is_file()
        self._note_own(platform)
        session.state.unlink(missing_ok=True)
        return there

    def own_holder(self, platform: str) -> str:
        """See `ports.Logins.own_holder`."""
        if noted := HolderBook(self.folder).own(platform):
            return noted
        # Of a home that an older version filled nothing is noted yet.
        unapproved = (each for each in self.sessions(platform) if each.approval is None)
        return next((each.holder for each in unapproved if each.holder), "")

    def _note_own(self, platform: str) -> None:
        """Before a login is changed or removed, whose the home's own is must be kept."""
        if platform in self.holder_cookies and (own := self.own_holder(platform)):
            HolderBook(self.folder).keep_own(platform, own)

    def _keep(
        self, session: Session, state: Mapping[str, Any], new: NewLogin, place: str = ""
    ) -> StoredSession:
        """Keep a login that was made, if whose it is may be used. UserError where not."""
        if session.platform not in self.holder_cookies:
            write_new(session.state, state, self.now(), new)
            return self._stored(session)
        self._note_own(session.platform)
        cookie = self.holder_cookies[session.platform]
        holder = HolderBook(self.folder).hash_of(
            state, cookie, place or f"{session.platform}/{session.name}"
        )
        approval = new.approve(holder) if new.approve else new.approval
        if approval is None:
            HolderBook(self.folder).keep_own(session.platform, holder)
        write_new(session.state, state, self.now(), replace(new, approval=approval), holder)
        return self._stored(session)

    def _holder_of(self, session: Session) -> str:
        cookie = self.holder_cookies.get(session.platform)
        if cookie is None:
            return ""
        try:
            return HolderBook(self.folder).holder_of(session, cookie)
        except LoginRequired:
            return ""  # It cannot be read, and so not be used.

    def _stored(self, session: Session) -> StoredSession:
        made, used = moments(session)
        mode = session.state.stat().st_mode & 0o777
        return StoredSession(
            platform=session.platform,
            name=session.name,
            path=session.state,
            mode=mode,
            made_at=made,
            used_at=used,
            custodian=custodian_of(session),
            approval=approval_of(session),
            holder=self._holder_of(session),
            account=_account_of(session),
        )

    def _way(self, chromium: Path) -> LoginBrowser:
        from scrapers.logins.by_hand_or_code import LoginBrowser

        return LoginBrowser(
            chromium=chromium,
            now=self.now,
            args=self.args,
            proxy=self.proxy,
            timeouts=self.timeouts,
        )

    def _word(self, platform: str) -> str:
        if platform not in self.platforms:
            raise UserError(
                f"no login is of use for {platform!r}: give one of {', '.join(self.platforms)}"
            )
        return platform

    def _login(self, platform: str) -> Login:
        if self._word(platform) in self.keys:
            raise UserError(f"{platform} is no page to log in at: its key is entered")
        return self.known[platform]

    def _session(self, platform: str, name: str) -> Session:
        self._word(platform)
        if not re.fullmatch(r"[\w-]{1,40}", name):
            raise UserError(f"the login's name {name!r}: letters, digits, - and _ only, at most 40")
        return Session(platform, name, self.folder / platform / f"{name}.json")


def _account_of(session: Session) -> str:
    """To which account a key is bound, as it was filed then; "" for a login, and an unusable key."""
    if session.platform not in KEY_WORDS:
        return ""
    try:
        key = read_key(session)
    except LoginRequired:
        return ""
    return " ".join(filter(None, (key.name, key.filing_number)))
