"""What 状态 may say, and what it means."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from mediawatch.domain import Outcome


class State(StrEnum):
    """The drop-down 状态."""

    NORMAL = "正常"
    NOT_FOUND = "搜索不到"
    CANCELLED = "已注销"
    BANNED = "已封禁"
    EMPTY = "从未发布"
    MIGRATED = "已迁移"
    HIDDEN = "看不到内容"

    @property
    def outcome(self) -> Outcome:
        return _OUTCOMES[self]


_OUTCOMES = {
    State.NORMAL: Outcome.OK,
    State.NOT_FOUND: Outcome.NOT_FOUND,
    State.CANCELLED: Outcome.CANCELLED,
    State.BANNED: Outcome.BANNED,
    State.EMPTY: Outcome.NO_POSTS,
    State.MIGRATED: Outcome.MIGRATED,
    # "I cannot see it" is a fact about the person who looked.
    State.HIDDEN: Outcome.NO_EVIDENCE,
}
UNDATED = frozenset({State.NOT_FOUND, State.EMPTY, State.HIDDEN})
"""States with which a 最近发布日期 cannot be."""
STATE_WORDS = {
    **{state.value: state for state in State},
    "搜不到": State.NOT_FOUND,
    "找不到": State.NOT_FOUND,
    "未找到": State.NOT_FOUND,
    "注销": State.CANCELLED,
    "封禁": State.BANNED,
    "被封禁": State.BANNED,
    "迁移": State.MIGRATED,
    "未发布过": State.EMPTY,
}
POSTED_WORDS = {
    "有": True,
    "是": True,
    "有发布": True,
    "无": False,
    "否": False,
    "没有": False,
    "无发布": False,
}
SAME_NAME_WORDS = frozenset(
    {
        "一致",
        "名称一致",
        "与备案一致",
        "与备案名称一致",
        "同备案",
        "同备案名称",
        "相同",
        "同",
        "未变",
        "没变",
        "未变更",
        "无变化",
        "是",
    }
    | {"正常", "√", "✓"}
)
"""Written under 实际名称 for "as filed".

Taken literally they would accuse the account of a changed name.
"""
NONE_WORDS = frozenset(
    {
        "无",
        "没有",
        "暂无",
        "空",
        "/",
        "\\",
        "-",
        "--",
        "—",
        "——",
        ".",
        "。",
        "?",
        "？",
        "*",
        "0",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
    }
    | {
        "不详",
        "未知",
        "不清楚",
        "不知道",
        "未填",
        "未显示",
        "不显示",
        "看不到",
        "看不见",
        "没看到",
        "未看到",
        "无法查看",
        "无法核实",
    }
    | {
        "查不到",
        "搜索不到",
        "搜不到",
        "找不到",
        "未找到",
        "无id",
        "没有id",
        "看不到id",
        "无微信号",
        "未设置",
        "未设置微信号",
        "无此账号",
    }
)
"""Written under 实际名称, 核对ID or the link column where people have nothing to type."""


def says_none(text: str) -> bool:
    """Whether what was typed means that there is nothing to type."""
    folded = unicodedata.normalize("NFKC", text).replace(" ", "").casefold()
    bare = "".join(char for char in folded if unicodedata.category(char)[0] not in "PSZC")
    return folded in NONE_WORDS or bare in NONE_WORDS or not bare


AMBIGUOUS_NAME_WORDS = frozenset(
    {"同上", "〃", "不一致", "不同", "已变更", "已改名", "有变化", "否", "×"}
)
