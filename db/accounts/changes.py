"""How a change of the registry is written: what it adds, alters and retires, with its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat

from sqlalchemy import Connection, Dialect, bindparam, delete, func, insert, inspect, select, update

from db.accounts.identities import identities
from db.accounts.news import bearers_of, raise_news
from db.accounts.provisional_filings import note_registry, release_taken
from db.accounts.shared_names import tell_namesakes
from db.base import table
from db.bulk import BulkRows, take_keys
from db.mapping.accounts import filed_values
from db.models import AccountChangeRow, AccountRow, AccountStateRow, ContactRow, SourceRow
from db.models.accounts import IN_SERVICE
from db.readings.following import remake, renew
from db.types import Values, among
from mediawatch.domain import Contact, FiledIdentity, RegistryChanges, Source, UpdatedAccount
from mediawatch.domain.clock import day_of

RETIRED = "retired_on"
"""The field under which the history notes retiring and coming back."""


def add_source(conn: Connection, source: Source, kind: str) -> int:
    values = {"file": source.file, "sha256": source.sha256, "at": source.at, "kind": kind}
    return conn.execute(insert(SourceRow).values(values).returning(SourceRow.id)).scalar_one()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRows:
    """A change of the registry, with its rows as the driver takes them."""

    wanted: RegistryChanges
    new: BulkRows
    states: BulkRows
    contacts: BulkRows
    """Of new accounts that have one."""
    updated: BulkRows
    changes: BulkRows
    identities: tuple[FiledIdentity, ...]
    """Of the new accounts, in their order."""
    updates: dict[int, FiledIdentity]
    """Who the updated accounts are from now on."""

    @classmethod
    def of(cls, wanted: RegistryChanges, dialect: Dialect) -> RegistryRows:
        updated = sorted(wanted.updated, key=lambda item: item.account_id)
        in_service = {"retired_on": None, "retired_source_id": None}
        contacts = [item.contact for item in wanted.new if item.contact]
        account = table(AccountRow)
        return cls(
            wanted=wanted,
            identities=tuple(item.filed.identity for item in wanted.new),
            updates={item.account_id: item.filed.identity for item in wanted.updated},
            new=BulkRows.to_insert(
                account,
                ["id", "source_id"],
                [filed_values(item.filed) for item in wanted.new],
                dialect,
            ),
            states=BulkRows.to_insert(
                table(AccountStateRow),
                ["account_id"],
                [{"name_seen": ""} for _ in wanted.new],
                dialect,
            ),
            contacts=BulkRows.to_insert(
                table(ContactRow),
                ["account_id"],
                [{"person": each.person, "phone": each.phone} for each in contacts],
                dialect,
            ),
            updated=BulkRows.to_update(
                account,
                [filed_values(item.filed) | in_service for item in updated],
                [item.account_id for item in updated],
                dialect,
            ),
            changes=BulkRows.to_insert(
                table(AccountChangeRow),
                ["source_id"],
                [
                    _change(item.account_id, *change)
                    for item in wanted.updated
                    for change in item.changes
                ],
                dialect,
            ),
        )


def apply_changes(conn: Connection, given: RegistryRows) -> None:
    """Insert, update and retire, with the history of it.

    A number is free before another account takes it: what leaves service goes first.
    """
    wanted = given.wanted
    source_id = add_source(conn, wanted.source, "registry")
    retired = _retired_on(
        conn, [*(update.account_id for update in wanted.updated), *wanted.retired]
    )
    back = [
        _change(item.account_id, RETIRED, str(retired[item.account_id]), "")
        for item in wanted.updated
        if _comes_back(item, retired)
    ]
    before = identities(conn, [item.account_id for item in wanted.updated])
    gone = _retire(
        conn,
        source_id,
        day_of(wanted.source.at),
        [key for key in wanted.retired if retired[key] is None],
    )
    _free_numbers(conn, wanted.updated)
    given.updated.write(conn)
    _keep_contacts(conn, ((item.account_id, item.contact) for item in wanted.updated))
    new = _insert(conn, source_id, given)
    given.changes.write(conn, repeat((source_id,), len(given.changes.rows)))
    if more := [*back, *gone]:
        conn.execute(insert(AccountChangeRow), [row | {"source_id": source_id} for row in more])
    changed_ids = {item.account_id for item in wanted.updated if item.changes}
    moved_ids = changed_ids | {int(row["account_id"]) for row in more}
    bearers = bearers_of(conn, {*new, *moved_ids}, {each.name for each in before.values()})
    if moved_ids or bearers:
        raise_news(conn, moved_ids | bearers)
    changed = {
        key: before[key] for key, identity in given.updates.items() if before[key] != identity
    }
    moved = note_registry(conn, new | given.updates, day_of(wanted.source.at))
    renew(conn, changed, new | {key: given.updates[key] for key in changed})
    moved |= (released := release_taken(conn))
    if others := (moved - set(changed)) | released:
        remake(conn, others)
        raise_news(conn, others)
    moving = identities(conn, {int(row["account_id"]) for row in more})
    names = [*new.values(), *moving.values(), *changed.values()]
    tell_namesakes(conn, names + [given.updates[key] for key in changed], moved | changed_ids)
    if wanted.retired:
        _hold_numbers_once(conn)


def _hold_numbers_once(conn: Connection) -> None:
    """Make the index that a home with doubles lacks, after the last of them was merged."""
    name = "uq_account_in_service"
    if name in {each["name"] for each in inspect(conn).get_indexes("account")}:
        return
    of_one = (AccountRow.platform, AccountRow.filing_number)
    doubles = select(*of_one).where(IN_SERVICE).group_by(*of_one).having(func.count() > 1)
    if conn.execute(doubles.limit(1)).first() is None:
        conn.exec_driver_sql(
            f"CREATE UNIQUE INDEX {name} ON account (platform, filing_number) WHERE {IN_SERVICE}"
        )


def _free_numbers(conn: Connection, updated: Sequence[UpdatedAccount]) -> None:
    """Two accounts may change their numbers for each other's."""
    moving = [
        item.account_id
        for item in updated
        if any(field == "filing_number" for field, _, _ in item.changes)
    ]
    if moving:
        of_them = among(conn, AccountRow.id, moving)
        conn.execute(update(AccountRow).where(of_them).values(filing_number=""))


