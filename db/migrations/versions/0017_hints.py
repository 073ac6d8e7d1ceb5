"""What others say of accounts: hints, and links as they came in"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)


def upgrade() -> None:
    op.create_table(
        "hint",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("account_id", KEY, sa.ForeignKey("account.id"), nullable=False, index=True),
        *_texts("source", "contract"),
        sa.Column("on", sa.Date),
        sa.Column("at", INSTANT),
        *_texts("link"),
        *_place(),
        sa.UniqueConstraint("sha256", "sheet", "row", "account_id", "link", "source"),
    )
    op.create_index("ix_hint_received_at", "hint", ["received_at"])
    op.create_table(
        "link_receipt",
        sa.Column("id", KEY, primary_key=True),
        *_texts("url"),
        sa.Column("way", MEMBER, nullable=False),
        sa.Column("sort", MEMBER, nullable=False),
        sa.Column("account_id", KEY, sa.ForeignKey("account.id"), index=True),
        *_texts("name_seen"),
        sa.Column("published_on", sa.Date),
        *(column for column in _place() if column.name != "sha256"),
        *_texts("source"),
        sa.UniqueConstraint("way", "file", "sheet", "row", "url"),
    )


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _place() -> list[sa.Column[Any]]:
    """Where it stood, when it came in, and who gave it."""
    return [
        *_texts("file", "sha256", "sheet"),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        *_texts("given_by"),
        sa.Column("given_at", INSTANT),
    ]
