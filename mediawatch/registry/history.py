"""The registry as it was at an earlier moment, out of its history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from mediawatch.domain import Account, AccountChange, FiledStatus, Filing
from mediawatch.ports import Store
from mediawatch.registry.merge import MERGED

RETIRED = "retired_on"
_DATES = {field.name for field in fields(Filing) if "date" in str(field.type)}


async def known_since(store: Store) -> datetime | None:
    """The first import of the registry; None without any."""
    imports = [source.at for source, kind in await store.accounts.sources() if kind == "registry"]
    return min(imports, default=None)


async def registries_at(store: Store, *moments: datetime) -> list[list[Account]]:
    """The accounts that were in the registry at each moment, as they were filed then.

    A double that was merged since was no account of its own. What other systems hold stays out.
    Accounts that did not change since are the same objects in each registry.
    """
    accounts = await store.accounts.all(include_retired=True)
    changes = await store.accounts.changes()
    added = [
        (source.at, await store.accounts.added_by(source))
        for source, kind in await store.accounts.sources()
        if kind == "registry" and source.at > min(moments)
    ]
    return [
        as_before(
            accounts,
            {number for at, numbers in added if at > moment for number in numbers},
            [change for change in changes if change.at > moment],
        )
        for moment in moments
    ]


def as_before(
    accounts: Iterable[Account], later: Collection[int], since: Sequence[AccountChange]
) -> list[Account]:
    """The registry before the changes `since`, oldest first, and without the accounts `later`.

    Pure.
    """
    changes: dict[int, list[AccountChange]] = {}
    for change in since:
        changes.setdefault(change.account_id, []).append(change)
    found = []
    for account in accounts:
        own = changes.get(account.id, [])
        merged = any(each.field == RETIRED and each.source.startswith(MERGED) for each in own)
        before = _undone(account, own)
        if account.id not in later and not merged and before.retired_on is None:
            found.append(before)
    return found


def _undone(account: Account, changes: Sequence[AccountChange]) -> Account:
    if not changes:
        return account
    filed: dict[str, Any] = {}
    retired_on = account.retired_on
    for change in reversed(changes):
        if change.field == RETIRED:
            retired_on = date.fromisoformat(change.old) if change.old else None
        else:
            filed[change.field] = value_of(change.field, change.old)
    return replace(account, filed=replace(account.filed, **filed), retired_on=retired_on)


def value_of(field: str, text: str) -> Any:
    """A value of `Filing` out of what the history says of it."""
    if field == "status":
        return FiledStatus(text)
    if field == "type_certain":
        return text in ("yes", "True")
    if field == "article_links":
        return tuple(text.split())
    if field in _DATES:
        return date.fromisoformat(text) if text else None
    return text
