"""Whether a home works on its own data: what its folder remembers, compared with the database."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import replace

from mediawatch.domain import UserError
from mediawatch.ops.settings import Home
from mediawatch.ops.settings.served import (
    FORMER,
    ServedData,
    named_outside,
    note_served,
    require_same,
    served_data,
)
from mediawatch.plurals import count_of
from mediawatch.ports import Store
from mediawatch.ports.store import DatabaseOwner


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
        raise UserError(tell_unmoved(home, left, url))


def tell_unmoved(home: Home, left: int, url: str) -> str:
    """What is to be told of a file with so many accounts beside the server's database at `url`."""
    named = named_outside() or f"[database] url in {home.config}"
    former = served_data(home.root, FORMER)
    if former and former.place == name_place(url):
        return (
            f"the data of {home.root} came back from {former.place}, and {home.database} holds them, "
            f"{count_of(left, 'account')}: take {named} away, for every command and unit"
        )
    to = "" if named_outside() else " --to URL"
    return (
        f"{home.database} holds {count_of(left, 'account')} and was not moved to the database that "
        f"database.url names: run `mediawatch database move{to}`; or take {named} away"
    )


def remember(home: Home, url: str, home_id: str) -> None:
    """Note which server's database holds the home's data. UserError where it is another home's."""
    served = ServedData(home_id, name_place(url))
    require_same(home.root, served)
    if served_data(home.root) is None:
        with suppress(OSError):  # a home that is only read
            note_served(home.root, served)


def own(home: Home, url: str, home_id: str) -> DatabaseOwner:
    """The home as owner of a server's database, with a new key that its folder keeps from now on."""
    made = new_owner(home)
    keep_owner(home, url, home_id, made)
    return made


def new_owner(home: Home) -> DatabaseOwner:
    """With a new key, that nothing keeps yet."""
    return DatabaseOwner(secrets.token_hex(16), _folder(home))


def keep_owner(home: Home, url: str, home_id: str, owner: DatabaseOwner) -> None:
    note_served(home.root, ServedData(home_id, name_place(url), owner.key))
    (home.root / FORMER).unlink(missing_ok=True)


def owner_here(home: Home) -> DatabaseOwner | None:
    """The home as the owner that it holds itself to be; None in a worker's home."""
    return owner_by(home, served_data(home.root))


def owner_by(home: Home, known: ServedData | None) -> DatabaseOwner | None:
    """The home as the owner that one of its notes holds it to be."""
    return DatabaseOwner(known.key, _folder(home)) if known and known.key else None


async def require_owned(home: Home, url: str, home_id: str, store: Store) -> None:
    """UserError where the server's database is another home's, which alone may work on it.

    An empty one that no home has taken becomes this home's.
    """
    owner = await store.ledger.owner()
    if why := await _why_not_by(owner, home, url, store):
        raise UserError(why)
    if owner is None:
        new = own(home, url, home_id)
        if (standing := await store.ledger.take(new, None)) != new:
            raise UserError(_why_not(home, url, standing))


async def why_not_owned(home: Home, url: str, store: Store) -> str:
    """Why the server's database is not this home's; "" where it is, or is free to be taken.

    That another home took it is noted in the folder.
    """
    return await _why_not_by(await store.ledger.owner(), home, url, store)


async def _why_not_by(standing: DatabaseOwner | None, home: Home, url: str, store: Store) -> str:
    if standing is not None:
        _note_taken(home, url, standing)
        return _why_not(home, url, standing)
    if await store.accounts.all():
        return (
            f"nothing says whose data {name_place(url)} holds: if this home's, run `mediawatch database "
            "take` here, once; if another home's, run this there"
        )
    return ""


def _note_taken(home: Home, url: str, standing: DatabaseOwner) -> None:
    """Remember which home took the data of this one, for the time when the server tells nothing."""
    known = served_data(home.root)
    if known is None or not known.key or known.place != name_place(url):  # a copy may be another's
        return
    taken_by = "" if standing.key == known.key else standing.folder
    if taken_by != known.taken_by:
        with suppress(OSError):  # a home that is only read
            note_served(home.root, replace(known, taken_by=taken_by))


def _why_not(home: Home, url: str, standing: DatabaseOwner) -> str:
    here = owner_here(home)
    if here == standing:
        return ""
    if here and here.key == standing.key:
        return (
            f"{home.root} is the folder {standing.folder}, moved or copied, and {name_place(url)} holds "
            f"that one's data: where it is gone, run `mediawatch database take` here; else run this "
            "there"
        )
    return (
        f"{name_place(url)} holds the data of the home {standing.folder}: run this there; in a worker's "
        "home `login`, `sessions`, `worker` and `doctor` run (docs/workers.md); where that home is "
        "lost, `mediawatch database take` gives its data to this one"
    )


async def take_database(home: Home, url: str, store: Store) -> DatabaseOwner | None:
    """Give the server's database to this home; whose it was. UserError while a sweep runs on it."""
    if url.startswith("sqlite"):
        raise UserError("the data of this home lie in a file of its own: they are nobody else's")
    async with store.ledger.alone():
        former = await store.ledger.owner()
        new = own(home, url, await store.operator.home_id())
        if await store.ledger.take(new, former) != new:
            raise UserError(
                f"another home took {name_place(url)} at the same moment: see which is right"
            )
    return former


def name_place(url: str) -> str:
    """The database as messages name it, without its password."""
    from db.engine import name_database, normal_url

    return name_database(normal_url(url)).removeprefix("database ")


def _folder(home: Home) -> str:
    return os.path.realpath(home.root)
