"""What follows from readings: each account's current state, what was seen first, the identity seen.

All of it is about the identity that is filed now: a reading
advances it by what it says about that identity. By its sights that are tied by the platform's id it
also serves every other filing of that id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from db.accounts.identities import identities, identity, twins, twins_of
from db.accounts.news import raise_news
from db.accounts.provisional_looks import note_reading
from db.base import table
from db.models import AccountLinkRow, AccountStateRow, FirstSeenRow, IdentitySeenRow, ReadingRow
from db.readings.history import append, readings_of
from db.readings.state import (
    STATE_OF_READINGS,
    advance,
    first_seen_values,
    identity_values,
    keep_by_key,
    state_after,
)
from db.types import Values, among, portions
from mediawatch.domain import FiledIdentity, Reading, goes_on, of_identity, of_twin

_FIRST_SEEN, _IDENTITY_SEEN = table(FirstSeenRow), table(IdentitySeenRow)
_AT_ONCE = 200
"""Accounts whose readings are held together."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What one reading comes to for one account. Its `account_id` is that account's."""

    said: Reading | None
    """What it says about the identity filed now."""
    whole: Reading | None
    """The whole of it, where it was a look at the account as it is filed now.

    Then another id that it shows speaks of that account, too.
    """

    @property
    def look(self) -> Reading | None:
        """What moves due dates: a look for the account as filed now, even one that shows nothing of
        it.
        """
        return self.said or self.whole


def bearing(reading: Reading, account_id: int, now: FiledIdentity) -> Bearing:
    own = reading.account_id == account_id
    said = of_identity(reading, now) if own else of_twin(reading, now)
    if said is not None and not own:
        said = replace(said, account_id=account_id)
    return Bearing(said, reading if own and _looked_for(reading.filed_as, now) else said)


def _looked_for(taken: FiledIdentity | None, now: FiledIdentity) -> bool:
    """Whether a look that was made for the one was made for the other."""
    if taken is None or not _same_ids(taken, now):
        return False
    return now.has_id or taken.name == now.name


def keep_and_follow(conn: Connection, reading: Reading) -> Reading:
    """Keep a reading, and all that follows from it. Each account that it speaks of has news."""
    now = identity(conn, reading.account_id)
    kept = append(conn, reading, now)
    if kept.problem is not None:
        raise_news(conn, [kept.account_id])
        return kept
    moved = note_reading(conn, replace(reading, id=kept.id, filed_as=kept.filed_as), now)
    if kept.account_id in moved:
        now = identity(conn, kept.account_id)
    others = twins_of(conn, kept.account_id, now)
    # In one order everywhere: PostgreSQL locks each state.
    for account_id, filed in sorted({kept.account_id: now, **others}.items()):
        _follow(
            conn, account_id, bearing(kept, account_id, filed), own=account_id == kept.account_id
        )
    if moved:
        # What was seen through an id that ended may say nothing any more.
        remake(conn, moved)
        raise_news(conn, moved - {kept.account_id})
    return kept


def _follow(conn: Connection, account_id: int, each: Bearing, *, own: bool) -> None:
    if each.look is not None:
        advance(conn, account_id, each.look, each.said)
    elif own:
        raise_news(conn, [account_id])
    if each.said is not None:
        keep_by_key(conn, _FIRST_SEEN, first_seen_values(each.said), newest=False)
    if each.whole is not None:
        keep_by_key(conn, _IDENTITY_SEEN, identity_values(each.whole), newest=True)


def renew(
    conn: Connection,
    changed: Mapping[int, FiledIdentity],
    now: Mapping[int, FiledIdentity],
) -> None:
    """After a change of the registry, let what follows from readings be about the new identities.

    `changed` are accounts with who they were before. `now` says who these are, and who the new
    accounts are, which may be filed a second time. The due dates of an account that is another one
    now start anew. The article links learned of the old one go.
    """
    others = [*twins(conn, {key: filed for key, filed in now.items() if filed.has_id}).items()]
    # Under the same ids the other filings are the same.
    moved = {key: before for key, before in changed.items() if not _same_ids(before, now[key])}
    others += twins(conn, moved).items()
    served = {key for key, each in others for key in (key, *each)}
    remake(conn, _with_readings(conn, changed, others))
    raise_news(conn, served - {*changed})
    if ended := [key for key, before in changed.items() if not goes_on(before, now[key])]:
        of_them = among(conn, AccountLinkRow.account_id, ended)
        conn.execute(delete(AccountLinkRow).where(of_them))
        judged = update(AccountStateRow).where(among(conn, AccountStateRow.account_id, ended))
        conn.execute(
            judged.values(judged_as_of=None, verdict=None, second_look=False, judged_on=None)
        )


