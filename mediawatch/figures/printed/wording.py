"""Text of a circular in narrow characters, and how each piece of it was printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_SHOWN = 30
"""Characters by which a remark names a sentence."""
_THOUSANDS = re.compile(
    r"(?<![\d.,，])\d{1,3}(?:,\d{3})+(?![\d,，])|(?<![\d.,，])[1-9]\d{0,2}，0\d\d(?!\d)"
)
"""1,021, and 1，021: no number of its own begins with 0."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text without white space and without thousands separators. A remark quotes it as printed."""

    text: str
    printed: str
    origin: tuple[int, ...]
    """Of each character of `text`, the place in `printed`."""

    def part(self, start: int, end: int) -> Wording:
        return Wording(self.text[start:end], self.printed, self.origin[start:end])

    def quote(self, start: int = 0, end: int | None = None) -> str:
        """A piece as it was printed."""
        places = self.origin[start:end]
        return "".join(self.printed[places[0] : places[-1] + 1].split()) if places else ""

    @property
    def name(self) -> str:
        """The beginning of a sentence in quotation marks, as a remark names it."""
        shown = self.quote()
        return f"“{shown if len(shown) <= _SHOWN else f'{shown[: _SHOWN - 1]}…'}”"


def read_wording(printed: str) -> Wording:
    """The wording of a paragraph."""
    separators = {
        found.start() + place
        for found in _THOUSANDS.finditer(printed)
        for place, sign in enumerate(found[0])
        if sign in ",，"
    }
    signs = [
        (sign, place)
        for place, shown in enumerate(printed)
        if place not in separators
        for sign in _narrow(shown)
    ]
    return Wording("".join(sign for sign, _ in signs), printed, tuple(place for _, place in signs))


def _narrow(shown: str) -> Iterator[str]:
    return (sign for sign in unicodedata.normalize("NFKC", shown) if not re.match(r"\s", sign))
