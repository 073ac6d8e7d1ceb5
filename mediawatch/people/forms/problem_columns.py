"""The columns of the sheet 人工检查: one row an account and a kind of problem."""

from __future__ import annotations

from mediawatch.domain import ProblemAnswer
from mediawatch.people.forms.columns import FormColumn


class ProblemColumn(FormColumn):
    """One column of a sheet 人工检查."""

    KEY = "行键（勿改）"
    QR = "二维码"
    NAME = "备案名称"
    TYPE = "类型"
    ORGANISER = "所属组织"
    IDS = "原始ID/微信号"
    PAGE = "账号或文章链接"
    KIND = "检查项目"
    ASKED = "检查要求"
    ANSWER = "检查结果（存在/未见）"
    WORDS = "具体情况"
    SHOT = "截图"
    LINK = "问题链接"
    SEEN_NAME = "所见名称"
    SEEN_ID = "所见ID（看到的微信号/原始ID/主页ID）"
    TIME = "检查时间"
    PERSON = "检查人"
    REMARK = "备注"
    ERROR = "错误说明"


PROBLEM_ANSWERS = (
    ProblemColumn.ANSWER,
    ProblemColumn.WORDS,
    ProblemColumn.SHOT,
    ProblemColumn.LINK,
    ProblemColumn.SEEN_NAME,
    ProblemColumn.SEEN_ID,
    ProblemColumn.TIME,
    ProblemColumn.PERSON,
    ProblemColumn.REMARK,
)
"""What people fill in."""
PROBLEM_CLAIMS = (ProblemColumn.ANSWER, ProblemColumn.WORDS, ProblemColumn.SHOT, ProblemColumn.LINK)
"""What makes a row an answered one: a name or a time is often filled down the whole column."""
PROBLEM_SEALED = (ProblemColumn.NAME, ProblemColumn.TYPE, ProblemColumn.IDS, ProblemColumn.KIND)
"""What the row key's checksum covers: an answer is about this account and this kind."""
PROBLEM_REQUIRED = (
    *PROBLEM_SEALED,
    *(column for column in PROBLEM_ANSWERS if column is not ProblemColumn.REMARK),
)
PROBLEM_WORDS = {
    ProblemAnswer.FOUND.label: ProblemAnswer.FOUND,
    "有": ProblemAnswer.FOUND,
    "是": ProblemAnswer.FOUND,
    "存在问题": ProblemAnswer.FOUND,
    ProblemAnswer.ABSENT.label: ProblemAnswer.ABSENT,
    "无": ProblemAnswer.ABSENT,
    "否": ProblemAnswer.ABSENT,
    "未发现": ProblemAnswer.ABSENT,
    "不存在": ProblemAnswer.ABSENT,
    "没有": ProblemAnswer.ABSENT,
}
"""What stands under 检查结果, and what it means."""
