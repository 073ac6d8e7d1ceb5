"""更正通知: what a circular said of accounts and says no more, with the figures as corrected.

Pure. An account that the circular did not name is not named here either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mediawatch.domain import NoticeEvent, NoticeItem, standing_item
from mediawatch.domain.clock import chinese_day
from mediawatch.figures.values import Figures
from mediawatch.publish.circular.text import numeral
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports import annexes
from mediawatch.publish.reports.letters import Letter, publicity_line
from mediawatch.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedNotice:
    """A notice as it stood before some of its corrections, and as it stands after them."""

    before: Inspection
    after: Inspection
    corrections: Sequence[NoticeEvent]
    """Those that are told, oldest first."""

    @property
    def items(self) -> list[tuple[NoticeItem, NoticeItem | None, NoticeEvent]]:
        """Each corrected item as it stood, as it stands, and the correction; by their numbers."""
        issued = self.after.issued
        assert issued is not None, "a correction is one of a notice"
        known = {item.number: item for item in issued.notice.items}
        first = self.corrections[0].id
        told = [event for event in issued.corrections if event.id < first]
        changes = []
        for event in self.corrections:
            if event.item is None or (stood := standing_item(known[event.item], told)) is None:
                continue
            told.append(event)
            changes.append((stood, standing_item(known[event.item], told), event))
        return sorted(changes, key=lambda change: change[0].number)


def correction_letter(corrected: CorrectedNotice) -> Letter:
    """The draft of the letter that tells the corrections to whom the notice went."""
    told = corrected.after
    assert told.issued is not None, "a correction is one of a notice"
    notice, office = told.issued.notice, told.office
    named = f"《{notice.title}》（{notice.number}）" if notice.number else f"《{notice.title}》"
    changes = corrected.items
    paragraphs = [
        f"{chinese_day(notice.issued_on)}印发的{named}（以下简称《通报》）中，"
        f"有{len(changes)}处与实际情况不符，现更正如下。",
        *_items(changes, office.measure),
        *_figures(corrected),
        "《通报》相应附件以本通知所附为准。请已发布、转载《通报》的单位及时撤稿或者替换。",
        "特此通知。",
    ]
    return Letter(
        title=f"{office.issuer}关于更正{named.partition('（')[0]}有关内容的通知",
        marks=told.marks,
        addressee=notice.addressees or office.addressees,
        paragraphs=paragraphs,
        issuer=office.issuer,
        remark=publicity_line(notice.publicity),
        copies=notice.copies,
        annexes=replaced_annexes(corrected),
    )


def replaced_annexes(corrected: CorrectedNotice) -> list[Table]:
    """The annexes of the notice that stand otherwise now, as corrected."""
    made = (annexes.regions, annexes.failed_table, annexes.listed_table)
    return [
        table
        for make in made
        if (table := make(corrected.after)).rows != make(corrected.before).rows
    ]


def _items(
    changes: Sequence[tuple[NoticeItem, NoticeItem | None, NoticeEvent]], measure: str
) -> list[str]:
    named = [_item(*each) for each in changes if not each[0].unnamed]
    said = named
    if len(named) > 1:
        said = [f"{numeral(number)}、{each}" for number, each in enumerate(named, 1)]
    unnamed = sum(bool(stood.unnamed) for stood, _, _ in changes)
    if unnamed:
        said.append(f"《通报》未点名的{unnamed}{measure}账号的问题一并更正，另行告知有关单位。")
    return said


def _item(stood: NoticeItem, left: NoticeItem | None, event: NoticeEvent) -> str:
    filed = stood.filed
    reason = event.reason.rstrip("。")
    because = reason if reason.startswith("经") else f"经复核，{reason}"
    result = f"更正为“{left.problem}”" if left else "予以撤销"
    return (
        f"《通报》所列{filed.organiser}“{filed.name}”（{filed.type}）存在的“{stood.problem}”问题，"
        f"{because}，{result}。"
    )


def _figures(corrected: CorrectedNotice) -> list[str]:
    """The figures that changed, each beside what it was; none where all stand."""
    office = corrected.after.office
    before, after = corrected.before.statistics.whole, corrected.after.statistics.whole
    changed = [
        f"{name}由{old}更正为{new}"
        for name, old, new in _pairs(before, after, office.measure, office.decimals)
        if old != new
    ]
    return (
        [f"更正后，《通报》中{'，'.join(changed)}；各地区（部门）数字相应更正。"] if changed else []
    )


def _pairs(
    before: Figures, after: Figures, measure: str, decimals: int
) -> list[tuple[str, str, str]]:
    counts = (("检查数", "checked"), ("不合格数", "failed"), ("待人工核查数", "open"))
    return [
        *(
            (name, f"{getattr(before, field)}{measure}", f"{getattr(after, field)}{measure}")
            for name, field in counts
        ),
        ("合格率", before.rate_text(decimals), after.rate_text(decimals)),
    ]
