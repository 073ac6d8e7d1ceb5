"""Statements about what suffices to judge an account at a moment.

They find it by index, however long its history is. `rules.judge` asks the past for little. It needs
the newest post that counts, and posts that a list of today should hold. It needs names once seen
under the filed id, whether a person ever looked, and the last reading. For a period it needs the
days on which there were posts.

`first_seen` points to the reading that showed each of them first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    and_,
    column,
    false,
    func,
    null,
    select,
    true,
    values,
)

from db.base import table
from db.models import POSTS, AccountStateRow, FirstSeen, FirstSeenRow, IdentitySeenRow, ReadingRow
from db.readings.filings import AccountReading, Filings, last_two
from db.readings.history import readings_by_number, readings_of
from db.readings.state import first_seen_values, key_of, kind_of, name_key, own_posts
from db.types import AnyRow, among, days_by_number, portions
from mediawatch.domain import FiledIdentity, LookKind, MatchedBy, Post, Reading, without_disowned
from mediawatch.domain.clock import day_of

_MARGIN = timedelta(days=1)
"""A post may be dated up to ten minutes after its look.

So it may lie on the day after as_of although it was read before.
"""
AT_ONCE = 500
"""Accounts whose readings are put together in one statement."""


def readings_for_judgement(
    conn: Connection, account_ids: Iterable[int], as_of: datetime, period_from: date | None
) -> dict[int, list[Reading]]:
    """Readings by account, oldest first: `rules.judge` says of them what it would say of all."""
    found: dict[int, list[Reading]] = {}
    for portion in portions(sorted(set(account_ids)), AT_ONCE):
        found |= _of_portion(conn, Filings.of(conn, portion), as_of, period_from)
    return found


def _of_portion(
    conn: Connection, filings: Filings, as_of: datetime, period_from: date | None
) -> dict[int, list[Reading]]:
    since, accounts = as_of - _MARGIN, list(filings.now)
    filed = {one for key in accounts for one in filings.group(key)}
    of_filed = among(conn, ReadingRow.account_id, filed)
    readings = readings_of(conn, of_filed, ReadingRow.read_at >= since)
    later = {
        key: filings.relevant(
            key, (each for one in filings.group(key) for each in readings.get(one, ()))
        )
        for key in accounts
    }
    unread = [
        key for key in accounts if not any(_looked_before(each.said, as_of) for each in later[key])
    ]
    last = last_two(conn, filings, unread, since)
    newest = {
        key: _Newest(_said(last.get(key, ())), _said(later[key]), as_of, period_from)
        for key in accounts
    }
    loaded = {
        key: {each.given.id for each in (*later[key], *last.get(key, ()))} for key in accounts
    }
    lacking = _lacking(conn, newest, loaded, since, period_from)
    # Whose page the filed id is, and which ids are known: the newest reading of each different fact
    # says it.
    of_identity = select(IdentitySeenRow.account_id, IdentitySeenRow.reading_id).where(
        among(conn, IdentitySeenRow.account_id, accounts)
    )
    anywhere = {number for some in loaded.values() for number in some}
    for account_id, number in conn.execute(of_identity).all():
        if number not in anywhere:
            lacking.setdefault(account_id, set()).add(number)
    earlier = readings_by_number(
        conn, {number for numbers in lacking.values() for number in numbers}
    )
    found: dict[int, list[Reading]] = {}
    for key in accounts:
        some = [
            *last.get(key, ()),
            *filings.relevant(key, (earlier[number] for number in lacking.get(key, ()))),
            *later[key],
        ]
        if any(_perhaps_others(each.said, filings.now[key]) for each in some):
            # The posts that were seen first may be another account's, and hide those of its own.
            own = readings_of(conn, ReadingRow.account_id == key).get(key, ())
            some = filings.relevant(key, own)
        # Its own later ones are given whole: a sight that contradicts the filed id concerns the
        # filing.
        given = (*readings.get(key, ()), *(each.given for each in some))
        own_id = filings.now[key]
        if together := {each.id: without_disowned(each, own_id) for each in given}:
            found[key] = sorted(together.values(), key=lambda each: (each.read_at, each.id))
    return found


def _lacking(
    conn: Connection,
    newest: Mapping[int, _Newest],
    loaded: Mapping[int, Collection[int]],
    since: datetime,
    period_from: date | None,
) -> dict[int, set[int]]:
    """By account, the readings from before `since` that show what its newest ones do not.

    `loaded` are numbers of readings that are there anyway.
    """
    reach = {key: each.reach for key, each in newest.items() if each.reach}
    of = among(conn, FirstSeenRow.account_id, newest)
    wanted = [_newest(among(conn, AccountStateRow.account_id, newest), since, period_from)]
    wanted += [_names_and_persons(of, since)]
    wanted += [_days_since(of, since, period_from)] if period_from else []
    wanted += [_posts_since(days_by_number(conn, reach), since)] if reach else []
    found: dict[int, set[int]] = {}
    for row in (row for statement in wanted for row in conn.execute(statement).all()):
        account_id, number = row.account_id, row.reading_id
        if number not in loaded[account_id] and not newest[account_id].shows(row):
            found.setdefault(account_id, set()).add(number)
    return found


def _perhaps_others(reading: Reading, now: FiledIdentity) -> bool:
    """Whether a sight that is tied by a link or name bears another name, and no id is filed.

    The rules compare names more closely.
    """
    tied = (
        sight for sight in reading.sights if sight.matched_by in (MatchedBy.URL, MatchedBy.NAME)
    )
    return not now.has_id and any(
        (sight.name or reading.name) not in ("", now.name) for sight in tied
    )


def _said(readings: Iterable[AccountReading]) -> list[Reading]:
    return [each.said for each in readings]


def _looked_before(reading: Reading, as_of: datetime) -> bool:
    return reading.read_at < as_of and reading.look is not LookKind.CONTROL


class _Newest:
    """What an account's newest readings show already: earlier ones need not be loaded for it."""

    def __init__(
        self,
        last: Sequence[Reading],
        later: Sequence[Reading],
        as_of: datetime,
        period_from: date | None,
    ) -> None:
        """`last` are from before the margin, `later` from its beginning on."""
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
        self._surfaces = {sight.surface for sight in lists}
        self._later = later
        self._period_from, self._as_of = period_from, as_of
        # Only readings from before as_of count as shown: canaries may withdraw later ones.
        self._before = [*last, *(reading for reading in later if reading.read_at < as_of)]

    # Worked out where they are asked for: most rows point to readings that are loaded anyway.

    @cached_property
    def _keys(self) -> set[int]:
        keys = {row["key"] for reading in self._before for row in first_seen_values(reading)}
        if len(self._surfaces) != 1:
            return keys
        # A list is compared with other surfaces' posts only: with one surface its own are never
        # needed.
        listed = ((sight, post) for reading in self._later for sight, post in own_posts(reading))
        return keys | {
            key_of(kind_of(sight, post), sight.surface, post)
            for sight, post in listed
            if sight.surface in self._surfaces
        }

    @cached_property
    def _names(self) -> set[int | None]:
        """Of `_keys` those of names: of most accounts nothing else is asked."""
        return {name_key(reading) for reading in self._before}

    @cached_property
    def _posts(self) -> list[tuple[FirstSeen, Post]]:
        return [
            (kind_of(sight, post), post)
            for reading in self._before
            for sight, post in own_posts(reading)
        ]

    @cached_property
    def _days(self) -> set[tuple[FirstSeen, date]]:
        return {(kind, post.on) for kind, post in self._posts}

    @cached_property
    def _newest(self) -> dict[FirstSeen, date]:
        first, last = self._period_from, day_of(self._as_of)
        found: dict[FirstSeen, date] = {}
        for kind, post in self._posts:
            if post.on < first if first else post.on <= last:
                found[kind] = max(post.on, found.get(kind, post.on))
        return found

    def shows(self, row: AnyRow) -> bool:
        """Whether the reading that this row of `first_seen` points to need not be loaded."""
        if row.newest:
            return row.what in self._newest and self._newest[row.what] >= row.on
        if row.key is None:
            return (row.what, row.on) in self._days
        if row.what is FirstSeen.NAME:
            return row.key in self._names
        return row.what is not FirstSeen.PERSON and row.key in self._keys


