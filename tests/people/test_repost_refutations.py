"""重要信息未转载 in the store, held against the posts that looks have shown since."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from problem_looks import AT, give, given
from worklists import AS_OF, DAY, GH, NOW, Inspection, filed

from mediawatch.domain import (
    Code,
    Judgement,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    ProblemAnswer,
    Reading,
    RepostAction,
    RepostEvent,
    RepostItem,
    RepostTask,
    Sight,
    UserError,
)
from mediawatch.domain.clock import day_of
from mediawatch.people.repost_refutations import find_item, name_item, seen_reposts
from mediawatch.people.worklist.problem_answer import GivenProblem
from mediawatch.people.worklist.problem_intake import ProblemReceipt
from mediawatch.ports import Store
from mediawatch.rules.problem_proofs import ProblemState
from mediawatch.sweep.judging import rejudge

TITLE = "国务院办公厅关于做好今冬明春防汛抗旱工作的通知"
LINK = "https://mp.weixin.qq.com/s/演示转载"
FIRST, LAST = day_of(AS_OF - 5 * DAY), day_of(AS_OF)


async def entered(store: Store, *titles: str) -> RepostTask:
    return await store.reposts.add(
        RepostTask(
            name="防汛通知",
            from_day=FIRST,
            until_day=LAST,
            scope="全部在管账号",
            account_ids=(1,),
            items=tuple(RepostItem(number=n, title=t) for n, t in enumerate(titles or (TITLE,), 1)),
            by="甲某",
            at=AS_OF - 5 * DAY,
        )
    )


async def looked(store: Store, on: date, title: str = TITLE, at: datetime = NOW) -> None:
    """A look that shows one post of the account."""
    sight = Sight(
        surface="wechat.article",
        read_at=at,
        outcome=Outcome.OK,
        name=filed().name,
        original_id=GH,
        matched_by=MatchedBy.ID,
        posts=(Post(on=on, id="p1", title=title, link=LINK),),
    )
    await store.readings.keep(
        Reading(account_id=1, look=LookKind.FIRST, started_at=at, read_at=at, sights=(sight,))
    )


def denied(person: str = "甲某", **more: Any) -> GivenProblem:
    return given(person, **{"code": Code.NOT_REPOSTED, "words": f"《{TITLE}》"} | more)


async def both(inspection: Inspection, **more: Any) -> ProblemReceipt:
    await give(inspection, denied(**more))
    return await give(inspection, denied("乙某", read_at=AT + timedelta(hours=1), **more))


async def judged(inspection: Inspection) -> Judgement:
    await rejudge(inspection.store, lambda platform: True, inspection.sweep.id)
    (entry,) = (await inspection.scope()).values()
    assert entry.judgement is not None
    return entry.judgement


def codes(found: Judgement) -> list[Code]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize("with_task", [True, False])
async def test_a_post_that_is_seen_later_takes_the_finding_away(
    any_store: Store, tmp_path: Path, with_task: bool
) -> None:
    inspection = await Inspection.of(any_store, tmp_path, [filed()])
    task = await entered(any_store) if with_task else None
    receipt = await both(inspection)
    assert receipt.state is ProblemState.PROVED
    assert receipt.kept is not None
    assert receipt.kept.problem is not None
    named = (receipt.kept.problem.task, receipt.kept.problem.item)
    assert named == ((task.id, 1) if task else (None, None))
    assert codes(await judged(inspection)) == [Code.NOT_REPOSTED]
    await looked(any_store, LAST)
    (entry,) = (await inspection.scope()).values()
    assert entry.has_news
    found = await judged(inspection)
    assert codes(found) == []
    (note,) = (each for each in found.notes if "未转载" in each)
    day = f"{LAST.year}年{LAST.month}月{LAST.day}日"
    assert note == (f"重要信息未转载：《{TITLE}》已转载：{day}发布“{TITLE}”，{LINK}（标题相同）。")


@pytest.mark.parametrize(
    ("days", "title", "words"),
    [
        (1, TITLE, "属逾期转载"),
        (0, f"转发《{TITLE}》请落实", "疑似已转载，待人工确认"),
        (-9, TITLE, "疑似已转载，待人工确认"),
    ],
)
async def test_late_and_like_posts_are_told_as_such(
    store: Store, tmp_path: Path, days: int, title: str, words: str
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await entered(store)
    await both(inspection)
    await looked(store, LAST + days * DAY, title)
    found = await judged(inspection)
    assert codes(found) == []
    assert words in "".join(found.notes)


@pytest.mark.parametrize(("days", "refuted"), [(0, True), (2, True), (3, False), (None, True)])
async def test_a_repost_after_the_notice_is_rectified_and_leaves_it_true(
    store: Store, tmp_path: Path, days: int | None, refuted: bool
) -> None:
    """`days`: from the last day of the task to the repost; the notice is of two days later."""
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await entered(store)
    await both(inspection)
    issued = {} if days is None else {1: AS_OF + 2 * DAY}
    await looked(store, LAST + (3 if days is None else days) * DAY)
    looks = await store.readings.problem_looks(inspection.sweep.id)
    found = await seen_reposts(store, [await inspection.account()], looks, issued)
    assert [each.is_certain for each in found.get(1, ())] == ([True, True] if refuted else [])


async def test_nothing_is_read_of_accounts_without_such_a_word(
    store: Store, tmp_path: Path
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await looked(store, LAST)
    await give(inspection, given())
    looks = await store.readings.problem_looks(inspection.sweep.id)
    assert await seen_reposts(store, [await inspection.account()], looks, {}) == {}


async def test_another_title_leaves_the_finding(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await entered(store)
    await both(inspection)
    await looked(store, LAST, "演示：今日天气")
    assert codes(await judged(inspection)) == [Code.NOT_REPOSTED]


async def test_what_a_person_decides_of_a_post_is_news(any_store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(any_store, tmp_path, [filed()])
    task = await entered(any_store)
    await both(inspection)
    await looked(any_store, LAST, f"转发《{TITLE}》请落实")
    assert codes(await judged(inspection)) == []
    event = RepostEvent(
        task_id=task.id, action=RepostAction.REJECTED, item=1, account_id=1, post="p1", by="丙某", at=NOW
    )  # fmt: skip
    await any_store.reposts.add_events([event])
    (entry,) = (await inspection.scope()).values()
    assert entry.has_news
    assert codes(await judged(inspection)) == [Code.NOT_REPOSTED]
    ended = replace(event, action=RepostAction.WITHDRAWN, item=0, account_id=None, post="")
    await any_store.reposts.add_events([ended])
    found = await judged(inspection)
    assert codes(found) == []
    assert f"《{TITLE}》不适用（转载任务已撤回）" in "".join(found.notes)


async def test_an_answer_that_a_post_refutes_is_refused(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await entered(store)
    await looked(store, LAST)
    refused = await give(inspection, denied())
    assert refused.kept is None
    assert "已转载：" in refused.faults[0][1]
    assert LINK in refused.faults[0][1]
    absent = denied(answer=ProblemAnswer.ABSENT, shots=(), seen_id="")
    assert (await give(inspection, absent)).kept


async def test_one_that_a_person_has_to_decide_is_told(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await entered(store)
    await looked(store, LAST, f"转发《{TITLE}》请落实")
    told = await give(inspection, denied())
    assert told.state is ProblemState.NONE
    assert told.remark.startswith(f"暂不计入：《{TITLE}》疑似已转载")


async def test_an_answer_names_what_was_not_reposted(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    refused = await give(inspection, denied(words="未转载防汛通知"))
    assert refused.faults[0][1] == "请以《》写明未转载信息的标题"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("9/1", "give TASK/ITEM"),
        ("一", "give TASK/ITEM"),
        ("1", "task 1 has the items 1 to 2"),
        ("1/3", "task 1 has the items 1 to 2"),
        ("2/1", "task 2 does not ask 示例市第1测试局"),
        ("3/1", "task 3 was taken back"),
    ],
)
async def test_an_item_that_cannot_be_meant_is_refused(
    store: Store, tmp_path: Path, text: str, why: str
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed(), filed(2)])
    task = await entered(store, TITLE, "演示二")
    await store.reposts.add(replace(task, account_ids=(2,)))
    taken = await store.reposts.add(task)
    ended = RepostEvent(task_id=taken.id, action=RepostAction.WITHDRAWN, by="甲某", at=NOW)
    await store.reposts.add_events([ended])
    account = await inspection.account()
    with pytest.raises(UserError, match=why):
        await find_item(store, text, account)
    assert (await find_item(store, "1/2", account))[1].title == "演示二"


def test_the_words_name_the_item_once() -> None:
    item = RepostItem(number=1, title=TITLE)
    assert name_item(item, "") == f"《{TITLE}》"
    assert name_item(item, "查至1月4日") == f"《{TITLE}》，查至1月4日"
    assert name_item(item, f"未转载《{TITLE} 》") == f"未转载《{TITLE} 》"
