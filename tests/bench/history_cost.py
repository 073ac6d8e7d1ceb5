"""`make history`: what the nightly work and the lists cost with a long history behind them.

It measures them next to the same accounts with a short history. Both databases are SQLite, filled
by plain SQL from one account that the store itself kept, and thrown away.

An account has a reading a night and a new post a week. Each list shows one post: full lists would
take twenty times the disk. Every night inspected 2 432 accounts. Counted are CPU seconds of this
process, the least of three runs (of keeping: one).
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import db
from db.readings.state import first_seen_values
from mediawatch.domain import (
    Account,
    Code,
    Effect,
    Filing,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    NewAccount,
    Post,
    Reading,
    RegistryChanges,
    Sight,
    Source,
    Sweep,
    SweepState,
    Verdict,
)
from mediawatch.domain.clock import day_of
from mediawatch.ports import Store
from mediawatch.rules.due import next_due
from mediawatch.rules.policy import load
from mediawatch.sweep.judging import JudgingTerms, judge_scope

NOW = datetime(2031, 3, 5, 4, 0, tzinfo=UTC)
WEEK = 7
SCOPE, BATCH, FLAGGED = 2_432, 500, 20
"""Accounts of a sweep; of one portion; one of how many is flagged."""
PERIOD = timedelta(days=28)
"""Of a sweep in 时段制: with more than one reading it needs those that showed its four posts
first.
"""
POLICY = load("national")
TABLES = (
    "account",
    "account_state",
    "reading",
    "reading_identity",
    "sight",
    "post",
    "first_seen",
    "identity_seen",
    "sweep",
    "sweep_account",
    "finding",
    "finding_reading",
)


def reading(account_id: int, at: datetime, posted: datetime) -> Reading:
    post = Post(id=f"p{posted:%Y%m%d}", on=day_of(posted), at=posted, link="https://example.org/p")
    sight = Sight(
        surface="s",
        read_at=at,
        name="示例发布",
        platform_id=str(account_id),
        matched_by=MatchedBy.ID,
        posts=(post,),
        complete_since=posted,
    )
    return Reading(
        account_id=account_id, look=LookKind.FIRST, started_at=at, read_at=at, sights=(sight,)
    )


def night(ago: int) -> datetime:
    return NOW - timedelta(days=1 + ago)


def posted(week: int) -> datetime:
    return NOW - timedelta(days=2 + WEEK * week)


async def template(store: Store) -> Account:
    """One account with one reading, one judged sweep and one finding: what all others are copies
    of.
    """
    filed = Filing(
        name="示例发布",
        platform="weibo",
        platform_id="1",
        organiser="示例机关",
        prefecture="示例市",
    )
    await store.accounts.apply(
        RegistryChanges(
            source=Source(file="a.xlsx", sha256="0" * 64, at=NOW), new=(NewAccount(filed=filed),)
        )
    )
    (account,) = await store.accounts.all()
    kept = await store.readings.keep(reading(account.id, night(0), posted(0)))
    begun = Sweep(
        as_of=night(0), policy="national", policy_toml=POLICY.toml, scope="all", started_at=night(0)
    )
    sweep = await store.sweeps.open(begun, [account])
    finding = Finding(
        code=Code.STALE_2W,
        label="示例",
        effect=Effect.FAILS,
        sentence="示例",
        reading_ids=(kept.id,),
    )
    await store.sweeps.keep_judgements(
        sweep.id,
        {account.id: Judgement(verdict=Verdict.FAILED, sentence="示例", findings=(finding,))},
    )
    await store.sweeps.close(sweep.id, SweepState.FINISHED, night(0))
    return account


def multiply(file: Path, account: Account, accounts: int, nights: int) -> None:
    """The template's rows for every account and night.

    Numbers follow the order in which a nightly run would have given them.
    """
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; "
        "PRAGMA foreign_keys = OFF"
    )
    indexes = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND "
        "tbl_name IN ({})"
    )
    later = connection.execute(indexes.format(",".join("?" * len(TABLES))), TABLES).fetchall()
    connection.execute("BEGIN")
    for name, _ in later:
        connection.execute(f"DROP INDEX {name}")
    first = "WHERE what = 'post'"
    for name in TABLES:
        connection.execute(
            f"CREATE TEMP TABLE t_{name} AS SELECT * FROM {name} "
            f"{first if name == 'first_seen' else ''}"
        )
    connection.execute("CREATE TEMP TABLE t_named AS SELECT * FROM first_seen WHERE what = 'name'")
    for name in reversed(TABLES):
        connection.execute(f"DELETE FROM {name}")
    connection.execute("CREATE TEMP TABLE a (n INTEGER PRIMARY KEY)")
    connection.executemany(
        "INSERT INTO a VALUES (?)", ((number,) for number in range(1, accounts + 1))
    )
    connection.execute("CREATE TEMP TABLE d (ago INTEGER PRIMARY KEY, at TEXT, week INT)")
    connection.executemany(
        "INSERT INTO d VALUES (?, ?, ?)",
        ((ago, text(night(ago)), (ago + 5) // WEEK) for ago in range(nights)),
    )
    connection.execute(
        "CREATE TEMP TABLE w (week INTEGER PRIMARY KEY, key INT, post_id TEXT, day TEXT, at "
        "TEXT, first INT)"
    )
    weeks = range((nights + 4) // WEEK + 1)
    connection.executemany(
        "INSERT INTO w VALUES (?, ?, ?, ?, ?, ?)",
        (week_of(account, week, nights) for week in weeks),
    )
    every = "FROM t_{} AS t, d JOIN w USING (week), a ORDER BY d.ago DESC, a.n"
    key = f"({nights} - 1 - d.ago) * {accounts} + a.n"
    of_night = f"{nights} - d.ago"
    last = f"{nights - 1} * {accounts} + a.n"
    sampled = (
        f"FROM t_{{}} AS t, d JOIN w USING (week), a WHERE a.n <= {SCOPE} ORDER BY d.ago DESC, a.n"
    )
    flagged = sampled.replace("ORDER BY", f"AND a.n % {FLAGGED} = 0 ORDER BY")
    number = f"({nights} - 1 - d.ago) * {SCOPE} + a.n"
    plan: list[tuple[str, str, dict[str, str]]] = [
        ("account", "FROM t_{} AS t, a ORDER BY a.n", {"id": "a.n", "platform_id": "a.n"}),
        ("account_state", "FROM t_{} AS t, a ORDER BY a.n",
         {"account_id": "a.n", "last_reading_id": last, "exact_reading_id": last}),
        ("reading", every, {"id": key, "account_id": "a.n", "sweep_id": of_night, "read_at": "d.at", "started_at": "d.at",
                            "latest_on": "w.day", "latest_at": "w.at", "complete_since": "w.at"}),
        ("reading_identity", every, {"reading_id": key, "platform_id": "a.n"}),
        ("sight", every, {"id": key, "reading_id": key, "platform_id": "a.n", "read_at": "d.at", "complete_since": "w.at"}),
        ("post", every, {"id": key, "sight_id": key, "post_id": "w.post_id", "on": "w.day", "at": "w.at"}),
        ("first_seen", "FROM t_{} AS t, w JOIN d ON d.ago = w.first, a ORDER BY a.n, w.key",
         {"account_id": "a.n", "key": "w.key", "on": "w.day", "read_at": "d.at", "reading_id": key}),
        ("named", f"FROM t_{{}} AS t, d, a WHERE d.ago = {nights - 1}", {"account_id": "a.n", "read_at": "d.at", "reading_id": key}),
        ("identity_seen", "FROM t_{} AS t, a ORDER BY a.n", {"account_id": "a.n", "reading_id": last}),
        ("sweep", "FROM t_{} AS t, d ORDER BY d.ago DESC", {"id": of_night, "as_of": "d.at", "started_at": "d.at"}),
        ("sweep_account", sampled, {"sweep_id": of_night, "account_id": "a.n", "platform_id": "a.n"}),
        ("finding", flagged, {"id": number, "sweep_id": of_night, "account_id": "a.n"}),
        ("finding_reading", flagged, {"finding_id": number, "reading_id": key}),
    ]  # fmt: skip
    for name, source, set_to in plan:
        target = "first_seen" if name == "named" else name
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({target})")]
        chosen = ", ".join(set_to.get(column, f't."{column}"') for column in columns)
        connection.execute(f"INSERT INTO {target} SELECT {chosen} {source.format(name)}")
    for _, sql in later:
        connection.execute(sql)
    connection.execute("COMMIT")
    assert connection.execute("SELECT count(*) FROM reading").fetchone() == (accounts * nights,)
    assert not connection.execute("PRAGMA foreign_key_check").fetchone()
    connection.close()


def week_of(account: Account, week: int, nights: int) -> tuple[Any, ...]:
    """Key, id, day and moment of a week's post, and how many nights ago it was seen first."""
    first = next(
        row
        for row in first_seen_values(reading(account.id, night(0), posted(week)))
        if row["what"] == "post"
    )
    return (
        week,
        first["key"],
        f"p{posted(week):%Y%m%d}",
        posted(week).date().isoformat(),
        text(posted(week)),
        min(nights - 1, 1 + WEEK * week),
    )


