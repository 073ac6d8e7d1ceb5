"""Platforms that people look at: what a row says to open, and which date counts there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from worklists import NOW, Inspection, exported, filed, judged_by, table

from mediawatch.domain import Filing, Hint, Verdict
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.worklist.export import export
from mediawatch.people.worklist.guide import guide
from mediawatch.people.worklist.lines import HINTED_CODE
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
        ("channels", True, "微信“搜一搜”", "置顶的不一定最新"),
        ("xiaohongshu", True, "小红书打开账号主页", "“编辑于”不算"),
        ("baijiahao", True, "作者主页", "置顶的不一定最新"),
        ("app", True, "最近一条信息的发布日期", "版本更新不算"),
        ("app", False, "应用商店", "版本更新不算发布内容"),
        ("miniprogram", True, "最近一条信息的发布日期", "版本更新不算"),
    ],
)
def test_a_row_says_what_to_open_and_which_date_counts(
    platform: str, by_updates: bool, opened: str, counted: str
) -> None:
    words = where_to_look(of(platform), by_updates=by_updates)
    assert opened in words
    assert counted in words
    assert words.endswith("。")
    # A row of paper has room for three times its question.
    assert len(words) <= 50


def test_the_guide_says_it_in_full_of_the_platforms_that_are_asked_about() -> None:
    plain = guide(True)
    assert guide(True, (), {"wechat", "dayu"}) == plain
    further = guide(True, (), {"xiaohongshu", "app"})[len(plain) :]
    assert [each.split("：")[0] for each in further] == ["12. 小红书", "13. 移动客户端"]
    assert "“编辑于”的是修改日期，不算发布日期" in further[0]
    assert "“版本记录”是软件版本的日期，不算发布内容" in further[1]


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
    told = "".join(
        str(cell.value) for row in openpyxl.load_workbook(path)["填写说明"] for cell in row
    )
    assert "12. 微信视频号：" in told
    assert "14. 百家号：" in told
    assert "移动客户端：" not in told


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
