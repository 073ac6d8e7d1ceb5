"""A letter of the office, opened again: all of it stands there, in its order."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

from docx import Document

from mediawatch.publish.reports.letters import Letter, letter_document
from mediawatch.table import Table

AT = datetime(2032, 1, 10, tzinfo=UTC)
LETTER = Letter(
    title="示例通知",
    number="示例办函〔2032〕2号",
    addressee="各县人民政府：",
    paragraphs=("第一段“甲&<乙”。", "第二段。"),
    issuer="示例办公室",
    signed_on=date(2032, 1, 10),
    remark="（此件公开发布）",
    copies="示例委。",
    annexes=(Table("名单", ("序号", "名称"), (("1", "甲\u202e乙"),)),),
)


def test_a_letter_prints_all_of_its_words_in_order() -> None:
    body = letter_document(LETTER, AT)
    assert body == letter_document(LETTER, AT)
    document = Document(io.BytesIO(body))
    assert [each.text for each in document.paragraphs if each.text.strip()] == [
        "示例通知",
        "示例办函〔2032〕2号",
        "各县人民政府：",
        "第一段“甲&<乙”。",
        "第二段。",
        "附件：名单",
        "示例办公室",
        "2032年1月10日",
        "（此件公开发布）",
        "附件",
        "名单",
        "抄送：示例委。",
    ]
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "名称"],
        ["1", "甲\\u202e乙"],
    ]


def test_what_a_letter_lacks_leaves_no_hole() -> None:
    plain = Letter(title="示例通知", paragraphs=("第一段。",))
    document = Document(io.BytesIO(letter_document(plain, AT)))
    said = [each.text for each in document.paragraphs if each.text.strip()]
    assert said == ["示例通知", "第一段。", "    年  月  日"]
    assert not document.tables
