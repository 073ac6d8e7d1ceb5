"""Statements about what suffices to judge an account at a moment: found by index, however long its
history is.

`rules.judge` asks the past for little: the newest post that counts, posts that a list of today
should hold, names once seen under the filed id, whether a person ever looked, the last reading; of
a period the days on which there were posts. `first_seen` points to the reading that showed each of
them first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, column, false, func, null, select, true, values
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from db.base import table
from db.bearing import bearing
from db.history import numbered, own_posts, readings_of
from db.mapping import AnyRow, Values, hashed, portions
from db.models import (
    POSTS,
    AccountStateRow,
    FirstSeen,
    FirstSeenRow,
    IdentitySeenRow,
    PostRow,
    ReadingRow,
    SightRow,
)
from db.twins import identities, twins
from mediawatch.domain import FiledIdentity, LookKind, MatchedBy, Post, PostKind, Reading, same_ids
from mediawatch.domain.clock import day_of

_MARGIN = timedelta(days=1)
"""A post may be dated up to ten minutes after its look, and so on the day after as_of although it
was read before.
"""
_AT_ONCE = 500
"""Accounts whose readings are put together in one statement."""
_BACK = 20
"""Readings that are loaded at once where the last one is searched for."""


def _keep_earliest(
    insert: type[sqlite.Insert] | type[postgresql.Insert],
) -> sqlite.Insert | postgresql.Insert:
    statement = insert(table(FirstSeenRow))
    earlier = {"reading_id": statement.excluded.reading_id, "read_at": statement.excluded.read_at}
    # Readings may come late: a worklist returns days after its looks.
    return statement.on_conflict_do_update(
        index_elements=["account_id", "key"],
        set_=earlier,
        where=statement.excluded.read_at < FirstSeenRow.read_at,
    )


_NOTE = {"sqlite": _keep_earliest(sqlite.Insert), "postgresql": _keep_earliest(postgresql.Insert)}


def note(conn: Connection, reading: Reading) -> None:
    """Remember what this reading was the first to show."""
    first = {row["key"]: row for row in shown(reading)}
    if first:
        conn.execute(_NOTE[conn.dialect.name], list(first.values()))


def shown(reading: Reading) -> Iterator[Values]:
    seen = {"account_id": reading.account_id, "read_at": reading.read_at, "reading_id": reading.id}
    for sight, post in own_posts(reading):
        kind = _kind(post)
        yield seen | {"key": _key(kind, sight.surface, post), "what": kind, "on": post.on}
    today = day_of(reading.read_at)
    if reading.name and reading.matched_by is MatchedBy.ID:
        yield seen | {
            "key": hashed(FirstSeen.NAME, reading.name),
            "what": FirstSeen.NAME,
            "on": today,
        }
    if reading.look is LookKind.PERSON:
        yield seen | {"key": hashed(FirstSeen.PERSON), "what": FirstSeen.PERSON, "on": today}


def _kind(post: Post) -> FirstSeen:
    return POSTS[post.repost + 2 * (post.pushed is False)]


def _key(kind: FirstSeen, surface: str, post: Post) -> int:
    """By all that `proofs` compares posts by."""
    at = post.at.astimezone(UTC).isoformat() if post.at else ""
    return hashed(kind, surface, post.id, post.on.isoformat(), at, str(post.kind is PostKind.SEEN))


def known(
    conn: Connection, account_ids: Sequence[int], as_of: datetime, period_from: date | None
) -> dict[int, list[Reading]]:
    """Readings by account, oldest first, from which `rules.judge` says what it would say from all
    of them.
    """
    found: dict[int, list[Reading]] = {}
    for portion in portions(sorted(set(account_ids)), _AT_ONCE):
        found |= _known(conn, _Filings.of(conn, portion), as_of, period_from)
    return found


def links(conn: Connection, account_ids: Sequence[int]) -> dict[int, set[str]]:
    """The links of each account's own posts, as they were first shown."""
    found: dict[int, set[str]] = {}
    for portion in portions(sorted(set(account_ids)), _AT_ONCE):
        now = identities(conn, portion)
        first = FirstSeenRow.account_id.in_(portion) & FirstSeenRow.what.in_(POSTS)
        columns = (
            FirstSeenRow.account_id,
            PostRow.link,
            SightRow.matched_by,
            SightRow.platform_id,
            SightRow.original_id,
        )
        shown = (
            select(*columns)
            .join(SightRow, SightRow.reading_id == FirstSeenRow.reading_id)
            .join(PostRow)
        )
        for account_id, link, matched_by, platform_id, original_id in conn.execute(
            shown.where(first, PostRow.link != "").distinct()
        ):
            same = same_ids(platform_id, original_id, now[account_id])
            if same or (matched_by is not None and same is None):
                found.setdefault(account_id, set()).add(link)
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """A reading as it is given to judge by, and what it says of the account as filed now."""

    given: Reading
    said: Reading


