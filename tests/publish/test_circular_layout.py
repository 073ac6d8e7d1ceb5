"""The circular's layout by GB/T 9704-2012, in its XML; on paper, by LibreOffice, in `make soak`."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from mediawatch.domain.clock import BEIJING
from mediawatch.publish.reports.word import shipped_template
from mediawatch.workbooks.document_end import lay_out_end
from mediawatch.workbooks.templates import fill_in

AT = datetime(2023, 1, 5, tzinfo=BEIJING)
COLUMNS = ("序号", "政务新媒体名称", "类型", "所属组织", "合格率")
ROWS = (("1", "示例发布", "微信公众号", "示例局", "99.12%"), ("2", "甲", "新浪微博", "乙", "100%"))
LONG = "检查发现存在突出问题的政务新媒体名单和各地区各部门检查情况统计表及其说明"
CHARACTER = Pt(16)


@dataclass(frozen=True)
class Circular:
    """The words of a circular, with those that a test is about."""

    issuer: str = "示例市人民政府办公室"
    date: str = "2023年12月31日"
    annex_list: Sequence[str] = ("附件：1.检查情况统计表", f"   2.{LONG}")
    rows: Sequence[Sequence[str]] = ROWS
    paragraphs: Sequence[str] = ("总体情况。",)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def document(self) -> Doc:
        return Document(io.BytesIO(self.body))

    @property
    def body(self) -> bytes:
        words = {name: value for name, value in self._words.items() if name in _known()}
        return fill_in(_template(), words, [(COLUMNS, self.rows)], AT)

    @property
    def _words(self) -> dict[str, Any]:
        shown = [{"heading": "", "text": one, "whole": one} for one in self.paragraphs]
        return {
            "marks": "",
            "title": "关于检查情况的通报",
            "number": "",
            "addressees": "各单位：",
            "basis": "根据要求。",
            "sections": [{"heading": "一、总体情况", "paragraphs": shown}],
            "overview": list(self.paragraphs),
            "problems": [],
            "closing": [],
            "annex_list": list(self.annex_list),
            "issuer": self.issuer,
            "date": self.date,
            "copies": "",
            "publicity": "",
            "annexes": [
                {"number": "附件1", "title": "统计表", "columns": COLUMNS, "rows": self.rows}
            ],
        }


@cache
def _template() -> bytes:
    return shipped_template()


@cache
def _known() -> set[str]:
    """The words that our template has: what it does not know would be told as left out."""
    return set(re.findall(r"[a-z_]+", Document(io.BytesIO(_template())).element.xml))


def laid_out(texts: Mapping[str, str]) -> Doc:
    """Our template with other texts in the paragraphs of these styles."""
    document = Document(io.BytesIO(_template()))
    for style, text in texts.items():
        for paragraph in named(document, style):
            paragraph.runs[0].text = text
    lay_out_end(document)
    return document


@pytest.fixture(scope="module")
def circular() -> Doc:
    return Circular().document


def named(document: Doc, style: str) -> list[Paragraph]:
    return [each for each in document.paragraphs if each.style and each.style.name == style]


def test_a_page_has_22_lines_of_28_characters(circular: Doc) -> None:
    document = circular
    (section,) = document.sections
    assert section.page_height is not None
    assert section.page_width is not None
    high = section.page_height - (section.top_margin or 0) - (section.bottom_margin or 0)
    wide = section.page_width - (section.left_margin or 0) - (section.right_margin or 0)
    assert (round(Mm(225).pt), round(Mm(156).pt)) == (round(Pt(high).pt / 12700), 442)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid is not None
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    body = next(each for each in document.paragraphs if each.text == "总体情况。")
    spacing = body.runs[-1]._r.find(f"{qn('w:rPr')}/{qn('w:spacing')}")
    assert spacing is not None
    pitch = CHARACTER.pt + int(spacing.get(qn("w:val"))) / 20
    assert 28 * pitch <= wide / 12700 < 29 * pitch
    line = body.paragraph_format.line_spacing
    assert isinstance(line, int)
    assert 22 * line <= high < 23 * line


def test_names_of_annexes_hang_at_their_first_character(circular: Doc) -> None:
    first, second = named(circular, "附件说明")
    assert (first.text, second.text) == ("附件：\t1.\t检查情况统计表", f"\t2.\t{LONG}")
    for each in (first, second):
        layout = each.paragraph_format
        assert (layout.left_indent, layout.first_line_indent) == (6 * CHARACTER, -4 * CHARACTER)
        assert [stop.position for stop in layout.tab_stops] == [5 * CHARACTER]
    (alone,) = named(laid_out({"附件说明": f"附件：{LONG}"}), "附件说明")
    layout = alone.paragraph_format
    assert alone.text == f"附件：{LONG}"
    assert (layout.left_indent, layout.first_line_indent) == (5 * CHARACTER, -3 * CHARACTER)


@pytest.mark.parametrize(
    ("issuer", "day", "above", "right"),
    [
        ("示例市人民政府办公室", "2023年12月31日", 2.5, 4),
        ("示例市人民政府办公室", "2023年2月9日", 2, 4),
        ("示例局", "2023年12月31日", 6, 4),
        ("示例市示例区示例街道办事处政务公开和电子政务管理办公室", "2023年2月9日", 0, 10.5),
    ],
)
def test_the_issuer_stands_over_the_middle_of_the_day(
    issuer: str, day: str, above: float, right: float
) -> None:
    document = laid_out({"发文机关署名": issuer, "成文日期": day})
    (signed,), (dated,) = named(document, "发文机关署名"), named(document, "成文日期")
    indents = [each.paragraph_format.right_indent for each in (signed, dated)]
    assert indents == [round(above * CHARACTER), round(right * CHARACTER)]
    assert {each.alignment for each in (signed, dated)} == {WD_ALIGN_PARAGRAPH.RIGHT}


def test_no_page_holds_the_signature_alone(circular: Doc) -> None:
    (signed,) = named(circular, "发文机关署名")
    paragraphs = circular.paragraphs
    place = next(at for at, each in enumerate(paragraphs) if each._p is signed._p)
    text = next(at for at, each in enumerate(paragraphs) if each.text == "总体情况。")
    assert all(each.paragraph_format.keep_with_next for each in paragraphs[text : place + 1])


def test_the_page_number_stands_one_character_inside(circular: Doc) -> None:
    (section,) = circular.sections
    for footer, right in ((section.footer, True), (section.even_page_footer, False)):
        (paragraph,) = footer.paragraphs
        layout = paragraph.paragraph_format
        assert (layout.right_indent, layout.left_indent) == (
            (Pt(14), None) if right else (None, Pt(14))
        )


def test_an_annex_has_its_number_and_its_title_on_lines_of_their_own(circular: Doc) -> None:
    texts = [each.text for each in circular.paragraphs]
    place = texts.index("附件1")
    assert texts[place : place + 3] == ["附件1", "", "统计表"]


def test_cells_stand_by_their_kind_and_the_heading_on_every_page(circular: Doc) -> None:
    (table,) = circular.tables
    assert table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    for row in table.rows[1:]:
        middle = [cell.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.CENTER for cell in row.cells]
        assert middle == [True, False, True, False, True]


def test_an_empty_annex_says_none() -> None:
    (table,) = Circular(rows=()).document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        list(COLUMNS),
        ["无"] * len(COLUMNS),
    ]


def missing_program() -> str:
    return next((name for name in ("soffice", "pdftotext") if shutil.which(name) is None), "")


@pytest.mark.soak
@pytest.mark.skipif(bool(missing_program()), reason="LibreOffice or poppler-utils is missing")
def test_on_paper_a_page_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    text = "政务新媒体检查情况统计" * 160
    (tmp_path / "c.docx").write_bytes(Circular(paragraphs=[text]).body)
    second = _lines(tmp_path, "c.docx")[1]
    assert [len(line) for line in second] == [28] * 22 + [3]
    assert second[-1] == "—2—"


@pytest.mark.soak
@pytest.mark.skipif(bool(missing_program()), reason="LibreOffice or poppler-utils is missing")
def test_on_paper_no_figure_is_broken_between_lines(tmp_path: Path) -> None:
    text = "".join(
        f"检查{number}个，合格率{number / 200:.2f}%，" for number in range(10_001, 10_101)
    )
    (tmp_path / "c.docx").write_bytes(Circular(paragraphs=[text]).body)
    lines = [line for page in _lines(tmp_path, "c.docx") for line in page if "—" not in line]
    broken = [
        (one, other) for one, other in pairwise(lines) if one[-1:].isdigit() and other[:1].isdigit()
    ]
    assert (len(lines) > 60, broken) == (True, [])


def _lines(folder: Path, name: str) -> list[list[str]]:
    """The lines of each page of a document, as LibreOffice prints it."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
    subprocess.run([*command, folder / name], check=True, capture_output=True, timeout=180)
    printed = folder / name.replace(".docx", ".pdf")
    done = subprocess.run(["pdftotext", "-layout", printed, "-"], check=True, capture_output=True)
    return [
        ["".join(line.split()) for line in page.splitlines() if line.strip()]
        for page in done.stdout.decode().split("\f")
    ]
