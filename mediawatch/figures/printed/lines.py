"""One line of printed figures: its counts against each other, its rates against their fractions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mediawatch.figures.printed.headings import FigureRole
from mediawatch.figures.printed.rates import (
    MOST_DECIMALS,
    PrintedRate,
    Rounding,
    plain,
    quote_cell,
    rate_in,
)
from mediawatch.figures.printed.remarks import PrintedPlace, PrintedRemark, RemarkKind
from mediawatch.figures.printed.tables import PrintedTable, RowKind
from mediawatch.figures.values import OPEN_RATE, percent


@dataclass(frozen=True, slots=True)
class FigureLine:
    """The whole or a part, as printed: its counts and rates, each with its place."""

    name: str
    counts: Mapping[FigureRole, tuple[int, PrintedPlace]]
    rates: Mapping[FigureRole, tuple[PrintedRate, PrintedPlace]]
    subject: str = ""
    is_whole: bool = False
    names_platform: bool = False
    """Of a sentence: it names a platform."""
    others: tuple[int, ...] = ()
    """Counts beside these whose meaning is not known, such as 关停."""
    title: str = ""
    """What says of which accounts and time it tells: its table's title, or its sentence."""

    def count(self, role: FigureRole) -> int | None:
        return self.counts[role][0] if role in self.counts else None


def lines_of(table: PrintedTable) -> Iterator[FigureLine]:
    """The lines of a table: a row has one for each heading over several columns."""
    for row in (each for each in table.rows if each.kind is not RowKind.ASIDE):
        for group in table.groups:
            others = [
                column
                for column, each in table.heading.figures.items()
                if each.role is None and (each.group in ("", group))
            ]
            columns = {
                role: column
                for role in FigureRole
                if (column := table.column_of(role, group)) is not None
            }
            yield FigureLine(
                name="·".join(filter(None, (row.name, group))),
                counts={
                    role: (row.counts[column], table.place(row.row, column))
                    for role, column in columns.items()
                    if column in row.counts and column not in row.merged
                },
                rates={
                    role: (row.rates[column], table.place(row.row, column))
                    for role, column in columns.items()
                    if column in row.rates and column not in row.merged
                },
                subject=table.subject,
                is_whole=row.kind is RowKind.TOTAL and group in ("", "合计", "总计", "总体"),
                others=tuple(row.counts[each] for each in others if row.counts.get(each)),
                title=table.caption,
            )


_MOST_OTHERS = 8
_ORDER = (
    (FigureRole.CHECKED, FigureRole.TOTAL),
    (FigureRole.FAILED, FigureRole.CHECKED),
    (FigureRole.FAILED, FigureRole.TOTAL),
    (FigureRole.PASSED, FigureRole.CHECKED),
    (FigureRole.PASSED, FigureRole.TOTAL),
)
"""The first of each is a part of the second."""


def line_remarks(line: FigureLine) -> Iterator[PrintedRemark]:
    """What contradicts itself within a line; rates whose numbers are not printed are 未核对."""
    for part, whole in _ORDER:
        less, more = line.count(part), line.count(whole)
        if less is not None and more is not None and less > more:
            yield PrintedRemark(
                RemarkKind.SLIP,
                line.counts[part][1],
                f"{line.name}：{part.value}{less}大于{whole.value}{more}。",
            )
    yield from _parts_remarks(line)
    for role, (rate, place) in line.rates.items():
        fractions = list(fractions_of(line, role))
        others = list(_other_fractions(line, role))
        if fractions:
            yield from rate_remarks(line.name, role, rate, place, fractions, others)
        elif role is not FigureRole.SHARE:
            yield PrintedRemark(
                RemarkKind.UNCHECKED,
                place,
                f"{line.name}：{role.value}{rate.text}未核对，未见相应数字。",
            )


def _parts_remarks(line: FigureLine) -> Iterator[PrintedRemark]:
    """合格 and 不合格 against 检查数. What lacks may be a third kind, such as 关停."""
    passed, failed = line.count(FigureRole.PASSED), line.count(FigureRole.FAILED)
    checked = line.count(FigureRole.CHECKED)
    if passed is None or failed is None or checked is None or passed + failed == checked:
        return
    place = line.counts[FigureRole.PASSED][1]
    words = f"{line.name}：合格数{passed}与不合格数{failed}合计{passed + failed}，检查数写{checked}"
    left = checked - passed - failed
    if left in sums_of(line.others):
        words += f"，差{left}与含义未核对的数相等，未核对。"
        yield PrintedRemark(RemarkKind.UNCHECKED, place, words)
        return
    yield PrintedRemark(RemarkKind.SLIP, place, f"{words}。")


def sums_of(counts: Sequence[int]) -> set[int]:
    """All that some of these come to."""
    sums = {0}
    for count in counts[:_MOST_OTHERS]:
        sums |= {count + each for each in sums}
    return sums - {0}


