"""A silence that was dismissed (排除) in its review speaks against nobody elsewhere."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta

from review_homes import home as home
from review_homes import mediawatch
from review_homes import prepared as prepared
from worklists import NOW

from mediawatch.app import open_app
from mediawatch.app.reposts import RepostRequest, add_task, repost_report
from mediawatch.domain import RepostItem
from mediawatch.ops.settings import Home
from mediawatch.rules.reposts import RepostState

TITLE = "国务院办公厅关于做好今冬明春防汛抗旱工作的通知"


def states(home: Home) -> list[tuple[RepostState, tuple[str, ...]]]:
    async def work() -> list[tuple[RepostState, tuple[str, ...]]]:
        async with open_app(home, clock=lambda: NOW + timedelta(days=1)) as app:
            request = RepostRequest(
                name="",
                from_day=date(2031, 12, 22),
                until_day=date(2031, 12, 26),
                items=(RepostItem(number=1, title=TITLE),),
                scope=None,
                source="",
                by="甲某",
            )
            task = await add_task(app, request)
            report = await repost_report(app, task.id)
            return [(row.result.state, row.result.reasons) for row in report.rows]

    return asyncio.run(work())


def test_no_repost_is_missed_in_a_list_that_was_found_wrong(home: Home) -> None:
    """Two persons' lists without a post; the review found that one overlooked some."""
    assert [state for state, _ in states(home)] == [RepostState.NOT_SEEN] * 2
    why = "监测期内有推送，首次核查看漏"
    words = ("--by", "丙某", "--reason", why)
    key = re.search(
        r"1/stale_2w@\w+", mediawatch(home, "review", "dismiss", "1/stale_2w", *words).output
    )
    assert key is not None
    done = mediawatch(home, "review", "dismiss", key[0], *words)
    assert done.exit_code == 0, done.output
    (state, reasons), (other, _) = states(home)
    assert (state, other) == (RepostState.OPEN, RepostState.NOT_SEEN)
    assert reasons[-1] == ("2031-12-22至2031-12-26的未更新问题曾经复核排除，信息列表可能不完整")