_FOUND = (
    FirstSeenRow.account_id,
    FirstSeenRow.key,
    FirstSeenRow.what,
    FirstSeenRow.on,
    FirstSeenRow.reading_id,
)


def _newest(
    of_accounts: ColumnElement[bool], since: datetime, period_from: date | None
) -> Select[*tuple[Any, ...]]:
    """Before `since`: the newest post of each kind.

    In a period the newest from before it, from which its first gap is counted.
    """
    kind = column("kind", FirstSeenRow.what.type)
    kinds = values(kind, name="kinds").data([(each,) for each in POSTS]).cte()
    before = table(FirstSeenRow).alias().c
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
    return joined.where(of_accounts)


def _names_and_persons(
    of_accounts: ColumnElement[bool], since: datetime
) -> Select[*tuple[Any, ...]]:
    """Before `since`: each name, and that a person looked."""
    what = FirstSeenRow.what.in_((FirstSeen.NAME, FirstSeen.PERSON))
    wanted = select(*_FOUND, false().label("newest"))
    return wanted.where(of_accounts, what, FirstSeenRow.read_at < since)


def _days_since(
    of_accounts: ColumnElement[bool], since: datetime, period_from: date
) -> Select[*tuple[Any, ...]]:
    """Before `since`: each day of the period with a post of a kind, whichever post (no key)."""
    of_day = (FirstSeenRow.account_id, FirstSeenRow.what, FirstSeenRow.on)
    first = func.min(FirstSeenRow.reading_id).label("reading_id")
    inside = of_accounts & FirstSeenRow.what.in_(POSTS) & (FirstSeenRow.on >= period_from)
    wanted = select(*of_day, null().label("key"), first, false().label("newest"))
    return wanted.where(inside, FirstSeenRow.read_at < since).group_by(*of_day)


def _posts_since(reach: CTE, since: datetime) -> Select[*tuple[Any, ...]]:
    """Before `since`: all posts from a day of its own on for each account."""
    inside = and_(
        FirstSeenRow.account_id == reach.c.number,
        FirstSeenRow.on >= reach.c.day,
        FirstSeenRow.what.in_(POSTS),
    )
    return (
        select(*_FOUND, false().label("newest"))
        .join_from(reach, FirstSeenRow, inside)
        .where(FirstSeenRow.read_at < since)
    )