@dataclass(frozen=True, slots=True)
class _Filings:
    """Accounts with the identities filed now, and those of their twins."""

    now: Mapping[int, FiledIdentity]
    twins: Mapping[int, Mapping[int, FiledIdentity]]

    @classmethod
    def of(cls, conn: Connection, accounts: Sequence[int]) -> _Filings:
        now = identities(conn, accounts)
        return cls(now, twins(conn, now))

    def everybody(self, key: int) -> tuple[int, ...]:
        """The account and its twins."""
        return key, *self.twins.get(key, ())

    def read(self, key: int, readings: Iterable[Reading]) -> list[_Read]:
        """Those that say something of the account. Of a twin's only what is tied by id is given."""
        said = ((reading, bearing(reading, key, self.now[key]).said) for reading in readings)
        return [
            _Read(
                reading
                if reading.account_id == key
                else replace(own, account_id=reading.account_id),
                own,
            )
            for reading, own in said
            if own
        ]


def _known(
    conn: Connection, filings: _Filings, as_of: datetime, period_from: date | None
) -> dict[int, list[Reading]]:
    since, accounts = as_of - _MARGIN, list(filings.now)
    everybody = {one for key in accounts for one in filings.everybody(key)}
    readings = readings_of(conn, ReadingRow.account_id.in_(everybody), ReadingRow.read_at >= since)
    later = {
        key: filings.read(
            key, (each for one in filings.everybody(key) for each in readings.get(one, ()))
        )
        for key in accounts
    }
    unread = [
        key for key in accounts if not any(_looked_before(each.said, as_of) for each in later[key])
    ]
    last = _last_two(conn, filings, unread, since)
    shown = {
        key: _Shown(_said(last.get(key, ())), _said(later[key]), as_of, period_from)
        for key in accounts
    }
    reach = {key: each.reach for key, each in shown.items() if each.reach}
    wanted = [_newest(accounts, since, period_from), _always_told(accounts, since)]
    wanted += [_days_since(accounts, since, period_from)] if period_from else []
    wanted += [_posts_since(reach, since)] if reach else []
    lacking: dict[int, set[int]] = {}
    for row in (row for statement in wanted for row in conn.execute(statement)):
        if not shown[row.account_id].tells(row):
            lacking.setdefault(row.account_id, set()).add(row.reading_id)
    # Whose page the filed id is, and which ids are known: as the newest of each different word
    # tells.
    loaded = {each.given.id for some in (*later.values(), *last.values()) for each in some}
    told = select(IdentitySeenRow.account_id, IdentitySeenRow.reading_id).where(
        IdentitySeenRow.account_id.in_(accounts)
    )
    for account_id, number in conn.execute(told):
        if number not in loaded:
            lacking.setdefault(account_id, set()).add(number)
    earlier = numbered(conn, {number for numbers in lacking.values() for number in numbers})
    found: dict[int, list[Reading]] = {}
    for key in accounts:
        some = [
            *last.get(key, ()),
            *filings.read(key, (earlier[number] for number in lacking.get(key, ()))),
            *later[key],
        ]
        if any(_perhaps_others(each.said, filings.now[key]) for each in some):
            # The posts that were seen first may be another account's, and hide those of its own.
            some = filings.read(key, readings_of(conn, ReadingRow.account_id == key).get(key, ()))
        # Its own later ones are given whole: what contradicts the filed id speaks of the filing.
        together = {
            each.id: each for each in (*readings.get(key, ()), *(each.given for each in some))
        }
        if together:
            found[key] = sorted(
                together.values(), key=lambda reading: (reading.read_at, reading.id)
            )
    return found


