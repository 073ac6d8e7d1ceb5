"""What was told of each account's identity, with the newest reading that told it; and up to when
readings may have left
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TOLD = """
    SELECT r.id AS reading_id, r.account_id, r.look, r.read_at,
        s.outcome, s.matched_by, s.name, s.platform_id, s.original_id, s.verified_as,
        CASE WHEN s.outcome = 'migrated' THEN s.detail ELSE '' END AS moved,
        EXISTS (SELECT 1 FROM post p WHERE p.sight_id = s.id AND p.link <> '') AS linked
    FROM reading r JOIN sight s ON s.reading_id = r.id
    ORDER BY r.read_at, r.id
"""
ABOUT_US = ("login_required", "captcha", "rate_limited", "changed", "unreachable", "no_evidence")


def upgrade() -> None:
    made = op.create_table(
        "identity_seen",
        sa.Column(
            "account_id", KEY, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.Column("reading_id", KEY, sa.ForeignKey("reading.id"), nullable=False, index=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pruning",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("before", INSTANT, nullable=False),
    )
    conn = op.get_bind()
    newest: dict[tuple[int, int], dict[str, Any]] = {}
    for row in conn.execute(sa.text(TOLD).columns(read_at=INSTANT, linked=sa.Boolean)):
        if row.outcome not in ABOUT_US or row.name or row.platform_id or row.original_id:
            ids = (row.name, row.platform_id, row.original_id, row.verified_as)
            apart = row.look if row.look in ("control", "person") else ""
            key = hashed(apart, row.outcome, row.matched_by or "", *ids, row.moved, str(row.linked))
            seen = {
                "account_id": row.account_id,
                "key": key,
                "read_at": row.read_at,
                "reading_id": row.reading_id,
            }
            newest[row.account_id, key] = seen
    if newest:
        conn.execute(made.insert(), list(newest.values()))


def hashed(*parts: str) -> int:
    text = "\x1f".join(parts).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)
