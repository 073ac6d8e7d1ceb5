"""How the adapters are put together: browser, scrapers, logins, recorder. They are imported where they are used: Playwright costs
a second that `mediawatch --help` need not pay."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mediawatch import browsers
from mediawatch.ports import Clock, Logins, Looker, SessionWatch
from mediawatch.record import Recorder
from mediawatch.settings import Home, Settings

if TYPE_CHECKING:
    from scrapers.browser import Browser

B = TypeVar("B", bound="Browser")


@dataclass(frozen=True, slots=True)
class Route:
    """A way to the sites that no setting can choose: the replica's proxy, and Chromium's argument that accepts its key."""

    proxy: str
    args: tuple[str, ...] = ()


def looker(home: Home, settings: Settings, clock: Clock, route: Route | None, watch: SessionWatch | None = None) -> Looker:
    """The scrapers of a sweep. UserError where no browser is found."""
    from scrapers import Looks
    from scrapers.browser import Browser
    from scrapers.warm import WarmPages

    lent = browser(Browser, settings, clock, route, home.scratch)
    return Looks(lent, home.sessions, watch=watch, warm=WarmPages(lent))


def dump(home: Home, settings: Settings, target: Path) -> str:
    """A copy of the database as one new file; `sqlite` or `postgresql`. UserError where it cannot be taken."""
    from db import copies

    return copies.dump(home.database_url(settings), target)


def load(home: Home, settings: Settings, source: Path, kind: str) -> None:
    """The database out of such a copy. UserError where there is one already."""
    from db import copies

    copies.load(home.database_url(settings), source, kind)


def logins(home: Home, settings: Settings, clock: Clock, route: Route | None) -> Logins:
    """How logins are made and kept; looks for a browser only when one is made."""
    from scrapers import LOGINS
    from scrapers.logins import Logins as Files

    return Files(
        known=LOGINS,
        folder=home.sessions,
        now=clock,
        window=browsers.find_windowed,
        headless=lambda: browsers.find(settings.browser.executable).path,
        args=route.args if route else (),
        proxy=route.proxy if route else settings.browser.proxy.get_secret_value() or None,
    )


def recorder(home: Home, settings: Settings, clock: Clock, route: Route | None) -> Recorder:
    """The scrapers with a reporting browser. UserError where no browser is found."""
    from scrapers import SCRAPERS
    from scrapers.recorder import Recorder as Recording
    from scrapers.recorder import ReportingBrowser

    return Recording(browser(ReportingBrowser, settings, clock, route, home.scratch), home.sessions, SCRAPERS)


def browser(kind: type[B], settings: Settings, clock: Clock, route: Route | None, scratch: Path | None = None) -> B:
    """A browser of this kind by the settings. UserError where no executable is found."""
    from scrapers.browser import Timeouts

    timeouts = settings.timeouts
    return kind(
        browsers.find(settings.browser.executable).path,
        now=clock,
        args=route.args if route else (),
        proxy=route.proxy if route else settings.browser.proxy.get_secret_value() or None,
        pages=settings.browser.concurrency,
        memory_mb=settings.browser.memory_mb,
        scratch=scratch,
        timeouts=Timeouts(
            launch=timeouts.launch, navigation=timeouts.navigation, reply=timeouts.reply, challenge=timeouts.challenge
        ),
    )  # fmt: skip
