"""CPU seconds and peak memory of a process with all its descendants.

Its parent accounts for what has ended; memory is sampled from /proc.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_EVERY, _LAST = 0.2, 5.0
_CAME, _OPEN = "came", "open"
_SUBREAPER = 36
"""prctl: orphans of our descendants become our children, so that we wait for them."""


@dataclass
class Cost:
    """`cpu_seconds`: user and system.

    `peak_mb`: greatest sum of PSS. `start_…`: what was spent before the work itself began.
    """

    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    wall: float = 0.0
    start_cpu: float = 0.0
    start_wall: float = 0.0


@contextmanager
def _adopting() -> Iterator[None]:
    """Only orphans of this time are ours: nothing would wait for later ones."""
    prctl = ctypes.CDLL(None).prctl
    prctl(_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_SUBREAPER, 0, 0, 0, 0)


@_adopting()
def measured(command: list[str], gate: Path) -> Cost:
    """Run a command to its end, which passes the `gate` (an empty folder) where its work begins.

    RuntimeError where it fails.
    """
    others, before, began = _children(), _waited_for(), time.monotonic()
    process = subprocess.Popen(command)
    cost = Cost()
    while process.poll() is None:
        family = _family(process.pid)
        cost.peak_mb = max(cost.peak_mb, sum(_pss_mb(pid) for pid in family))
        if (gate / _CAME).exists() and not (gate / _OPEN).exists():
            cost.start_cpu, cost.start_wall = sum(map(_spent, family)), time.monotonic() - began
            (gate / _OPEN).touch()
        time.sleep(_EVERY)
    cost.wall = time.monotonic() - began
    _reap(others)
    cost.cpu_seconds = _waited_for() - before
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return cost


def passed(gate: Path) -> None:
    """Called by the command: waits until what it has spent so far is written down."""
    (gate / _CAME).touch()
    while not (gate / _OPEN).exists():
        time.sleep(0.01)


def _waited_for() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _reap(others: set[int]) -> None:
    """Wait for the orphans that were left to us; `others` were our children before."""
    end = time.monotonic() + _LAST
    while (left := _children() - others) and time.monotonic() < end:
        for pid in left:
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.02)


def _children() -> set[int]:
    return {pid for pid, parent in _parents().items() if parent == os.getpid()}


def _family(root: int) -> set[int]:
    parents, family = _parents(), {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _parents() -> dict[int, int]:
    found = {
        int(entry.name): _stat(int(entry.name))
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit()
    }
    return {pid: int(stat[1]) for pid, stat in found.items() if stat}


def _spent(pid: int) -> float:
    """By the process and those it has waited for."""
    return sum(map(int, _stat(pid)[11:15])) / _TICK


def _stat(pid: int) -> list[str]:
    """What /proc/PID/stat says after the name: state, parent, …"""
    return _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()


def _pss_mb(pid: int) -> float:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def python(*words: str) -> list[str]:
    return [sys.executable, *words]
