"""Where a home's data lie, and how they come from SQLite to PostgreSQL and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mediawatch.app.home_data import keep_owner, new_owner, owner_here
from mediawatch.app.locks import only_one
from mediawatch.domain import UserError
from mediawatch.domain.clock import day_of
from mediawatch.files import write_whole
from mediawatch.ops.browse import WITHHELD
from mediawatch.ops.settings import Home, Settings, filed_database
from mediawatch.ops.settings.edits import put_setting
from mediawatch.ops.settings.served import forget_served
from mediawatch.ports import Clock, NamedQuery

if TYPE_CHECKING:
    from db.moves import DatabaseMove
    from db.servers import DatabaseFacts

SQLITE = "sqlite"
"""What `--to` says for the home's own file."""
_VARIABLE = "MEDIAWATCH_DATABASE__URL"


@dataclass(frozen=True, slots=True)
class MovePlan:
    """From where to where. `settings`: mediawatch.toml as it will be, None where it stays.

    URLs may hold a password: never print them.
    """

    source: str
    target: str
    settings: str | None

    @property
    def source_setting(self) -> str:
        """What `database.url` is before the move."""
        return "" if self.source.startswith("sqlite:///") else self.source


def plan_move(home: Home, settings: Settings, to: str) -> MovePlan:
    """`to`: a URL or `sqlite`; "" for the database that the environment names.

    UserError where it is not said where to, where it is said with a password, and for settings that
    cannot be changed.
    """
    from db.engine import has_password

    filed, chosen = filed_database(home), settings.database.url.get_secret_value()
    own = f"sqlite:///{home.database}"
    if not to:
        if chosen == filed:
            raise UserError(
                "say where to: --to postgresql://USER@HOST/NAME, or --to sqlite for a file in the "
                f"home, or name it by {_VARIABLE}"
            )
        return MovePlan(filed or own, chosen, None)
    if to != SQLITE and has_password(to):
        raise UserError(
            "everybody on this machine can read a command line: leave the password out of --to, "
            f"and give it by PGPASSWORD or ~/.pgpass; or set {_VARIABLE} and leave out --to"
        )
    target = own if to == SQLITE else to
    if chosen != filed:
        return MovePlan(chosen, target, None)
    named = "" if target == own else target
    text = home.config.read_text("utf-8-sig")
    return MovePlan(chosen or own, target, put_setting(text, "database", "url", named))


def move(home: Home, plan: MovePlan, at: datetime) -> DatabaseMove:
    """Bring all rows over, while no sweep runs and nobody writes; then the settings name the new one.

    UserError as `db.moves.move_database`, and where a sweep runs.
    """
    from db.moves import move_database

    with only_one(home):
        owner = owner_here(home) or new_owner(home)
        done = move_database(plan.source, plan.target, day_of(at).isoformat(), owner)
        if plan.target.startswith("sqlite"):
            forget_served(home.root)
        else:
            keep_owner(home, plan.target, done.home_id, owner)
        if plan.settings is not None:
            write_whole(home.config, plan.settings.encode())
    return done


def reopen(home: Home, settings: Settings) -> Path:
    """Use the home's own SQLite file again, as it was when it was moved. Returns it.

    UserError where it was not moved, or is missing, and while the server still holds the data.
    """
    from db.moves import reopen_database

    with only_one(home):
        reopen_database(f"sqlite:///{home.database}", settings.database.url.get_secret_value())
        forget_served(home.root)
    return home.database


def own_restored(made: Home, home: Home, url: str) -> None:
    """The server's database that was just filled is the home's, which is `made` in another folder
    first.
    """
    from db.owners import make_owner

    owner = new_owner(home)
    keep_owner(made, url, make_owner(url, owner), owner)


def facts(home: Home, settings: Settings) -> DatabaseFacts:
    """What is to be told of the home's database; nothing is written. UserError as it says."""
    from db.engine import normal_url
    from db.servers import database_facts

    return database_facts(normal_url(home.database_url(settings)))


def own_files(home: Home, settings: Settings) -> tuple[list[Path], int]:
    """SQLite files of the home that bear the mark of a move; and how many accounts its own file
    holds unmoved beside a server's database.
    """
    from db.users import accounts_left

    aside = sorted(home.root.glob(f"{home.database.name}.moved-*[0-9]"))
    moved = [file for file in (home.database, *aside) if accounts_left(file) is None]
    url = settings.database.url.get_secret_value()
    on_server = bool(url) and not url.startswith("sqlite")
    return moved, (accounts_left(home.database) or 0) if on_server else 0


def why_no_backup(found: DatabaseFacts) -> str:
    """Why no backup of this database can be taken; "" where it can."""
    from db.copies import why_no_dump

    return why_no_dump(found.server) if found.server else ""


@dataclass(frozen=True, slots=True)
class BrowsedFile:
    """An SQLite file that browsers of data may read. `taken_at`: None where it is the home's own."""

    file: Path
    queries: Sequence[NamedQuery]
    taken_at: datetime | None = None


@contextmanager
def browsed_file(home: Home, settings: Settings, clock: Clock) -> Iterator[BrowsedFile]:
    """The home's own SQLite file, or a copy of what PostgreSQL holds at this moment.

    The copy lies in a private folder that goes at the end. It holds no contacts, nor what else no
    page shows. UserError where it cannot be made.
    """
    from db.engine import file_of, normal_url
    from db.queries.named import named_queries

    url, queries = normal_url(home.database_url(settings)), named_queries("sqlite")
    if file := file_of(url):
        yield BrowsedFile(file, queries)
        return
    from db.moves import copy_rows

    read = set(re.findall(r"\w+", " ".join(query.sql for query in queries)))
    with TemporaryDirectory(prefix="mediawatch-browse-") as folder:
        copy, now = Path(folder) / home.database.name, clock()
        copy_rows(url, copy, WITHHELD - read)
        yield BrowsedFile(copy, queries, now)
