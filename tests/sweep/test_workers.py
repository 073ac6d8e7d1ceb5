"""Looks ordered from workers come to what a sweep in one process comes to, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
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
from mediawatch.sweep.summary import Step

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
    field.worker(address="甲")
    field.worker(address="乙")
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
    spoken = {
        sight.address: sight.read_at
        for some in (await shared.readings.by_account()).values()
        for reading in some
        for sight in reading.sights
        if sight.surface == "toutiao.profile"
    }
    checked = {check.address: check.at for check in by_workers.checks}
    assert checked.keys() == spoken.keys() <= {"甲", "乙"}, "visitors are checked where they spoke"
    assert all(checked[address] > at for address, at in spoken.items())


async def test_a_coordinator_says_that_no_site_answers_its_workers(
    field: Field, shared: Store
) -> None:
    await file_accounts(shared, *(f"断{number}" for number in range(3)))
    field.worker()
    await alive(shared, 1)
    with structlog.testing.capture_logs() as lines:
        summary = await sweep(field)
    said = [line["event"] for line in lines if line["event"].startswith("no network")]
    assert len(said) == 1
    assert "no site has answered any look of the workers so far" in said[0]
    assert summary.unanswered


async def test_what_visitors_of_a_gone_address_said_is_withdrawn(
    field: Field, shared: Store
) -> None:
    await file_accounts(shared, *(f"旧40{letter}" for letter in "abcdefgh"), "鲜1e")
    gone = field.worker(address="甲", answers=4)  # the canary, and three accounts
    await alive(shared, 1)
    at_gone: set[str] = set()

    def end(step: Step) -> None:
        if step.reading and any(sight.address == "甲" for sight in step.reading.sights):
            at_gone.add(step.account.filed.name)
        if len(field.workers) == 1:
            gone.kill()
            field.worker(address="乙")

    summary = await sweep(field, CANARY, progress=end)
    assert at_gone
    verdicts = {name: each[0] for name, each in told(summary).items()}
    old = {name for name in verdicts if name.startswith("旧")}
    assert {name for name in old if verdicts[name] is Verdict.UNPROVEN} == at_gone & old
    assert {verdicts[name] for name in old - at_gone} == {Verdict.FAILED}
    assert verdicts["鲜1e"] is Verdict.FRESH
    ends = {check.address: check for check in summary.checks}
    assert (ends["甲"].fresh, ends["乙"].fresh) == (False, True)
    assert ends["甲"].detail == "no worker is left that could check it"
