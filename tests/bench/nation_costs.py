"""What nation.py reckons with and nothing else has measured.

`bytes [ACCOUNTS]`: what a kept reading takes in SQLite and in PostgreSQL with 1, 8 and 20 posts.
`inspection [ACCOUNTS]`: which share of the accounts an inspection looks at after a quarter of
nights, by the rhythms of `lives.py` and one login of 微信读书. docs/scale.md has the figures.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import psycopg
from lives import BEGIN, NIGHT, lives, midnight
from ordered_sweeps import database_of
from wechat_coverage import QUARTER, STARTS, WECHAT, YEAR, Quarter
from worker_cost import cluster

import db
from db.migrate import upgrade
from mediawatch.domain import (
    Account,
    Filing,
    Judgement,
    LookKind,
    MatchedBy,
    NewAccount,
    Post,
    Reading,
    RegistryChanges,
    Sight,
    Source,
)
from mediawatch.domain.clock import day_of
from mediawatch.ports import Store
from mediawatch.rules.policy import load

NOW = datetime(2031, 3, 5, 4, 0, tzinfo=UTC)
POSTS = (1, 8, 20)
READINGS = 8
"""Of each account, before and while it is measured. Before each of them it posted once."""
NIGHTS_APART = 6


def reading(account: Account, number: int, posts: int) -> Reading:
    at = NOW + timedelta(days=NIGHTS_APART * number)
    shown = [at - timedelta(days=1 + NIGHTS_APART * ago) for ago in range(posts)]
    sight = Sight(
        surface="toutiao.profile",
        read_at=at,
        name=account.filed.name,
        platform_id=account.filed.platform_id,
        matched_by=MatchedBy.ID,
        posts=tuple(
            Post(
                id=f"7{account.id:06}{moment:%Y%m%d%H}",
                on=day_of(moment),
                at=moment,
                link=f"https://www.toutiao.com/article/7{account.id:06}{moment:%Y%m%d%H}/",
            )
            for moment in shown
        ),
        complete_since=shown[-1],
        calls=1,
    )
    return Reading(
        account_id=account.id,
        look=LookKind.FIRST,
        started_at=at,
        read_at=at,
        sights=(sight,),
        filed_as=account.filed.identity,
    )


async def bytes_of(url: str, size: Callable[[], int], accounts: int, posts: int) -> float:
    """Bytes that a further reading takes where the account has readings before it."""
    store = await db.open_store(url)
    try:
        await store.accounts.apply(
            RegistryChanges(
                source=Source(file="x.xlsx", sha256="0" * 64, at=NOW),
                new=tuple(
                    NewAccount(
                        filed=Filing(
                            name=f"示例发布{number}",
                            platform="toutiao",
                            platform_id=f"69{number:09}",
                        )
                    )
                    for number in range(accounts)
                ),
            )
        )
        filed = await store.accounts.all()
        await keep(store, filed, range(READINGS), posts)
        before = size()
        await keep(store, filed, range(READINGS, 2 * READINGS), posts)
        return (size() - before) / (accounts * READINGS)
    finally:
        await store.close()


async def keep(store: Store, filed: Sequence[Account], numbers: range, posts: int) -> None:
    for number in numbers:
        for account in filed:
            await store.readings.keep(reading(account, number, posts))


def sqlite_size(file: Path) -> int:
    with sqlite3.connect(file) as connection:
        return int(
            connection.execute(
                "SELECT (page_count - freelist_count) * page_size "
                "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
            ).fetchone()[0]
        )


def server_size(url: str) -> int:
    """As autovacuum leaves it in the end: what was updated leaves no dead rows to count."""
    host, name = database_of(url)
    with psycopg.connect(host=host, user="postgres", dbname=name, autocommit=True) as connection:
        connection.execute("VACUUM")
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None
        return int(row[0])


async def sizes(accounts: int) -> None:
    with cluster() as server, tempfile.TemporaryDirectory() as folder:
        for posts in POSTS:
            file = Path(folder) / f"{posts}.sqlite"
            upgrade(f"sqlite:///{file}")
            small = await bytes_of(f"sqlite:///{file}", lambda: sqlite_size(file), accounts, posts)  # noqa: B023
            url = server.url()
            upgrade(url)
            large = await bytes_of(url, lambda: server_size(url), accounts, posts)  # noqa: B023
            print(f"{posts} posts: SQLite {small:.0f}, PostgreSQL {large:.0f} bytes a reading")


class CountedQuarter(Quarter):
    """It knows how many looks its inspection took."""

    inspected = 0

    def _inspect(self) -> dict[int, Judgement]:
        before = sum(watch.looks for watch in self.watches.values())
        judged = super()._inspect()
        self.inspected = sum(watch.looks for watch in self.watches.values()) - before
        return judged


def inspection(count: int) -> None:
    """By one login of 微信读书: 608 accounts have it as 2 432 have four."""
    policy = load("national")
    some = lives(count, YEAR, 1)
    start = next(each for each in STARTS if each.words == "numbers, 1 reader")
    quarter = CountedQuarter(some[: round(count * WECHAT)], start, policy, QUARTER, 1)
    quarter.run()
    # Lists are complete: whoever had posted by its look in the night before is settled.
    night = YEAR - 2
    since = policy.widest_window_start(day_of(midnight(YEAR - 1) + NIGHT))
    opened = (since - BEGIN).days
    left = sum(
        not any(midnight(opened) <= post <= life.looked_at(night) for post in life.posts)
        for life in some
    )
    silent = sum(not any(midnight(opened) <= post for post in life.posts) for life in some)
    print(
        f"{count} accounts: looks at WeChat in the inspection {quarter.inspected / len(quarter.watches):.3f} "
        f"an account; complete lists unsettled {left / count:.3f}, silent {silent / count:.3f}"
    )


def main(words: Sequence[str]) -> None:
    match words:
        case ["bytes", *count]:
            asyncio.run(sizes(int(count[0]) if count else 100))
        case ["inspection", *count]:
            inspection(int(count[0]) if count else 608)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
