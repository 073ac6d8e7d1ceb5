"""催办: lists of what is overdue of a notice, and one text a unit.

A text says only what is known here: that no report came in, and what a re-check found. Whoever has
reported elsewhere is asked to say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mediawatch.domain import Contact, Notice
from mediawatch.domain.clock import chinese_day
from mediawatch.ops.settings.office import Office
from mediawatch.publish.naming import addressee_of, name_account
from mediawatch.publish.notices.arrears import OverdueItem
from mediawatch.publish.reports.letters import Letter
from mediawatch.publish.reports.reminders import Unit
from mediawatch.table import Table, join_filled, plain

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
SHEETS = ("未按期反馈", "未按期整改", "整改情况待复查", "按单位汇总")
_COLUMNS = (
    "所属组织",
    "地区",
    "通报序号",
    "备案单号",
    "政务新媒体名称",
    "类型",
    "存在的突出问题",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urger:
    """Who urges, on which Beijing day, and what is printed on all that leaves the home."""

    office: Office
    today: date
    marks: Sequence[str] = ()

    @property
    def contact(self) -> str:
        """The office's own contact, as a sentence; "" where it has none."""
        known = "，".join(filter(None, (self.office.contact, self.office.phone)))
        return f"联系人：{known}。" if known else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Urging:
    """The text of one unit. Its places are "" where none are filed, and for a unit above.

    `unit` is "" where an account has nobody to whom it could go: it cannot be sent.
    """

    unit: str
    prefecture: str
    county: str
    addressee: str
    lines: tuple[str, ...]
    names: tuple[str, ...]
    """Its accounts."""

    @property
    def text(self) -> str:
        """As it is pasted into a message."""
        return "\n".join((self.addressee, *self.lines)) + "\n"

    def letter(self, by: Urger) -> Letter:
        """The same as a letter of the office."""
        return Letter(
            title="关于抓紧办理政务新媒体整改事项的催办函",
            marks=by.marks,
            addressee=f"{self.unit}：",
            paragraphs=self.lines,
            issuer=by.office.issuer,
            signed_on=by.today,
        )


def overdue_tables(notice: Notice, items: Iterable[OverdueItem]) -> list[tuple[str, Table]]:
    """The lists by name of their sheet: by unit, in the order of the notice."""
    by_unit: dict[tuple[str, str, str], list[OverdueItem]] = {}
    for each in items:
        filed = each.filed
        by_unit.setdefault((filed.prefecture, filed.county, filed.organiser), []).append(each)
    ordered = [each for some in by_unit.values() for each in some]
    report_by = str(notice.report_by or notice.rectify_by or "")
    unreported = [(*_cells(each), report_by) for each in ordered if each.unreported]
    unrectified = [
        (*_cells(each, each.unrectified), str(notice.rectify_by or ""), each.ground)
        for each in ordered
        if each.unrectified
    ]
    awaits = [(*_cells(each), each.ground) for each in ordered if each.awaits]
    units = [_counts(some) for some in by_unit.values()]
    counted = ("所属组织", "地区", "账号数", *SHEETS[:3])
    tables = (
        Table(f"{notice.number}未按期反馈清单", (*_COLUMNS, "报送期限"), tuple(unreported)),
        Table(
            f"{notice.number}未按期整改清单",
            (*_COLUMNS, "整改期限", "复查情况"),
            tuple(unrectified),
        ),
        Table(f"{notice.number}整改情况待复查清单", (*_COLUMNS, "原因"), tuple(awaits)),
        Table(f"{notice.number}逾期情况（按单位）", counted, tuple(units)),
    )
    return list(zip(SHEETS, tables, strict=True))


def _cells(each: OverdueItem, problem: str = "") -> tuple[str, ...]:
    filed = each.filed
    return (
        filed.organiser or "未填所属组织",
        join_filled((filed.prefecture, filed.county), " "),
        str(each.item.number),
        filed.filing_number,
        filed.name,
        filed.type,
        problem or each.item.problem,
    )


def _counts(some: Sequence[OverdueItem]) -> tuple[str, ...]:
    counts = (
        len(some),
        sum(each.unreported for each in some),
        sum(bool(each.unrectified) for each in some),
        sum(each.awaits for each in some),
    )
    return (*_cells(some[0])[:2], *map(str, counts))


