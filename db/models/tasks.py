"""The tables beside the queue of looks: terms of sweeps, results, workers. Used on PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false

from db.base import Base, Field, Key
from mediawatch.domain import LookKind


class SweepTermsRow(Base):
    """What holds for all ordered looks of a sweep, by its last run."""

    __tablename__ = "sweep_terms"
    sweep_id: Field[int] = Field(
        ForeignKey("sweep.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    began: Field[datetime]
    until: Field[datetime | None]
    spared: Field[list[str]]
    canaries: Field[str]
    every_looks: Field[int]
    every_seconds: Field[float]
    paces: Field[dict[str, Any]]
    """By name, as `db.mapping.paces` writes them."""
    scale: Field[float]
    evidence: Field[str]


class LookResultRow(Base):
    """What came of a look, once for each sweep, account and kind.

    It is kept together with the reading, so no look has two.
    """

    __tablename__ = "look_result"
    sweep_id: Field[int] = Field(
        ForeignKey("sweep.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Field[int] = Field(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    look: Field[LookKind] = Field(primary_key=True)
    reading_id: Field[int | None] = Field(ForeignKey("reading.id", ondelete="CASCADE"), index=True)
    details: Field[dict[str, Any] | None]
    collected: Field[bool] = Field(server_default=false())
    """Whether the coordinator has it."""
    __table_args__ = (Index(None, "sweep_id", "collected"),)


class WorkerRow(Base):
    """A worker that has registered. `started_at` and `seen_at` are of the database's clock."""

    __tablename__ = "worker"
    id: Field[int] = Field(Key, primary_key=True)
    name: Field[str] = Field(unique=True)
    host: Field[str]
    process: Field[int]
    version: Field[str]
    address: Field[str]
    logins: Field[list[str]]
    queues: Field[list[str]]
    own_accounts: Field[dict[str, Any]]
    looking_at: Field[dict[str, Any]]
    looks: Field[int]
    started_at: Field[datetime]
    seen_at: Field[datetime]
