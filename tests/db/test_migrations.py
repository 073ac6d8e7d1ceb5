"""The database's tables: made by migrations alone, equal to the models, refused where a newer
version made them.
"""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from warm import Program

import db
from db.base import Base
from db.engine import migration_engine, normal_url
from db.errors import NewerDatabase, StoreBusy, StoreError
from db.migrate import upgrade
from db.models import DRAFTS, HANDED, IMMUTABLE, ISSUED, LEADS, LEDGER, REPOSTS
from db.revisions import revisions
from mediawatch.domain import UserError


def run(url: str, *statements: str) -> None:
    engine = migration_engine(normal_url(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_migrations_make_what_the_models_say(database_url: str) -> None:
    upgrade(database_url)
    engine = migration_engine(normal_url(database_url))
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
        # What the comparison overlooks: names and deletion rules of foreign keys, names of primary
        # keys.
        inspector = inspect(connection)
        for table in Base.metadata.sorted_tables:
            keys = {
                (key["name"], key["options"].get("ondelete"))
                for key in inspector.get_foreign_keys(table.name)
            }
            assert keys == {(key.name, key.ondelete) for key in table.foreign_key_constraints}, (
                table.name
            )
            if (
                not table.dialect_options["sqlite"]["autoincrement"]
                or connection.dialect.name != "sqlite"
            ):
                assert inspector.get_pk_constraint(table.name)["name"] == table.primary_key.name
    engine.dispose()


def test_the_comparison_sees_a_difference(sqlite_url: str) -> None:
    upgrade(sqlite_url)
    run(sqlite_url, "ALTER TABLE contact ADD COLUMN fax TEXT")
    engine = migration_engine(normal_url(sqlite_url))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()


def test_revisions_are_one_line_of_numbers() -> None:
    config = Config()
    config.set_main_option("script_location", str(files("db").joinpath("migrations")))
    script = ScriptDirectory.from_config(config)
    assert [revision.revision for revision in script.walk_revisions()][::-1] == [*revisions()]
    assert revisions() == tuple(f"{number:04}" for number in range(1, len(revisions()) + 1))


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    run(
        database_url,
        (
            "INSERT INTO source (id, file, sha256, at, kind) VALUES (1, 'a.xlsx', '0', "
            "'2031-01-01 00:00:00', 'registry')"
        ),
    )
    upgrade(database_url)
    engine = migration_engine(normal_url(database_url))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM source")) == 1
    engine.dispose()


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(database_url: str) -> None:
    upgrade(database_url)
    run(database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(
        NewerDatabase, match=r"newer mediawatch \(revision 9999, this version knows \d{4}\)"
    ):
        await db.open_store(database_url)
    engine = migration_engine(normal_url(database_url))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_a_failing_migration_leaves_nothing_behind(database_url: str) -> None:
    # The last thing that the first migration makes is in the way, so everything before it must be
    # undone.
    run(database_url, "CREATE TABLE account_state (x INTEGER)")
    with pytest.raises(StoreError, match="account_state"):
        upgrade(database_url)
    engine = migration_engine(normal_url(database_url))
    assert inspect(engine).get_table_names() == ["account_state"]
    engine.dispose()


def test_a_database_of_something_else_is_refused(database_url: str) -> None:
    run(database_url, "CREATE TABLE account (x INTEGER)")
    with pytest.raises(StoreError, match="tables of something else"):
        upgrade(database_url)


async def test_many_may_open_a_new_database_at_once(database_url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(upgrade, database_url) for _ in range(6)))
    stores = await asyncio.gather(*(db.open_store(database_url) for _ in range(6)))
    for store in stores:
        assert await store.accounts.all() == []
        await store.close()


def test_several_processes_may_open_a_new_database_at_once(sqlite_url: str) -> None:
    code = f"from db.migrate import upgrade; upgrade({sqlite_url!r})"
    running = [
        Program([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [process.communicate()[1] for process in running] == [""] * 2


def test_sqlite_files_are_private_and_durable(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "mediawatch.db"
    upgrade(sqlite_url)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sqlite3.connect(file).execute("PRAGMA journal_mode").fetchone() == ("wal",)
    file.chmod(0o644)  # as a restored backup may have it
    upgrade(sqlite_url)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def modes_in(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


async def test_write_ahead_files_are_private_too(sqlite_url: str, tmp_path: Path) -> None:
    store = await db.open_store(sqlite_url)
    await store.accounts.add_links(1, [], "a.txt")
    modes = modes_in(tmp_path)
    await store.close()
    assert set(modes) == {"mediawatch.db", "mediawatch.db-wal", "mediawatch.db-shm"}
    assert set(modes.values()) == {0o600}


def test_the_names_of_immutable_tables_agree_with_the_first_migration(
    sqlite_url: str, tmp_path: Path
) -> None:
    upgrade(sqlite_url)
    rows = sqlite3.connect(tmp_path / "mediawatch.db").execute(
        "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    )
    assert sorted({name for (name,) in rows}) == sorted(
        (*IMMUTABLE, *ISSUED, *DRAFTS, *LEDGER, *LEADS, *REPOSTS, *HANDED)
    )


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mediawatch.db", "no database URL"),
        ("postgresql://host:secret/x", "no database URL: write"),
        ("mysql://localhost/x", "'mysql' is not supported"),
        ("postgresql+asyncpg://localhost/x", "is not supported"),
        (
            "sqlite+aiosqlite:////srv/mediawatch.db",
            "'sqlite\\+aiosqlite' is not supported: write sqlite:////path/mediawatch.db or",
        ),
        ("sqlite://", "must be a plain file"),
        ("sqlite:///:memory:", "must be a plain file"),
        (
            "sqlite:////nowhere/at/all/mediawatch.db",
            "No such file or directory; run `mediawatch init`",
        ),
        ("postgresql+psycopg://someone:secret@/x?host=/nowhere", "someone"),
    ],
)
def test_urls_that_cannot_be_opened(url: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        upgrade(url)
    assert "secret" not in str(caught.value)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'mediawatch\[postgres\]'"):
        upgrade("postgresql+psycopg://someone@/x")


def test_a_file_that_is_no_database(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "mediawatch.db").write_text("备案单号,名称\n" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="is not a database of mediawatch"):
        upgrade(sqlite_url)


def test_a_locked_new_database_is_said_to_be_busy(sqlite_url: str, tmp_path: Path) -> None:
    upgrade(sqlite_url)
    run(sqlite_url, "DELETE FROM alembic_version")
    holder = sqlite3.connect(tmp_path / "mediawatch.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="locked by another process"):
        upgrade(sqlite_url, busy_timeout=0.05)
    holder.close()
