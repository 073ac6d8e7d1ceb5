"""How a change of the registry is written: what it adds, alters and retires, with its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from db.accounts.identities import identities
from db.accounts.news import raise_news
from db.mapping.accounts import filed_values
from db.models import AccountChangeRow, AccountRow, AccountStateRow, ContactRow, SourceRow
from db.readings.following import renew
from db.types import Values, portions
from mediawatch.domain import Contact, NewAccount, RegistryChanges, Source, UpdatedAccount
from mediawatch.domain.clock import day_of

RETIRED = "retired_on"
"""The field under which the history notes retiring and coming back."""


def add_source(conn: Connection, source: Source, kind: str) -> int:
    values = {"file": source.file, "sha256": source.sha256, "at": source.at, "kind": kind}
    return conn.execute(insert(SourceRow).values(values).returning(SourceRow.id)).scalar_one()


def apply_changes(conn: Connection, wanted: RegistryChanges) -> None:
    """Insert, update and retire, with the history of it."""
    source_id = add_source(conn, wanted.source, "registry")
    retired = _retired_on(
        conn, [*(update.account_id for update in wanted.updated), *wanted.retired]
    )
    history = [
        *(_change(item.account_id, *change) for item in wanted.updated for change in item.changes),
        *(
            _change(item.account_id, RETIRED, str(retired[item.account_id]), "")
            for item in wanted.updated
            if _comes_back(item, retired)
        ),
    ]
    before = identities(conn, [item.account_id for item in wanted.updated])
    new = _insert(conn, source_id, wanted.new)
    _update(conn, wanted.updated)
    history += _retire(
        conn,
        source_id,
        day_of(wanted.source.at),
        [key for key in wanted.retired if retired[key] is None],
    )
    if history:
        conn.execute(insert(AccountChangeRow), [row | {"source_id": source_id} for row in history])
        raise_news(conn, {int(row["account_id"]) for row in history})
    changed = {
        item.account_id: before[item.account_id]
        for item in wanted.updated
        if before[item.account_id] != item.filed.identity
    }
    renew(conn, changed, new)


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
    found: dict[int, date | None] = {}
    for portion in portions(keys):
        wanted = select(AccountRow.id, AccountRow.retired_on).where(AccountRow.id.in_(portion))
        found.update((key, day) for key, day in conn.execute(wanted))
    if missing := set(keys) - set(found):
        raise LookupError(f"no such account: {', '.join(map(str, sorted(missing)[:5]))}")
    return found


def _insert(conn: Connection, source_id: int, new: Sequence[NewAccount]) -> list[int]:
    """Returns their numbers."""
    if not new:
        return []
    filed = [filed_values(item.filed) | {"source_id": source_id} for item in new]
    statement = insert(AccountRow).returning(AccountRow.id, sort_by_parameter_order=True)
    keys = list(conn.scalars(statement, filed))
    conn.execute(insert(AccountStateRow), [{"account_id": key, "name_seen": ""} for key in keys])
    _keep_contacts(conn, ((key, item.contact) for key, item in zip(keys, new, strict=True)))
    return keys


def _update(conn: Connection, updated: Sequence[UpdatedAccount]) -> None:
    if not updated:
        return
    filed = [
        {"key": item.account_id} | filed_values(item.filed)
        for item in sorted(updated, key=lambda item: item.account_id)
    ]
    columns: Values = {name: bindparam(name) for name in filed[0] if name != "key"}
    statement = update(AccountRow).where(AccountRow.id == bindparam("key"))
    conn.execute(statement.values(**columns, retired_on=None, retired_source_id=None), filed)
    _keep_contacts(conn, ((item.account_id, item.contact) for item in updated))


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
    for portion in portions(sorted(set(keys))):
        statement = update(AccountRow).where(AccountRow.id.in_(portion))
        conn.execute(statement.values(retired_on=day, retired_source_id=source_id))
    return [_change(key, RETIRED, "", str(day)) for key in sorted(set(keys))]
