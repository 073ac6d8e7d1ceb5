"""The tables of leads: searches for units, what they showed, and what persons decided.

Rows of all of them are never updated (triggers refuse it). No judgement reads these tables.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint

from db.base import Base, Field, Key
from mediawatch.domain import DayEnd, EvidenceKind, LeadAction, LeadKind, LeadSort, Outcome


class UnitSearchRow(Base):
    """One search of a platform for a unit's name."""

    __tablename__ = "unit_search"
    id: Field[int] = Field(Key, primary_key=True)
    platform: Field[str]
    query: Field[str]
    surface: Field[str]
    session: Field[str]
    at: Field[datetime]
    outcome: Field[Outcome]
    detail: Field[str]
    url: Field[str]
    calls: Field[int]
    ends_day: Field[DayEnd | None]
    hits: Field[int]
    __table_args__ = (Index(None, "at"),)


class SearchEvidenceRow(Base):
    """佐证材料 of a search that showed a lead."""

    __tablename__ = "search_evidence"
    id: Field[int] = Field(Key, primary_key=True)
    search_id: Field[int] = Field(ForeignKey("unit_search.id"), index=True)
    kind: Field[EvidenceKind]
    media_type: Field[str]
    path: Field[str]
    sha256: Field[str]
    size: Field[int] = Field(BigInteger)
    taken_at: Field[datetime]
    url: Field[str]


class LeadRow(Base):
    """线索: an account that a search showed, once for ever."""

    __tablename__ = "lead"
    id: Field[int] = Field(Key, primary_key=True)
    platform: Field[str]
    platform_id: Field[str]
    __table_args__ = (UniqueConstraint("platform", "platform_id"), {"sqlite_autoincrement": True})


class LeadSightRow(Base):
    """What one search showed of a lead."""

    __tablename__ = "lead_sight"
    id: Field[int] = Field(Key, primary_key=True)
    lead_id: Field[int] = Field(ForeignKey("lead.id"), index=True)
    search_id: Field[int] = Field(ForeignKey("unit_search.id"), index=True)
    kind: Field[LeadKind]
    name: Field[str]
    verified_as: Field[str]
    alias: Field[str]
    link: Field[str]
    units: Field[list[str]]
    ground: Field[str]


class LeadDecisionRow(Base):
    """What a person decided of a lead."""

    __tablename__ = "lead_decision"
    id: Field[int] = Field(Key, primary_key=True)
    lead_id: Field[int] = Field(ForeignKey("lead.id"), index=True)
    action: Field[LeadAction]
    sort: Field[LeadSort | None]
    unit: Field[str]
    by: Field[str]
    reason: Field[str]
    at: Field[datetime]
    path: Field[str]
    sha256: Field[str]
    media_type: Field[str]
    size: Field[int]


LEADS = ("unit_search", "search_evidence", "lead", "lead_sight", "lead_decision")
"""Tables whose rows are never updated; the migration makes the database refuse it."""
