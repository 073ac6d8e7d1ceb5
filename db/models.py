"""The tables. Column names are the words of the domain; every instant is UTC, every `date` a day in Beijing.

SQLite and PostgreSQL share these models. A change here needs a migration: a test compares the two.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Key
from mediawatch.domain import (
    Attested,
    Code,
    DateKind,
    Effect,
    EvidenceKind,
    FiledStatus,
    LookKind,
    MatchedBy,
    Outcome,
    PostKind,
    ReviewState,
    SessionState,
    SweepState,
    Verdict,
)


class FiledColumns:
    """The filed values, field by field as in `domain.Filed`: in `account` as they are, in `sweep_account` as they were."""

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
    """An imported file. `kind` says what for: `registry`, `worklist`, `links`."""

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
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    person: Mapped[str]
    phone: Mapped[str]


class SweepRow(Base):
    """(as_of, scope, policy, kind) identifies equal sweeps and is not unique: `--again` repeats one."""

    __tablename__ = "sweep"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    as_of: Mapped[datetime]
    policy: Mapped[str]
    policy_toml: Mapped[str]
    scope: Mapped[str]
    kind: Mapped[str]
    started_at: Mapped[datetime]
    state: Mapped[SweepState]
    finished_at: Mapped[datetime | None]


class SweepAccountRow(FiledColumns, Base):
    """The frozen scope, and the judgement: all of its columns are NULL or empty until the account is judged."""

    __tablename__ = "sweep_account"
    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweep.id"), primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False, index=True)
    retired_on: Mapped[date | None]
    verdict: Mapped[Verdict | None]
    sentence: Mapped[str]
    latest_on: Mapped[date | None]
    date_kind: Mapped[DateKind | None]
    gap_days: Mapped[int | None]
    second_look: Mapped[bool | None]
    notes: Mapped[list[str] | None]
    __table_args__ = (Index(None, "sweep_id", "verdict"), Index(None, "sweep_id", "prefecture", "county"))


class ReadingRow(Base):
    """核查记录. Never updated (a trigger refuses it). What its sights amount to is kept beside them for queries."""

    __tablename__ = "reading"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    sweep_id: Mapped[int | None] = mapped_column(ForeignKey("sweep.id"), index=True)
    look: Mapped[LookKind]
    started_at: Mapped[datetime]
    read_at: Mapped[datetime]
    person: Mapped[str]
    outcome: Mapped[Outcome]
    name_seen: Mapped[str]
    matched_by: Mapped[MatchedBy | None]
    latest_on: Mapped[date | None]
    latest_at: Mapped[datetime | None]
    date_kind: Mapped[DateKind | None]
    complete_since: Mapped[datetime | None]
    # AUTOINCREMENT: retention deletes readings, and an id that was handed off must never come to mean another one.
    __table_args__ = (Index(None, "account_id", "read_at"), {"sqlite_autoincrement": True})


class SightRow(Base):
    """What one surface gave within a reading. Never updated."""

    __tablename__ = "sight"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id", ondelete="CASCADE"), index=True)
    surface: Mapped[str]
    read_at: Mapped[datetime]
    session: Mapped[str]
    attested: Mapped[Attested]
    outcome: Mapped[Outcome]
    name: Mapped[str]
    platform_id: Mapped[str]
    original_id: Mapped[str]
    verified_as: Mapped[str]
    matched_by: Mapped[MatchedBy | None]
    complete_since: Mapped[datetime | None]
    detail: Mapped[str]
    url: Mapped[str]
    control: Mapped[str]


class PostRow(Base):
    """A post seen within a sight. `on` always; `at` is NULL where only the day is known. Never updated."""

    __tablename__ = "post"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    sight_id: Mapped[int] = mapped_column(ForeignKey("sight.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[str]
    on: Mapped[date]
    at: Mapped[datetime | None]
    kind: Mapped[PostKind]
    pinned: Mapped[bool]
    repost: Mapped[bool]
    pushed: Mapped[bool | None]
    link: Mapped[str]


class EvidenceRow(Base):
    """佐证材料 of a sight. Never updated."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    sight_id: Mapped[int] = mapped_column(ForeignKey("sight.id", ondelete="CASCADE"), index=True)
    kind: Mapped[EvidenceKind]
    media_type: Mapped[str]
    path: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime]
    url: Mapped[str]


class CanaryCheckRow(Base):
    """A canary (对照账号) was read by one surface with one session."""

    __tablename__ = "canary_check"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    surface: Mapped[str]
    session: Mapped[str]
    account_name: Mapped[str]
    platform_id: Mapped[str]
    at: Mapped[datetime]
    fresh: Mapped[bool]
    outcome: Mapped[Outcome]
    sweep_id: Mapped[int | None] = mapped_column(ForeignKey("sweep.id"), index=True)
    detail: Mapped[str]
    __table_args__ = (Index(None, "surface", "at"),)


class SessionEventRow(Base):
    """A login of the operator was seen valid, invalid or neither."""

    __tablename__ = "session_event"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    platform: Mapped[str]
    name: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[SessionState]
    how: Mapped[str]
    detail: Mapped[str]
    __table_args__ = (Index(None, "platform", "at"),)


class FindingRow(Base):
    """问题 of a sweep's account. `position` keeps the judgement's order; `review_state` is the reviewers'."""

    __tablename__ = "finding"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    sweep_id: Mapped[int] = mapped_column(Key)
    account_id: Mapped[int] = mapped_column(Key)
    position: Mapped[int]
    code: Mapped[Code]
    label: Mapped[str]
    effect: Mapped[Effect]
    sentence: Mapped[str]
    gap_days: Mapped[int | None]
    gap_is_minimum: Mapped[bool]
    latest_on: Mapped[date | None]
    name_seen: Mapped[str]
    review_state: Mapped[ReviewState] = mapped_column(server_default="open")
    __table_args__ = (
        ForeignKeyConstraint(["sweep_id", "account_id"], ["sweep_account.sweep_id", "sweep_account.account_id"]),
        Index(None, "sweep_id", "account_id"),
        {"sqlite_autoincrement": True},
    )


class FindingReadingRow(Base):
    """The readings that prove a finding. They cannot be deleted while it stands."""

    __tablename__ = "finding_reading"
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"), index=True)


class AccountStateRow(Base):
    """What is known of an account now, kept in the transaction that keeps a reading: nightly queries never scan history.

    `latest_*` is the newest post ever seen (a lower bound for ever), `last_*` the newest reading, `exact_*` the newest reading
    that was exact, `name_*` the newest one that read a name.
    """

    __tablename__ = "account_state"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    latest_on: Mapped[date | None] = mapped_column(index=True)
    latest_at: Mapped[datetime | None]
    last_reading_id: Mapped[int | None] = mapped_column(ForeignKey("reading.id", ondelete="SET NULL"), index=True)
    last_read_at: Mapped[datetime | None]
    last_outcome: Mapped[Outcome | None]
    exact_reading_id: Mapped[int | None] = mapped_column(ForeignKey("reading.id", ondelete="SET NULL"), index=True)
    exact_read_at: Mapped[datetime | None]
    complete_since: Mapped[datetime | None]
    name_seen: Mapped[str]
    name_matched_by: Mapped[MatchedBy | None]
    name_read_at: Mapped[datetime | None]


IMMUTABLE = ("reading", "sight", "post", "evidence")
"""Tables whose rows are never updated; the first migration makes the database refuse it."""
