"""What a circular is made of: sections in the office's order, paragraphs, annexes with numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mediawatch.ops.settings.office import Part

NUMERALS = "一二三四五六七八九十"
MANY = 30
"""A paragraph holds no more names: above this number it points to the annex."""
SITES, ACCOUNTS = "政府网站", "政务新媒体"
"""The halves of a joint circular, in the order of all that were seen. The first is others'."""

AnnexKey = Literal["table", "list", "listed", "recheck"]
References = Mapping[AnnexKey, str]
"""附件3 … by annex, as the text points to them; a missing one is not pointed to."""


@dataclass(frozen=True, slots=True)
class CircularParagraph:
    """A paragraph; `heading` is run in before the text, and stands alone where that is ""."""

    text: str
    heading: str = ""

    @property
    def whole(self) -> str:
        return f"{self.heading}{self.text}"


@dataclass(frozen=True, slots=True)
class CircularSection:
    """一、总体情况 and its like, with the number in its heading."""

    part: Part
    heading: str
    paragraphs: tuple[CircularParagraph, ...]


@dataclass(frozen=True, slots=True)
class AnnexEntry:
    """An annex with its number; 0 where it is the only one."""

    key: AnnexKey
    number: int
    title: str

    @property
    def name(self) -> str:
        """附件3, or 附件."""
        return f"附件{self.number or ''}"

    @property
    def line(self) -> str:
        """Its line of 附件说明, without a mark at the end."""
        return f"{self.number}.{self.title}" if self.number else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class CircularText:
    """A circular, or our part of a joint one: then `title` and the rest of its frame are ""."""

    title: str = ""
    number: str = ""
    """发文字号."""
    addressees: str = ""
    occasion: str = ""
    """引据, who inspected, and how."""
    sections: tuple[CircularSection, ...]
    annexes: tuple[AnnexEntry, ...]
    issuer: str = ""
    signed_on: date | None = None
    copies: str = ""
    """抄送."""
    publicity: str = ""
    """公开属性."""

    def of(self, part: Part) -> tuple[CircularParagraph, ...]:
        """The paragraphs of one part; none where it has no section."""
        return next((each.paragraphs for each in self.sections if each.part == part), ())

    @property
    def lines(self) -> tuple[str, ...]:
        """All of its text, a paragraph a line, but for the frame that the office gives as it is."""
        said = [self.title, self.occasion]
        for section in self.sections:
            said += [section.heading, *(each.whole for each in section.paragraphs)]
        return tuple(filter(None, [*said, *(each.line for each in self.annexes)]))


def numeral(number: int) -> str:
    """1 to 99 in Chinese, as headings are numbered."""
    tens, ones = divmod(number, 10)
    if not tens:
        return NUMERALS[ones - 1]
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"
