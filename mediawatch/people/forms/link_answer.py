"""链接核对结果: the file that goes back to whoever sent links or dates.

His rows stand in his order, each with what became of it, why, and what to send instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path, PurePath

from mediawatch.articles import article_key
from mediawatch.domain import Account, LinkSort, Saying
from mediawatch.domain.clock import chinese_day, minute
from mediawatch.files import FileWriter, write_whole
from mediawatch.names import same
from mediawatch.people.forms.book import Formats, FormCover, sheet_name, write_cell, writing
from mediawatch.people.forms.columns import given_text
from mediawatch.people.forms.rowkey import CLOSED
from mediawatch.people.link_files import NOBODY, STDIN, LinkRow, why_unopened
from mediawatch.people.link_report import (
    ASK,
    NO_ADDRESS,
    LinkEntry,
    LinkReport,
    LinkResult,
)
from mediawatch.table import lines_of
from mediawatch.workbooks.places import Place

SHEET = "链接核对结果"
_HEADINGS = (
    "序号",
    "文件",
    "位置",
    "提供人及时间",
    "来文内容",
    "链接",
    "结果",
    "账号",
    "原因",
    "请补充",
)
_WIDTHS = (5, 12, 9, 10, 26, 24, 8, 15, 28, 22)
_COPY = "打开文章，点右上角“…”，选“复制链接”，把链接粘贴发来"
_AGAIN = "无须补发，稍后再次打开"


class AnswerResult(StrEnum):
    """What became of a row that somebody sent: every word that the column 结果 can show."""

    OWN = LinkSort.OWN.label
    FOREIGN = LinkSort.FOREIGN.label
    DEAD = LinkSort.DEAD.label
    UNDECIDED = LinkSort.UNDECIDED.label
    KEPT = "已登记"
    REFUSED = "未收"
    NOT_COUNTED = "不计"


_MEANINGS = {
    AnswerResult.OWN: "是该账号自己的文章",
    AnswerResult.FOREIGN: "是其他账号的文章",
    AnswerResult.DEAD: "链接打不开文章",
    AnswerResult.UNDECIDED: "尚不能确定，原因见该行",
    AnswerResult.KEPT: "所提供的日期或链接已记下，仅供人工核对参考，不能证明更新",
    AnswerResult.REFUSED: "该行有误，或同一文件中有错误的行，没有记下，请更正后重新提供",
    AnswerResult.NOT_COUNTED: "该行没有可用的日期或链接，或另有更新的日期，不予计算",
}
_GUIDE = (
    "1. 各行按来文的顺序排列。结果的含义："
    + "；".join(f"“{result}”，{meaning}" for result, meaning in _MEANINGS.items())
    + "。",
    "2. “请补充”一列有内容的，请按其办理；空白的无须处理。",
    "3. 本表不是检查结论。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAnswer:
    """One row of the answer."""

    place: Place
    text: str
    result: AnswerResult
    reason: str
    url: str = ""
    saying: Saying = NOBODY
    account: str = ""
    ask: str = ""


def answers_of(rows: Sequence[LinkRow], report: LinkReport) -> list[LinkAnswer]:
    """The answers to rows that came in, by what became of their links."""
    entries = {article_key(entry.link.url): entry for entry in report.entries}
    return [answer for row in rows for answer in _answers(row, entries)]


def _answers(row: LinkRow, entries: dict[str, LinkEntry]) -> list[LinkAnswer]:
    made = [
        answer_link(row, url, entries[article_key(url)])
        for url in row.urls
        if article_key(url) in entries
    ]
    made += [
        LinkAnswer(
            place=row.place,
            text=row.text,
            url=address,
            saying=row.saying,
            result=AnswerResult.UNDECIDED,
            account=_named_in(row),
            reason=why_unopened(address),
            ask=ask_of(row.account, _COPY),
        )
        for address in row.others
    ]
    if row.card:
        made.append(
            LinkAnswer(
                place=row.place,
                text=row.card,
                saying=row.saying,
                result=AnswerResult.UNDECIDED,
                account=_named_in(row),
                reason=NO_ADDRESS,
                ask=ask_of(row.account, _COPY),
            )
        )
    return made


def answer_link(row: LinkRow, url: str, entry: LinkEntry) -> LinkAnswer:
    """The answer to one link of a row."""
    reason, ask = _reason(entry)
    meant = row.account or entry.named or next(iter(entry.accounts), None)
    return LinkAnswer(
        place=row.place,
        text=row.text,
        url=url,
        saying=row.saying,
        result=AnswerResult(entry.sort.label),
        account="、".join(account.filed.name for account in entry.names) or _named_in(row),
        reason=reason,
        ask=ask_of(meant, ask),
    )


def ask_of(account: Account | None, ask: str) -> str:
    """What is asked for the account: no article of one that is filed as closed."""
    over = account is not None and account.filed.status in CLOSED
    return "" if over and ask in (ASK, _COPY) else ask


def _named_in(row: LinkRow) -> str:
    return row.account.filed.name if row.account else ""


def _reason(entry: LinkEntry) -> tuple[str, str]:
    """Why the result is what it is, and what to send instead."""
    shown = f"“{given_text(entry.name_seen)}”" if entry.name_seen else ""
    match entry.result, entry.sort:
        case ((LinkResult.MATCHED | LinkResult.KNOWN), LinkSort.FOREIGN):
            return "是台账内另一账号的文章，已计入该账号", ASK
        case LinkResult.KNOWN, _:
            return "这篇文章此前已核对过，已计入", ""
        case LinkResult.MATCHED, _:
            return _matched(entry, shown)
        case LinkResult.PROPOSED, _:
            return (
                f"文章页显示的账号为{shown or '（未显示名称）'}，尚无备案ID可以核对",
                "请提供该账号的原始ID",
            )
        case LinkResult.AMBIGUOUS, _:
            return f"台账内有多个账号名为{shown}，无法确定属于哪一个", "请注明备案单号"
        case LinkResult.FOREIGN, _:
            return f"文章页显示的账号为{shown or '其他账号'}，不是台账内的账号", ASK
        case LinkResult.DEAD, _:
            return "链接已失效，或文章已删除、不可见", ASK
        case LinkResult.UNREAD, _:
            return "本次未能读出文章页", _AGAIN
        case _:
            return "本次尚未打开", _AGAIN


def _matched(entry: LinkEntry, shown: str) -> tuple[str, str]:
    day: date | None = entry.published_on
    parts = [f"发布于{chinese_day(day)}，已计入" if day else "文章页未显示发布时间，不能证明更新"]
    if entry.name_seen and not all(
        same(account.filed.name, entry.name_seen) for account in entry.accounts
    ):
        parts.append(f"文章页显示的名称为{shown}，与备案名称不同，请核对备案")
    return "；".join(parts), "" if day else ASK


def write_answer(
    path: Path,
    answers: Sequence[LinkAnswer],
    *,
    now: datetime,
    marks: Sequence[str] = (),
    overwrite: bool = False,
    write: FileWriter = write_whole,
) -> int:
    """Write the answer to a new workbook that prints on A4; returns the number of rows.

    UserError where it cannot be written, and without `overwrite` where the file exists already.
    """
    cover = FormCover(
        title=f"{SHEET}  {minute(now)}", made_at=now, meta={}, guide=_GUIDE, marks=marks
    )
    with writing(path, cover, overwrite=overwrite, write=write) as book:
        formats = Formats(book)
        sheet = book.add_worksheet(sheet_name(SHEET, marks))
        for place, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
            sheet.write_string(0, place, heading, formats.head)
            sheet.set_column(place, place, width)
        for number, answer in enumerate(answers, 1):
            texts = _texts(number, answer)
            for place, text in enumerate(texts):
                write_cell(sheet, number, place, text, formats.given)
            lines = max(
                lines_of(text, max(width - 1, 1))
                for text, width in zip(texts, _WIDTHS, strict=True)
            )
            sheet.set_row(number, 14 * lines + 4)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(answers), 1), len(_HEADINGS) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.5)
        sheet.set_header("&L" + cover.heading.replace("&", "&&")[:200])
        sheet.set_footer("&C第 &P 页 共 &N 页")
    return len(answers)


def _texts(number: int, answer: LinkAnswer) -> tuple[str, ...]:
    place = answer.place
    # Whoever gets the file knows his own file's name, and nothing of our folders.
    file = "粘贴的文字" if place.file == STDIN else PurePath(place.file).name
    texts = (answer.text, answer.url, answer.result, answer.account, answer.reason, answer.ask)
    return (
        str(number),
        given_text(file),
        place.chinese if place.row else "",
        given_text(_sender(answer.saying)),
        *(given_text(text) for text in texts),
    )


def _sender(saying: Saying) -> str:
    """Who sent it and when, as far as the file tells."""
    return " ".join(filter(None, (saying.by, minute(saying.at) if saying.at else "")))
