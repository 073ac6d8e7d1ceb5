"""案卷: the file of a notice, made of what is kept of it, and taken in by a person."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

from mediawatch.app.documents import issued_inspection
from mediawatch.app.root import App
from mediawatch.domain import Notice, NoticeAction, NoticeEvent, Sweep, UserError, is_closed
from mediawatch.ops.archives import ArchiveCheck, check_archive
from mediawatch.ops.retention import pruned_paths
from mediawatch.publish.reports import word
from mediawatch.publish.reports.annexes import annex_book
from mediawatch.publish.reports.archive import NoticeArchive, NoticeRecord, notice_archive
from mediawatch.publish.reports.drafts import drafts_of


async def build_archive(app: App, notice: Notice) -> NoticeArchive:
    """The file of a notice as it stands now. UserError where its documents cannot be made."""
    return notice_archive(await _record(app, notice), app.evidence, pruned_paths(app.evidence))


async def acknowledge_archive(
    app: App, notice: Notice, file: Path, *, by: str, place: str = ""
) -> NoticeEvent:
    """Note that a person took in this very file; its evidence may leave from then on.

    UserError where the notice is not closed, or the file is damaged or tells of an earlier state.
    """
    if not by.strip():
        raise UserError("acknowledging an archive needs a name (--by)")
    record = await _record(app, notice)
    if not is_closed(record.events):
        raise UserError(
            f"{notice.number} is not closed: `mediawatch notice close` it, then archive it anew"
        )
    check = check_archive(file)
    if check.wrong:
        raise UserError(f"{file}: {check.wrong[0]}: write it anew by `notice archive --out`")
    _refuse_other(check, notice, file)
    made = notice_archive(record, app.evidence, pruned_paths(app.evidence))
    if check.manifest != made.manifest:
        raise UserError(
            f"{file} is not {notice.number} as it stands now: write it anew by "
            "`notice archive --out`, then acknowledge that"
        )
    event = NoticeEvent(
        notice_id=notice.id,
        action=NoticeAction.ARCHIVED,
        at=app.clock(),
        by=by.strip(),
        reason=f"档号{place.strip()}" if place.strip() else "",
        source=check.sha256,
        review_id=max((each.id for each in record.reviews), default=0),
    )
    newest = max((each.id for each in record.events), default=0)
    await app.store.notices.add_events([event], after=newest)
    return event


def _refuse_other(check: ArchiveCheck, notice: Notice, file: Path) -> None:
    if check.number != notice.number:
        raise UserError(f"{file} is the archive of {check.number}, not of {notice.number}")


async def _record(app: App, notice: Notice) -> NoticeRecord:
    store = app.store
    accounts = {item.account_id for item in notice.items}
    wanted = {
        number
        for item in notice.items
        for held in item.findings
        for number in held.finding.reading_ids
    }
    found = await store.readings.by_id(wanted) if wanted else {}
    readings = {each.id: each for some in found.values() for each in some}
    sweep = next((each for each in await store.sweeps.all() if each.id == notice.sweep_id), None)
    reviews = await store.reviews.events(sweep.id) if sweep else []
    record = NoticeRecord(
        notice=notice,
        sweep=sweep,
        events=await store.notices.events(notice.id),
        documents=await store.notices.documents(notice.id),
        reviews=[each for each in reviews if each.account_id in accounts],
        readings=dict(sorted(readings.items())),
        drafts=drafts_of(notice, await store.notices.drafts()),
    )
    return replace(record, papers=await _papers(app, record, sweep)) if sweep else record


async def _papers(app: App, record: NoticeRecord, sweep: Sweep) -> list[tuple[str, str, bytes]]:
    """The documents as they were issued; as they stand now, too, where it was corrected."""
    states = [("印发时", True)]
    if any(event.action is NoticeAction.CORRECTED for event in record.events):
        states.append(("更正后", False))
    papers = []
    for name, original in states:
        told = await issued_inspection(app, record.notice, uncorrected=original)
        again = f"（{name}，按固定数据重制）"
        if importlib.util.find_spec("docxtpl"):
            body = word.circular(told, template=word.own_template(app.home.root))
            papers.append((f"通报（{name}）.docx", f"通报{again}", body))
        papers.append((f"附件（{name}）.xlsx", f"通报附件{again}", annex_book(told)))
    return papers
