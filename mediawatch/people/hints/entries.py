"""Files of hints to entries: whose, which day, which links; or what is wrong with the row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from mediawatch.domain import Account, Saying
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.people.chats import read_messages, sender_of
from mediawatch.people.forms.columns import text_of
from mediawatch.people.hints.columns import (
    ACCOUNT,
    BY,
    LINK,
    ON,
    HintHeading,
    as_cell,
    find_hint_heading,
)
from mediawatch.people.link_files import NOBODY, LinkRow, read_links, rows_of
from mediawatch.people.link_naming import FiledNames
from mediawatch.people.worklist.values import BadValue, day_in, id_in, moment_in
from mediawatch.registry.find import Finder, UnclearRow
from mediawatch.registry.problems import RowProblem
from mediawatch.workbooks.places import Place
from mediawatch.workbooks.refusals import Unusable
from mediawatch.workbooks.sheet import Sheet, Value
from mediawatch.workbooks.tables import read_file
from mediawatch.workbooks.texts import read_texts

_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls")
_WECHAT = "微信公众号"
_SAID = r"(?:更新|发布|发文|推送)"
_DAY = r"(?P<day{0}>(?:\d{{4}}\s*[-/.年]\s*)?\d{{1,2}}\s*[-/.月]\s*\d{{1,2}}\s*日?)"
_CLAIM = re.compile(
    rf"(?:最近|最新|最后)(?:一次|一篇)?{_SAID}(?:日期|时间)?\s*(?:为|是|于|在|[:：])?\s*{_DAY.format('')}"
    rf"|{_DAY.format('_before')}\s*(?:为|是)?(?:最近|最新|最后)(?:一次|一篇)?{_SAID}"
)
"""A day that a message calls the newest: 最近更新为10月26日. Other days in it are of something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HintEntry:
    """One row or line that was handed in."""

    place: Place
    text: str
    """The row as it came in, for the answer."""
    account: Account | None = None
    on: date | None = None
    at: datetime | None = None
    urls: tuple[str, ...] = ()
    """Articles, to be opened by us."""
    others: tuple[str, ...] = ()
    """Links that we cannot open: for the person who looks."""
    card: str = ""
    saying: Saying = NOBODY
    problem: RowProblem | None = None
    is_older: bool = False
    """Another row of the same file names a newer day for the account: nothing is kept of it."""


@dataclass(frozen=True, slots=True)
class HintFile:
    """The entries of one file in its order. `sha256` is of its bytes."""

    name: str
    sha256: str
    entries: tuple[HintEntry, ...]


def read_hints(path: Path, accounts: Sequence[Account], now: datetime) -> HintFile:
    """Read one file. Raises Unusable for one that holds neither a table of hints nor a link."""
    if path.suffix.lower() in _TABLES:
        found = _read_table(path, accounts, now)
    else:
        read = read_texts(path)
        found = HintFile(
            path.name, read.sha256, tuple(_text_entries(rows_of(read, day_of(now)), accounts))
        )
        claims = tuple(_claims(read.pieces, accounts, now))
        found = replace(
            found, entries=tuple(sorted((*found.entries, *claims), key=lambda each: each.place))
        )
    if not found.entries:
        raise Unusable(
            f"{path} holds no date and no link of an account: give a table with a column 备案单号, "
            "ID or 名称 and one of 更新日期 or 链接, or the text of a chat"
        )
    return replace(found, entries=tuple(_marked_older(found.entries)))


def _read_table(path: Path, accounts: Sequence[Account], now: datetime) -> HintFile:
    file, texts = read_file(path), read_texts(path)
    links = {row.place: row for row in rows_of(texts, day_of(now))}
    finder, entries, headed = Finder(accounts), [], False
    for sheet in file.sheets:
        heading = None if sheet.out_of_sight else find_hint_heading(sheet.rows)
        if heading is None:
            continue
        headed = True
        if unread := sheet.unread_heading(heading.row, heading.row):
            raise Unusable(unread)
        entries += list(_sheet_entries(sheet, heading, finder, links, now))
    if not headed:
        raise Unusable(
            f"{path}: no heading row with 备案单号, ID or 名称 and with 更新日期 or 链接: name the "
            "columns so in the first rows"
        )
    return HintFile(path.name, file.sha256, tuple(entries))


def _sheet_entries(
    sheet: Sheet,
    heading: HintHeading,
    finder: Finder,
    links: Mapping[Place, LinkRow],
    now: datetime,
) -> Iterator[HintEntry]:
    for number in range(heading.row + 1, len(sheet.rows)):
        cells = sheet.rows[number]
        if number in sheet.hidden or not any(cell != "" for cell in cells):
            continue
        place = sheet.place(number)
        found = links.get(place)
        entry = HintEntry(
            place=place,
            text="  ".join(filter(None, (text_of(as_cell(cell)) for cell in cells))),
            urls=found.urls if found else (),
            others=read_links(heading.text(cells, LINK)).others,
            saying=Saying(by=sender_of(heading.text(cells, BY))),
        )
        unread = _unread(sheet, number, heading, entry)
        said = heading.text(cells, ON) or entry.urls or entry.others
        # A link that cannot be read may be all that the row says.
        if not said and not (unread and unread.column == heading.title(LINK)):
            continue
        yield (
            replace(entry, problem=unread)
            if unread
            else _filled(entry, cells, heading, finder, now)
        )


