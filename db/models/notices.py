"""The tables of notices: what was issued, and what became of it.

Rows of all of them are never updated (triggers refuse it).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text

from db.base import Base, Field, Key
from db.models.accounts import FiledColumns
from db.models.sweeps import FindingColumns
from mediawatch.domain import DateKind, NameOmission, NoticeAction, Rectification, Verdict

ISSUED = (
    "notice",
    "notice_account",
    "notice_item",
    "notice_finding",
    "notice_reading",
    "notice_document",
    "notice_event",
    "notice_appeal",
)
DRAFTS = ("notice_draft", "notice_omission", "notice_approval")
NONE = text("''")


class NoticeRow(Base):
    """通报. One without a sweep comes from another system."""

    __tablename__ = "notice"
    id: Field[int] = Field(Key, primary_key=True)
    number: Field[str]
    title: Field[str]
    issued_on: Field[date]
    rectify_by: Field[date | None]
    report_by: Field[date | None]
    sweep_id: Field[int | None] = Field(ForeignKey("sweep.id"))
    preliminary: Field[bool]
    by: Field[str]
    kept_at: Field[datetime]
    source: Field[str]
    again: Field[str] = Field(server_default=NONE)
    addressees: Field[str] = Field(server_default=NONE)
    copies: Field[str] = Field(server_default=NONE)
    publicity: Field[str] = Field(server_default=NONE)
    draft_id: Field[int | None] = Field(Key)
    # No reference: SQLite cannot add one to a table. A draft becomes one notice.
    __table_args__ = (
        UniqueConstraint("number"),
        Index("uq_notice_draft_id", "draft_id", unique=True),
    )


class NoticeAccountRow(FiledColumns, Base):
    """One account of a notice's whole scope: as filed then, with its verdict after review.

    The notice's documents and rates are made of these rows, whatever is judged later.
    """

    __tablename__ = "notice_account"
    notice_id: Field[int] = Field(ForeignKey("notice.id"), primary_key=True, autoincrement=False)
    account_id: Field[int] = Field(
        ForeignKey("account.id"), primary_key=True, autoincrement=False, index=True
    )
    retired_on: Field[date | None]
    verdict: Field[Verdict | None]
    sentence: Field[str]
    latest_on: Field[date | None]
    date_kind: Field[DateKind | None]
    gap_days: Field[int | None]
    notes: Field[list[str] | None]
    otherwise: Field[Verdict | None]


class NoticeItemRow(FiledColumns, Base):
    """One account of a notice, as filed then; `number` is its place in the notice."""

    __tablename__ = "notice_item"
    notice_id: Field[int] = Field(ForeignKey("notice.id"), primary_key=True, autoincrement=False)
    number: Field[int] = Field(primary_key=True, autoincrement=False)
    account_id: Field[int | None] = Field(ForeignKey("account.id"), index=True)
    problem: Field[str]
    fails: Field[bool]
    result: Field[str]
    unnamed: Field[str] = Field(server_default=NONE)


class NoticeFindingRow(FindingColumns, Base):
    """A finding as it was issued. `evidence` are SHA-256 hashes."""

    __tablename__ = "notice_finding"
    notice_id: Field[int] = Field(Key, primary_key=True, autoincrement=False)
    item: Field[int] = Field(primary_key=True, autoincrement=False)
    position: Field[int] = Field(primary_key=True, autoincrement=False)
    evidence: Field[list[str]]
    __table_args__ = (
        ForeignKeyConstraint(
            ["notice_id", "item"], ["notice_item.notice_id", "notice_item.number"]
        ),
    )


class NoticeReadingRow(Base):
    """The readings that proved an issued finding.

    They and their evidence stay until the notice is closed.
    """

    __tablename__ = "notice_reading"
    notice_id: Field[int] = Field(Key, primary_key=True, autoincrement=False)
    item: Field[int] = Field(primary_key=True, autoincrement=False)
    position: Field[int] = Field(primary_key=True, autoincrement=False)
    reading_id: Field[int] = Field(
        ForeignKey("reading.id"), primary_key=True, autoincrement=False, index=True
    )
    __table_args__ = (
        ForeignKeyConstraint(
            ["notice_id", "item", "position"],
            ["notice_finding.notice_id", "notice_finding.item", "notice_finding.position"],
        ),
    )


class NoticeDocumentRow(Base):
    """A version of the notice's hand-off, byte for byte."""

    __tablename__ = "notice_document"
    notice_id: Field[int] = Field(ForeignKey("notice.id"), primary_key=True, autoincrement=False)
    version: Field[int] = Field(primary_key=True, autoincrement=False)
    sha256: Field[str]
    body: Field[str]
    at: Field[datetime]


class NoticeAppealRow(Base):
    """What is kept of a 复核 besides its event. Never updated (a trigger refuses it)."""

    __tablename__ = "notice_appeal"
    event_id: Field[int] = Field(
        ForeignKey("notice_event.id"), primary_key=True, autoincrement=False
    )
    unit: Field[str]
    received_on: Field[date | None]
    term: Field[date | None]
    signer_reason: Field[str]


class NoticeEventRow(Base):
    __tablename__ = "notice_event"
    id: Field[int] = Field(Key, primary_key=True)
    notice_id: Field[int] = Field(ForeignKey("notice.id"), index=True)
    item: Field[int | None]
    action: Field[NoticeAction]
    at: Field[datetime]
    by: Field[str]
    reason: Field[str]
    source: Field[str]
    codes: Field[list[str]]
    result: Field[Rectification | None]
    sweep_id: Field[int | None] = Field(ForeignKey("sweep.id"))
    verdict: Field[Verdict | None]
    review_id: Field[int | None]
    place: Field[str] = Field(server_default=NONE)
    on: Field[date | None]
    version: Field[int | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["notice_id", "item"], ["notice_item.notice_id", "notice_item.number"]
        ),
        {"sqlite_autoincrement": True},
    )


class NoticeDraftRow(Base):
    """拟稿: another wording is another row."""

    __tablename__ = "notice_draft"
    id: Field[int] = Field(Key, primary_key=True)
    sweep_id: Field[int] = Field(ForeignKey("sweep.id"), index=True)
    title: Field[str]
    addressees: Field[str]
    copies: Field[str]
    publicity: Field[str]
    rectify_by: Field[str]
    report_by: Field[str]
    preliminary: Field[bool]
    leave_out_open: Field[bool]
    again: Field[str]
    by: Field[str]
    at: Field[datetime]
    content: Field[dict[str, Any]]
    __table_args__ = ({"sqlite_autoincrement": True},)


class NoticeOmissionRow(Base):
    """An account of a draft whose name the circular leaves out."""

    __tablename__ = "notice_omission"
    draft_id: Field[int] = Field(
        ForeignKey("notice_draft.id"), primary_key=True, autoincrement=False
    )
    account_id: Field[int] = Field(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    how: Field[NameOmission]
    by: Field[str]
    reason: Field[str]
    at: Field[datetime]


class NoticeApprovalRow(Base):
    """签发 of a draft: once."""

    __tablename__ = "notice_approval"
    draft_id: Field[int] = Field(
        ForeignKey("notice_draft.id"), primary_key=True, autoincrement=False
    )
    by: Field[str]
    on: Field[date]
    at: Field[datetime]
