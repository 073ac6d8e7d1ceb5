"""The re-checks of a notice: the newest result of each item. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mediawatch.domain import (
    Code,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Rectification,
    ReviewState,
    SweepAccount,
    standing_item,
)
from mediawatch.rules.problems import alike, codes_of, problem_about

_GRAVEST = (
    Rectification.NOT_DONE,
    Rectification.UNVERIFIED,
    Rectification.NOT_FILED,
    Rectification.FILED_AS_CLOSED,
    Rectification.DEREGISTERED,
    Rectification.DONE,
)


NOT_FOUND_AGAIN = "本次检查未再发现该问题。"
"""The basis of a result that an inspection contradicts."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d复查[:：]")


@dataclass(frozen=True, slots=True)
class ProblemResult:
    """复查结果 of one problem of an item, or of the whole item where `code` is None."""

    code: Code | None
    result: Rectification
    basis: str


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """复查结果 of one item: what stands of it, its result and its basis.

    The result is the gravest one of its problems. The basis has dates in Chinese.
    """

    item: NoticeItem
    result: Rectification
    basis: str
    registry: str = ""
    """The import of the registry against which it was judged."""
    problem: str = ""
    """The printed problem that the result is about; "" for the whole item."""
    parts: tuple[ProblemResult, ...] = ()
    """Problem by problem."""

    @property
    def about(self) -> str:
        """存在的突出问题 as it is printed beside the result."""
        return self.problem or self.item.problem

    @classmethod
    def of(cls, item: NoticeItem, parts: Sequence[ProblemResult], registry: str) -> RecheckResult:
        result = min((part.result for part in parts), key=_GRAVEST.index)
        decisive = [part for part in parts if part.result is result]
        codes = [part.code for part in decisive if part.code is not None]
        problem = problem_about(item, codes) if codes else item.problem
        return cls(
            item, result, _joined(part.basis for part in decisive), registry, problem, tuple(parts)
        )


def _joined(bases: Iterable[str]) -> str:
    """Join the bases, each once; the day of the re-check stands only before the first one."""
    joined = ""
    for basis in dict.fromkeys(bases):
        day = _DAY.match(basis)
        joined += basis[day.end() :] if joined and day and joined.startswith(day[0]) else basis
    return joined


def standing_items(notice: Notice, events: Iterable[NoticeEvent]) -> list[NoticeItem]:
    """What still stands of a notice; `events` may be those of all notices."""
    own = [event for event in events if event.notice_id == notice.id]
    return [standing for item in notice.items if (standing := standing_item(item, own)) is not None]


def recheck_results(notice: Notice, events: Iterable[NoticeEvent]) -> list[RecheckResult]:
    """The latest re-check of each standing item, in the notice's order.

    Items that were never re-checked are left out. The result is that of the problems that still
    stand. A result of an item as a whole may be about a problem that was withdrawn since: it is
    left out, too.
    """
    own = [event for event in events if event.notice_id == notice.id]
    found = ((item, _latest(item, own)) for item in standing_items(notice, own))
    return [
        RecheckResult.of(item, [part for part, _ in parts], parts[-1][1])
        for item, parts in found
        if parts
    ]


def _latest(item: NoticeItem, own: Sequence[NoticeEvent]) -> list[tuple[ProblemResult, str]]:
    """The newest result of each problem that stands, with the registry it was held against."""
    latest: dict[Code | None, tuple[ProblemResult, str]] = {}
    for event in own:
        if event.item != item.number:
            continue
        if event.action is NoticeAction.CORRECTED:
            latest.pop(None, None)
        elif event.action is NoticeAction.RECHECKED and event.result is not None:
            code = event.codes[0] if event.codes else None
            latest = latest if code is not None and None not in latest else {}
            latest[code] = ProblemResult(code, event.result, event.reason), event.source
    return [latest[code] for code in (*codes_of(item), None) if code in latest]


def hold_against(
    result: RecheckResult, scope: Iterable[SweepAccount], *, conclusive: bool
) -> RecheckResult:
    """The result, whose 未整改 is 无法核实 where an inspection has not found that problem again.

    `scope`: the account's filings in that inspection; `conclusive`: whether it settled the account.
    A problem that still waits for its review keeps its result; one that was dismissed does not.
    """
    held = [finding for entry in scope if entry.judgement for finding in entry.judgement.findings]

    def contradicted(part: ProblemResult) -> bool:
        about = [each for each in held if part.code is None or alike(part.code, each.code)]
        standing = [each for each in about if each.review is not ReviewState.DISMISSED]
        return not standing and (conclusive or bool(about))

    parts = [
        replace(part, result=Rectification.UNVERIFIED, basis=NOT_FOUND_AGAIN)
        if part.result is Rectification.NOT_DONE and contradicted(part)
        else part
        for part in result.parts
    ]
    if tuple(parts) == result.parts:
        return result
    return RecheckResult.of(result.item, parts, result.registry)
