"""Who accounts are as filed now, and which filings are of one account.

Found by index, whatever the size of the registry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, select

from db.accounts.provisional import with_found, with_found_of_one
from db.base import table
from db.errors import StoreError
from db.models import AccountRow
from db.types import AnyRow, among, among_texts, portions
from mediawatch.domain import FiledIdentity, spellings

_AT_ONCE = 1_000
"""Values looked up in one statement."""
_ACCOUNT = table(AccountRow)
_WHO = [
    _ACCOUNT.c[name]
    for name in (
        "id",
        "platform",
        "name",
        "platform_id",
        "original_id",
        "alias",
        "url",
        "reader_url",
        "article_links",
    )
]
# Asking who an account is and noting what was seen of it must see one registry: the lock keeps its
# changes out between the two.
_ONE = select(*_WHO).where(_ACCOUNT.c.id == bindparam("account")).with_for_update(read=True)
_IDS = {"platform_id": _ACCOUNT.c.platform_id, "original_id": _ACCOUNT.c.original_id}


_SPELLINGS = 6
"""No id has more."""
_LIKE = {
    name: select(_ACCOUNT.c.id).where(
        _ACCOUNT.c.platform == bindparam("platform"),
        of.in_([bindparam(f"id{place}") for place in range(_SPELLINGS)]),
    )
    for name, of in _IDS.items()
}
"""Made once for one account: a reading is kept thousands of times a night.

A list of any length is put together each time.
"""


def identity(conn: Connection, account_id: int) -> FiledIdentity:
    """Who the account is as filed now. StoreError for an unknown number."""
    row = conn.execute(_ONE, {"account": account_id}).one_or_none()
    if row is None:
        raise StoreError(f"there is no account {account_id}")
    return with_found_of_one(conn, account_id, _identity(row))


def identities(conn: Connection, account_ids: Iterable[int]) -> dict[int, FiledIdentity]:
    """As `identity`, of many; an account that does not exist has no entry."""
    wanted = select(*_WHO).where(among(conn, _ACCOUNT.c.id, account_ids))
    found = {row[0]: _identity(row) for row in conn.execute(wanted)}
    return with_found(conn, found)


def twins_of(conn: Connection, account_id: int, now: FiledIdentity) -> dict[int, FiledIdentity]:
    """The same as `twins` of one account."""
    found: set[int] = set()
    for name, statement in _LIKE.items():
        if known := spellings(getattr(now, name), now.platform):
            given = {f"id{place}": known[min(place, len(known) - 1)] for place in range(_SPELLINGS)}
            found.update(conn.scalars(statement, given | {"platform": now.platform}))
    return identities(conn, found) if (found := found - {account_id}) else {}


def twins(conn: Connection, of: Mapping[int, FiledIdentity]) -> dict[int, dict[int, FiledIdentity]]:
    """Other filings of the same account, retired ones too.

    Those of the same platform with the same id of a kind, in any spelling. An account without any
    has no entry.
    """
    wanted: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for key, filed in of.items():
        for name in _IDS:
            for spelling in spellings(getattr(filed, name), filed.platform):
                wanted[filed.platform, name][spelling].append(key)
    found: dict[int, set[int]] = {}
    for (platform, name), holders in wanted.items():
        ids = _IDS[name]
        for portion in portions(list(holders), _AT_ONCE):
            alike = _ACCOUNT.c.platform == platform, among_texts(conn, ids, portion)
            for number, id in conn.execute(select(_ACCOUNT.c.id, ids).where(*alike)):
                for key in holders[id]:
                    if key != number:
                        found.setdefault(key, set()).add(number)
    # Most accounts are filed once: only the others are read whole.
    known = identities(conn, {number for others in found.values() for number in others})
    return {
        key: {number: known[number] for number in sorted(others)} for key, others in found.items()
    }


def _identity(row: AnyRow) -> FiledIdentity:
    _, platform, name, platform_id, original_id, alias, url, reader_url, article_links = row
    return FiledIdentity(
        platform=platform,
        name=name,
        platform_id=platform_id,
        original_id=original_id,
        alias=alias,
        links=tuple(filter(None, (url, reader_url, *article_links))),
    )
