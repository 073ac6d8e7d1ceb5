"""The paragraphs of a Word template's part as they stand in the file, runs joined."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

_P, _TBL, _BOX = qn("w:p"), qn("w:tbl"), qn("w:txbxContent")
_GAPS = frozenset(map(qn, ("w:tab", "w:br", "w:cr")))
_DELETED = frozenset(map(qn, ("w:delText", "w:delInstrText")))
_TEXT = qn("w:t")
_HELD = frozenset(
    map(
        qn,
        (
            "w:drawing",
            "w:pict",
            "w:object",
            "w:sectPr",
            "w:footnoteReference",
            "w:endnoteReference",
        ),
    )
)
"""What a paragraph holds besides text, and loses where a tag takes the paragraph away."""
_NEW_PAGE = ("page", "column")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class TemplatePlace:
    """Where a text stands: the part, the number of its paragraph there (0: none), its words."""

    part: str
    number: int = 0
    text: str = ""

    def named(self, at: int = 0) -> str:
        """The place in words, with the text around character `at`."""
        first = max(0, min(at - _SHOWN // 3, len(self.text) - _SHOWN))
        shown = " ".join(self.text[first : first + _SHOWN].split())
        shown = f"{'…' if first else ''}{shown}{'…' if first + _SHOWN < len(self.text) else ''}"
        number = f", paragraph {self.number}" if self.number else ""
        return f"{self.part}{number}" + (f', at "{shown}"' if shown else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateParagraph:
    """One paragraph without those inside it (text boxes).

    `starts` are the offsets of its pieces of text, `orders` their turns in the part. `deleted` and
    `hidden` hold text of deletions and of attributes that has braces.
    """

    place: TemplatePlace
    element: Any
    starts: tuple[int, ...] = (0,)
    orders: tuple[int, ...] = (0,)
    deleted: str = ""
    hidden: str = ""

    def order(self, offset: int) -> int:
        """The turn in the part of what stands at `offset`."""
        return self.orders[bisect_right(self.starts, offset) - 1]

    def ancestor(self, tag: str) -> Any:
        """The innermost element with a tag (`w:tr`) around or at this paragraph, or None."""
        name = qn(tag)
        if self.element is None or self.element.tag == name:
            return self.element
        return next((each for each in self.element.iterancestors(name)), None)


def paragraphs(root: Any, part: str) -> Iterator[TemplateParagraph]:
    """The paragraphs of a part, those of tables and text boxes too."""
    turns = {element: turn for turn, element in enumerate(root.iter())}
    for number, element in enumerate(root.iter(_P), 1):
        yield _paragraph(element, part, number, turns)


def lone_text(element: Any) -> str:
    """All text of a paragraph, row or cell."""
    return "".join(each.text or "" for each in element.iter(_TEXT)).strip()


def holds_more_than_text(element: Any) -> bool:
    """Whether a paragraph, row or cell has a picture, a note, a page break or a section's end."""
    return any(
        each.tag in _HELD or (each.tag == qn("w:br") and each.get(qn("w:type")) in _NEW_PAGE)
        for each in element.iter()
    )


def _paragraph(element: Any, part: str, number: int, turns: dict[Any, int]) -> TemplateParagraph:
    pieces: list[tuple[str, int]] = []
    deleted, hidden = "", ""
    for each in _inside(element):
        words = each.text or ""
        hidden += "".join(
            value for value in each.attrib.values() if any(mark in value for mark in _OPENING)
        )
        if each.tag in _GAPS:
            pieces.append((" ", turns[each]))
        elif each.tag in _DELETED:
            deleted += words if "{" in words or "}" in words else ""
        elif each.tag == _TEXT or "{" in words or "}" in words:
            pieces.append((words, turns[each]))
    starts, text = [0], ""
    for words, _ in pieces:
        text += words
        starts.append(len(text))
    return TemplateParagraph(
        place=TemplatePlace(f"{_around(element)}{part}", number, text),
        element=element,
        starts=tuple(starts[:-1]) or (0,),
        orders=tuple(turn for _, turn in pieces) or (0,),
        deleted=deleted,
        hidden=hidden,
    )


_OPENING = ("{{", "{%", "{#")


def _around(element: Any) -> str:
    for each in element.iterancestors(_TBL, _BOX):
        return "a table of " if each.tag == _TBL else "a text box of "
    return ""


def _inside(element: Any) -> Iterator[Any]:
    """Everything below an element but the paragraphs there."""
    for child in element:
        if child.tag != _P:
            yield child
            yield from _inside(child)
