"""CPU seconds and peak memory of a process with all its descendants, sampled from /proc."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_EVERY = 0.2
_CAME, _OPEN = "came", "open"


@dataclass
class Cost:
    """`cpu`: user and system seconds by pid (the last seen of those that ended). `peak_mb`: greatest sum of PSS. `start_…`: what was
    spent before the work itself began."""

    cpu: dict[int, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    wall: float = 0.0
    start_cpu: float = 0.0
    start_wall: float = 0.0

    @property
    def cpu_seconds(self) -> float:
        return sum(self.cpu.values())


def measured(command: list[str], gate: Path) -> Cost:
    """Run a command to its end, which passes the `gate` (an empty folder) where its work begins. RuntimeError where it fails."""
    began = time.monotonic()
    process = subprocess.Popen(command)
    cost = Cost()
    while process.poll() is None:
        _sample(process.pid, cost)
        if (gate / _CAME).exists() and not (gate / _OPEN).exists():
            cost.start_cpu, cost.start_wall = cost.cpu_seconds, time.monotonic() - began
            (gate / _OPEN).touch()
        time.sleep(_EVERY)
    cost.wall = time.monotonic() - began
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return cost


def passed(gate: Path) -> None:
    """Called by the command: waits until what it has spent so far is written down."""
    (gate / _CAME).touch()
    while not (gate / _OPEN).exists():
        time.sleep(0.01)


def _sample(root: int, cost: Cost) -> None:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            stat = _read(entry / "stat").rpartition(")")[2].split()
            if stat:
                parents[int(entry.name)] = int(stat[1])
                if int(entry.name) == root or int(entry.name) in cost.cpu or int(stat[1]) in cost.cpu or int(stat[1]) == root:
                    cost.cpu[int(entry.name)] = (int(stat[11]) + int(stat[12])) / _TICK
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    cost.cpu.update({pid: cost.cpu.get(pid, 0.0) for pid in family})
    cost.peak_mb = max(cost.peak_mb, sum(_pss_mb(pid) for pid in family))


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
