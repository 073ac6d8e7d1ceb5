"""A process that takes turns of one login until its day is full: `take_turns.py URL SPACING PER_DAY`.

It says how many it took.
"""

from __future__ import annotations

import asyncio
import sys

from db import open_pace
from db.pace import SqlPaceBook
from mediawatch.domain import Pace
from mediawatch.ports import PacedSource, TurnRequest
from mediawatch.sweep.gate.breakers import Breaker


async def take_all(url: str, pace: Pace) -> int:
    rows = open_pace(url)
    assert rows is not None
    book, taken = SqlPaceBook(rows, "", Breaker), 0
    source = PacedSource(surface="s", session="office", pace_name="s")
    request = TurnRequest(source=source, pace=pace, spacing=pace.every)
    while not (turn := await book.take(request)).refusal:
        taken += not turn.wait
        await asyncio.sleep(turn.wait)
    await rows.close()
    return taken


if __name__ == "__main__":
    address, spacing, per_day = sys.argv[1:]
    print(asyncio.run(take_all(address, Pace(float(spacing), per_day=int(per_day)))))
