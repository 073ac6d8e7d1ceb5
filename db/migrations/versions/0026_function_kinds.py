"""功能类型 of an account (发布类, 服务类): what an exception of a policy may depend on"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = ("account", "sweep_account", "notice_account", "notice_item")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table,
            sa.Column("function_kind", sa.Text, nullable=False, server_default=sa.text("''")),
        )
