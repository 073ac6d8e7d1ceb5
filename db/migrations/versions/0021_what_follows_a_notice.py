"""复核: its unit, days and term; 关停台账: the steps of closing an account, with their proofs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)


def upgrade() -> None:
    op.create_table(
        "notice_appeal",
        sa.Column(
            "event_id", KEY, sa.ForeignKey("notice_event.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("received_on", sa.Date),
        sa.Column("term", sa.Date),
        sa.Column("signer_reason", sa.Text, nullable=False),
    )
    op.create_table(
        "closure_note",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("account_id", KEY, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("step", MEMBER, nullable=False),
        sa.Column("on", sa.Date),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("approver", "link", "reason", "path", "sha256", "media_type")
        ),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    for table in ("notice_appeal", "closure_note"):
        if op.get_bind().dialect.name == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, 'a {table} is never updated'); END"
        else:
            refuse = "FOR EACH STATEMENT EXECUTE FUNCTION mediawatch_refuse_update()"
        op.execute(f"CREATE TRIGGER {table}_is_never_updated BEFORE UPDATE ON {table} {refuse}")