def _perhaps_others(reading: Reading, now: FiledIdentity) -> bool:
    """Whether a sight that is tied by a link or name bears another name, and no id is filed. The
    rules compare names more closely.
    """
    tied = (
        sight for sight in reading.sights if sight.matched_by in (MatchedBy.URL, MatchedBy.NAME)
    )
    return not now.has_id and any(
        (sight.name or reading.name) not in ("", now.name) for sight in tied
    )


def _said(readings: Iterable[_Read]) -> list[Reading]:
    return [each.said for each in readings]


def _looked_before(reading: Reading, as_of: datetime) -> bool:
    return reading.read_at < as_of and reading.look is not LookKind.CONTROL


class _Shown:
    """What an account's newest readings tell already, so that none before them need be asked for
    it.
    """

    def __init__(
        self,
        last: Sequence[Reading],
        later: Sequence[Reading],
        as_of: datetime,
        period_from: date | None,
    ) -> None:
        """`last` are from before the margin, `later` from its begin on."""
        lists = [
            sight
            for reading in later
            if reading.read_at >= as_of
            for sight in reading.sights
            if sight.complete_since
        ]
        self.reach = min(
            (day_of(sight.complete_since) for sight in lists if sight.complete_since), default=None
        )
        """The day to which complete lists that may speak against the account reach back."""
        surfaces = {sight.surface for sight in lists}
        # What readings from as_of on say counts no further, for canaries may withdraw it.
        before = [*last, *(reading for reading in later if reading.read_at < as_of)]
        self._keys = {row["key"] for reading in before for row in shown(reading)}
        # But a list is held against other surfaces' posts only, so with one surface its own are
        # never asked for.
        listed = ((sight, post) for reading in later for sight, post in own_posts(reading))
        self._keys |= {
            _key(_kind(post), sight.surface, post)
            for sight, post in listed
            if surfaces == {sight.surface}
        }
        posts = [post for reading in before for _, post in own_posts(reading)]
        self._days = {(_kind(post), post.on) for post in posts}
        self._newest: dict[FirstSeen, date] = {}
        for post in (
            post
            for post in posts
            if (post.on < period_from if period_from else post.on <= day_of(as_of))
        ):
            self._newest[_kind(post)] = max(post.on, self._newest.get(_kind(post), post.on))

    def tells(self, row: AnyRow) -> bool:
        """Whether what this row of `first_seen` points to need not be loaded."""
        if row.newest:
            return row.what in self._newest and self._newest[row.what] >= row.on
        if row.key is None:
            return (row.what, row.on) in self._days
        return row.what is not FirstSeen.PERSON and row.key in self._keys


def _last_two(
    conn: Connection, filings: _Filings, accounts: Sequence[int], since: datetime
) -> dict[int, list[_Read]]:
    """Before `since`: the last reading that says something of the account, and the last of those
    that was no control.
    """
    state = AccountStateRow
    of_account = select(ReadingRow.id).where(
        ReadingRow.account_id == state.account_id, ReadingRow.read_at < since
    )
    last = (
        of_account.order_by(ReadingRow.read_at.desc(), ReadingRow.id.desc())
        .limit(1)
        .correlate(state)
    )
    looked = last.where(ReadingRow.look != LookKind.CONTROL)
    wanted = select(state.account_id, last.scalar_subquery(), looked.scalar_subquery())
    # An account whose state tells of no reading has none that says anything.
    rows = conn.execute(
        wanted.where(state.account_id.in_(accounts), state.last_read_at.is_not(None))
    ).all()
    newest = {
        key: [number for number in dict.fromkeys(numbers) if number is not None]
        for key, *numbers in rows
    }
    readings = numbered(conn, {number for numbers in newest.values() for number in numbers})
    found: dict[int, list[_Read]] = {}
    for key, numbers in newest.items():
        found[key] = filings.read(key, (readings[number] for number in numbers))
        if key in filings.twins or len(found[key]) < len(numbers):
            found[key] = _search_back(conn, filings, key, since)
    return found


