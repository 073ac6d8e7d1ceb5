"""what a page shows of comments, messages and replies"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # NULL: nothing of it was shown, and nothing was looked for before this revision.
    for column in ("comments", "messages"):
        op.add_column("sight", sa.Column(column, sa.Boolean))
    for column in ("replies", "posts_looked_at"):
        op.add_column("sight", sa.Column(column, sa.Integer))
