"""Plans and their files: applied as a whole, planned anew, or refused without a trace."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from samples import PLAIN, enter
from sqlalchemy import event

from db.store import SqlStore
from mediawatch.domain import Refusal, Source, UserError
from mediawatch.files import FileBatch, FileWriter
from mediawatch.ops.drafts import decide
from mediawatch.ports import OutdatedPlan, Store

AT = datetime(2026, 1, 1, tzinfo=UTC)


def source(name: str) -> Source:
    return Source(file=name, sha256="0" * 64, at=AT)


def waiting(folder: Path) -> list[Path]:
    return list(folder.glob(".*.part"))


async def names(store: Store) -> list[str]:
    return [each.file for each, _ in await store.accounts.sources()]


async def test_a_plan_is_made_anew_on_what_somebody_else_wrote(
    any_store: Store, tmp_path: Path
) -> None:
    seen: list[list[str]] = []

    async def plan(draft: Store, write: FileWriter) -> str:
        seen.append(await names(draft))
        if len(seen) == 1:
            await any_store.accounts.add_source(source("other"), "links")
        write(tmp_path / "a.txt", str(len(seen)).encode())
        await draft.accounts.add_source(source("mine"), "links")
        return "made"

    assert await decide(any_store, plan) == "made"
    assert seen == [[], ["other"]]
    assert await names(any_store) == ["other", "mine"]
    assert waiting(tmp_path) == []
    assert (tmp_path / "a.txt").read_bytes() == b"2"


async def test_after_three_tries_it_is_refused_and_leaves_nothing(
    any_store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    tries: list[int] = []

    async def plan(draft: Store, write: FileWriter) -> None:
        tries.append(len(tries))
        write(folder / "a.txt", b"a")
        await draft.accounts.add_source(source("mine"), "links")
        await any_store.accounts.add_source(source(f"other{len(tries)}"), "links")

    with pytest.raises(OutdatedPlan, match="changed while this was planned: try again"):
        await decide(any_store, plan)
    assert await names(any_store) == ["other1", "other2", "other3"]
    assert list(folder.iterdir()) == []


async def test_a_file_that_cannot_get_its_name_keeps_the_rows_out(
    any_store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "out"

    async def plan(draft: Store, write: FileWriter) -> None:
        write(folder / "a.txt", b"a")
        write(folder / "b.txt", b"b")
        (folder / "b.txt").mkdir()
        await draft.accounts.add_source(source("mine"), "links")

    with pytest.raises(UserError, match=r"b\.txt is a folder"):
        await decide(any_store, plan)
    assert await names(any_store) == []
    assert [path.name for path in folder.iterdir()] == ["b.txt"]


async def test_all_writes_of_a_plan_are_kept_or_none(any_store: Store) -> None:
    (account,) = await enter(any_store, PLAIN)
    before = await names(any_store)

    async def plan(draft: Store, _: FileWriter) -> None:
        await draft.accounts.add_source(source("mine"), "links")
        await draft.accounts.add_refusals(
            [Refusal(account_id=account.id + 99, field="platform_id", new="x", at=AT)]
        )

    with pytest.raises(UserError, match="contradicts"):
        await decide(any_store, plan)
    assert await names(any_store) == before
    assert await any_store.accounts.refusals() == []


class Stopped:
    """A stop that comes when the files of a plan have their names, before its commit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.named, self._go_on = threading.Event(), threading.Event()
        publish = FileBatch.publish

        def publish_and_wait(files: FileBatch) -> None:
            publish(files)
            self.named.set()
            assert self._go_on.wait(60)

        monkeypatch.setattr(FileBatch, "publish", publish_and_wait)

    async def during(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        await asyncio.to_thread(self.named.wait, 60)
        task.cancel()
        await asyncio.sleep(0)
        self._go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("commits", [True, False])
async def test_after_a_stop_the_files_are_there_with_the_rows_or_not_at_all(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: bool
) -> None:
    assert isinstance(store, SqlStore)
    folder, stopped = tmp_path / "out", Stopped(monkeypatch)

    async def plan(draft: Store, write: FileWriter) -> None:
        write(folder / "a.txt", b"a")
        await draft.accounts.add_source(source("mine"), "links")
        if not commits:
            await draft.accounts.add_refusals(
                [Refusal(account_id=99, field="platform_id", new="x", at=AT)]
            )

    # What contradicts the registry is refused by the commit, not by its own statement.
    event.listen(
        store.transactions.engine,
        "begin",
        lambda conn: conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON"),
    )
    await stopped.during(decide(store, plan))
    assert [path.name for path in folder.iterdir()] == (["a.txt"] if commits else [])
    assert await names(store) == (["mine"] if commits else [])


async def test_a_stop_while_a_file_is_written_leaves_nothing_of_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(descriptor: int) -> None:
        raise asyncio.CancelledError("SIGTERM")

    async def plan(draft: Store, write: FileWriter) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", stop)
            write(tmp_path / "a.txt", b"a")

    with pytest.raises(asyncio.CancelledError):
        await decide(store, plan)
    assert waiting(tmp_path) == []
