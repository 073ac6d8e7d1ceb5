"""The one composition root: settings -> store, scrapers, clock. The only module that imports both adapters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from mediawatch import browsers
from mediawatch.ports import Clock, Looker, Store
from mediawatch.settings import Home, Settings, read_settings


def host_clock() -> datetime:
    """The host's present instant in UTC: the only place that asks the host for the time."""
    return datetime.now(UTC)


class App:
    """What commands work with. `store` is open; the browser starts with the first look."""

    def __init__(self, home: Home, settings: Settings, store: Store, clock: Clock) -> None:
        self.home = home
        self.settings = settings
        self.store = store
        self.clock = clock
        self._looker: Looker | None = None

    def looker(self) -> Looker:
        """The scrapers. UserError where no browser is found."""
        if self._looker is None:
            self._looker = _looker(self.home, self.settings, self.clock)
        return self._looker

    async def close(self) -> None:
        if self._looker is not None:
            await self._looker.close()
        await self.store.close()


@asynccontextmanager
async def opened(home: Home, *, settings: Settings | None = None, clock: Clock | None = None) -> AsyncIterator[App]:
    """The app over a home that exists. UserError where it does not, or where its settings are wrong."""
    import db

    settings = settings or read_settings(home.require())
    clock = clock or host_clock
    app = App(home, settings, await db.open_store(home.database_url(settings), clock=clock), clock)
    try:
        yield app
    finally:
        await app.close()


def _looker(home: Home, settings: Settings, clock: Clock) -> Looker:
    # Imported late: Playwright costs a third of a second, which `mediawatch show` need not pay.
    import scrapers

    raise NotImplementedError(scrapers, browsers)
