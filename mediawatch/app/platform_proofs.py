"""What the machine proved of a sweep, in lines for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mediawatch.app.root import App
from mediawatch.domain import Sweep, SweepAccount, Verdict
from mediawatch.figures.platform_proofs import platform_proofs, proving_surface
from mediawatch.rules.sweep_policy import policy_of

_AT_ONCE = 500
"""Accounts whose readings are held together."""


async def proof_lines(
    app: App, sweep: Sweep, scope: Sequence[SweepAccount], known_surfaces: Mapping[int, str]
) -> tuple[str, ...]:
    """In Chinese, by platform: what the machine proved, by which source, and what is left to people.

    `scope` as it is judged; `known_surfaces` as `ScopeJudgement.surfaces`, of accounts that were
    just judged: readings of the others are read again. UserError where the sweep's policy cannot be
    read.
    """
    policy = policy_of(sweep)
    labels = app.surface_labels({entry.account.platform for entry in scope})
    surfaces = dict(known_surfaces)
    fresh = [
        entry
        for entry in scope
        if entry.judgement
        and entry.judgement.verdict is Verdict.FRESH
        and entry.account.id not in surfaces
    ]
    for start in range(0, len(fresh), _AT_ONCE):
        some = fresh[start : start + _AT_ONCE]
        ids = [entry.account.id for entry in some]
        now = await app.store.accounts.current(ids)
        readings = await app.store.readings.for_judgement(ids, sweep.as_of, sweep.period_from)
        for entry in some:
            known = readings.get(entry.account.id, ())
            surfaces[entry.account.id] = proving_surface(
                entry.judgement, known, policy, now[entry.account.id].identity
            )
    found = platform_proofs(scope, surfaces)
    return tuple(line for each in found for line in each.lines(labels))
