"""Accounts that were filed twice by two imports at once: named, merged, and imported again."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import in_process
from samples import sql

import db
from db.errors import StoreError
from db.migrate import upgrade
from mediawatch.domain import (
    Contact,
    Filing,
    Hint,
    LookKind,
    MatchedBy,
    NewAccount,
    Reading,
    RegistryChanges,
    Sight,
    Source,
)
from mediawatch.ops.settings import Home
from mediawatch.ports import Store

AT = datetime(2026, 11, 1, tzinfo=UTC)
FILE = "备案单号,政务新媒体名称,类型,所属组织,平台ID\n1,示例一,新浪微博,一局,1001\n2,示例二,微信公众号,二局,\n"
WEIBO = Filing(
    name="示例一",
    platform="weibo",
    type="新浪微博",
    organiser="一局",
    filing_number="1",
    platform_id="1001",
)
WECHAT = Filing(
    name="示例二",
    platform="wechat",
    type="微信公众号",
    kind="公众号",
    organiser="二局",
    filing_number="2",
)
LINK = "https://mp.weixin.qq.com/s/ExampleOfDoubles000001"
NO_INDEX = "DROP INDEX uq_account_in_service"


def url(home: Home) -> str:
    return f"sqlite:///{home.database}"


def change(home: Home, statement: str) -> None:
    with closing(sqlite3.connect(home.database)) as connection:
        connection.execute(statement)
        connection.commit()


def within(home: Home, work: Callable[[Store], Awaitable[None]]) -> None:
    async def opened() -> None:
        store = await db.open_store(url(home))
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(opened())


async def file(store: Store, contact: Contact | None = None) -> None:
    new = (NewAccount(filed=WEIBO), NewAccount(filed=WECHAT, contact=contact))
    source = Source(file="台账.csv", sha256="0" * 64, at=AT)
    await store.accounts.apply(RegistryChanges(source=source, new=new))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Accounts 1 and 3, 2 and 4 are doubles; 4 was looked at by name."""
    home = Home(tmp_path / "home").create()

    async def work(store: Store) -> None:
        await file(store)
        change(home, NO_INDEX)
        await file(store, Contact(person="张某", phone="13800000000"))
        sight = Sight(surface="s", read_at=AT, name="示例二", matched_by=MatchedBy.NAME)
        await store.readings.keep(
            Reading(account_id=4, look=LookKind.FIRST, started_at=AT, read_at=AT, sights=(sight,))
        )
        await store.accounts.add_links(4, [LINK], "s")
        await store.hints.add(
            [Hint(account_id=4, source="某某服务单位", received_at=AT, on=AT.date())]
        )

    within(home, work)
    (tmp_path / "台账.csv").write_text(FILE, "utf-8")
    return home


def test_doubles_are_named_merged_and_imported_again(home: Home, tmp_path: Path) -> None:
    def run(*words: str, code: int = 0) -> str:
        done = in_process("--home", home.root, *words)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "示例二 is filed 2 times by mistake" in run("registry", "check")
    assert "多个账号" in run("registry", "import", str(tmp_path / "台账.csv"), code=2)
    before = sql(url(home), "SELECT id, retired_on FROM account ORDER BY id")
    run("registry", "merge", "2", "4", "--dry-run")
    assert sql(url(home), "SELECT id, retired_on FROM account ORDER BY id") == before
    told = run("registry", "merge", "2", "4")
    assert "1 reading by name and 1 link taken over, and a contact" in told
    assert sql(url(home), "SELECT name FROM sqlite_master WHERE name LIKE 'uq_account_in%'") == []
    run("registry", "merge", "1", "3")
    assert "merged since" in run("registry", "undo", code=2)
    assert "by mistake" not in run("registry", "check")
    assert "0 new, 0 updated, 2 unchanged" in run("registry", "import", str(tmp_path / "台账.csv"))
    assert sql(url(home), "SELECT id FROM account WHERE retired_on IS NULL ORDER BY id") == [
        (1,),
        (2,),
    ]
    assert sql(url(home), "SELECT account_id FROM reading ORDER BY id") == [(4,), (2,)]
    assert sql(url(home), "SELECT person FROM contact WHERE account_id = 2") == [("张某",)]
    assert sql(url(home), "SELECT url FROM account_link WHERE account_id = 2") == [(LINK,)]
    assert sql(url(home), "SELECT account_id FROM hint ORDER BY id") == [(4,), (2,)]
    assert sql(url(home), "SELECT account_id FROM account_change ORDER BY id") == [(4,), (3,)]
    assert sql(url(home), "SELECT name FROM sqlite_master WHERE name LIKE 'uq_account_in%'")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("1", "2"), "not filed under one number"),
        (("1", "1"), "itself"),
        (("1", "9"), "no account"),
    ],
)
def test_only_doubles_are_merged(home: Home, words: tuple[str, ...], why: str) -> None:
    done = in_process("--home", home.root, "registry", "merge", *words)
    assert done.returncode == 2
    assert why in done.stderr


def test_a_home_with_doubles_is_brought_up_to_date_without_the_index(home: Home) -> None:
    change(home, "ALTER TABLE home DROP COLUMN revision")
    for later in ("hint", "link_receipt"):
        change(home, f"DROP TABLE {later}")
    for table in ("provisional_id", "filing_remark"):
        change(home, f"DROP TABLE {table}")
    for table in ("sight", "sweep_account"):
        change(home, f"ALTER TABLE {table} DROP COLUMN provisional")
    for column in ("sight.calls", "sight.ends_day", "sight.link_from", "canary_check.calls"):
        change(home, "ALTER TABLE {} DROP COLUMN {}".format(*column.split(".")))
    change(home, "ALTER TABLE canary_check DROP COLUMN ends_day")
    change(home, "UPDATE alembic_version SET version_num = '0014'")
    upgrade(url(home))
    assert sql(url(home), "SELECT revision FROM home") == [(0,)]
    assert sql(url(home), "SELECT name FROM sqlite_master WHERE name LIKE 'uq_account_in%'") == []


async def test_a_number_stands_once_in_service(any_store: Store) -> None:
    await file(any_store)
    with pytest.raises(StoreError, match="contradicts"):
        await file(any_store)
    assert len(await any_store.accounts.all()) == 2
