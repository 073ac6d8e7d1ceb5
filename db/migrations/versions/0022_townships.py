"""乡镇街道 of an account: the parts that an office of a county counts by"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ("account", "sweep_account", "notice_account", "notice_item")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table, sa.Column("township", sa.Text, nullable=False, server_default=sa.text("''"))
        )
