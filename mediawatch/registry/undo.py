"""Taking the last import of the registry back, while nothing was judged on it.

What happened stays in the history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mediawatch.domain import (
    Account,
    AccountChange,
    RegistryChanges,
    Source,
    SweepState,
    UpdatedAccount,
    UserError,
)
from mediawatch.ports import Store
from mediawatch.registry.history import RETIRED, value_of
from mediawatch.registry.merge import MERGED
from mediawatch.registry.proposal import is_acceptance

UNDONE = "registry undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoResult:
    """The import that is taken back, and what that does."""

    source: Source
    changes: RegistryChanges


async def undo(store: Store, now: datetime) -> UndoResult:
    """Take the last import back.

    UserError where no import was made, where something else came after it, or where anything was
    judged since.
    """
    imports = [source for source, kind in await store.accounts.sources() if kind == "registry"]
    if not imports:
        raise UserError("no registry was imported yet: there is nothing to take back")
    last = imports[-1]
    if last.file.startswith(UNDONE):
        raise UserError(
            f"the last import was taken back already ({last.file}): import the registry anew"
        )
    if is_acceptance(last.file):
        raise UserError(
            "proposals were accepted since the last import: it cannot be taken back without them"
        )
    if last.file.startswith(MERGED):
        raise UserError(
            "accounts were merged since the last import: it cannot be taken back without that"
        )
    changes = [
        change
        for change in await store.accounts.changes()
        if change.at == last.at and change.source == last.file
    ]
    brought = await store.accounts.added_by(last)
    await _refuse_used(store, last, {*brought, *(change.account_id for change in changes)})
    made = reverse(last, brought, changes, await store.accounts.all(include_retired=True), now)
    await store.accounts.apply(made)
    return UndoResult(source=last, changes=made)


async def _refuse_used(store: Store, last: Source, concerned: set[int]) -> None:
    """UserError where anything rests on the import by now."""
    after = [
        sweep.id
        for sweep in await store.sweeps.all()
        if sweep.started_at >= last.at
        or sweep.state is SweepState.RUNNING
        or (sweep.finished_at or last.at) > last.at
    ]
    if after:
        raise UserError(
            f"sweep {after[0]} rests on the import of {last.file}: correct the registry by "
            "another import"
        )
    looks = await store.readings.problem_looks(None, concerned)
    if await store.readings.by_account(concerned, since=last.at) or any(
        look.read_at >= last.at for some in looks.values() for look in some
    ):
        raise UserError(
            f"accounts of {last.file} were looked at since its import: correct the registry "
            "by another import"
        )
    if any(notice.kept_at >= last.at for notice in await store.notices.all()):
        raise UserError(
            f"a notice was kept after the import of {last.file}: correct the registry by "
            "another import"
        )


def reverse(
    last: Source,
    brought: Sequence[int],
    changes: Sequence[AccountChange],
    accounts: Sequence[Account],
    now: datetime,
) -> RegistryChanges:
    """What makes the registry as it was before.

    Pure. New accounts are retired, changed fields get their old values.
    """
    known = {account.id: account for account in accounts}
    by_account: dict[int, list[AccountChange]] = {}
    for change in changes:
        by_account.setdefault(change.account_id, []).append(change)
    updated, retired = [], [key for key in brought if known[key].retired_on is None]
    for key, several in by_account.items():
        before = {
            change.field: value_of(change.field, change.old)
            for change in several
            if change.field != RETIRED
        }
        moved = next((change for change in several if change.field == RETIRED), None)
        told = tuple(
            (change.field, change.new, change.old) for change in several if change.field != RETIRED
        )
        if moved is not None and moved.old:
            retired.append(key)
        if told or (moved is not None and moved.new):
            updated.append(
                UpdatedAccount(
                    account_id=key, filed=replace(known[key].filed, **before), changes=told
                )
            )
    digest = hashlib.sha256(f"{last.sha256} {last.at.isoformat()}".encode()).hexdigest()
    source = Source(file=f"{UNDONE}({last.file})", sha256=digest, at=now)
    return RegistryChanges(
        source=source, updated=tuple(updated), retired=tuple(sorted(set(retired)))
    )
