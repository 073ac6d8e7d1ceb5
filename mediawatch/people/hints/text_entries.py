"""Hints of a text or chat: its links, and the lines that name an account and its newest day. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mediawatch.domain import Account, Filing
from mediawatch.domain.clock import day_of
from mediawatch.names import fold
from mediawatch.people.chats import read_messages
from mediawatch.people.hints.entry import NOTHING, HintEntry, day_fault
from mediawatch.people.link_files import LinkRow
from mediawatch.people.link_naming import FiledNames
from mediawatch.people.worklist.values import BadValue, YearMissing, day_in
from mediawatch.registry.problems import RowProblem
from mediawatch.workbooks.places import Place

_SAID = r"(?:更新|发布|发文|推送)"
_DAY = r"(?P<day{0}>(?:\d{{4}}\s*[-/.年]\s*)?\d{{1,2}}\s*[-/.月]\s*\d{{1,2}}\s*日?)"
_CLAIM = re.compile(
    rf"(?:最近|最新|最后)(?:一次|一篇)?{_SAID}(?:日期|时间)?\s*(?:为|是|于|在|[:：])?\s*{_DAY.format('')}"
    rf"|{_DAY.format('_before')}\s*(?:为|是)?(?:最近|最新|最后)(?:一次|一篇)?{_SAID}"
)
"""A day that a message calls the newest: 最近更新为10月26日. Other days in it are of something else."""
_SEVERAL = "写到几个账号，不能确定日期属于哪一个，请一行只写一个账号"
_NO_YEAR = "日期晚于消息日期，请写明年份"
_LATER = "日期晚于消息日期，请更正"
_TO_COME = "消息日期在今天之后，请核对聊天记录的日期"
_NOBODY = "没有写明台账中的账号名称，日期无法对应账号"


def linked_entries(rows: Sequence[LinkRow], accounts: Sequence[Account]) -> Iterator[HintEntry]:
    """Links of a text: the account is the one that is named beside it, if any."""
    names, by_id = FiledNames(accounts), {account.id: account for account in accounts}
    for row in rows:
        number = names.account_in(row.text) or names.account_in(row.message)
        yield HintEntry(
            place=row.place,
            text=row.text,
            account=by_id.get(number or 0),
            urls=row.urls,
            others=row.others,
            card=row.card,
            saying=row.saying,
        )


def with_claims(
    linked: Sequence[HintEntry],
    lines: Sequence[tuple[Place, str]],
    accounts: Sequence[Account],
    now: datetime,
) -> Iterator[HintEntry]:
    """The lines of a text with links, and those that name an account, with the days they claim."""
    by_place = {entry.place: entry for entry in linked}
    names, by_id = FiledNames(accounts), {account.id: account for account in accounts}
    for message in read_messages(lines, day_of(now)):
        said = [] if message.quotes else list(message.lines)
        useful = any(place in by_place or _CLAIM.search(text) for place, text in said)
        for place, text in said:
            claim = _CLAIM.search(text)
            rest = _CLAIM.sub(" ", text)
            named = names.accounts_in(rest)
            entry = by_place.get(place) or HintEntry(
                place=place, text=text.strip(), saying=message.saying
            )
            if claim is None:
                if named and not useful:
                    by_place[place] = replace(entry, idle=NOTHING)
            elif entry.account is None and len(named) != 1:
                if place not in by_place:
                    by_place[place] = replace(entry, idle=_why_unclear(names, rest, by_id))
            else:
                account = entry.account or by_id[next(iter(named))]
                by_place[place] = _claimed(replace(entry, account=account), claim, account, now)
    return iter(sorted(by_place.values(), key=lambda each: each.place))


def _why_unclear(names: FiledNames, text: str, by_id: Mapping[int, Account]) -> str:
    """Why a line with a day does not say of which one account it speaks, and what to write."""
    named, bearing, within = names.accounts_in(text), names.bearing(text), names.within(text)
    filings = [by_id[number].filed for number in sorted(named or bearing or within)]
    if not filings:
        return _NOBODY
    several = len({fold(filed.name) for filed in filings}) > 1
    if several:
        return _SEVERAL
    name = filings[0].name
    if not (named or bearing):
        return f"没有单独写明账号名称（文中含有“{name}”），请把名称与其他文字用空格或标点隔开"
    there = "、".join(map(_filing_words, filings))
    if not named:
        return f"所写的类型与台账不符，台账中该名称的账号为：{there}，请核对"
    if len({filed.platform for filed in filings}) < len(filings):
        return f"台账中有{len(filings)}个账号用此名称：{there}，请改用表格，写明备案单号"
    return (
        f"台账中有{len(filings)}个账号用此名称：{there}，请在名称旁写明类型，"
        f"如“{name}（{filings[0].printed_type}）”"
    )


def _filing_words(filed: Filing) -> str:
    number = f"，备案单号{filed.filing_number}" if filed.filing_number else ""
    return f"{filed.name}（{filed.printed_type}{number}）"


def _claimed(entry: HintEntry, claim: re.Match[str], account: Account, now: datetime) -> HintEntry:
    """The entry with the day that its line calls the newest, or with what is wrong with it."""
    typed, said = claim["day"] or claim["day_before"], day_of(entry.saying.at or now)
    on = None
    try:
        if said > day_of(now):
            raise BadValue(_TO_COME)
        on = day_in(typed, said)
        reason = day_fault(on, None, account, now) or (_LATER if on and on > said else "")
    except YearMissing:
        reason = _NO_YEAR
    except BadValue as bad:
        reason = str(bad)
    if reason:
        return replace(entry, problem=RowProblem(entry.place, "", typed, reason))
    return replace(entry, on=on)
