"""The tables about the runs themselves: nights, alerts, backups, prunings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Key
from mediawatch.domain import AlertState, Ending


class NightRow(Base):
    """One run of a sweep. Read newest first by its key."""

    __tablename__ = "night"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    started_at: Mapped[datetime]
    sweep_id: Mapped[int | None] = mapped_column(ForeignKey("sweep.id"), index=True)
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None]
    why: Mapped[str] = mapped_column(server_default=text("''"))
    exit_code: Mapped[int | None]
    left: Mapped[int] = mapped_column(server_default=text("0"))
    looks: Mapped[dict[str, int]]
    verdicts: Mapped[dict[str, int]]
    reasons: Mapped[dict[str, int]]
    turns: Mapped[dict[str, int]]
    breakers: Mapped[list[str]]


class AlertRow(Base):
    """A message to one place.

    `place` is a fingerprint: the URL is a secret of the settings.
    """

    __tablename__ = "alert"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str]
    place: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    made_at: Mapped[datetime]
    state: Mapped[AlertState]
    tried_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("key", "place"), Index(None, "state"))


class BackupRow(Base):
    """A completed backup."""

    __tablename__ = "backup"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime]
    place: Mapped[str]
    files: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)


class PruningRow(Base):
    """Readings from before `before` began to leave.

    Written first, so that it shows what may be missing even where the run was cut short.
    """

    __tablename__ = "pruning"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime]
    before: Mapped[datetime]
