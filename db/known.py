"""Statements about what suffices to judge an account at a moment: found by index, however long its history is.

`rules.judge` asks the past for little: the newest post that counts, posts that a list of today should hold, names once seen under
the filed id, whether a person ever looked, the last reading; of a period the days on which there were posts. `first_seen` points to
the reading that showed each of them first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, column, false, func, null, select, true, values
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from db.base import table
from db.history import by_id, own_posts, readings_of
from db.mapping import AnyRow, Values, hashed, portions
from db.models import POSTS, AccountStateRow, FirstSeen, FirstSeenRow, PostRow, ReadingRow, SightRow
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


def note(conn: Connection, reading: Reading) -> None:
    """Remember what this reading was the first to show."""
    shown = {row["key"]: row for row in _shown(reading)}
    if shown:
        conn.execute(_NOTE[conn.dialect.name], list(shown.values()))


def _shown(reading: Reading) -> Iterator[Values]:
    seen = {"account_id": reading.account_id, "read_at": reading.read_at, "reading_id": reading.id}
    for sight, post in own_posts(reading):
        kind = _kind(post)
        yield seen | {"key": _key(kind, sight.surface, post), "what": kind, "on": post.on}
    today = day_of(reading.read_at)
    if reading.name and reading.matched_by is MatchedBy.ID:
        yield seen | {"key": hashed(FirstSeen.NAME, reading.name), "what": FirstSeen.NAME, "on": today}
    if reading.look is LookKind.PERSON:
        yield seen | {"key": hashed(FirstSeen.PERSON), "what": FirstSeen.PERSON, "on": today}


def _kind(post: Post) -> FirstSeen:
    return POSTS[post.repost + 2 * (post.pushed is False)]


def _key(kind: FirstSeen, surface: str, post: Post) -> int:
    """By all that `proofs` compares posts by."""
    at = post.at.astimezone(UTC).isoformat() if post.at else ""
    return hashed(kind, surface, post.id, post.on.isoformat(), at, str(post.kind is PostKind.SEEN))


def known(conn: Connection, account_ids: Sequence[int], as_of: datetime, period_from: date | None) -> dict[int, list[Reading]]:
    """Readings by account, oldest first, from which `rules.judge` says what it would say from all of them."""
    found: dict[int, list[Reading]] = {}
    for portion in portions(sorted(set(account_ids)), _AT_ONCE):
        found |= _known(conn, portion, as_of, period_from)
    return found


def links(conn: Connection, account_ids: Sequence[int]) -> dict[int, set[str]]:
    """The links of each account's own posts, as they were first shown."""
    found: dict[int, set[str]] = {}
    for portion in portions(sorted(set(account_ids)), _AT_ONCE):
        first = FirstSeenRow.account_id.in_(portion) & FirstSeenRow.what.in_(POSTS)
        shown = select(FirstSeenRow.account_id, PostRow.link).join(SightRow, SightRow.reading_id == FirstSeenRow.reading_id).join(PostRow)
        for account_id, link in conn.execute(shown.where(first, SightRow.matched_by.is_not(None), PostRow.link != "").distinct()):
            found.setdefault(account_id, set()).add(link)
    return found


def _known(conn: Connection, accounts: Sequence[int], as_of: datetime, period_from: date | None) -> dict[int, list[Reading]]:
    since = as_of - _MARGIN
    readings = readings_of(conn, ReadingRow.account_id.in_(accounts), ReadingRow.read_at >= since)
    unread = [key for key in accounts if not any(_looked_before(reading, as_of) for reading in readings.get(key, ()))]
    last = by_id(conn, {key for row in conn.execute(_last_two(unread, since)) for key in row if key is not None})
    shown = {key: _Shown(last.get(key, ()), readings.get(key, ()), as_of, period_from) for key in accounts}
    reach = {key: each.reach for key, each in shown.items() if each.reach}
    wanted = [_newest(accounts, since, period_from), _always_told(accounts, since)]
    wanted += [_days_since(accounts, since, period_from)] if period_from else []
    wanted += [_posts_since(reach, since)] if reach else []
    rows = [row for statement in wanted for row in conn.execute(statement)]
    earlier = by_id(conn, {row.reading_id for row in rows if not shown[row.account_id].tells(row)})
    for some in (last, earlier):
        for key, more in some.items():
            together = {reading.id: reading for reading in (*more, *readings.get(key, ()))}
            readings[key] = sorted(together.values(), key=lambda reading: (reading.read_at, reading.id))
    return readings


def _looked_before(reading: Reading, as_of: datetime) -> bool:
    return reading.read_at < as_of and reading.look is not LookKind.CONTROL


