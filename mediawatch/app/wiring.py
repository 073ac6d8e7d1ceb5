"""How the adapters are put together: browser, scrapers, logins, recorder.

They are imported where they are used: Playwright costs a second that `mediawatch --help` need not
pay.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mediawatch.domain import UserError
from mediawatch.ops import install_browser
from mediawatch.ops.evidence import DiskPlace, EvidenceFolder, EvidencePlace
from mediawatch.ops.evidence.known_places import known_number
from mediawatch.ops.settings import Home, Settings
from mediawatch.ports import Clock, Logins, SessionWatch

if TYPE_CHECKING:
    from db.tasks.queue import LookQueue
    from mediawatch.ops.record import LookRecorder
    from scrapers.browser.pool import Browser
    from scrapers.platforms import SiteLooker

B = TypeVar("B", bound="Browser")
DEMONSTRATION = "演示数据"
"""The mark of a demonstration's home.

It stands in the settings, and as a file, which stays when the settings are changed.
"""


@dataclass(frozen=True, slots=True)
class Route:
    """A way to the sites that no setting can choose.

    It is the replica's proxy, Chromium's argument that accepts its key, and (PEM) what calls
    without a page accept it by.
    """

    proxy: str
    args: tuple[str, ...] = ()
    authority: bytes = b""


def is_demonstration(home: Home, settings: Settings) -> bool:
    """Whether the home's accounts are made up."""
    return DEMONSTRATION in settings.output.marks or (home.root / DEMONSTRATION).exists()


def check_route(home: Home, settings: Settings, route: Route | None) -> None:
    """The guard before every browser for looks, recordings or logins.

    UserError for a demonstration's home without a route to its own world.
    """
    if route is None and is_demonstration(home, settings):
        raise UserError(
            f"{home.root} holds a demonstration: its made-up accounts must not be looked for "
            "on the real sites"
        )


def looker(
    home: Home,
    settings: Settings,
    clock: Clock,
    route: Route | None,
    watch: SessionWatch | None = None,
) -> SiteLooker:
    """The scrapers of a sweep. UserError where no browser is found, and by `check_route`."""
    check_route(home, settings, route)
    from scrapers.browser.pool import Browser
    from scrapers.browser.shared_pages import SharedPages
    from scrapers.platforms import SiteLooker

    lent = browser(Browser, settings, clock, route, home.scratch)
    return SiteLooker(
        lent, home.sessions, watch=watch, pages=SharedPages(lent, settings.browser.sites)
    )


async def open_tasks(home: Home, settings: Settings) -> LookQueue:
    """The queue of looks of the home's database, its tables made or brought up to date.

    UserError where the database is no PostgreSQL, or does not answer.
    """
    from db.engine import file_of, normal_url

    url = normal_url(home.database_url(settings))
    if file_of(url):
        raise UserError(
            f"{home.config}: workers share a PostgreSQL database, and this home's is an SQLite "
            "file: bring it to one by `mediawatch database move --to URL`, or name the "
            "coordinator's in [database] url (docs/workers.md)"
        )
    # Imported late: the engine of the queue takes half a second.
    from db.tasks.queue import open_queue
    from db.tasks.schema import prepare

    await asyncio.to_thread(prepare, url)
    return await open_queue(url)


def evidence(
    home: Home, settings: Settings, owner: str, *, for_another: bool = False
) -> EvidenceFolder:
    """Where the settings say that the evidence lies. `owner`: the home's id. `for_another`: the
    coordinator's folder has taken the place.

    UserError where the settings of a storage are not whole. Nothing is asked of the place yet.
    """
    place = settings.evidence.place
    if not place:
        return EvidenceFolder(home.evidence)
    found = evidence_place(settings, place)
    number = None if for_another else known_number(home.root, found.location)
    return EvidenceFolder(found, owner, number)


