"""First tables: registry, sweeps, readings, findings"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)
IMMUTABLE = ("reading", "sight", "post", "evidence")


def upgrade() -> None:
    registry()
    sweeps()
    readings()
    findings()
    account_state()
    {"sqlite": refuse_updates_sqlite, "postgresql": refuse_updates_postgresql}[
        op.get_bind().dialect.name
    ]()


def columns(
    kind: TypeEngine[Any] | type[TypeEngine[Any]], *names: str, null: bool = False
) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=null) for name in names]


def own_key() -> sa.Column[int]:
    return sa.Column("id", KEY, primary_key=True)


def refers(
    name: str,
    to: str,
    *,
    ondelete: str | None = None,
    nullable: bool = False,
    index: bool = False,
    primary_key: bool = False,
) -> sa.Column[int]:
    """A column that refers to another table's key."""
    target = sa.ForeignKey(to, ondelete=ondelete)
    return sa.Column(
        name,
        KEY,
        target,
        nullable=nullable,
        index=index,
        primary_key=primary_key,
        autoincrement=False,
    )


def filed() -> list[sa.Column[Any]]:
    return [
        *columns(sa.Text, "name", "platform", "type"),
        *columns(sa.Boolean, "type_certain"),
        *columns(
            sa.Text,
            "filing_number",
            "kind",
            "organiser",
            "supervisor",
            "prefecture",
            "county",
            "jurisdiction",
            "level",
        ),
        *columns(sa.Text, "body_kind", "platform_id", "original_id", "alias", "url"),
        *columns(sa.JSON, "article_links"),
        *columns(MEMBER, "status"),
        *columns(sa.Date, "closing_requested_on", null=True),
        *columns(sa.Text, "closing_notice_url"),
        *columns(sa.Date, "opened_on", "filed_on", null=True),
        *columns(sa.Text, "exempt_reason", "exempt_document"),
        *columns(sa.Date, "exempt_until", null=True),
    ]


def registry() -> None:
    op.create_table(
        "source", own_key(), *columns(sa.Text, "file", "sha256", "kind"), *columns(INSTANT, "at")
    )
    op.create_table(
        "account",
        own_key(),
        *filed(),
        refers("source_id", "source.id"),
        *columns(sa.Date, "retired_on", null=True),
        refers("retired_source_id", "source.id", nullable=True),
        sa.Index(None, "platform", "platform_id"),
        sa.Index(None, "filing_number"),
        sa.Index(None, "prefecture", "county"),
    )
    op.create_table(
        "account_link",
        own_key(),
        refers("account_id", "account.id"),
        *columns(sa.Text, "url", "source"),
        *columns(INSTANT, "added_at"),
        sa.UniqueConstraint("account_id", "url"),
    )
    op.create_table(
        "account_change",
        own_key(),
        refers("account_id", "account.id", index=True),
        refers("source_id", "source.id"),
        *columns(sa.Text, "field", "old", "new"),
    )
    op.create_table(
        "contact",
        refers("account_id", "account.id", primary_key=True),
        *columns(sa.Text, "person", "phone"),
    )


def sweeps() -> None:
    op.create_table(
        "sweep",
        own_key(),
        *columns(INSTANT, "as_of", "started_at"),
        *columns(sa.Text, "policy", "policy_toml", "scope", "kind"),
        *columns(MEMBER, "state"),
        *columns(INSTANT, "finished_at", null=True),
    )
    op.create_table(
        "sweep_account",
        refers("sweep_id", "sweep.id", primary_key=True),
        refers("account_id", "account.id", primary_key=True, index=True),
        *filed(),
        *columns(sa.Date, "retired_on", "latest_on", null=True),
        *columns(MEMBER, "verdict", "date_kind", null=True),
        *columns(sa.Text, "sentence"),
        *columns(sa.Integer, "gap_days", null=True),
        *columns(sa.Boolean, "second_look", null=True),
        *columns(sa.JSON, "notes", null=True),
        sa.Index(None, "sweep_id", "verdict"),
        sa.Index(None, "sweep_id", "prefecture", "county"),
    )