def _unread(sheet: Sheet, number: int, heading: HintHeading, entry: HintEntry) -> RowProblem | None:
    """The first cell of a row that would be read and holds no value."""
    fields = [*ACCOUNT, heading.type_field, ON, BY]
    # A link may stand in the formula itself.
    fields += [] if entry.urls or entry.others else [LINK]
    for field in fields:
        column = heading.columns.get(field)
        found = sheet.defect_at(number, [] if column is None else [column])
        if found:
            return RowProblem(entry.place, heading.title(field), "", found[1].chinese)
    return None


def _filled(
    entry: HintEntry,
    cells: Sequence[Value],
    heading: HintHeading,
    finder: Finder,
    now: datetime,
) -> HintEntry:
    """The entry with its account and day, or with what is wrong."""

    def refuse(field: str, reason: str) -> HintEntry:
        value = heading.text(cells, field)
        return replace(entry, problem=RowProblem(entry.place, heading.title(field), value, reason))

    given: dict[str, str] = {}
    for field in ACCOUNT:
        try:
            given[field] = id_in(as_cell(heading.value(cells, field)))
        except BadValue as bad:
            return refuse(field, str(bad))
    given["type"] = heading.text(cells, heading.type_field)
    if not given["type"] and (heading.names_wechat or entry.urls):
        given["type"] = _WECHAT
    if given["name"] and not given["type"] and not any(given[field] for field in ACCOUNT[:-1]):
        return refuse("name", "只有名称，不能确定是哪个平台的账号，请补充类型，或填写备案单号")
    try:
        account = finder.of_row(given)
    except UnclearRow as unclear:
        field = next((field for field in ACCOUNT if given[field]), ACCOUNT[0])
        return refuse(field, unclear.chinese)
    entry = replace(entry, account=account)
    try:
        on, at = read_day(heading.value(cells, ON), now)
    except BadValue as bad:
        return refuse(ON, str(bad))
    if reason := day_fault(on, at, account, now):
        return refuse(ON, reason)
    return replace(entry, on=on, at=at)


def read_day(value: Value, now: datetime) -> tuple[date | None, datetime | None]:
    """(Beijing day, instant or None) of a cell; (None, None) of an empty one. Raises BadValue."""
    today = day_of(now)
    if isinstance(value, datetime):
        moment = moment_in(value, today)
        assert moment is not None
        return (moment.date(), None) if moment.time() == time(0) else (moment.date(), moment)
    if isinstance(value, date):
        return day_in(value, today), None
    text = as_cell(value)
    try:
        return day_in(text, today), None
    except BadValue:
        moment = moment_in(text, today) if re.search(r"[:：时点]", str(text)) else None
        if moment is None:
            raise
        return moment.date(), moment


def day_fault(on: date | None, at: datetime | None, account: Account, now: datetime) -> str:
    """Why a day cannot be one of a post of the account, "" where it can."""
    if on is None:
        return ""
    if on > day_of(now) or (at is not None and at > now):
        return "日期在今天之后，请更正"
    opened = account.filed.opened_on
    if opened is not None and on < opened:
        return f"早于该账号的开设时间（{chinese_day(opened)}），请核对是否为同一账号"
    return ""


def _text_entries(rows: Sequence[LinkRow], accounts: Sequence[Account]) -> Iterator[HintEntry]:
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


def _claims(
    lines: Sequence[tuple[Place, str]], accounts: Sequence[Account], now: datetime
) -> Iterator[HintEntry]:
    """Lines that name one account and the day that they call its newest, without a link."""
    names, by_id = FiledNames(accounts), {account.id: account for account in accounts}
    for message in read_messages(lines, day_of(now)):
        for place, text in message.lines if not message.quotes else ():
            found = _CLAIM.search(text)
            account = by_id.get(names.account_in(_CLAIM.sub(" ", text)) or 0)
            if found is None or account is None or read_links(text, bare=False).articles:
                continue
            entry = HintEntry(
                place=place, text=text.strip(), account=account, saying=message.saying
            )
            typed = found["day"] or found["day_before"]
            try:
                on = day_in(typed, day_of(message.saying.at or now))
                reason = day_fault(on, None, account, now)
            except BadValue as bad:
                on, reason = None, str(bad)
            if reason:
                problem = RowProblem(place, "", typed, reason)
                yield replace(entry, problem=problem)
            else:
                yield replace(entry, on=on)


def _marked_older(entries: Sequence[HintEntry]) -> Iterator[HintEntry]:
    """Lists of posts name many days an account: only the newest of a file says anything new."""
    newest: dict[int, date] = {}
    for entry in entries:
        if entry.account and entry.on and not entry.problem:
            number = entry.account.id
            newest[number] = max(entry.on, newest.get(number, entry.on))
    for entry in entries:
        known = newest.get(entry.account.id) if entry.account else None
        older = known is not None and entry.on is not None and entry.on < known
        yield replace(entry, is_older=older and not entry.problem)
