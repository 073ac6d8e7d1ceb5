"""A real Chromium for tests: one that is shared, and one in front of a replica."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import pytest_asyncio

from mediawatch.domain import UserError
from mediawatch.ops import install_browser
from scrapers.browser.pool import Browser, Launch, Timeouts
from scrapers.replica import Replica
from scrapers.replica.server import hosts_of
from scrapers.replica.tls import Identity, identity

SHORT = Timeouts(launch=30, navigation=10, reply=2, body=1, challenge=3, step=5, close=3)
"""For tests in which a time limit must run out."""
_SMALL_HEAP = "--js-flags=--max-old-space-size=64"
"""So that a page can end its renderer in a blink."""


@pytest.fixture(scope="session")
def executable() -> Path:
    """The Chromium that the product would take. Without one the tests fail: what they show cannot
    be shown otherwise.
    """
    try:
        return install_browser.find().path
    except UserError as error:
        pytest.fail(str(error))


@cache
def key() -> Identity:
    """What all replicas of a test run show, so that one Chromium can stand before each of them."""
    return identity(hosts_of([]))


_hosts: dict[Path, Browser] = {}


def _host(executable: Path) -> Browser:
    """The one browser of the process: starting a Chromium costs more than most looks."""
    if executable not in _hosts:
        args = (*key().chromium_args, _SMALL_HEAP)
        _hosts[executable] = Browser(
            Launch(executable, args=args, ports=None), now=lambda: datetime.now(UTC)
        )
    return _hosts[executable]


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def _one_chromium() -> AsyncIterator[None]:
    yield
    for host in _hosts.values():
        await host.close()


@pytest.fixture(scope="session")
def browser(executable: Path) -> Browser:
    """The one browser, for tests that need no replica; its clock is the host's."""
    return _host(executable)


@asynccontextmanager
async def facing(
    replica: Replica, executable: Path, now: Callable[[], datetime], timeouts: Timeouts = SHORT
) -> AsyncIterator[Browser]:
    """A browser whose every request goes to an entered replica with the run's `key`. Chromium
    itself is shared; contexts, logins, clock and limits are its own."""
    browser = Browser(
        Launch(None, proxy=replica.proxy, timeouts=timeouts, authority=replica.ca_pem),
        now=now,
        host=_host(executable),
    )
    try:
        yield browser
    finally:
        await browser.close()


def descendants() -> dict[int, str]:
    """Our children and theirs, with their command lines."""
    parents, commands = dict[int, int](), dict[int, str]()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            state, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            if state != "Z":
                parents[int(folder.name)] = int(parent)
                commands[int(folder.name)] = (
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
    ours, found = {os.getpid()}, dict[int, str]()
    while more := {pid for pid, parent in parents.items() if parent in ours and pid not in ours}:
        ours |= more
        found |= {pid: commands[pid] for pid in more}
    return found
