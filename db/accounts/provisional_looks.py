"""What a kept reading begins and ends of 暂用标识."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from db.accounts.id_holders import OWN_TIES, in_service, is_anothers, namesakes
from db.accounts.provisional import end_standing, ever_of_one, find_standing, shown_with
from db.base import table
from db.mapping.accounts import filed_of, provisional_values
from db.models import AccountRow, ProposalRefusalRow, ProvisionalIdRow
from mediawatch.domain import (
    SEVERAL_BEAR_THE_NAME,
    FiledIdentity,
    ProvisionalEnd,
    ProvisionalId,
    Reading,
    Sight,
    bears_any,
    contradicts,
    ids_of,
    spellings,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import same


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
        if sight.matched_by in OWN_TIES and not sight.provisional and not now.platform_id
        for spelling in spellings(sight.platform_id, now.platform)
    }
    if not ids:
        return set()
    others = find_standing(
        conn,
        ProvisionalIdRow.value.in_(ids),
        ProvisionalIdRow.account_id != reading.account_id,
        ProvisionalIdRow.account_id.in_(in_service(now.platform)),
    )
    return end_standing(conn, dict.fromkeys(others, ProvisionalEnd.TAKEN), day_of(reading.read_at))


def _note_own(conn: Connection, reading: Reading, now: FiledIdentity) -> set[int]:
    if now.has_id or not any(map(_bears_on_it, reading.sights)):
        return set()
    known = ever_of_one(conn, reading.account_id)
    own = next((each for each in known if each.ended_on is None), None)
    day = day_of(reading.read_at)
    if own is not None:
        why = next((why for sight in reading.sights if (why := _ends(own, sight, now))), None)
        return end_standing(conn, {own.account_id: why}, day) if why else set()
    found = next((sight for sight in reading.sights if sight.name_hit), None)
    taken = reading.filed_as
    if found is None or found.name_hit is None or not now.only_named:
        return set()
    if taken and taken.plain_name != now.plain_name:
        return set()
    hit = ProvisionalId.of_hit(reading.account_id, found.name_hit, day, reading.id)
    ids = ids_of(hit, [*shown_with(conn, {hit.account_id: [hit]})[hit.account_id][hit.value]])
    if bears_any(ids, now.disowned, now.platform) or _is_refused(conn, hit, ids, now.platform):
        return set()
    reasons = {_ends(hit, sight, now) for sight in reading.sights} - {None}
    if ProvisionalEnd.OTHER_NAME in reasons:
        # Kept as ended: a later look without that page must not bring its posts back.
        return _begin(conn, hit, ProvisionalEnd.OTHER_NAME)
    return set() if reasons else _begin(conn, hit)


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


def _is_refused(conn: Connection, hit: ProvisionalId, ids: frozenset[str], platform: str) -> bool:
    """Whether a person refused it for the account, by an id of any kind and in any spelling."""
    refused = select(ProposalRefusalRow.new).where(
        ProposalRefusalRow.account_id == hit.account_id,
        ProposalRefusalRow.field.in_(("platform_id", "original_id")),
    )
    return bears_any(ids, conn.scalars(refused), platform)


def _begin(conn: Connection, found: ProvisionalId, why: ProvisionalEnd | None = None) -> set[int]:
    """Note the hit; as ended where it may be another filed account's, or for the reason `why`.

    Two filings of one name find the same account: it may stand for neither.
    """
    others = find_standing(
        conn,
        ProvisionalIdRow.value == found.value,
        ProvisionalIdRow.account_id.in_(
            select(AccountRow.id).where(AccountRow.retired_on.is_(None))
        ),
    )
    own = conn.execute(select(table(AccountRow)).where(AccountRow.id == found.account_id)).one()
    if others or is_anothers(conn, found, filed_of(own), namesakes(conn, own.platform)):
        why = why or ProvisionalEnd.TAKEN
    values = provisional_values(found) | ({"ended_on": found.on, "why": why} if why else {})
    conn.execute(insert(ProvisionalIdRow).values(values))
    moved = end_standing(conn, dict.fromkeys(others, ProvisionalEnd.TAKEN), found.on)
    return {found.account_id, *moved}
