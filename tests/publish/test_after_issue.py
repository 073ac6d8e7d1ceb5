"""What was rectified after a notice is no correction of it; a post of the inspected time is."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from samples import plain_reading, post
from worklists import GH, LOOKED_AT, NOW, exported, filed, fill, png

from mediawatch.domain import Code, MatchedBy, Notice, NoticeItem
from mediawatch.domain.clock import BEIJING
from mediawatch.people.forms.columns import Column
from mediawatch.ports import Store
from mediawatch.sweep.judging import rejudge

GONE = {Column.STATE: "搜索不到", Column.SEEN_ID: GH, Column.PERSON: "甲某", Column.TIME: LOOKED_AT}
LATER = datetime(2032, 2, 20, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("issued", "on", "stands"),
    [
        (False, date(2032, 2, 19), False),
        # There again after the notice: rectified.
        (True, date(2032, 2, 19), True),
        # It was there all the time.
        (True, date(2031, 12, 30), False),
        (True, date(2031, 3, 1), False),
    ],
)
async def test_what_is_there_again_after_its_notice_was_gone_all_the_same(
    store: Store, tmp_path: Path, issued: bool, on: date, stands: bool
) -> None:
    one = filed(1)
    inspection, path = await exported(store, tmp_path, [one])
    done = await inspection.take(
        fill(path, tmp_path / "答.xlsx", {one.name: GONE}, {one.name: png()})
    )
    assert done.problems == []
    assert await codes(store) == [Code.NOT_FOUND]
    if issued:
        item = NoticeItem(number=1, filed=one, problem="搜索不到", fails=False, account_id=1)
        await store.notices.issue(
            Notice(
                number="一",
                title="示例",
                issued_on=date(2032, 1, 10),
                by="丙某",
                kept_at=NOW,
                sweep_id=1,
                items=(item,),
            )
        )
    await store.readings.keep(
        plain_reading(1, LATER, post(on), original_id=GH, matched_by=MatchedBy.ID, name=one.name)
    )
    await rejudge(store, lambda platform: True, 1)
    assert (await codes(store) == [Code.NOT_FOUND]) is stands


async def codes(store: Store) -> list[Code]:
    return [
        finding.code
        for entry in await store.sweeps.scope(1)
        if entry.judgement
        for finding in entry.judgement.findings
    ]
