"""The wordings of 总体情况 and of the frame, with the figure that each number must be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from mediawatch.domain import FiledStatus
from mediawatch.domain.clock import day_of
from mediawatch.figures.dimensions import Dimension, dimension
from mediawatch.figures.values import Figures
from mediawatch.ops.settings.office import AnnexKey
from mediawatch.publish.circular.printed import DAY, PERCENT, Check, Rule, expect
from mediawatch.publish.circular.read_reporting import reporting_rules
from mediawatch.publish.circular.text import AnnexEntry
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.account_policy import account_policy

_QUARTERS = "一二三四"


def overview_rules(inspection: Inspection, annexes: Sequence[AnnexEntry]) -> list[Rule]:
    return [
        *_frame(inspection, annexes),
        *_whole(inspection),
        *_sample(inspection),
        *_split_rules(inspection),
        *reporting_rules(inspection),
    ]


def _frame(inspection: Inspection, annexes: Sequence[AnnexEntry]) -> Iterator[Rule]:
    sweep = inspection.sweep
    as_of, first = day_of(sweep.as_of), sweep.period_from
    notice = inspection.issued.notice if inspection.issued else None
    own_title = not (inspection.issued or sweep.round or inspection.is_recheck)
    quarter = _QUARTERS[(as_of.month - 1) // 3]
    yield expect(
        r"关于(\d{4})年第(.)季度", *((str(as_of.year), quarter) if own_title else (None, None))
    )
    yield expect(rf"监测时间点为(?=\d)({DAY})", as_of if first is None else None)
    yield Rule(
        re.compile(rf"检查时段为({DAY})至((?:\d{{4}}年)?)(\d{{1,2}}月\d{{1,2}}日)"),
        lambda match, line: _period(match, first, as_of),
    )
    yield expect(rf"于(?=\d)({DAY})前完成整改", notice.rectify_by if notice else None)
    yield expect(rf"于(?=\d)({DAY})前报送整改情况", notice.report_by if notice else None)
    numbers = {each.key: each.number for each in annexes}
    pointers: tuple[tuple[str, AnnexKey], ...] = (
        ("各地区（部门）情况详见", "table"),
        ("名单见", "list"),
        ("，详见", "listed"),
        ("复查情况详见", "recheck"),
    )
    for words, key in pointers:
        yield expect(rf"{words}附件(\d+)", numbers.get(key))


def _period(match: re.Match[str], first: date | None, last: date) -> Iterator[Check]:
    yield match[1], first
    end = f"{match[2] or match[1][:5]}{match[3]}"
    yield end, last if first else None


def _whole(inspection: Inspection) -> Iterator[Rule]:
    whole, one = inspection.statistics.whole, re.escape(inspection.office.measure)
    closing = sum(
        each.entry.account.filed.status is FiledStatus.CLOSING for each in inspection.accounts
    )
    yield expect(rf"正常运行的政务新媒体共(\d+){one}", whole.total - closing)
    yield expect(rf"在管政务新媒体共(\d+){one}", whole.total)
    yield expect(rf"另有申请关停的(\d+){one}", closing)
    yield expect(
        rf"检查(\d+){one}(?:（检查率({PERCENT})）)?，发现不合格", whole.checked, whole.coverage
    )
    yield expect(
        rf"本次抽查(\d+){one}(?:（检查率({PERCENT})）)?(?=，(?:检查|发现))",
        whole.drawn,
        whole.coverage,
    )
    yield expect(rf"为部分检查(?:：[^。\d]*?)?，共(\d+){one}，检查", whole.drawn)
    yield expect(
        rf"发现不合格(\d+){one}(?:（其中(\d+){one}在通报印发前已完成整改）)?"
        rf"(?:，(?:所检查账号)?合格率({PERCENT}))?",
        whole.failed,
        sum(problem.rectified for problem in inspection.failed),
        whole.rate,
    )
    yield _limits(inspection)
    yield expect(rf"另有(\d+){one}尚待人工核查", whole.open)
    yield expect(rf"检查数中有(\d+){one}系仅依名称", whole.provisional)
    yield Rule(
        re.compile(
            r"，(较|与)(上季度|上次检查)(提高|下降|持平|基本持平)(?:(\d+(?:\.\d+)?)个百分点)?"
        ),
        lambda match, line: _change(match, inspection),
    )


def _limits(inspection: Inspection) -> Rule:
    """更新间隔超过7天为超期的36个: of the accounts that are held to so many days; of all without a count."""
    held: list[tuple[str, int]] = [
        (own.window.edge, own.window.days)
        for one in inspection.accounts
        if (own := account_policy(inspection.policy, one.entry.account.filed)).judged_by_updates
    ]

    def checks(match: re.Match[str], line: str) -> Iterator[Check]:
        limit = "exceeds" if match[1] == "超过" else "reaches", int(match[2])
        if match[3]:
            yield match[3], held.count(limit) or None
        else:
            yield match[2], match[2] if set(held) == {limit} else None

    one = re.escape(inspection.office.measure)
    return Rule(re.compile(rf"更新间隔(超过|达到)(\d+)天为超期(?:的(\d+){one})?(?=[，。])"), checks)


def _change(match: re.Match[str], inspection: Inspection) -> Iterator[Check]:
    before, now = inspection.before, inspection.statistics.whole
    if before is None or before.whole.rate is None or now.rate is None:
        yield match[0], None
        return
    points = now.rate - before.whole.rate
    least = Fraction(1, 100 * 10**inspection.office.decimals)
    way = "提高" if points > 0 else "下降" if points < 0 else "持平"
    if match[3] == "基本持平":
        yield match[3], "基本持平" if points and abs(points) < least / 2 else way
    else:
        yield match[3], way
    if match[4]:
        yield f"{match[4]}%", abs(points)


def _sample(inspection: Inspection) -> Iterator[Rule]:
    spec = inspection.sweep.scope_spec
    strata = json.loads(spec)["strata"] if spec else []
    drawn: dict[str, tuple[int, int]] = {}
    for _, clause, total, count in strata:
        before = drawn.get(clause, (0, 0))
        drawn[clause] = (before[0] + total, before[1] + count)
    one = re.escape(inspection.office.measure)
    values = sorted({each for clause in drawn for each in _values(clause)}, key=len, reverse=True)
    named = rf"(?:{'|'.join([*map(re.escape, values), '[^；。0-9]'])})*?政务新媒体"
    words = rf"(?:(?:全覆盖检查|抽查)(?P<whom>{named})|(?P<all>{named})全部纳入检查，共)"

    reported = sum(total for total, _ in drawn.values())
    yield expect(rf"从报送且与本级台账相符的(\d+){one}账号中", reported)

    def checks(match: re.Match[str], line: str) -> Iterator[Check]:
        whom = match["whom"] or match["all"]
        meant = [
            counts
            for clause, counts in drawn.items()
            if _means(clause, whom) and str(counts[1]) == match["count"]
        ]
        total, count = meant[0] if meant else (0, None)
        yield match["count"], count
        if match["ratio"]:
            yield match["ratio"], Fraction(count, total) if count and total else None
        else:
            yield match["count"], total

    yield Rule(
        re.compile(rf"{words}(?P<count>\d+){one}(?:，抽查比例(?P<ratio>{PERCENT}))?(?=[；。])"),
        checks,
    )


def _values(clause: str) -> list[str]:
    return [
        value
        for word in clause.split()
        if "=" in word
        for value in word.partition("=")[2].split(",")
    ]


def _means(clause: str, whom: str) -> bool:
    """Whether a clause is about whom the text names: its values stand there."""
    values = _values(clause)
    return all(value in whom for value in values) and bool(values) == ("的政务" in whom)


def _split_rules(inspection: Inspection) -> Iterator[Rule]:
    one = re.escape(inspection.office.measure)
    platforms = dict(_parts(inspection, Dimension.PLATFORM))
    by_body = f"{Dimension.BODY_KIND.label}=" in inspection.sweep.scope_spec
    bodies = dict(inspection.split(Dimension.BODY_KIND).parts) if by_body else {}
    names = "|".join(
        re.escape(name) for name in sorted({*platforms, *bodies}, key=len, reverse=True)
    )

    def part(match: re.Match[str], line: str) -> Iterator[Check]:
        parts = bodies if line.startswith("分主体类别看") else platforms
        yield from _part_checks(match, parts.get(match[1]))

    if names:
        yield Rule(
            re.compile(
                rf"(?<=[，；])({names})检查(\d+){one}，不合格(\d+){one}(?:，合格率({PERCENT}))?"
            ),
            part,
        )
    yield from _perfect_rules(inspection)
    for word in dict.fromkeys(inspection.office.totals_by):
        by = dimension(word)
        totals = [(name, part.total) for name, part in inspection.split(by).parts if part.total]
        parts = "，".join(rf"{re.escape(name)}(\d+){one}" for name, _ in totals)
        yield expect(rf"按{re.escape(by.label)}分：{parts}。", *(total for _, total in totals))


def _parts(inspection: Inspection, by: Dimension) -> Sequence[tuple[str, Figures]]:
    splits = inspection.statistics.splits
    return next(split.parts for split in splits if split.heading == by.label)


def _part_checks(match: re.Match[str], part: Figures | None) -> Iterator[Check]:
    yield match[2], part.checked if part else None
    yield match[3], part.failed if part else None
    if match[4]:
        yield match[4], part.rate if part else None


def _perfect_rules(inspection: Inspection) -> Iterator[Rule]:
    """Names and count of the regions, and of the departments, at 100 %."""
    split = next(
        each for each in inspection.statistics.splits if each.heading == Dimension.REGION.label
    )
    kinds = {group.kind: group.perfect for group in split.groups} or {"地区（部门）": split.perfect}
    for kind, perfect in kinds.items():
        names = "、".join(perfect)
        yield expect(
            rf"(?:(?:合格率为100%|未发现不合格)的|；){re.escape(kind)}有(\d+)个"
            rf"(?:：({re.escape(names)}(?=[；。])|[^。]*))?",
            (len(perfect) or None) if not inspection.is_recheck else None,
            names,
        )
