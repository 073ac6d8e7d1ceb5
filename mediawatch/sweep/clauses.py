"""What `--take` asks for: which accounts are drawn, and how many of each stratum. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from mediawatch.domain import Filing, UserError
from mediawatch.figures.dimensions import Dimension, dimension
from mediawatch.figures.regions import Regions
from mediawatch.registry.kinds import fold

_NO_LEVEL = Regions()
_ALL = ("all", "全部", "全查", "普查")
_RATIO = re.compile(r"(\d+(?:\.\d+)?)\s*[%%]")
_WORDED = re.compile(r"[〇零一二两三四五六七八九十百千万]+\s*个")
_SIZE = re.compile(r"(\d+)\s*个?")


@dataclass(frozen=True, slots=True)
class Clause:
    """Which accounts, and how many of each stratum.

    All of them, a ratio (rounded up, so one at least), or a number.
    """

    where: tuple[tuple[Dimension, tuple[str, ...]], ...] = ()
    ratio: Fraction | None = None
    size: int | None = None

    def holds(self, filed: Filing, regions: Regions = _NO_LEVEL) -> bool:
        return all(
            fold(by.of(filed, regions)) in {fold(value) for value in values}
            for by, values in self.where
        )

    def count(self, population: int) -> int:
        """How many of a stratum of `population` accounts."""
        if self.size is not None:
            return min(population, self.size)
        return population if self.ratio is None else ceil(population * self.ratio)

    @property
    def words(self) -> str:
        where = " ".join(f"{by.label}={','.join(values)}" for by, values in self.where)
        amount = (
            f"每层{self.size}个"
            if self.size
            else "全部"
            if self.ratio is None
            else f"每层{_plain(self.ratio)}"
        )
        return f"{where} {amount}".strip()


@dataclass(frozen=True, slots=True)
class Spec:
    """How a scope is drawn.

    The first clause that holds for an account decides. An account that matches no clause is left
    out.
    """

    clauses: tuple[Clause, ...]
    by: tuple[Dimension, ...] = ()
    seed: str = ""
    regions: Regions = _NO_LEVEL
    """How the office divides its registry."""


def clause(text: str) -> Clause:
    """`政府 全部`, `部门 10%`, `地市=甲市,乙市 平台=微信公众号 5个`. A bare word is a 主体类别.

    UserError says what a clause looks like.
    """
    where: dict[Dimension, tuple[str, ...]] = {}
    ratio: Fraction | None = None
    size: int | None = None
    for word in text.split():
        name, equals, values = word.partition("=")
        if word in _ALL:
            continue
        if found := _RATIO.fullmatch(word):
            ratio = Fraction(found[1]) / 100
        elif found := _SIZE.fullmatch(word):
            size = int(found[1])
        elif equals and values:
            where[dimension(name)] = tuple(value for value in re.split("[,,]", values) if value)
        else:
            where[Dimension.BODY_KIND] = (*where.get(Dimension.BODY_KIND, ()), word)
    if counted := next((word for word in text.split() if _WORDED.fullmatch(word)), ""):
        raise UserError(f"--take {text!r}: write the number of {counted} in digits, as in 5个")
    if (
        (ratio is not None and size is not None)
        or size == 0
        or (ratio is not None and not 0 < ratio <= 1)
        or not text.strip()
    ):
        raise UserError(
            f'--take {text!r}: give one amount above nothing, as in "政府 全部", "部门 10%" '
            'or "地市=甲市 5个"'
        )
    return Clause(tuple(where.items()), ratio, size)


def _plain(ratio: Fraction) -> str:
    return f"{float(ratio * 100):g}%"
