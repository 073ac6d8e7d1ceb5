"""Office templates: what they may say, and what becomes of those that reach further."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from hostile_packages import spoilt_packages

from mediawatch.domain import UserError
from mediawatch.workbooks.templates import fill_in

AT = datetime(2023, 2, 9, tzinfo=UTC)
WORDS = {"title": "关于<甲&乙>的通报", "overview": ["一", "二"], "annexes": []}


def office(path: Path, *tags: str) -> Path:
    document = Document()
    for tag in tags:
        document.add_paragraph(tag)
    document.save(str(path))
    return path


def texts(body: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(body)).paragraphs]


def test_a_template_may_loop_and_filter(tmp_path: Path) -> None:
    own = office(
        tmp_path / "t.docx",
        "{{ title }}",
        "{%p for line in overview %}",
        "{{ loop.index }}.{{ line }}",
        "{%p endfor %}",
        "{{ overview | join('、') }}",
        "{{ overview | length }}",
    )
    assert texts(fill_in(own, WORDS, [], AT)) == [
        "关于<甲&乙>的通报",
        "1.一",
        "2.二",
        "一、二",
        "2",
    ]


def test_a_name_that_xml_has_no_place_for_breaks_no_document(tmp_path: Path) -> None:
    own = office(tmp_path / "t.docx", "{{ title }}")
    assert texts(fill_in(own, {"title": "甲\x01乙\ufffe丙\ud800"}, [], AT)) == ["甲乙丙"]


def test_a_template_reaches_no_program(tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    for number, tag in enumerate(
        (
            f"{{{{ cycler.__init__.__globals__.os.popen('touch {sign}').read() }}}}",
            f"{{{{ lipsum.__globals__['os'].system('touch {sign}') }}}}",
            f"{{{{ (title | attr('__class__')).mro()[1].__subclasses__() }}}}{sign}",
            "{{ overview.append('三') }}",
            "{{ namespace.__init__.__globals__ }}",
        )
    ):
        own = office(tmp_path / f"t{number}.docx", tag)
        with pytest.raises(UserError, match=rf"t{number}\.docx .*report template` writes one"):
            fill_in(own, WORDS, [], AT)
    assert not sign.exists()


@pytest.mark.parametrize(
    "tag",
    [
        "{{ 1 / 0 }}",
        "{{ title + 1 }}",
        "{{ nothing.more }}",
        "{{ title() }}",
        "{{ title",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ '</w:t><w:zzz>' | safe }}",
        "{{ title | nothing }}",
        "{% include '/etc/hostname' %}",
    ],
)
def test_a_faulty_template_is_one_sentence(tag: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^[^\n]*t\.docx[^\n]*report template` writes") as caught:
        fill_in(office(tmp_path / "t.docx", tag), WORDS, [], AT)
    assert "\n" not in str(caught.value)


UNKNOWN = {
    "{{ titel }}": "in the text, paragraph 2, at .*no word is called titel \\(nearest: title\\)",
    "{{ 单位名 }}": "no word is called 单位名 \\(there are: title, overview, annexes, problems\\)",
    "{% for p in problems %}{{ p.headng }}{% endfor %}": "headng \\(nearest: heading",
    "{% if titel %}甲{% endif %}": "nearest: title",
    "{{ titel | upper }}": "nearest: title",
    "{{ range(3) | list }}": "no word is called range",
    "{{ lipsum(1) }}": "no word is called lipsum",
    "{{ overview[7] }}": "the list has no item 7",
    "{{ title | nothing }}": "No filter named 'nothing'",
    "{{ 1 / 0 }}": "division by zero",
}


@pytest.mark.parametrize("tag", UNKNOWN)
def test_an_unknown_word_is_named_with_its_place(tag: str, tmp_path: Path) -> None:
    # A paragraph that a tag takes away must not move the place.
    own = office(tmp_path / "t.docx", "前言", tag, "{%p for each in overview %}", "{%p endfor %}")
    with pytest.raises(UserError, match=UNKNOWN[tag]) as caught:
        fill_in(own, {**WORDS, "problems": [{"heading": "一", "text": "二"}]}, [], AT)
    assert f'at "{tag}"'[:60] in str(caught.value)


def test_a_template_may_ask_whether_a_word_is_known(tmp_path: Path) -> None:
    tags = (
        "{% if letterhead is defined %}甲{% endif %}{{ letterhead | default('乙') }}",
        "{{ title }}",
    )
    assert texts(fill_in(office(tmp_path / "t.docx", *tags), WORDS, [], AT))[0] == "乙"


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("header", "in a header, paragraph 1, at"),
        ("footer", "in a footer, paragraph 1, at"),
        ("table", "in a table of the text, paragraph 1, at"),
        ("properties", "in the properties of the document"),
    ],
)
def test_the_part_of_a_faulty_tag_is_named(where: str, said: str, tmp_path: Path) -> None:
    document = Document()
    section = document.sections[0]
    match where:
        case "header" | "footer":
            getattr(section, where).paragraphs[0].add_run("{{ titel }}")
        case "table":
            document.add_table(1, 1).cell(0, 0).paragraphs[0].add_run("{{ titel }}")
        case _:
            document.core_properties.title = "{{ titel }}"
    document.save(str(tmp_path / "t.docx"))
    with pytest.raises(UserError, match=f"cannot be filled in: {said}"):
        fill_in(tmp_path / "t.docx", WORDS, [], AT)


@pytest.mark.parametrize(
    ("tags", "left_out"),
    [
        (("{{ title }}", "{{ overview | join }}"), ""),
        (("{{ title }}", "{{ overview[0] }}"), "overview"),
        (("{% if annexes %}{{ title }}{% endif %}", "{{ overview | join }}"), "title"),
        ((), "title, overview"),
    ],
)
def test_words_that_a_template_leaves_out_are_named(
    tags: tuple[str, ...], left_out: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill_in(office(tmp_path / "t.docx", *tags), WORDS, [], AT)
    lines = [record for record in caplog.records if "leaves words out" in record.getMessage()]
    assert [record.levelname for record in lines] == ["WARNING"] * bool(left_out)
    assert all(f"'words': '{left_out}'" in record.getMessage() for record in lines)


def test_what_is_no_word_document_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "t.docx"
    workbook = io.BytesIO()
    openpyxl.Workbook().save(workbook)
    for body in (b"", b"\xd0\xcf\x11\xe0" + bytes(600), workbook.getvalue()):
        path.write_bytes(body)
        with pytest.raises(UserError, match=r"t\.docx is no Word document: .* as \.docx") as caught:
            fill_in(path, WORDS, [], AT)
        assert "BytesIO" not in str(caught.value)


def test_a_damaged_template_names_its_part(tmp_path: Path) -> None:
    good = office(tmp_path / "t.docx", "{{ title }}").read_bytes()
    at = good.index(b"word/document.xml") + 60
    (tmp_path / "t.docx").write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
    with pytest.raises(UserError, match=r"t\.docx is damaged \(word/document\.xml inside it\)"):
        fill_in(tmp_path / "t.docx", WORDS, [], AT)


def test_a_template_with_entities_is_refused(tmp_path: Path) -> None:
    good = office(tmp_path / "t.docx", "{{ title }}").read_bytes()
    spoilt = dict(spoilt_packages(("word/document.xml",), 0, heavy=False))
    for name in ("document.xml laughs", "document.xml reads a file"):
        (tmp_path / "t.docx").write_bytes(spoilt[name](good))
        with pytest.raises(UserError, match=r"t\.docx has a document type"):
            fill_in(tmp_path / "t.docx", WORDS, [], AT)
