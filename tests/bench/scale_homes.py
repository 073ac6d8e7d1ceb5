"""Homes of any number of accounts, for `scale.py`: `make_home(cache, 6206, now)`.

The store itself keeps 113 accounts (`scale_block`); plain SQL copies their rows. A copy's numbers
follow those of the copy before; `MARK` in its texts becomes its own. A notice of the confirmed
findings is then issued by the command, and its units report.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scale_block import BLOCK, FINDINGS, MARK, file_body, filing, make_block
from sqlalchemy import JSON, Table

import db
from db.base import Base
from db.types import Words
from mediawatch.domain import NoticeAction, NoticeEvent
from mediawatch.ops.settings import Home

NOTICE = "演示〔2026〕1号"
_GLOBAL = {"source", "sweep", "night", "home", "backup", "alembic_version"}
"""Tables of which all copies share the rows."""
_BY_COPY = {"canary_check"}
"""Tables whose rows belong to no account, and that grow with their number all the same."""
SETTLED, REGISTRY = "settled.txt", "registry.csv"


def make_home(cache: Path, accounts: int, now: datetime) -> Home:
    """The home of so many accounts; made of today in `cache` where it is not there yet."""
    root = cache / f"{now:%Y%m%d}-{accounts}"
    if root.exists():
        return Home(root)
    making = cache / f"making-{accounts}"
    shutil.rmtree(making, ignore_errors=True)
    home = make_block(making, now)
    multiply(home.database, accounts)
    _write_files(home)
    _issue(home)
    _report(home, now)
    _list_settled(home, accounts)
    _write_registry(home, accounts)
    making.rename(root)
    return Home(root)


def multiply(file: Path, accounts: int) -> None:
    """Copies of the block's rows for so many accounts; the last copy may be a part of it.

    ValueError for fewer accounts than the block has.
    """
    if accounts < BLOCK:
        raise ValueError(f"at least {BLOCK} accounts")
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; "
        "PRAGMA foreign_keys = OFF"
    )
    connection.create_function("body_hash", 2, _body_hash, deterministic=True)
    tables = [each for each in Base.metadata.sorted_tables if _grows(connection, each)]
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name "
        f"IN ({', '.join(repr(each.name) for each in tables)})"
    ).fetchall()
    connection.execute("BEGIN")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    for each in tables:
        connection.execute(f"CREATE TEMP TABLE t_{each.name} AS {_owned(each, tables)}")
    connection.execute("CREATE TEMP TABLE copy (n INTEGER PRIMARY KEY)")
    copies = range(1, -(-accounts // BLOCK))
    connection.executemany("INSERT INTO copy VALUES (?)", ((number,) for number in copies))
    highest = {
        each.name: connection.execute(f"SELECT max(id) FROM t_{each.name}").fetchone()[0]
        for each in tables
        if "id" in each.c
    }
    for each in tables:
        columns = ", ".join(f'"{column.name}"' for column in each.c)
        values = ", ".join(_copied(each, column.name, highest) for column in each.c)
        connection.execute(
            f"INSERT INTO {each.name} ({columns}) SELECT {values} FROM copy, t_{each.name} AS t "
            f"WHERE copy.n * {BLOCK} + t.owner <= {accounts} ORDER BY copy.n"
        )
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("COMMIT")
    assert connection.execute("SELECT count(*) FROM account").fetchone() == (accounts,)
    assert not connection.execute("PRAGMA foreign_key_check").fetchone()
    connection.close()


def _grows(connection: sqlite3.Connection, table: Table) -> bool:
    some = connection.execute(f"SELECT 1 FROM {table.name} LIMIT 1").fetchone()
    return table.name not in _GLOBAL and some is not None


def _owned(table: Table, tables: list[Table]) -> str:
    """The rows of a table with the account that each belongs to."""
    if table.name in _BY_COPY:
        return f"SELECT t.*, 1 AS owner FROM {table.name} AS t"
    if table.name == "account":
        return "SELECT t.*, t.id AS owner FROM account AS t"
    if "account_id" in table.c:
        return f"SELECT t.*, t.account_id AS owner FROM {table.name} AS t"
    for column, target, key in _references(table):
        if target in {each.name for each in tables}:
            return (
                f"SELECT t.*, o.owner FROM {table.name} AS t "
                f"JOIN t_{target} AS o ON o.{key} = t.{column}"
            )
    raise RuntimeError(f"nobody owns the rows of {table.name}")


def _references(table: Table) -> list[tuple[str, str, str]]:
    """Column, table and key of each foreign key."""
    return [
        (element.parent.name, element.column.table.name, element.column.name)
        for constraint in table.foreign_key_constraints
        for element in constraint.elements
    ]


def _copied(table: Table, name: str, highest: dict[str, int]) -> str:
    """What a copy has in a column: SQL."""
    column = table.c[name]
    if name == "id" and table.name in highest:
        return f"t.id + copy.n * {highest[table.name]}"
    if (table.name, name) == ("canary_check", "last_reading"):
        return f"t.last_reading + copy.n * {highest['reading']}"
    if name == "account_id":
        return f"t.account_id + copy.n * {BLOCK}"
    for own, target, key in _references(table):
        if own == name and key == "id" and target in highest:
            return f't."{name}" + copy.n * {highest[target]}'
    marked = f"replace(t.\"{name}\", '{MARK}', '77' || printf('%03d', copy.n))"
    if table.name == "evidence" and name in ("sha256", "size"):
        path = marked.replace('"sha256"', "path").replace('"size"', "path")
        hashed = f"body_hash({path}, t.media_type)"
        return hashed if name == "sha256" else 't."size"'
    return marked if isinstance(column.type, Words | JSON) else f't."{name}"'


def _body_hash(path: str, media_type: str) -> str:
    return hashlib.sha256(file_body(path, media_type)).hexdigest()


def _write_files(home: Home) -> None:
    connection = sqlite3.connect(home.database)
    for path, media_type in connection.execute("SELECT path, media_type FROM evidence"):
        file = home.evidence / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(file_body(path, media_type))
    connection.close()


def _issue(home: Home) -> None:
    subprocess.run(
        [sys.executable, "-m", "mediawatch", "--home", str(home.root), "notice", "issue",
         "--sweep", "2", "--number", NOTICE, "--title", "演示检查情况的通报", "--by", "演示经办人", "--rectify-by", "+10工作日",
         "--report-by", "+12工作日", "--preliminary", "--leave-out-open"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _report(home: Home, now: datetime) -> None:
    """Half of the notice's units report."""

    async def reported() -> None:
        store = await db.open_store(f"sqlite:///{home.database}")
        (notice,) = await store.notices.all()
        events = [
            NoticeEvent(
                notice_id=notice.id,
                item=item.number,
                action=NoticeAction.REPORTED,
                at=now + timedelta(hours=1),
                by="演示联络员",
                reason="已整改",
                source="演示反馈.xlsx",
            )
            for item in notice.items[::2]
        ]
        await store.notices.add_events(events)
        await store.close()

    asyncio.run(reported())


