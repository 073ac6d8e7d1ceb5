"""线索: searches for units, the accounts that they showed, and what persons decided of them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)


def text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def key_of(name: str, table: str) -> sa.Column[int]:
    return sa.Column(name, KEY, sa.ForeignKey(f"{table}.id"), nullable=False, index=True)


def upgrade() -> None:
    op.create_table(
        "unit_search",
        sa.Column("id", KEY, primary_key=True),
        *text("platform", "query", "surface", "session"),
        sa.Column("at", INSTANT, nullable=False, index=True),
        sa.Column("outcome", MEMBER, nullable=False),
        *text("detail", "url"),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("ends_day", MEMBER),
        sa.Column("hits", sa.Integer, nullable=False),
    )
    op.create_table(
        "search_evidence",
        sa.Column("id", KEY, primary_key=True),
        key_of("search_id", "unit_search"),
        sa.Column("kind", MEMBER, nullable=False),
        *text("media_type", "path", "sha256"),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        *text("url"),
    )
    op.create_table(
        "lead",
        sa.Column("id", KEY, primary_key=True),
        *text("platform", "platform_id"),
        sa.UniqueConstraint("platform", "platform_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "lead_sight",
        sa.Column("id", KEY, primary_key=True),
        key_of("lead_id", "lead"),
        key_of("search_id", "unit_search"),
        sa.Column("kind", MEMBER, nullable=False),
        *text("name", "verified_as", "alias", "link"),
        sa.Column("units", sa.JSON, nullable=False),
        *text("ground"),
    )
    op.create_table(
        "lead_decision",
        sa.Column("id", KEY, primary_key=True),
        key_of("lead_id", "lead"),
        sa.Column("action", MEMBER, nullable=False),
        sa.Column("sort", MEMBER),
        *text("unit", "by", "reason"),
        sa.Column("at", INSTANT, nullable=False),
        *text("path", "sha256", "media_type"),
        sa.Column("size", sa.Integer, nullable=False),
    )
    for table in ("unit_search", "search_evidence", "lead", "lead_sight", "lead_decision"):
        if op.get_bind().dialect.name == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, 'a {table} is never updated'); END"
        else:
            refuse = "FOR EACH STATEMENT EXECUTE FUNCTION mediawatch_refuse_update()"
        op.execute(f"CREATE TRIGGER {table}_is_never_updated BEFORE UPDATE ON {table} {refuse}")
