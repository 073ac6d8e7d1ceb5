"""The table of hand-offs that lower offices sent in. Rows are never updated (a trigger refuses it)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary

from db.base import Base, Field, Key
from mediawatch.domain import HandedState


class HandedFileRow(Base):
    """One file, also a refused one. `body` is the document, compressed by zlib; empty of a refused
    file."""

    __tablename__ = "handed_file"
    id: Field[int] = Field(Key, primary_key=True)
    round: Field[str]
    office: Field[str]
    state: Field[HandedState]
    reason: Field[str]
    file: Field[str]
    sha256: Field[str]
    size: Field[int]
    as_of: Field[datetime | None]
    notice: Field[str]
    issued_on: Field[date | None]
    version: Field[int]
    key: Field[str]
    signed_at: Field[datetime | None]
    received_at: Field[datetime]
    by: Field[str]
    body: Field[bytes] = Field(LargeBinary)
    __table_args__ = (Index(None, "round"), {"sqlite_autoincrement": True})


HANDED = ("handed_file",)
"""Tables whose rows are never updated; the migration makes the database refuse it."""
