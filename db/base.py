"""What all tables share: names of constraints, and how the types of the domain are stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, Enum, Integer, MetaData, Select, Table, select
from sqlalchemy.orm import DeclarativeBase

from db.types import Instant, Words

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

# Constraints must have names: SQLite can only change a table by copying it, and Alembic cannot
# address nameless ones then.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself only for a column declared exactly INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own name
        datetime: Instant(),
        str: Words(),
        list[str]: JSON(),
        dict[str, int]: JSON(),
        dict[str, dict[str, int]]: JSON(),
        dict[str, Any]: JSON(),
        # Kept by value and without a CHECK: a new member needs no migration.
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=32,
            validate_strings=True,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }


def table(of: type[Base]) -> Table:
    found = of.__table__
    assert isinstance(found, Table)
    return found


def insert_into(of: type[Base], dialect: str) -> sqlite.Insert | postgresql.Insert:
    """An insert into a table that may say what to do where the row exists already."""
    # Imported late: each dialect is large, and a database needs one of them.
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.Insert(table(of))
    from sqlalchemy.dialects import sqlite

    return sqlite.Insert(table(of))


def rows(of: type[Base]) -> Select[*tuple[Any, ...]]:
    """A statement for the plain rows of a table, column by column in the model's order."""
    return select(table(of))
