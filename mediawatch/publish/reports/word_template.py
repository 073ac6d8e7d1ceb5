"""The Word template of a circular: a plain GB/T 9704 layout that an office may replace by its own.

Page: A4, head margin 37 mm, binding edge 28 mm, type area 156 x 225 mm, 22 lines of 28 characters
of 三号仿宋; page numbers outside. The tags between braces are Jinja's, as docxtpl reads them
(`docs/documents.md` lists them).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.section import CT_SectPr
from docx.oxml.text.font import CT_RPr
from docx.oxml.text.parfmt import CT_PPr
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from mediawatch.workbooks.document_end import ANNEX_STYLE, DAY_STYLE, ISSUER_STYLE

SONG, HEI, KAI, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
BODY, HEADLINE, SMALL, CELL = Pt(16), Pt(22), Pt(14), Pt(12)
LINE = Pt(28.95)
"""225 mm in 22 lines."""
_CLOSER = -5
"""Twentieths of a point: 28 characters of 三号 are a little wider than 156 mm.

A grid of characters would say the same, and LibreOffice sets 19 a line by it.
"""
_LANGUAGE = "zh-CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """How a paragraph looks; `name` is its style, by which it is found again in a circular."""

    font: str = SONG
    size: Pt = BODY
    align: WD_ALIGN_PARAGRAPH | None = None
    indent: bool = False
    name: str = ""


_PLAIN = _Style()
_INDENTED = _Style(indent=True)
_HEADING = _Style(font=HEI, indent=True)
_CENTRED = _Style(align=WD_ALIGN_PARAGRAPH.CENTER)
_TITLE = _Style(font=TITLE, size=HEADLINE, align=WD_ALIGN_PARAGRAPH.CENTER)
_ISSUER = _Style(align=WD_ALIGN_PARAGRAPH.RIGHT, name=ISSUER_STYLE)
_DAY = _Style(align=WD_ALIGN_PARAGRAPH.RIGHT, name=DAY_STYLE)
_COPIES = _Style(size=SMALL)


@cache
def template() -> bytes:
    """The template as a .docx."""
    document = Document()
    _properties(document)
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
    _each(document, "line in annex_list", "{{ line }}", _Style(name=ANNEX_STYLE))
    _text(document, "{%p if date %}")
    _text(document, "")
    _text(document, "{{ issuer }}", _ISSUER)
    _text(document, "{{ date }}", _DAY)
    _text(document, "{%p endif %}")
    _if(document, "publicity", _INDENTED)
    _annexes(document)
    _if(document, "copies", _COPIES)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _properties(document: Doc) -> None:
    """Nothing of the library that writes it; a circular fills in its title and its issuer."""
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.language = _LANGUAGE
    normal = document.styles["Normal"]
    normal.font.size, normal.font.name = BODY, SONG
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SONG)
    # Of Chinese characters alone: figures called Chinese are broken between two lines.
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), _LANGUAGE)
    for name in (ANNEX_STYLE, ISSUER_STYLE, DAY_STYLE):
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = normal


@cache
def letter_template() -> bytes:
    """The layout of a letter of the office (`letters.py` fills it in), as a .docx."""
    document = Document()
    _properties(document)
    _page(document)
    _if(document, "marks", _Style(font=HEI, align=WD_ALIGN_PARAGRAPH.RIGHT))
    _text(document, "{{ title }}", _TITLE)
    _if(document, "number", _CENTRED)
    _text(document, "")
    _if(document, "addressee", _PLAIN)
    _each(document, "paragraph in paragraphs", "{{ paragraph }}")
    _text(document, "{%p if annex_list %}")
    _text(document, "")
    _text(document, "{%p endif %}")
    _each(document, "line in annex_list", "{{ line }}", _Style(name=ANNEX_STYLE))
    _text(document, "")
    _if(document, "issuer", _ISSUER)
    _if(document, "date", _DAY)
    _if(document, "remark", _INDENTED)
    _annexes(document)
    _if(document, "copies", _COPIES)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _if(document: Doc, word: str, style: _Style = _PLAIN) -> None:
    """A paragraph that is there where the word is not empty."""
    _text(document, f"{{%p if {word} %}}")
    _text(document, f"{{{{ {word} }}}}", style)
    _text(document, "{%p endif %}")


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
    _grid(section._sectPr)
    document.settings.odd_and_even_pages_header_footer = True
    _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _grid(section: CT_SectPr) -> None:
    """22 lines a page."""
    for old in section.findall(qn("w:docGrid")):
        section.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE.pt * 20)))
    section.append(grid)


def _number(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    """The number between dashes, one character from the outer edge."""
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    if align is WD_ALIGN_PARAGRAPH.RIGHT:
        layout.right_indent = SMALL
    else:
        layout.left_indent = SMALL
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
    """One table a page, for any columns and rows: its number, a blank line, its title."""
    _text(document, "{%p for annex in annexes %}")
    head = _text(document, "{{ annex.number }}", _Style(font=HEI))
    head.paragraph_format.page_break_before = True
    head.paragraph_format.keep_with_next = True
    _text(document, "")
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
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        # A line of a cell is as high as its text, not as a line of the page's grid.
        _leave_grid(cell.paragraphs[0]._p.get_or_add_pPr(), "w:spacing", "w:ind", "w:jc")
        _leave_grid(run._r.get_or_add_rPr(), "w:color", "w:sz", "w:szCs", "w:lang")
        if heading:
            run.bold, cell.paragraphs[0].alignment = True, WD_ALIGN_PARAGRAPH.CENTER


def _leave_grid(properties: CT_PPr | CT_RPr, *after: str) -> None:
    free = OxmlElement("w:snapToGrid")
    free.set(qn("w:val"), "0")
    properties.insert_element_before(free, *after)


def _each(document: Doc, loop: str, words: str, style: _Style = _INDENTED) -> None:
    _text(document, f"{{%p for {loop} %}}")
    _text(document, words, style)
    _text(document, "{%p endfor %}")


def _text(document: Doc, words: str, style: _Style = _PLAIN) -> Paragraph:
    paragraph = document.add_paragraph(style=style.name or None)
    if style.align is not None:
        paragraph.alignment = style.align
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = (
        WD_LINE_SPACING.EXACTLY,
        LINE if style.size == BODY else Pt(35),
    )
    if style.size != BODY:
        _leave_grid(paragraph._p.get_or_add_pPr(), "w:spacing", "w:ind", "w:jc")
    if style.indent:
        layout.first_line_indent = 2 * BODY
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
    if size == BODY:
        closer = OxmlElement("w:spacing")
        closer.set(qn("w:val"), str(_CLOSER))
        run._r.get_or_add_rPr().insert_element_before(closer, "w:sz", "w:szCs", "w:lang")
    return run
