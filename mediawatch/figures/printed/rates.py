"""Rates as others print them, and how they follow from their fraction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from mediawatch.figures.values import agrees, decimals_of, percent

_RATE = re.compile(r"(?:约|达|为)?(\d+(?:\.\d+)?)\s*(%?)")
_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*[个家条次项]?")
MOST_DECIMALS = 4
"""A cell with more holds what was computed."""
NOTHING = frozenset({"", "-", "—", "/", "--", "——", "无"})
"""What stands in a cell where nothing is to be counted."""


class Rounding(StrEnum):
    HALF_UP = "half_up"
    TO_WHOLE = "to_whole"
    """Half up, too, but it reads 100% where something is missing."""
    TRUNCATED = "truncated"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class PrintedRate:
    """A percentage as printed: `20.1%`.

    A workbook may hold it as a number, 0.201 or 20.1: then it is what it can be.
    """

    texts: tuple[str, ...]
    exact: Fraction | None = None
    """The number of a workbook's cell where it may be a fraction of 1."""

    @property
    def text(self) -> str:
        return self.texts[0]

    @property
    def decimals(self) -> int:
        return decimals_of(self.text)

    def is_computed(self, ratio: Fraction) -> bool:
        """Whether a workbook holds the fraction itself: nobody rounded it."""
        return self.exact is not None and abs(self.exact - ratio) < Fraction(1, 10**9)

    def rounding(self, ratio: Fraction) -> Rounding:
        """How it follows from a fraction."""
        if self.is_computed(ratio):
            return Rounding.HALF_UP
        if any(agrees(text, ratio) for text in self.texts):
            return Rounding.HALF_UP
        if ratio < 1 and any(
            _is_whole(text) and _half_up(text, ratio) == 100 for text in self.texts
        ):
            return Rounding.TO_WHOLE
        cut = any(Fraction(text.removesuffix("%")) == _cut(text, ratio) for text in self.texts)
        return Rounding.TRUNCATED if cut else Rounding.WRONG

    def should_be(self, ratio: Fraction) -> str:
        """The fraction with as many decimals as are printed, two at most of a computed number."""
        return percent(ratio, min(self.decimals, MOST_DECIMALS) if self.exact is None else 2)


def _is_whole(text: str) -> bool:
    return Fraction(text.removesuffix("%")) == 100


def _half_up(text: str, ratio: Fraction) -> Fraction:
    unit = 10 ** decimals_of(text)
    return Fraction(int((2 * ratio * 100 * unit + 1) // 2), unit)


def _cut(text: str, ratio: Fraction) -> Fraction:
    unit = 10 ** decimals_of(text)
    return Fraction(int(ratio * 100 * unit), unit)


def plain(value: object) -> str:
    """A cell's text in narrow characters, without white space."""
    return "".join(unicodedata.normalize("NFKC", str(value)).split())


def quote_cell(value: object) -> str:
    """A cell's text as printed, without white space."""
    return "".join(str(value).split())


def count_in(value: object) -> int | None:
    """The whole number of a cell; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value == int(value) else None
    found = _COUNT.fullmatch(plain(value))
    return int(found[1].replace(",", "")) if found else None


def rate_in(value: object) -> PrintedRate | None:
    """The percentage of a cell; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        texts = tuple(_as_percent(Decimal(repr(value))))
        return PrintedRate(texts, Fraction(value) if 0 <= value <= 1 else None) if texts else None
    found = _RATE.fullmatch(plain(value))
    if not found:
        return None
    if found[2]:
        return PrintedRate((f"{found[1]}%",))
    texts = tuple(_as_percent(Decimal(found[1])))
    return PrintedRate(texts) if texts else None


def _as_percent(number: Decimal) -> Iterator[str]:
    """What a number without its sign may be: 0.9836 is 98.36%, and 98.36 is."""
    if 0 <= number <= 1:
        yield f"{_short(number * 100)}%"
    if 0 <= number <= 100:
        yield f"{_short(number)}%"


def _short(number: Decimal) -> str:
    """Without the zeros that a float's digits do not tell."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
