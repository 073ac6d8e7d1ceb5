"""The coordinator's paces, and the mark of its evidence, among the terms of a sweep"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Each run of a sweep writes its terms anew, and looks by older versions have ended.
    op.drop_table("sweep_terms")
    sweep = sa.ForeignKey("sweep.id", ondelete="CASCADE")
    op.create_table(
        "sweep_terms",
        sa.Column("sweep_id", KEY, sweep, primary_key=True, autoincrement=False),
        sa.Column("began", INSTANT, nullable=False),
        sa.Column("until", INSTANT),
        sa.Column("spared", sa.JSON, nullable=False),
        sa.Column("canaries", sa.Text, nullable=False),
        sa.Column("every_looks", sa.Integer, nullable=False),
        sa.Column("every_seconds", sa.Float, nullable=False),
        sa.Column("paces", sa.JSON, nullable=False),
        sa.Column("scale", sa.Float, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
    )
