"""The sheet of 整改情况反馈: its columns, its form, and the keys of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from mediawatch.domain import (
    Notice,
    NoticeItem,
)
from mediawatch.domain.clock import day_end, day_start
from mediawatch.people.forms.book import (
    Form,
    FormCover,
)
from mediawatch.people.forms.rowkey import (
    RowKey,
    Window,
    sealed_key,
)


class FeedbackColumn(StrEnum):
    """One column; the value is its heading."""

    KEY = "行键（勿改）"
    NUMBER = "备案单号"
    NAME = "政务新媒体名称"
    TYPE = "类型"
    ORGANISER = "所属组织"
    PLACE = "地区"
    PROBLEM = "存在的突出问题"
    DEADLINE = "整改期限"
    CONTACT = "联系人"
    PHONE = "联系电话"
    DONE = "整改情况"
    LINK = "最新链接"
    PERSON = "责任人"
    ERROR = "错误说明"


ANSWERS = (FeedbackColumn.DONE, FeedbackColumn.LINK, FeedbackColumn.PERSON)
SEALED = (FeedbackColumn.NUMBER, FeedbackColumn.NAME, FeedbackColumn.TYPE, FeedbackColumn.PROBLEM)
GUIDE = (
    "1. 每行一个账号，列出通报的突出问题。请在整改期限前完成整改，并填写本表报送。",
    "2. 黄色表头的三列由贵单位填写：整改情况（采取的措施、完成日期；已申请关停或已变更备案的请写明）；"
    "最新链接（最新一篇内容的网址，"
    "以 http:// 或 https:// 开头，可填多个；已补转载的，填写转载内容的网址）；责任人（填写人姓名，必填）。其余各列和隐藏的各列"
    "请勿改动；没有填写的行视为未反馈。",
    "3. 是否完成整改以复查结果为准。可以用 Excel、WPS 或 LibreOffice 保存，格式须为 xlsx。",
)
FORM = Form(
    name="整改情况反馈",
    columns=tuple(FeedbackColumn),
    answers=ANSWERS,
    key=FeedbackColumn.KEY,
    frozen=FeedbackColumn.NAME,
    error=FeedbackColumn.ERROR,
    firm=(FeedbackColumn.DEADLINE,),
    widths={
        FeedbackColumn.KEY: 12,
        FeedbackColumn.NUMBER: 13,
        FeedbackColumn.NAME: 18,
        FeedbackColumn.TYPE: 10,
        FeedbackColumn.ORGANISER: 18,
        FeedbackColumn.PLACE: 13,
        FeedbackColumn.PROBLEM: 22,
        FeedbackColumn.DEADLINE: 11,
        FeedbackColumn.CONTACT: 9,
        FeedbackColumn.PHONE: 13,
        FeedbackColumn.DONE: 34,
        FeedbackColumn.LINK: 22,
        FeedbackColumn.PERSON: 9,
        FeedbackColumn.ERROR: 24,
    },
)


def cover_of(notice: Notice, title: str, marks: Sequence[str], issuer: str = "") -> FormCover:
    meta = {"schema": "mediawatch.feedback/1", "notice": notice.number}
    return FormCover(
        title=title,
        made_at=day_start(notice.issued_on),
        meta=meta,
        guide=GUIDE,
        marks=marks,
        issuer=issuer,
    )


def key_of(
    home: str, notice: Notice, item: NoticeItem, texts: Mapping[FeedbackColumn, str]
) -> RowKey:
    """The notice and the item in the places of sweep and account.

    The seal distinguishes the row from a worklist's.
    """
    window = Window(day_end(notice.issued_on), notice.issued_on)
    sealed = ["整改反馈", notice.number, *(texts[column] for column in SEALED)]
    return sealed_key(home, notice.id, item.number, window, sealed, item.filed)
