"""Accounts that were filed twice by mistake: found, and merged into one.

Nothing is deleted. The dropped account is retired, and keeps its number, its readings, findings and
notices. What speaks of the one account serves the other from then on.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from mediawatch.domain import (
    Account,
    Contact,
    Reading,
    RegistryChanges,
    Source,
    UpdatedAccount,
    UserError,
    of_identity,
    of_twin,
)
from mediawatch.ports import Store
from mediawatch.registry.matching import are_distinct

MERGED = "registry merge"
"""How the source of a merge begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeResult:
    """What a merge did, or would do."""

    kept: Account
    dropped: tuple[Account, ...]
    readings: int
    """Readings by name alone, and looks for problems, that the kept account has now, too."""
    links: int
    contact: bool


def find_doubles(accounts: Iterable[Account]) -> list[list[Account]]:
    """Accounts in service with one filing number on one platform, the oldest first.

    One id under two numbers is 重复备案, which a registry may hold. One number twice is a fault of
    ours: two imports that ran at once could make it.
    """
    groups: defaultdict[tuple[str, str], list[Account]] = defaultdict(list)
    for account in accounts:
        if account.retired_on is None and account.filed.filing_number:
            groups[account.platform, account.filed.filing_number].append(account)
    return [
        sorted(group, key=lambda account: account.id) for group in groups.values() if len(group) > 1
    ]


def follow_merges(accounts: Iterable[Account]) -> dict[int, Account]:
    """The account that each number means now: for a merged double the one that it went into.

    `accounts` with the retired ones. The filing number tells, for one account of a platform bears
    it. Where none of them is in service any more, the last one that was.
    """
    known = {account.id: account for account in accounts}
    heirs: dict[tuple[str, str], Account] = {}
    for account in sorted(known.values(), key=lambda each: each.retired_on or date.max):
        heirs[account.platform, account.filed.filing_number] = account
    for number, account in known.items():
        heir = heirs[account.platform, account.filed.filing_number]
        if (
            account.retired_on
            and account.filed.filing_number
            and not are_distinct(account.filed, heir.filed)
        ):
            known[number] = heir
    return known


async def merge(store: Store, keep: int, drop: Sequence[int], now: datetime) -> MergeResult:
    """Merge doubles into the account `keep`. UserError where they are no doubles of it."""
    known = {account.id: account for account in await store.accounts.all()}
    for number in (keep, *drop):
        if number not in known:
            raise UserError(
                f"there is no account {number} in service: `mediawatch registry check` names doubles"
            )
    kept, dropped = known[keep], [known[number] for number in dict.fromkeys(drop)]
    for other in dropped:
        _refuse_others(kept, other)
    links = list(dict.fromkeys(link for other in dropped for link in other.links))
    new_links = [link for link in links if link not in kept.links]
    contact = await _contact(store, kept, dropped)
    await store.accounts.apply(_changes(kept, dropped, contact, now))
    if new_links:
        await store.accounts.add_links(keep, new_links, MERGED)
    said = await store.hints.of_accounts([other.id for other in dropped])
    await store.hints.add(
        [replace(hint, id=0, account_id=keep) for some in said.values() for hint in some]
    )
    await store.accounts.carry_over(keep, [other.id for other in dropped])
    readings = await _readings_for(store, kept, dropped)
    for reading in readings:
        await store.readings.keep(replace(reading, id=0, account_id=keep))
    return MergeResult(
        kept=kept,
        dropped=tuple(dropped),
        readings=len(readings),
        links=len(new_links),
        contact=contact is not None,
    )


def _refuse_others(kept: Account, other: Account) -> None:
    one, two = kept.filed, other.filed
    if other.id == kept.id:
        raise UserError(f"account {kept.id} cannot be merged into itself: name its double")
    if (one.platform, one.filing_number) != (two.platform, two.filing_number) or (
        not one.filing_number
    ):
        raise UserError(
            f"accounts {kept.id} and {other.id} are not filed under one number of one platform: "
            "correct the registry by an import instead"
        )
    if are_distinct(one, two):
        raise UserError(
            f"accounts {kept.id} and {other.id} have different ids or kinds, so they are two "
            "accounts: correct a filing number by an import"
        )


async def _contact(store: Store, kept: Account, dropped: Sequence[Account]) -> Contact | None:
    """A contact that only a dropped account has."""
    contacts = await store.accounts.contacts()
    if kept.id in contacts:
        return None
    return next((contacts[other.id] for other in dropped if other.id in contacts), None)


def _changes(
    kept: Account, dropped: Sequence[Account], contact: Contact | None, now: datetime
) -> RegistryChanges:
    said = f"{MERGED}({', '.join(str(other.id) for other in dropped)} -> {kept.id})"
    digest = hashlib.sha256(f"{said} {now.isoformat()}".encode()).hexdigest()
    filled = UpdatedAccount(account_id=kept.id, filed=kept.filed, changes=(), contact=contact)
    return RegistryChanges(
        source=Source(file=said, sha256=digest, at=now),
        updated=(filled,) if contact else (),
        retired=tuple(sorted(other.id for other in dropped)),
    )


async def _readings_for(store: Store, kept: Account, dropped: Sequence[Account]) -> list[Reading]:
    """Readings of the dropped accounts that speak for the kept one, and not by an id already.

    A reading speaks for the identity under which it was taken. One that is tied by the id serves
    every filing of that id; one that is tied by name or link serves its own account alone.
    """
    others = [other.id for other in dropped]
    found = await store.readings.by_account(others)
    # What a 暂用标识 led to speaks only through it: that of a double will be the account's.
    known = await store.accounts.current([kept.id, *(other.id for other in dropped)])
    vouched = frozenset[str]().union(*(each.identity.provisional for each in known.values()))
    identity = replace(kept.filed.identity, provisional=vouched)
    wanted = [
        reading
        for some in found.values()
        for reading in some
        if of_identity(reading, identity) is not None and of_twin(reading, identity) is None
    ]
    # What people found stands for the account that they looked at alone, whatever tied it.
    looks = await store.readings.problem_looks(None, others)
    wanted += [look for some in looks.values() for look in some]
    return sorted(wanted, key=lambda reading: reading.id)
