"""A sweep's verdicts out of all readings that are known, as often as new ones come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from mediawatch import rules
from mediawatch.domain import Account, CanaryCheck, Judgement, Reading, Sweep, SweepAccount, UserError
from mediawatch.policy import Policy, parse
from mediawatch.ports import Known, Store

RESUMABLE = timedelta(hours=12)
"""An unfinished sweep older than this is closed as incomplete."""


async def rejudge(store: Store, supports: Callable[[str], bool], sweep_id: int) -> list[SweepAccount]:
    """Judge a sweep anew from all readings that are known now (a worklist or links came in); returns its scope."""
    sweep = next((sweep for sweep in await store.sweeps() if sweep.id == sweep_id), None)
    if sweep is None:
        raise UserError(f"there is no sweep {sweep_id}")
    scope = await store.scope(sweep_id)
    readings = await store.readings([entry.account.id for entry in scope])
    policy = parse(sweep.policy_toml, f"policy of sweep {sweep_id}")
    checks = await checks_for(store, sweep)
    judgements = {
        entry.account.id: judged(entry.account, readings.get(entry.account.id, []), supports, sweep.as_of, policy, checks)
        for entry in scope
    }
    await store.judge(sweep_id, judgements)
    return [replace(entry, judgement=judgements[entry.account.id]) for entry in scope]


async def checks_for(store: Store, sweep: Sweep) -> list[CanaryCheck]:
    """Those around any look that may speak in this sweep: an earlier sweep's last check may lie before this one's as_of."""
    return await store.canary_checks(since=sweep.as_of - RESUMABLE)


def judged(
    account: Account, readings: Iterable[Reading], supports: Callable[[str], bool], as_of: datetime, policy: Policy,
    checks: Iterable[CanaryCheck],
) -> Judgement:  # fmt: skip
    """`rules.judge` over all that is known of one account."""
    known = Known(filed=account.filed, readings=tuple(readings), supported=supports(account.platform), checks=tuple(checks))
    return rules.judge(known, as_of, policy)