def _other_fractions(line: FigureLine, role: FigureRole) -> Iterator[tuple[int, int]]:
    """Fractions whose whole is another than usual, but what some offices divide by."""
    failed, passed = line.count(FigureRole.FAILED), line.count(FigureRole.PASSED)
    total, checked = line.count(FigureRole.TOTAL), line.count(FigureRole.CHECKED)
    if role is FigureRole.COVERAGE and total and checked:
        for other in sorted(sums_of(line.others)):
            yield checked, max(total + other, checked)
    if role not in (FigureRole.RATE, FigureRole.FAILURE_RATE):
        return
    whole = checked if checked is not None else total or 0
    wholes = [whole - other for other in sorted(sums_of(line.others)) if other < whole]
    if passed is not None and failed is not None:
        wholes.append(passed + failed)
    for each in wholes:
        part = each - failed if failed is not None else passed or 0
        part = each - part if role is FigureRole.FAILURE_RATE else part
        if each and 0 <= part <= each and each != whole:
            yield part, each


def unclear_remarks(table: PrintedTable) -> Iterator[PrintedRemark]:
    """Cells in columns of figures that hold something else."""
    for row in (each for each in table.rows if each.kind is not RowKind.ASIDE):
        for column in sorted(row.unclear):
            cell = quote_cell(table.grid.rows[row.row][column])
            words = f"“{cell}”不是数字，未核对。"
            if table.heading.figures[column].role is None and rate_in(cell):
                words = f"“{cell}”不是个数，未核对。"
            if reason := table.grid.unread.get((row.row, column)):
                words = f"“{table.heading.figures[column].heading}”未核对：{reason}。"
            if cell != OPEN_RATE:
                place = table.place(row.row, column)
                yield PrintedRemark(RemarkKind.UNCHECKED, place, f"{row.name}：{words}")
        for column in sorted(row.merged):
            if (row.row, column) not in table.grid.filled:
                cell = plain(table.grid.rows[row.row][column])
                words = f"{row.name}：“{cell}”在合并单元格中，是几行的数，未与各行核对。"
                yield PrintedRemark(RemarkKind.UNCHECKED, table.place(row.row, column), words)


def fractions_of(line: FigureLine, role: FigureRole) -> Iterator[tuple[int, int]]:
    """The fractions that a rate may print: part and whole, which is 检查数 before 总数."""
    total, checked = line.count(FigureRole.TOTAL), line.count(FigureRole.CHECKED)
    failed, passed = line.count(FigureRole.FAILED), line.count(FigureRole.PASSED)
    whole = checked if checked is not None else total
    if role is FigureRole.COVERAGE:
        if total and checked is not None and checked <= total:
            yield checked, total
        return
    if not whole or role is FigureRole.SHARE:
        return
    if role is FigureRole.FAILURE_RATE:
        if failed is not None:
            yield failed, whole
    else:
        if failed is not None and failed <= whole:
            yield whole - failed, whole
        if passed is not None and (failed is None or passed != whole - failed):
            yield passed, whole


def rate_remarks(
    name: str,
    role: FigureRole,
    rate: PrintedRate,
    place: PrintedPlace,
    fractions: Sequence[tuple[int, int]],
    others: Sequence[tuple[int, int]] = (),
) -> Iterator[PrintedRemark]:
    """What is said of a rate that is none of these fractions, rounded half up.

    `others` have another whole than is usual.
    """
    ways = [rate.rounding(Fraction(*each)) for each in fractions]
    if Rounding.HALF_UP in ways:
        return
    part, whole = fractions[0]
    should = rate.should_be(Fraction(part, whole))
    kind, words = RemarkKind.SLIP, f"按{part}/{whole}应为{should}。"
    if Rounding.TRUNCATED in ways:
        kind = RemarkKind.NOTE
        words = f"按{part}/{whole}四舍五入应为{should}，所写为截断值。"
    elif Rounding.TO_WHOLE in ways:
        part, whole = fractions[ways.index(Rounding.TO_WHOLE)]
        full = percent(Fraction(part, whole), rate.decimals + 2)
        kind = RemarkKind.NOTE
        words = f"按{part}/{whole}为{full}，四舍五入虽为100%，但并非全部，易误读。"
    elif found := next(
        (each for each in others if rate.rounding(Fraction(*each)) is Rounding.HALF_UP), None
    ):
        kind = RemarkKind.NOTE
        words = f"按{found[0]}/{found[1]}计算，所写的分母是{whole}。"
    yield PrintedRemark(kind, place, f"{name}：{role.value}写{rate.text}，{words}")


def decimals_remarks(lines: Sequence[FigureLine]) -> Iterator[PrintedRemark]:
    """Rates of fewer decimals than most of the file has, where that hides something.

    60% for 59.59% is no slip, but another rounding than its neighbours have.
    """
    usual = Counter(
        rate.decimals
        for line in lines
        for rate, _ in line.rates.values()
        if rate.text != "100%" and rate.decimals <= MOST_DECIMALS
    )
    if not usual:
        return
    decimals = max(usual, key=lambda each: (usual[each], each))
    for line in lines:
        for role, (rate, place) in line.rates.items():
            for part, whole in fractions_of(line, role):
                ratio = Fraction(part, whole)
                if (
                    not rate.is_computed(ratio)
                    and rate.decimals < decimals
                    and rate.rounding(ratio) is Rounding.HALF_UP
                    and (ratio * 100 * 10**rate.decimals).denominator != 1
                ):
                    full = PrintedRate((f"0.{'0' * decimals}%",)).should_be(ratio)
                    yield PrintedRemark(
                        RemarkKind.NOTE,
                        place,
                        f"{line.name}：{role.value}写{rate.text}，本件其他比率多为{decimals}位小数，"
                        f"按{part}/{whole}为{full}，取舍不一。",
                    )
                    break
