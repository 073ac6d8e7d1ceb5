"""标题 and 引据: what stands before the sections."""

from __future__ import annotations

from mediawatch.domain import LookKind, ReviewState, Sweep
from mediawatch.domain.clock import chinese_day, chinese_span, day_of
from mediawatch.publish.circular.text import NUMERALS
from mediawatch.publish.inspection import Inspection


def title(inspection: Inspection) -> str:
    """关于…政务新媒体检查情况的通报, of a re-check 复查情况的通报.

    A notice has the title that it was issued under.
    """
    if inspection.issued:
        return inspection.issued.notice.title
    as_of = day_of(inspection.sweep.as_of)
    quarter = f"{as_of.year}年第{NUMERALS[(as_of.month - 1) // 3]}季度"
    # A re-check may fall into another quarter than what it checks again.
    round_ = inspection.sweep.round or ("" if inspection.is_recheck else quarter)
    return (
        f"{inspection.office.issuer}关于{round_}{inspection.office.reach}政务新媒体"
        f"{_called(inspection)}情况的通报"
    )


def _called(inspection: Inspection) -> str:
    return "复查" if inspection.is_recheck else "检查"


def number(inspection: Inspection) -> str:
    """发文字号: the notice's, else the one that the office has set, if no notice bears it yet."""
    if inspection.issued:
        return inspection.issued.notice.number
    past = inspection.past
    borne = {notice.number for notice, _ in past.last.values()}
    borne |= {past.previous.number} if past.previous else set()
    return "" if inspection.office.number in borne else inspection.office.number


def moment(sweep: Sweep) -> str:
    """监测时间点为2022年12月31日, or of a period 检查时段为2020年8月1日至8月31日."""
    as_of = day_of(sweep.as_of)
    if sweep.period_from is None:
        return f"监测时间点为{chinese_day(as_of)}"
    return f"检查时段为{chinese_span(sweep.period_from, as_of)}"


def occasion(inspection: Inspection, checked_during: str = "") -> str:
    """引据: by what documents, and who inspected.

    `checked_during`: 检查时间 as people write it (2月中下旬).
    """
    who = inspection.office.issuer or "我单位"
    basis = "、".join(inspection.office.basis or inspection.policy.documents)
    how = "采取系统监测加人工审核的方式，" if is_monitored_and_reviewed(inspection) else ""
    during = f"于{checked_during}" if checked_during else ""
    return (
        f"{f'根据{basis}要求，' if basis else ''}{who}{how}{during}"
        f"组织开展了本次政务新媒体{_called(inspection)}，现将有关情况通报如下。"
    )


def is_monitored_and_reviewed(inspection: Inspection) -> bool:
    """Whether a machine saw what is printed, and people saw or decided it: 系统监测加人工审核.

    What people alone proved leaves open how the other accounts were looked at.
    """
    looks = {reading.look for problem in inspection.problems for reading in problem.readings}
    return bool(looks - {LookKind.PERSON}) and (
        LookKind.PERSON in looks
        or any(
            finding.review is ReviewState.CONFIRMED
            for problem in inspection.problems
            for finding in problem.findings
        )
    )