def _search_back(conn: Connection, filings: _Filings, key: int, since: datetime) -> list[_Read]:
    """The same for an account with twins, or whose identity changed: one reading after the
    other.
    """
    last: list[_Read] = []
    wanted = select(ReadingRow.id).where(
        ReadingRow.account_id.in_(filings.everybody(key)), ReadingRow.read_at < since
    )
    numbers = conn.scalars(wanted.order_by(ReadingRow.read_at.desc(), ReadingRow.id.desc())).all()
    for some in portions(numbers, _BACK):
        readings = numbered(conn, some)
        for each in filings.read(key, (readings[number] for number in some)):
            if each.said.look is not LookKind.CONTROL:
                return [*last, each]
            last = last or [each]
    return last


_FOUND = (
    FirstSeenRow.account_id,
    FirstSeenRow.key,
    FirstSeenRow.what,
    FirstSeenRow.on,
    FirstSeenRow.reading_id,
)


def _newest(
    accounts: Sequence[int], since: datetime, period_from: date | None
) -> Select[*tuple[Any, ...]]:
    """Before `since`: the newest post of each kind; in a period the newest from before it, from
    which its first gap is counted.
    """
    kind = column("kind", FirstSeenRow.what.type)
    kinds = values(kind, name="kinds").data([(each,) for each in POSTS]).cte()
    before = aliased(FirstSeenRow)
    earlier = before.on < period_from if period_from else true()
    newest = (
        select(before.key)
        .where(
            before.account_id == AccountStateRow.account_id,
            before.what == kinds.c.kind,
            before.read_at < since,
            earlier,
        )
        .order_by(before.on.desc())
        .limit(1)
        .correlate(AccountStateRow, kinds)
    )
    inside = and_(
        FirstSeenRow.account_id == AccountStateRow.account_id,
        FirstSeenRow.key == newest.scalar_subquery(),
    )
    joined = (
        select(*_FOUND, true().label("newest"))
        .join_from(AccountStateRow, kinds, true())
        .join(FirstSeenRow, inside)
    )
    return joined.where(AccountStateRow.account_id.in_(accounts))


def _always_told(accounts: Sequence[int], since: datetime) -> Select[*tuple[Any, ...]]:
    """Before `since`: each name, and that a person looked."""
    told = FirstSeenRow.what.in_((FirstSeen.NAME, FirstSeen.PERSON))
    wanted = select(*_FOUND, false().label("newest"))
    return wanted.where(FirstSeenRow.account_id.in_(accounts), told, FirstSeenRow.read_at < since)


def _days_since(
    accounts: Sequence[int], since: datetime, period_from: date
) -> Select[*tuple[Any, ...]]:
    """Before `since`: each day of the period on which there was a post of a kind, whichever post it
    was (no key).
    """
    of_day = (FirstSeenRow.account_id, FirstSeenRow.what, FirstSeenRow.on)
    first = func.min(FirstSeenRow.reading_id).label("reading_id")
    inside = (
        FirstSeenRow.account_id.in_(accounts)
        & FirstSeenRow.what.in_(POSTS)
        & (FirstSeenRow.on >= period_from)
    )
    wanted = select(*of_day, null().label("key"), first, false().label("newest"))
    return wanted.where(inside, FirstSeenRow.read_at < since).group_by(*of_day)


def _posts_since(reach: dict[int, date], since: datetime) -> Select[*tuple[Any, ...]]:
    """Before `since`: all posts from a day of its own on for each account."""
    columns = column("account", FirstSeenRow.account_id.type), column("day", FirstSeenRow.on.type)
    # A CTE: SQLite names no columns of VALUES in a FROM clause.
    from_day = values(*columns, name="reach").data([*reach.items()]).cte()
    inside = and_(
        FirstSeenRow.account_id == from_day.c.account,
        FirstSeenRow.on >= from_day.c.day,
        FirstSeenRow.what.in_(POSTS),
    )
    return (
        select(*_FOUND, false().label("newest"))
        .join_from(from_day, FirstSeenRow, inside)
        .where(FirstSeenRow.read_at < since)
    )
