"""函: what a unit is told of its account that the circular counts and does not name. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.domain import Effect, NameOmission, Notice, NoticeItem
from mediawatch.domain.clock import chinese_day
from mediawatch.ops.settings.office import Office
from mediawatch.publish.reports.letters import Letter
from mediawatch.publish.reports.sheets import safe
from mediawatch.typesetting import typeset


def unit_letters(
    notice: Notice, items: Sequence[NoticeItem], office: Office, marks: Sequence[str]
) -> list[tuple[NoticeItem, Letter]]:
    """A letter for each item that stands with 另行函告, in the notice's order."""
    return [
        (item, _letter(notice, item, office, marks))
        for item in items
        if item.unnamed == NameOmission.LETTER.label
    ]


def letter_name(item: NoticeItem) -> str:
    """The name of its file, by 序号 and account."""
    return f"函 {item.number:03} {safe(item.filed.name)}.docx"


def _letter(notice: Notice, item: NoticeItem, office: Office, marks: Sequence[str]) -> Letter:
    filed = item.filed
    unfit = "，属不合格账号" if item.fails else ""
    asked = [
        f"于{chinese_day(day)}前{what}"
        for day, what in ((notice.rectify_by, "完成整改"), (notice.report_by, "报送整改情况"))
        if day is not None
    ]
    contact = "，".join(filter(None, (office.contact, office.phone)))
    paragraphs = [
        f"经检查，你单位政务新媒体“{filed.name}”（{filed.type}）存在“{item.problem}”的问题{unfit}，"
        f"已计入《{notice.title}》（{notice.number}），现将有关情况函告如下。",
        *(
            typeset(held.finding.sentence)
            for held in item.findings
            if held.finding.effect is not Effect.HINT
        ),
        *([f"请你单位{'，并'.join(asked)}。"] if asked else []),
        *([f"联系人及联系方式：{contact}。"] if contact else []),
    ]
    return Letter(
        title=f"{office.issuer}关于政务新媒体“{filed.name}”检查情况的函",
        marks=marks,
        addressee=f"{filed.organiser}：",
        paragraphs=paragraphs,
        issuer=office.issuer,
        signed_on=notice.issued_on,
    )
