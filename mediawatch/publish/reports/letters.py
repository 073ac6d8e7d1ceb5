"""A letter of the office as a Word document: 更正通知, 函告 and the like, in the circular's layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.util import find_spec

from mediawatch.domain import UserError
from mediawatch.domain.clock import chinese_day
from mediawatch.table import Table
from mediawatch.visible import make_visible
from mediawatch.workbooks.templates import fill_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What stands in a letter, from top to bottom; what is empty is left out."""

    title: str
    paragraphs: Sequence[str]
    marks: Sequence[str] = ()
    """What is printed above the title: 送审稿, 演示数据 …"""
    number: str = ""
    """发文字号."""
    addressee: str = ""
    """主送机关, with its colon."""
    issuer: str = ""
    signed_on: date | None = None
    """成文日期; None leaves it open."""
    remark: str = ""
    """附注, in brackets."""
    copies: str = ""
    """抄送机关, printed last (版记)."""
    annexes: Sequence[Table] = ()
    """Each on a page of its own."""


def letter_document(letter: Letter, at: datetime) -> bytes:
    """The .docx of a letter; `at` is the date of its parts, so one state gives the same bytes.

    UserError where the extra `word` is missing.
    """
    if find_spec("docxtpl") is None:
        raise UserError("a Word document needs docxtpl: run `pip install 'mediawatch[word]'`")
    # Imported here: python-docx is part of that extra.
    from mediawatch.publish.reports.word_template import letter_template

    annexes = [table.with_visible_cells() for table in letter.annexes]
    return fill_in(
        letter_template(),
        {
            "marks": make_visible("；".join(letter.marks)),
            "title": make_visible(letter.title),
            "number": make_visible(letter.number),
            "addressee": make_visible(letter.addressee),
            "paragraphs": [make_visible(each) for each in letter.paragraphs],
            "annex_list": annex_lines(
                [
                    make_visible(f"{number}.{table.title}" if len(annexes) > 1 else table.title)
                    for number, table in enumerate(annexes, 1)
                ]
            ),
            "issuer": make_visible(letter.issuer),
            "date": chinese_day(letter.signed_on) if letter.signed_on else "    年  月  日",
            "remark": make_visible(letter.remark),
            "copies": make_visible(copies_line(letter.copies)),
            "annexes": [
                {
                    "number": f"附件{number if len(annexes) > 1 else ''}",
                    "title": make_visible(table.title),
                    "columns": table.columns,
                    "rows": table.rows,
                }
                for number, table in enumerate(annexes, 1)
            ],
        },
        [(table.columns, table.rows) for table in annexes],
        at,
    )


def annex_lines(names: Sequence[str]) -> list[str]:
    """附件说明 of annexes with their numbers: no mark after a name."""
    return [f"{'   ' if place else '附件：'}{name}" for place, name in enumerate(names)]


def publicity_line(publicity: str) -> str:
    """附注 of 公开属性: （此件主动公开）."""
    told = publicity.strip().strip("（）()")
    return f"（{told if told.startswith('此件') else f'此件{told}'}）" if told else ""


def copies_line(copies: str) -> str:
    """版记: 抄送机关, with a full stop."""
    told = copies.strip().removeprefix("抄送：").rstrip("。")
    return f"抄送：{told}。" if told else ""
