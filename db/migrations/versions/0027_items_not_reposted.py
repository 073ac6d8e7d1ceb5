"""Which item of a repost task a person says was not reposted (重要信息未转载)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reading", sa.Column("problem_task", sa.Integer))
    op.add_column("reading", sa.Column("problem_item", sa.Integer))
