"""The papers of a correction: 更正通知, the replaced annexes, and what each place has to do."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.app.corrections import refuse_due
from mediawatch.app.documents import issued_inspection
from mediawatch.app.root import App
from mediawatch.domain import (
    Notice,
    NoticeAction,
    NoticeEvent,
    UserError,
    outdated_places,
    version_now,
)
from mediawatch.publish.reports import word
from mediawatch.publish.reports.annexes import annex_book
from mediawatch.publish.reports.correction_letter import CorrectedNotice, correction_letter
from mediawatch.publish.reports.drafts import places_table
from mediawatch.publish.reports.letters import letter_document
from mediawatch.publish.reports.xlsx import BookCover, workbook


async def correction_papers(app: App, notice: Notice, since: int | None = None) -> dict[str, bytes]:
    """The files by name. They tell the corrections after the version `since`.

    None: after the oldest version that a place of publication still shows, else the newest
    correction. UserError where the notice was not corrected, another correction is due, or another
    system issued it.
    """
    events = await app.store.notices.events(notice.id)
    await refuse_due(app, notice)
    told = _corrections_after(notice, events, since)
    after = await issued_inspection(app, notice)
    before = await issued_inspection(app, notice, until=told[0].id)
    corrected = CorrectedNotice(before=before, after=after, corrections=told)
    at = told[-1].at
    template = word.own_template(app.home.root)
    return {
        "更正通知（代拟稿）.docx": letter_document(correction_letter(corrected), at),
        "通报（更正后）.docx": word.circular(after, template=template),
        "附件（更正后）.xlsx": annex_book(after),
        "发布场所更正清单.xlsx": workbook(
            [("发布场所", places_table(notice, events))],
            counts={"序号"},
            rates=(),
            marks=app.marks,
            cover=BookCover(title="发布场所更正清单", issuer=after.office.issuer, made_at=at),
        ),
    }


def _corrections_after(
    notice: Notice, events: Sequence[NoticeEvent], since: int | None
) -> list[NoticeEvent]:
    made = [event for event in events if event.action is NoticeAction.CORRECTED]
    if not made:
        raise UserError(f"{notice.number} was not corrected: `notice correct` does it")
    now = version_now(events)
    if since is not None and not 1 <= since < now:
        raise UserError(f"--since {since}: {notice.number} has the versions 1 to {now}")
    shown = since or min((each.version for each in outdated_places(events)), default=now - 1)
    return made[shown - 1 :]
