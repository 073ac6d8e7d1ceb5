"""What the shared pace costs a visit: CPU of the process and of a real PostgreSQL, in milliseconds.

`PYTHONPATH=.:tests/support python tests/bench/pace_cost.py [VISITS]`. A visit takes one turn and notes
one answer; with canaries its look is counted, too. The lowest of three runs each, and the pace in
memory beside it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from places import make_short_folder
from postgres import Cluster, binaries

from db import open_pace
from db.migrate import upgrade
from db.pace import SqlPaceBook
from mediawatch.domain import Outcome, Pace, Sight
from mediawatch.ports import CheckedSource, CheckIntervals, CheckStanding, TurnBook, Visit
from mediawatch.sweep.gate.breakers import Breaker
from mediawatch.sweep.gate.memory import MemoryBook
from mediawatch.sweep.gate.pacing import Pacing

WARM = 10
"""Visits before it is measured: statements are prepared, rows made."""
SOURCE = CheckedSource(surface="s", session="office", sweep_id=1)
NEVER = CheckIntervals(looks=10**6, looks_after_bad=10**6, every=timedelta(days=9))


def server_cpu(folder: Path) -> float:
    """CPU seconds of the server's processes, which are all children of one."""
    first = (folder / "data" / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if first in (fields[1], stat.parent.name):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def visit(gate: Pacing, checks: SqlPaceBook | None) -> None:
    async def see() -> Sight:
        return Sight(surface="s", read_at=datetime.now(UTC), outcome=Outcome.OK)

    if checks is not None:
        await checks.begin_look(SOURCE, NEVER)
    assert await gate.visit(Visit(surface="s", session="office", pace=Pace(3.0, 2.0)), see)


async def measure(
    book: TurnBook, checks: SqlPaceBook | None, folder: Path, visits: int
) -> tuple[float, float]:
    """Milliseconds of this process and of the server, a visit."""
    gate = Pacing(book=book, scale=0)
    for _ in range(WARM):
        await visit(gate, checks)
    if checks is not None:
        await checks.end_check(SOURCE, CheckStanding(), 0)
    ours, theirs = time.process_time(), server_cpu(folder)
    for _ in range(visits):
        await visit(gate, checks)
    ours, theirs = time.process_time() - ours, server_cpu(folder) - theirs
    return 1000 * ours / visits, 1000 * theirs / visits


async def measured_in_rows(
    url: str, folder: Path, visits: int, *, canaries: bool
) -> tuple[float, float]:
    rows = open_pace(url)
    assert rows is not None
    book = SqlPaceBook(rows, "", Breaker)
    found = await measure(book, book if canaries else None, folder, visits)
    await rows.close()
    return found


def main(visits: int = 2_000) -> None:
    found = binaries()
    if found is None:
        raise SystemExit("PostgreSQL is not installed")
    folder = make_short_folder("mw-pg-")
    cluster = Cluster(found, folder)
    cluster.start()
    try:
        url = cluster.url()
        upgrade(url)
        kinds = {
            "in memory": lambda: measure(MemoryBook(), None, folder, visits),
            "in rows": lambda: measured_in_rows(url, folder, visits, canaries=False),
            "in rows, with canaries": lambda: measured_in_rows(url, folder, visits, canaries=True),
        }
        for name, work in kinds.items():
            ours, theirs = min((asyncio.run(work()) for _ in range(3)), key=sum)
            print(f"{name}: {ours:.2f} ms of the process, {theirs:.2f} ms of the server a visit")
    finally:
        cluster.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
