"""The tables about our own side: canaries and logins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Key
from mediawatch.domain import Outcome, SessionState


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
    login: Mapped[str] = mapped_column(server_default=text("''"))
    last_reading: Mapped[int] = mapped_column(server_default=text("0"))
    """The newest reading's id at the check: it shows what was read since the check before.
    """
    __table_args__ = (Index(None, "surface", "at"),)


class HomeRow(Base):
    """What distinguishes this home from every other one: one row, made with the database.

    Workbooks that go out are sealed with it.
    """

    __tablename__ = "home"
    id: Mapped[str] = mapped_column(primary_key=True)


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
