"""Hand-offs that lower offices send in, as they were received"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "handed_file",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("round", sa.Text, nullable=False, index=True),
        *text("office"),
        sa.Column("state", sa.String(32), nullable=False),
        *text("reason", "file", "sha256"),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("as_of", INSTANT),
        *text("notice"),
        sa.Column("issued_on", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        *text("key"),
        sa.Column("signed_at", INSTANT),
        sa.Column("received_at", INSTANT, nullable=False),
        *text("by"),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'a handed_file is never updated'); END"
    else:
        refuse = "FOR EACH STATEMENT EXECUTE FUNCTION mediawatch_refuse_update()"
    op.execute(f"CREATE TRIGGER handed_file_is_never_updated BEFORE UPDATE ON handed_file {refuse}")
