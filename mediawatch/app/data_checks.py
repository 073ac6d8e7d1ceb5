"""What the doctor checks of where a home's data and its evidence lie."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator

from mediawatch.app import App, databases
from mediawatch.app.doctor_checks import DoctorCheck, Level, check_of
from mediawatch.app.home_data import tell_unmoved, why_not_owned
from mediawatch.domain import UserError


async def data_checks(app: App) -> AsyncIterator[DoctorCheck]:
    """Database, the files of moves, and the place of the evidence."""
    async for check in _server_checks(app):
        yield check
    yield await asyncio.to_thread(_evidence_check, app)


async def _server_checks(app: App) -> AsyncIterator[DoctorCheck]:
    """Of a home on PostgreSQL: whose the database is, the server, what a backup needs, the file that
    it moved from.
    """
    for check in _moved_files(app):
        yield check
    if why := await asyncio.to_thread(databases.why_alive, app.home, app.settings):
        file = app.home.database
        text = f"{why}; {file} was reopened in its place, and they contradict each other"
        remedy = (
            f"keep one: put {file} aside, name the server's and run `mediawatch database take`; or drop "
            "the server's"
        )
        yield DoctorCheck(Level.FAIL, "database", text, remedy)
    if not app.settings.database.url.get_secret_value():
        return
    found = databases.facts(app.home, app.settings)
    if not found.server:
        return
    yield DoctorCheck(Level.OK, "database", f"{found.kind}, {found.size / 1e6:.1f} MB")
    url = app.home.database_url(app.settings)
    if why := await why_not_owned(app.home, url, app.store):
        yield DoctorCheck(Level.WARN, "database", f"this is no home but a worker's: {why}")
    if why := databases.why_no_backup(found):
        remedy = f"apt-get install postgresql-client-{found.server} (or newer)"
        yield DoctorCheck(Level.FAIL, "backup", f"no backup can be taken: {why}", remedy)


def _moved_files(app: App) -> Iterator[DoctorCheck]:
    """Files that bear the mark of a move, and a file beside a server's database that does not."""
    moved, kept = databases.own_files(app.home, app.settings)
    for file in moved:
        text = f"{file} still holds, with contacts, what the home held before its move"
        named = [file, *(file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm"))]
        remedy = f"after a backup: rm {' '.join(str(each) for each in named if each.exists())}"
        yield DoctorCheck(Level.WARN, "database", text, remedy)
    if kept:
        text = tell_unmoved(app.home, kept, app.home.database_url(app.settings))
        yield DoctorCheck(Level.FAIL, "database", text, "do not remove it before")


def _evidence_check(app: App) -> DoctorCheck:
    """Whether the place of the evidence is this home's and takes, gives and lets go a file."""
    folder = app.evidence
    name = f"doctor-{secrets.token_hex(8)}"
    try:
        folder.place.write(name, name.encode())
        folder.remove([name])
    except UserError as error:
        return DoctorCheck(Level.FAIL, "evidence", str(error))
    open_line = app.settings.evidence.endpoint.startswith("http://")
    return check_of(
        not (open_line and app.settings.evidence.place.startswith("s3://")),
        "evidence",
        f"{folder.label} can be written, read and pruned"
        + (
            ", but by an address without TLS: pages and pictures cross the network"
            if open_line
            else ""
        ),
        "an https:// address in [evidence] endpoint",
        otherwise=Level.WARN,
    )
