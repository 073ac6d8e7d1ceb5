"""Stores for tests: `store` is a fresh SQLite one; `database_url` and `any_store` come once for each database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from samples import NOW

import db
from mediawatch.ports import Store


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'mediawatch.db'}"


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
