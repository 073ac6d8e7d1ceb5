"""工作要求: the office's own paragraphs, the terms of the notice, and whom to ask."""

from __future__ import annotations

from mediawatch.domain.clock import chinese_day
from mediawatch.publish.circular.text import CircularParagraph
from mediawatch.publish.inspection import Inspection

_WITH_PROBLEMS = "请有关单位对照本通报指出的问题及时整改，切实做好政务新媒体日常管理。"
_WITHOUT = "请各有关单位继续做好政务新媒体日常管理。"
"""They order nothing that the office did not order: its own duties are `requirements`."""


def requirements(inspection: Inspection) -> tuple[CircularParagraph, ...]:
    """工作要求, with 整改期限 and 报送期限 of a notice, 联系人 and 联系方式 of the office."""
    office = inspection.office
    said = list(office.requirements)
    if not said:
        said.append(_WITH_PROBLEMS if inspection.failed else _WITHOUT)
    said += _terms(inspection)
    whom = [f"联系人：{office.contact}"] if office.contact else []
    whom += [f"联系方式：{office.phone}"] if office.phone else []
    said += [f"{'，'.join(whom)}。"] if whom else []
    return tuple(CircularParagraph(text) for text in said)


def _terms(inspection: Inspection) -> list[str]:
    notice = inspection.issued.notice if inspection.issued else None
    if notice is None:
        return []
    asked = [
        f"于{chinese_day(day)}前{what}"
        for day, what in ((notice.rectify_by, "完成整改"), (notice.report_by, "报送整改情况"))
        if day is not None
    ]
    return [f"请有关单位{'，并'.join(asked)}。"] if asked else []
