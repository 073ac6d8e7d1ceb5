"""Platforms that people look at: what a row says to open, and which date counts there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from worklists import NOW, Inspection, exported, filed, judged_by, table

from mediawatch.domain import Filing, Hint, Verdict
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.worklist.export import HINTED_CODE, export
from mediawatch.people.worklist.where_to_look import where_to_look
from mediawatch.ports import Store
from mediawatch.sweep.judging import rejudge

QUESTION = "12月17日（含）至12月31日有无发布？"
LINK = "https://www.xiaohongshu.com/user/profile/000000000000000000000001"


def of(platform: str, number: int = 1, **more: str) -> Filing:
    return filed(number, platform=platform, type=f"某{number}", original_id="", **more)


@pytest.mark.parametrize(
    ("platform", "by_updates", "opened", "counted"),
    [
        ("channels", True, "微信“搜一搜”", "置顶的不一定是最新的"),
        ("xiaohongshu", True, "www.xiaohongshu.com", "“编辑于”的是修改日期，不算发布日期"),
        ("baijiahao", True, "作者主页", "置顶的不一定是最新的"),
        ("app", True, "客户端内最近一条信息", "“版本记录”是软件版本的日期，不算发布内容"),
        ("app", False, "应用商店", "“版本记录”是软件版本的日期，不算发布内容"),
        ("miniprogram", True, "小程序内最近一条信息", "版本更新的日期不算发布内容"),
    ],
)
def test_a_row_says_what_to_open_and_which_date_counts(
    platform: str, by_updates: bool, opened: str, counted: str
) -> None:
    words = where_to_look(of(platform), by_updates=by_updates)
    assert opened in words
    assert counted in words
    assert words.endswith("。")


def test_nobody_looks_for_a_date_where_the_use_is_asked() -> None:
    for platform in ("app", "miniprogram"):
        assert "看发布日期" not in where_to_look(of(platform), by_updates=False)
        assert "最近一条" not in where_to_look(of(platform), by_updates=False)


async def test_the_question_of_each_platform_has_its_own_words(
    store: Store, tmp_path: Path
) -> None:
    platforms = ("wechat", "channels", "xiaohongshu", "baijiahao", "dayu")
    accounts = [of(platform, number) for number, platform in enumerate(platforms, 1)]
    _, path = await exported(store, tmp_path, accounts)
    asked = [row["核查问题"] for row in table(path)]
    assert asked == [f"{QUESTION}{where_to_look(each, by_updates=True)}" for each in accounts]
    assert (asked[0], asked[4]) == (QUESTION, QUESTION)
    assert len({*asked}) == 4


async def test_a_hint_stands_beside_the_question_and_answers_nothing(
    store: Store, tmp_path: Path
) -> None:
    inspection = await Inspection.of(
        store, tmp_path, [of("xiaohongshu", 1), of("xiaohongshu", 2, url=LINK), filed(3)]
    )
    await store.hints.add(
        [
            Hint(
                account_id=number,
                source="某某服务单位",
                received_at=NOW,
                on=date(2031, 12, 30),
                link="https://mp.weixin.qq.com/s/x" if number == 3 else f"{LINK}?n={number}",
                row=number,
            )
            for number in (1, 2, 3)
        ]
    )
    await rejudge(store, lambda platform: platform == "wechat", inspection.sweep.id)
    path = tmp_path / "清单.xlsx"
    judged = await judged_by(store, inspection.sweep)
    await export(store, FormTarget(path=path), judged)
    rows = {row["备案名称"]: row for row in table(path)}
    one, two, three = (rows[filed(number).name] for number in (1, 2, 3))
    said = "“某某服务单位”2032年1月6日称最近更新为12月30日"
    assert one["核查问题"].endswith(f"{said}，并提供了链接（{LINK}?n=1），请核对。{HINTED_CODE}")
    # The account's own page stands in the code: what others gave is told beside the question.
    assert two["核查问题"].endswith(f"{said}，并提供了链接（{LINK}?n=2），请核对。")
    # An article we open ourselves: it proves by its page.
    assert three["核查问题"].endswith(f"{said}，请核对。")
    assert "并提供了链接" not in three["核查问题"]
    # The code stands in place of the words 无链接; nothing is filled in where people answer.
    assert (one["二维码"], two["二维码"]) == (None, None)
    for row in (one, two, three):
        assert not any(
            row[column] for column in ("最新文章链接", "有无发布", "最近发布日期", "状态", "截图")
        )
    assert await inspection.verdicts() == [
        Verdict.OUT_OF_SCOPE,
        Verdict.OUT_OF_SCOPE,
        Verdict.UNPROVEN,
    ]
