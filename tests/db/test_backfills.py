"""Migrations fill what was not kept before from the readings of an older database.

As if it had been kept from the beginning.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from samples import NOW, PLAIN, enter, open_sweep, plain_reading, post, rich_reading
from sqlalchemy import Connection, insert, inspect, select

import db
from db.base import Base
from db.engine import migration_engine, normal_url
from db.migrate import upgrade
from mediawatch.domain import Judgement, LookKind, MatchedBy, Outcome, PostKind, Reading, Verdict
from mediawatch.domain.clock import EVER

OLD = "0003"
FILLED = ("account_state", "first_seen", "identity_seen")
COPIED = (
    "source",
    "account",
    "sweep",
    "sweep_account",
    "reading",
    "sight",
    "post",
    "evidence",
    "account_state",
)
ID: dict[str, Any] = {"matched_by": MatchedBy.ID}


def history(one: int, two: int) -> list[Reading]:
    """Every kind of post, word and look; some kept later than they were read."""

    def at(account: int, days: int, *posts: Any, **sight: Any) -> Reading:
        return plain_reading(account, NOW - timedelta(days=days), *posts, **sight)

    old, day = post(date(2031, 1, 1), id="a", link="https://x/a"), date(2031, 2, 1)
    shared = post(day, NOW.replace(month=2, day=1), id="b", pushed=True)
    return [
        at(one, 50, old, name="示例发布", platform_id="1", complete_since=EVER, **ID),
        at(
            one,
            30,
            old,
            shared,
            post(day, repost=True),
            post(day, pushed=False),
            post(day, repost=True, pushed=False),
            **ID,
        ),
        at(
            one,
            29,
            shared,
            post(date(2031, 3, 4)),
            name="别名",
            matched_by=MatchedBy.URL,
            original_id="gh_1",
            verified_as="示例机关",
        ),
        at(one, 28, outcome=Outcome.MIGRATED, detail="new account: 新 biz=2"),
        at(one, 27, outcome=Outcome.CAPTCHA),
        at(
            one,
            40,
            post(date(2031, 1, 20), NOW - timedelta(days=45)),
            shared,
            name="示例发布",
            platform_id="1",
            **ID,
        ),
        replace(
            at(one, 26, post(date(2031, 2, 4), kind=PostKind.SEEN), name="示例发布", **ID),
            look=LookKind.PERSON,
            by="张三",
        ),
        replace(at(one, 25, old, name="示例发布", platform_id="1", **ID), look=LookKind.CONTROL),
        rich_reading(two),
        at(two, 3, old, old, name="示例发布", **ID),
    ]


async def kept_from_the_beginning(url: str) -> None:
    store = await db.open_store(url, clock=lambda: NOW)
    accounts = await enter(store, PLAIN, PLAIN, PLAIN)
    for each in history(accounts[0].id, accounts[1].id):
        await store.readings.keep(each)
    sweep = await open_sweep(store, accounts)
    await store.sweeps.keep_judgements(
        sweep.id, {accounts[0].id: Judgement(verdict=Verdict.FRESH, sentence="示例")}
    )
    await store.close()


def upgrade_to_old(connection: Connection) -> None:
    with as_file(files("db").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, OLD)


def rows_of(connection: Connection, name: str) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(Base.metadata.tables[name]))]


async def test_what_was_not_kept_before_is_filled_from_the_readings(
    database_url: str, tmp_path: Path
) -> None:
    fresh_url = f"sqlite:///{tmp_path / 'fresh.db'}"
    await kept_from_the_beginning(fresh_url)
    fresh, old = migration_engine(normal_url(fresh_url)), migration_engine(normal_url(database_url))
    with fresh.connect() as source, old.begin() as target:
        upgrade_to_old(target)
        for name in COPIED:
            columns = {column["name"] for column in inspect(target).get_columns(name)}
            for row in rows_of(source, name):
                target.execute(
                    insert(Base.metadata.tables[name]).values({key: row[key] for key in columns})
                )
        assert not {"first_seen", "identity_seen"} & set(inspect(target).get_table_names())
    upgrade(database_url)
    with fresh.connect() as source, old.connect() as target:
        for name in FILLED:
            expected, found = (
                sorted(map(repr, map(sorted_items, rows_of(each, name))))
                for each in (source, target)
            )
            assert found == expected
            assert len(found) >= 3
    fresh.dispose()
    old.dispose()


def sorted_items(row: dict[str, Any]) -> list[tuple[str, Any]]:
    """Without the counter of news: what was kept before the counter existed is no news."""
    return sorted((name, value) for name, value in row.items() if name != "news")
