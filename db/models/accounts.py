"""The tables of the registry (台账): sources, accounts, links, changes, contacts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text

from db.base import Base, Field, Key
from mediawatch.domain import ClosureStep, FiledStatus, ProvisionalEnd

LEDGER = ("closure_note",)
"""Tables whose rows are never updated (triggers refuse it)."""


class FiledColumns:
    """The filed values, field by field as in `domain.Filed`.

    In `account` as they are, in `sweep_account` as they were.
    """

    name: Field[str]
    platform: Field[str]
    type: Field[str]
    type_certain: Field[bool]
    filing_number: Field[str]
    kind: Field[str]
    organiser: Field[str]
    supervisor: Field[str]
    prefecture: Field[str]
    county: Field[str]
    township: Field[str] = Field(server_default=text("''"))
    jurisdiction: Field[str]
    level: Field[str]
    body_kind: Field[str]
    function_kind: Field[str] = Field(server_default=text("''"))
    platform_id: Field[str]
    original_id: Field[str]
    alias: Field[str]
    url: Field[str]
    article_links: Field[list[str]]
    reader_url: Field[str] = Field(server_default=text("''"))
    status: Field[FiledStatus]
    closing_requested_on: Field[date | None]
    closing_notice_url: Field[str]
    opened_on: Field[date | None]
    filed_on: Field[date | None]
    exempt_reason: Field[str]
    exempt_document: Field[str]
    exempt_until: Field[date | None]


class SourceRow(Base):
    """An imported file. `kind` is its purpose: `registry`, `worklist`, `links`."""

    __tablename__ = "source"
    id: Field[int] = Field(Key, primary_key=True)
    file: Field[str]
    sha256: Field[str]
    at: Field[datetime]
    kind: Field[str]


IN_SERVICE = text("retired_on IS NULL AND filing_number <> ''")
"""Where a filing number of a platform stands once."""


class AccountRow(FiledColumns, Base):
    __tablename__ = "account"
    id: Field[int] = Field(Key, primary_key=True)
    source_id: Field[int] = Field(ForeignKey("source.id"))
    """The file that brought it."""
    retired_on: Field[date | None]
    retired_source_id: Field[int | None] = Field(ForeignKey("source.id"))
    __table_args__ = (
        Index(None, "platform", "platform_id"),
        Index(None, "platform", "original_id"),
        Index(None, "filing_number"),
        Index(None, "prefecture", "county"),
        # Lacking in a home that holds doubles: `registry merge` makes it after the last of them.
        Index(
            "uq_account_in_service",
            "platform",
            "filing_number",
            unique=True,
            sqlite_where=IN_SERVICE,
            # On PostgreSQL too; but to name that here loads its dialect, 50 ms for every command.
        ),
    )


class AccountLinkRow(Base):
    """An article link learned for an account; filed ones are in `account.article_links`."""

    __tablename__ = "account_link"
    id: Field[int] = Field(Key, primary_key=True)
    account_id: Field[int] = Field(ForeignKey("account.id"))
    url: Field[str]
    source: Field[str]
    added_at: Field[datetime]
    __table_args__ = (UniqueConstraint("account_id", "url"),)


class AccountChangeRow(Base):
    """变更记录: one changed field. When and by which file: `source`."""

    __tablename__ = "account_change"
    id: Field[int] = Field(Key, primary_key=True)
    account_id: Field[int] = Field(ForeignKey("account.id"), index=True)
    source_id: Field[int] = Field(ForeignKey("source.id"))
    field: Field[str]
    old: Field[str]
    new: Field[str]


class ProvisionalIdRow(Base):
    """暂用标识: as `domain.ProvisionalId`. Of an account one stands at most."""

    __tablename__ = "provisional_id"
    id: Field[int] = Field(Key, primary_key=True)
    account_id: Field[int] = Field(ForeignKey("account.id"), index=True)
    field: Field[str]
    value: Field[str]
    name: Field[str]
    alias: Field[str]
    verified: Field[bool | None]
    body: Field[str]
    reading_id: Field[int | None] = Field(ForeignKey("reading.id", ondelete="SET NULL"), index=True)
    on: Field[date]
    ended_on: Field[date | None]
    why: Field[ProvisionalEnd | None]
    __table_args__ = (
        Index(
            "uq_provisional_id_standing",
            "account_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            # On PostgreSQL too, as above: the migration says so.
        ),
    )


class FilingRemarkRow(Base):
    """What a 台账更正提示单 pointed out to a unit: once for each field, filed value and seen value."""

    __tablename__ = "filing_remark"
    id: Field[int] = Field(Key, primary_key=True)
    account_id: Field[int] = Field(ForeignKey("account.id"))
    field: Field[str]
    filed: Field[str]
    seen: Field[str]
    ground: Field[str]
    at: Field[datetime]
    __table_args__ = (UniqueConstraint("account_id", "field", "filed", "seen"),)


class ClosureNoteRow(Base):
    """A step by which an account is closed, as noted. Never updated (a trigger refuses it)."""

    __tablename__ = "closure_note"
    id: Field[int] = Field(Key, primary_key=True)
    account_id: Field[int] = Field(ForeignKey("account.id"), index=True)
    step: Field[ClosureStep]
    on: Field[date | None]
    approver: Field[str]
    link: Field[str]
    reason: Field[str]
    path: Field[str]
    sha256: Field[str]
    media_type: Field[str]
    size: Field[int]
    by: Field[str]
    at: Field[datetime]


class ContactRow(Base):
    """联系人, apart from everything that a report reads."""

    __tablename__ = "contact"
    account_id: Field[int] = Field(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    person: Field[str]
    phone: Field[str]


class ProposalRefusalRow(Base):
    """A value that the operator refused for a field of an account.

    By `mediawatch registry proposals --refuse`.
    """

    __tablename__ = "proposal_refusal"
    id: Field[int] = Field(Key, primary_key=True)
    account_id: Field[int] = Field(ForeignKey("account.id"))
    field: Field[str]
    new: Field[str]
    at: Field[datetime]
    __table_args__ = (UniqueConstraint("account_id", "field", "new"),)
