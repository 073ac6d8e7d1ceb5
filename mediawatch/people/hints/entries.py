"""Files of hints to entries: whose, which day, which links; or what is wrong with the row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from mediawatch.domain import Account, Saying
from mediawatch.domain.clock import day_of
from mediawatch.people.chats import sender_of
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
from mediawatch.people.hints.entry import NOTHING, OLDER, HintEntry, HintFile, day_fault
from mediawatch.people.hints.text_entries import linked_entries, with_claims
from mediawatch.people.link_files import LinkRow, read_links, rows_of
from mediawatch.people.worklist.values import BadValue, YearMissing, day_in, id_in, moment_in
from mediawatch.registry.find import Finder, UnclearRow
from mediawatch.registry.problems import Remarks, RowProblem
from mediawatch.workbooks.places import Place
from mediawatch.workbooks.refusals import Unusable
from mediawatch.workbooks.sheet import Sheet, Value
from mediawatch.workbooks.tables import read_file
from mediawatch.workbooks.texts import read_texts

_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls")
_WECHAT = "微信公众号"


def read_hints(path: Path, accounts: Sequence[Account], now: datetime) -> HintFile:
    """Read one file. Raises Unusable for one that holds neither a table of hints nor a link."""
    if path.suffix.lower() in _TABLES:
        found = _read_table(path, accounts, now)
    else:
        read = read_texts(path)
        found = HintFile(
            path.name, read.sha256, tuple(linked_entries(rows_of(read, day_of(now)), accounts))
        )
        found = replace(
            found, entries=tuple(with_claims(found.entries, read.pieces, accounts, now))
        )
    if all(each.idle for each in found.entries):
        raise Unusable(
            f"{path} holds no date and no link of an account: give a table with a column 备案单号, "
            "ID or 名称 and one of 更新日期 or 链接, or the text of a chat"
        )
    return replace(found, entries=tuple(_marked_older(found.entries)))


def _read_table(path: Path, accounts: Sequence[Account], now: datetime) -> HintFile:
    file, texts, left_out = read_file(path), read_texts(path), Remarks()
    links = {row.place: row for row in rows_of(texts, day_of(now))}
    finder, entries, headed = Finder(accounts), [], False
    for sheet in file.sheets:
        heading = None if sheet.out_of_sight else find_hint_heading(sheet.rows)
        if heading is None:
            if sheet.rows:
                why = (
                    "hidden"
                    if sheet.out_of_sight
                    else "no heading of an account and a date or link"
                )
                left_out.add(f"{why}: the sheet was not read", sheet.place(0))
            continue
        headed = True
        if unread := sheet.unread_heading(heading.row, heading.row):
            raise Unusable(unread)
        for number in sorted(sheet.hidden):
            if number > heading.row:
                left_out.add("hidden, not read", sheet.place(number))
        entries += list(_sheet_entries(sheet, heading, finder, links, now))
    if not headed:
        raise Unusable(
            f"{path}: no heading row with 备案单号, ID or 名称 and with 更新日期 or 链接: name the "
            "columns so in the first rows"
        )
    return HintFile(path.name, file.sha256, tuple(entries), left_out.lines())


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
            others=_other_links(heading.text(cells, LINK), found),
            saying=Saying(by=sender_of(heading.text(cells, BY))),
        )
        unread = _unread(sheet, number, heading, entry)
        said = heading.text(cells, ON) or entry.urls or entry.others
        # A link that cannot be read may be all that the row says.
        if not said and not (unread and unread.column == heading.title(LINK)):
            yield replace(entry, idle=NOTHING)
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
            at, defect = found
            shown = defect.quote(text_of(as_cell(sheet.rows[number][at])))
            return RowProblem(entry.place, heading.title(field), shown, defect.chinese)
    return None


def _other_links(typed: str, found: LinkRow | None) -> tuple[str, ...]:
    """Addresses that are no articles, of the column of links: typed there, or behind its text."""
    read = read_links(typed)
    if read.others or read.articles or not typed or found is None or found.urls:
        return read.others
    return found.others


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
    except YearMissing:
        raise
    except BadValue:
        moment = moment_in(text, today) if re.search(r"[:：时点]", str(text)) else None
        if moment is None:
            raise
        return moment.date(), moment


def _marked_older(entries: Sequence[HintEntry]) -> Iterator[HintEntry]:
    """Lists of posts name many days an account: only the newest of a file says anything new.

    A link proves, and a day does not: the newest link is opened though its row be older.
    """
    newest, linked = _newest(entries), _newest(each for each in entries if each.urls)
    for entry in entries:
        known = newest.get(entry.account.id) if entry.account else None
        if entry.problem or entry.on is None or known is None or entry.on == known:
            yield entry
        elif entry.urls and entry.account and entry.on == linked[entry.account.id]:
            yield replace(entry, on=None, at=None)
        else:
            yield replace(entry, idle=OLDER)


def _newest(entries: Iterable[HintEntry]) -> dict[int, date]:
    """By account, the newest day that good entries name."""
    found: dict[int, date] = {}
    for entry in entries:
        if entry.account and entry.on and not entry.problem:
            number = entry.account.id
            found[number] = max(entry.on, found.get(number, entry.on))
    return found
