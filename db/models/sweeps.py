"""The tables of sweeps: frozen scopes, judgements, findings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text

from db.base import Base, Field, Key
from db.models.accounts import FiledColumns
from mediawatch.domain import Code, DateKind, Effect, ReviewState, SweepState, Tie, Verdict


class SweepRow(Base):
    """(as_of, period_from, scope, policy, kind) identifies equal sweeps.

    It is not unique: `--again` repeats one.
    """

    __tablename__ = "sweep"
    id: Field[int] = Field(Key, primary_key=True)
    as_of: Field[datetime]
    policy: Field[str]
    policy_toml: Field[str]
    scope: Field[str]
    scope_spec: Field[str] = Field(server_default=text("''"))
    kind: Field[str]
    round: Field[str] = Field(server_default=text("''"))
    period_from: Field[date | None]
    totals: Field[dict[str, dict[str, int]] | None]
    started_at: Field[datetime]
    state: Field[SweepState]
    finished_at: Field[datetime | None]


class SweepAccountRow(FiledColumns, Base):
    """The frozen scope, and the judgement.

    All columns of the judgement are NULL or empty until the account is judged.
    """

    __tablename__ = "sweep_account"
    sweep_id: Field[int] = Field(ForeignKey("sweep.id"), primary_key=True, autoincrement=False)
    account_id: Field[int] = Field(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    retired_on: Field[date | None]
    verdict: Field[Verdict | None]
    sentence: Field[str]
    latest_on: Field[date | None]
    date_kind: Field[DateKind | None]
    gap_days: Field[int | None]
    second_look: Field[bool | None]
    notes: Field[list[str] | None]
    otherwise: Field[Verdict | None]
    provisional: Field[bool | None]
    judged_news: Field[int | None]
    """`account_state.news` at the judgement."""
    __table_args__ = (
        Index(None, "account_id", "sweep_id"),
        Index(None, "sweep_id", "verdict"),
        Index(None, "sweep_id", "prefecture", "county"),
        Index(None, "sweep_id", "account_id", "judged_news"),
    )


class FindingColumns:
    """What a finding says.

    In `finding` as it was judged, in `notice_finding` as it was issued.
    """

    code: Field[Code]
    label: Field[str]
    effect: Field[Effect]
    sentence: Field[str]
    gap_days: Field[int | None]
    gap_is_minimum: Field[bool]
    latest_on: Field[date | None]
    name_seen: Field[str]
    gap_since: Field[date | None]
    ids: Field[list[str] | None]
    tie: Field[Tie | None]
    words: Field[str] = Field(server_default=text("''"))
    points: Field[float | None]


class FindingRow(FindingColumns, Base):
    """问题 of a sweep's account.

    `position` keeps the judgement's order; `review_state` follows from the review events, for
    queries.
    """

    __tablename__ = "finding"
    id: Field[int] = Field(Key, primary_key=True)
    sweep_id: Field[int] = Field(Key)
    account_id: Field[int] = Field(Key)
    position: Field[int]
    review_state: Field[ReviewState] = Field(server_default="open")
    excuse: Field[str] = Field(server_default=text("''"))
    """The excuse with which it was dismissed; follows from the review events, too."""
    __table_args__ = (
        ForeignKeyConstraint(
            ["sweep_id", "account_id"], ["sweep_account.sweep_id", "sweep_account.account_id"]
        ),
        Index(None, "sweep_id", "account_id"),
        {"sqlite_autoincrement": True},
    )


class FindingReadingRow(Base):
    """The readings that prove a finding. They cannot be deleted while it stands."""

    __tablename__ = "finding_reading"
    finding_id: Field[int] = Field(
        ForeignKey("finding.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Field[int] = Field(primary_key=True, autoincrement=False)
    reading_id: Field[int] = Field(ForeignKey("reading.id"), index=True)
