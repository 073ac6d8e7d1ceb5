"""The Word template of a circular: a plain GB/T 9704 layout that an office may replace by its own.

Page: A4, head margin 37 mm, binding edge 28 mm, type area 156 x 225 mm, 22 lines of 28 characters
of 三号仿宋; page numbers outside. The tags between braces are Jinja's, as docxtpl reads them
(`docs/documents.md` lists them).
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from docx import Document
from docx.document import Document as Doc
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

SONG, HEI, KAI, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
BODY, HEADLINE, SMALL, CELL = Pt(16), Pt(22), Pt(14), Pt(12)
LINE = Pt(28.95)
"""225 mm in 22 lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """How a paragraph looks. `right` is its right margin in characters."""

    font: str = SONG
    size: Pt = BODY
    align: WD_ALIGN_PARAGRAPH | None = None
    indent: bool = False
    right: int = 0


_PLAIN = _Style()
_INDENTED = _Style(indent=True)
_HEADING = _Style(font=HEI, indent=True)
_CENTRED = _Style(align=WD_ALIGN_PARAGRAPH.CENTER)
_TITLE = _Style(font=TITLE, size=HEADLINE, align=WD_ALIGN_PARAGRAPH.CENTER)
_SIGNATURE = _Style(align=WD_ALIGN_PARAGRAPH.RIGHT, right=4)


def template() -> bytes:
    """The template as a .docx."""
    document = Document()
    _page(document)
    _text(document, "{%p if marks %}")
    _text(document, "{{ marks }}", _Style(font=HEI, align=WD_ALIGN_PARAGRAPH.RIGHT))
    _text(document, "{%p endif %}")
    for tag, style in (
        ("title", _TITLE),
        ("number", _CENTRED),
        ("addressees", _PLAIN),
        ("basis", _INDENTED),
    ):
        _if(document, tag, style)
    _text(document, "{%p for section in sections %}")
    _text(document, "{{ section.heading }}", _HEADING)
    _text(document, "{%p for paragraph in section.paragraphs %}")
    joined = _text(document, "{{ paragraph.heading }}", _Style(font=KAI, indent=True))
    _run(joined, "{{ paragraph.text }}", SONG, BODY)
    _text(document, "{%p endfor %}")
    _text(document, "{%p endfor %}")
    _text(document, "")
    _each(document, "line in annex_list", "{{ line }}")
    _text(document, "{%p if date %}")
    _text(document, "")
    _text(document, "{{ issuer }}", _SIGNATURE)
    _text(document, "{{ date }}", _SIGNATURE)
    _text(document, "{%p endif %}")
    _if(document, "publicity", _INDENTED)
    _annexes(document)
    _if(document, "copies", _PLAIN)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _page(document: Doc) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    section.footer_distance = Mm(25)
    document.settings.odd_and_even_pages_header_footer = True
    _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _number(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    paragraph.alignment = align
    _run(paragraph, "— ", "宋体", SMALL)
    run = _run(paragraph, "", "宋体", SMALL)
    for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = code
        run._r.append(part)
    _run(paragraph, " —", "宋体", SMALL)


def _annexes(document: Doc) -> None:
    """One table a page, for any columns and rows."""
    _text(document, "{%p for annex in annexes %}")
    head = _text(document, "{{ annex.number }}", _Style(font=HEI))
    head.paragraph_format.page_break_before = True
    _text(document, "{{ annex.title }}", _TITLE)
    table = document.add_table(rows=4, cols=3)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _cells(
        table.rows[0].cells,
        "{%tc for column in annex.columns %}",
        "{{ column }}",
        "{%tc endfor %}",
        HEI,
        heading=True,
    )
    _cells(table.rows[1].cells, "{%tr for row in annex.rows %}", "", "", SONG)
    _cells(table.rows[2].cells, "{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}", SONG)
    _cells(table.rows[3].cells, "{%tr endfor %}", "", "", SONG)
    header = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _text(document, "{%p endfor %}")


def _cells(
    cells: tuple[_Cell, ...],
    first: str,
    second: str,
    third: str,
    font: str,
    *,
    heading: bool = False,
) -> None:
    for cell, words in zip(cells, (first, second, third), strict=True):
        run = _run(cell.paragraphs[0], words, font, CELL)
        if heading:
            run.bold, cell.paragraphs[0].alignment = True, WD_ALIGN_PARAGRAPH.CENTER
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER


def _if(document: Doc, tag: str, style: _Style) -> None:
    """A paragraph of one word, which is left out where the word is empty."""
    _text(document, f"{{%p if {tag} %}}")
    _text(document, f"{{{{ {tag} }}}}", style)
    _text(document, "{%p endif %}")


def _each(document: Doc, loop: str, words: str) -> None:
    _text(document, f"{{%p for {loop} %}}")
    _text(document, words, _INDENTED)
    _text(document, "{%p endfor %}")


def _text(document: Doc, words: str, style: _Style = _PLAIN) -> Paragraph:
    paragraph = document.add_paragraph()
    if style.align is not None:
        paragraph.alignment = style.align
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = (
        WD_LINE_SPACING.EXACTLY,
        LINE if style.size == BODY else Pt(35),
    )
    if style.indent:
        layout.first_line_indent = 2 * BODY
    if style.right:
        layout.right_indent = style.right * BODY
    # A heading never stands alone at the foot of a page.
    layout.keep_with_next = style.font == HEI and style.indent
    _run(paragraph, words, style.font, style.size)
    return paragraph


def _run(paragraph: Paragraph, words: str, font: str, size: Pt) -> Run:
    run = paragraph.add_run(words)
    run.font.size, run.font.name = size, font
    # Word takes the font of Chinese characters from `eastAsia` alone; the hint makes quotation
    # marks Chinese ones.
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")
    return run
