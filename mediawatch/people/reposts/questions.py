"""转载情况核实表: units are asked for the link of a repost that was not surely seen.

One file for each 主管单位, county, prefecture or unit. Contacts stand in none of them, nor does the
link of the source: read back (`links import`), it would be taken for the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from mediawatch.domain import Account, Filing, RepostItem, RepostTask
from mediawatch.domain.clock import chinese_day
from mediawatch.people.forms.account import account_cells
from mediawatch.people.forms.book import Form, FormCover, FormRow, write_form
from mediawatch.people.forms.columns import given_text
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.worklist.export import part_name


class RepostColumn(StrEnum):
    """One column; the value is its heading."""

    NUMBER = "备案单号"
    NAME = "政务新媒体名称"
    TYPE = "类型"
    ORGANISER = "所属组织"
    PLACE = "地区"
    ITEM = "应转载信息"
    STATE = "核查情况"
    LINK = "转载链接"
    REASON = "未转载的原因"
    ERROR = "错误说明"


_GUIDE = (
    "1．每行列出一个账号应转载、而核查中尚未确认转载的一条信息。核查情况仅供核对，不是认定的问题。",
    "2．已经转载的，请在“转载链接”一列填写该账号所发信息的链接（在该信息页面选择“复制链接”），不要填写原文链接。",
    "3．确未转载的，请在“未转载的原因”一列说明原因。",
)
FORM = Form(
    name="转载情况核实表",
    columns=tuple(column for column in RepostColumn if column is not RepostColumn.ERROR),
    answers=(RepostColumn.LINK, RepostColumn.REASON),
    key=RepostColumn.ERROR,
    frozen=RepostColumn.NAME,
    error=RepostColumn.ERROR,
    widths={
        RepostColumn.NUMBER: 16,
        RepostColumn.NAME: 20,
        RepostColumn.TYPE: 11,
        RepostColumn.ORGANISER: 20,
        RepostColumn.PLACE: 14,
        RepostColumn.ITEM: 34,
        RepostColumn.STATE: 14,
        RepostColumn.LINK: 36,
        RepostColumn.REASON: 28,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostQuestion:
    """An account and an item of which a unit is asked; `state` as the lists print it."""

    account: Account
    item: RepostItem
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostFile:
    """One file, with its rows."""

    path: Path
    rows: int


def write_questions(
    target: FormTarget,
    task: RepostTask,
    questions: Sequence[RepostQuestion],
    part_of: Callable[[Filing], str],
    now: datetime,
) -> list[RepostFile]:
    """Write the files into the target's folder. UserError where a file is there already.

    `part_of`: in whose file an account stands.
    """
    parts: dict[str, list[RepostQuestion]] = {}
    for each in questions:
        parts.setdefault(part_of(each.account.filed), []).append(each)
    taken: set[str] = set()
    files = {
        part: target.path / part_name(target.path / f"{FORM.name}.xlsx", part, taken)
        for part in parts
    }
    target.refuse_existing(files.values(), "name another folder, or --overwrite")
    term = f"{chinese_day(task.from_day)}至{chinese_day(task.until_day)}"
    for part, listed in parts.items():
        cover = FormCover(
            title=f"{FORM.name}  {term}  {given_text(part)}",
            made_at=now,
            meta={"schema": "mediawatch.reposts/1"},
            guide=_GUIDE,
            marks=target.marks,
            issuer=target.issuer,
        )
        rows = [_row(each) for each in listed]
        write_form(files[part], FORM, rows, cover, overwrite=target.overwrite, write=target.write)
    return [RepostFile(path=files[part], rows=len(listed)) for part, listed in parts.items()]


def _row(question: RepostQuestion) -> FormRow[RepostColumn]:
    given = account_cells(question.account.filed, None)
    item = question.item
    cells = {column: given[column.value] for column in RepostColumn if column.value in given}
    cells |= {
        RepostColumn.ITEM: given_text(item.title or f"第{item.number}项（见任务通知）"),
        RepostColumn.STATE: question.state,
    }
    return FormRow(cells=cells)
