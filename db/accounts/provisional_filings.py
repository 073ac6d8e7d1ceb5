"""What a change of the registry, and a person's refusal, end and release of 暂用标识."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, select

from db.accounts.id_holders import Namesakes, is_anothers, namesakes
from db.accounts.provisional import (
    end_standing,
    ever,
    find_standing,
    shown_with,
    turn_ended,
)
from db.base import table
from db.mapping.accounts import filed_of
from db.models import AccountRow, ProvisionalIdRow
from db.types import portions
from mediawatch.domain import (
    FiledIdentity,
    ProvisionalEnd,
    ProvisionalId,
    Refusal,
    bears_any,
    ids_of,
    same_ids,
    spellings,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import same


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
    return end_standing(conn, ended, day)


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

    The pages that it led to have shown the account's other id, too. A 微信号 may be filed as the id.
    """
    shown = shown_with(conn, {own.account_id: [own]})[own.account_id][own.value] or [""]
    said = [same_ids(own.value, original, now) for original in shown]
    if own.alias:
        words = [each for each in (now.alias, now.filed_word) if each]
        said += [bears_any([own.alias], [word], now.platform) for word in words]
    known = [each for each in said if each is not None]
    return all(known) if known else None


def release_taken(conn: Connection) -> set[int]:
    """Release what was taken by a filing that has gone; the accounts.

    It was withdrawn, merged or corrected, and no other filing may be meant (`is_anothers`). What was
    released proves nothing until a new search finds it again.
    """
    taken = ever(conn, ProvisionalIdRow.why == ProvisionalEnd.TAKEN)
    known: dict[str, Namesakes] = {}
    released: set[int] = set()
    for portion in portions(sorted(taken)):
        wanted = select(table(AccountRow)).where(
            AccountRow.id.in_(portion), AccountRow.retired_on.is_(None)
        )
        for row in conn.execute(wanted).all():
            filed = filed_of(row)
            if row.platform not in known:
                known[row.platform] = namesakes(conn, row.platform)
            for each in taken[row.id]:
                # What is filed since then decides by itself, and so does another name.
                bare = filed.identity.only_named and same(each.name, filed.name)
                if bare and not is_anothers(conn, each, filed, known[row.platform]):
                    was, why = ProvisionalEnd.TAKEN, ProvisionalEnd.RELEASED
                    turn_ended(conn, row.id, each.value, was, why)
                    released.add(row.id)
    return released


def note_refusals(conn: Connection, refusals: Sequence[Refusal]) -> set[int]:
    """End what a person refused, by an id of any kind of it; the accounts whose ids changed.

    What another filing had taken does not come back either.
    """
    refused: dict[int, list[Refusal]] = defaultdict(list)
    for each in refusals:
        if each.field in ("platform_id", "original_id"):
            refused[each.account_id].append(each)
    moved: set[int] = set()
    for key, some in refused.items():
        moved |= _refuse(conn, key, some)
    return moved


def _refuse(conn: Connection, account_id: int, refusals: Sequence[Refusal]) -> set[int]:
    known = ever(conn, ProvisionalIdRow.account_id == account_id).get(account_id, [])
    platform = conn.scalar(select(AccountRow.platform).where(AccountRow.id == account_id)) or ""
    shown = shown_with(conn, {account_id: known})[account_id]
    moved: set[int] = set()
    for each in known:
        ids = ids_of(each, shown[each.value])
        said = [refusal for refusal in refusals if bears_any(ids, [refusal.new], platform)]
        if not said:
            continue
        if each.ended_on is None:
            day = day_of(max(refusal.at for refusal in said))
            moved |= end_standing(conn, {account_id: ProvisionalEnd.REFUSED}, day)
        elif each.why and each.why.may_return:
            turn_ended(conn, account_id, each.value, each.why, ProvisionalEnd.REFUSED)
            moved.add(account_id)
    return moved
