"""Office templates: what they may say, and what becomes of those that reach further."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

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


def test_a_template_with_entities_is_refused(tmp_path: Path) -> None:
    good = office(tmp_path / "t.docx", "{{ title }}").read_bytes()
    spoilt = dict(spoilt_packages(("word/document.xml",), 0, heavy=False))
    for name in ("document.xml laughs", "document.xml reads a file"):
        (tmp_path / "t.docx").write_bytes(spoilt[name](good))
        with pytest.raises(UserError, match=r"t\.docx has a document type"):
            fill_in(tmp_path / "t.docx", WORDS, [], AT)
