"""应更正: what a notice says of an account and would not say today.

Pure. It stays as it was issued until a person corrects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mediawatch.domain import (
    Code,
    Effect,
    Finding,
    Notice,
    NoticeEvent,
    NoticeItem,
    Reading,
    ReviewState,
    SweepAccount,
)
from mediawatch.domain.clock import day_of
from mediawatch.rules.appeals import appeals_of, left_to_withdraw
from mediawatch.rules.problems import SILENT
from mediawatch.rules.sentences import in_chinese

CORRECTION_DUE = "correction due"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDue:
    """One item whose printed findings do not all hold any more, and what took them away."""

    notice: str
    item: int
    name: str
    problem: str
    cause: str
    codes: tuple[Code, ...] = ()
    """The findings that are to be withdrawn."""

    @property
    def words(self) -> str:
        """`文1第2项“示例”(超2周未更新):2023-01-14微博网页版读到2022-12-28的内容`."""
        return f"{self.notice}第{self.item}项“{self.name}”（{self.problem}）：{self.cause}"


def find_fallen(item: NoticeItem, entry: SweepAccount | None) -> list[Finding]:
    """The issued findings of an item that no longer hold.

    The account's judgement of today lacks them, or a person dismissed them since.
    """
    if entry is None or entry.judgement is None:
        return []
    now: Mapping[Code, Finding] = {finding.code: finding for finding in entry.judgement.findings}
    return [
        held.finding
        for held in item.findings
        if held.finding.effect is not Effect.HINT
        if held.finding.code not in now or now[held.finding.code].review is ReviewState.DISMISSED
    ]


def find_upheld(
    notice: Notice, items: Iterable[NoticeItem], events: Sequence[NoticeEvent]
) -> list[CorrectionDue]:
    """The items that still stand although a 复核 found for the unit, and no correction followed.

    `events` are the notice's own.
    """
    standing = {item.number: item for item in items}
    due: dict[int, CorrectionDue] = {}
    for each in appeals_of(notice, events):
        codes = left_to_withdraw(each, events)
        if codes is None or each.decision is None:
            continue
        item = standing[each.item.number]
        held = [one.finding.label for one in item.findings if one.finding.code in codes]
        due[item.number] = CorrectionDue(
            notice=notice.number,
            item=item.number,
            name=item.filed.name,
            problem="、".join(held) or item.problem,
            cause=(f"{day_of(each.decision.at)}经{each.decision.by}复核不予维持，尚未更正"),
            codes=tuple(codes) or tuple(one.finding.code for one in item.findings),
        )
    return list(due.values())


def cause(
    gone: Sequence[Finding],
    readings: Iterable[Reading],
    window: tuple[date, date],
    surfaces: Mapping[str, str],
    issued_on: date,
) -> str | None:
    """The reading that took findings away, in Chinese; "" for no reading.

    The text gives its day and surface, and the post in the window that it shows. None where nothing
    needs to be corrected. That is so where looks after the issue find another name or presence: it
    was put right since, as the re-check shows. `readings` are those that the account is judged by
    today.
    """
    known = {number for finding in gone for number in finding.reading_ids}
    later = [reading for reading in readings if reading.id not in known]
    shown = [
        (post.on, reading, sight)
        for reading in later
        for sight in reading.sights
        for post in sight.posts
        if window[0] <= post.on <= window[1]
    ]
    if shown:
        on, reading, sight = max(shown, key=lambda one: one[1].id)
        return f"{day_of(reading.read_at)}{in_chinese([sight.surface], surfaces)}读到{on}的内容"
    later = [reading for reading in later if reading.id > max(known, default=0)]
    if not later:
        return ""
    if not any(finding.code in SILENT for finding in gone):
        later = [reading for reading in later if day_of(reading.read_at) <= issued_on]
    if not later:
        return None
    newest = max(later, key=lambda reading: reading.id)
    names = sorted({sight.surface for sight in newest.sights})
    return f"{day_of(newest.read_at)}{in_chinese(names, surfaces)}的核查结果不同"
