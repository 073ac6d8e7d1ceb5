"""What an item of a notice is about, problem by problem.

By the codes of its findings, or by the printed words of another system.
"""

from __future__ import annotations

from collections.abc import Collection

from mediawatch.domain import Code, NoticeItem, problem_of

SILENT = frozenset({Code.ZOMBIE, Code.STALE_6M, Code.STALE_3M, Code.STALE_2W, Code.EMPTY_ACCOUNT})
NAMED = frozenset({Code.RENAMED_UNREPORTED, Code.NAME_MISMATCH})
_WORDS = (
    (Code.NAME_MISMATCH, ("名称",)),
    (Code.STALE_2W, ("更新", "僵尸", "空壳", "睡眠", "未发布")),
    (Code.NOT_FOUND, ("搜索不到", "无法搜索", "查找不到")),
    (Code.INTERACTION_POOR, ("互动回应", "互动功能")),
    (Code.NOT_REPOSTED, ("转载",)),
    (Code.WRONG_WORDS, ("错别字",)),
    (Code.ADVERTISING, ("商业广告",)),
    (Code.UNUSABLE, ("无法下载", "无法使用")),
)
"""What the printed problem of another system's notice is about.

Anything else is for a person.
"""
_MARKS = str.maketrans(",\uff0c;\uff1b", "、、、、")


def codes_of(item: NoticeItem) -> tuple[Code, ...]:
    """The problems of an item.

    Of another system's notice as far as its words say; empty where a part of them says nothing.
    """
    if item.findings:
        return tuple(held.finding.code for held in item.findings)
    codes = [_code(part) for part in _parts(item)]
    return () if None in codes else tuple(dict.fromkeys(code for code in codes if code))


def problem_about(item: NoticeItem, codes: Collection[Code]) -> str:
    """存在的突出问题 as far as it is about these codes, as it was printed."""
    if set(codes_of(item)) <= set(codes):
        return item.problem
    if item.findings:
        return problem_of(held for held in item.findings if held.finding.code in codes)
    return "、".join(part for part in _parts(item) if _code(part) in codes)


def alike(code: Code, other: Code) -> bool:
    """Whether two codes are one problem.

    A silence that has become longer is the same silence, another wrong name the same wrong name.
    """
    return code is other or any({code, other} <= kind for kind in (SILENT, NAMED))


def codes_like(item: NoticeItem, codes: Collection[Code]) -> tuple[Code, ...]:
    """The problems of an item that are the same as any of `codes`; all of them without `codes`."""
    return tuple(
        own for own in codes_of(item) if not codes or any(alike(own, code) for code in codes)
    )


def _parts(item: NoticeItem) -> list[str]:
    return [part.strip() for part in item.problem.translate(_MARKS).split("、") if part.strip()]


def _code(part: str) -> Code | None:
    return next((code for code, words in _WORDS if any(word in part for word in words)), None)
