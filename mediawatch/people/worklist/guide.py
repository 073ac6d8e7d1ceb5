"""填写说明: the instructions for those who fill in a worklist (guide.txt, one paragraph a line)."""

from __future__ import annotations

from importlib import resources

from mediawatch.people.worklist.states import State

_OF_A_MOMENT = "看到的最近一条的日期。选“有”时填所列日期之内的日期，看不清可不填"
_OF_A_PERIOD = (
    "选“有”时填所列日期之内各条发布的日期，用顿号分开（如 11-03、11-17），须写明；检查时段看更新间隔，"
    "一条发布不足以结案：从所列第一天到最后一天，相邻两条相隔不超过{}天的，不必全部列出"
)


def guide(reposts: bool, longest: int = 0) -> tuple[str, ...]:
    """The paragraphs; `reposts`: whether the policy counts them as updates.

    `longest`: as of the `Window` that is asked about.
    """
    text = (resources.files("mediawatch.people.worklist") / "guide.txt").read_text(encoding="utf-8")
    return tuple(
        text.replace("{states}", "、".join(State))
        .replace("{dated}", _OF_A_PERIOD.format(longest) if longest else _OF_A_MOMENT)
        .replace("{bound}", "选“无”的日期也" if longest else "也")
        .replace("{reposts}", "、转发" if reposts else "")
        .splitlines()
    )
