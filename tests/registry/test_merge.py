"""Accounts that were filed twice by two imports at once: named, merged, and imported again."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import in_process
from samples import enter, post, sql

import db
from db.base import Base
from db.errors import StoreError
from db.migrate import upgrade
from db.models import DRAFTS, HANDED, LEADS, PACE, REPOSTS
from mediawatch.domain import (
    ClosureNote,
    ClosureStep,
    Code,
    Contact,
    Filing,
    FilingRemark,
    Hint,
    LinkReceipt,
    LinkSort,
    LinkWay,
    LookKind,
    MatchedBy,
    NameHit,
    NewAccount,
    ProblemAnswer,
    ProblemSeen,
    ProvisionalEnd,
    Reading,
    Refusal,
    RegistryChanges,
    Sight,
    Source,
)
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.registry.merge import merge

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
PAGE = Sight(surface="s", read_at=AT, name="示例二", matched_by=MatchedBy.NAME)
OF_DRAFTS = (
    "notice.addressees", "notice.copies", "notice.publicity", "notice.draft_id", "notice_item.unnamed", "notice_event.place",
    "notice_event.on", "notice_event.version",
)  # fmt: skip
"""Columns that came with drafts."""
OF_INTERACTION = ("sight.comments", "sight.messages", "sight.replies", "sight.posts_looked_at")
OF_PROBLEMS = (
    "reading.problem", "reading.problem_answer", "reading.problem_words", "reading.problem_task", "reading.problem_item",
    "finding.words", "finding.points", "notice_finding.words", "notice_finding.points",
)  # fmt: skip
"""Columns that came with what people find."""
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


@dataclass(frozen=True)
class Merged:
    """A home in which 4 was merged into 2, and what its tables held of 4 before."""

    home: Home
    before: dict[str, list[tuple[object, ...]]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return with_doubles(tmp_path)


def with_doubles(folder: Path) -> Home:
    """Accounts 1 and 3, 2 and 4 are doubles; 4 was looked at by name."""
    home = Home(folder / "home").create()

    async def work(store: Store) -> None:
        await file(store)
        change(home, NO_INDEX)
        await file(store, Contact(person="张某", phone="13800000000"))
        await store.readings.keep(
            Reading(account_id=4, look=LookKind.FIRST, started_at=AT, read_at=AT, sights=(PAGE,))
        )
        await store.accounts.add_links(4, [LINK], "s")
        await store.hints.add(
            [Hint(account_id=4, source="某某服务单位", received_at=AT, on=AT.date())]
        )

    within(home, work)
    (folder / "台账.csv").write_text(FILE, "utf-8")
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


def test_what_people_found_of_a_double_stands_for_the_account(home: Home) -> None:
    async def work(store: Store) -> None:
        look = Reading(
            account_id=4,
            look=LookKind.PERSON,
            started_at=AT,
            read_at=AT,
            by="甲某",
            sights=(Sight(surface="person", read_at=AT, name="示例二", matched_by=MatchedBy.NAME),),
            problem=ProblemSeen(code=Code.ADVERTISING, answer=ProblemAnswer.FOUND),
        )
        await store.readings.keep(look)
        await merge(store, 2, [4], AT)
        looks = await store.readings.problem_looks(None)
        assert sorted(looks) == [2, 4]
        assert (looks[2][0].by, looks[2][0].problem) == ("甲某", look.problem)

    within(home, work)


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
    # SQLite would try each of them whenever a table changes; the upgrade makes them anew.
    for (view,) in sql(url(home), "SELECT name FROM sqlite_master WHERE type = 'view'"):
        change(home, f"DROP VIEW {view}")
    change(home, "ALTER TABLE home DROP COLUMN revision")
    # They hold on to columns that came later.
    for (view,) in sql(url(home), "SELECT name FROM sqlite_master WHERE type = 'view'"):
        change(home, f"DROP VIEW {view}")
    for later in (
        "hint",
        "link_receipt",
        "notice_appeal",
        "closure_note",
        *DRAFTS,
        *reversed(LEADS),
        *reversed(REPOSTS),
        *HANDED,
        *reversed(PACE),
        "look_result",
        "sweep_terms",
        "worker",
    ):
        change(home, f"DROP TABLE {later}")
    for table in ("provisional_id", "filing_remark"):
        change(home, f"DROP TABLE {table}")
    for table in ("sight", "sweep_account"):
        change(home, f"ALTER TABLE {table} DROP COLUMN provisional")
    for table in ("account", "sweep_account", "notice_account", "notice_item"):
        change(home, f"ALTER TABLE {table} DROP COLUMN township")
        change(home, f"ALTER TABLE {table} DROP COLUMN function_kind")
    change(home, "DROP INDEX uq_notice_draft_id")
    change(home, "DROP TRIGGER notice_event_is_never_updated")
    for column in (
        *OF_DRAFTS,
        "sight.calls",
        "sight.ends_day",
        "sight.link_from",
        "sight.address",
        "canary_check.address",
        "canary_check.calls",
        *OF_PROBLEMS,
        "post.title",
        "post.original_title",
        "post.original_link",
        *OF_INTERACTION,
    ):
        change(home, 'ALTER TABLE {} DROP COLUMN "{}"'.format(*column.split(".")))
    change(home, "ALTER TABLE canary_check DROP COLUMN ends_day")
    change(
        home,
        "CREATE TRIGGER notice_event_is_never_updated BEFORE UPDATE ON notice_event "
        "BEGIN SELECT RAISE(ABORT, ''); END",
    )
    change(home, "UPDATE alembic_version SET version_num = '0014'")
    upgrade(url(home))
    assert sql(url(home), "SELECT revision FROM home") == [(0,)]
    assert sql(url(home), "SELECT name FROM sqlite_master WHERE name LIKE 'uq_account_in%'") == []


async def test_a_number_stands_once_in_service(any_store: Store) -> None:
    await file(any_store)
    with pytest.raises(StoreError, match="contradicts"):
        await file(any_store)
    assert len(await any_store.accounts.all()) == 2


BIZ = "MzkwMDAwMDAwMQ=="
GOES_ON = {
    "account_link",
    "closure_note",
    "contact",
    "filing_remark",
    "first_seen",
    "hint",
    "identity_seen",
    "link_receipt",
    "proposal_refusal",
    "provisional_id",
    "reading",
}
"""Tables whose rows of a merged double serve the account that stays."""
STAYS = {
    "account_change": "the history of each filing by itself",
    "account_state": "made of the readings that serve the account",
    "notice_account": "as it was issued; readers follow the merge by the filing number",
    "notice_item": "as it was issued; readers follow the merge by the filing number",
    "look_result": "of an ordered look, as it was made then",
    "sweep_account": "as it was inspected then",
    "repost_event": "as it was decided of that filing",
    "repost_task_account": "as it was asked; a filing that was taken out need not repost anything",
    "notice_omission": "of a draft, whose inspection keeps the account as it was",
}


def test_each_table_of_accounts_says_what_a_merge_does_with_it() -> None:
    """A new table that refers to accounts must stand in one of the two lists."""
    referring = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table.name == "account" for key in table.foreign_keys)
    }
    assert referring == GOES_ON | STAYS.keys()


def searched() -> Sight:
    return Sight(
        surface="wechat.search", read_at=AT, name="示例二", platform_id=BIZ,
        matched_by=MatchedBy.NAME, name_hit=NameHit(value=BIZ, name="示例二"),
    )  # fmt: skip


async def said_of_the_double(store: Store) -> None:
    """What each of the tables that go on may hold of account 4."""
    reading = Reading(
        account_id=4, look=LookKind.FIRST, started_at=AT, read_at=AT,
        sights=(searched(), replace(PAGE, posts=(post(AT.date()),))), filed_as=WECHAT.identity,
    )  # fmt: skip
    await store.readings.keep(reading)
    await store.accounts.add_refusals(
        [Refusal(account_id=4, field="original_id", new="gh_else", at=AT)]
    )
    remark = FilingRemark(
        account_id=4, field="name", filed="示例二", seen="示例三", ground="检索", at=AT
    )
    await store.accounts.add_remarks([remark])
    step = ClosureNote(account_id=4, step=ClosureStep.SYSTEM, on=AT.date(), by="甲某", at=AT)
    await store.accounts.add_closures([step])
    receipt = LinkReceipt(
        url=LINK, way=LinkWay.LINKS, sort=LinkSort.OWN, received_at=AT, account_id=4, file="群.txt"
    )
    await store.hints.keep_receipts([receipt])


def rows_of(home: Home, table: str, account: int) -> list[tuple[object, ...]]:
    """The rows of an account, without what tells apart the rows of two accounts."""
    columns = [
        f'"{column.name}"'
        for column in Base.metadata.tables[table].columns
        if column.name not in ("id", "account_id", "reading_id", "key", "added_at", "source")
        and not column.name.endswith("_on")
    ]
    if table == "provisional_id":
        columns.remove('"why"')
    chosen = ", ".join(columns)
    return sql(url(home), f"SELECT {chosen} FROM {table} WHERE account_id = {account} ORDER BY 1")


@pytest.mark.parametrize("table", sorted(GOES_ON))
def test_what_was_kept_for_a_double_serves_the_account(merged: Merged, table: str) -> None:
    assert merged.before[table]
    assert set(merged.before[table]) <= set(rows_of(merged.home, table, 2))
    assert table != "link_receipt" or rows_of(merged.home, table, 4) == []


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Merged:
    home = with_doubles(tmp_path_factory.mktemp("merged"))
    within(home, said_of_the_double)
    before = {table: rows_of(home, table, 4) for table in GOES_ON}
    done = in_process("--home", home.root, "registry", "merge", "2", "4")
    assert done.returncode == 0, done.stderr
    return Merged(home, before)


def test_the_id_that_the_double_took_may_be_found_again(merged: Merged) -> None:
    found = f"SELECT account_id, why FROM provisional_id WHERE value = '{BIZ}' ORDER BY id"
    # Two filings of one name, until they were one.
    ended = [(4, ProvisionalEnd.TAKEN), (2, ProvisionalEnd.RELEASED)]
    assert sql(url(merged.home), found) == ended


async def test_what_was_taken_back_at_a_double_stands_no_longer(store: Store) -> None:
    one, two = await enter(store, WECHAT, replace(WECHAT, filing_number="3", name="示例三"))
    reading = Reading(
        account_id=one.id, look=LookKind.FIRST, started_at=AT, read_at=AT, sights=(searched(),),
        filed_as=WECHAT.identity,
    )  # fmt: skip
    await store.readings.keep(reading)
    refusal = Refusal(account_id=two.id, field="platform_id", new=BIZ, at=AT)
    await store.accounts.add_refusals([refusal])
    await store.accounts.carry_over(one.id, [two.id])
    (found,) = await store.accounts.provisional_ids()
    assert found.why is ProvisionalEnd.REFUSED
