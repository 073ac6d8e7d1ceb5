"""How many calls a sight took, which surface named its link, and whose day it ended"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of earlier sights only the visit itself is known: one call.
    for table in ("sight", "canary_check"):
        op.add_column(
            table, sa.Column("calls", sa.Integer, nullable=False, server_default=sa.text("1"))
        )
        op.add_column(table, sa.Column("ends_day", sa.String(32), nullable=True))
    op.add_column(
        "sight", sa.Column("link_from", sa.Text, nullable=False, server_default=sa.text("''"))
    )
