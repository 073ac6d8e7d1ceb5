"""填写说明: the instructions for those who fill in a worklist (guide.txt, one paragraph a line)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib import resources

from mediawatch.people.forms.rowkey import Window
from mediawatch.people.worklist.states import State
from mediawatch.people.worklist.where_to_look import where_in_full

_OF_A_MOMENT = "看到的最近一条的日期。选“有”时填所列日期之内的日期，看不清可不填"
_OF_A_PERIOD = (
    "选“有”时填所列日期之内各条发布的日期，用顿号分开（如 11-03、11-17），须写明；检查时段看更新间隔，"
    "一条发布不足以结案：从所列第一天到最后一天，相邻两条相隔{}的，不必全部列出"
)
_USED = (
    "“核查问题”问“能否下载、打开、使用”的（如 APP、小程序），不看有无发布，该栏不填：能正常下载、打开、"
    "使用的，状态选“正常”并填写核查时间；不能的，选“看不到内容”，在“备注”中写明情形并附截图。"
)


def guide(
    reposts: bool, windows: Iterable[Window] = (), platforms: Collection[str] = ()
) -> tuple[str, ...]:
    """The paragraphs; `reposts`: whether the policy counts them as updates.

    `windows` are those that the rows ask about, `platforms` those of their accounts.
    """
    asked = list(windows)
    lengths = sorted({window.longest for window in asked} - {0})
    longest = f"不超过{lengths[0]}天" if len(lengths) == 1 else "不超过“核查问题”所列天数"
    text = (resources.files("mediawatch.people.worklist") / "guide.txt").read_text(encoding="utf-8")
    paragraphs = (
        text.replace("{states}", "、".join(State))
        .replace("{dated}", _OF_A_PERIOD.format(longest) if lengths else _OF_A_MOMENT)
        .replace("{bound}", "选“无”的日期也" if lengths else "也")
        .replace("{applications}", "" if all(each.by_updates for each in asked) else _USED)
        .replace("{reposts}", "、转发" if reposts else "")
        .splitlines()
    )
    further = enumerate(where_in_full(platforms), len(paragraphs) + 1)
    return (*paragraphs, *(f"{number}. {words}" for number, words in further))
