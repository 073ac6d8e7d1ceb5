"""Where a home's data lie, and how they come from SQLite to PostgreSQL and back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

from mediawatch.app.home_data import keep_owner, name_place, new_owner, owner_by, owner_here
from mediawatch.app.locks import only_one
from mediawatch.domain import UserError
from mediawatch.domain.clock import day_of
from mediawatch.files import write_whole
from mediawatch.ops.browse import WITHHELD
from mediawatch.ops.settings import Home, Settings, filed_database
from mediawatch.ops.settings.edits import put_setting
from mediawatch.ops.settings.served import (
    FORMER,
    SECRETS,
    VARIABLE,
    ServedData,
    forget_served,
    named_outside,
    note_served,
    served_data,
)
from mediawatch.ports import Clock, NamedQuery

if TYPE_CHECKING:
    from db.moves import DatabaseMove
    from db.servers import DatabaseFacts

SQLITE = "sqlite"
"""What `--to` says for the home's own file."""


@dataclass(frozen=True, slots=True)
class MovePlan:
    """From where to where. `settings`: mediawatch.toml as it will be, None where it stays. `remains`:
    what a person must set, "" for nothing.

    URLs may hold a password: never print them.
    """

    source: str
    target: str
    settings: str | None
    remains: str = ""


def plan_move(home: Home, settings: Settings, to: str) -> MovePlan:
    """`to`: a URL or `sqlite`; "" for the database that the environment names.

    UserError where it is not said where to, where it is said with a password, and for settings that
    cannot be changed.
    """
    from db.engine import has_password, normal_url

    filed, chosen = filed_database(home), settings.database.url.get_secret_value()
    own, outside, served = f"sqlite:///{home.database}", named_outside(), served_data(home.root)
    if not to and not (outside and chosen):
        raise UserError(
            "say where to: --to postgresql://USER@HOST/NAME, or --to sqlite for a file in the "
            f"home, or name it by {VARIABLE}"
        )
    if to not in ("", SQLITE) and has_password(to):
        raise UserError(
            "everybody on this machine can read a command line: leave the password out of --to, "
            f"and give it by PGPASSWORD or ~/.pgpass; or set {VARIABLE} and leave out --to"
        )
    if to != SQLITE and to.startswith(SQLITE):
        to = f"sqlite:///{os.path.abspath(normal_url(to).database or '')}"
    target = own if to == SQLITE else to or chosen
    is_target = [bool(url) and normal_url(url) == normal_url(target) for url in (chosen, filed)]
    source = chosen or own
    if not to or (is_target[0] and served is None):
        # What the settings name is where the data shall go, not where they are.
        source = own if is_target[1] or not filed else filed
        if served and served.is_file:
            source = f"sqlite:///{served.place}"
    if served and not served.is_file and source == own:
        _refuse_elsewhere(home, served, target)
    named = "" if target == own else target
    stays = not to or (outside and not filed) or named == filed
    text = None if stays else home.config.read_text("utf-8-sig")
    remains = _tell_outside(outside, "" if not to else target, own) if outside else ""
    return MovePlan(
        source,
        target,
        None if text is None else put_setting(text, "database", "url", named),
        remains,
    )


def _refuse_elsewhere(home: Home, served: ServedData, target: str) -> NoReturn:
    if served.place == name_place(target):
        raise UserError(f"{served.place} is the home's own already")
    raise UserError(
        f"the data of {home.root} lie in {served.place}: name that one by {VARIABLE} or [database] url, "
        "and say by --to where they are to go"
    )


def _tell_outside(outside: str, target: str, own: str) -> str:
    """What is to be done with the variable, or the file of secrets, that names the old database.

    `target`: "" where it names the new one.
    """
    variable = SECRETS if os.sep in outside else outside
    if not target:
        return f"set {variable} for every command and unit of this home, as it is set now"
    if target == own:
        return f"take {outside} away from every command and unit of this home"
    return f"let {outside} say {target} for every command and unit of this home"


def move(home: Home, plan: MovePlan, at: datetime) -> DatabaseMove:
    """Bring all rows over, while no sweep runs and nobody writes; then the settings name the new one.

    UserError as `db.moves.move_database`, and where a sweep runs.
    """
    from db.moves import move_database

    with only_one(home):
        owner = owner_here(home) or new_owner(home)
        done = move_database(plan.source, plan.target, day_of(at).isoformat(), owner)
        if plan.target == f"sqlite:///{home.database}":
            forget_served(home.root)
        elif plan.target.startswith("sqlite"):
            # Without it the home would open an empty file of its own where nothing names this one.
            forget_served(home.root)
            note_served(home.root, ServedData(done.home_id, name_place(plan.target)))
        else:
            keep_owner(home, plan.target, done.home_id, owner)
        if plan.settings is not None:
            write_whole(home.config, plan.settings.encode())
    return done


def reopen(home: Home, settings: Settings) -> tuple[Path, list[str]]:
    """Use an SQLite file again, as it was when it was moved, and have mediawatch.toml name no server.

    It is the home's own, or the one that the settings name. Returns it, and what a person must do.
    UserError where it was not moved, or is missing, while the server still holds the data, and where
    another home took them.
    """
    from db.engine import file_of, normal_url
    from db.moves import reopen_database
    from db.users import refuse_living

    named, filed, served = (
        settings.database.url.get_secret_value(),
        filed_database(home),
        served_data(home.root),
    )
    if served and served.taken_by:
        raise UserError(
            f"the home {served.taken_by} took the data of this one ({served.place}): work there; two "
            "living databases of one home would contradict each other; where that home is lost too, "
            "`mediawatch restore` of a backup into a new home"
        )
    on_file = named.startswith("sqlite")
    url = named if on_file else f"sqlite:///{home.database}"
    settled = ""
    if not on_file and filed and not filed.startswith("sqlite"):
        settled = put_setting(home.config.read_text("utf-8-sig"), "database", "url", "")
    if served and served.is_file:  # they came by way of a server: the mark does not name it
        refuse_living(served.place, served.home)
    with only_one(home):
        home_id, place = reopen_database(url, "" if on_file else named, owner_here(home))
        forget_served(home.root)
        file = file_of(normal_url(url)) or home.database
        if on_file and file != home.database:
            note_served(home.root, ServedData(home_id, os.path.abspath(file)))
        note_served(home.root, served or ServedData(home_id, place), FORMER)
        if settled:
            write_whole(home.config, settled.encode())
    remains = [
        f"{place} did not answer with these data: where it comes back, or another home took them, there "
        "are two living databases of one home; `doctor` asks it"
    ]
    if named and not on_file and (outside := named_outside()):
        remains.insert(0, _tell_outside(outside, url, url))
    return file, remains


def why_alive(home: Home, settings: Settings) -> str:
    """Why the server's database from which the home's file was reopened is no more lost; "" where it
    is, or the data came back by a move.
    """
    from db.users import why_living

    former = served_data(home.root, FORMER)
    if former is None or not home.database_url(settings).startswith("sqlite"):
        return ""
    return why_living(former.place, former.home, owner_by(home, former), unseen=False)


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
