"""Statements about what suffices to judge an account at a moment: found by index, however long its history is.

`rules.judge` asks the past for little: the newest post that counts, posts that a list of today should hold, names once seen under
the filed id, whether a person ever looked, the last reading. `first_seen` points to the reading that showed each of them first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b

from sqlalchemy import ScalarSelect, Select, and_, column, select, values
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from db.base import table
from db.history import by_id, own_posts, readings_of
from db.mapping import Values, portions
from db.models import POSTS, AccountStateRow, FirstSeen, FirstSeenRow, ReadingRow
from mediawatch.clock import day_of
from mediawatch.domain import LookKind, MatchedBy, Post, PostKind, Reading

_MARGIN = timedelta(days=1)
"""A post may be dated up to ten minutes after its look, and so on the day after as_of although it was read before."""
_AT_ONCE = 500
"""Accounts whose readings are put together in one statement."""


def _keep_earliest(insert: type[sqlite.Insert] | type[postgresql.Insert]) -> sqlite.Insert | postgresql.Insert:
    statement = insert(table(FirstSeenRow))
    earlier = {"reading_id": statement.excluded.reading_id, "read_at": statement.excluded.read_at}
    # Readings may come late: a worklist returns days after its looks.
    return statement.on_conflict_do_update(
        index_elements=["account_id", "key"], set_=earlier, where=statement.excluded.read_at < FirstSeenRow.read_at
    )


_NOTE = {"sqlite": _keep_earliest(sqlite.Insert), "postgresql": _keep_earliest(postgresql.Insert)}


async def note(conn: AsyncConnection, reading: Reading) -> None:
    """Remember what this reading was the first to show."""
    shown = {row["key"]: row for row in _shown(reading)}
    if shown:
        await conn.execute(_NOTE[conn.dialect.name], list(shown.values()))


def _shown(reading: Reading) -> Iterator[Values]:
    seen = {"account_id": reading.account_id, "read_at": reading.read_at, "reading_id": reading.id}
    for sight, post in own_posts(reading):
        kind = _kind(post)
        yield seen | {"key": _key(kind, sight.surface, post), "what": kind, "on": post.on}
    today = day_of(reading.read_at)
    if reading.name and reading.matched_by is MatchedBy.ID:
        yield seen | {"key": _hashed(FirstSeen.NAME, reading.name), "what": FirstSeen.NAME, "on": today}
    if reading.look is LookKind.PERSON:
        yield seen | {"key": _hashed(FirstSeen.PERSON), "what": FirstSeen.PERSON, "on": today}


def _kind(post: Post) -> FirstSeen:
    return POSTS[post.repost + 2 * (post.pushed is False)]


def _key(kind: FirstSeen, surface: str, post: Post) -> int:
    """By all that `proofs` compares posts by."""
    at = post.at.astimezone(UTC).isoformat() if post.at else ""
    return _hashed(kind, surface, post.id, post.on.isoformat(), at, str(post.kind is PostKind.SEEN))


def _hashed(*parts: str) -> int:
    """64 bits, signed as a column holds them."""
    text = "\x1f".join(parts).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)


async def known(conn: AsyncConnection, account_ids: Sequence[int], as_of: datetime) -> dict[int, list[Reading]]:
    """Readings by account, oldest first, from which `rules.judge` says what it would say from all of them."""
    found: dict[int, list[Reading]] = {}
    since = as_of - _MARGIN
    for portion in portions(sorted(set(account_ids)), _AT_ONCE):
        readings = await readings_of(conn, ReadingRow.account_id.in_(portion), ReadingRow.read_at >= since)
        earlier = {key for row in await conn.execute(_pointed_at(portion, since)) for key in row if key is not None}
        earlier |= set(await conn.scalars(_always_told(portion, since)))
        if reach := {key: day for key in portion if (day := _reach(readings.get(key, ()), as_of))}:
            earlier |= set(await conn.scalars(_posts_since(reach, since)))
        for key, more in (await by_id(conn, earlier)).items():
            readings[key] = sorted((*more, *readings.get(key, ())), key=lambda reading: (reading.read_at, reading.id))
        found |= readings
    return found


def _reach(readings: Sequence[Reading], as_of: datetime) -> date | None:
    """The day to which complete lists that may speak against the account reach back."""
    lists = (sight.complete_since for reading in readings if reading.read_at >= as_of for sight in reading.sights)
    return min((day_of(since) for since in lists if since is not None), default=None)


def _pointed_at(accounts: Sequence[int], since: datetime) -> Select[*tuple[int | None, ...]]:
    """Before `since`: the readings that showed the newest post of each kind, the last reading, the last that was no control."""
    looked = _last(since).where(ReadingRow.look != LookKind.CONTROL)
    wanted: list[ScalarSelect[int]] = [_last(since).scalar_subquery(), looked.scalar_subquery()]
    for kind in POSTS:
        newest = (
            select(FirstSeenRow.reading_id)
            .where(FirstSeenRow.account_id == AccountStateRow.account_id, FirstSeenRow.what == kind, FirstSeenRow.read_at < since)
            .order_by(FirstSeenRow.on.desc())
            .limit(1)
        )
        wanted.append(newest.correlate(AccountStateRow).scalar_subquery())
    return select(*wanted).where(AccountStateRow.account_id.in_(accounts))


def _last(since: datetime) -> Select[int]:
    of_account = select(ReadingRow.id).where(ReadingRow.account_id == AccountStateRow.account_id, ReadingRow.read_at < since)
    return of_account.order_by(ReadingRow.read_at.desc(), ReadingRow.id.desc()).limit(1).correlate(AccountStateRow)


def _always_told(accounts: Sequence[int], since: datetime) -> Select[int]:
    """Before `since`: the first reading of each name, and a person's."""
    told = FirstSeenRow.what.in_((FirstSeen.NAME, FirstSeen.PERSON))
    return select(FirstSeenRow.reading_id).where(FirstSeenRow.account_id.in_(accounts), told, FirstSeenRow.read_at < since)


def _posts_since(reach: dict[int, date], since: datetime) -> Select[int]:
    """Before `since`: the first readings of all posts from a day of its own on for each account."""
    columns = column("account", FirstSeenRow.account_id.type), column("day", FirstSeenRow.on.type)
    columns = column("account", FirstSeenRow.account_id.type), column("day", FirstSeenRow.on.type)
    # A CTE: SQLite names no columns of VALUES in a FROM clause.
    from_day = values(*columns, name="reach").data([*reach.items()]).cte()
    inside = and_(FirstSeenRow.account_id == from_day.c.account, FirstSeenRow.on >= from_day.c.day, FirstSeenRow.what.in_(POSTS))
    return select(FirstSeenRow.reading_id).distinct().join_from(from_day, FirstSeenRow, inside).where(FirstSeenRow.read_at < since)