def urgings(
    notice: Notice,
    items: Iterable[OverdueItem],
    contacts: Mapping[int, Contact],
    by: Urger,
    to: Unit = Unit.ORGANISER,
) -> list[Urging]:
    """The texts, in the order of the notice; what only awaits a re-check is in none.

    Contacts (by account) stand only in the text to their own unit, never in one to a unit above it.
    """
    units: dict[tuple[str, str, str, int], list[OverdueItem]] = {}
    for each in items:
        if each.unreported or each.unrectified:
            units.setdefault(_unit_key(each, to), []).append(each)
    own_unit = to is Unit.ORGANISER
    return [
        Urging(
            unit=_line(unit),
            prefecture=prefecture if own_unit else "",
            county=county,
            addressee="".join(f"【{mark}】" for mark in by.marks) + f"{_line(unit)}：",
            lines=tuple(_lines(notice, unit, own, by, contacts if own_unit else {})),
            names=tuple(each.filed.name for each in own),
        )
        for (unit, prefecture, county, _), own in units.items()
    ]


def _unit_key(each: OverdueItem, to: Unit) -> tuple[str, str, str, int]:
    """The unit that answers for an account today, with its place: what belongs into one text.

    Accounts whose unit is not filed share no text; nobody knows that they are one unit's. The last
    part is 0 else.
    """
    filed = each.filed
    above = to is Unit.SUPERVISOR and filed.supervisor
    if above:
        return above, "", "", 0
    alone = 0 if filed.organiser else each.item.number
    return addressee_of(filed), filed.prefecture, filed.county, alone


def _lines(
    notice: Notice,
    unit: str,
    own: Sequence[OverdueItem],
    by: Urger,
    contacts: Mapping[int, Contact],
) -> Iterable[str]:
    if people := _people(own, contacts):
        yield f"（{people}）"
    yield (
        f"《{notice.title}》（{notice.number}）于{chinese_day(notice.issued_on)}印发。"
        f"截至{chinese_day(by.today)}，{_whose(unit, own)}"
    )
    report_by = notice.report_by or notice.rectify_by
    unreported = [each for each in own if each.unreported]
    if unreported and report_by:
        yield f"尚未收到整改情况反馈（报送期限为{chinese_day(report_by)}）："
        yield from _named(unit, unreported, [each.item.problem for each in unreported])
    unrectified = [each for each in own if each.unrectified]
    if unrectified and notice.rectify_by:
        yield f"经复查尚未完成整改（整改期限为{chinese_day(notice.rectify_by)}）："
        yield from _named(
            unit, unrectified, [f"{each.unrectified}。{each.ground}" for each in unrectified]
        )
    yield (
        "如已反馈或已完成整改，请告知反馈的日期和方式，或最新一篇内容的链接；对以上情况有异议的，"
        f"可以提出复核。{by.contact}"
    )


def _whose(unit: str, own: Sequence[OverdueItem]) -> str:
    """Who is late: the addressee, units below it, or whoever has an account without a unit."""
    units = {each.filed.organiser for each in own}
    if units == {unit}:
        return "贵单位有以下事项逾期，请抓紧办理。"
    if "" in units:
        return "以下政务新媒体的整改事项逾期，请督促抓紧办理。"
    late = "贵单位和所属单位" if unit in units else "所属单位"
    return f"{late}有以下事项逾期，请督促抓紧办理。"


def _named(unit: str, items: Sequence[OverdueItem], said: Sequence[str]) -> Iterable[str]:
    whole = all(each.filed.organiser == unit for each in items)
    for number, (each, words) in enumerate(zip(items, said, strict=True), 1):
        filed = each.filed
        filing = f"，备案单号{_line(filed.filing_number)}" if filed.filing_number else ""
        kind = _line(filed.type or filed.platform)
        name = f"“{filed.name}”" if whole else name_account(filed)
        yield f"{number}. {_line(name)}（{kind}{filing}）：{_days(_line(words)).rstrip('。')}。"


def _days(text: str) -> str:
    """The days of a re-check's ground as a letter prints them."""
    return _DAY.sub(lambda found: chinese_day(date.fromisoformat(found[0])), text)


def _people(own: Sequence[OverdueItem], contacts: Mapping[int, Contact]) -> str:
    # Without a filed unit the text goes to the one above, which forwards it.
    known = (
        contacts[number]
        for each in own
        if (number := each.item.account_id or 0) in contacts and each.filed.organiser
    )
    people = dict.fromkeys(join_filled((_line(one.person), _line(one.phone)), " ") for one in known)
    return f"联系人：{'、'.join(filter(None, people))}" if any(people) else ""


def _line(text: str) -> str:
    """A filed text within a sentence: nothing in it may break the line."""
    return " ".join(plain(text).split())
