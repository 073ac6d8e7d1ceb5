"""titles of posts and of what they pass on; 重要信息转载任务 with what becomes of them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)
TABLES = ("repost_task", "repost_task_item", "repost_task_account", "repost_event")


def upgrade() -> None:
    for column in ("title", "original_title", "original_link"):
        op.add_column(
            "post", sa.Column(column, sa.Text, nullable=False, server_default=sa.text("''"))
        )
    op.create_table(
        "repost_task",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("until_day", sa.Date, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "repost_task_item",
        sa.Column(
            "task_id", KEY, sa.ForeignKey("repost_task.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
    )
    op.create_table(
        "repost_task_account",
        sa.Column(
            "task_id", KEY, sa.ForeignKey("repost_task.id"), primary_key=True, autoincrement=False
        ),
        sa.Column(
            "account_id",
            KEY,
            sa.ForeignKey("account.id"),
            primary_key=True,
            autoincrement=False,
            index=True,
        ),
    )
    op.create_table(
        "repost_event",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("task_id", KEY, sa.ForeignKey("repost_task.id"), nullable=False, index=True),
        sa.Column("action", MEMBER, nullable=False),
        sa.Column("item", sa.Integer, nullable=False),
        sa.Column("account_id", KEY, sa.ForeignKey("account.id"), index=True),
        sa.Column("post", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    for table in TABLES:
        if op.get_bind().dialect.name == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, 'a {table} is never updated'); END"
        else:
            refuse = "FOR EACH STATEMENT EXECUTE FUNCTION mediawatch_refuse_update()"
        op.execute(f"CREATE TRIGGER {table}_is_never_updated BEFORE UPDATE ON {table} {refuse}")
