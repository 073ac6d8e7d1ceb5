"""The table of reviews: what people decided about findings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Key
from mediawatch.domain import Code, Excuse, ReviewAction, Stance


class ReviewEventRow(Base):
    """审核记录. Never updated (a trigger refuses it).

    `finding.review_state` follows from it.
    """

    __tablename__ = "review_event"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    sweep_id: Mapped[int] = mapped_column(Key)
    account_id: Mapped[int] = mapped_column(Key)
    code: Mapped[Code]
    action: Mapped[ReviewAction]
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    source: Mapped[str]
    sentence: Mapped[str]
    facts: Mapped[dict[str, Any] | None]
    """`domain.Facts` by field, days as text; NULL where they were no longer known."""
    excuse: Mapped[Excuse | None]
    stance: Mapped[Stance | None]
    term: Mapped[date | None]
    unheard: Mapped[bool] = mapped_column(server_default=false())
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
    event_id: Mapped[int] = mapped_column(
        Key, ForeignKey("review_event.id"), primary_key=True, autoincrement=False
    )
    sha256: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
