"""Whether a home works on its own data: what its folder remembers, compared with the database."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from mediawatch.domain import UserError
from mediawatch.ops.settings import Home
from mediawatch.ops.settings.served import ServedData, note_served, require_same, served_data
from mediawatch.plurals import count_of


def require_moved(home: Home, url: str) -> None:
    """UserError where a server is named for the first time, and the home's own file was not moved.

    Every command would work on the server's database, as if the file's accounts were none.
    """
    if url.startswith("sqlite") or served_data(home.root):
        return
    # Imported here: it needs the tables of all models.
    from db.engine import normal_url
    from db.users import accounts_left

    normal_url(url)  # what is wrong with the URL itself is told first
    if left := accounts_left(home.database):
        raise UserError(tell_unmoved(home, left))


def tell_unmoved(home: Home, left: int) -> str:
    """What is to be told of a file with so many accounts beside a server's database."""
    return (
        f"{home.database} holds {count_of(left, 'account')} and was not moved to the database that "
        "database.url names: run `mediawatch database move`; or leave out the URL"
    )


def remember(home: Home, url: str, home_id: str) -> None:
    """Note which server's database holds the home's data. UserError where it is another home's."""
    if url.startswith("sqlite"):
        return
    from db.engine import name_database, normal_url

    served = ServedData(home_id, name_database(normal_url(url)).removeprefix("database "))
    require_same(home.root, served)
    if served_data(home.root) is None:
        with suppress(OSError):  # a home that is only read
            note_served(home.root, served)


def note_worker(home: Home) -> None:
    """Note that this home looks for another home's database."""
    known = served_data(home.root)
    if known and not known.worker:
        note_served(home.root, replace(known, worker=True))


def require_own_data(home: Home) -> None:
    """UserError in a worker's home: the database is not its to move."""
    if (known := served_data(home.root)) and known.worker:
        raise UserError(
            f"{home.root} is a worker's home, and {known.place} another home's: run this in the "
            "coordinator's home"
        )
