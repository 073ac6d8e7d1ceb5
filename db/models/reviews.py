"""The table of reviews: what people decided about findings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Key
from mediawatch.domain import Code, ReviewAction


class ReviewEventRow(Base):
    """审核记录. Never updated (a trigger refuses it); `finding.review_state` follows from it."""

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
    __table_args__ = (
        ForeignKeyConstraint(["sweep_id", "account_id"], ["sweep_account.sweep_id", "sweep_account.account_id"]),
        Index(None, "sweep_id", "account_id"),
        {"sqlite_autoincrement": True},
    )
