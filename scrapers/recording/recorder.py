"""`mediawatch record`: the ordinary look at one account, with a browser whose pages report what
they heard.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from mediawatch.domain import Account, Failure, Filing, Need, Pace, Sight, UserError
from mediawatch.ports import Gate
from scrapers.browser.pool import Browser, Session, Tab
from scrapers.browser.sessions import sessions_in
from scrapers.recording.case import Answer, Recording
from scrapers.surface import Scraper, link_in, on_host


class ReportingBrowser(Browser):
    """A browser whose tabs report to one recording."""

    recording: Recording

    @asynccontextmanager
    async def tab(
        self,
        session: Session | None,
        *,
        hosts: frozenset[str],
        whole: bool,
        url_keys: frozenset[str] = frozenset(),
        heavy: frozenset[str] = frozenset(),
    ) -> AsyncIterator[Tab]:
        async with super().tab(
            session, hosts=hosts, whole=whole, url_keys=url_keys, heavy=heavy
        ) as tab:
            tab.report_to(self.recording)
            with suppress(
                Failure
            ):  # the site may replace a cookie meanwhile, and the old one is a secret too
                self.recording.left(await tab.storage_state())
            try:
                yield tab
            finally:
                with suppress(Failure):
                    self.recording.left(await tab.storage_state())


class ReportingGate:
    """A gate that tells the recording which surface is being visited."""

    def __init__(self, gate: Gate, recording: Recording) -> None:
        self._gate, self._recording = gate, recording

    async def visit(
        self,
        surface: str,
        session: str,
        pace: Pace,
        see: Callable[[], Awaitable[Sight]],
        *,
        declared_closed: bool = False,
    ) -> Sight | None:
        async def reported() -> Sight:
            self._recording.surface = surface
            return await see()

        return await self._gate.visit(
            surface, session, pace, reported, declared_closed=declared_closed
        )

    async def pause(self, surface: str, session: str, pace: Pace) -> None:
        await self._gate.pause(surface, session, pace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a look gave, and the scrubbed answers that it rests on. `logged_in`: the platforms whose
    logins were in use.
    """

    sights: tuple[Sight, ...]
    answers: tuple[Answer, ...]
    logged_in: tuple[str, ...]


class Recorder:
    """`session`: the name of the login to use, "" for a visitor, None for what a look would
    take.
    """

    def __init__(
        self, browser: ReportingBrowser, sessions: Path, scrapers: Mapping[str, Scraper]
    ) -> None:
        self._browser, self._sessions, self._scrapers = browser, sessions, scrapers

    def account_of(self, url: str) -> Account:
        """An account of which nothing is known but an address. UserError where it is on no
        platform's host.
        """
        link = link_in(url)
        for platform, scraper in self._scrapers.items():
            if on_host(link.hostname, *scraper.hosts):
                return Account(
                    id=0,
                    filed=Filing(name="", platform=platform, url=link.geturl()),
                    links=(link.geturl(),),
                )
        raise UserError(
            f"{url!r} is on no host of {', '.join(self._scrapers)}: give an account of the "
            "registry, or its address"
        )

    async def record(
        self, account: Account, need: Need, gate: Gate, *, session: str | None
    ) -> Recorded:
        """One look. UserError for a platform that cannot be looked at, and for a login that does
        not exist.
        """
        scraper = self._scrapers.get(account.platform)
        if scraper is None:
            raise UserError(
                f"{account.filed.name} is on {account.filed.type or account.platform}, which "
                "only a person can look at"
            )
        if not account.filed.name and scraper.links:
            # Other surfaces would ask by a name that nobody gave.
            need = replace(need, only=scraper.links.name)
        logins = self._logins(scraper, session)
        recording = self._browser.recording = Recording()
        sights = await scraper.look(
            self._browser, logins, account, need, ReportingGate(gate, recording)
        )
        used = {sight.surface for sight in sights if sight.session}
        folders = [
            surface.session_platform or scraper.platform
            for surface in scraper.surfaces
            if surface.name in used
        ]
        return Recorded(
            sights=sights,
            answers=recording.answers(scraper, account, sights),
            logged_in=tuple(dict.fromkeys(folders)),
        )

    def _logins(self, scraper: Scraper, name: str | None) -> list[Session]:
        found = [
            login
            for platform in scraper.session_platforms
            for login in sessions_in(self._sessions, platform)
        ]
        if name is None:
            return found
        chosen = [login for login in found if login.name == name]
        if name and not chosen:
            listed = ", ".join(f"{login.platform}/{login.name}" for login in found) or "none at all"
            raise UserError(f"no login {name!r} for {scraper.platform}; there is {listed}")
        return chosen

    async def close(self) -> None:
        """End the browser."""
        await self._browser.close()
