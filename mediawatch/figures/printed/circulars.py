"""The figures of a circular as printed, and what is wrong in them.

Published circulars are checked by this, and ours before they leave.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import resources

from mediawatch.figures.printed.headings import FigureRole
from mediawatch.figures.printed.lines import FigureLine, line_remarks
from mediawatch.figures.printed.rates import PrintedRate
from mediawatch.figures.printed.remarks import PrintedPlace, RemarkKind
from mediawatch.figures.values import OPEN_RATE, agrees, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class CircularLine:
    """One row of figures as printed: the whole, or a part.

    None and "" where it prints no such figure.
    """

    name: str = "总数"
    total: int | None = None
    checked: int | None = None
    failed: int | None = None
    rate: str = ""
    """合格率, as `91.9%`."""
    coverage: str = ""
    """检查率."""


_COUNTS = {"total": "总数", "checked": "检查数", "failed": "不合格数"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFigures:
    """Figures as printed; they need not agree with one another.

    `splits`: by word (平台 …) its lines; `kinds`: exclusive ones.
    """

    whole: CircularLine
    splits: Mapping[str, tuple[CircularLine, ...]] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """One account that a circular names: as printed."""

    name: str
    type: str
    kind: str


@dataclass(frozen=True, slots=True)
class Circular:
    """A published circular: the accounts drawn from `running`, its figures, the named accounts."""

    title: str
    running: int
    drawn: int
    failed: int
    rate: str
    checked: Mapping[str, int]
    failed_of: Mapping[str, int]
    kinds: Mapping[str, int]
    named: tuple[NamedAccount, ...]

    @property
    def printed(self) -> PrintedFigures:
        types = tuple(
            CircularLine(name=kind, checked=count, failed=self.failed_of[kind])
            for kind, count in self.checked.items()
        )
        return PrintedFigures(
            whole=CircularLine(
                total=self.running, checked=self.drawn, failed=self.failed, rate=self.rate
            ),
            splits={"平台": types},
            kinds=self.kinds,
        )


def load_shipped(name: str) -> Circular:
    """A circular that comes with the package.

    `NAME.toml` holds the figures, `NAME.csv` the list.
    """
    folder = resources.files("mediawatch") / "data"
    figures = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    rows = csv.DictReader((folder / f"{name}.csv").read_text(encoding="utf-8").splitlines())
    named = tuple(
        NamedAccount(row["政务新媒体名称"], row["类型"], row["存在的突出问题"]) for row in rows
    )
    return Circular(**figures, named=named)


def remarks(circular: Circular) -> list[str]:
    """What is wrong in a published circular, in Chinese.

    Its slips, its list against its counts, a rate printed coarsely.
    """
    by_type = Counter(one.type for one in circular.named)
    found = [
        f"名单中{kind}有{by_type[kind]}个，正文写{printed}个。"
        for kind, printed in circular.failed_of.items()
        if by_type[kind] != printed
    ]
    found += slips(circular.printed)
    passed = circular.drawn - circular.failed
    rate = Fraction(passed, circular.drawn)
    if percent(rate) != circular.rate and agrees(circular.rate, rate):
        found.append(
            f"合格率写{circular.rate}，按{passed}/{circular.drawn}为{percent(rate)}，取整后一致。"
        )
    return found


def slips(printed: PrintedFigures) -> list[str]:
    """Where printed figures do not agree with one another, in Chinese, with the numbers.

    None for a sound table.
    """
    found = list(_line_slips(printed.whole))
    for word, lines in printed.splits.items():
        for line in lines:
            found += _line_slips(line)
        for name, label in _COUNTS.items():
            counts = [count for line in lines if (count := getattr(line, name)) is not None]
            if lines and len(counts) == len(lines):
                found += _sum_slip(f"各{word}{label}", sum(counts), getattr(printed.whole, name))
    if printed.kinds:
        found += _sum_slip("各类问题", sum(printed.kinds.values()), printed.whole.failed)
    return found


def _sum_slip(what: str, parts: int, whole: int | None) -> Iterator[str]:
    if whole is not None and parts != whole:
        yield f"{what}合计{parts}，总数写{whole}：差{abs(whole - parts)}个。"


def _line_slips(line: CircularLine) -> Iterator[str]:
    place = PrintedPlace("")
    counts = {
        FigureRole.TOTAL: line.total,
        FigureRole.CHECKED: line.checked,
        FigureRole.FAILED: line.failed,
    }
    rates = {FigureRole.COVERAGE: line.coverage, FigureRole.RATE: line.rate}
    figures = FigureLine(
        line.name,
        {role: (count, place) for role, count in counts.items() if count is not None},
        {
            role: (PrintedRate((rate,)), place)
            for role, rate in rates.items()
            if rate and rate != OPEN_RATE
        },
    )
    # Ours are never cut: a rate that is told as such in others' papers is a slip in our own.
    yield from (
        remark.words for remark in line_remarks(figures) if remark.kind is not RemarkKind.UNCHECKED
    )
