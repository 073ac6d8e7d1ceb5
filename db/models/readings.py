"""The tables of readings, their evidence, and the current state that follows from them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Key
from mediawatch.domain import (
    Attestation,
    DateKind,
    EvidenceKind,
    LookKind,
    MatchedBy,
    Outcome,
    PostKind,
    Verdict,
)


class ReadingRow(Base):
    """核查记录. Never updated (a trigger refuses it).

    What its sights amount to is kept beside them for queries.
    """

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
    # AUTOINCREMENT: retention deletes readings, and an id that was handed off must never mean
    # another reading.
    __table_args__ = (Index(None, "account_id", "read_at"), {"sqlite_autoincrement": True})


class ReadingIdentityRow(Base):
    """The identity filed for the account when the reading was taken. Never updated.

    No row: not known.
    """

    __tablename__ = "reading_identity"
    reading_id: Mapped[int] = mapped_column(
        ForeignKey("reading.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    platform: Mapped[str]
    name: Mapped[str]
    platform_id: Mapped[str]
    original_id: Mapped[str]
    alias: Mapped[str]
    links: Mapped[list[str]]


class SightRow(Base):
    """What one surface gave within a reading. Never updated."""

    __tablename__ = "sight"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reading_id: Mapped[int] = mapped_column(
        ForeignKey("reading.id", ondelete="CASCADE"), index=True
    )
    surface: Mapped[str]
    read_at: Mapped[datetime]
    session: Mapped[str]
    attested: Mapped[Attestation]
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
    login: Mapped[str] = mapped_column(server_default=text("''"))


class PostRow(Base):
    """A post seen within a sight. Never updated.

    `on` always; `at` is NULL where only the day is known.
    """

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
    __table_args__ = (Index(None, "sha256"),)


class FirstSeen(StrEnum):
    """What a reading was the first to show. Policies tell the four kinds of posts apart."""

    POST = "post"
    REPOST = "repost"
    UNPUSHED = "unpushed"
    UNPUSHED_REPOST = "unpushed_repost"
    NAME = "name"
    """A name that was tied to the account by its id."""
    PERSON = "person"
    """That a person looked."""


POSTS = (FirstSeen.POST, FirstSeen.REPOST, FirstSeen.UNPUSHED, FirstSeen.UNPUSHED_REPOST)


class FirstSeenRow(Base):
    """Each post (once for each surface) and each name, with the earliest reading that showed it.

    What a judgement needs of the past is found here, however often a post or a name was seen again.
    """

    __tablename__ = "first_seen"
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, autoincrement=False
    )
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """A hash of what was seen."""
    what: Mapped[FirstSeen]
    on: Mapped[date]
    """Beijing day of the post; else of the reading."""
    read_at: Mapped[datetime]
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"), index=True)
    __table_args__ = (Index(None, "account_id", "what", "on"), {"sqlite_with_rowid": False})


class IdentitySeenRow(Base):
    """What sights said of who an account is: each fact with the newest reading that said it.

    Ids, names, 认证主体 and links are learned from here, however often they were said again.
    """

    __tablename__ = "identity_seen"
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, autoincrement=False
    )
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """A hash of what was said."""
    read_at: Mapped[datetime]
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"), index=True)
    __table_args__ = ({"sqlite_with_rowid": False},)


class AccountStateRow(Base):
    """What is known of an account now: nightly queries never scan history.

    Kept in the transaction that keeps a reading. The columns are those of `domain.AccountState`;
    beside them the readings that two of its groups come from.
    """

    __tablename__ = "account_state"
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, autoincrement=False
    )
    latest_on: Mapped[date | None] = mapped_column(index=True)
    latest_at: Mapped[datetime | None]
    original_on: Mapped[date | None]
    person_fresh_on: Mapped[date | None]
    last_reading_id: Mapped[int | None] = mapped_column(
        ForeignKey("reading.id", ondelete="SET NULL"), index=True
    )
    last_read_at: Mapped[datetime | None]
    last_outcome: Mapped[Outcome | None]
    exact_reading_id: Mapped[int | None] = mapped_column(
        ForeignKey("reading.id", ondelete="SET NULL"), index=True
    )
    exact_read_at: Mapped[datetime | None]
    complete_since: Mapped[datetime | None]
    name_seen: Mapped[str]
    name_matched_by: Mapped[MatchedBy | None]
    name_read_at: Mapped[datetime | None]
    judged_as_of: Mapped[datetime | None]
    verdict: Mapped[Verdict | None]
    second_look: Mapped[bool] = mapped_column(server_default=false())
    judged_on: Mapped[date | None]
    """The Beijing day up to which an exact list was judged."""
    news: Mapped[int] = mapped_column(server_default=text("0"))
    """How often something became known that may change a judgement.

    A reading, a link, a change of the registry, a canary's check …
    """


IMMUTABLE = (
    "reading",
    "reading_identity",
    "sight",
    "post",
    "evidence",
    "review_event",
    "review_picture",
)
"""Tables whose rows are never updated; the migrations make the database refuse it."""
