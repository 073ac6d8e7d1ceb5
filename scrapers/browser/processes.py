"""Processes on this machine as /proc shows them; without /proc no process is known."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def descendants(pid: int) -> frozenset[int]:
    """The children of a process, and theirs."""
    parents: dict[int, int] = {}
    for stat in _PROC.glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found, parts = frozenset[int](), frozenset({pid})
    while parts := frozenset(child for child, parent in parents.items() if parent in parts) - found:
        found |= parts
    return found


def memory_mb(pids: Iterable[int]) -> float:
    """What they hold together, in MB: as proportional set sizes, which count shared memory once."""
    kilobytes = 0
    for pid in pids:
        with suppress(OSError, ValueError, StopIteration):
            lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
            kilobytes += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return kilobytes / 1024


def living_in(folder: Path) -> frozenset[int]:
    """Processes that have the folder for their temporary files, or a browser's profile below it."""
    temporary, profile = f"TMPDIR={folder}".encode(), f"--user-data-dir={folder}/".encode()
    found = set()
    for process in _PROC.glob("[0-9]*"):
        with suppress(OSError):
            if (
                temporary in (process / "environ").read_bytes().split(b"\0")
                or profile in (process / "cmdline").read_bytes()
            ):
                found.add(int(process.name))
    return frozenset(found)


def end(pids: Iterable[int]) -> None:
    """Kill them at once, without asking them."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
