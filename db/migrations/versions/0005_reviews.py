"""Events of the review of findings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MEMBER = sa.String(32)


def upgrade() -> None:
    op.create_table(
        "review_event",
        sa.Column("id", KEY, primary_key=True),
        *(sa.Column(name, KEY, nullable=False) for name in ("sweep_id", "account_id")),
        *(sa.Column(name, MEMBER, nullable=False) for name in ("code", "action")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("by", "reason", "source", "sentence")
        ),
        sa.ForeignKeyConstraint(
            ["sweep_id", "account_id"], ["sweep_account.sweep_id", "sweep_account.account_id"]
        ),
        sa.Index(None, "sweep_id", "account_id"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'a review_event is never updated'); END"
    else:
        refuse = "FOR EACH STATEMENT EXECUTE FUNCTION mediawatch_refuse_update()"
    op.execute(
        f"CREATE TRIGGER review_event_is_never_updated BEFORE UPDATE ON review_event {refuse}"
    )
