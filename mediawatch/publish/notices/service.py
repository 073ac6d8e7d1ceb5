"""The re-check of a notice, as it is kept.

It is made from the judgements of a sweep and the registry as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mediawatch.domain import (
    Account,
    FiledIdentity,
    LookKind,
    Notice,
    NoticeAction,
    NoticeEvent,
    Outcome,
    Reading,
    Sweep,
    SweepAccount,
    of_identity,
)
from mediawatch.domain.clock import day_of
from mediawatch.people.suspects import proving_readings
from mediawatch.people.worklist.problem_todo import problem_proofs_of
from mediawatch.ports import Store
from mediawatch.publish.notices.recheck import RecheckLook, recheck, refuse_older
from mediawatch.publish.results import RecheckResult, standing_items
from mediawatch.publish.results import recheck_results as known
from mediawatch.registry.merge import follow_merges
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.rules.sweep_policy import policy_of


async def note_recheck(
    store: Store,
    notice: Notice,
    sweep: Sweep,
    scope: Sequence[SweepAccount],
    *,
    by: str,
    now: datetime,
) -> list[RecheckResult]:
    """The re-check list of a notice by the judged scope of `sweep`, in the notice's order.

    New results are noted as events. UserError where the sweep is not later than the notice and its
    inspection.
    """
    refuse_older(notice, sweep.as_of, await store.sweeps.all())
    events = await store.notices.events(notice.id)
    items = standing_items(notice, events)
    accounts = follow_merges(await store.accounts.all(include_retired=True))
    wanted = {accounts[item.account_id].id for item in items if item.account_id in accounts}
    judged = [entry for entry in scope if entry.account.id in wanted]
    proofs = await problem_proofs_of(
        store, JudgedScope(sweep=sweep, policy=policy_of(sweep), entries=tuple(judged))
    )
    looks = {
        number: replace(look, problems=proofs.get(number, ()))
        for number, look in (await _looks(store, sweep, judged, accounts)).items()
    }
    found = recheck(
        items, accounts, looks, since=notice.issued_on, source=await registry_words(store)
    )
    before = {
        (each.item.number, part.code): (part, each.registry)
        for each in known(notice, events)
        for part in each.parts
    }
    await store.notices.add_events(
        [
            NoticeEvent(
                notice_id=notice.id,
                item=each.item.number,
                action=NoticeAction.RECHECKED,
                at=now,
                by=by,
                reason=part.basis,
                source=each.registry,
                codes=(part.code,) if part.code else (),
                result=part.result,
                sweep_id=sweep.id,
            )
            for each in found
            for part in each.parts
            if before.get((each.item.number, part.code)) != (part, each.registry)
        ]
    )
    return found


async def _looks(
    store: Store, sweep: Sweep, judged: Sequence[SweepAccount], accounts: Mapping[int, Account]
) -> dict[int, RecheckLook]:
    scope = [as_reviewed(entry, include_open=True) for entry in judged]
    numbers = [entry.account.id for entry in scope]
    states, readings = (
        await store.readings.account_states(numbers),
        await store.readings.by_account(numbers, sweep_id=sweep.id),
    )
    proofs = await proving_readings(store, scope)
    looks = {}
    for entry in scope:
        if entry.judgement is not None:
            number = entry.account.id
            state = states.get(number)
            read_at = state.name_read_at if state else None
            seen = [*readings.get(number, ()), *proofs.get(number, ())]
            looks[number] = RecheckLook(
                judgement=entry.judgement,
                on=day_of(sweep.as_of),
                name=state.name_seen if state else "",
                named_on=day_of(read_at) if read_at else None,
                cancelled_by=_cancelled_by(accounts[number].filed.identity, seen),
            )
    return looks


def _cancelled_by(filed: FiledIdentity, readings: Iterable[Reading]) -> LookKind | None:
    """The kind of look at which the platform said that the account as filed was deregistered.

    A machine's look is preferred. None where the platform did not say so, or where a look also saw
    the account.
    """
    identity_readings = [
        said for reading in readings if (said := of_identity(reading, filed)) is not None
    ]
    if any(reading.outcome is Outcome.OK for reading in identity_readings):
        return None
    looks = [reading.look for reading in identity_readings if reading.outcome is Outcome.CANCELLED]
    return next(
        (look for look in looks if look is not LookKind.PERSON), looks[0] if looks else None
    )


async def registry_words(store: Store) -> str:
    """The newest import of the registry, with its day; "" before the first import."""
    imports = [source for source, kind in await store.accounts.sources() if kind == "registry"]
    return f"{imports[-1].file}（{day_of(imports[-1].at)}导入）" if imports else ""
