"""Whose data a PostgreSQL database holds: a comment on its table `home` names that home's folder.

A comment goes with dumps and copies of the database, and needs no table of its own.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, MetaData, Table, select, text
from sqlalchemy.schema import SetTableComment

from db.engine import careful_engine, name_database, normal_url
from db.errors import StoreError, as_store_error
from db.models import HomeRow
from mediawatch.ports.store import DatabaseOwner

_SCHEMA = "mediawatch.owner/1"
_NAME = HomeRow.__tablename__


def owner_in(connection: Connection) -> DatabaseOwner | None:
    """None where no home has taken the database, and for SQLite, whose file lies in its home."""
    if connection.dialect.name != "postgresql":
        return None
    asked = text(f"SELECT obj_description('{_NAME}'::regclass, 'pg_class')")
    try:
        told = json.loads(connection.scalar(asked) or "")
        if told.pop("schema") != _SCHEMA:
            return None
        return DatabaseOwner(**told)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None  # somebody else's comment


def note_owner(connection: Connection, owner: DatabaseOwner) -> None:
    """Make it the database's owner, whoever was it before. Nothing on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    told = json.dumps({"schema": _SCHEMA, "key": owner.key, "folder": owner.folder})
    connection.execute(SetTableComment(Table(_NAME, MetaData(), comment=told)))


def take_over(
    connection: Connection, owner: DatabaseOwner, former: DatabaseOwner | None
) -> DatabaseOwner:
    """Make it the owner where `former` is it still. Returns whose the database is then."""
    connection.execute(text(f"LOCK TABLE {_NAME} IN SHARE ROW EXCLUSIVE MODE"))
    standing = owner_in(connection)
    if standing != former and standing is not None:
        return standing
    note_owner(connection, owner)
    return owner


def make_owner(url: str, owner: DatabaseOwner) -> str:
    """Make it the owner of a database in a transaction of its own; returns the id of the home."""
    parsed = normal_url(url)
    engine = careful_engine(parsed)
    try:
        with as_store_error(name_database(parsed)), engine.begin() as connection:
            note_owner(connection, owner)
            return str(connection.scalar(select(HomeRow.id)))
    finally:
        engine.dispose()


def refuse_others(connection: Connection, owner: DatabaseOwner) -> None:
    """StoreError where the database is another folder's, of the same office or not."""
    standing = owner_in(connection)
    if standing is not None and standing.folder != owner.folder:
        raise StoreError(
            f"{name_database(connection.engine.url)} holds the data of the home {standing.folder}: "
            "run this there"
        )
