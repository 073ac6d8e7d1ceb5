"""What an archive tells; names that may be cleared after their time, and when that was done"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MARK = "已按期清除"
CLEARABLE = {
    "reading": ("person",),
    "review_event": ("by", "reason"),
    "notice_event": ("by", "reason"),
}
"""By table: the columns that may be cleared. The first one takes the mark."""


def upgrade() -> None:
    op.add_column("notice_event", sa.Column("review_id", sa.Integer))
    op.create_table(
        "clearing",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("sweep_id", KEY, sa.ForeignKey("sweep.id"), index=True),
        sa.Column("notice_id", KEY, sa.ForeignKey("notice.id"), index=True),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("names", "pictures", "contacts")
        ),
    )
    for table, columns in CLEARABLE.items():
        _let_clear(table, columns)


def _let_clear(table: str, columns: tuple[str, ...]) -> None:
    """Rows stay as they are but for these columns, which may be changed together with the mark."""
    bind = op.get_bind()
    others = [
        each["name"] for each in sa.inspect(bind).get_columns(table) if each["name"] not in columns
    ]
    on = f" ON {table}" if bind.dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER {table}_is_never_updated{on}")
    _refuse(table, f"{table}_is_never_updated", others, "")
    _refuse(table, f"{table}_is_only_cleared", columns, f"NEW.\"{columns[0]}\" NOT LIKE '{MARK}%'")


def _refuse(table: str, trigger: str, columns: list[str] | tuple[str, ...], when: str) -> None:
    named = ", ".join(f'"{name}"' for name in columns)
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, 'a {table} is never updated'); END"
        condition = f" WHEN {when}" if when else ""
    else:
        refuse = "EXECUTE FUNCTION mediawatch_refuse_update()"
        condition = f" FOR EACH ROW WHEN ({when})" if when else " FOR EACH STATEMENT"
    op.execute(f"CREATE TRIGGER {trigger} BEFORE UPDATE OF {named} ON {table}{condition} {refuse}")
