"""Notices, their hand-offs, and what became of them"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)
TABLES = (
    "notice",
    "notice_item",
    "notice_finding",
    "notice_reading",
    "notice_document",
    "notice_event",
)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", KEY, primary_key=True),
        *columns(sa.Text, "number", "title", "by", "source"),
        *columns(sa.Date, "issued_on"),
        *columns(sa.Date, "rectify_by", "report_by", null=True),
        refers("sweep_id", "sweep.id", nullable=True),
        *columns(sa.Boolean, "preliminary"),
        *columns(INSTANT, "kept_at"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "notice_item",
        refers("notice_id", "notice.id", primary_key=True),
        part("number"),
        refers("account_id", "account.id", nullable=True, index=True),
        *filed(),
        *columns(sa.Text, "problem", "result"),
        *columns(sa.Boolean, "fails"),
    )
    op.create_table(
        "notice_finding",
        part("notice_id", KEY),
        part("item"),
        part("position"),
        *columns(MEMBER, "code", "effect"),
        *columns(sa.Text, "label", "sentence", "name_seen"),
        *columns(sa.Date, "latest_on", null=True),
        *columns(sa.Integer, "gap_days", null=True),
        *columns(sa.Boolean, "gap_is_minimum"),
        *columns(sa.JSON, "evidence"),
        sa.ForeignKeyConstraint(
            ["notice_id", "item"], ["notice_item.notice_id", "notice_item.number"]
        ),
    )
    place = ("notice_id", "item", "position")
    op.create_table(
        "notice_reading",
        part("notice_id", KEY),
        part("item"),
        part("position"),
        refers("reading_id", "reading.id", primary_key=True, index=True),
        sa.ForeignKeyConstraint(place, [f"notice_finding.{name}" for name in place]),
    )
    op.create_table(
        "notice_document",
        refers("notice_id", "notice.id", primary_key=True),
        part("version"),
        *columns(sa.Text, "sha256", "body"),
        *columns(INSTANT, "at"),
    )
    op.create_table(
        "notice_event",
        sa.Column("id", KEY, primary_key=True),
        refers("notice_id", "notice.id", index=True),
        *columns(sa.Integer, "item", null=True),
        *columns(MEMBER, "action"),
        *columns(INSTANT, "at"),
        *columns(sa.Text, "by", "reason", "source"),
        *columns(sa.JSON, "codes"),
        *columns(MEMBER, "result", null=True),
        refers("sweep_id", "sweep.id", nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id", "item"], ["notice_item.notice_id", "notice_item.number"]
        ),
        sqlite_autoincrement=True,
    )
    for table in TABLES:
        if op.get_bind().dialect.name == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, 'a {table} is never updated'); END"
        else:
            refuse = "FOR EACH STATEMENT EXECUTE FUNCTION mediawatch_refuse_update()"
        op.execute(f"CREATE TRIGGER {table}_is_never_updated BEFORE UPDATE ON {table} {refuse}")


def columns(
    kind: TypeEngine[Any] | type[TypeEngine[Any]], *names: str, null: bool = False
) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=null) for name in names]


def part(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]] = sa.Integer) -> sa.Column[Any]:
    """A column of a key of several."""
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def refers(
    name: str, to: str, *, nullable: bool = False, index: bool = False, primary_key: bool = False
) -> sa.Column[int]:
    return sa.Column(
        name,
        KEY,
        sa.ForeignKey(to),
        nullable=nullable,
        index=index,
        primary_key=primary_key,
        autoincrement=False,
    )


def filed() -> list[sa.Column[Any]]:
    """The filed values as they stand in `sweep_account`."""
    return [
        *columns(
            sa.Text,
            "name",
            "platform",
            "type",
            "filing_number",
            "kind",
            "organiser",
            "supervisor",
            "prefecture",
            "county",
        ),
        *columns(
            sa.Text,
            "jurisdiction",
            "level",
            "body_kind",
            "platform_id",
            "original_id",
            "alias",
            "url",
            "closing_notice_url",
        ),
        *columns(sa.Text, "exempt_reason", "exempt_document"),
        sa.Column("reader_url", sa.Text, nullable=False, server_default=sa.text("''")),
        *columns(sa.Boolean, "type_certain"),
        *columns(sa.JSON, "article_links"),
        *columns(MEMBER, "status"),
        *columns(
            sa.Date, "closing_requested_on", "opened_on", "filed_on", "exempt_until", null=True
        ),
    ]
