"""复核意见: the answer to a unit that asked for a 复核, as a letter of the office.

It names the accounts, the ground and the decision. Who decided stays in the notice's own record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.ops.settings.office import Office
from mediawatch.publish.reports.letters import Letter
from mediawatch.rules.appeals import Appeal, AppealState


def opinion_letter(
    appeal: Appeal, office: Office, *, corrected: bool, marks: Sequence[str] = ()
) -> Letter:
    """The letter of a 复核 that was decided. `corrected`: whether what it grants was withdrawn."""
    decision = appeal.decision
    assert decision is not None, "an open 复核 has no letter"
    filed = appeal.item.filed
    signed_on = day_of(decision.at)
    contact = "，".join(filter(None, (office.contact, office.phone)))
    return Letter(
        title=f"关于“{filed.name}”有关问题的复核意见",
        marks=marks,
        addressee=f"{appeal.unit}：",
        paragraphs=(
            f"你单位提出的复核申请于{chinese_day(appeal.received_on)}收悉。经复核，现将意见函告如下。",
            f"一、复核事项。{_notice_words(appeal)}第{appeal.item.number}项：“{filed.name}”"
            f"（{'，'.join(filter(None, (filed.type or filed.platform, filed.organiser)))}）"
            f"，存在的突出问题为“{appeal.item.problem}”。你单位提出：{_sentence(appeal.said)}",
            f"二、复核情况。{_sentence(decision.reason)}",
            f"三、复核意见。{_opinion(appeal, corrected=corrected)}",
        ),
        issuer=office.issuer,
        signed_on=signed_on,
        remark=f"（联系人：{contact}）" if contact else "",
    )


def _notice_words(appeal: Appeal) -> str:
    notice = appeal.notice
    return f"《{notice.title}》（{notice.number}，{chinese_day(notice.issued_on)}）"


def _opinion(appeal: Appeal, *, corrected: bool) -> str:
    decision, item, notice = appeal.decision, appeal.item, appeal.notice
    assert decision is not None, "an open 复核 has no opinion"
    done = "有关内容已予更正。" if corrected else "我单位将按程序更正有关内容，并书面告知。"
    match appeal.state(day_of(decision.at)):
        case AppealState.MAINTAINED:
            return f"维持通报的认定。{_asked(notice.rectify_by, day_of(decision.at))}，并按要求反馈整改情况。"
        case AppealState.CORRECTED:
            labels = [held.finding for held in item.findings if held.finding.code in decision.codes]
            kept = [
                held.finding for held in item.findings if held.finding.code not in decision.codes
            ]
            return (
                f"予以更正：撤销“{'、'.join(one.label for one in labels)}”的认定，"
                f"维持“{'、'.join(one.label for one in kept)}”的认定。{done}"
            )
        case _:
            return f"予以撤销：通报对该账号上述问题的认定予以撤销。{done}"


def _asked(rectify_by: date | None, signed_on: date) -> str:
    if rectify_by is None:
        return "请完成整改"
    if signed_on > rectify_by:
        return f"原定整改期限（{chinese_day(rectify_by)}）已过，请尽快完成整改"
    return f"请于{chinese_day(rectify_by)}前完成整改"


def _sentence(text: str) -> str:
    return text if text.endswith(("。", "！", "？")) else f"{text}。"
