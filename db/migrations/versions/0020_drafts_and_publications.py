"""Drafts of notices with their approval, accounts that are not named, places of publication"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)
NONE = sa.text("''")
DRAFTS = ("notice_draft", "notice_omission", "notice_approval")


def upgrade() -> None:
    op.create_table(
        "notice_draft",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("sweep_id", KEY, sa.ForeignKey("sweep.id"), nullable=False, index=True),
        *_texts("title", "addressees", "copies", "publicity", "rectify_by", "report_by"),
        sa.Column("preliminary", sa.Boolean, nullable=False),
        sa.Column("leave_out_open", sa.Boolean, nullable=False),
        *_texts("again", "by"),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "notice_omission",
        _of_draft(),
        sa.Column(
            "account_id", KEY, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("how", MEMBER, nullable=False),
        *_texts("by", "reason"),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "notice_approval",
        _of_draft(),
        *_texts("by"),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    for name in ("addressees", "copies", "publicity"):
        op.add_column("notice", _empty(name))
    op.add_column("notice", sa.Column("draft_id", KEY, nullable=True))
    op.create_index("uq_notice_draft_id", "notice", ["draft_id"], unique=True)
    op.add_column("notice_item", _empty("unnamed"))
    op.add_column("notice_event", _empty("place"))
    op.add_column("notice_event", sa.Column("on", sa.Date, nullable=True))
    op.add_column("notice_event", sa.Column("version", sa.Integer, nullable=True))
    for table in DRAFTS:
        _refuse(table, f"{table}_is_never_updated", "")
    _refuse_of_events()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _empty(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=NONE)


def _of_draft() -> sa.Column[int]:
    return sa.Column(
        "draft_id", KEY, sa.ForeignKey("notice_draft.id"), primary_key=True, autoincrement=False
    )


def _refuse_of_events() -> None:
    """The trigger of the events names its columns: names of people may be cleared (0014)."""
    bind = op.get_bind()
    named = [
        each["name"]
        for each in sa.inspect(bind).get_columns("notice_event")
        if each["name"] not in ("by", "reason")
    ]
    on = " ON notice_event" if bind.dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER notice_event_is_never_updated{on}")
    columns = ", ".join(f'"{name}"' for name in named)
    _refuse("notice_event", "notice_event_is_never_updated", f" OF {columns}")


def _refuse(table: str, trigger: str, columns: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, 'a {table} is never updated'); END"
    else:
        refuse = "FOR EACH STATEMENT EXECUTE FUNCTION mediawatch_refuse_update()"
    op.execute(f"CREATE TRIGGER {trigger} BEFORE UPDATE{columns} ON {table} {refuse}")
