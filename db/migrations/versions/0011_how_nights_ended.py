"""How nights ended, and why"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("night", sa.Column("ending", sa.String(32), nullable=True))
    op.add_column("night", sa.Column("why", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column(
        "night", sa.Column("left", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
    # Of those that judged nothing it was not written down whether they were stopped or failed.
    op.execute("UPDATE night SET ending = 'complete' WHERE exit_code IS NOT NULL")
    op.execute("UPDATE night SET ending = 'killed' WHERE ended_at IS NULL")
