"""What is kept about the runs themselves: nights, alerts, backups"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)


def upgrade() -> None:
    op.create_table(
        "night",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("sweep_id", KEY, sa.ForeignKey("sweep.id"), nullable=True, index=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("exit_code", sa.Integer, nullable=True),
        *(
            sa.Column(name, sa.JSON, nullable=False)
            for name in ("looks", "verdicts", "reasons", "turns", "breakers")
        ),
    )
    op.create_table(
        "alert",
        sa.Column("id", KEY, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("key", "place", "title", "body")),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("state", MEMBER, nullable=False),
        sa.Column("tried_at", INSTANT, nullable=True),
        sa.UniqueConstraint("key", "place"),
        sa.Index(None, "state"),
    )
    op.create_table(
        "backup",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
