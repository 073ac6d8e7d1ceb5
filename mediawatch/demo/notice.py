"""Fifth chapter: confirmed findings become a notice, with its deadlines."""

from __future__ import annotations

from datetime import date

from mediawatch.app import notices
from mediawatch.app.documents import inspection_of
from mediawatch.demo.scene import REVIEWER, Scene
from mediawatch.domain import Notice
from mediawatch.plurals import count_of
from mediawatch.publish.circular.frame import title
from mediawatch.publish.notices.deadlines import deadline
from mediawatch.publish.notices.issuing import NoticeHeading


async def issue(scene: Scene, issued_on: date) -> Notice:
    """整改期限 in four weeks, 报送期限 five working days after that."""
    rectify_by = deadline("+28日", issued_on)
    inspection = await inspection_of(scene.app, scene.sweep)
    heading = NoticeHeading(
        number=inspection.office.number,
        title=title(inspection),
        by=REVIEWER,
        issued_on=issued_on,
        rectify_by=rectify_by,
        report_by=deadline("+5工作日", rectify_by),
    )
    notice, _ = await notices.issue(scene.app, scene.sweep, heading, preliminary=True)
    scene.tell(
        f"{notice.number}: {count_of(len(notice.items), 'account')}, issued on {issued_on}, "
        "整改期限 "
        f"{rectify_by}, 报送期限 {notice.report_by}"
    )
    return notice
