"""Pages for a browser: the report of an inspection, and the 佐证单 of one account.

They are self-contained: they load nothing from outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from mediawatch.domain import DateKind, Evidence, EvidenceKind, Sight
from mediawatch.domain.clock import beijing, chinese_span, day_of, minute
from mediawatch.publish.circular.compose import overview_texts
from mediawatch.publish.circular.frame import title
from mediawatch.publish.circular.text import NUMERALS
from mediawatch.publish.defects import mark_of
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.reports import annexes
from mediawatch.publish.reports.account_page import LOOKS, describe_newest
from mediawatch.publish.reports.thumbnails import draw_thumbnail
from mediawatch.table import Table
from mediawatch.typesetting import typeset
from mediawatch.visible import make_visible

# Names are hostile input: everything is escaped.
_PAGES = Environment(
    loader=PackageLoader("mediawatch", "data/templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    finalize=lambda value: make_visible(value) if type(value) is str else value,
)
_PAGES.filters["typeset"] = typeset
_THUMB = (400, 300)
_SHEET = (1280, 1400)
"""Pixels. A printed page shows only the upper part of a whole page's picture."""
_BAR = 560
_KINDS = {
    EvidenceKind.SCREENSHOT: "截图", EvidenceKind.PAYLOAD: "响应原文", EvidenceKind.TEXT: "页面文字", EvidenceKind.PICTURE: "人工截图",
    EvidenceKind.MANIFEST: "取证清单",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; `y` and `width` in the picture's units."""

    name: str
    value: str
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Horizontal bars; `bad` ones count problems."""

    title: str
    bars: tuple[Bar, ...]
    bad: bool = False

    @property
    def height(self) -> int:
        return 26 * len(self.bars)


def report(inspection: Inspection, folder: Path, *, checked_during: str = "") -> bytes:
    """The page of an inspection; `folder` is the home's evidence folder, for the thumbnails.

    `checked_during`: 检查时间 as people write it. AssertionError where a number of its text is not
    that of the figures.
    """
    whole = inspection.statistics.whole
    decimals = inspection.office.decimals
    lists = (
        ("listed", "异常单列", annexes.listed_table(inspection)),
        ("rechecked", "上期通报复查情况", annexes.rechecks_table(inspection)),
        ("open", "待人工核查", annexes.to_be_seen(inspection)),
    )
    page = _PAGES.get_template("report.html").render(
        title=title(inspection),
        marks=inspection.marks,
        moment=_moment(inspection, checked_during),
        policy=inspection.policy.title,
        sweep=inspection.sweep.id,
        cards=[
            (whole.total, "在管数"),
            (whole.checked, "检查数"),
            (whole.coverage_text(decimals), "检查率"),
            (whole.failed, "不合格数"),
            (whole.rate_text(decimals), "合格率"),
            (whole.open, "待人工核查"),
        ],
        overview=overview_texts(inspection),
        charts=_charts(inspection),
        regions=annexes.regions(inspection),
        further=[each for each in lists if each[2].rows],
        numerals=NUMERALS,
        counts=annexes.COUNTS | annexes.RATES,
        problems=[_problem_words(problem, folder) for problem in inspection.failed],
    )
    return page.encode()


def _moment(inspection: Inspection, checked_during: str = "") -> str:
    """监测时间点 to the minute, or 检查时段; with 检查时间 where it is given."""
    sweep = inspection.sweep
    if sweep.period_from is None:
        said = f"监测时间点 {minute(sweep.as_of)}（北京时间）"
    else:
        said = f"检查时段 {chinese_span(sweep.period_from, day_of(sweep.as_of))}"
    return f"{said} · 检查时间 {checked_during}" if checked_during else said


def tables_page(
    title: str, facts: Sequence[tuple[str, str]], tables: Sequence[Table], note: str
) -> bytes:
    """A page of named facts and tables, with a note at its end."""
    page = _PAGES.get_template("tables.html").render(
        title=title, facts=facts, tables=tables, note=note
    )
    return page.encode()


def sheet(inspection: Inspection, problem: AccountProblem, folder: Path) -> bytes:
    """佐证单, on one printable page.

    Filed beside seen, the rule in a sentence, the picture, times and hashes.
    """
    filed, judged = problem.entry.account.filed, problem.entry.judgement
    named = next((reading for reading in reversed(problem.readings) if reading.name), None)
    newest = judged.latest_on if judged else None
    exact = judged is not None and judged.date_kind is DateKind.EXACT
    seen = next(
        (
            sight
            for reading in reversed(problem.readings)
            for sight in reading.sights
            if sight.platform_id
        ),
        None,
    )
    picture = next(iter(problem.pictures), None)
    page = _PAGES.get_template("sheet.html").render(
        name=filed.name,
        marks=inspection.marks,
        facts=(
            f"{_moment(inspection)}　规则：{inspection.policy.title}　第{inspection.sweep.id}号检查"
        ),
        compared=[
            ("备案单号", filed.filing_number, ""),
            ("账号名称", filed.name, named.name if named else "未见"),
            ("类型", filed.type, ""),
            ("所属组织", filed.organiser, _verified(problem)),
            (
                "平台ID",
                filed.platform_id or filed.original_id,
                (seen.platform_id or seen.original_id) if seen else "",
            ),
            ("运行状态", filed.status.label, ""),
            ("最近更新", "", describe_newest(newest, exact) if newest else "未见发布内容"),
        ],
        findings=[
            {
                "label": finding.label,
                "review": finding.review.label,
                "sentence": finding.sentence
                + (f"{caution}。" if (caution := problem.caution_of(finding)) else ""),
            }
            for finding in problem.findings
        ],
        looks=_looks(inspection, problem),
        picture=(shown := _picture(picture, folder, _SHEET)),
        unreadable=picture is not None and not shown,
        defects=mark_of(problem.defects),
        caption=f"{minute(picture.taken_at)} {picture.url}" if picture else "",
        files=[
            {
                "kind": _KINDS[item.kind],
                "at": f"{beijing(item.taken_at):%Y-%m-%d %H:%M:%S}",
                "sha256": item.sha256,
                "fault": fault.label if (fault := problem.faults.get(item.path)) else "",
            }
            for item in problem.evidence
        ],
    )
    return page.encode()


def _charts(inspection: Inspection) -> list[Chart]:
    platforms = next(split for split in inspection.statistics.splits if split.heading == "平台")
    rates = [
        (name, part.rate_text(inspection.office.decimals), float(part.rate))
        for name, part in platforms.parts
        if part.rate is not None
    ]
    kinds = sorted(inspection.statistics.whole.kinds.items(), key=lambda pair: -pair[1])
    most = max((count for _, count in kinds), default=1)
    charts = [
        Chart(
            "各平台合格率",
            tuple(
                Bar(name, text, 26 * row, round(_BAR * share))
                for row, (name, text, share) in enumerate(rates)
            ),
        ),
        Chart(
            "问题类型",
            tuple(
                Bar(name, str(count), 26 * row, round(_BAR * count / most))
                for row, (name, count) in enumerate(kinds)
            ),
            bad=True,
        ),
    ]
    return [chart for chart in charts if chart.bars]


def _problem_words(problem: AccountProblem, folder: Path) -> Mapping[str, object]:
    filed = problem.entry.account.filed
    picture = next(iter(problem.pictures), None)
    looks = [f"{LOOKS[reading.look]} {minute(reading.read_at)}" for reading in problem.readings]
    return {
        "id": problem.entry.account.id,
        "name": filed.name,
        "filed": " · ".join(
            part
            for part in (
                filed.filing_number,
                filed.type,
                filed.organiser,
                filed.prefecture,
                filed.county,
            )
            if part
        ),
        "labels": problem.printed,
        "sentences": [finding.sentence for finding in problem.findings],
        "seen": "；".join(looks),
        "hash": picture.sha256 if picture else "",
        "picture": (shown := _picture(picture, folder, _THUMB)),
        "unreadable": picture is not None and not shown,
    }


def _looks(inspection: Inspection, problem: AccountProblem) -> list[Mapping[str, str]]:
    """What each surface gave in each proving look."""
    return [
        {
            "kind": LOOKS[reading.look],
            "at": minute(sight.read_at),
            "surface": reading.by or inspection.surfaces.get(sight.surface, sight.surface),
            "seen": _seen(sight),
        }
        for reading in problem.readings
        for sight in reading.sights
    ]


def _picture(item: Evidence | None, folder: Path, size: tuple[int, int]) -> str:
    return draw_thumbnail(folder / item.path, size) if item else ""


def _verified(problem: AccountProblem) -> str:
    return next((sight.verified_as for sight in _newest_first(problem) if sight.verified_as), "")


def _newest_first(problem: AccountProblem) -> Sequence[Sight]:
    return [sight for reading in reversed(problem.readings) for sight in reading.sights]


def _seen(sight: Sight) -> str:
    parts = [sight.outcome.label, f"“{sight.name}”" if sight.name else ""]
    if sight.latest:
        parts.append(f"最近更新{describe_newest(sight.latest.on, sight.exact)}")
    if sight.control:
        parts.append(f"对照“{sight.control}”正常")
    return "，".join(part for part in parts if part)
