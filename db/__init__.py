"""The database adapter: the only code that knows SQL.

`open_store` is all that the rest of the product calls.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from db.engine import BUSY_TIMEOUT, normal_url
from db.errors import NewerDatabase, StoreBusy, StoreError
from db.migrate import Safeguard, upgrade
from db.store import SqlStore
from mediawatch.ports import Clock, Store

__all__ = ["NewerDatabase", "Safeguard", "StoreBusy", "StoreError", "open_store"]


def _host_clock() -> datetime:
    return datetime.now(UTC)


async def open_store(
    url: str,
    *,
    clock: Clock = _host_clock,
    busy_timeout: float = BUSY_TIMEOUT,
    safeguard: Safeguard | None = None,
) -> Store:
    """The store at this URL, its tables brought up to date.

    `url` is `sqlite:////path/file.db` or `postgresql+psycopg://…`. `safeguard`: what is done before
    tables are changed. `clock` dates what the core gives without a date (learned links).
    `busy_timeout`: seconds to wait for another process.

    Raises NewerDatabase, StoreBusy or StoreError, all of them UserError.
    """
    await asyncio.to_thread(upgrade, url, busy_timeout, safeguard)
    return SqlStore(normal_url(url), clock, busy_timeout)