def _same_ids(one: FiledIdentity, other: FiledIdentity) -> bool:
    return (one.platform, one.platform_id, one.original_id) == (
        other.platform,
        other.platform_id,
        other.original_id,
    )


def _with_readings(
    conn: Connection,
    changed: Collection[int],
    others: Iterable[tuple[int, Iterable[int]]],
) -> set[int]:
    """The accounts of which readings may say anything, now or under the old identity.

    `others` are accounts with their other filings. Of all the rest nothing follows.
    """
    groups = [(key, key) for key in changed]
    groups += [(key, other) for key, some in others for other in (key, *some)]
    asked = {key for pair in groups for key in pair}
    wanted = select(ReadingRow.account_id).where(among(conn, ReadingRow.account_id, asked))
    read = set(conn.scalars(wanted.distinct()))
    return {key for pair in groups if not read.isdisjoint(pair) for key in pair}


def remake(conn: Connection, account_ids: Collection[int]) -> None:
    """Make anew all that follows from the readings of these accounts and of their twins.

    As if the readings were kept now, one after the other.
    """
    for portion in portions(sorted(set(account_ids)), _AT_ONCE):
        now = identities(conn, portion)
        others = twins(conn, now)
        readings = readings_of(
            conn,
            ReadingRow.account_id.in_(
                {*portion, *(key for each in others.values() for key in each)}
            ),
        )
        for of in (FirstSeenRow, IdentitySeenRow):
            conn.execute(delete(of).where(of.account_id.in_(portion)))
        states: list[Values] = []
        seen: list[Values] = []
        identity_rows: list[Values] = []
        for account_id, filed in now.items():
            some = [
                reading
                for key in (account_id, *others.get(account_id, ()))
                for reading in readings.get(key, ())
            ]
            state, first, newest = _from_nothing(
                account_id, filed, sorted(some, key=lambda reading: reading.id)
            )
            states.append({"account": account_id} | state)
            seen += first
            identity_rows += newest
        columns: Values = {name: bindparam(name) for name in STATE_OF_READINGS}
        of_account = (
            table(AccountStateRow)
            .update()
            .where(AccountStateRow.account_id == bindparam("account"))
        )
        if states:
            conn.execute(of_account.values(columns), states)
        for of, rows in ((FirstSeenRow, seen), (IdentitySeenRow, identity_rows)):
            if rows:
                conn.execute(table(of).insert(), rows)


def _from_nothing(
    account_id: int, now: FiledIdentity, readings: Iterable[Reading]
) -> tuple[Values, list[Values], list[Values]]:
    """The state, and the rows of `first_seen` and `identity_seen`.

    `readings` in the order in which they were kept.
    """
    state: Values = dict(STATE_OF_READINGS)
    seen: dict[int, Values] = {}
    identity_rows: dict[int, Values] = {}
    for reading in readings:
        each = bearing(reading, account_id, now)
        if each.look is not None:
            before: Any = SimpleNamespace(**state)
            state |= state_after(before, each.look, each.said)
        for row in first_seen_values(each.said) if each.said else ():
            if row["key"] not in seen or row["read_at"] < seen[row["key"]]["read_at"]:
                seen[row["key"]] = row
        for row in identity_values(each.whole) if each.whole else ():
            if (
                row["key"] not in identity_rows
                or row["read_at"] >= identity_rows[row["key"]]["read_at"]
            ):
                identity_rows[row["key"]] = row
    return state, [*seen.values()], [*identity_rows.values()]
