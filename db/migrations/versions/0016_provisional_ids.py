"""暂用标识 of accounts that are filed by name alone, and what was pointed out to units"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NONE = sa.text("''")


def upgrade() -> None:
    op.add_column("sight", sa.Column("provisional", sa.Text, nullable=False, server_default=NONE))
    op.add_column("sweep_account", sa.Column("provisional", sa.Boolean))
    op.create_table(
        "provisional_id",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("account_id", KEY, sa.ForeignKey("account.id"), nullable=False, index=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("field", "value", "name", "alias")),
        sa.Column("verified", sa.Boolean),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("reading_id", KEY, sa.ForeignKey("reading.id", ondelete="SET NULL"), index=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("why", sa.String(32)),
    )
    standing = sa.text("ended_on IS NULL")
    op.create_index(
        "uq_provisional_id_standing",
        "provisional_id",
        ["account_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "filing_remark",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("account_id", KEY, sa.ForeignKey("account.id"), nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("field", "filed", "seen", "ground")
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("account_id", "field", "filed", "seen"),
    )
