"""暂用标识 as they are kept: what begins one, and what ends it.

Each change is made in the transaction that keeps the news: a reading, a change of the registry, a
refusal. An id that ended because the account may be another one is never taken again by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, insert, select, update

from db.base import rows, table
from db.mapping.accounts import provisional_of, provisional_values
from db.models import (
    AccountRow,
    IdentitySeenRow,
    ProposalRefusalRow,
    ProvisionalIdRow,
    ReadingRow,
    SightRow,
)
from db.types import portions
from mediawatch.domain import (
    SEVERAL_BEAR_THE_NAME,
    FiledIdentity,
    MatchedBy,
    ProvisionalEnd,
    ProvisionalId,
    Reading,
    Refusal,
    Sight,
    contradicts,
    same_ids,
    spellings,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import same

_OWN_TIES = (MatchedBy.ID, MatchedBy.URL)
"""What ties a page to an account by more than a name."""
_STANDS = ProvisionalIdRow.ended_on.is_(None)
# Made once: asked for each reading of an account without an id.
_OF_ONE = rows(ProvisionalIdRow).where(ProvisionalIdRow.account_id == bindparam("account"))


def find_standing(conn: Connection, *of: ColumnElement[bool]) -> dict[int, ProvisionalId]:
    """Those that stand, by account."""
    found = conn.execute(rows(ProvisionalIdRow).where(_STANDS, *of))
    return {row.account_id: provisional_of(row) for row in found}


def ever(conn: Connection, *of: ColumnElement[bool]) -> dict[int, list[ProvisionalId]]:
    """All of them by account, ended ones too, oldest first."""
    wanted = rows(ProvisionalIdRow).where(*of)
    found: dict[int, list[ProvisionalId]] = defaultdict(list)
    for row in conn.execute(wanted.order_by(ProvisionalIdRow.account_id, ProvisionalIdRow.id)):
        found[row.account_id].append(provisional_of(row))
    return found


def with_found(
    conn: Connection, identities: Mapping[int, FiledIdentity]
) -> dict[int, FiledIdentity]:
    """Those of the identities for whose names an id was ever found, with what became of these ids."""
    account_ids = sorted(identities)
    return {
        key: _with(identities[key], some)
        for portion in portions(account_ids)
        for key, some in ever(conn, ProvisionalIdRow.account_id.in_(portion)).items()
    }


def with_found_of_one(conn: Connection, account_id: int, identity: FiledIdentity) -> FiledIdentity:
    """The same of one account."""
    return _with(identity, map(provisional_of, conn.execute(_OF_ONE, {"account": account_id})))


def _with(identity: FiledIdentity, of_account: Iterable[ProvisionalId]) -> FiledIdentity:
    known = list(of_account)
    taken_back = frozenset(each.value for each in known if each.why and each.why.takes_back)
    vouched = frozenset(each.value for each in known) - taken_back
    return replace(identity, provisional=vouched, disowned=taken_back)


# A reading


def note_reading(conn: Connection, reading: Reading, now: FiledIdentity) -> set[int]:
    """Begin or end what a kept reading gives reason to; the accounts whose ids changed."""
    return _take_from_others(conn, reading, now) | _note_own(conn, reading, now)


def _take_from_others(conn: Connection, reading: Reading, now: FiledIdentity) -> set[int]:
    """End what stands for other accounts, where this account's own pages show that very id.

    An id that is filed for this one was taken from others when it was filed (`note_registry`).
    """
    ids = {
        spelling
        for sight in reading.sights
        if sight.matched_by in _OWN_TIES and not sight.provisional and not now.platform_id
        for spelling in spellings(sight.platform_id, now.platform)
    }
    if not ids:
        return set()
    others = find_standing(
        conn,
        ProvisionalIdRow.value.in_(ids),
        ProvisionalIdRow.account_id != reading.account_id,
        ProvisionalIdRow.account_id.in_(_in_service(now.platform)),
    )
    return _end(conn, dict.fromkeys(others, ProvisionalEnd.TAKEN), day_of(reading.read_at))


def _note_own(conn: Connection, reading: Reading, now: FiledIdentity) -> set[int]:
    if now.has_id or not any(map(_bears_on_it, reading.sights)):
        return set()
    known = [provisional_of(row) for row in conn.execute(_OF_ONE, {"account": reading.account_id})]
    own = next((each for each in known if each.ended_on is None), None)
    day = day_of(reading.read_at)
    if own is not None:
        why = next((why for sight in reading.sights if (why := _ends(own, sight, now))), None)
        return _end(conn, {own.account_id: why}, day) if why else set()
    hits = [sight.name_hit for sight in reading.sights if sight.name_hit]
    taken = reading.filed_as
    if not hits or not now.only_named or (taken and taken.plain_name != now.plain_name):
        return set()
    hit = ProvisionalId.of_hit(reading.account_id, hits[0], day, reading.id)
    if any(each.value == hit.value and each.why and each.why.takes_back for each in known):
        return set()
    reasons = {_ends(hit, sight, now) for sight in reading.sights} - {None}
    if ProvisionalEnd.OTHER_NAME in reasons:
        # Kept as ended: a later look without that page must not bring its posts back.
        return _begin(conn, hit, now, ProvisionalEnd.OTHER_NAME)
    return set() if reasons else _begin(conn, hit, now)


def _bears_on_it(sight: Sight) -> bool:
    return bool(
        sight.name_hit
        or sight.provisional
        or sight.platform_id
        or sight.original_id
        or SEVERAL_BEAR_THE_NAME in sight.detail
    )


def _ends(own: ProvisionalId, sight: Sight, now: FiledIdentity) -> ProvisionalEnd | None:
    """Why a sight contradicts a standing id; None where it does not."""
    if SEVERAL_BEAR_THE_NAME in sight.detail:
        return ProvisionalEnd.SEVERAL_HITS
    if sight.name_hit:
        return ProvisionalEnd.OTHER_NAME if sight.name_hit.value != own.value else None
    if sight.provisional:
        renamed = sight.provisional == own.value and sight.name and not same(own.name, sight.name)
        return ProvisionalEnd.OTHER_NAME if renamed else None
    return ProvisionalEnd.OTHER_ID if _leads_elsewhere(sight, own.value, now.platform) else None


def _leads_elsewhere(sight: Sight, id: str, platform: str) -> bool:
    """Whether a sight that is tied to the account shows another id."""
    return sight.matched_by is not None and contradicts(
        sight.platform_id, sight.original_id, id, platform
    )


def _begin(
    conn: Connection, found: ProvisionalId, now: FiledIdentity, why: ProvisionalEnd | None = None
) -> set[int]:
    """Note the hit, unless it was refused, or it may be another filed account's.

    Two filings of one name find the same account: it may stand for neither. With `why` it is noted
    as ended.
    """
    refused = select(ProposalRefusalRow.id).where(
        ProposalRefusalRow.account_id == found.account_id,
        ProposalRefusalRow.field == found.field,
        ProposalRefusalRow.new == found.value,
    )
    if conn.execute(refused.limit(1)).first():
        return set()
    others = find_standing(
        conn,
        ProvisionalIdRow.value == found.value,
        ProvisionalIdRow.account_id.in_(
            select(AccountRow.id).where(AccountRow.retired_on.is_(None))
        ),
    )
    if others or _is_anothers(conn, found, now):
        why = why or ProvisionalEnd.TAKEN
    values = provisional_values(found) | ({"ended_on": found.on, "why": why} if why else {})
    conn.execute(insert(ProvisionalIdRow).values(values))
    moved = _end(conn, dict.fromkeys(others, ProvisionalEnd.TAKEN), found.on)
    return {found.account_id, *moved}


def _is_anothers(conn: Connection, found: ProvisionalId, now: FiledIdentity) -> bool:
    """Whether another account in service is filed with the id, has shown it, or bears the name."""
    ids = spellings(found.value, now.platform)
    others = _in_service(now.platform).where(AccountRow.id != found.account_id)
    shown = (
        others.join(IdentitySeenRow, IdentitySeenRow.account_id == AccountRow.id)
        .join(SightRow, SightRow.reading_id == IdentitySeenRow.reading_id)
        .where(
            SightRow.platform_id.in_(ids),
            SightRow.provisional == "",
            SightRow.matched_by.in_(_OWN_TIES),
        )
    )
    for holders in (others.where(AccountRow.platform_id.in_(ids)), shown):
        if conn.execute(holders.limit(1)).first():
            return True
    # The plainest writing of a name is not kept: it is made of each.
    names = conn.scalars(others.with_only_columns(AccountRow.name))
    return any(replace(now, name=name).plain_name == now.plain_name for name in names)


def _in_service(platform: str) -> Select[*tuple[Any, ...]]:
    return select(AccountRow.id).where(
        AccountRow.retired_on.is_(None), AccountRow.platform == platform
    )


# The registry


def note_registry(conn: Connection, filed: Mapping[int, FiledIdentity], day: date) -> set[int]:
    """End what a change of the registry settles; the accounts whose ids changed.

    `filed` are new and changed accounts as they are filed from now on.
    """
    known = find_standing(conn)
    if not known:
        return set()
    holders = {
        (identity.platform, spelling): key
        for key, identity in filed.items()
        for spelling in spellings(identity.platform_id, identity.platform)
    }
    names: dict[tuple[str, str], set[int]] = defaultdict(set)
    for key, identity in filed.items():
        names[identity.platform, identity.plain_name].add(key)
    of = select(AccountRow.id, AccountRow.platform, AccountRow.name).where(AccountRow.id.in_(known))
    who = {row.id: FiledIdentity(platform=row.platform, name=row.name) for row in conn.execute(of)}
    ended: dict[int, ProvisionalEnd] = {}
    for key, own in known.items():
        if key in filed and (why := _settled(conn, own, filed[key])):
            ended[key] = why
        elif holders.get((who[key].platform, own.value), key) != key or names.get(
            (who[key].platform, who[key].plain_name), set()
        ) - {key}:
            ended[key] = ProvisionalEnd.TAKEN
    return _end(conn, ended, day)


def _settled(conn: Connection, own: ProvisionalId, now: FiledIdentity) -> ProvisionalEnd | None:
    """Why what is filed now ends it; None where nothing more than a name is filed of who it is."""
    if now.has_id or now.alias:
        kept = _is_same(conn, own, now)
        if kept is None:
            return ProvisionalEnd.FILED_ELSE
        return ProvisionalEnd.FILED_SAME if kept else ProvisionalEnd.FILED_OTHER
    return None if same(own.name, now.name) else ProvisionalEnd.NAME_CORRECTED


def _is_same(conn: Connection, own: ProvisionalId, now: FiledIdentity) -> bool | None:
    """Whether what is filed now is the account of the id; None where the two cannot be compared.

    The pages that it led to have shown the account's other id, too.
    """
    seen = (
        select(SightRow.original_id)
        .join_from(SightRow, ReadingRow)
        .where(
            ReadingRow.account_id == own.account_id,
            SightRow.provisional == own.value,
            SightRow.original_id != "",
        )
        .distinct()
    )
    shown = [*conn.scalars(seen)] or [""]
    said = [same_ids(own.value, original, now) for original in shown]
    if now.alias and own.alias:
        said.append(now.plain_alias == own.alias.strip().casefold())
    known = [each for each in said if each is not None]
    return all(known) if known else None


# What people say


def note_refusals(conn: Connection, refusals: Sequence[Refusal]) -> set[int]:
    """End what a person refused; the accounts whose ids changed."""
    known = find_standing(conn) if refusals else {}
    ended = {
        each.account_id: day_of(each.at)
        for each in refusals
        if (own := known.get(each.account_id)) and (own.field, own.value) == (each.field, each.new)
    }
    moved: set[int] = set()
    for key, day in ended.items():
        moved |= _end(conn, {key: ProvisionalEnd.REFUSED}, day)
    return moved


def _end(conn: Connection, ended: Mapping[int, ProvisionalEnd], day: date) -> set[int]:
    statement = (
        update(ProvisionalIdRow)
        .where(ProvisionalIdRow.account_id == bindparam("account"), _STANDS)
        .values(ended_on=day, why=bindparam("reason", type_=table(ProvisionalIdRow).c.why.type))
    )
    if ended:
        conn.execute(statement, [{"account": key, "reason": why} for key, why in ended.items()])
    return set(ended)
