"""Hints as inspectors read them: source and day always stand beside what is said. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from mediawatch.domain import Hint, LinkReceipt
from mediawatch.domain.clock import chinese_day, day_of, minute
from mediawatch.people.forms.columns import given_text
from mediawatch.people.forms.hyperlinks import clickable
from mediawatch.rules.hints import current_hints

_LONGEST = 120
"""Signs of a link that a question still shows."""
HINTS = "他人提示（仅供核对参考，不作为认定依据）"
"""Stands above hints, wherever they are listed."""
_ASKED = 2
"""Sources that a question names."""


def questions_of(hints: Iterable[Hint], start: date, end: date, *, with_links: bool = False) -> str:
    """What a person is asked to check, "" where nobody said anything of the window.

    “某某服务单位”10月28日称最近更新为10月26日，请核对。 `with_links`: also the link that came with a day,
    where we do not open it ourselves.
    """
    said = [
        _words(hint, end.year, with_links) for hint in current_hints(hints, start, end)[:_ASKED]
    ]
    return "".join(f"{words}，请核对。" for words in said)


def hinted_link(hints: Iterable[Hint], start: date, end: date) -> str:
    """The link that a question of `questions_of` names first, "" where none does."""
    said = current_hints(hints, start, end)[:_ASKED]
    links = (hint.link for hint in said if len(hint.link) <= _LONGEST)
    return next(filter(clickable, links), "")


def hint_lines(hints: Iterable[Hint]) -> list[str]:
    """Every hint with its source, contract, file and who gave it, a line each."""
    return [_line(hint) for hint in hints]


def receipt_lines(receipts: Iterable[LinkReceipt]) -> list[str]:
    """Every link that came in for an account, with what became of it, a line each."""
    lines = []
    for receipt in receipts:
        seen = f"，文章页名称“{given_text(receipt.name_seen)}”" if receipt.name_seen else ""
        day = f"，发布于{chinese_day(receipt.published_on)}" if receipt.published_on else ""
        given = _given(
            receipt.source, receipt.given_by, receipt.given_at, receipt.file, receipt.row
        )
        lines.append(
            f"{minute(receipt.received_at)} {receipt.way.label}（{given}）"
            f"{given_text(receipt.url)}：{receipt.sort.label}{seen}{day}"
        )
    return lines


def _line(hint: Hint) -> str:
    contract = f"合同编号{given_text(hint.contract)}" if hint.contract else ""
    place = _given("", hint.given_by, hint.given_at, hint.file, hint.row)
    behind = "，".join(part for part in (place, contract) if part)
    link = f"，链接{given_text(hint.link)}" if hint.link else ""
    said = f"称最近更新为{chinese_day(hint.on)}" if hint.on else "提供了链接"
    return f"{chinese_day(day_of(hint.received_at))} “{given_text(hint.source)}”{said}{link}" + (
        f"（{behind}）" if behind else ""
    )


def _given(source: str, by: str, at: datetime | None, file: str, row: int) -> str:
    parts = (
        given_text(source),
        given_text(by),
        f"发送于{minute(at)}" if at else "",
        given_text(f"{file}第{row}行" if row else file),
    )
    return "，".join(part for part in parts if part)


def _words(hint: Hint, year: int, with_links: bool) -> str:
    who = f"“{given_text(hint.source)}”{_day(hint.said_on, year)}"
    link = f"（{given_text(hint.link)}）" if 0 < len(hint.link) <= _LONGEST else ""
    if hint.on is None:
        return f"{who}提供了链接{link}"
    said = f"{who}称最近更新为{_day(hint.on, year)}"
    return f"{said}，并提供了链接{link}" if link and with_links else said


def _day(day: date, year: int) -> str:
    """With the year where it is another one."""
    return chinese_day(day) if day.year != year else f"{day.month}月{day.day}日"
