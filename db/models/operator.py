"""The tables about our own side: canaries and logins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, text

from db.base import Base, Field, Key
from mediawatch.domain import DayEnd, Outcome, SessionState


class CanaryCheckRow(Base):
    """A canary (对照账号) was read by one surface with one session."""

    __tablename__ = "canary_check"
    id: Field[int] = Field(Key, primary_key=True)
    surface: Field[str]
    session: Field[str]
    account_name: Field[str]
    platform_id: Field[str]
    at: Field[datetime]
    fresh: Field[bool]
    outcome: Field[Outcome]
    sweep_id: Field[int | None] = Field(ForeignKey("sweep.id"), index=True)
    detail: Field[str]
    login: Field[str] = Field(server_default=text("''"))
    calls: Field[int] = Field(server_default=text("1"))
    ends_day: Field[DayEnd | None]
    last_reading: Field[int] = Field(server_default=text("0"))
    """The newest reading's id at the check: it shows what was read since the check before.
    """
    address: Field[str] = Field(server_default=text("''"))
    __table_args__ = (Index(None, "surface", "at"),)


class HomeRow(Base):
    """What distinguishes this home from every other one: one row, made with the database.

    Workbooks that go out are sealed with it.
    """

    __tablename__ = "home"
    id: Field[str] = Field(primary_key=True)
    revision: Field[int] = Field(BigInteger, server_default=text("0"))
    """Rises with everything on which plans rest: see `db.revision`."""


class SessionEventRow(Base):
    """A login of the operator was seen valid, invalid or neither."""

    __tablename__ = "session_event"
    id: Field[int] = Field(Key, primary_key=True)
    platform: Field[str]
    name: Field[str]
    at: Field[datetime]
    state: Field[SessionState]
    how: Field[str]
    detail: Field[str]
    __table_args__ = (Index(None, "platform", "at"),)
