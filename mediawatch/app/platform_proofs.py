"""What the machine proved of a sweep, in lines for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.app.root import App
from mediawatch.domain import Sweep, SweepAccount, Verdict
from mediawatch.figures.platform_proofs import platform_proofs
from mediawatch.rules.policy import parse


async def proof_lines(app: App, sweep: Sweep, scope: Sequence[SweepAccount]) -> tuple[str, ...]:
    """In Chinese, by platform: what the machine proved, by which source, and what is left to people.

    `scope` as it is judged. UserError where the sweep's policy cannot be read.
    """
    policy = parse(sweep.policy_toml, f"policy of sweep {sweep.id}")
    proved = [
        entry.account.id
        for entry in scope
        if entry.judgement and entry.judgement.verdict is Verdict.FRESH
    ]
    readings = await app.store.readings.for_judgement(proved, sweep.as_of, sweep.period_from)
    labels = app.surface_labels({entry.account.platform for entry in scope})
    found = platform_proofs(scope, readings, policy, tuple(labels))
    return tuple(line for each in found for line in each.lines(labels))
