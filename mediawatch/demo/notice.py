"""Fifth chapter: what was confirmed becomes a notice, with its deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from mediawatch import handoff
from mediawatch.app.documents import inspection_of
from mediawatch.demo.scene import REVIEWER, Scene
from mediawatch.domain import Notice
from mediawatch.notices.deadlines import deadline
from mediawatch.notices.issuing import Heading, drawn_up, version_of
from mediawatch.notices.rounds import Issued
from mediawatch.reports import prose
from mediawatch.sweep import checks_for


async def issue(scene: Scene, issued_on: date) -> Notice:
    """Freeze it: 整改期限 in four weeks, 报送期限 five working days after that."""
    app = scene.app
    told = await inspection_of(app, scene.sweep)
    rectify_by = deadline("+28日", issued_on)
    heading = Heading(
        number=told.office.number, title=prose.title(told), by=REVIEWER, issued_on=issued_on, rectify_by=rectify_by,
        report_by=deadline("+5工作日", rectify_by),
    ).checked()  # fmt: skip
    drawn = drawn_up(told, heading, app.clock())
    body = handoff.to_bytes(handoff.of(replace(told, issued=Issued(notice=drawn)), await checks_for(app.store, scene.sweep)))
    notice = await app.store.issue(drawn, version_of(body, 1, app.clock()))
    days = f"issued on {notice.issued_on}, 整改期限 {notice.rectify_by}, 报送期限 {notice.report_by}"
    scene.tell(f"{notice.number}: {len(notice.items)} accounts, {days}")
    return notice
