"""检查情况统计表 and its companions as tables.

Every table is read back, and its sums are checked, before it leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

from mediawatch.domain import PROVISIONAL, SweepAccount
from mediawatch.figures.comparison import Comparison, RateChange
from mediawatch.figures.printed.circulars import CircularLine, PrintedFigures, slips
from mediawatch.figures.region_parts import PartGroup
from mediawatch.figures.sums import sum_of
from mediawatch.figures.values import Figures, FiguresSplit, SplitGroup, Statistics
from mediawatch.publish.inspection import PRELIMINARY
from mediawatch.sweep.scope import Scope
from mediawatch.table import Table

WHOLE = "合计"
SUBTOTAL = "小计"


def split_table(split: FiguresSplit, whole: Figures, decimals: int = 2) -> Table:
    """序号, the part, 在管数, 检查数, 检查率, 不合格数, 合格率, 待核查; 合计 below.

    AssertionError names the figures that do not agree.
    """
    rows = _rows_of(split, decimals)
    columns = ("序号", split.heading, "在管数", "检查数", "检查率", "不合格数", "合格率", "待核查")
    table = Table(
        _marked(f"按{split.heading}检查情况统计表", whole),
        columns,
        (*rows, ("", WHOLE, *_cells(whole, decimals))),
    )
    if found := [*slips(read_back(table)), *_subtotal_slips(table)]:
        raise AssertionError(f"{table.title}: {' '.join(found)}")
    return table


def _rows_of(split: FiguresSplit, decimals: int) -> list[tuple[str, ...]]:
    """A row a part; where there are regions and departments, each of them ends with its 小计."""
    numbers = count(1)
    groups = split.groups or (SplitGroup("", "", split.parts),)
    rows: list[tuple[str, ...]] = []
    for group in groups:
        rows += [(str(next(numbers)), name, *_cells(part, decimals)) for name, part in group.parts]
        if len(groups) > 1 and group.kind != PartGroup.UNFILED:
            whole = sum_of(part for _, part in group.parts)
            rows.append(("", f"{group.label}{SUBTOTAL}", *_cells(whole, decimals)))
    return rows


def read_back(table: Table) -> PrintedFigures:
    """The figures of a statistics table from its printed cells, without its 小计."""
    lines = [_line(row) for row in table.rows if row[0] or row is table.rows[-1]]
    return PrintedFigures(whole=lines[-1], splits={table.columns[1]: tuple(lines[:-1])})


def _subtotal_slips(table: Table) -> list[str]:
    """What is wrong in the 小计 of a printed table: each sums the rows since the one before."""
    found: list[str] = []
    parts: list[CircularLine] = []
    for row in table.rows[:-1]:
        if row[0]:
            parts.append(_line(row))
            continue
        found += slips(PrintedFigures(whole=_line(row), splits={row[1]: tuple(parts)}))
        parts = []
    return found


def _line(row: Sequence[str]) -> CircularLine:
    return CircularLine(
        name=row[1],
        total=int(row[2]),
        checked=int(row[3]),
        coverage=_ratio(row[4]),
        failed=int(row[5]),
        rate=_ratio(row[6]),
    )


def strata_table(scope: Scope) -> Table:
    """What was drawn of each stratum, with its 抽查比例."""
    rows = [
        (one.name, one.clause, str(one.total), str(one.drawn), one.ratio) for one in scope.strata
    ]
    whole = CircularLine(total=sum(one.total for one in scope.strata), checked=len(scope.accounts))
    if found := slips(
        PrintedFigures(
            whole=whole,
            splits={
                "层": tuple(
                    CircularLine(total=one.total, checked=one.drawn) for one in scope.strata
                )
            },
        )
    ):
        raise AssertionError(f"strata: {' '.join(found)}")
    return Table(
        f"检查范围：{scope.kind.label}{len(scope.accounts)}个账号",
        ("层", "抽取规则", "在管数", "抽查数", "抽查比例"),
        tuple(rows),
    )


def kinds_table(statistics: Statistics) -> Table:
    """问题类型 of the failed accounts, most frequent first; 扣分情形 in rows of their own below.

    AssertionError where exclusive kinds do not sum.
    """
    whole = statistics.whole
    counts = sorted(whole.kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    title = "问题类型（逐级计入，各类之和可大于不合格数）" if whole.nested else "问题类型"
    exclusive = {} if whole.nested else dict(counts)
    if found := slips(PrintedFigures(whole=CircularLine(failed=whole.failed), kinds=exclusive)):
        raise AssertionError(f"{title}: {' '.join(found)}")
    rows = [(label, str(count)) for label, count in counts]
    return Table(
        _marked(title, whole),
        ("存在的突出问题", "账号数"),
        (*rows, ("不合格数", str(whole.failed)), *_deduction_rows(whole)),
    )


def _deduction_rows(whole: Figures) -> list[tuple[str, str]]:
    """扣分情形: an account may stand in several, and beside that among the failed ones."""
    if not whole.deducted:
        return []
    return [
        *(
            (f"扣分：{label}（共扣{one.points_text}分）", str(one.accounts))
            for label, one in whole.deductions.items()
        ),
        (
            f"扣分账号数（不因此计入不合格数，共扣{whole.deduction.points_text}分）",
            str(whole.deducted),
        ),
    ]


def remarks(split: FiguresSplit) -> list[str]:
    """Which parts are without a failure, and which without an account, in Chinese."""
    perfect = [(split.heading, split.perfect)]
    if split.groups:
        perfect = [
            (group.label, group.perfect)
            for group in split.groups
            if group.kind != PartGroup.UNFILED
        ]
    said = [("合格率100%的", heading, names) for heading, names in perfect]
    said.append(("无在管账号的", split.heading, split.without_account))
    return [
        f"{what}{heading}（{len(names)}个）：{'、'.join(names)}"
        for what, heading, names in said
        if names
    ]


def provisional_remark(counted: Figures) -> list[str]:
    """How many sound accounts rest on the name alone, in Chinese; nothing for none."""
    if not counted.provisional:
        return []
    return [
        f"检查数中有{counted.provisional}个账号仅依名称判定为正常更新（{PROVISIONAL}，或他人提供的链接；"
        "未经备案标识核对），请人工看一眼"
    ]


def change_table(
    heading: str, changes: Sequence[RateChange], whole: RateChange, decimals: int = 2
) -> Table:
    """合格率 of every part in two inspections."""
    rows = [
        (one.name, *_then(one.before, decimals), *_then(one.now, decimals), one.words)
        for one in (*changes, whole)
    ]
    columns = (
        heading,
        "上期检查数",
        "上期不合格数",
        "上期合格率",
        "本期检查数",
        "本期不合格数",
        "本期合格率",
        "合格率变化",
    )
    return Table(f"按{heading}环比", columns, tuple(rows))


def movement_table(found: Comparison) -> Table:
    """新开设, 关停, 更名 and 新增, 持续, 销号, 无法核实: how many, and who."""
    unknown = "抽查或名单检查，不作比较"
    rows = [
        (
            label,
            "—" if entries is None else str(len(entries)),
            unknown if entries is None else _names(entries),
        )
        for label, entries in (("新开设", found.opened), ("关停", found.closed))
    ]
    rows.append(
        (
            "更名",
            str(len(found.renamed)),
            "、".join(f"{old}→{entry.account.filed.name}" for old, entry in found.renamed),
        )
    )
    fates = (
        ("新增问题", found.new),
        ("持续问题", found.persisting),
        ("销号", found.settled),
        ("无法核实", found.unverified),
    )
    rows += [(label, str(len(entries)), _names(entries)) for label, entries in fates]
    return Table("与上期相比", ("变化", "账号数", "账号"), tuple(rows))


def _names(entries: Iterable[SweepAccount]) -> str:
    return "、".join(entry.account.filed.name for entry in entries)


def _marked(title: str, whole: Figures) -> str:
    return f"{title}（{PRELIMINARY}，待核查{whole.open}个）" if whole.preliminary else title


def _cells(one: Figures, decimals: int) -> tuple[str, ...]:
    return (
        str(one.total),
        str(one.checked),
        one.coverage_text(decimals),
        str(one.failed),
        one.rate_text(decimals),
        str(one.open),
    )


def _then(one: Figures | None, decimals: int) -> tuple[str, str, str]:
    return (str(one.checked), str(one.failed), one.rate_text(decimals)) if one else ("—", "—", "—")


def _ratio(cell: str) -> str:
    return "" if cell == "—" else cell
