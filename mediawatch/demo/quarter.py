"""Last chapter, a quarter later: the registry has changed, and the notice is re-checked (复查)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from mediawatch.app import App
from mediawatch.app.documents import inspection_of
from mediawatch.app.judged import judged_scope
from mediawatch.app.notices import recheck_request
from mediawatch.demo import decisions, units
from mediawatch.demo.machine import refuse_bad_rows, write_registry
from mediawatch.demo.scene import MARK, REVIEWER, Scene, Tell
from mediawatch.files import write_whole
from mediawatch.plurals import count_of
from mediawatch.ports import Stage
from mediawatch.publish.notices.service import note_recheck
from mediawatch.publish.reports.annexes import annex_book
from mediawatch.publish.reports.notices import rechecks_table
from mediawatch.registry.service import ImportOptions, import_files
from mediawatch.sweep import nights
from mediawatch.sweep.gate import canaries
from mediawatch.sweep.summary import no_progress
from mediawatch.table import to_csv


async def recheck(app: App, stage: Stage, tell: Tell) -> int:
    """Import the new registry, look at the latest notice's accounts, confirm, write the list.

    Returns the sweep's exit code.
    """
    root = app.home.root
    notice = (await app.store.notices.all())[-1]
    write_whole(app.home.canaries, canaries.to_toml(stage.canaries(), MARK).encode())
    rows = stage.registry()
    write_registry(root / "registry-next.xlsx", rows)
    report = await import_files(
        app.store,
        [root / "registry-next.xlsx"],
        ImportOptions(complete=True, contacts=app.settings.registry.contacts),
        now=app.clock(),
    )
    refuse_bad_rows(report, rows)
    tell(
        f"registry-next.xlsx: {count_of(len(report.changes.updated), 'account')} changed, "
        f"{len(report.retired)} no longer in it"
    )
    request = await recheck_request(app, notice, as_of=stage.as_of)
    summary, _ = await nights.run(
        app.engine(), replace(request, second_look_after=timedelta(0)), no_progress
    )
    tell(f"re-check of {notice.number}: {count_of(summary.looks, 'look')}")
    scene = Scene(app, stage, summary.sweep, request.policy, tell)
    await units.answer(scene, (), "dispatch/复查")
    await decisions.decide(scene, ())
    scope = (await judged_scope(app, summary.sweep)).entries
    found = await note_recheck(
        app.store, notice, summary.sweep, scope, by=REVIEWER, now=app.clock()
    )
    write_whole(root / "documents" / "复查清单.csv", to_csv(rechecks_table(notice, found)))
    inspection = await inspection_of(app, summary.sweep)
    write_whole(root / "documents" / "复查附件.xlsx", annex_book(inspection))
    results = Counter(each.result.label for each in found)
    tell(
        f"{notice.number}：复查{len(found)}个，"
        + "，".join(f"{label}{count}个" for label, count in results.items())
    )
    again = [problem for problem in inspection.failed if problem.times > 1]
    tell(
        f"重复问题{len(again)}个："
        + "、".join(f"{each.entry.account.filed.name}（连续{each.times}次）" for each in again)
    )
    return summary.exit_code
