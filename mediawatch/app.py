"""The one composition root: settings -> store, scrapers, engine. The only module that imports both adapters."""

from __future__ import annotations

import asyncio
import fcntl
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mediawatch import browsers, canaries
from mediawatch.canaries import Canaries
from mediawatch.clock import day_end, day_of
from mediawatch.domain import Account, Canary, LookKind, Reading, UserError
from mediawatch.evidence import EvidenceFolder
from mediawatch.pacing import Pacing
from mediawatch.ports import Clock, Logins, Looker, SessionWatch, Shown, Stage, Store, SurfaceFacts
from mediawatch.record import Recorder
from mediawatch.sessions import SessionBook
from mediawatch.settings import Home, Settings, read_settings
from mediawatch.sweep import Engine
from mediawatch.verify import Result, need_at

if TYPE_CHECKING:
    from scrapers.browser import Browser
    from scrapers.replica.cases import Case
    from scrapers.replica.tls import Identity
    from scrapers.replica.world import World

DEMONSTRATION = "演示数据"
"""The mark of a demonstration's home."""
DEMO_LOGINS = frozenset({"weibo", "douyin", "wechat"})
"""Where the demonstration's office has a login."""

_NOWHERE = "http://127.0.0.1:1"
"""A proxy that nobody serves: the Chromium of cases reaches what its contexts' own proxies reach, and nothing else."""
CASE_PATIENCE = 8.0
"""Seconds that a case waits for a call that its page may never make: everything that answers is on this machine."""

B = TypeVar("B", bound="Browser")

# The adapters are imported where they are used: Playwright and SQLAlchemy cost a second that `mediawatch --help` need not pay.


def host_clock() -> datetime:
    """The host's present instant in UTC: the only place that asks the host for the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Route:
    """A way to the sites that no setting can choose: the replica's proxy, and Chromium's argument that accepts its key."""

    proxy: str
    args: tuple[str, ...] = ()


class App:
    """What commands work with. `store` is open; the browser starts with the first look."""

    def __init__(self, home: Home, settings: Settings, store: Store, clock: Clock, route: Route | None = None) -> None:
        self.home = home
        self.settings = settings
        self.store = store
        self.clock = clock
        self.sessions = SessionBook(store, clock)
        """What is known of the operator's logins."""
        self._route = route
        self.pace = settings.sweep.pace
        """Factor on every wait; `demo` and tests set 0, which no setting can."""
        self._looker: Looker | None = None

    def looker(self) -> Looker:
        """The scrapers. UserError where no browser is found."""
        if self._route is None and DEMONSTRATION in self.marks:
            raise UserError(f"{self.home.root} holds a demonstration: its made-up accounts must not be looked for on the real sites")
        if self._looker is None:
            self._looker = _looker(self.home, self.settings, self.clock, self._route, self.sessions)
        return self._looker

    def logins(self) -> Logins:
        """How logins are made, taken in and removed; needs no browser until one is made."""
        return _logins(self.home, self.settings, self.clock, self._route)

    def recorder(self) -> Recorder:
        """The scrapers with a reporting browser of their own; the caller closes it. UserError where no browser is found."""
        return _recorder(self.home, self.settings, self.clock, self._route)

    def engine(self) -> Engine:
        """A sweep's engine with breakers of its own."""
        return Engine(self.store, self.looker(), self.evidence, self.clock, self.pacing(), self.canaries())

    def canaries(self) -> Canaries:
        """The home's 对照账号. UserError where their file is wrong."""
        chosen = self.settings.canaries
        every = timedelta(minutes=chosen.every_minutes)
        return Canaries(listed=canaries.read(self.home.canaries), every_looks=chosen.every_looks, every=every)

    def pacing(self) -> Pacing:
        """A new gate; its pace and breakers last as long as it is used."""
        return Pacing(scale=self.pace)

    @property
    def evidence(self) -> EvidenceFolder:
        return EvidenceFolder(self.home.evidence)

    @property
    def marks(self) -> tuple[str, ...]:
        """What is printed on everything that leaves this home (a demonstration says so)."""
        return self.settings.output.marks

    def supports(self, platform: str) -> bool:
        """Whether the machine can look at accounts of this platform; needs no browser."""
        from scrapers import SCRAPERS

        return platform in SCRAPERS

    def surfaces(self, platform: str) -> tuple[SurfaceFacts, ...]:
        """What the surfaces of a platform declare of themselves; needs no browser."""
        from scrapers import SCRAPERS, declared

        return declared(SCRAPERS[platform].surfaces) if platform in SCRAPERS else ()

    def opens_links(self, platform: str) -> bool:
        """Whether a lone article link of this platform tells whose it is."""
        from scrapers import SCRAPERS

        return platform in SCRAPERS and SCRAPERS[platform].links is not None

    async def close(self) -> None:
        try:
            if self._looker is not None:
                await self._looker.close()
        finally:
            await self.store.close()


