"""暂用标识 as they are kept: which stand, which count for an account, how one begins and ends.

Each change is made in the transaction that keeps the news. A reading: `provisional_looks.py`. A
change of the registry, and what people say: `provisional_filings.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, update

from db.base import rows, table
from db.mapping.accounts import provisional_of
from db.models import ProvisionalIdRow, ReadingRow, SightRow
from db.types import among, portions
from mediawatch.domain import FiledIdentity, ProvisionalEnd, ProvisionalId, ids_of, is_filed

STANDS = ProvisionalIdRow.ended_on.is_(None)
# Made once: asked for each reading.
_OF_ONE = rows(ProvisionalIdRow).where(ProvisionalIdRow.account_id == bindparam("account"))


def find_standing(conn: Connection, *of: ColumnElement[bool]) -> dict[int, ProvisionalId]:
    """Those that stand, by account."""
    found = conn.execute(rows(ProvisionalIdRow).where(STANDS, *of))
    return {row.account_id: provisional_of(row) for row in found}


def ever(conn: Connection, *of: ColumnElement[bool]) -> dict[int, list[ProvisionalId]]:
    """All of them by account, ended ones too, oldest first."""
    wanted = rows(ProvisionalIdRow).where(*of)
    found: dict[int, list[ProvisionalId]] = defaultdict(list)
    for row in conn.execute(wanted.order_by(ProvisionalIdRow.account_id, ProvisionalIdRow.id)):
        found[row.account_id].append(provisional_of(row))
    return found


def ever_of_one(conn: Connection, account_id: int) -> list[ProvisionalId]:
    """The same of one account."""
    return [provisional_of(row) for row in conn.execute(_OF_ONE, {"account": account_id})]


def standing_of(known: Iterable[ProvisionalId]) -> ProvisionalId | None:
    """The one of an account's that stands."""
    return next((each for each in known if each.ended_on is None), None)


def disowned_of(
    conn: Connection,
    found: Mapping[int, Sequence[ProvisionalId]],
    filed: Mapping[int, FiledIdentity],
) -> dict[int, frozenset[str]]:
    """By account, all ids of what was found under its name and is, or may be, another account.

    Of every kind: the pages of such a number have shown a gh_ id, the search a 微信号.
    """
    taken_back = {
        key: [each for each in some if each.why and each.why.bars]
        for key, some in found.items()
        if any(each.why and each.why.bars for each in some)
    }
    shown = shown_with(conn, taken_back)
    disowned = {
        key: [ids_of(each, shown[key][each.value]) for each in some]
        for key, some in taken_back.items()
    }
    # Once it is filed, by whatever kind of id, it is the account's own.
    return {
        key: frozenset(chain.from_iterable(ids for ids in some if not is_filed(ids, filed[key])))
        for key, some in disowned.items()
    }


def shown_with(
    conn: Connection, found: Mapping[int, Iterable[ProvisionalId]]
) -> dict[int, dict[str, list[str]]]:
    """By account and number, the gh_ ids that its pages and search hits have shown.

    Asked of few accounts only: it reads their history.
    """
    shown: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, some in found.items():
        for value in {each.value for each in some}:
            shown[key][value] += conn.scalars(
                select(SightRow.original_id)
                .join_from(SightRow, ReadingRow)
                .where(
                    ReadingRow.account_id == key,
                    SightRow.original_id != "",
                    or_(
                        SightRow.platform_id == value,
                        and_(SightRow.provisional == value, SightRow.platform_id == ""),
                    ),
                )
                .distinct()
            )
    return shown


def with_found(
    conn: Connection, identities: Mapping[int, FiledIdentity]
) -> dict[int, FiledIdentity]:
    """The identities with the 暂用标识 through which sights may count for them, and those taken back."""
    found = dict(identities)
    for portion in portions(sorted(identities)):
        known = ever(conn, among(conn, ProvisionalIdRow.account_id, portion))
        disowned = disowned_of(conn, known, identities)
        for key, some in known.items():
            found[key] = _with(identities[key], some, disowned.get(key, frozenset()))
    return found


def with_found_of_one(conn: Connection, account_id: int, identity: FiledIdentity) -> FiledIdentity:
    """The same of one account."""
    known = ever_of_one(conn, account_id)
    if not known:
        return identity
    disowned = disowned_of(conn, {account_id: known}, {account_id: identity})
    return _with(identity, known, disowned.get(account_id, frozenset()))


def _with(
    identity: FiledIdentity, known: Sequence[ProvisionalId], disowned: frozenset[str]
) -> FiledIdentity:
    """What stands counts, and what ended without a doubt about whose it was."""
    vouched = {each.value for each in known if not (each.why and each.why.takes_back)}
    return replace(
        identity,
        provisional=frozenset(vouched - disowned),
        disowned=disowned,
        found_by_name=bool(known),
    )


def end_standing(conn: Connection, ended: Mapping[int, ProvisionalEnd], day: date) -> set[int]:
    """End what stands for these accounts; the accounts."""
    statement = (
        update(ProvisionalIdRow)
        .where(ProvisionalIdRow.account_id == bindparam("account"), STANDS)
        .values(ended_on=day, why=bindparam("reason", type_=table(ProvisionalIdRow).c.why.type))
    )
    if ended:
        conn.execute(statement, [{"account": key, "reason": why} for key, why in ended.items()])
    return set(ended)


def turn_ended(
    conn: Connection, account_id: int, value: str, was: ProvisionalEnd, why: ProvisionalEnd
) -> None:
    """Give those of the account that ended for the one reason another one; the day stays."""
    row = ProvisionalIdRow
    of_it = (row.account_id == account_id, row.value == value, row.why == was)
    conn.execute(update(row).where(*of_it).values(why=why))
