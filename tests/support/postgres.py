"""A real PostgreSQL of the tests' own: a throw-away cluster in a temporary folder, on a Unix socket
only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import psycopg
import pytest
from places import make_short_folder
from sqlalchemy import make_url

from db.base import Base
from db.migrate import upgrade

SETTINGS = (
    "listen_addresses=''",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "shared_buffers=16MB",
    # In the cluster's folder: what is stopped at once leaves it behind in the system's.
    "dynamic_shared_memory_type=mmap",
    "max_connections=60",
)


class Cluster:
    """`folder` holds data and socket. Databases are made by `url()`, a fresh one each."""

    def __init__(self, binaries: Path, folder: Path, settings: Sequence[str] = SETTINGS) -> None:
        self.folder, self._settings = folder, settings
        self._binaries = binaries
        self._numbers = count(1)
        self._migrated = ""
        # PostgreSQL refuses to run as root; its package brings a user of its own.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)

    def _run(self, name: str, *arguments: str) -> None:
        # Not captured by a pipe: the server inherits it and would keep it open for as long as it
        # runs.
        with (self.folder / f"{name}.log").open("ab") as log:
            done = subprocess.run(
                [self._binaries / name, "-D", self.folder / "data", *arguments],
                user=self._user,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=60,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{name} failed: {(self.folder / f'{name}.log').read_text()[-800:]}")

    def start(self) -> None:
        self._run(
            "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        options = " ".join(
            f"-c {setting}"
            for setting in (*self._settings, f"unix_socket_directories={self.folder}")
        )
        self._run("pg_ctl", "-w", "-t", "60", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def restart(self) -> None:
        """As an administrator does it: whoever is connected is cut off."""
        self._run("pg_ctl", "-w", "-t", "60", "-m", "fast", "restart")

    def url(self, options: str = "") -> str:
        """A new, empty database, made with these options."""
        name = f"mediawatch_{next(self._numbers)}"
        self._execute("postgres", f"CREATE DATABASE {name} {options}")
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def copy(self, url: str) -> str:
        """A new database with what another one holds, to which nobody is connected."""
        name = f"mediawatch_{next(self._numbers)}"
        self._execute("postgres", f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}")
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def drop(self, url: str) -> None:
        self._execute("postgres", f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def rename(self, url: str, new: str) -> None:
        """Give a database, to which nobody is connected, the name of one that is gone."""
        names = f"{make_url(url).database} RENAME TO {make_url(new).database}"
        self._execute("postgres", f"ALTER DATABASE {names}")

    def migrated_url(self) -> str:
        """The one database with this version's tables, emptied: a new one costs 7 MB and half a
        second.
        """
        if not self._migrated:
            self._migrated = self.url()
            upgrade(self._migrated)
        # The home stays the same one: its mark is made with the database. Rows are few: to delete
        # them takes a third of what TRUNCATE does, which makes every table's files anew.
        tables = [table.name for table in Base.metadata.sorted_tables if table.name != "home"]
        self._execute(
            make_url(self._migrated).database or "",
            "DROP SCHEMA IF EXISTS mediawatch_tasks CASCADE; COMMENT ON TABLE home IS NULL;"
            "SET session_replication_role = replica;"
            + "".join(f"DELETE FROM {table};" for table in tables)
            + "SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false) "
            "FROM pg_sequences WHERE last_value IS NOT NULL",
        )
        return self._migrated

    def _execute(self, database: str, statement: str) -> None:
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement)


def binaries() -> Path | None:
    """Where initdb and pg_ctl are: behind PATH, or Debian's folder of the newest version, which
    PATH does not have.
    """
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    return versions[-1].parent if versions else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """Skipped where PostgreSQL is not installed; an error where CI must have it."""
    found = binaries()
    if found is None:
        reason = (
            "PostgreSQL is not installed: apt-get install -y --no-install-recommends postgresql"
        )
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    # Not below pytest's folder: that is closed to the user `postgres`, and too long for the path of
    # a socket.
    folder = make_short_folder("mw-pg-")
    cluster = Cluster(found, folder)
    try:
        cluster.start()
        yield cluster
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
