"""Whose an id may be that a search has found under an account's name: other filings of the id, of
the name, and those whose own pages have shown it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from db.base import table
from db.mapping.accounts import filed_of
from db.models import AccountRow, IdentitySeenRow, SightRow
from db.types import AnyRow
from mediawatch.domain import (
    FiledIdentity,
    Filing,
    MatchedBy,
    ProvisionalId,
    contradicts,
    spellings,
)
from mediawatch.names import same_body

OWN_TIES = (MatchedBy.ID, MatchedBy.URL)
"""What ties a page to an account by more than a name."""


def in_service(platform: str) -> Select[*tuple[Any, ...]]:
    """The numbers of the platform's accounts in service."""
    return select(AccountRow.id).where(
        AccountRow.retired_on.is_(None), AccountRow.platform == platform
    )


Namesakes = Mapping[str, Sequence[AnyRow]]
"""Number and filed id of a platform's accounts, withdrawn ones too, by their plainest name."""


def namesakes(conn: Connection, platform: str) -> Namesakes:
    """Read whole: the plainest writing of a name is not kept."""
    wanted = select(AccountRow.id, AccountRow.name, AccountRow.platform_id)
    found: dict[str, list[AnyRow]] = defaultdict(list)
    for row in conn.execute(wanted.where(AccountRow.platform == platform)):
        found[FiledIdentity(platform=platform, name=row.name).plain_name].append(row)
    return found


def is_anothers(conn: Connection, found: ProvisionalId, filed: Filing, names: Namesakes) -> bool:
    """Whether the id that was found under an account's name may be another filing's.

    An account in service holds it that is filed with it, has shown it, or bears the name without an
    id that tells the two apart. One that was withdrawn may live on elsewhere: it holds it as well,
    unless it surely was the same account (`_is_of_same_body`).
    """
    alike = names.get(filed.identity.plain_name, ())
    holders = {
        *_with_id(conn, found, filed.platform),
        *(
            other.id
            for other in alike
            if other.id != found.account_id
            and not contradicts(other.platform_id, "", found.value, filed.platform)
        ),
    }
    others = select(table(AccountRow)).where(AccountRow.id.in_(holders))
    return any(
        other.retired_on is None or not _is_of_same_body(found, filed, other)
        for other in conn.execute(others)
    )


def _with_id(conn: Connection, found: ProvisionalId, platform: str) -> list[int]:
    """Other accounts that are filed with the id, or whose own pages have shown it."""
    ids = spellings(found.value, platform)
    others = select(AccountRow.id).where(
        AccountRow.platform == platform, AccountRow.id != found.account_id
    )
    shown = (
        others.join(IdentitySeenRow, IdentitySeenRow.account_id == AccountRow.id)
        .join(SightRow, SightRow.reading_id == IdentitySeenRow.reading_id)
        .where(
            SightRow.platform_id.in_(ids),
            SightRow.provisional == "",
            SightRow.matched_by.in_(OWN_TIES),
        )
    )
    filed = others.where(AccountRow.platform_id.in_(ids))
    return [*conn.scalars(filed), *conn.scalars(shown.distinct())]


def _is_of_same_body(found: ProvisionalId, filed: Filing, withdrawn: AnyRow) -> bool:
    """Whether a filing that was withdrawn stood for the very account, or can no longer be meant.

    It was a double (one filing number), or the filing was made anew (one name, one organiser). Or
    the search shows the 认证主体, which then is the organiser of this one (`search_hits.py`).
    """
    return is_earlier_filing(filed_of(withdrawn), filed) or bool(found.body)


def is_earlier_filing(withdrawn: Filing, filed: Filing) -> bool:
    """Whether a filing that was withdrawn surely stood for the account that is `filed`."""
    double = bool(filed.filing_number) and withdrawn.filing_number == filed.filing_number
    anew = withdrawn.identity.plain_name == filed.identity.plain_name and same_body(
        withdrawn.organiser, filed.organiser, filed.prefecture, filed.county
    )
    return double or anew