def text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


async def costs(folder: Path, accounts: int, nights: int) -> dict[str, float]:
    """CPU seconds by work, and the database's megabytes; the number of readings that were loaded
    beside them.
    """
    file = folder / f"{nights}.db"
    store = await db.open_store(f"sqlite:///{file}", clock=lambda: NOW)
    account = await template(store)
    await store.close()
    multiply(file, account, accounts, nights)
    store = await db.open_store(f"sqlite:///{file}", clock=lambda: NOW)
    everybody = {each.id: each for each in await store.accounts.all()}
    some = [*everybody][:: max(1, accounts // BATCH)][:BATCH]
    newest = (await store.sweeps.all())[-1]
    queries = {each.name: each.sql for each in store.queries.all()}
    found: dict[str, float] = {"megabytes": file.stat().st_size / 1e6}
    kept_at = iter(range(1, 1_000))

    async def due() -> int:
        states = await store.readings.account_states()
        return sum(
            next_due(state, everybody[key].filed, POLICY, NOW) <= NOW.date()
            for key, state in states.items()
        )

    async def known() -> int:
        return sum(map(len, (await store.readings.for_judgement(some, NOW)).values()))

    async def period() -> int:
        return sum(
            map(len, (await store.readings.for_judgement(some, NOW, day_of(NOW) - PERIOD)).values())
        )

    async def links() -> int:
        return sum(map(len, (await store.readings.post_links(some)).values()))

    async def told() -> int:
        return sum(map(len, (await store.readings.identity_readings(some)).values()))

    async def judge() -> int:
        scope = await store.sweeps.scope(newest.id)
        terms = JudgingTerms(sweep=newest, policy=POLICY, checks=(), supports=lambda _: True)
        made = await judge_scope(store, [entry.account for entry in scope], terms, {})
        await store.sweeps.keep_judgements(newest.id, made.judgements, made.news)
        return len(made.judgements)

    async def keep() -> int:
        at = NOW + timedelta(minutes=next(kept_at))
        for key in some:
            await store.readings.keep(reading(key, at, posted(0)))
        return len(some)

    async def query(name: str) -> int:
        return len((await store.queries.run(queries[name])).rows)

    works: dict[str, Callable[[], Awaitable[int]]] = {
        "due of all": due, f"known of {BATCH}": known, f"{PERIOD.days} days of {BATCH}": period, f"told of {BATCH}": told,
        f"links of {BATCH}": links, "latest_status": lambda: query("latest_status"), "flagged": lambda: query("flagged"),
        f"scope, judge {SCOPE}": judge, f"keep {BATCH}": keep,
    }  # fmt: skip
    for name, work in works.items():
        least = float("inf")
        for _ in range(1 if work is keep else 3):
            before = time.process_time()
            found[f"{name}: results"] = await work()
            least = min(least, time.process_time() - before)
        found[name] = least
    await store.close()
    file.unlink()
    return found


def compare(accounts: int, nights: int) -> dict[str, tuple[float, float]]:
    """By work: with one reading an account, and with as many as there are nights."""
    with tempfile.TemporaryDirectory(prefix="mediawatch-history-") as folder:
        short, long = (asyncio.run(costs(Path(folder), accounts, each)) for each in (1, nights))
    return {name: (short[name], long[name]) for name in short}


def main() -> None:
    accounts, nights = (
        (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (100_000, 100)
    )
    print(
        f"{accounts} accounts with {accounts} readings, and with {accounts * nights}; CPU seconds"
    )
    figures = compare(accounts, nights)
    for name, (short, long) in figures.items():
        if not name.endswith("results"):
            print(f"{name:<22}{short:>12.3f}{long:>12.3f}{long / short:>8.2f}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