def _list_settled(home: Home, accounts: int) -> None:
    """The accounts that a sweep of today need not look at, for `sweep --scope`."""
    numbers = (
        f"77{number // BLOCK:03}{1 + number % BLOCK:03}"
        for number in range(accounts)
        if 1 + number % BLOCK not in FINDINGS
    )
    (home.root / SETTLED).write_text("\n".join(numbers), "utf-8")


def _write_registry(home: Home, accounts: int) -> None:
    """The registry's own table for `registry import`, with every hundredth unit moved."""
    columns = {
        "备案单号": "filing_number", "政务新媒体名称": "name", "类型": "type", "所属组织": "organiser", "主管单位": "supervisor",
        "地市": "prefecture", "县区": "county", "层级": "level", "主体类别": "body_kind", "平台ID": "platform_id",
    }  # fmt: skip
    with (home.root / REGISTRY).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for place in range(accounts):
            filed = filing(1 + place % BLOCK)
            values = [getattr(filed, name) for name in columns.values()]
            own = [value.replace(MARK, f"77{place // BLOCK:03}") for value in values]
            if place % 100 == 0:
                own[4] = "演示另一主管部门"
            writer.writerow(own)


if __name__ == "__main__":
    print(make_home(Path(sys.argv[1]), int(sys.argv[2]), datetime.now(UTC)).root)
