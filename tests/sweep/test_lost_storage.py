"""A sweep whose storage of evidence fails: it ends with a sentence, and goes on later."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from evidence_files import all_evidence
from storages import serve_storage
from sweeps import Stage, request

import db
from mediawatch.domain import UserError, Verdict, foremost
from mediawatch.ops.retention import verify_evidence
from mediawatch.ports import Store
from mediawatch.sweep import nights
from mediawatch.sweep.run import begin_in
from mediawatch.sweep.summary import no_progress

STALE = [f"旧{number}" for number in range(40, 46)]


@pytest.mark.parametrize(
    ("answer", "words"),
    [((503, "SlowDown"), "answers 503 SlowDown"), ((507, ""), "no space is left for it")],
)
async def test_a_sweep_whose_storage_fails_goes_on_later(
    store: Store, tmp_path: Path, answer: tuple[int, str], words: str
) -> None:
    with serve_storage(tmp_path) as storage:
        stage = Stage(store, storage.place())
        await stage.file(*STALE)

        # Of the twelve files of six second looks: so two of these have both of theirs.
        storage.refuses_after = 8, answer
        with pytest.raises(UserError, match=words):
            await nights.run(stage.engine, request(), no_progress)
        before = {each.id for each in await stage.readings()}
        assert len(STALE) < len(before) < 2 * len(STALE)
        storage.refuses_after = None
        await nights.run(stage.engine, request(), no_progress)
        assert await stage.verdicts() == dict.fromkeys(STALE, Verdict.FAILED)
        kept = await stage.readings()
        assert before < {each.id for each in kept}, "what was kept stays"
        assert len(kept) == 2 * len(STALE), "and was not looked at again"
        check = await verify_evidence(store, storage.folder())
        assert (check.missing, check.altered, check.sound) == (0, 0, 2 * len(STALE))


async def test_work_that_falls_due_while_its_group_fails_is_left_out() -> None:
    """A second look may fall due after another one has failed: the reason of that one is told."""
    begun: list[int] = []

    async def work(number: int) -> None:
        begun.append(number)
        raise UserError("the storage is away")

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            begin_in(group, work(1))
            try:
                await asyncio.sleep(1)
            finally:
                begin_in(group, work(2))

    with pytest.raises(ExceptionGroup) as failed:
        await both()
    assert (begun, str(foremost(failed.value))) == ([1], "the storage is away")


CHILD = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = sys.argv[4].split(":")
from samples import NOW, plain_reading
from storages import KEY, SECRET
from mediawatch.domain import Capture, EvidenceKind
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.evidence.bucket import BucketAddress, BucketPlace
import db

async def work():
    store = await db.open_store(sys.argv[1])
    address = BucketAddress(bucket="mw-evidence", prefix="office", endpoint=sys.argv[2],
                            region="us-east-1", access_key=KEY, secret_key=SECRET)
    folder = EvidenceFolder(BucketPlace(address))
    for number in range(100_000):
        shown = Capture(kind=EvidenceKind.TEXT, media_type="text/plain",
                        body=f"{sys.argv[3]} {number}".encode() * 5000, taken_at=NOW)
        reading = plain_reading(1, NOW, captures=(shown,))
        await store.readings.keep(await folder.keep(reading))
        print(number, flush=True)

asyncio.run(work())
"""
"""Keeps readings with evidence in the storage until it is killed."""


def start_and_kill(words: list[str], after: int) -> None:
    """Kill the child by -9 after so many readings, wherever it is then."""
    child = subprocess.Popen([sys.executable, "-c", CHILD, *words], stdout=subprocess.PIPE)
    assert child.stdout is not None
    for _ in range(after):
        assert child.stdout.readline().strip()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()


async def killed_while_it_keeps(folder: Path, times: int) -> None:
    url = f"sqlite:///{folder / 'mediawatch.db'}"
    store = await db.open_store(url)
    with serve_storage(folder / "storage") as storage:
        stage = Stage(store, storage.place())
        await stage.file("鲜1")
        for number in range(times):
            words = [url, storage.endpoint, str(number), ":".join(sys.path)]
            await asyncio.to_thread(start_and_kill, words, 3 + number % 5)
        kept = await all_evidence(store)
        check = await verify_evidence(store, storage.folder())
        assert (check.missing, check.altered, check.wrong) == (0, 0, [])
        assert check.sound == len(kept) >= 2 * 3 * times
        # What lacks its row belongs to nothing, and the look is made again.
        assert len(check.orphans) <= 2 * times
    await store.close()


async def test_a_killed_process_leaves_no_row_without_its_object(tmp_path: Path) -> None:
    await killed_while_it_keeps(tmp_path, 1)


@pytest.mark.soak
async def test_ten_kills_leave_no_row_without_its_object(tmp_path: Path) -> None:
    await killed_while_it_keeps(tmp_path, 10)