@asynccontextmanager
async def opened(
    home: Home, *, settings: Settings | None = None, clock: Clock | None = None, route: Route | None = None
) -> AsyncIterator[App]:
    """The app over a home that exists. UserError where it does not, where its settings are wrong or its database cannot be opened.

    `clock` is the host's unless `verify` or `demo` set it; `route` is given by these two alone.
    """
    from db import open_store

    settings = settings or read_settings(home.require())
    clock = clock or host_clock
    app = App(home, settings, await open_store(home.database_url(settings), clock=clock), clock, route)
    try:
        yield app
    finally:
        await app.close()


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Holds the home's sweep lock; the kernel frees it when the process dies. UserError where another sweep runs."""
    with (home.root / "sweep.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise UserError(f"another sweep runs on {home.root} (process {holder}): wait for its end, or stop it") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@asynccontextmanager
async def staged(home: Home, world_file: Path) -> AsyncIterator[tuple[App, Stage]]:
    """The app of a demonstration: the world's sites behind a local proxy, the office logged in where it has logins.

    UserError for a world that cannot be read; also when any page or scraper asked for a host outside the world.
    """
    from scrapers.replica.server import Replica
    from scrapers.replica.world import World
    from scrapers.sessions import write_state

    world = World.read(world_file)
    as_of = world.as_of or day_end(day_of(host_clock()) - timedelta(days=1))
    clock = clock_from(as_of + timedelta(hours=9))
    async with Replica(world, now=clock, logged_in=DEMO_LOGINS) as replica:
        for platform in DEMO_LOGINS:
            write_state(home.sessions / platform / "demo.json", replica.storage_state(platform))
        async with opened(home, clock=clock, route=Route(replica.proxy, replica.chromium_args)) as app:
            app.pace = 0
            yield app, WorldStage(world, as_of)
        if replica.strangers:
            raise UserError(f"pages or scrapers asked for hosts outside the world: {', '.join(sorted(replica.strangers))}")


def clock_from(start: datetime) -> Clock:
    """A clock that starts at another moment and runs as fast as the host's."""
    began = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


async def verify(paths: Sequence[Path], settings: Settings) -> AsyncIterator[Result]:
    """Run recorded cases through the real scrapers in a real browser, some at a time; results in the cases' order.

    UserError, before any case is run, where a case cannot be read.
    """
    from scrapers.browser import Browser
    from scrapers.replica.cases import Case, case_folders
    from scrapers.replica.server import hosts_of
    from scrapers.replica.tls import identity

    cases = [Case.read(folder) for folder in case_folders(paths)]
    for case in cases:
        Result.check(case.name, case.expect)
    turns = asyncio.Semaphore(settings.browser.concurrency)
    quick = {"reply": min(settings.timeouts.reply, CASE_PATIENCE), "challenge": min(settings.timeouts.challenge, CASE_PATIENCE)}
    settings = settings.model_copy(update={"timeouts": settings.timeouts.model_copy(update=quick)})

    key = identity(hosts_of(cases))
    host = _browser(Browser, settings, host_clock, Route(_NOWHERE, key.chromium_args))

    async def run(case: Case) -> Result:
        async with turns:
            return Result.of(case.name, case.expect, await _read_case(case, host, key))

    runs = [asyncio.ensure_future(run(case)) for case in cases]
    try:
        for pending in runs:
            yield await pending
    finally:
        for pending in runs:
            pending.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
        await host.close()


async def _read_case(case: Case, host: Browser, key: Identity) -> Reading:
    """One look at a case's account. The clock stands at its as_of; it has contexts, sessions and a proxy of its own."""
    from scrapers import Looks
    from scrapers.browser import Browser
    from scrapers.replica import Replica, World
    from scrapers.sessions import write_state

    account = Account(id=0, filed=case.filed, links=case.filed.article_links)
    with tempfile.TemporaryDirectory(prefix="mediawatch-case-") as folder:
        home = Home.at(folder)
        async with Replica(World(), now=lambda: case.as_of, logged_in=case.sessions, overlay=case, key=key) as replica:
            for platform in case.sessions:
                write_state(home.sessions / platform / "case.json", replica.storage_state(platform))
            browser = Browser(None, now=lambda: case.as_of, proxy=replica.proxy, timeouts=host.timeouts, host=host)
            looker = Looks(browser, home.sessions)
            try:
                sights = await looker.look(account, need_at(case.as_of), Pacing(scale=0))
            finally:
                await looker.close()
    return Reading(account_id=0, look=LookKind.FIRST, started_at=case.as_of, read_at=case.as_of, sights=sights)


class WorldStage:
    """Implements `demo.Stage` over a world of the replica."""

    def __init__(self, world: World, as_of: datetime) -> None:
        self.as_of = as_of
        self._world = world

    def registry(self) -> Sequence[Mapping[str, str]]:
        """The office's table."""
        return self._world.filed_rows()

    def canaries(self) -> Sequence[Canary]:
        """A sound account of every platform, as an office would name one: made up like the whole world."""
        return [canary for platform in sorted({account.platform for account in self._world.accounts if account.platform})
                for canary in self._sound(platform)[:1]]  # fmt: skip

    def _sound(self, platform: str) -> list[Canary]:
        """Accounts that anybody can see posting day by day; a WeChat one with a link."""
        found = []
        posting = [account for account in self._world.of(platform) if account.posts]
        for account in sorted(posting, key=lambda each: each.posts[0].at, reverse=True):
            fresh = day_of(self.as_of) - day_of(account.posts[0].at) <= timedelta(days=2)
            plain = account.name == account.filed["name"] and not account.visitors_miss and account.searchable
            if account.truth.value == "alive" and fresh and plain:
                found.append(
                    Canary(
                        platform=platform, platform_id=account.id, name=account.name, source="演示数据", url=account.filed.get("url", ""),
                        original_id=account.original_id if platform == "wechat" else "", article_links=account.known_links,
                    )
                )  # fmt: skip
        return sorted(found, key=lambda canary: not canary.article_links)

    def look_up(self, name: str, type: str) -> Shown | None:
        """What a person finds: the truth, as the platform's own pages would show it."""
        meant = [account for account in self._world.accounts if (account.filed["name"], account.filed["type"]) == (name, type)]
        for account in meant if len(meant) == 1 else ():
            if account.platform:
                found = account.truth.value if account.truth.value in ("cancelled", "banned", "empty") else "ok"
                state = "not_found" if account.truth.value == "gone" else found
                return Shown(
                    state=state,
                    name=account.name,
                    id=next(filter(None, (account.filed[key] for key in ("original_id", "alias", "platform_id"))), account.name),
                    days=tuple(day_of(post.at) for post in account.posts),
                )
        return None


def _looker(home: Home, settings: Settings, clock: Clock, route: Route | None, watch: SessionWatch | None = None) -> Looker:
    from scrapers import Looks
    from scrapers.browser import Browser

    return Looks(_browser(Browser, settings, clock, route), home.sessions, watch=watch)


def _logins(home: Home, settings: Settings, clock: Clock, route: Route | None) -> Logins:
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


def _recorder(home: Home, settings: Settings, clock: Clock, route: Route | None) -> Recorder:
    from scrapers import SCRAPERS
    from scrapers.recorder import Recorder as Recording
    from scrapers.recorder import ReportingBrowser

    return Recording(_browser(ReportingBrowser, settings, clock, route), home.sessions, SCRAPERS)


def _browser(kind: type[B], settings: Settings, clock: Clock, route: Route | None) -> B:
    from scrapers.browser import Timeouts

    timeouts = settings.timeouts
    return kind(
        browsers.find(settings.browser.executable).path,
        now=clock,
        args=route.args if route else (),
        proxy=route.proxy if route else settings.browser.proxy.get_secret_value() or None,
        pages=settings.browser.concurrency,
        timeouts=Timeouts(
            launch=timeouts.launch, navigation=timeouts.navigation, reply=timeouts.reply, challenge=timeouts.challenge
        ),
    )  # fmt: skip