def readings() -> None:
    op.create_table(
        "reading",
        own_key(),
        refers("account_id", "account.id"),
        refers("sweep_id", "sweep.id", nullable=True, index=True),
        *columns(MEMBER, "look", "outcome"),
        *columns(INSTANT, "started_at", "read_at"),
        *columns(sa.Text, "person", "name_seen"),
        *columns(MEMBER, "matched_by", "date_kind", null=True),
        *columns(sa.Date, "latest_on", null=True),
        *columns(INSTANT, "latest_at", "complete_since", null=True),
        sa.Index(None, "account_id", "read_at"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sight",
        own_key(),
        refers("reading_id", "reading.id", ondelete="CASCADE", index=True),
        *columns(
            sa.Text,
            "surface",
            "session",
            "name",
            "platform_id",
            "original_id",
            "verified_as",
            "detail",
            "url",
            "control",
        ),
        *columns(MEMBER, "attested", "outcome"),
        *columns(MEMBER, "matched_by", null=True),
        *columns(INSTANT, "read_at"),
        *columns(INSTANT, "complete_since", null=True),
    )
    op.create_table(
        "post",
        own_key(),
        refers("sight_id", "sight.id", ondelete="CASCADE", index=True),
        *columns(sa.Text, "post_id", "link"),
        *columns(sa.Date, "on"),
        *columns(INSTANT, "at", null=True),
        *columns(MEMBER, "kind"),
        *columns(sa.Boolean, "pinned", "repost"),
        *columns(sa.Boolean, "pushed", null=True),
    )
    op.create_table(
        "evidence",
        own_key(),
        refers("sight_id", "sight.id", ondelete="CASCADE", index=True),
        *columns(MEMBER, "kind"),
        *columns(sa.Text, "media_type", "path", "sha256", "url"),
        *columns(sa.BigInteger, "size"),
        *columns(INSTANT, "taken_at"),
    )


def findings() -> None:
    op.create_table(
        "finding",
        own_key(),
        *columns(KEY, "sweep_id", "account_id"),
        *columns(sa.Integer, "position"),
        *columns(MEMBER, "code", "effect"),
        *columns(sa.Text, "label", "sentence", "name_seen"),
        *columns(sa.Integer, "gap_days", null=True),
        *columns(sa.Boolean, "gap_is_minimum"),
        *columns(sa.Date, "latest_on", null=True),
        sa.Column("review_state", MEMBER, nullable=False, server_default="open"),
        sa.ForeignKeyConstraint(
            ["sweep_id", "account_id"], ["sweep_account.sweep_id", "sweep_account.account_id"]
        ),
        sa.Index(None, "sweep_id", "account_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "finding_reading",
        refers("finding_id", "finding.id", ondelete="CASCADE", primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        refers("reading_id", "reading.id", index=True),
    )


def account_state() -> None:
    op.create_table(
        "account_state",
        refers("account_id", "account.id", primary_key=True),
        sa.Column("latest_on", sa.Date, index=True),
        *columns(
            INSTANT,
            "latest_at",
            "last_read_at",
            "exact_read_at",
            "complete_since",
            "name_read_at",
            null=True,
        ),
        refers("last_reading_id", "reading.id", nullable=True, ondelete="SET NULL", index=True),
        refers("exact_reading_id", "reading.id", nullable=True, ondelete="SET NULL", index=True),
        *columns(MEMBER, "last_outcome", "name_matched_by", null=True),
        *columns(sa.Text, "name_seen"),
    )


def refuse_updates_sqlite() -> None:
    for table in IMMUTABLE:
        op.execute(
            f"CREATE TRIGGER {table}_is_never_updated BEFORE UPDATE ON {table} BEGIN SELECT "
            f"RAISE(ABORT, 'a {table} is never updated'); END"
        )


def refuse_updates_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION mediawatch_refuse_update() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a % is never updated', TG_TABLE_NAME; END $$"
    )
    for table in IMMUTABLE:
        op.execute(
            f"CREATE TRIGGER {table}_is_never_updated BEFORE UPDATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION mediawatch_refuse_update()"
        )
