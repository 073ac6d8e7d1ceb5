"""The tables of the shared pace. Only PostgreSQL fills them: SQLite serves one process.

The function `mediawatch_take_turn` of the migrations reads and writes the first two by these names.
`address` is that of the machine for a visitor, "" for a login.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint

from db.base import Base, Field, Key
from mediawatch.domain import Outcome

PACE = ("pace", "pace_call", "breaker", "breaker_opening", "canary_turn", "page_answer")
"""Tables that only say what may be visited now: nothing is known by them of any account."""


class PaceRow(Base):
    """One pace with one login: when its next call may be made."""

    __tablename__ = "pace"
    id: Field[int] = Field(Key, primary_key=True)
    name: Field[str]
    session: Field[str]
    address: Field[str]
    free_at: Field[datetime | None]
    ended_until: Field[datetime | None]
    """The site wants a person: no surface of this pace may visit before."""
    pruned_at: Field[datetime]
    """When calls older than a day were deleted."""
    __table_args__ = (UniqueConstraint("name", "session", "address"),)


class PaceCallRow(Base):
    """A call of the last day, or one that was taken ahead of time."""

    __tablename__ = "pace_call"
    id: Field[int] = Field(Key, primary_key=True)
    pace_id: Field[int] = Field(ForeignKey("pace.id", ondelete="CASCADE"))
    at: Field[datetime]
    __table_args__ = (Index(None, "pace_id", "at"),)


class BreakerRow(Base):
    """What the decision table has made of the outcomes of one surface with one session."""

    __tablename__ = "breaker"
    surface: Field[str] = Field(primary_key=True)
    session: Field[str] = Field(primary_key=True)
    address: Field[str] = Field(primary_key=True)
    in_row: Field[str]
    """The outcomes that count towards opening it, between spaces."""
    newest: Field[str]
    """The last 25 outcomes, oldest first."""
    opened_by: Field[Outcome | None]
    opened_at: Field[datetime | None]
    """Runs that began later try again."""
    admits_at: Field[datetime | None]
    """Whoever asks is admitted again from this moment on, and nobody before it."""
    rest: Field[float]
    """Seconds of its next rest."""
    rests: Field[int]
    noted_at: Field[datetime]


class BreakerOpeningRow(Base):
    """A breaker opened. The exit code of a run comes of it, after it has closed, too."""

    __tablename__ = "breaker_opening"
    id: Field[int] = Field(Key, primary_key=True)
    surface: Field[str]
    session: Field[str]
    address: Field[str]
    outcome: Field[Outcome]
    at: Field[datetime] = Field(index=True)
    declared_closed: Field[bool]


class CanaryTurnRow(Base):
    """Whose turn it is to read a canary by one surface with one session, in one sweep."""

    __tablename__ = "canary_turn"
    sweep_id: Field[int] = Field(BigInteger, primary_key=True, autoincrement=False)
    surface: Field[str] = Field(primary_key=True)
    session: Field[str] = Field(primary_key=True)
    address: Field[str] = Field(primary_key=True)
    looks: Field[int]
    """Since the last check."""
    fresh: Field[bool]
    checked_at: Field[datetime | None]
    fits: Field[bool]
    login: Field[str]
    turn: Field[int]
    lent_until: Field[datetime | None]
    lent_to: Field[str]
    """Who is at a check until then, by a number of its own."""


class PageAnswerRow(Base):
    """The account for which a surface answered last by a page: it vouches for negatives."""

    __tablename__ = "page_answer"
    surface: Field[str] = Field(primary_key=True)
    session: Field[str] = Field(primary_key=True)
    address: Field[str] = Field(primary_key=True)
    dated: Field[bool] = Field(primary_key=True)
    account_id: Field[int] = Field(BigInteger)
    name: Field[str]
    at: Field[datetime]