def _insert(conn: Connection, source_id: int, given: RegistryRows) -> dict[int, FiledIdentity]:
    """Who the new accounts are, by their numbers."""
    new = given.wanted.new
    if not new:
        return {}
    keys = take_keys(conn, table(AccountRow), len(new))
    given.new.write(conn, ((key, source_id) for key in keys))
    given.states.write(conn, ((key,) for key in keys))
    given.contacts.write(
        conn, ((key,) for key, item in zip(keys, new, strict=True) if item.contact)
    )
    return dict(zip(keys, given.identities, strict=True))


def _change(account_id: int, field: str, old: str, new: str) -> Values:
    return {"account_id": account_id, "field": field, "old": old, "new": new}


def _comes_back(item: UpdatedAccount, retired: dict[int, date | None]) -> bool:
    """A retired account that a file holds again is in scope again.

    Noted once, here or by the import.
    """
    return retired[item.account_id] is not None and all(
        field != RETIRED for field, _, _ in item.changes
    )


def _retired_on(conn: Connection, keys: Sequence[int]) -> dict[int, date | None]:
    wanted = select(AccountRow.id, AccountRow.retired_on).where(among(conn, AccountRow.id, keys))
    found = {row[0]: row[1] for row in conn.execute(wanted)}
    if missing := set(keys) - set(found):
        raise LookupError(f"no such account: {', '.join(map(str, sorted(missing)[:5]))}")
    return found


def overwrite_deleted(conn: Connection) -> None:
    """What this connection deletes leaves no trace in SQLite's file: a contact that was replaced is
    gone.
    """
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA secure_delete = ON")


def _keep_contacts(conn: Connection, given: Iterable[tuple[int, Contact | None]]) -> None:
    known = [
        {"account_id": key, "person": contact.person, "phone": contact.phone}
        for key, contact in given
        if contact
    ]
    if known:
        overwrite_deleted(conn)
        conn.execute(
            delete(ContactRow).where(ContactRow.account_id == bindparam("account_id")), known
        )
        conn.execute(insert(ContactRow), known)


def _retire(conn: Connection, source_id: int, day: date, keys: Sequence[int]) -> list[Values]:
    if keys:
        of_them = update(AccountRow).where(among(conn, AccountRow.id, keys))
        conn.execute(of_them.values(retired_on=day, retired_source_id=source_id))
    return [_change(key, RETIRED, "", str(day)) for key in sorted(set(keys))]
