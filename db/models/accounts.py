"""The tables of the registry (台账): sources, accounts, links, changes, contacts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Key
from mediawatch.domain import FiledStatus


class FiledColumns:
    """The filed values, field by field as in `domain.Filed`.

    In `account` as they are, in `sweep_account` as they were.
    """

    name: Mapped[str]
    platform: Mapped[str]
    type: Mapped[str]
    type_certain: Mapped[bool]
    filing_number: Mapped[str]
    kind: Mapped[str]
    organiser: Mapped[str]
    supervisor: Mapped[str]
    prefecture: Mapped[str]
    county: Mapped[str]
    jurisdiction: Mapped[str]
    level: Mapped[str]
    body_kind: Mapped[str]
    platform_id: Mapped[str]
    original_id: Mapped[str]
    alias: Mapped[str]
    url: Mapped[str]
    article_links: Mapped[list[str]]
    reader_url: Mapped[str] = mapped_column(server_default=text("''"))
    status: Mapped[FiledStatus]
    closing_requested_on: Mapped[date | None]
    closing_notice_url: Mapped[str]
    opened_on: Mapped[date | None]
    filed_on: Mapped[date | None]
    exempt_reason: Mapped[str]
    exempt_document: Mapped[str]
    exempt_until: Mapped[date | None]


class SourceRow(Base):
    """An imported file. `kind` is its purpose: `registry`, `worklist`, `links`."""

    __tablename__ = "source"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    file: Mapped[str]
    sha256: Mapped[str]
    at: Mapped[datetime]
    kind: Mapped[str]


class AccountRow(FiledColumns, Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    """The file that brought it."""
    retired_on: Mapped[date | None]
    retired_source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    __table_args__ = (
        Index(None, "platform", "platform_id"),
        Index(None, "platform", "original_id"),
        Index(None, "filing_number"),
        Index(None, "prefecture", "county"),
    )


class AccountLinkRow(Base):
    """An article link learned for an account; filed ones are in `account.article_links`."""

    __tablename__ = "account_link"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    url: Mapped[str]
    source: Mapped[str]
    added_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("account_id", "url"),)


class AccountChangeRow(Base):
    """变更记录: one changed field. When and by which file: `source`."""

    __tablename__ = "account_change"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    field: Mapped[str]
    old: Mapped[str]
    new: Mapped[str]


class ContactRow(Base):
    """联系人, apart from everything that a report reads."""

    __tablename__ = "contact"
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, autoincrement=False
    )
    person: Mapped[str]
    phone: Mapped[str]


class ProposalRefusalRow(Base):
    """A value that the operator refused for a field of an account.

    By `mediawatch registry proposals --refuse`.
    """

    __tablename__ = "proposal_refusal"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    field: Mapped[str]
    new: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("account_id", "field", "new"),)
