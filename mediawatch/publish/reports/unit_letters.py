"""函: what a unit is told of its account that the circular counts and does not name. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mediawatch.domain import Effect, Filing, NameOmission, Notice, NoticeItem, UserError
from mediawatch.domain.clock import chinese_day
from mediawatch.ops.settings.office import Office
from mediawatch.publish.naming import addressee_of, no_addressee
from mediawatch.publish.reports.letters import Letter
from mediawatch.publish.reports.sheets import safe
from mediawatch.typesetting import typeset


def unit_letters(
    notice: Notice,
    items: Sequence[NoticeItem],
    filed_now: Mapping[int, Filing],
    office: Office,
    marks: Sequence[str],
) -> list[tuple[NoticeItem, Letter]]:
    """A letter for each item that stands with 另行函告, in the notice's order.

    It goes to the unit as it was filed at the issue, else as it is filed now (`filed_now`, by
    account). UserError for an account that has neither a unit nor a place.
    """
    made = []
    for item in items:
        if item.unnamed != NameOmission.LETTER.label:
            continue
        now = filed_now.get(item.account_id or 0, item.filed)
        addressee = addressee_of(item.filed) or addressee_of(now)
        if not addressee:
            raise UserError(no_addressee(item.filed.name, notice.number))
        made.append((item, _letter(notice, item, addressee, office, marks)))
    return made


def letter_name(item: NoticeItem) -> str:
    """The name of its file, by 序号 and account."""
    return f"函 {item.number:03} {safe(item.filed.name)}.docx"


def _letter(
    notice: Notice, item: NoticeItem, addressee: str, office: Office, marks: Sequence[str]
) -> Letter:
    filed = item.filed
    # Whose the account is, is said only of the unit that is filed for it.
    whose, who = ("你单位", "请你单位") if addressee == filed.organiser else ("", "请督促开办单位")
    unfit = "，属不合格账号" if item.fails else ""
    asked = [
        f"于{chinese_day(day)}前{what}"
        for day, what in ((notice.rectify_by, "完成整改"), (notice.report_by, "报送整改情况"))
        if day is not None
    ]
    contact = "，".join(filter(None, (office.contact, office.phone)))
    paragraphs = [
        f"经检查，{whose}政务新媒体“{filed.name}”（{filed.type}）存在“{item.problem}”的问题{unfit}，"
        f"已计入《{notice.title}》（{notice.number}），现将有关情况函告如下。",
        *(
            typeset(held.finding.sentence)
            for held in item.findings
            if held.finding.effect is not Effect.HINT
        ),
        *([f"{who}{'，并'.join(asked)}。"] if asked else []),
        *([f"联系人及联系方式：{contact}。"] if contact else []),
    ]
    return Letter(
        title=f"{office.issuer}关于政务新媒体“{filed.name}”检查情况的函",
        marks=marks,
        addressee=f"{addressee}：",
        paragraphs=paragraphs,
        issuer=office.issuer,
        signed_on=notice.issued_on,
    )
