"""Proposals that the operator refused"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "proposal_refusal",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("account_id", KEY, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("new", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("account_id", "field", "new"),
    )
