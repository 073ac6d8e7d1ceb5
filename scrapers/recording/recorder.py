"""`mediawatch record`: the ordinary look at one account, with tabs that log what they receive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from mediawatch.domain import Account, Failure, Filing, Need, Sight, UserError
from mediawatch.ports import Gate, See, Visit
from scrapers.browser.pool import Browser, PageRules, Session, Tab
from scrapers.browser.sessions import sessions_in
from scrapers.browser.traffic_log import TrafficLog
from scrapers.interfaces.calls import InterfaceCalls
from scrapers.look import LookTask, look
from scrapers.recording.case import CaseAnswer, answers_of
from scrapers.surface import Scraper
from scrapers.urls import link_in, on_host


class LoggingBrowser(Browser):
    """A browser whose tabs write to one log."""

    log: TrafficLog

    @asynccontextmanager
    async def tab(self, session: Session | None, rules: PageRules) -> AsyncIterator[Tab]:
        async with super().tab(session, rules) as tab:
            tab.log_to(self.log)
            with suppress(
                Failure
            ):  # the site may replace a cookie meanwhile, and the old one is a secret too
                self.log.add_state(await tab.storage_state())
            try:
                yield tab
            finally:
                with suppress(Failure):
                    self.log.add_state(await tab.storage_state())

    @asynccontextmanager
    async def interface(self, session: Session) -> AsyncIterator[InterfaceCalls]:
        async with super().interface(session) as calls:
            calls.log = self.log
            yield calls


@dataclass(frozen=True, slots=True)
class LoggingGate:
    """A gate that tells the log which surface is being visited."""

    gate: Gate
    log: TrafficLog

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        def logged() -> Awaitable[Sight]:
            self.log.surface = visit.surface
            return see()

        return await self.gate.visit(visit, logged)

    async def pause(self, visit: Visit) -> None:
        await self.gate.pause(visit)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLook:
    """What a look gave, and the scrubbed answers that it rests on.

    `logged_in`: the platforms whose logins were in use.
    """

    sights: tuple[Sight, ...]
    answers: tuple[CaseAnswer, ...]
    logged_in: tuple[str, ...]


class SiteRecorder:
    """`session`: the name of the login to use.

    "" for a visitor, None for what a look would take.
    """

    def __init__(
        self, browser: LoggingBrowser, sessions: Path, scrapers: Mapping[str, Scraper]
    ) -> None:
        self._browser, self._sessions, self._scrapers = browser, sessions, scrapers

    def account_of(self, url: str) -> Account:
        """An account known by nothing but an address.

        UserError where it is on no platform's host.
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
    ) -> RecordedLook:
        """Make one look.

        UserError for a platform that cannot be looked at, and for a login that does not exist.
        """
        scraper = self._scrapers.get(account.platform)
        if scraper is None:
            raise UserError(
                f"{account.filed.name} is on {account.filed.type or account.platform}, which "
                "only a person can look at"
            )
        if not account.filed.name and scraper.links:
            # Other surfaces would ask by a name that was not given.
            need = replace(need, only=scraper.links.name)
        logins = self._logins(scraper, session)
        log = self._browser.log = TrafficLog()
        sights = await look(
            LookTask(scraper, self._browser, logins, account, need, LoggingGate(gate, log))
        )
        used = {sight.surface for sight in sights if sight.session}
        folders = [
            surface.session_platform or scraper.platform
            for surface in scraper.surfaces
            if surface.name in used
        ]
        return RecordedLook(
            sights=sights,
            answers=answers_of(log, scraper, account, sights),
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
