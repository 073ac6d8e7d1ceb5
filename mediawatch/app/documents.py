"""What the documents of a sweep are built from: everything the store holds of it, as reviewed, or as it was issued."""

from __future__ import annotations

from mediawatch import handoff
from mediawatch.app.root import App
from mediawatch.domain import Notice, Sweep, UserError
from mediawatch.notices.issuing import as_issued
from mediawatch.notices.rounds import Issued, past, standing_items
from mediawatch.office import read_office
from mediawatch.policy import parse
from mediawatch.reports.inspection import Inspection, inspection
from mediawatch.sweep import checks_for


async def inspection_of(app: App, sweep: Sweep, *, include_open: bool = False, notice: Notice | None = None) -> Inspection:
    """What the documents of a sweep print; with `notice` those of that notice of it, as issued and corrected since."""
    scope, issued = await app.store.scope(sweep.id), None
    events = await app.store.notice_events()
    if notice is not None:
        issued = Issued.of(notice, events)
        scope = as_issued(scope, standing_items(notice, events), notice)
    readings = await app.store.readings([entry.account.id for entry in scope if entry.judgement and entry.judgement.findings])
    policy = parse(sweep.policy_toml, f"policy of sweep {sweep.id}")
    return inspection(
        sweep, scope, readings, policy, read_office(app.home.root), include_open=include_open, marks=app.marks,
        surfaces=app.surface_labels({entry.account.platform for entry in scope}), past=past(await app.store.notices(), events, sweep),
        issued=issued,
    )  # fmt: skip


async def issued_inspection(app: App, notice: Notice) -> Inspection:
    """What the documents of a notice print. UserError where another system issued it."""
    found = [sweep for sweep in await app.store.sweeps() if sweep.id == notice.sweep_id]
    if not found:
        raise UserError(f"{notice.number} was issued by another system: it has no inspection here")
    return await inspection_of(app, found[0], notice=notice)


async def handoff_of(app: App, sweep: Sweep, *, include_open: bool) -> handoff.Handoff:
    """The hand-off of a sweep; its figures are those of the documents: what was dismissed fails nobody."""
    return handoff.of(await inspection_of(app, sweep, include_open=include_open), await checks_for(app.store, sweep))
