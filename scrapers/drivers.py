"""Playwright's driver processes: who they are, and how they are ended when they do not listen."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from weakref import WeakKeyDictionary

_STARTS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def one_start() -> asyncio.Lock:
    """Browsers of one process start their drivers one after another: else one would take, and end, the driver of another."""
    return _STARTS.setdefault(asyncio.get_running_loop(), asyncio.Lock())


def kill(drivers: frozenset[int]) -> None:
    """End drivers that do not listen. Chromium ends when the pipe to its driver breaks."""
    for pid in drivers:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def drivers_of_ours() -> frozenset[int]:
    """Playwright drivers among our children, where the system has /proc. Playwright itself does not tell the process id."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"run-driver" in (stat.parent / "cmdline").read_bytes():
                found.add(int(stat.parent.name))
    return frozenset(found)
