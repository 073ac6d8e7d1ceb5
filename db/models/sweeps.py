"""The tables of sweeps: frozen scopes, judgements, findings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Key
from db.models.accounts import FiledColumns
from mediawatch.domain import Code, DateKind, Effect, ReviewState, SweepState, Tie, Verdict


class SweepRow(Base):
    """(as_of, period_from, scope, policy, kind) identifies equal sweeps.

    It is not unique: `--again` repeats one.
    """

    __tablename__ = "sweep"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    as_of: Mapped[datetime]
    policy: Mapped[str]
    policy_toml: Mapped[str]
    scope: Mapped[str]
    scope_spec: Mapped[str] = mapped_column(server_default=text("''"))
    kind: Mapped[str]
    round: Mapped[str] = mapped_column(server_default=text("''"))
    period_from: Mapped[date | None]
    totals: Mapped[dict[str, dict[str, int]] | None]
    started_at: Mapped[datetime]
    state: Mapped[SweepState]
    finished_at: Mapped[datetime | None]


class SweepAccountRow(FiledColumns, Base):
    """The frozen scope, and the judgement.

    All columns of the judgement are NULL or empty until the account is judged.
    """

    __tablename__ = "sweep_account"
    sweep_id: Mapped[int] = mapped_column(
        ForeignKey("sweep.id"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, autoincrement=False
    )
    retired_on: Mapped[date | None]
    verdict: Mapped[Verdict | None]
    sentence: Mapped[str]
    latest_on: Mapped[date | None]
    date_kind: Mapped[DateKind | None]
    gap_days: Mapped[int | None]
    second_look: Mapped[bool | None]
    notes: Mapped[list[str] | None]
    otherwise: Mapped[Verdict | None]
    judged_news: Mapped[int | None]
    """`account_state.news` at the judgement."""
    __table_args__ = (
        Index(None, "account_id", "sweep_id"),
        Index(None, "sweep_id", "verdict"),
        Index(None, "sweep_id", "prefecture", "county"),
        Index(None, "sweep_id", "account_id", "judged_news"),
    )


class FindingRow(Base):
    """问题 of a sweep's account.

    `position` keeps the judgement's order; `review_state` follows from the review events, for
    queries.
    """

    __tablename__ = "finding"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    sweep_id: Mapped[int] = mapped_column(Key)
    account_id: Mapped[int] = mapped_column(Key)
    position: Mapped[int]
    code: Mapped[Code]
    label: Mapped[str]
    effect: Mapped[Effect]
    sentence: Mapped[str]
    gap_days: Mapped[int | None]
    gap_is_minimum: Mapped[bool]
    latest_on: Mapped[date | None]
    name_seen: Mapped[str]
    gap_since: Mapped[date | None]
    ids: Mapped[list[str] | None]
    tie: Mapped[Tie | None]
    review_state: Mapped[ReviewState] = mapped_column(server_default="open")
    excuse: Mapped[str] = mapped_column(server_default=text("''"))
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
    finding_id: Mapped[int] = mapped_column(
        ForeignKey("finding.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"), index=True)