class _Shown:
    """What an account's newest readings tell already, so that none before them need be asked for it."""

    def __init__(self, last: Sequence[Reading], later: Sequence[Reading], as_of: datetime, period_from: date | None) -> None:
        """`last` are from before the margin, `later` from its begin on."""
        lists = [sight for reading in later if reading.read_at >= as_of for sight in reading.sights if sight.complete_since]
        self.reach = min((day_of(sight.complete_since) for sight in lists if sight.complete_since), default=None)
        """The day to which complete lists that may speak against the account reach back."""
        surfaces = {sight.surface for sight in lists}
        # What readings from as_of on say counts no further, for canaries may withdraw it.
        before = [*last, *(reading for reading in later if reading.read_at < as_of)]
        self._keys = {row["key"] for reading in before for row in _shown(reading)}
        # But a list is held against other surfaces' posts only, so with one surface its own are never asked for.
        listed = ((sight, post) for reading in later for sight, post in own_posts(reading))
        self._keys |= {_key(_kind(post), sight.surface, post) for sight, post in listed if surfaces == {sight.surface}}
        posts = [post for reading in before for _, post in own_posts(reading)]
        self._days = {(_kind(post), post.on) for post in posts}
        self._newest: dict[FirstSeen, date] = {}
        for post in (post for post in posts if (post.on < period_from if period_from else post.on <= day_of(as_of))):
            self._newest[_kind(post)] = max(post.on, self._newest.get(_kind(post), post.on))

    def tells(self, row: AnyRow) -> bool:
        """Whether what this row of `first_seen` points to need not be loaded."""
        if row.newest:
            return row.what in self._newest and self._newest[row.what] >= row.on
        if row.key is None:
            return (row.what, row.on) in self._days
        return row.what is not FirstSeen.PERSON and row.key in self._keys


def _last_two(accounts: Sequence[int], since: datetime) -> Select[int | None, int | None]:
    """Before `since`: the last reading, and the last that was no control."""
    of_account = select(ReadingRow.id).where(ReadingRow.account_id == AccountStateRow.account_id, ReadingRow.read_at < since)
    last = of_account.order_by(ReadingRow.read_at.desc(), ReadingRow.id.desc()).limit(1).correlate(AccountStateRow)
    looked = last.where(ReadingRow.look != LookKind.CONTROL)
    return select(last.scalar_subquery(), looked.scalar_subquery()).where(AccountStateRow.account_id.in_(accounts))


_FOUND = (FirstSeenRow.account_id, FirstSeenRow.key, FirstSeenRow.what, FirstSeenRow.on, FirstSeenRow.reading_id)


def _newest(accounts: Sequence[int], since: datetime, period_from: date | None) -> Select[*tuple[Any, ...]]:
    """Before `since`: the newest post of each kind; in a period the newest from before it, from which its first gap is counted."""
    kind = column("kind", FirstSeenRow.what.type)
    kinds = values(kind, name="kinds").data([(each,) for each in POSTS]).cte()
    before = aliased(FirstSeenRow)
    earlier = before.on < period_from if period_from else true()
    newest = (
        select(before.key)
        .where(before.account_id == AccountStateRow.account_id, before.what == kinds.c.kind, before.read_at < since, earlier)
        .order_by(before.on.desc())
        .limit(1)
        .correlate(AccountStateRow, kinds)
    )
    inside = and_(FirstSeenRow.account_id == AccountStateRow.account_id, FirstSeenRow.key == newest.scalar_subquery())
    joined = select(*_FOUND, true().label("newest")).join_from(AccountStateRow, kinds, true()).join(FirstSeenRow, inside)
    return joined.where(AccountStateRow.account_id.in_(accounts))


def _always_told(accounts: Sequence[int], since: datetime) -> Select[*tuple[Any, ...]]:
    """Before `since`: each name, and that a person looked."""
    told = FirstSeenRow.what.in_((FirstSeen.NAME, FirstSeen.PERSON))
    wanted = select(*_FOUND, false().label("newest"))
    return wanted.where(FirstSeenRow.account_id.in_(accounts), told, FirstSeenRow.read_at < since)


def _days_since(accounts: Sequence[int], since: datetime, period_from: date) -> Select[*tuple[Any, ...]]:
    """Before `since`: each day of the period on which there was a post of a kind, whichever post it was (no key)."""
    of_day = (FirstSeenRow.account_id, FirstSeenRow.what, FirstSeenRow.on)
    first = func.min(FirstSeenRow.reading_id).label("reading_id")
    inside = FirstSeenRow.account_id.in_(accounts) & FirstSeenRow.what.in_(POSTS) & (FirstSeenRow.on >= period_from)
    wanted = select(*of_day, null().label("key"), first, false().label("newest"))
    return wanted.where(inside, FirstSeenRow.read_at < since).group_by(*of_day)


def _posts_since(reach: dict[int, date], since: datetime) -> Select[*tuple[Any, ...]]:
    """Before `since`: all posts from a day of its own on for each account."""
    columns = column("account", FirstSeenRow.account_id.type), column("day", FirstSeenRow.on.type)
    # A CTE: SQLite names no columns of VALUES in a FROM clause.
    from_day = values(*columns, name="reach").data([*reach.items()]).cte()
    inside = and_(FirstSeenRow.account_id == from_day.c.account, FirstSeenRow.on >= from_day.c.day, FirstSeenRow.what.in_(POSTS))
    return select(*_FOUND, false().label("newest")).join_from(from_day, FirstSeenRow, inside).where(FirstSeenRow.read_at < since)
