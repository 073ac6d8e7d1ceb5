"""The tables of notices: what was issued, and what became of it.

Rows of all of them are never updated (triggers refuse it).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Key
from db.models.accounts import FiledColumns
from mediawatch.domain import Code, DateKind, Effect, NoticeAction, Rectification, Tie, Verdict

ISSUED = (
    "notice",
    "notice_account",
    "notice_item",
    "notice_finding",
    "notice_reading",
    "notice_document",
    "notice_event",
)


class NoticeRow(Base):
    """通报. One without a sweep comes from another system."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[str]
    title: Mapped[str]
    issued_on: Mapped[date]
    rectify_by: Mapped[date | None]
    report_by: Mapped[date | None]
    sweep_id: Mapped[int | None] = mapped_column(ForeignKey("sweep.id"))
    preliminary: Mapped[bool]
    by: Mapped[str]
    kept_at: Mapped[datetime]
    source: Mapped[str]
    again: Mapped[str] = mapped_column(server_default=text("''"))
    __table_args__ = (UniqueConstraint("number"),)


class NoticeAccountRow(FiledColumns, Base):
    """One account of a notice's whole scope: as filed then, with its verdict after review.

    The notice's documents and rates are made of these rows, whatever is judged later.
    """

    __tablename__ = "notice_account"
    notice_id: Mapped[int] = mapped_column(
        ForeignKey("notice.id"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, autoincrement=False, index=True
    )
    retired_on: Mapped[date | None]
    verdict: Mapped[Verdict | None]
    sentence: Mapped[str]
    latest_on: Mapped[date | None]
    date_kind: Mapped[DateKind | None]
    gap_days: Mapped[int | None]
    notes: Mapped[list[str] | None]
    otherwise: Mapped[Verdict | None]


class NoticeItemRow(FiledColumns, Base):
    """One account of a notice, as filed then; `number` is its place in the notice."""

    __tablename__ = "notice_item"
    notice_id: Mapped[int] = mapped_column(
        ForeignKey("notice.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    problem: Mapped[str]
    fails: Mapped[bool]
    result: Mapped[str]


class NoticeFindingRow(Base):
    """A finding as it was issued. `evidence` are SHA-256 hashes."""

    __tablename__ = "notice_finding"
    notice_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[Code]
    label: Mapped[str]
    effect: Mapped[Effect]
    sentence: Mapped[str]
    gap_days: Mapped[int | None]
    gap_is_minimum: Mapped[bool]
    latest_on: Mapped[date | None]
    name_seen: Mapped[str]
    gap_since: Mapped[date | None]
    ids: Mapped[list[str] | None]
    tie: Mapped[Tie | None]
    evidence: Mapped[list[str]]
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
    notice_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reading_id: Mapped[int] = mapped_column(
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
    notice_id: Mapped[int] = mapped_column(
        ForeignKey("notice.id"), primary_key=True, autoincrement=False
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str]
    body: Mapped[str]
    at: Mapped[datetime]


class NoticeEventRow(Base):
    __tablename__ = "notice_event"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    item: Mapped[int | None]
    action: Mapped[NoticeAction]
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    source: Mapped[str]
    codes: Mapped[list[str]]
    result: Mapped[Rectification | None]
    sweep_id: Mapped[int | None] = mapped_column(ForeignKey("sweep.id"))
    verdict: Mapped[Verdict | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["notice_id", "item"], ["notice_item.notice_id", "notice_item.number"]
        ),
        {"sqlite_autoincrement": True},
    )
