"""Statements about the registry: accounts, their links, their history, imported files. Each runs in
its caller's transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from db.base import rows
from db.following import renew
from db.mapping import Values, account_of, filed_values, portions
from db.models import (
    AccountChangeRow,
    AccountLinkRow,
    AccountRow,
    AccountStateRow,
    ContactRow,
    ProposalRefusalRow,
    SourceRow,
)
from db.news import raise_news
from db.twins import identities
from mediawatch.domain import (
    Account,
    AccountChange,
    Contact,
    NewAccount,
    Refusal,
    RegistryChanges,
    Source,
    UpdatedAccount,
)
from mediawatch.domain.clock import day_of

RETIRED = "retired_on"
"""Name of the field under which retiring and coming back stand in the history."""


def accounts(conn: Connection, *, include_retired: bool) -> list[Account]:
    wanted = rows(AccountRow).order_by(AccountRow.id)
    if not include_retired:
        wanted = wanted.where(AccountRow.retired_on.is_(None))
    links = learned_links(conn)
    return [account_of(row.id, row, links.get(row.id, ())) for row in conn.execute(wanted)]


def account(conn: Connection, account_id: int) -> Account | None:
    row = conn.execute(rows(AccountRow).where(AccountRow.id == account_id)).one_or_none()
    if row is None:
        return None
    links = learned_links(conn, AccountLinkRow.account_id == account_id)
    return account_of(row.id, row, links.get(row.id, ()))


def learned_links(conn: Connection, *of: ColumnElement[bool]) -> dict[int, list[str]]:
    """Learned article links by account, newest first."""
    found: dict[int, list[str]] = defaultdict(list)
    wanted = (
        select(AccountLinkRow.account_id, AccountLinkRow.url)
        .where(*of)
        .order_by(AccountLinkRow.id.desc())
    )
    for account_id, url in conn.execute(wanted):
        found[account_id].append(url)
    return found


def add_links(
    conn: Connection, account_id: int, links: Sequence[str], source: str, at: datetime
) -> None:
    wanted = select(AccountLinkRow.url).where(AccountLinkRow.account_id == account_id)
    known = set(conn.scalars(wanted))
    # The first of `links` is the newest: it gets the highest number, by which they are read back.
    new = [link for link in dict.fromkeys(links) if link not in known][::-1]
    if new:
        learned = [
            {"account_id": account_id, "url": link, "source": source, "added_at": at}
            for link in new
        ]
        conn.execute(insert(AccountLinkRow), learned)
        raise_news(conn, [account_id])


def refuse(conn: Connection, wanted: Sequence[Refusal]) -> None:
    known = {(each.account_id, each.field, each.new) for each in refusals(conn)}
    new = {
        key: each.at
        for each in wanted
        if (key := (each.account_id, each.field, each.new)) not in known
    }
    if new:
        values = [
            {"account_id": number, "field": field, "new": value, "at": at}
            for (number, field, value), at in new.items()
        ]
        conn.execute(insert(ProposalRefusalRow), values)


def refusals(conn: Connection) -> list[Refusal]:
    found = conn.execute(
        rows(ProposalRefusalRow).order_by(ProposalRefusalRow.account_id, ProposalRefusalRow.id)
    )
    return [
        Refusal(account_id=row.account_id, field=row.field, new=row.new, at=row.at) for row in found
    ]


def note_source(conn: Connection, source: Source, kind: str) -> int:
    values = {"file": source.file, "sha256": source.sha256, "at": source.at, "kind": kind}
    return conn.execute(insert(SourceRow).values(values).returning(SourceRow.id)).scalar_one()


def sources(conn: Connection) -> list[tuple[Source, str]]:
    found = conn.execute(rows(SourceRow).order_by(SourceRow.at, SourceRow.id))
    return [(Source(file=row.file, sha256=row.sha256, at=row.at), row.kind) for row in found]


def contacts(conn: Connection) -> dict[int, Contact]:
    found = conn.execute(rows(ContactRow).order_by(ContactRow.account_id))
    return {row.account_id: Contact(person=row.person, phone=row.phone) for row in found}


def brought(conn: Connection, source: Source) -> list[int]:
    of_source = (
        SourceRow.at == source.at,
        SourceRow.file == source.file,
        SourceRow.sha256 == source.sha256,
    )
    return list(
        conn.scalars(
            select(AccountRow.id)
            .join(SourceRow, AccountRow.source_id == SourceRow.id)
            .where(*of_source)
        )
    )


def changes(conn: Connection, account_id: int | None) -> list[AccountChange]:
    row = AccountChangeRow
    wanted = select(
        row.account_id, row.field, row.old, row.new, SourceRow.at, SourceRow.file
    ).join_from(row, SourceRow)
    if account_id is not None:
        wanted = wanted.where(row.account_id == account_id)
    return [
        AccountChange(*values) for values in conn.execute(wanted.order_by(SourceRow.at, row.id))
    ]


def apply(conn: Connection, wanted: RegistryChanges) -> None:
    source_id = note_source(conn, wanted.source, "registry")
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
    """A retired account that a file holds again is in scope again; said once, here or by the
    import.
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


def _keep_contacts(conn: Connection, given: Iterable[tuple[int, Contact | None]]) -> None:
    told = [
        {"account_id": key, "person": contact.person, "phone": contact.phone}
        for key, contact in given
        if contact
    ]
    if told:
        conn.execute(
            delete(ContactRow).where(ContactRow.account_id == bindparam("account_id")), told
        )
        conn.execute(insert(ContactRow), told)


def _retire(conn: Connection, source_id: int, day: date, keys: Sequence[int]) -> list[Values]:
    for portion in portions(sorted(set(keys))):
        statement = update(AccountRow).where(AccountRow.id.in_(portion))
        conn.execute(statement.values(retired_on=day, retired_source_id=source_id))
    return [_change(key, RETIRED, "", str(day)) for key in sorted(set(keys))]
