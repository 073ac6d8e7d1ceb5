"""The tables of what others say: hints, and links as they came in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint

from db.base import Base, Field, Key
from mediawatch.domain import LinkSort, LinkWay


class HintRow(Base):
    """A date or a link that somebody gave for an account. No judgement reads this table."""

    __tablename__ = "hint"
    id: Field[int] = Field(Key, primary_key=True)
    account_id: Field[int] = Field(ForeignKey("account.id"), index=True)
    source: Field[str]
    contract: Field[str]
    on: Field[date | None]
    at: Field[datetime | None]
    link: Field[str]
    file: Field[str]
    sha256: Field[str]
    sheet: Field[str]
    row: Field[int]
    received_at: Field[datetime]
    given_by: Field[str]
    given_at: Field[datetime | None]
    __table_args__ = (
        UniqueConstraint("sha256", "sheet", "row", "account_id", "link", "source"),
        Index(None, "received_at"),
    )


class LinkReceiptRow(Base):
    """A link as it came in by one place of one file, and what became of it at last."""

    __tablename__ = "link_receipt"
    id: Field[int] = Field(Key, primary_key=True)
    url: Field[str]
    way: Field[LinkWay]
    sort: Field[LinkSort]
    account_id: Field[int | None] = Field(ForeignKey("account.id"), index=True)
    name_seen: Field[str]
    published_on: Field[date | None]
    file: Field[str]
    sheet: Field[str]
    row: Field[int]
    source: Field[str]
    received_at: Field[datetime]
    given_by: Field[str]
    given_at: Field[datetime | None]
    __table_args__ = (UniqueConstraint("way", "file", "sheet", "row", "url"),)
