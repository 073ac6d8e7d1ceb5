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
    "1. 每行一个账号，列出检查中发现的疑似问题、疑似依据和佐证截图；有截图的，“佐证截图”工作表中另有一页大图。"
    "疑似问题尚未认定，请逐行核实。",
    "2. 黄色表头的各列由贵单位填写：是否有异议（从下拉列表选择“无异议”或“有异议”，"
    "没有选择的按有异议处理）；情况说明（是否属实、"
    "原因、整改情况）；最新链接（最新一篇内容的网址，以 http:// 或 https:// "
    "开头，可填多个）；责任人（填写人姓名，必填）。"
    "其余各列和隐藏的各列请勿改动。",
    (
        "3. 请在“反馈期限”当日前交回。没有异议的行也请填写；没有填写的行视为未反馈，"
        "期限届满后注明“逾期未反馈”，按现有证据审核。"
    ),
    "4. 填写最新链接后，系统会打开核对；链接能证明监测期间有更新的，不会认定为超期未更新。"
    "已发布后撤稿、平台限制发布等情况，请把后台的发表记录截图粘贴在“发表记录截图”一列，"
    "供审核人查看。人工检查发现的问题（互动回应差、严重错别字等），请在“情况说明”中写明是否属实和整改情况，"
    "可附截图。",
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
    hidden=(DispatchColumn.VERSION,),
    firm=(DispatchColumn.READ_AT, DispatchColumn.PICTURE, DispatchColumn.TERM),
    picture_sheet="佐证截图",
    widths={
        DispatchColumn.KEY: 12,
        DispatchColumn.NUMBER: 10,
        DispatchColumn.NAME: 13,
        DispatchColumn.TYPE: 7.5,
        DispatchColumn.ORGANISER: 13,
        DispatchColumn.PLACE: 9,
        DispatchColumn.PROBLEM: 10,
        DispatchColumn.SENTENCE: 28,
        DispatchColumn.SOURCE: 10,
        DispatchColumn.READ_AT: 11,
        DispatchColumn.PICTURE: 20,
        DispatchColumn.CONTACT: 8,
        DispatchColumn.PHONE: 12,
        DispatchColumn.VERSION: 12,
        DispatchColumn.TERM: 11,
        DispatchColumn.STANCE: 7.5,
        DispatchColumn.RECORD: 12,
        DispatchColumn.EXPLANATION: 18,
        DispatchColumn.LINK: 12,
        DispatchColumn.PERSON: 7.5,
        DispatchColumn.ERROR: 20,
    },
)


def texts_of(cells: Mapping[DispatchColumn, Cell], fields: Sequence[DispatchColumn]) -> list[str]:
    """The texts of some columns, as they stand in a row."""
    return [str(cells.get(column) or "") for column in fields]


def version_of(facts: Facts) -> str:
    """How a row names a finding: an answer is about what it said then."""
    return facts.version


def versions_in(text: str) -> frozenset[str]:
    """The findings that a row names; empty in sheets older than these names.

    Sheets that went out before have our code before each: `stale_2w@3f2a`.
    """
    parts = (part.strip().rpartition("@")[2] for part in text.split("、"))
    return frozenset(filter(None, parts))
