"""The tables of readings, their evidence, and the current state that follows from them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, false, text

from db.base import Base, Field, Key
from mediawatch.domain import (
    Attestation,
    Code,
    DateKind,
    DayEnd,
    EvidenceKind,
    LookKind,
    MatchedBy,
    Outcome,
    PostKind,
    ProblemAnswer,
    Verdict,
)


class ReadingRow(Base):
    """核查记录. Never updated (a trigger refuses it).

    What its sights amount to is kept beside them for queries.
    """

    __tablename__ = "reading"
    id: Field[int] = Field(Key, primary_key=True)
    account_id: Field[int] = Field(ForeignKey("account.id"))
    sweep_id: Field[int | None] = Field(ForeignKey("sweep.id"), index=True)
    look: Field[LookKind]
    started_at: Field[datetime]
    read_at: Field[datetime]
    person: Field[str]
    outcome: Field[Outcome]
    name_seen: Field[str]
    matched_by: Field[MatchedBy | None]
    latest_on: Field[date | None]
    latest_at: Field[datetime | None]
    date_kind: Field[DateKind | None]
    complete_since: Field[datetime | None]
    problem: Field[Code | None]
    """The kind of problem that a person looked for; NULL for looks at the updates."""
    problem_answer: Field[ProblemAnswer | None]
    problem_words: Field[str] = Field(server_default=text("''"))
    problem_task: Field[int | None]
    """The repost task that asked for what was not reposted, and its item."""
    problem_item: Field[int | None]
    # AUTOINCREMENT: retention deletes readings, and an id that was handed off must never mean
    # another reading.
    __table_args__ = (Index(None, "account_id", "read_at"), {"sqlite_autoincrement": True})


class ReadingIdentityRow(Base):
    """The identity filed for the account when the reading was taken. Never updated.

    No row: not known.
    """

    __tablename__ = "reading_identity"
    reading_id: Field[int] = Field(
        ForeignKey("reading.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    platform: Field[str]
    name: Field[str]
    platform_id: Field[str]
    original_id: Field[str]
    alias: Field[str]
    links: Field[list[str]]


class SightRow(Base):
    """What one surface gave within a reading. Never updated."""

    __tablename__ = "sight"
    id: Field[int] = Field(Key, primary_key=True)
    reading_id: Field[int] = Field(ForeignKey("reading.id", ondelete="CASCADE"), index=True)
    surface: Field[str]
    read_at: Field[datetime]
    session: Field[str]
    attested: Field[Attestation]
    outcome: Field[Outcome]
    name: Field[str]
    platform_id: Field[str]
    original_id: Field[str]
    verified_as: Field[str]
    matched_by: Field[MatchedBy | None]
    complete_since: Field[datetime | None]
    detail: Field[str]
    url: Field[str]
    control: Field[str]
    login: Field[str] = Field(server_default=text("''"))
    calls: Field[int] = Field(server_default=text("1"))
    link_from: Field[str] = Field(server_default=text("''"))
    ends_day: Field[DayEnd | None]
    provisional: Field[str] = Field(server_default=text("''"))
    address: Field[str] = Field(server_default=text("''"))
    comments: Field[bool | None]
    """What the page shows of interaction, as `domain.InteractionSeen` says; NULL: not shown."""
    messages: Field[bool | None]
    replies: Field[int | None]
    posts_looked_at: Field[int | None]
    """NULL where the page shows nothing of interaction."""


class PostRow(Base):
    """A post seen within a sight. Never updated.

    `on` always; `at` is NULL where only the day is known.
    """

    __tablename__ = "post"
    id: Field[int] = Field(Key, primary_key=True)
    sight_id: Field[int] = Field(ForeignKey("sight.id", ondelete="CASCADE"), index=True)
    post_id: Field[str]
    on: Field[date]
    at: Field[datetime | None]
    kind: Field[PostKind]
    pinned: Field[bool]
    repost: Field[bool]
    pushed: Field[bool | None]
    link: Field[str]
    title: Field[str] = Field(server_default=text("''"))
    original_title: Field[str] = Field(server_default=text("''"))
    original_link: Field[str] = Field(server_default=text("''"))


class EvidenceRow(Base):
    """佐证材料 of a sight. Never updated."""

    __tablename__ = "evidence"
    id: Field[int] = Field(Key, primary_key=True)
    sight_id: Field[int] = Field(ForeignKey("sight.id", ondelete="CASCADE"), index=True)
    kind: Field[EvidenceKind]
    media_type: Field[str]
    path: Field[str]
    sha256: Field[str]
    size: Field[int] = Field(BigInteger)
    taken_at: Field[datetime]
    url: Field[str]
    __table_args__ = (Index(None, "sha256"),)


class FirstSeen(StrEnum):
    """What a reading was the first to show. Policies tell the four kinds of posts apart."""

    POST = "post"
    REPOST = "repost"
    UNPUSHED = "unpushed"
    UNPUSHED_REPOST = "unpushed_repost"
    PROVISIONAL = "provisional"
    """A post that only a 暂用标识 led to."""
    PROVISIONAL_UNPUSHED = "provisional_unpushed"
    NAME = "name"
    """A name that was tied to the account by its id."""
    PERSON = "person"
    """That a person looked."""


POSTS = (
    FirstSeen.POST,
    FirstSeen.REPOST,
    FirstSeen.UNPUSHED,
    FirstSeen.UNPUSHED_REPOST,
    FirstSeen.PROVISIONAL,
    FirstSeen.PROVISIONAL_UNPUSHED,
)


class FirstSeenRow(Base):
    """Each post (once for each surface) and each name, with the earliest reading that showed it.

    What a judgement needs of the past is found here, however often a post or a name was seen again.
    """

    __tablename__ = "first_seen"
    account_id: Field[int] = Field(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    key: Field[int] = Field(BigInteger, primary_key=True, autoincrement=False)
    """A hash of what was seen."""
    what: Field[FirstSeen]
    on: Field[date]
    """Beijing day of the post; else of the reading."""
    read_at: Field[datetime]
    reading_id: Field[int] = Field(ForeignKey("reading.id"), index=True)
    __table_args__ = (Index(None, "account_id", "what", "on"), {"sqlite_with_rowid": False})


class IdentitySeenRow(Base):
    """What sights said of who an account is: each fact with the newest reading that said it.

    Ids, names, 认证主体 and links are learned from here, however often they were said again.
    """

    __tablename__ = "identity_seen"
    account_id: Field[int] = Field(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    key: Field[int] = Field(BigInteger, primary_key=True, autoincrement=False)
    """A hash of what was said."""
    read_at: Field[datetime]
    reading_id: Field[int] = Field(ForeignKey("reading.id"), index=True)
    __table_args__ = ({"sqlite_with_rowid": False},)


class AccountStateRow(Base):
    """What is known of an account now: nightly queries never scan history.

    Kept in the transaction that keeps a reading. The columns are those of `domain.AccountState`;
    beside them the readings that two of its groups come from.
    """

    __tablename__ = "account_state"
    account_id: Field[int] = Field(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    latest_on: Field[date | None] = Field(index=True)
    latest_at: Field[datetime | None]
    original_on: Field[date | None]
    person_fresh_on: Field[date | None]
    last_reading_id: Field[int | None] = Field(
        ForeignKey("reading.id", ondelete="SET NULL"), index=True
    )
    last_read_at: Field[datetime | None]
    last_outcome: Field[Outcome | None]
    exact_reading_id: Field[int | None] = Field(
        ForeignKey("reading.id", ondelete="SET NULL"), index=True
    )
    exact_read_at: Field[datetime | None]
    complete_since: Field[datetime | None]
    name_seen: Field[str]
    name_matched_by: Field[MatchedBy | None]
    name_read_at: Field[datetime | None]
    judged_as_of: Field[datetime | None]
    verdict: Field[Verdict | None]
    second_look: Field[bool] = Field(server_default=false())
    judged_on: Field[date | None]
    """The Beijing day up to which an exact list was judged."""
    news: Field[int] = Field(server_default=text("0"))
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
