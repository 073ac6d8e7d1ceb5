"""What all tables share: names of constraints, and how the types of the domain are stored."""

from __future__ import annotations

from collections import ChainMap
from datetime import date, datetime
from enum import StrEnum
from inspect import get_annotations
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    TypeVar,
    get_args,
)

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Select,
    Table,
    select,
)
from sqlalchemy.types import TypeEngine

from db.types import CodeName, Instant, Member, Words
from mediawatch.domain import Code

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

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


_TYPES: dict[Any, TypeEngine[Any]] = {
    int: Integer(),
    bool: Boolean(),
    date: Date(),
    datetime: Instant(),
    float: Float(),
    str: Words(),
    Code: CodeName(),
    list[str]: JSON(),
    dict[str, int]: JSON(),
    dict[str, dict[str, int]]: JSON(),
    dict[str, Any]: JSON(),
}


class Field(Generic[T]):
    """A column of a model: what `Column` takes beside its name and nullability."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.given, self.named = given, named

    if TYPE_CHECKING:  # The model has put its column into the field's place by then.

        def __get__(self, instance: None, owner: type[Base]) -> Column[T]: ...


class Base:
    """A model: each subclass is a table, and its annotated attributes are the columns.

    As SQLAlchemy's mapped classes spell it. Those serve its sessions, which are not used here, and
    cost every command 0.2 s.
    """

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
    __tablename__: ClassVar[str]
    __table_args__: ClassVar[tuple[Any, ...]] = ()
    """Constraints and indexes; options of the table in a `dict` at the end."""
    __table__: ClassVar[Table]

    def __init_subclass__(cls) -> None:
        # Its own columns first, then those of a class that it shares with other models.
        columns = [
            _column(name, get_args(hint)[0], getattr(cls, name, Field()))
            for kind in cls.__mro__
            if kind not in Base.__mro__
            for name, hint in get_annotations(kind, eval_str=True).items()
        ]
        options = [each for each in cls.__table_args__ if isinstance(each, dict)]
        more = [each for each in cls.__table_args__ if not isinstance(each, dict)]
        cls.__table__ = Table(
            cls.__tablename__, cls.metadata, *columns, *more, **ChainMap(*options)
        )
        for column in columns:
            setattr(cls, column.name, column)

    @classmethod
    def __clause_element__(cls) -> Table:
        """What SQLAlchemy takes for the class in a statement."""
        return cls.__table__


def _column(name: str, hint: Any, field: Field[Any]) -> Column[Any]:
    """`hint` is a type, or `type | None` where the column may be NULL."""
    kind, *none = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    # A foreign key takes the type of what it refers to.
    typed = any(isinstance(each, (TypeEngine, type, ForeignKey)) for each in field.given)
    types = () if typed else (_type_of(kind),)
    return Column(name, *types, *field.given, **{"nullable": bool(none)} | field.named)


def _type_of(kind: type) -> TypeEngine[Any]:
    if kind in _TYPES or not issubclass(kind, StrEnum):
        return _TYPES[kind]
    # Kept by value and without a CHECK: a new member needs no migration.
    return Member(
        kind,
        native_enum=False,
        length=32,
        validate_strings=True,
        values_callable=lambda kind: [member.value for member in kind],
    )


def table(of: type[Base]) -> Table:
    return of.__table__


def insert_into(of: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """An insert into a table that may say what to do where the row exists already."""
    # Imported late: each dialect is large, and a database needs one of them.
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.Insert(of)
    from sqlalchemy.dialects import sqlite

    return sqlite.Insert(of)


def rows(of: type[Base]) -> Select[*tuple[Any, ...]]:
    """A statement for the plain rows of a table, column by column in the model's order."""
    return select(table(of))
