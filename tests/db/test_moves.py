"""A database is brought over to one of the other kind: every row, and nothing half."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from older_homes import restore
from postgres import Cluster
from samples import NOW, change, sql
from sqlalchemy import JSON, BigInteger, Boolean, Date, Float, LargeBinary, select

import db
from db import moves
from db.base import Base
from db.engine import careful_engine, normal_url
from db.errors import MOVED, StoreError, told_by_postgresql
from db.migrate import Safeguard, upgrade
from db.moved import unmark
from db.moves import move_database, reopen_database
from db.row_copies import compare_rows
from db.servers import version_fault
from db.types import AnyRow, Instant, Member, Words
from mediawatch.domain import Backup
from mediawatch.ports.store import DatabaseOwner, MovedData

DAY = "2032-01-06"
OWNER = DatabaseOwner("a key", "/srv/mediawatch")


def rows_of(url: str) -> dict[str, list[AnyRow]]:
    engine = careful_engine(normal_url(url))
    with engine.connect() as connection:
        found = {
            table.name: sorted(connection.execute(select(table)).all(), key=repr)
            for table in Base.metadata.sorted_tables
        }
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of an older home, brought up to date."""
    folder = tmp_path_factory.mktemp("filled")
    url = f"sqlite:///{folder / 'mediawatch.db'}"
    restore(url, folder)
    upgrade(url, safeguard=Safeguard(copy=False))
    with closing(sqlite3.connect(folder / "mediawatch.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "mediawatch.db"


@pytest.fixture
def old(filled: Path, tmp_path: Path) -> str:
    """An SQLite home's database with notices, reviews and readings."""
    return f"sqlite:///{shutil.copy(filled, tmp_path)}"


@pytest.fixture
def new(postgres: Cluster) -> str:
    """A database with our tables and nothing in them."""
    return postgres.copy(postgres.migrated_url())


def test_every_row_comes_over_and_back(old: str, postgres: Cluster, tmp_path: Path) -> None:
    new, before = postgres.url(), rows_of(old)
    done = move_database(old, new, DAY, OWNER)
    assert rows_of(new) == before
    assert (done.tables, done.rows) == (len(before), sum(map(len, before.values())))
    assert len(before["reading"]) > 5
    back = f"sqlite:///{tmp_path / 'back.db'}"
    assert move_database(new, back, DAY, OWNER).rows == done.rows
    assert rows_of(back) == before
    assert not [path for path in tmp_path.iterdir() if ".part" in path.name]


def test_numbers_go_on_and_triggers_hold(old: str, new: str) -> None:
    move_database(old, new, DAY, OWNER)
    change(new, "INSERT INTO source SELECT (jsonb_populate_record(source, "
           "jsonb_build_object('id', nextval(pg_get_serial_sequence('source', 'id'))))).* "
           "FROM source ORDER BY id LIMIT 1")  # fmt: skip
    ids = [row[0] for row in sql(new, "SELECT id FROM source ORDER BY id")]
    assert ids[-1] == ids[-2] + 1
    for table in ("reading", "review_event", "notice", "notice_event"):
        with (
            pytest.raises(StoreError, match=f"{table} is never updated"),
            db.errors.as_store_error("x"),
        ):
            change(new, f"UPDATE {table} SET id = id")


async def test_the_old_database_is_refused_from_then_on(
    old: str, new: str, postgres: Cluster
) -> None:
    before = rows_of(old)
    opened = await db.open_store(old)
    move_database(old, new, DAY, OWNER)
    with pytest.raises(StoreError, match=r"was moved to another one meanwhile.*nothing was writ"):
        await opened.runs.add_backup(Backup(at=NOW, place="a.tar", files=1, size=1))
    await opened.close()
    assert isinstance(told_by_postgresql(Exception(MOVED), "x", lost=False), MovedData)
    with pytest.raises(StoreError, match=rf"was moved to postgresql\S+ on {DAY}.*database\] url"):
        await db.open_store(old)
    assert rows_of(old) == before
    with pytest.raises(StoreError, match="is not lost, it answers"):
        reopen_database(old)
    postgres.drop(new)
    reopen_database(old)
    upgrade(old)
    assert rows_of(old) == before
    with pytest.raises(StoreError, match="was not moved"):
        reopen_database(old)


def take_back(url: str) -> None:
    engine = careful_engine(normal_url(url))
    with engine.begin() as connection:
        unmark(connection)
    engine.dispose()


def test_a_broken_off_move_is_finished(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new database was committed; the mark of the old one was not."""
    move_database(old, new, DAY, OWNER)
    take_back(old)
    assert move_database(old, new, DAY, OWNER).rows
    take_back(old)
    change(old, "UPDATE account SET name = name || 'x' WHERE id = 3")
    with pytest.raises(StoreError, match=r"row id 3 of account differs in name; nothing was moved"):
        move_database(old, new, DAY, OWNER)
    change(old, "DELETE FROM contact")
    change(new, "DELETE FROM post WHERE id = (SELECT max(id) FROM post)",
           "UPDATE account SET name = name || 'x' WHERE id = 3")  # fmt: skip
    with pytest.raises(StoreError, match="in one of the two databases only"):
        move_database(old, new, DAY, OWNER)
    upgrade(old)


CHANGES = {
    Instant: "{0} + interval '1 microsecond'",
    Date: "{0} + 1",
    JSON: "'[7]'",
    Boolean: "NOT {0}",
    BigInteger: "{0} + 1",
    Float: "{0} + 1e-9",
    Words: "{0} || ' '",
    Member: "'unlike'",
    LargeBinary: "{0} || '\\x00'",
}


def test_the_least_difference_of_each_type_is_found(old: str, new: str) -> None:
    """The drivers' own values are compared: none of our types could hide one."""
    change(old, "INSERT INTO handed_file (round, office, state, reason, file, sha256, size, notice, "
           "version, key, received_at, by, body) VALUES ('r', 'o', 'accepted', '', 'f', 's', 1, '', 1, "
           "'k', '2032-01-06 10:00:00.000000', 'b', x'00ff')",
           "INSERT INTO breaker (surface, session, address, in_row, newest, rest, rests, noted_at) "
           "VALUES ('s', '', '', '', '', 0.1, 1, '2032-01-06 10:00:00.000001')")  # fmt: skip
    move_database(old, new, DAY, OWNER)
    found = {}
    with (
        careful_engine(normal_url(old)).connect() as one,
        careful_engine(normal_url(new)).connect() as other,
    ):
        other.exec_driver_sql("SET session_replication_role = replica")
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                how = CHANGES.get(type(column.type))
                if how is None or type(column.type) in found or column.primary_key:
                    continue
                name = other.dialect.identifier_preparer.quote(column.name)
                # JSON's own null and SQL's are one value to whoever reads them.
                lost = column.nullable and not isinstance(column.type, JSON)
                for value in (how.format(name), "NULL") if lost else (how.format(name),):
                    with other.begin_nested() as undone:
                        done = other.exec_driver_sql(
                            f"UPDATE {table.name} SET {name} = {value} WHERE {name} IS NOT NULL"
                        )
                        if done.rowcount:
                            with pytest.raises(
                                StoreError, match=rf"differs in {column.name}; noth"
                            ):
                                compare_rows(one, other, table, "the new one")
                            found[type(column.type)] = column
                        undone.rollback()
                assert compare_rows(one, other, table, "the new one") >= 0
    assert found.keys() == CHANGES.keys()


def test_what_the_new_database_refuses_is_named(old: str, new: str) -> None:
    change(old, "UPDATE account_state SET news = 3000000000 WHERE account_id = 2")
    with pytest.raises(
        StoreError, match=r"refuses a row of account_state: .*COPY account_state, line 2, col"
    ):
        move_database(old, new, DAY, OWNER)
    assert sql(new, "SELECT count(*) FROM account") == [(0,)]
    upgrade(old)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("account_state SET last_outcome = 'fine'", "account_state holds what it must not: 'fine'"),
        ("finding SET code = 'no kind'", "finding holds what it must not: .*no kind"),
        ("reading SET read_at = 'now'", "reading (refuses|holds)"),
        ("reading SET read_at = read_at || '+08:00'", "read_at"),
        ("sweep SET totals = '{'", "refuses a row of sweep"),
    ],
)
def test_what_our_types_could_not_read_is_not_moved(
    old: str, new: str, statement: str, told: str
) -> None:
    names = sql(old, "SELECT name FROM sqlite_master WHERE type = 'trigger'")
    change(old, *(f'DROP TRIGGER "{name}"' for (name,) in names), f"UPDATE {statement}")
    with pytest.raises(StoreError, match=told):
        move_database(old, new, DAY, OWNER)
    assert sql(new, "SELECT count(*) FROM account") == [(0,)]


def test_others_wait_while_it_is_moved(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program tries in the middle: it cannot begin to write."""
    file = normal_url(old).database
    tried: list[str] = []

    def compared(*given: object) -> int:
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                tried.append(str(error))
        return 0

    monkeypatch.setattr(moves, "compare_rows", compared)
    move_database(old, new, DAY, OWNER)
    assert set(tried) == {"database is locked"}


def test_a_connection_that_is_cut_moves_nothing(
    old: str, new: str, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of(old)

    def cut(*_: object) -> int:
        ending = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
        sql(postgres.url(), f"{ending} '{normal_url(new).database}'")
        return moves_compare(*_)

    moves_compare = moves.compare_rows
    monkeypatch.setattr(moves, "compare_rows", cut)
    with pytest.raises(StoreError, match="the server ended the connection"):
        move_database(old, new, DAY, OWNER)
    monkeypatch.undo()
    assert (rows_of(old), sql(new, "SELECT count(*) FROM account")) == (before, [(0,)])
    assert move_database(old, new, DAY, OWNER).rows


def test_only_an_empty_database_is_filled(old: str, new: str, postgres: Cluster) -> None:
    foreign = postgres.url()
    change(foreign, "CREATE TABLE something (id int)")
    with pytest.raises(StoreError, match=r"is not empty \(something\)"):
        move_database(old, foreign, DAY, OWNER)
    change(new, "INSERT INTO pruning (at, before) VALUES (now(), now())")
    with pytest.raises(StoreError, match=r"holds another home \(pruning\)"):
        move_database(old, new, DAY, OWNER)


def test_servers_that_cannot_hold_it_are_told(old: str, postgres: Cluster) -> None:
    assert version_fault((15, 1), "x") == version_fault((18,), "x") == ""
    assert "14.9, which is too old: PostgreSQL 15" in version_fault((14, 9), "x")
    plain = postgres.url("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match=r"keeps its text in LATIN1.*createdb --encoding=UTF8"):
        upgrade(plain)
    bytes_only = postgres.url("ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match=r"its text in SQL_ASCII.*createdb --encoding=UTF8"):
        move_database(old, bytes_only, DAY, OWNER)
    url = postgres.url()
    change(url, "CREATE ROLE poor LOGIN", "GRANT CONNECT ON DATABASE "
           f"{normal_url(url).database} TO poor")  # fmt: skip
    poor = normal_url(url).set(username="poor").render_as_string()
    with pytest.raises(
        StoreError, match=r'poor may not make tables.*GRANT CREATE ON SCHEMA "public"'
    ):
        upgrade(poor)