def evidence_place(settings: Settings, place: str) -> EvidencePlace:
    """A folder, or a bucket by the settings' keys. UserError as for `evidence`."""
    if not place.startswith("s3://"):
        return DiskPlace(Path(place))
    # Imported here: few homes have one.
    from mediawatch.ops.evidence.bucket import BucketAddress, BucketPlace

    chosen = settings.evidence
    needed = {
        "endpoint": chosen.endpoint,
        "access_key": chosen.access_key.get_secret_value(),
        "secret_key": chosen.secret_key.get_secret_value(),
    }
    if missing := [key for key, value in needed.items() if not value]:
        raise UserError(
            f"evidence in {place} needs [evidence] {', '.join(missing)}: in mediawatch.toml, or "
            f"by MEDIAWATCH_EVIDENCE__{missing[0].upper()}"
        )
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    return BucketPlace(
        BucketAddress(bucket=bucket, prefix=prefix.strip("/"), region=chosen.region, **needed)
    )


def dump(home: Home, settings: Settings, target: Path) -> str:
    """A copy of the database as one new file; `sqlite` or `postgresql`. UserError where it cannot
    be taken.
    """
    from db import copies

    return copies.dump(home.database_url(settings), target)


def load(url: str, source: Path, kind: str) -> None:
    """Put the database back from such a copy.

    UserError where a database is there already, and where the copy is not ours.
    """
    from db import copies

    copies.load(url, source, kind)


def logins(home: Home, settings: Settings, clock: Clock, route: Route | None) -> Logins:
    """How logins are made and kept; looks for a browser, behind `check_route`, only when one is
    made.
    """
    from scrapers.declarations import LOGINS_BY_APPROVAL, LoginsByWord
    from scrapers.logins.store import LoginFiles

    def found(find: Callable[[], Path]) -> Path:
        check_route(home, settings, route)
        return find()

    return LoginFiles(
        known=LoginsByWord(),
        holder_cookies=LOGINS_BY_APPROVAL,
        folder=home.sessions,
        now=clock,
        window=lambda: found(install_browser.find_windowed),
        headless=lambda: found(lambda: install_browser.find(settings.browser.executable).path),
        args=route.args if route else (),
        proxy=_proxy(settings, route),
    )


def recorder(home: Home, settings: Settings, clock: Clock, route: Route | None) -> LookRecorder:
    """The scrapers with a reporting browser. UserError where no browser is found, and by
    `check_route`.
    """
    check_route(home, settings, route)
    from scrapers.platforms import SCRAPERS
    from scrapers.recording.recorder import LoggingBrowser, SiteRecorder

    return SiteRecorder(
        browser(LoggingBrowser, settings, clock, route, home.scratch), home.sessions, SCRAPERS
    )


async def why_unreachable(
    platforms: Collection[str], settings: Settings, route: Route | None
) -> str:
    """Why none of these platforms can be reached, as an English clause.

    "" where one can be reached, or where that is unknown.
    """
    from scrapers.browser.network import unreachable
    from scrapers.platforms import SCRAPERS

    fronts = [SCRAPERS[platform].front for platform in platforms if platform in SCRAPERS]
    return await unreachable(fronts, _proxy(settings, route)) if all(fronts) else ""


def _proxy(settings: Settings, route: Route | None) -> str | None:
    return route.proxy if route else settings.browser.proxy.get_secret_value() or None


def browser(
    kind: type[B],
    settings: Settings,
    clock: Clock,
    route: Route | None,
    scratch: Path | None = None,
) -> B:
    """A browser of this kind by the settings. UserError where no executable is found."""
    from scrapers.browser.pool import Launch, Timeouts

    timeouts = settings.timeouts
    launch = Launch(
        install_browser.find(settings.browser.executable).path,
        args=route.args if route else (),
        authority=route.authority if route else b"",
        proxy=_proxy(settings, route),
        scratch=scratch,
        timeouts=Timeouts(
            launch=timeouts.launch,
            navigation=timeouts.navigation,
            reply=timeouts.reply,
            challenge=timeouts.challenge,
        ),
    )
    return kind(
        launch,
        now=clock,
        pages=settings.browser.concurrency,
        memory_mb=settings.browser.memory_mb,
    )
