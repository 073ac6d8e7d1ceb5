"""The sheet that a region or 主管单位 gets.

What is suspected, on what evidence, until when, and the columns to answer in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from mediawatch.domain import Facts, Stance
from mediawatch.people.forms.book import Form
from mediawatch.people.forms.columns import Cell


class DispatchColumn(StrEnum):
    """One column; the value is its heading."""

    KEY = "行键（勿改）"
    NUMBER = "备案单号"
    NAME = "政务新媒体名称"
    TYPE = "类型"
    ORGANISER = "所属组织"
    PLACE = "地区"
    PROBLEM = "疑似问题"
    SENTENCE = "疑似依据"
    SOURCE = "信息来源"
    READ_AT = "核查时间"
    PICTURE = "佐证截图"
    FILE = "佐证文件"
    CONTACT = "联系人"
    PHONE = "联系电话"
    VERSION = "问题编号"
    TERM = "反馈期限"
    STANCE = "是否有异议"
    EXPLANATION = "情况说明"
    LINK = "最新链接"
    RECORD = "发表记录截图"
    PERSON = "责任人"
    ERROR = "错误说明"


REQUIRED = (
    DispatchColumn.NAME,
    DispatchColumn.EXPLANATION,
    DispatchColumn.LINK,
    DispatchColumn.PERSON,
)
"""What a returned sheet must have. Older sheets, without a term, lack the other columns."""
ANSWERS = (
    DispatchColumn.STANCE,
    DispatchColumn.EXPLANATION,
    DispatchColumn.LINK,
    DispatchColumn.RECORD,
    DispatchColumn.PERSON,
)
SEALED = (DispatchColumn.NUMBER, DispatchColumn.NAME, DispatchColumn.TYPE, DispatchColumn.SENTENCE)
"""What the row key's checksum covers: an answer belongs to the words that the unit was shown.

`VERSION` is sealed where it stands.
"""
GUIDE = (
    "1. 每行一个账号，列出检查中发现的疑似问题和佐证。疑似问题尚未认定，请逐行核实。",
    "2. 黄色表头的各列由贵单位填写：是否有异议（从下拉列表选择“无异议”或“有异议”，"
    "没有选择的按有异议处理）；情况说明（是否属实、"
    "原因、整改情况）；最新链接（最新一篇内容的网址，以 http:// 或 https:// "
    "开头，可填多个）；责任人（填写人姓名，必填）。"
    "其余各列和隐藏的“行键”请勿改动。",
    (
        "3. 请在“反馈期限”当日前交回。没有异议的行也请填写；没有填写的行视为未反馈，"
        "期限届满后注明“逾期未反馈”，按现有证据审核。"
    ),
    "4. 填写最新链接后，系统会打开核对；链接能证明监测期间有更新的，不会认定为超期未更新。"
    "已发布后撤稿、平台限制发布等情况，请把后台的发表记录截图粘贴在“发表记录截图”一列，"
    "供审核人查看。",
    (
        "5. 可以排序、筛选、删除行；排序时请选中整张表。可以用 Excel、WPS 或 LibreOffice "
        "保存，格式须为 xlsx。"
    ),
)
FORM = Form(
    name="疑似问题核实",
    columns=tuple(DispatchColumn),
    answers=ANSWERS,
    key=DispatchColumn.KEY,
    frozen=DispatchColumn.NAME,
    error=DispatchColumn.ERROR,
    picture=DispatchColumn.PICTURE,
    choices={DispatchColumn.STANCE: tuple(Stance)},
    widths={
        DispatchColumn.KEY: 12,
        DispatchColumn.NUMBER: 18,
        DispatchColumn.NAME: 22,
        DispatchColumn.TYPE: 11,
        DispatchColumn.ORGANISER: 20,
        DispatchColumn.PLACE: 16,
        DispatchColumn.PROBLEM: 18,
        DispatchColumn.SENTENCE: 40,
        DispatchColumn.SOURCE: 18,
        DispatchColumn.READ_AT: 16,
        DispatchColumn.PICTURE: 22,
        DispatchColumn.FILE: 24,
        DispatchColumn.CONTACT: 10,
        DispatchColumn.PHONE: 14,
        DispatchColumn.VERSION: 18,
        DispatchColumn.TERM: 12,
        DispatchColumn.STANCE: 12,
        DispatchColumn.RECORD: 22,
        DispatchColumn.EXPLANATION: 36,
        DispatchColumn.LINK: 30,
        DispatchColumn.PERSON: 10,
        DispatchColumn.ERROR: 40,
    },
)


def texts_of(cells: Mapping[DispatchColumn, Cell], fields: Sequence[DispatchColumn]) -> list[str]:
    """The texts of some columns, as they stand in a row."""
    return [str(cells.get(column) or "") for column in fields]


def version_of(facts: Facts) -> str:
    """How a row names a finding: an answer is about what it said then."""
    return f"{facts.code.value}@{facts.version}"


def versions_in(text: str) -> frozenset[str]:
    """The findings that a row names; empty in sheets older than these names."""
    return frozenset(filter(None, (part.strip() for part in text.split("、"))))
