"""汇总来源: of offices that collected themselves, whose accounts are in their hand-off. Pure."""

from __future__ import annotations

from mediawatch.domain.clock import beijing
from mediawatch.figures.counts import figures
from mediawatch.figures.values import Figures
from mediawatch.ops.settings.lower_offices import OWN
from mediawatch.publish.collect.merge import Collection
from mediawatch.publish.collect.office_reports import OfficeReport
from mediawatch.table import Table

COUNTS = ("账号数",)


def sources_table(told: Collection) -> Table:
    """Part by part what each of these offices hands up; it alone vouches for the parts."""
    rows = [
        row
        for report in told.reports
        if report.figures.collected is not None
        for row in _rows(report, told)
    ]
    return Table(
        "汇总上报的来源（由报送单位汇总并确认，所属单位的原件和签名未随附）",
        (
            "报送单位", "所属单位", *COUNTS, "检查数", "不合格数", "待核查", "文件SHA-256", "签名时间", "接收时间", "说明",
        ),
        tuple(rows),
    )  # fmt: skip


def _rows(report: OfficeReport, told: Collection) -> list[tuple[str, ...]]:
    assert report.figures.collected is not None
    sources = {each.office: each for each in report.figures.collected.sources}
    rows = []
    for name in (OWN, *sources):
        if not (part := _part(report, "" if name == OWN else name, told)).drawn and name == OWN:
            continue
        source = sources.get(name)
        signed = source.signed_at if source else None
        rows.append(
            (
                report.office,
                name,
                *map(str, (part.drawn, part.checked, part.failed, part.open)),
                source.sha256 if source else "",
                f"{beijing(signed):%Y-%m-%d %H:%M}" if signed else "",
                f"{beijing(source.received_at):%Y-%m-%d %H:%M}" if source else "",
                source.remark if source else "",
            )
        )
    return rows


def _part(report: OfficeReport, name: str, told: Collection) -> Figures:
    """The figures of the accounts that count, and that came from an office below; "": its own."""
    policy = told.inspection.policy
    return figures(
        [
            each.entry
            for each in told.reported
            if each.office == report.office and "".join(each.reported_by[:1]) == name
        ],
        policy,
    )
