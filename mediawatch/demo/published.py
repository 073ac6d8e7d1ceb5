"""The last page: our results beside the published circular, and the circular's own errors."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.app import DEMONSTRATION as MARK
from mediawatch.domain import SweepAccount, Verdict
from mediawatch.figures import counts, values
from mediawatch.figures.printed import circulars
from mediawatch.rules.policy import Policy
from mediawatch.table import Table, to_text


def compare_with_circular(
    scope: Sequence[SweepAccount], policy: Policy, printed: circulars.Circular
) -> str:
    """The circular's own table beside our results, the accounts that differ, and the circular's
    errors."""
    parts = counts.by(scope, policy, lambda entry: entry.account.filed.type)
    whole = counts.figures(scope, policy)
    rows = [
        (
            kind,
            str(printed.checked[kind]),
            str(printed.failed_of[kind]),
            str(parts[kind].checked),
            str(parts[kind].failed),
            values.percent(parts[kind].rate),
        )
        for kind in printed.checked
        if kind in parts
    ]
    rows.append(
        (
            "合计",
            str(printed.drawn),
            str(printed.failed),
            str(whole.checked),
            str(whole.failed),
            values.percent(whole.rate),
        )
    )
    by_type = Table(
        f"{printed.title}：通报与检出对照（{MARK}）",
        ("平台", "通报检查数", "通报不合格", "检查数", "不合格", "合格率"),
        tuple(rows),
    )
    kinds = [
        (kind, str(count), str(whole.kinds.get(kind, 0))) for kind, count in printed.kinds.items()
    ]
    by_kind = Table("问题类型", ("问题", "通报", "检出"), tuple(kinds))
    return "\n".join(
        [
            to_text(by_type),
            to_text(by_kind),
            *_differences(scope, policy, printed),
            "通报中的出入：",
            *_bullets(circulars.remarks(printed)),
        ]
    )


def _differences(
    scope: Sequence[SweepAccount], policy: Policy, printed: circulars.Circular
) -> list[str]:
    named = {(one.name, one.type, one.kind) for one in printed.named}
    found = {
        (
            entry.account.filed.name,
            entry.account.filed.type,
            counts.leading_finding(entry, policy).label,
        )
        for entry in scope
        if entry.judgement and entry.judgement.verdict is Verdict.FAILED
    }
    both, missed, added = len(named & found), len(named - found), len(found - named)
    lines = [
        (
            f"名单逐一比对（名称、类型、问题）：一致{both}个，通报有而未检出{missed}个，"
            f"检出而通报无{added}个。"
        )
    ]
    lines += [f"  未检出：{' '.join(one)}" for one in sorted(named - found)]
    lines += [f"  多检出：{' '.join(one)}" for one in sorted(found - named)]
    return lines


def _bullets(lines: Sequence[str]) -> list[str]:
    return [f"  · {line}" for line in lines]
