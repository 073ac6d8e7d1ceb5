"""Looks ordered from workers come to what a sweep in one process comes to, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from ordered_sweeps import (
    CANARY,
    Field,
    alive,
    field_of,
    file_accounts,
    looks_of,
    sweep,
    sweep_alone,
    told,
)
from postgres import Cluster

import db
from mediawatch.domain import LookKind, Verdict
from mediawatch.ports import Store

NAMES = ("鲜1a", "鲜2b", "旧40c", "旧20d", "无e", "卡f", "鲜5g", "旧16h")


@pytest.fixture
def field(postgres: Cluster, tmp_path: Path) -> Iterator[Field]:
    with field_of(postgres.migrated_url(), tmp_path) as found:
        yield found


@pytest_asyncio.fixture
async def shared(field: Field):  # type: ignore[no-untyped-def]
    store = await db.open_store(field.url)
    yield store
    await store.close()


async def test_two_workers_come_to_what_one_process_does(
    field: Field, shared: Store, store: Store, tmp_path: Path
) -> None:
    for each in (shared, store):
        await file_accounts(each, *NAMES)
        await file_accounts(each, "鲜3微", "旧30微", platform="weibo")
    field.worker()
    field.worker()
    await alive(shared, 2)
    by_workers = await sweep(field, CANARY)
    alone = await sweep_alone(store, tmp_path / "alone", CANARY)
    assert told(by_workers) == told(alone)
    assert by_workers.exit_code == alone.exit_code
    assert (by_workers.looks, by_workers.outcomes) == (alone.looks, alone.outcomes)
    kinds = {LookKind.FIRST, LookKind.SECOND}
    assert {
        name: {kind: count for kind, count in some.items() if kind in kinds}
        for name, some in (await looks_of(shared)).items()
    } == {
        name: {kind: count for kind, count in some.items() if kind in kinds}
        for name, some in (await looks_of(store)).items()
    }
    assert told(by_workers)["旧40c"][0] is Verdict.FAILED
