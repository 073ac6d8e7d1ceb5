"""Looks as tasks: the terms of a sweep, one result for each look, and the workers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def json(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.JSON, nullable=False) for name in names]


def key_of(table: str, ondelete: str | None = None) -> sa.Column[int]:
    reference = sa.ForeignKey(f"{table}.id", ondelete=ondelete)
    return sa.Column(f"{table}_id", KEY, reference, primary_key=True, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "sweep_terms",
        key_of("sweep", "CASCADE"),
        sa.Column("began", INSTANT, nullable=False),
        sa.Column("until", INSTANT),
        *json("spared"),
        *text("canaries"),
        sa.Column("every_looks", sa.Integer, nullable=False),
        sa.Column("every_seconds", sa.Float, nullable=False),
    )
    op.create_table(
        "look_result",
        key_of("sweep", "CASCADE"),
        key_of("account"),
        sa.Column("look", sa.String(32), primary_key=True),
        sa.Column("reading_id", KEY, sa.ForeignKey("reading.id", ondelete="CASCADE"), index=True),
        sa.Column("details", sa.JSON),
        sa.Column("collected", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_look_result_sweep_id_collected", "look_result", ["sweep_id", "collected"])
    op.create_table(
        "worker",
        sa.Column("id", KEY, primary_key=True),
        *text("name", "host"),
        sa.Column("process", sa.Integer, nullable=False),
        *text("version", "address"),
        *json("logins", "queues", "own_accounts", "looking_at"),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.UniqueConstraint("name"),
    )
