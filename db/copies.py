"""The whole database as one file, taken while others write, and back into an empty one."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import URL, create_engine, inspect, text

from db.engine import file_of, make_private, name_database, normal_url
from db.errors import NotWritable, StoreError, as_store_error, told_by_sqlite
from db.unwritable import copy_to_read
from mediawatch.children import inherited_environment

_STEP = 4096
"""Pages of SQLite that are copied at once."""


def dump(url: str, target: Path) -> str:
    """Write `target`, which must not exist; only its owner may read it, for contacts are in it.

    Returns `sqlite` or `postgresql`. The copy is of one moment. StoreError where it cannot be
    taken, or would be damaged.
    """
    parsed = normal_url(url)
    make_private(target)
    if file := file_of(parsed):
        try:
            _copy(file, target, name_database(parsed))
        except NotWritable:  # on such a disk SQLite may not even read
            if (folder := copy_to_read(parsed)) is None:
                raise
            with folder:
                _copy(Path(folder.name) / file.resolve().name, target, name_database(parsed))
        return "sqlite"
    own = (f"--file={target}", *_others_schemas(parsed))
    _run(parsed, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", *own)
    return "postgresql"


def _others_schemas(url: URL) -> list[str]:
    """Options that leave out what is not in our schema: the tasks of workers, and others' tools."""
    engine = create_engine(url)
    try:
        with as_store_error(name_database(url)), engine.connect() as connection:
            own = connection.scalar(text("SELECT current_schema()"))
            names = inspect(connection).get_schema_names()
    finally:
        engine.dispose()
    quoted = (name.replace('"', '""') for name in names if name not in (own, "information_schema"))
    return [f'--exclude-schema="{name}"' for name in quoted]


def load(url: str, source: Path, kind: str) -> None:
    """Fill the database from a file that `dump` wrote, once it is known to hold ours alone.

    StoreError where the file is damaged, newer, of something else or of the other kind of
    database, or where there is a database already. An SQLite file is then not made.
    """
    from db.schema_check import drop_every_view, require_own_file

    parsed = normal_url(url)
    file = file_of(parsed)
    if (kind == "sqlite") != (file is not None):
        raise StoreError(
            f"the backup holds a {kind} database, and {name_database(parsed)} is of another "
            "kind: set database.url to a matching one"
        )
    if file is None:
        _load_postgres(parsed, source)
        return
    if file.exists():
        raise StoreError(f"{name_database(parsed)} exists: a backup is never restored over it")
    require_own_file(source, "the backup's database")
    try:
        make_private(file)
        _copy(source, file, str(source))
        drop_every_view(file)
        with file.open("rb") as written:
            os.fsync(written.fileno())
    except BaseException:
        file.unlink(missing_ok=True)
        raise


_DUMPED = (
    "TABLE", "TABLE DATA", "SEQUENCE", "SEQUENCE OWNED BY", "SEQUENCE SET", "DEFAULT", "CONSTRAINT",
    "FK CONSTRAINT", "INDEX", "TRIGGER", "FUNCTION", "VIEW", "COMMENT", "ENCODING", "STDSTRINGS",
    "SEARCHPATH", "SCHEMA",
)  # fmt: skip
"""What a dump of our tables consists of. Others run code with the server's rights."""


def _load_postgres(url: URL, source: Path) -> None:
    from db.schema_check import require_own_tables
    from db.servers import require_rights, require_server

    engine = create_engine(url)
    try:
        with as_store_error(name_database(url)), engine.connect() as connection:
            if inspect(connection).get_table_names():
                raise StoreError(
                    f"{name_database(url)} is not empty: restore into a new database (createdb)"
                )
            require_server(connection, url)
            require_rights(connection, url, check=True)
    finally:
        engine.dispose()
    with NamedTemporaryFile("w", prefix="mediawatch-", encoding="utf-8") as entries:
        entries.write(_own_entries(source))
        entries.flush()
        _run(
            url,
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
            f"--use-list={entries.name}",
            str(source),
        )
    try:
        require_own_tables(url, "the backup's database")
    except StoreError as error:
        raise StoreError(
            f"{error}; {name_database(url)} holds it now: drop that database (dropdb)"
        ) from None


def _own_entries(source: Path) -> str:
    """The entries of a dump that are restored: all but the extensions, which our tables do not need.

    StoreError for a dump with anything else in it that they do not need.
    """
    done = subprocess.run(
        [_found("pg_restore"), "--list", str(source)],
        env=inherited_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise StoreError("the backup's database is damaged, or no dump: take an older backup")
    kept = []
    for line in done.stdout.splitlines():
        _, found, entry = line.partition("; ")
        what = entry.split(" ", 2)[2] if found and entry.count(" ") >= 2 else ""
        if line.startswith(";") or not what:
            continue
        if what.startswith(("EXTENSION ", "COMMENT - EXTENSION ")):
            continue
        if not what.startswith(_DUMPED):
            raise StoreError(f"the backup's database holds what no backup has: {what[:80]!r}")
        kept.append(line)
    return "\n".join(kept)


def _copy(source: Path, target: Path, name: str) -> None:
    """SQLite's own backup, in one step: others go on writing, and the copy holds no half
    transaction.
    """
    try:
        with (
            closing(sqlite3.connect(source, isolation_level=None)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.execute("PRAGMA busy_timeout = 30000")
            # All steps are of this one moment, whatever others write meanwhile.
            old.execute("BEGIN")
            old.execute("SELECT count(*) FROM sqlite_master").fetchone()
            # Between them Python looks whether a signal came.
            old.backup(new, pages=_STEP, progress=lambda *_: None)
            (said,) = new.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        blamed = target if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" else source
        raise told_by_sqlite(error, f"the copy of {name}", blamed) from error
    if said != "ok":
        raise StoreError(f"{name} is damaged ({said}): restore an older backup")


def _run(url: URL, program: str, *options: str) -> None:
    """The password goes by the environment: everybody on the host can read a command line."""
    password = str(url.password) if url.password else os.environ.get("PGPASSWORD")
    environ = {**inherited_environment(), **({"PGPASSWORD": password} if password else {})}
    # `URL.set` takes None for "as it was", so the password would stay.
    bare = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    command: Sequence[str] = [_found(program), f"--dbname={bare}", "--no-password", *options]
    done = subprocess.run(
        command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        words = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        remedy = (
            "; install the server's version of Debian's postgresql-client"
            if "server version mismatch" in done.stderr
            else ""
        )
        raise StoreError(f"{program} on {name_database(url)}: {words[0]}{remedy}")


def why_no_dump(server: int) -> str:
    """Why no backup of a PostgreSQL server of this main version can be taken; "" where it can."""
    try:
        program = _found("pg_dump")
    except StoreError as error:
        return str(error)
    asked = [program, "--version"]
    said = subprocess.run(
        asked, env=inherited_environment(), capture_output=True, text=True, check=False
    )
    found = re.search(r"\d+", said.stdout)
    if found is None:
        return f"{program} does not run"
    return (
        ""
        if int(found[0]) >= server
        else f"{program} is of version {found[0]}, the server of {server}"
    )


def _found(program: str) -> str:
    """Debian keeps the programs of all versions apart; the newest reads every older server."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3])
    )
    found = str(versions[-1]) if versions else shutil.which(program)
    if not found:
        raise StoreError(f"{program} is missing: run `apt-get install postgresql-client`")
    return found
