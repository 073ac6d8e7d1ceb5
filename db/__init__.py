"""The database adapter: the only code that knows SQL.

`open_store` and `open_pace` are all that the rest of the product calls.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from db.engine import BUSY_TIMEOUT, file_of, normal_url
from db.errors import NewerDatabase, NotWritable, StoreBusy, StoreError
from db.migrate import Safeguard, is_current, upgrade
from db.store import CopiedStore, SqlStore
from db.unwritable import copy_to_read, frozen
from mediawatch.ports import Clock, Store

# Few commands visit a site.
if TYPE_CHECKING:
    from db.pace import PaceRows

__all__ = [
    "NewerDatabase",
    "NotWritable",
    "Safeguard",
    "StoreBusy",
    "StoreError",
    "open_pace",
    "open_store",
]


def _host_clock() -> datetime:
    return datetime.now(UTC)


async def open_store(
    url: str,
    *,
    clock: Clock = _host_clock,
    busy_timeout: float = BUSY_TIMEOUT,
    safeguard: Safeguard | None = None,
    patience: float = 0,
) -> Store:
    """The store at this URL, its tables brought up to date.

    `url` is `sqlite:////path/file.db` or `postgresql+psycopg://…`. `safeguard`: what is done before
    tables are changed. `clock` dates what the core gives without a date (learned links).
    `busy_timeout`: seconds to wait for another process. `patience`: seconds to wait for a
    PostgreSQL that, once the store is open, does not answer any more.

    Where an SQLite file cannot be written, the store reads it, or a copy, and standard error says
    so; its writing methods raise NotWritable.

    Raises NewerDatabase, StoreBusy or StoreError, all of them UserError.
    """
    store = SqlStore(normal_url(url), clock, busy_timeout, patience=patience)
    try:
        await asyncio.to_thread(upgrade, url, busy_timeout, safeguard, store.transactions.engine)
    except NotWritable as error:
        return await asyncio.to_thread(_open_for_reading, normal_url(url), clock, error)
    return store


def open_pace(url: str, *, busy_timeout: float = BUSY_TIMEOUT) -> PaceRows | None:
    """The rows of the pace that the processes of a database share, whose store was opened before.

    None for SQLite, which serves one process. The caller closes it.
    """
    parsed = normal_url(url)
    if file_of(parsed) is not None:
        return None
    from db.pace import PaceRows

    return PaceRows(parsed, busy_timeout)


def _open_for_reading(url: URL, clock: Clock, why: NotWritable) -> Store:
    file = file_of(url)
    if file is None or not file.is_file() or not file.stat().st_size:
        raise why
    if (as_it_is := frozen(url)) and is_current(as_it_is):
        sys.stderr.write(f"mediawatch: {why}; until then it is only read\n")
        return SqlStore(as_it_is, clock, unwritable=str(why))
    folder = copy_to_read(url)
    if folder is None:
        raise NotWritable(f"{why}; nor is there a disk with room for a copy that could be read")
    copy = url.set(database=str(Path(folder.name) / file.resolve().name))
    try:
        upgrade(copy.render_as_string(), safeguard=Safeguard(copy=False))
    except StoreError:
        folder.cleanup()
        raise
    sys.stderr.write(f"mediawatch: {why}; until then a copy in {folder.name} is read\n")
    return CopiedStore(copy, clock, folder, why)
