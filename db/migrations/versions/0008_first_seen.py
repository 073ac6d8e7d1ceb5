"""The reading that first showed each post and each name: what judging needs of the past, found by
index
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
POSTS = ("post", "repost", "unpushed", "unpushed_repost")
BEIJING = ZoneInfo("Asia/Shanghai")
SEEN = """
    SELECT r.id AS reading_id, r.account_id, r.read_at, s.surface, s.read_at AS seen_at, p.post_id, p."on", p.at, p.kind, p.repost, p.pushed
    FROM reading r JOIN sight s ON s.reading_id = r.id JOIN post p ON p.sight_id = s.id
    WHERE s.matched_by IS NOT NULL ORDER BY r.read_at, r.id
"""
NAMED = """
    SELECT id AS reading_id, account_id, read_at, name_seen FROM reading WHERE name_seen <> '' AND matched_by = 'id' ORDER BY read_at, id
"""
LOOKED = (
    "SELECT id AS reading_id, account_id, read_at FROM reading WHERE look = 'person' ORDER BY "
    "read_at, id"
)


def upgrade() -> None:
    made = op.create_table(
        "first_seen",
        sa.Column(
            "account_id", KEY, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.Column("reading_id", KEY, sa.ForeignKey("reading.id"), nullable=False, index=True),
        sa.Index(None, "account_id", "what", "on"),
        sqlite_with_rowid=False,
    )
    conn = op.get_bind()
    seen: set[tuple[int, int]] = set()
    some: list[dict[str, Any]] = []
    for row in shown(conn):
        if (place := (row["account_id"], row["key"])) not in seen:
            seen.add(place)
            some.append(row)
        if len(some) == 5_000:
            conn.execute(made.insert(), some)
            some = []
    if some:
        conn.execute(made.insert(), some)


def shown(conn: sa.Connection) -> Iterator[dict[str, Any]]:
    times: dict[str, Any] = {
        "read_at": INSTANT,
        "seen_at": INSTANT,
        "on": sa.Date,
        "at": INSTANT,
        "repost": sa.Boolean,
        "pushed": sa.Boolean,
    }
    for row in conn.execute(sa.text(SEEN).columns(**times)):
        at = instant(row.at)
        ahead = (
            at > instant(row.seen_at) + timedelta(minutes=10)
            if at
            else row.on > day_of(row.seen_at)
        )
        if not ahead:
            kind = POSTS[row.repost + 2 * (row.pushed is False)]
            key = hashed(
                kind,
                row.surface,
                row.post_id,
                row.on.isoformat(),
                at.isoformat() if at else "",
                str(row.kind == "seen"),
            )
            yield first(row, key, kind, row.on)
    for row in conn.execute(sa.text(NAMED).columns(read_at=INSTANT)):
        yield first(row, hashed("name", row.name_seen), "name", day_of(row.read_at))
    for row in conn.execute(sa.text(LOOKED).columns(read_at=INSTANT)):
        yield first(row, hashed("person"), "person", day_of(row.read_at))


def first(row: Any, key: int, what: str, on: date) -> dict[str, Any]:
    return {
        "account_id": row.account_id,
        "key": key,
        "what": what,
        "on": on,
        "read_at": row.read_at,
        "reading_id": row.reading_id,
    }


def instant(at: datetime | None) -> Any:
    """In UTC; SQLite gives it without a zone."""
    return at and (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))


def day_of(at: datetime) -> date:
    day: date = instant(at).astimezone(BEIJING).date()
    return day


def hashed(*parts: str) -> int:
    text = "\x1f".join(parts).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)
