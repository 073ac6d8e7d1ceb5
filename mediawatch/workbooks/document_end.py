"""The end of a circular, laid out once its texts are known: GB/T 9704-2012, 7.3.4 and 7.3.5.

How far its lines are moved depends on them, and a template does not know them.
"""

from __future__ import annotations

import re
from itertools import takewhile

from docx.document import Document as Doc
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from rich.cells import cell_len

ANNEX_STYLE, ISSUER_STYLE, DAY_STYLE = "附件说明", "发文机关署名", "成文日期"
"""The styles by which our template marks these paragraphs; another template places them itself."""
_ANNEX = re.compile(r"(附件：)?\s*(\d+[.．])?\s*(.*)", re.DOTALL)
_CHARACTER = Pt(16)
"""三号."""
_SHORT = 8 * 2 * 28
"""Eight lines: LibreOffice moves a paragraph as a whole that it keeps with the next."""
_INDENT, _MARK, _RIGHT = 2, 3, 4
"""Characters before 附件, of it with its colon, and beside the day."""


def lay_out_end(document: Doc) -> None:
    """Hang the names of annexes, centre the issuer over the day, and keep both with some text."""
    for paragraph in _of_style(document, ANNEX_STYLE):
        _hang(paragraph)
    for issuer, day in zip(
        _of_style(document, ISSUER_STYLE), _of_style(document, DAY_STYLE), strict=False
    ):
        _centre(issuer, day)
        _keep_with_text(document, issuer)


def _hang(paragraph: Paragraph) -> None:
    """The number stands below the first one, and a long name goes on below its own beginning."""
    found = _ANNEX.fullmatch(paragraph.text)
    if found is None or not paragraph.runs:
        return
    mark, number, name = (part or "" for part in found.groups())
    begin = _INDENT + _MARK
    layout = paragraph.paragraph_format
    if number:
        layout.tab_stops.add_tab_stop(begin * _CHARACTER)
        begin += max(1, -(-cell_len(number) // 2))
        paragraph.runs[0].text = f"{mark}\t{number}\t{name}"
        for rest in paragraph.runs[1:]:
            rest.text = ""
    layout.left_indent = begin * _CHARACTER
    layout.first_line_indent = (_INDENT - begin) * _CHARACTER


def _centre(issuer: Paragraph, day: Paragraph) -> None:
    """Both move to the left where the issuer is so long that it would leave the page."""
    longer = (cell_len(issuer.text) - cell_len(day.text)) / 2
    above = max(0.0, _RIGHT - longer / 2)
    issuer.paragraph_format.right_indent = round(above * _CHARACTER)
    day.paragraph_format.right_indent = round((above + longer / 2) * _CHARACTER)


def _keep_with_text(document: Doc, issuer: Paragraph) -> None:
    """A page never holds the signature alone: that of an empty page could be put anywhere."""
    before = document.paragraphs
    place = next(at for at, each in enumerate(before) if each._p is issuer._p)
    issuer.paragraph_format.keep_with_next = True
    above = list(takewhile(_is_no_text, reversed(before[:place])))
    for each in before[place - len(above) : place]:
        each.paragraph_format.keep_with_next = True
    text = before[place - len(above) - 1] if place > len(above) else None
    if text is not None and cell_len(text.text) <= _SHORT:
        text.paragraph_format.keep_with_next = True


def _is_no_text(paragraph: Paragraph) -> bool:
    return not paragraph.text.strip() or _style(paragraph) == ANNEX_STYLE


def _of_style(document: Doc, name: str) -> list[Paragraph]:
    return [each for each in document.paragraphs if _style(each) == name]


def _style(paragraph: Paragraph) -> str:
    return (paragraph.style.name or "") if paragraph.style is not None else ""
