"""The table of reviews: what people decided about findings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, false

from db.base import Base, Field, Key
from mediawatch.domain import Code, Excuse, ReviewAction, Stance


class ReviewEventRow(Base):
    """审核记录. Never updated (a trigger refuses it).

    `finding.review_state` follows from it.
    """

    __tablename__ = "review_event"
    id: Field[int] = Field(Key, primary_key=True)
    sweep_id: Field[int] = Field(Key)
    account_id: Field[int] = Field(Key)
    code: Field[Code]
    action: Field[ReviewAction]
    at: Field[datetime]
    by: Field[str]
    reason: Field[str]
    source: Field[str]
    sentence: Field[str]
    facts: Field[dict[str, Any] | None]
    """`domain.Facts` by field, days as text; NULL where they were no longer known."""
    excuse: Field[Excuse | None]
    stance: Field[Stance | None]
    term: Field[date | None]
    unheard: Field[bool] = Field(server_default=false())
    __table_args__ = (
        ForeignKeyConstraint(
            ["sweep_id", "account_id"], ["sweep_account.sweep_id", "sweep_account.account_id"]
        ),
        Index(None, "sweep_id", "account_id"),
        {"sqlite_autoincrement": True},
    )


class ReviewPictureRow(Base):
    """A picture that came with an event, in the evidence folder. Never updated."""

    __tablename__ = "review_picture"
    event_id: Field[int] = Field(
        Key, ForeignKey("review_event.id"), primary_key=True, autoincrement=False
    )
    sha256: Field[str] = Field(primary_key=True)
    path: Field[str]
    media_type: Field[str]
    size: Field[int] = Field(BigInteger)
