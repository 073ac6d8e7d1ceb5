"""人工检查: problems that people find, their words, and the points that a finding costs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MEMBER = sa.String(32)


def upgrade() -> None:
    op.add_column("reading", sa.Column("problem", MEMBER))
    op.add_column("reading", sa.Column("problem_answer", MEMBER))
    op.add_column("reading", _text("problem_words"))
    for table in ("finding", "notice_finding"):
        op.add_column(table, _text("words"))
        op.add_column(table, sa.Column("points", sa.Float))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))
