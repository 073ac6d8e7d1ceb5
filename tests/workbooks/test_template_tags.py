"""Slips in a template's tags: refused at their place, before a word is lost or a brace printed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_BREAK
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from worklists import png

from mediawatch.domain import UserError
from mediawatch.publish.reports.word_template import template
from mediawatch.workbooks.template_tags import TagFault, check_line, checked_tags
from mediawatch.workbooks.templates import fill_in

AT = datetime(2023, 2, 9, tzinfo=UTC)
WORDS = {"title": "通报", "overview": ["一", "二"], "number": ""}
AFTER = ("{%p for line in overview %}", "{{ line }}", "{%p endfor %}")

OPEN = "a tag is not closed"
STRAY = "ends no tag"
PRINTED = "belongs to no tag and would be printed"
SLIPS = {
    "{{ title }": OPEN,
    "{{ title": OPEN,
    "{{ title } }": OPEN,
    "{{ title %}": OPEN,
    "{{ title ｝｝": OPEN,
    "达到100{%": OPEN,
    "{# 注": OPEN,
    "{%p if number }": OPEN,
    "{{ title {{ title }}": OPEN,
    "{ title }}": STRAY,
    "title }}": STRAY,
    "if number %}": STRAY,
    "{{{ title }}}": "one brace too many",
    "｛｛ title ｝｝": PRINTED,
    "｛{title}｝": PRINTED,
    "﹛title﹜": PRINTED,
    "{title}": PRINTED,
    "{ title": PRINTED,
    "title }": PRINTED,
    "{％ if number ％}": PRINTED,
    "｛{{ title }}｝": PRINTED,
    # docxtpl would join it with a brace that begins the next paragraph.
    "见附件{": PRINTED,
    "{%tr if number %}": "stands outside a table row",
    "{%tc if number %}": "stands outside a table cell",
    "{% vm %}": "stands outside a table cell",
    "{% include 'x' %}": "{% include %} is not available",
    "{% extends 'x' %}": "{% extends %} is not available",
    "{% raw %}甲{% endraw %}": "{% raw %} is not available",
    "{% p if number %}": "no space before",
    "{{p title }}": "with a space after the braces",
    "{% nothing %}": "no statement is called nothing",
    "{% if %}甲{% endif %}": "cannot be read as a tag",
    "{{ title。heading }}": "cannot be read as a tag",
    "{{ }}": "cannot be read as a tag",
    "{% if number %}": "{% if number %} has no {% endif %} after it",
    "{% else %}": "has no if or for before it",
    "{%p endif %}": "has no if before it",
    "{% for x in overview %}{% if x %}{% endfor %}": "{% if x %} has no {% endif %} before",
    "甲{% if number -%}乙{% endif %}": "leave out the hyphen",
    "文号{%p if number %}": "takes its whole paragraph away",
    "{%p if number %}{%p endif %}": "takes its whole paragraph away",
    "{#p 注 #}文": "takes its whole paragraph away",
    "{%p if 7 % 2 %}": "may hold no %",
}


def filled(document: Doc, folder: Path) -> list[str]:
    document.save(str(folder / "t.docx"))
    body = fill_in(folder / "t.docx", WORDS, [], AT)
    return [paragraph.text for paragraph in Document(io.BytesIO(body)).paragraphs]


def written(*paragraphs: str) -> Doc:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return document


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_its_place(slip: str) -> None:
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in ("前言", slip, *AFTER))
    with pytest.raises(TagFault) as caught:
        checked_tags(parse_xml(f"<w:body {nsdecls('w')}>{lines}</w:body>"), "the text")
    assert f'in the text, paragraph 2, at "{slip}": ' in str(caught.value)
    assert SLIPS[slip] in str(caught.value)


@pytest.mark.parametrize("slip", ["{{ title }", "｛｛ title ｝｝", "{%tr if number %}"])
def test_a_slip_refuses_the_template(slip: str, tmp_path: Path) -> None:
    place = f'cannot be filled in: in the text, paragraph 2, at "{slip}": '
    with pytest.raises(UserError, match=re.escape(place)) as caught:
        filled(written("前言", slip, *AFTER), tmp_path)
    assert "\n" not in str(caught.value)


def test_braces_that_nobody_can_mean_as_a_tag_stay(tmp_path: Path) -> None:
    texts = ["如{见附件A}所列", "{}", "占比｛12｝为", "（{一}、{二}）"]
    assert filled(written(*texts, "{_{ title }_}"), tmp_path) == [*texts, "{{ title }}"]


def test_no_mark_of_our_tags_can_be_lost_unnoticed() -> None:
    tags = checked_tags(Document(io.BytesIO(template())).element.body, "the text")
    assert len(tags) > 30
    for whole in {tag.whole for tag in tags}:
        for at, each in enumerate(whole):
            if each in "{}%":
                wide = {"{": "｛", "}": "｝", "%": "％"}[each]
                for instead in ("", wide, f"{each} {each}"):
                    with pytest.raises(TagFault):
                        check_line(f"甲{whole[:at]}{instead}{whole[at + 1 :]}乙", "the text")


def test_a_slip_cut_into_runs_and_far_into_its_paragraph_is_shown(tmp_path: Path) -> None:
    document = written("前言")
    paragraph = document.add_paragraph("长" * 90)
    for text in ("{", "{ ti", "tle", " }"):
        paragraph.add_run(text)
    with pytest.raises(
        UserError, match=r'paragraph 2, at "…长+\{\{ title \}": a tag is not closed'
    ):
        filled(document, tmp_path)


def _picture(document: Doc) -> None:
    document.add_paragraph("{%p if number %}").add_run().add_picture(io.BytesIO(png()), Mm(5))
    document.add_paragraph("{%p endif %}")


def _page_break(document: Doc) -> None:
    document.add_paragraph("{%p if number %}")
    document.add_paragraph("{%p endif %}").add_run().add_break(WD_BREAK.PAGE)


def _row(document: Doc) -> None:
    table = document.add_table(2, 2)
    table.cell(0, 0).paragraphs[0].add_run("{%tr if number %}")
    table.cell(0, 1).paragraphs[0].add_run("合计")
    table.cell(1, 0).paragraphs[0].add_run("{%tr endif %}")


def _crossed(document: Doc) -> None:
    document.add_paragraph("{%p if number %}")
    document.add_table(1, 1).cell(0, 0).paragraphs[0].add_run("{%p endif %}")


def _deleted(document: Doc) -> None:
    deletion, run, text = (OxmlElement(name) for name in ("w:del", "w:r", "w:delText"))
    text.text = "{{"
    run.append(text)
    deletion.append(run)
    document.add_paragraph("甲")._p.append(deletion)


def _described(document: Doc) -> None:
    document.add_picture(io.BytesIO(png()), Mm(5))
    for each in document.element.body.iter(qn("wp:docPr")):
        each.set("descr", "{{ title }")


def _header(document: Doc) -> None:
    document.sections[0].header.paragraphs[0].add_run("{{ title }")


def _properties(document: Doc) -> None:
    document.core_properties.title = "{{ title }"


def _text_box(document: Doc) -> None:
    box, paragraph, run, text = (
        OxmlElement(name) for name in ("w:txbxContent", "w:p", "w:r", "w:t")
    )
    text.text = "{{ title }"
    run.append(text)
    paragraph.append(run)
    box.append(paragraph)
    document.add_paragraph("甲").add_run()._r.append(box)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_picture, "in the text, paragraph 1, .*takes its whole paragraph away"),
        (_page_break, "in the text, paragraph 2, .*takes its whole paragraph away"),
        (_row, "in a table of the text, paragraph 1, .*takes its whole table row away"),
        (_crossed, "in a table of the text, paragraph 2, .*need the same kind of place"),
        (_deleted, "in the text, paragraph 1, .*accept all changes"),
        (_described, "a tag stands in a description"),
        (_header, r'in a header, paragraph 1, at "{{ title }": a tag is not closed'),
        (_properties, r'in the properties of the document, at "{{ title }": a tag is not'),
        (_text_box, r'in a text box of the text, paragraph 2, at "{{ title }": a tag is not'),
    ],
)
def test_a_slip_is_found_wherever_it_stands(
    spoil: Callable[[Doc], None], said: str, tmp_path: Path
) -> None:
    document = Document()
    spoil(document)
    for text in AFTER:
        document.add_paragraph(text)
    with pytest.raises(UserError, match=said):
        filled(document, tmp_path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "/word/endnotes.xml",
            r'in the part /word/endnotes\.xml, at "{{ title }}": tags there are',
        ),
        (
            "/word/footnotes.xml",
            r'in a footnote, paragraph 1, at "{{ titel }": a tag is not closed',
        ),
        ("/word/header9.xml", "is no Word document"),
        ("/word/glossary/document.xml", ""),
    ],
)
def test_parts_beside_the_text_are_checked_as_they_are_filled(
    name: str, said: str, tmp_path: Path
) -> None:
    text = "{{ title }}" if "endnotes" in name else "{{ titel }"
    xml = f"<w:notes {nsdecls('w')}><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:notes>"
    xml = xml.removesuffix(">") if "header" in name else xml
    document = written("{{ title }}")
    part = Part(PackURI(name), "application/xml", xml.encode(), document.part.package)
    document.part.relate_to(part, "http://example.org/part")
    if said:
        with pytest.raises(UserError, match=said):
            filled(document, tmp_path)
    else:
        assert filled(document, tmp_path) == ["通报"]
