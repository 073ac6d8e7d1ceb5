"""What the documents of a sweep are built from: everything the store holds of it, as reviewed."""

from __future__ import annotations

from mediawatch import handoff
from mediawatch.app.root import App
from mediawatch.domain import Sweep
from mediawatch.office import read_office
from mediawatch.policy import parse
from mediawatch.reports.inspection import Inspection, as_reviewed, inspection
from mediawatch.sweep import checks_for, proving


async def inspection_of(app: App, sweep: Sweep, *, include_open: bool) -> Inspection:
    """What the documents of a sweep print."""
    scope = await app.store.scope(sweep.id)
    readings = await app.store.readings([entry.account.id for entry in scope if entry.judgement and entry.judgement.findings])
    policy = parse(sweep.policy_toml, f"policy of sweep {sweep.id}")
    labels = app.surface_labels({entry.account.platform for entry in scope})
    office = read_office(app.home.root)
    return inspection(sweep, scope, readings, policy, office, include_open=include_open, marks=app.marks, surfaces=labels)


async def handoff_of(app: App, sweep: Sweep, *, include_open: bool) -> handoff.Handoff:
    """The hand-off of a sweep; its figures are those of the documents: what was dismissed fails nobody."""
    scope = [as_reviewed(entry, include_open=include_open) for entry in await app.store.scope(sweep.id)]
    policy = parse(sweep.policy_toml, f"policy of sweep {sweep.id}")
    readings, checks = await proving(app.store, scope), await checks_for(app.store, sweep)
    return handoff.build(sweep, scope, readings, policy, include_open=include_open, marks=app.marks, checks=checks)
