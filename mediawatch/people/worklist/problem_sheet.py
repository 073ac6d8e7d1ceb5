"""The sheet 人工检查: its form, its rows, and how it is to be filled in."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

from mediawatch.domain import Code, ProblemAnswer, Sweep
from mediawatch.domain.clock import day_of
from mediawatch.people.forms.book import Form, FormRow
from mediawatch.people.forms.columns import Cell, given_text, text_of
from mediawatch.people.forms.problem_columns import (
    PROBLEM_ANSWERS,
    PROBLEM_SEALED,
    ProblemColumn,
)
from mediawatch.people.forms.rowkey import Window, sealed_key
from mediawatch.people.worklist.problem_todo import ProblemQuestion
from mediawatch.people.worklist.where_to_look import where_to_look
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.policy import Policy
from mediawatch.rules.problem_things import is_particular
from mediawatch.workbooks.images import MAX_QR_TEXT, qr_png

PROBLEM_FORM: Form[ProblemColumn] = Form(
    name="人工检查",
    columns=tuple(ProblemColumn),
    answers=PROBLEM_ANSWERS,
    widths={
        ProblemColumn.KEY: 12, ProblemColumn.QR: 14.5, ProblemColumn.NAME: 14, ProblemColumn.TYPE: 7.5,
        ProblemColumn.ORGANISER: 13, ProblemColumn.IDS: 13, ProblemColumn.PAGE: 11, ProblemColumn.KIND: 10,
        ProblemColumn.ASKED: 22, ProblemColumn.ANSWER: 9, ProblemColumn.WORDS: 16, ProblemColumn.SHOT: 12,
        ProblemColumn.LINK: 11, ProblemColumn.SEEN_NAME: 10, ProblemColumn.SEEN_ID: 11, ProblemColumn.TIME: 11,
        ProblemColumn.PERSON: 7.5, ProblemColumn.REMARK: 9, ProblemColumn.ERROR: 20,
    },
    key=ProblemColumn.KEY,
    frozen=ProblemColumn.NAME,
    firm=(ProblemColumn.QR, ProblemColumn.TIME),
    error=ProblemColumn.ERROR,
    choices={ProblemColumn.ANSWER: (ProblemAnswer.FOUND.label, ProblemAnswer.ABSENT.label)},
    links=(ProblemColumn.PAGE,),
)  # fmt: skip
USABLE = "能否下载、打开、正常使用？不能的选“存在”，并写明具体情况；能的选“未见”。"

TITLED = "“具体情况”中请以《》写明未转载信息的标题。"


_QUESTIONS: Mapping[Code, str] = {
    Code.INTERACTION_POOR: "留言、评论、私信等互动功能是否有效？无效的选“存在”，并写明具体情况；有效的选“未见”。",
    Code.UNUSABLE: "菜单、链接等功能能否正常使用？不能的选“存在”，并写明具体情况；能的选“未见”。",
    Code.NOT_REPOSTED: "要求转载的重要信息是否已转载？未转载的选“存在”；已转载的选“未见”。",
    Code.WRONG_WORDS: "有无严重错别字？有的选“存在”，并写明错误和正确写法；没有的选“未见”。",
    Code.ADVERTISING: "有无商业广告？有的选“存在”，并写明内容；没有的选“未见”。",
}
"""What a person is asked of each kind; of an office's own kinds its label."""


_SAME = "看到的是这一处的，“具体情况”可不填；看到的是另一处的，请写明。"


def problem_guide() -> tuple[str, ...]:
    """The paragraphs of 填写说明 on this sheet."""
    text = resources.files("mediawatch.people.worklist") / "problem_guide.txt"
    return tuple(text.read_text(encoding="utf-8").splitlines())


def problem_row(
    item: ProblemQuestion, sweep: Sweep, policy: Policy, home: str, person: str = ""
) -> FormRow[ProblemColumn]:
    """The row that asks one person about one kind of problem of an account."""
    filed = item.account.filed
    window = Window.asked_about(sweep, account_policy(policy, filed))
    cells: dict[ProblemColumn, Cell] = {
        ProblemColumn.NAME: given_text(filed.name),
        ProblemColumn.TYPE: given_text(filed.printed_type),
        ProblemColumn.ORGANISER: given_text(filed.organiser),
        ProblemColumn.IDS: given_text(" / ".join(item.ids)),
        ProblemColumn.PAGE: item.page,
        ProblemColumn.KIND: given_text(policy.kind_label(item.code)),
        ProblemColumn.ASKED: given_text(_asked(item, policy) + item.lead),
        ProblemColumn.PERSON: text_of(person),
    }
    sealed = [str(cells[column]) for column in PROBLEM_SEALED]
    cells[ProblemColumn.KEY] = str(
        sealed_key(home, sweep.id, item.account.id, window, sealed, filed)
    )
    if 0 < len(item.page) <= MAX_QR_TEXT:
        return FormRow(cells=cells, filed={ProblemColumn.QR: qr_png(item.page)})
    cells[ProblemColumn.QR] = "无链接，请在平台内搜索备案名称"
    return FormRow(cells=cells)


def _asked(item: ProblemQuestion, policy: Policy) -> str:
    rule = policy.codes[item.code]
    is_use = item.code is Code.UNUSABLE and item.account.filed.is_application
    own = f"有无“{rule.label}”问题？有的选“存在”，没有的选“未见”。"
    asked = (
        USABLE + where_to_look(item.account.filed, by_updates=False)
        if is_use
        else _QUESTIONS.get(item.code, own)
    )
    if item.code is Code.NOT_REPOSTED:
        asked += TITLED
    found = item.first
    if found is None or found.problem is None:
        return asked
    if found.problem.answer is ProblemAnswer.ABSENT:
        return f"抽查复核，请由{found.by}以外的人员核查：{found.by}答“未见”。{asked}"
    said = f"（{found.problem.words}）" if found.problem.words else ""
    if said and is_particular(item.code):
        asked += _SAME
    day = day_of(found.read_at)
    return f"请由{found.by}以外的人员独立核查：{found.by}于{day.month}月{day.day}日发现该问题{said}。{asked}"
