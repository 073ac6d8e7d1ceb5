"""Accounts of which nothing but the name says who they are, and whose name somebody else may bear.

What is seen under such a name may be another's (`rules.ties`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, or_, select

from db.accounts.id_holders import is_earlier_filing
from db.accounts.news import raise_news
from db.base import table
from db.mapping.accounts import filed_of
from db.models import AccountRow, ReadingIdentityRow, ReadingRow, SightRow
from db.revision import read_revision
from db.types import portions
from mediawatch.domain import (
    ANOTHER_BEARS_THE_NAME,
    SEVERAL_BEAR_THE_NAME,
    FiledIdentity,
    Filing,
    LookKind,
    MatchedBy,
)
from mediawatch.names import alike, letters_of

_Name = tuple[str, str]
"""Platform and comparable name."""
_NO_ID = (AccountRow.platform_id == "", AccountRow.original_id == "")


class SharedNames:
    """Who bears which name in the registry, read anew where the registry may have changed."""

    def __init__(self) -> None:
        self._revision = -1
        self._holders: Mapping[_Name, Sequence[int]] = {}

    def mark(
        self, conn: Connection, filed: Mapping[int, Filing], who: Mapping[int, FiledIdentity]
    ) -> dict[int, FiledIdentity]:
        """Those of the accounts whose name may be another's or led to an account, marked so."""
        bare = {key: each for key, each in filed.items() if not each.has_id}
        if not bare:
            return {}
        found, shared = _seen(conn, bare)
        shared |= self._namesakes(conn, bare)
        return {
            key: replace(
                who[key],
                found_by_name=who[key].found_by_name or key in found,
                shares_name=key in shared,
            )
            for key in found | shared
        }

    def _namesakes(self, conn: Connection, bare: Mapping[int, Filing]) -> set[int]:
        """Those whose name another filing bears.

        One that was withdrawn may live on, unless it surely was the same account.
        """
        if (revision := read_revision(conn)) != self._revision:
            holders: dict[_Name, list[int]] = defaultdict(list)
            for key, platform, name in conn.execute(
                select(AccountRow.id, AccountRow.platform, AccountRow.name)
            ):
                holders[platform, letters_of(name)].append(key)
            self._revision, self._holders = revision, holders
        others = {
            key: [other for other in self._holders.get(_name_of(each), ()) if other != key]
            for key, each in bare.items()
        }
        rows = {}
        for portion in portions(sorted({other for some in others.values() for other in some})):
            wanted = select(table(AccountRow)).where(AccountRow.id.in_(portion))
            rows.update({row.id: row for row in conn.execute(wanted)})
        return {
            key
            for key, some in others.items()
            if any(
                _share(bare[key].name, rows[other].name)
                and (
                    rows[other].retired_on is None
                    or not is_earlier_filing(filed_of(rows[other]), bare[key])
                )
                for other in some
            )
        }


def _seen(conn: Connection, bare: Mapping[int, Filing]) -> tuple[set[int], set[int]]:
    """The accounts under whose name a machine saw an account, and those where it was another's."""
    found: set[int] = set()
    shared: set[int] = set()
    told = {
        text: SightRow.detail.contains(text, autoescape=True)
        for text in (SEVERAL_BEAR_THE_NAME, ANOTHER_BEARS_THE_NAME)
    }
    shows_id = or_(SightRow.platform_id != "", SightRow.original_id != "")
    by_name = or_(SightRow.matched_by.is_(None), SightRow.matched_by == MatchedBy.NAME)
    columns = (
        ReadingRow.account_id,
        ReadingIdentityRow.name,
        SightRow.name,
        or_(*told.values()),
    )
    for portion in portions(sorted(bare)):
        wanted = (
            select(*columns)
            .join_from(SightRow, ReadingRow)
            .outerjoin(ReadingIdentityRow, ReadingIdentityRow.reading_id == ReadingRow.id)
            .where(ReadingRow.account_id.in_(portion), ReadingRow.look != LookKind.PERSON)
            .where(or_(*told.values(), shows_id & by_name & (SightRow.name != "")))
        )
        for key, asked, name, of_others in conn.execute(wanted.distinct()):
            filed = bare[key].name
            if of_others and (asked is None or alike(filed, asked)):
                shared.add(key)
            elif not of_others and alike(filed, name):
                found.add(key)
    return found, shared


def tell_namesakes(conn: Connection, changed: Iterable[FiledIdentity], but: Iterable[int]) -> None:
    """Raise the news of accounts that a person saw, and whose name now others bear, or no longer.

    `changed` are accounts as they were filed, and as they are. `but` have their news already.
    """
    names = {(each.platform, letters_of(each.name)) for each in changed}
    seen = select(ReadingRow.account_id).where(ReadingRow.look == LookKind.PERSON)
    wanted = select(AccountRow.id, AccountRow.platform, AccountRow.name).where(
        *_NO_ID, AccountRow.id.in_(seen)
    )
    found = {
        key for key, platform, name in conn.execute(wanted) if (platform, letters_of(name)) in names
    }
    raise_news(conn, found - set(but))


def _share(one: str, other: str) -> bool:
    return alike(one, other) or alike(other, one)


def _name_of(filed: Filing) -> _Name:
    return filed.platform, letters_of(filed.name)
