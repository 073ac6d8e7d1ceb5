"""Faults of a PostgreSQL server: what a command says, and that nothing of a transaction stays."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from commands import in_process
from localized_server import refusing_server
from postgres import Cluster
from samples import FILE, PLAIN, enter, plain_reading
from sqlalchemy import make_url

import db
from db.errors import told_by_postgresql
from db.patience import patiently
from db.users import refuse_living
from mediawatch.domain import UserError
from mediawatch.ops.settings import Home

REACHED = r"cannot be reached \(.*\): start the server, or correct \[database\] url"


@contextmanager
def _used_up(url: str) -> Iterator[None]:
    """Every connection of the server is held by somebody else."""
    with ExitStack() as held:
        with suppress(psycopg.OperationalError):
            for _ in range(1000):
                held.enter_context(psycopg.connect(url.replace("+psycopg", "")))
        yield


def _as(url: str, sql: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql)


def _words(home: Path, url: str, *words: str) -> tuple[int, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDIAWATCH_DATABASE__URL", url)
        done = in_process("--home", home, *words)
    assert done.stderr.count("\n") == 1, done.stderr
    return done.returncode, done.stderr


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return Home(tmp_path / "home").create().root


def test_a_server_that_cannot_be_reached(postgres: Cluster, home: Path) -> None:
    url = make_url(postgres.migrated_url())
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
    secret = "geheim1234"
    # Never a file of the system: what a fault does to it, it does to the whole machine.
    pipe = home / "pipe"
    os.mkfifo(pipe, 0o644)
    for wrong, says in (
        (f"postgresql+psycopg://x:{secret}@127.0.0.1:{port}/x", REACHED),
        (f"postgresql+psycopg://x:{secret}@nowhere.invalid/x", REACHED),
        ("postgresql+psycopg://x@/x?host=/nowhere", REACHED),
        (str(url.set(database="missing")), r"has no such database: make it \(`createdb"),
        (
            str(url.set(database="postgres")),
            r"is the server's own database: make one for this home",
        ),
        (f"postgresql+psycopg://x:{secret}@127.0.0.1/x\n.y", r"holds a line break"),
        (str(url.set(username="nobody")), r"role \"nobody\" does not exist"),
        (f"sqlite:///{home}/none/x.db", r"No such file or directory; run `mediawatch init`"),
        (f"sqlite:///{home}", r"cannot be opened: it must be a file"),
        (f"sqlite:///{pipe}", r"cannot be opened: it must be a file"),
    ):
        code, said = _words(home, wrong, "flagged")
        assert code == 2, wrong

        assert re.search(says, said), said
        assert secret not in said
    assert stat.S_IMODE(pipe.stat().st_mode) == 0o644


def test_a_server_without_a_connection_left(postgres: Cluster, home: Path) -> None:
    url = postgres.migrated_url()
    with _used_up(url):
        code, said = _words(home, url, "flagged")
    assert (code, "has no connection left: wait, or raise its max_connections" in said) == (2, True)
    assert "there is no sweep yet" in _words(home, url, "flagged")[1], "it goes on afterwards"


async def test_a_server_that_only_reads(postgres: Cluster) -> None:
    url, aside = postgres.url(), postgres.migrated_url()
    await (await db.open_store(url)).close()
    _as(aside, f"ALTER DATABASE {make_url(url).database} SET default_transaction_read_only = on")
    store = await db.open_store(url)
    with pytest.raises(UserError, match=r"takes nothing for writing: name its primary"):
        await store.accounts.add_source(FILE, "links")
    assert await store.accounts.all() == []
    await store.close()


async def test_a_connection_that_ends_in_mid_transaction(postgres: Cluster) -> None:
    """The transaction waits for a row, having written others; the server ends it there."""
    url = postgres.migrated_url()
    store = await db.open_store(url)
    (account,) = await enter(store, PLAIN)
    with psycopg.connect(url.replace("+psycopg", "")) as holder:
        holder.execute("SELECT * FROM account_state FOR UPDATE")
        writing = asyncio.create_task(store.readings.keep(plain_reading(account.id)))
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
            for _ in range(6000):
                if other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                    "current_database() AND wait_event_type = 'Lock'"
                ).fetchall():
                    break
                await asyncio.sleep(0.01)
        with pytest.raises(UserError, match=r"the server ended the connection; nothing of this"):
            await writing
    assert await store.readings.by_account() == {}
    await store.readings.keep(plain_reading(account.id))
    assert len(await store.readings.by_account()) == 1
    await store.close()


def test_a_password_that_is_refused_is_called_that() -> None:
    for words in (
        "FATAL: password authentication failed for user x",
        "致命错误: 用户 x Password 认证失败",
        "no password supplied",
    ):
        told = str(told_by_postgresql(Exception(words), "database x", lost=True))
        assert ("~/.pgpass" in told, "start the server" in told) == (True, False)


def test_a_missing_database_is_told_in_chinese() -> None:
    told = str(
        told_by_postgresql(Exception('致命错误:  数据库 "x" 不存在'), "database x", lost=True)
    )
    assert ("createdb" in told, "start the server" in told) == (True, False)


async def test_the_reason_of_a_wait_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """The queue's library raises words without a reason."""
    answers = iter([Exception("     Database error.     "), Exception("     Database error.     ")])

    async def attempt() -> str:
        for error in answers:
            raise error from psycopg.OperationalError("server closed the connection\n at once")
        return "there"

    assert await patiently(attempt, Exception) == "there"
    (said,) = caplog.messages
    assert "'why': 'server closed the connection'" in said


HOME = "an id of a home"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("28P01", '用户 "office" Password 认证失败'),
        ("57P03", "数据库系统启动中"),
        ("53300", "对不起, 已经有太多的客户"),
        # Of no database there can be seen whether it is gone.
        ("3D000", '数据库 "office" 不存在'),
    ],
)
def test_a_server_that_speaks_chinese_is_alive(state: str, words: str) -> None:
    with refusing_server(state, words) as port:
        url = f"postgresql+psycopg://office@127.0.0.1:{port}/office"
        with pytest.raises(UserError, match="is not lost, its server answers, and refuses"):
            refuse_living(url, HOME)


def test_what_is_lost_and_what_is_not(postgres: Cluster) -> None:
    url = postgres.copy(postgres.migrated_url())
    _as(url, f"UPDATE home SET id = '{HOME}'")
    with pytest.raises(UserError, match="is not lost, it answers"):
        refuse_living(url, HOME)
    refuse_living(url, "another home")
    name = make_url(url).database
    _as(url, f"CREATE ROLE {name}_reader LOGIN")
    with pytest.raises(UserError, match="is not lost, its server answers, and refuses"):
        refuse_living(str(make_url(url).set(username=f"{name}_reader")), HOME)
    refuse_living(postgres.url(), HOME)
    postgres.drop(url)
    refuse_living(url, HOME)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
    refuse_living(f"postgresql+psycopg://office@127.0.0.1:{port}/office", HOME)
