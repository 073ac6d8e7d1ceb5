"""The tables about the runs themselves: nights, alerts, backups, prunings, clearings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text

from db.base import Base, Field, Key
from mediawatch.domain import AlertState, Ending


class NightRow(Base):
    """One run of a sweep. Read newest first by its key."""

    __tablename__ = "night"
    id: Field[int] = Field(Key, primary_key=True)
    started_at: Field[datetime]
    sweep_id: Field[int | None] = Field(ForeignKey("sweep.id"), index=True)
    ended_at: Field[datetime | None]
    ending: Field[Ending | None]
    why: Field[str] = Field(server_default=text("''"))
    exit_code: Field[int | None]
    left: Field[int] = Field(server_default=text("0"))
    looks: Field[dict[str, int]]
    verdicts: Field[dict[str, int]]
    reasons: Field[dict[str, int]]
    turns: Field[dict[str, int]]
    breakers: Field[list[str]]


class AlertRow(Base):
    """A message to one place.

    `place` is a fingerprint: the URL is a secret of the settings.
    """

    __tablename__ = "alert"
    id: Field[int] = Field(Key, primary_key=True)
    key: Field[str]
    place: Field[str]
    title: Field[str]
    body: Field[str]
    made_at: Field[datetime]
    state: Field[AlertState]
    tried_at: Field[datetime | None]
    __table_args__ = (UniqueConstraint("key", "place"), Index(None, "state"))


class BackupRow(Base):
    """A completed backup."""

    __tablename__ = "backup"
    id: Field[int] = Field(Key, primary_key=True)
    at: Field[datetime]
    place: Field[str]
    files: Field[int]
    size: Field[int] = Field(BigInteger)


class PruningRow(Base):
    """Readings from before `before` began to leave.

    Written first, so that it shows what may be missing even where the run was cut short.
    """

    __tablename__ = "pruning"
    id: Field[int] = Field(Key, primary_key=True)
    at: Field[datetime]
    before: Field[datetime]


class ClearingRow(Base):
    """Names and people's own pictures of an inspection (or another system's notice) have left.

    Neither is set where contacts alone left.
    """

    __tablename__ = "clearing"
    id: Field[int] = Field(Key, primary_key=True)
    at: Field[datetime]
    sweep_id: Field[int | None] = Field(ForeignKey("sweep.id"), index=True)
    notice_id: Field[int | None] = Field(ForeignKey("notice.id"), index=True)
    names: Field[int]
    pictures: Field[int]
    contacts: Field[int]
