"""Checks of canaries, what was seen of logins, and the reader page of a WeChat account"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)


def upgrade() -> None:
    for table in ("account", "sweep_account"):
        # With a default the column needs no copy of the table, on neither database.
        op.add_column(
            table, sa.Column("reader_url", sa.Text, nullable=False, server_default=sa.text("''"))
        )
    op.create_table(
        "canary_check",
        sa.Column("id", KEY, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("surface", "session", "account_name", "platform_id", "detail")
        ),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("fresh", sa.Boolean, nullable=False),
        sa.Column("outcome", MEMBER, nullable=False),
        sa.Column("sweep_id", KEY, sa.ForeignKey("sweep.id"), nullable=True, index=True),
        sa.Index(None, "surface", "at"),
    )
    op.create_table(
        "session_event",
        sa.Column("id", KEY, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("platform", "name", "how", "detail")
        ),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", MEMBER, nullable=False),
        sa.Index(None, "platform", "at"),
    )
