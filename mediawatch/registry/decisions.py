"""What the operator decides about proposals: accepted into the registry, or refused for good."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mediawatch.domain import (
    Filing,
    Refusal,
    RegistryChanges,
    Source,
    UpdatedAccount,
    UserError,
)
from mediawatch.names import same_person
from mediawatch.ports import Store
from mediawatch.registry.proposal import Kind, Proposal, source_of
from mediawatch.registry.proposals import ProposalSearch

_PORTION = 500


async def current(store: Store) -> list[Proposal]:
    """All proposals of the accounts in scope, from what kept readings show of who they are."""
    accounts = await store.accounts.all()
    ended = await store.accounts.provisional_ids()
    search = ProposalSearch(accounts, await store.accounts.refusals(), ended)
    for start in range(0, len(accounts), _PORTION):
        portion = accounts[start : start + _PORTION]
        search.read(portion, await store.readings.identity_readings([each.id for each in portion]))
    return search.proposals()


def choose(listed: Sequence[Proposal], keys: Iterable[str], *, everything: bool) -> list[Proposal]:
    """Those to accept, or to refuse.

    UserError for a key that is not listed (any more), and for a doubt: that is put right by hand.
    """
    wanted = dict.fromkeys(key.strip() for text in keys for key in text.replace(",", " ").split())
    known = {each.key: each for each in listed}
    for key in wanted:
        if key not in known:
            raise UserError(
                f"no proposal {key!r}: list them again, readings may have changed since"
            )
        if not known[key].acceptable:
            raise UserError(
                f"{key} ({known[key].account.filed.name}) is a doubt, nothing to accept or "
                "refuse: correct the registry"
            )
    # Half of a migration would leave ids of two accounts in one row.
    moved = {known[key].account.id for key in wanted if known[key].kind is Kind.MIGRATED}
    return [
        each
        for each in listed
        if each.acceptable
        and (
            each.key in wanted
            or (everything and each.sure)
            or (each.kind is Kind.MIGRATED and each.account.id in moved)
        )
    ]


def refusals(refused: Sequence[Proposal], now: datetime) -> list[Refusal]:
    return [
        Refusal(account_id=each.account.id, field=each.field, new=each.new, at=now)
        for each in refused
    ]


def deciders(accepted: Sequence[Proposal], by: str) -> None:
    """UserError where a proposal rests on people's own looks and no other person accepts it."""
    for each in accepted:
        if each.seen_by and not by.strip():
            raise UserError(
                f"{each.key} ({each.account.filed.name}) rests on what "
                f"{', '.join(each.seen_by)} saw: accept it with --by NAME"
            )
        if any(same_person(by, person) for person in each.seen_by):
            raise UserError(
                f"{each.key} ({each.account.filed.name}) rests on what "
                f"{', '.join(each.seen_by)} saw: somebody else accepts it"
            )


def changes(accepted: Sequence[Proposal], now: datetime, by: str = "") -> RegistryChanges:
    """What accepting does, one update an account.

    The history's source is `proposal`, with the name of who accepted it.
    """
    by_account: dict[int, list[Proposal]] = {}
    for each in accepted:
        by_account.setdefault(each.account.id, []).append(each)
    updated = tuple(
        UpdatedAccount(
            account_id=number,
            filed=_applied(several),
            changes=tuple((each.field, each.old, each.new) for each in several),
        )
        for number, several in by_account.items()
    )
    digest = hashlib.sha256(
        "\n".join(f"{each.key} {each.new}" for each in accepted).encode()
    ).hexdigest()
    return RegistryChanges(
        source=Source(file=source_of(by), sha256=digest, at=now),
        updated=updated,
    )


def _applied(several: Sequence[Proposal]) -> Filing:
    values: dict[str, Any] = {
        each.field: (each.new,) if each.field == "article_links" else each.new for each in several
    }
    return replace(several[0].account.filed, **values)
