"""What an inspection is called, the period it judges, and how its scope was drawn"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("scope_spec", "round"):
        # With a default the column needs no copy of the table, on neither database.
        op.add_column(
            "sweep", sa.Column(column, sa.Text, nullable=False, server_default=sa.text("''"))
        )
    op.add_column("sweep", sa.Column("period_from", sa.Date, nullable=True))
