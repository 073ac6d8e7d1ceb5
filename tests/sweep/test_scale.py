"""Nothing that runs every night, and no list, reads history from end to end: SQLite's own plans say
so.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from samples import NOW, PLAIN, enter, finding, open_sweep, plain_reading, post
from sqlalchemy import event

from db.store import SqlStore
from mediawatch.domain import Judgement, MatchedBy, Verdict
from mediawatch.domain.clock import EVER, day_of
from mediawatch.ports import Dossier, Store
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import load

HISTORY = "reading|sight|post|evidence|first_seen|identity_seen|finding|finding_reading"


@contextmanager
def statements(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """What the store asks its database meanwhile."""
    assert isinstance(store, SqlStore)
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        asked.append((statement, parameters[0] if many else parameters))

    engine = store.transactions.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def scans(file: Path, asked: list[tuple[str, Any]]) -> list[str]:
    """Plans that go through a table of history, or through one of its indexes, from end to end."""
    with sqlite3.connect(file) as connection:
        plans = [
            (statement, row[3])
            for statement, parameters in asked
            if re.match(r"SELECT|INSERT|UPDATE|DELETE|WITH", statement)
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plans
    return [
        f"{plan}: {statement}"
        for statement, plan in plans
        if re.match(rf"SCAN ({HISTORY}{_aliases(statement)})\b", plan)
    ]


def _aliases(statement: str) -> str:
    """What the plan calls a table of history that the statement gives another name."""
    return "".join(f"|{name}" for name in re.findall(rf"\b(?:{HISTORY}) AS (\w+)", statement))


async def test_no_nightly_statement_scans_history(store: Store, tmp_path: Path) -> None:
    accounts = await enter(store, *[PLAIN] * 3)
    keys = [account.id for account in accounts]
    sweep = await open_sweep(store, accounts)
    own: dict[str, Any] = {"name": "示例发布", "matched_by": MatchedBy.ID, "complete_since": EVER}
    with statements(store) as asked:
        kept = [
            await store.readings.keep(
                plain_reading(
                    key,
                    NOW + timedelta(days=day),
                    post(date(2031, 1, day)),
                    sweep_id=sweep.id,
                    **own,
                )
            )
            for key in keys
            for day in (1, 2)
        ]
        failed = Judgement(verdict=Verdict.FAILED, sentence="示例", findings=(finding(kept[0].id),))
        await store.sweeps.keep_judgements(sweep.id, {keys[0]: failed})
        await store.readings.account_states()
        await store.readings.account_states(keys)
        known = await store.readings.for_judgement(keys, NOW + timedelta(days=1, hours=1))
        await store.readings.for_judgement(keys, NOW + timedelta(days=1, hours=1), date(2031, 1, 1))
        await store.readings.post_links(keys)
        await store.sweeps.scope(sweep.id)
        await store.readings.by_id([each.id for each in kept])
        await store.readings.by_account(sweep_id=sweep.id)
        await store.sweeps.last_entry(keys[0])
        await store.readings.identity_readings(keys)
        idle, _ = await store.readings.find_idle(NOW + timedelta(days=2), 0, 100)
        await store.readings.delete([each.id for each in idle], NOW + timedelta(days=2))
    assert len(known) == 3
    assert scans(tmp_path / "mediawatch.db", asked) == []


async def test_no_report_query_scans_history(store: Store, tmp_path: Path) -> None:
    assert (
        scans(tmp_path / "mediawatch.db", [(query.sql, ()) for query in store.queries.all()]) == []
    )


async def test_a_period_loads_what_it_needs_however_many_looks_there_were(store: Store) -> None:
    """Sixty nights, a post in each fifth of them: of the last twenty days the four that showed
    them, and where they begin.
    """
    (account,) = await enter(store, PLAIN)
    start = NOW - timedelta(days=60)
    for night in range(60):
        posted = day_of(start + timedelta(days=night - night % 5))
        seen = replace(post(posted), id=f"p{posted}", link=f"https://mp.weixin.qq.com/s/{posted}")
        await store.readings.keep(
            plain_reading(account.id, start + timedelta(days=night), seen, matched_by=MatchedBy.ID)
        )
    first = day_of(NOW) - timedelta(days=20)
    known = (await store.readings.for_judgement([account.id], NOW, first))[account.id]
    whole = (await store.readings.by_account([account.id]))[account.id]
    assert len(known) <= 7
    some, everything = (
        Dossier(filed=account.filed, readings=tuple(readings)) for readings in (known, whole)
    )
    judgement = judge(some, NOW, load("national"), first)
    assert judgement == judge(everything, NOW, load("national"), first)
    assert judgement.gap_days == 5
    with statements(store) as asked:
        assert len((await store.readings.post_links([account.id]))[account.id]) == 12
    assert len([statement for statement, _ in asked if statement.startswith("SELECT")]) == 3, (
        "who it is, its 暂用标识, and the links: no reading is loaded"
    )


async def test_the_newest_judgements_are_found_whatever_lies_before_them(
    store: Store, tmp_path: Path
) -> None:
    """By the instructions that SQLite takes for them."""
    accounts = await enter(store, *[PLAIN] * 5)
    taken = []
    for _ in range(2):
        for _ in range(40):
            sweep = await open_sweep(store, accounts)
            await store.sweeps.keep_judgements(
                sweep.id,
                {account.id: Judgement(verdict=Verdict.FRESH, sentence="") for account in accounts},
            )
        with statements(store) as asked:
            (latest,) = [each for each in store.queries.all() if each.name == "latest_status"]
            await store.queries.run(latest.sql)
            await store.sweeps.finding_changes(sweep.id)
        taken.append(
            [
                instructions(tmp_path / "mediawatch.db", each)
                for each in asked
                if each[0].startswith("SELECT")
            ]
        )
    short, long = taken
    assert short
    assert [more <= 1.1 * few for few, more in zip(short, long, strict=True)] == [True] * len(
        short
    ), taken


def instructions(file: Path, statement: tuple[str, Any]) -> int:
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    with sqlite3.connect(file) as connection:
        connection.set_progress_handler(step, 1)
        connection.execute(*statement).fetchall()
    return count


async def test_a_scan_would_be_seen(store: Store, tmp_path: Path) -> None:
    await enter(store, PLAIN)
    with statements(store) as asked:
        await store.readings.by_account()
    assert scans(tmp_path / "mediawatch.db", asked)
    assert scans(
        tmp_path / "mediawatch.db", [("SELECT count(held.sentence) FROM finding AS held", ())]
    )
