"""提醒: one text a unit, for the office to paste into a message to that unit.

It is a courtesy and no finding. It speaks of what was seen; of a date that may not be the newest it
says no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mediawatch.domain import Account, Contact, DateKind, Sweep, SweepAccount, Verdict
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.people.forms.rowkey import CLOSED
from mediawatch.people.link_report import ASK
from mediawatch.publish.circular.frame import moment
from mediawatch.publish.circular.printed import DAY, PrintedLine, expect
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.found_problems import is_open_by_people
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import Policy
from mediawatch.table import join_filled, plain


class Unit(StrEnum):
    """The addressees of the texts."""

    ORGANISER = "organiser"
    SUPERVISOR = "supervisor"

    def of(self, account: Account) -> str:
        """The unit's name; where it is not filed, that of the other unit, else the account's."""
        filed = account.filed
        return (
            (self is Unit.SUPERVISOR and filed.supervisor)
            or filed.organiser
            or filed.supervisor
            or filed.name
        )

    def key(self, account: Account) -> tuple[str, str, str]:
        """The unit's name and place: what belongs into one text."""
        filed = account.filed
        own = self is Unit.ORGANISER
        return self.of(account), filed.prefecture if own else "", filed.county if own else ""


_Soon = list[tuple[SweepAccount, date]]
"""Each with the last day that is in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """The text of one unit, and how many accounts it names."""

    unit: str
    text: str
    accounts: int


def reminders(
    judged: JudgedScope,
    contacts: Mapping[int, Contact],
    *,
    today: date,
    opens: Callable[[str], bool],
    to: Unit = Unit.ORGANISER,
    marks: Sequence[str] = (),
) -> list[Reminder]:
    """The texts, in the order of the registry.

    `opens`: whether a link of a platform shows whose it is (`App.opens_links`).

    Contacts (by account) stand only in the text to their own unit, never in one to a unit above it.
    Units of one name in two places are two units.
    """
    sweep, policy = judged.sweep, judged.policy
    units: dict[tuple[str, str, str], tuple[_Soon, list[SweepAccount]]] = {}
    for entry in judged.entries:
        until = deadline(entry, sweep, policy)
        if until and until >= today:
            units.setdefault(to.key(entry.account), ([], []))[0].append((entry, until))
        elif asks_for_link(entry, opens):
            units.setdefault(to.key(entry.account), ([], []))[1].append(entry)
    return [
        Reminder(
            unit=unit,
            text=_text(
                unit,
                soon,
                asked,
                sweep,
                _people([*(entry for entry, _ in soon), *asked], contacts)
                if to is Unit.ORGANISER
                else "",
                marks,
            ),
            accounts=len(soon) + len(asked),
        )
        for (unit, *_), (soon, asked) in units.items()
    ]


def deadline(entry: SweepAccount, sweep: Sweep, policy: Policy) -> date | None:
    """The last day on which a new post comes in time; None where no deadline is certain.

    It is certain for an account that is 即将超期 by an exact date.
    """
    judged = entry.judgement
    if (
        judged is None
        or judged.verdict is not Verdict.DUE_SOON
        or judged.date_kind is not DateKind.EXACT
        or judged.latest_on is None
    ):
        return None
    as_of_day = day_of(sweep.as_of)
    own = account_policy(policy, entry.account.filed)
    return judged.latest_on + (as_of_day - own.window_start(as_of_day))


def asks_for_link(entry: SweepAccount, opens: Callable[[str], bool]) -> bool:
    """Whether the unit is asked for a link: no look has proved the account, and a link could.

    An exact date leaves nothing that a link could show, nor does what a person found; who is
    filed as closed has none.
    """
    judged = entry.judgement
    return (
        judged is not None
        and judged.verdict is Verdict.UNPROVEN
        and judged.date_kind is not DateKind.EXACT
        and not is_open_by_people(judged)
        and entry.account.filed.status not in CLOSED
        and opens(entry.account.platform)
    )


def _text(
    unit: str,
    soon: _Soon,
    asked: Sequence[SweepAccount],
    sweep: Sweep,
    people: str,
    marks: Sequence[str],
) -> str:
    lines = ["".join(f"【{mark}】" for mark in marks) + f"{_line(unit)}："]
    lines += [f"（{people}）"] if people else []
    if soon:
        lines += [
            f"在{moment(sweep)}的政务新媒体检查中，以下账号请贵单位留意。",
            "",
            "请在期限前发布新内容：",
        ]
        for number, (entry, until) in enumerate(soon, 1):
            seen = f"最近发布于{_cn(_latest(entry))}，" if _latest(entry) else ""
            lines.append(
                f"{number}. {_name(entry)}：{seen}请于{_cn(until)}（含当日）前发布新内容。"
            )
    if asked:
        lines += [""] if soon else []
        lines += [f"{ASK}："]
        lines += [f"{number}. {_name(entry)}" for number, entry in enumerate(asked, 1)]
    hold_lines(lines, soon, asked)
    return "\n".join([*lines, "", "本提醒不是检查结论。"]) + "\n"


def hold_lines(
    lines: Sequence[str],
    soon: Sequence[tuple[SweepAccount, date]],
    asked: Sequence[SweepAccount],
) -> None:
    """Read back each number of the list: its place, and the days. AssertionError for a wrong one."""
    until = {number: day for number, (_, day) in enumerate(soon, 1)}
    latest = {number: _latest(entry) for number, (entry, _) in enumerate(soon, 1)}
    numbered = [line for line in lines if re.match(r"\d+\. ", line)]
    entries = [*(entry for entry, _ in soon), *asked]
    if len(numbered) != len(entries):
        raise AssertionError(f"a reminder lists {len(numbered)} of {len(entries)} entries.")
    wrong: list[str] = []
    for place, (text, entry) in enumerate(zip(numbered, entries, strict=True), 1):
        number = place if place <= len(soon) else place - len(soon)
        line = PrintedLine(text)
        line.put_aside({_name(entry): ""})
        line.hold(
            [
                expect(r"^(\d+)\. ", number),
                expect(rf"最近发布于(?=\d)({DAY})，", latest.get(place)),
                expect(rf"请于(?=\d)({DAY})（含当日）前", until.get(place)),
            ]
        )
        wrong += line.faults()
    if wrong:
        raise AssertionError(" ".join(wrong))


def _name(entry: SweepAccount) -> str:
    filed = entry.account.filed
    number = f"，备案单号{_line(filed.filing_number)}" if filed.filing_number else ""
    return f"“{_line(filed.name)}”（{_line(filed.printed_type)}{number}）"


def _people(entries: Sequence[SweepAccount], contacts: Mapping[int, Contact]) -> str:
    # Without a filed unit the text goes to the one above, which forwards it.
    known = (
        contacts[entry.account.id]
        for entry in entries
        if entry.account.id in contacts and entry.account.filed.organiser
    )
    people = dict.fromkeys(
        join_filled((_line(contact.person), _line(contact.phone)), " ") for contact in known
    )
    return f"联系人：{'、'.join(filter(None, people))}" if any(people) else ""


def _line(text: str) -> str:
    """A filed text within a sentence.

    Nothing in it may break the line or act as markup where the text is pasted.
    """
    return " ".join(plain(text).split())


def _latest(entry: SweepAccount) -> date | None:
    return entry.judgement.latest_on if entry.judgement else None


def _cn(day: date | None) -> str:
    return "" if day is None else chinese_day(day)
