"""Stores for tests: `store` is a fresh SQLite one; `database_url` and `any_store` come once for
each database.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from samples import NOW
from sqlalchemy import URL, Engine, create_engine, event

import db
from db import schema_check
from db.engine import BUSY_TIMEOUT, file_of, make_private, migration_engine, normal_url
from db.migrate import Safeguard, upgrade
from mediawatch.ports import Store


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In short PostgreSQL gets the tests of tests/db, and of a table of cases there the first one.

    The statements of the others are the same: it gets them at full size.
    """
    seen = set[str]()
    for item in items:
        if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
            continue
        given = item.callspec.params
        if "postgresql" in (given.get("migrated_url"), given.get("database_url")):
            table = item.nodeid.partition("[")[0]
            of_db = item.path.parent.name == "db" and item.path.stem != "test_known"
            if (len(given) > 1 and table in seen) or not of_db:
                item.add_marker(pytest.mark.soak)
            seen.add(table)


@pytest.fixture(scope="session", autouse=True)
def _migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new SQLite database that this process opens begins as a copy of one that was migrated from
    nothing: a tenth of a CPU second each.

    What migrations do is tested where they are called by name, and by every command that is a
    process of its own.
    """

    @cache
    def migrated() -> bytes:
        file = tmp_path_factory.mktemp("migrated") / "first.db"
        url = f"sqlite:///{file}"
        upgrade(url)
        engine = migration_engine(normal_url(url))
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return file.read_bytes()

    def begun(
        url: str,
        busy_timeout: float = BUSY_TIMEOUT,
        safeguard: Safeguard | None = None,
        asked: Engine | None = None,
    ) -> None:
        file = file_of(normal_url(url))
        if file and file.parent.is_dir() and not file.exists():
            # Whole at once: another thread may open the same file.
            part = file.with_name(f".{file.name}.{uuid4().hex}")
            make_private(part)
            part.write_bytes(migrated())
            try:
                file.hardlink_to(part)
                return  # it is up to date
            except FileExistsError:
                pass
            finally:
                part.unlink()
        upgrade(url, busy_timeout, safeguard, asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "upgrade", begun)
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """A statement is compiled once a run for each kind of database, and not for each one that a
    test opens: half of the time of such tests. A process of the product opens one database.
    """
    # A compiled statement belongs to a dialect; how JSON is written belongs to it, too.
    commons: dict[tuple[str, bool], Engine] = {}

    def compiled_before(url: URL, **options: Any) -> Engine:
        engine = create_engine(url, query_cache_size=5000, **options)
        kind = (engine.dialect.name, "json_serializer" in options)
        if first := commons.get(kind):
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        else:
            # The dialect is complete when it has seen a server.
            event.listen(engine, "connect", lambda *_: commons.setdefault(kind, engine), once=True)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("db.engine.create_engine", compiled_before)
        yield


@pytest.fixture(scope="session", autouse=True)
def _expected_once() -> Iterator[None]:
    """What a restored database is compared with is made by the migrations once for each revision: a
    fifth of a CPU second each. A process of the product restores once.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema_check, "_expected", cache(schema_check._expected))
        yield


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mediawatch.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new, empty database, of either kind."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    return str(request.getfixturevalue("postgres").url())


@pytest_asyncio.fixture
async def store(sqlite_url: str) -> AsyncIterator[Store]:
    opened = await db.open_store(sqlite_url, clock=lambda: NOW)
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of either kind; on PostgreSQL always the same one."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    return str(request.getfixturevalue("postgres").migrated_url())


@pytest_asyncio.fixture
async def any_store(migrated_url: str) -> AsyncIterator[Store]:
    """Open on `migrated_url`."""
    opened = await db.open_store(migrated_url, clock=lambda: NOW)
    yield opened
    await opened.close()
