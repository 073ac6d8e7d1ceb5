"""Pages for a browser: the report of an inspection, and pages of tables.

They are self-contained: they load nothing from outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined

from mediawatch.domain import Reading
from mediawatch.domain.clock import minute
from mediawatch.figures.values import Figures
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.publish.circular.compose import overview_texts
from mediawatch.publish.circular.frame import title
from mediawatch.publish.circular.omissions import omission_words
from mediawatch.publish.circular.text import NUMERALS
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.reports import annexes
from mediawatch.publish.reports.account_page import LOOKS
from mediawatch.publish.reports.thumbnails import draw_thumbnails
from mediawatch.rules.sentences import moment
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
_MOST_BYTES = 1_900_000
"""Of the page of an inspection: a telephone loads it, and a mailbox takes it."""


def render(template: str, **words: object) -> bytes:
    """The page of a template in `data/templates`, filled in."""
    return _PAGES.get_template(template).render(words).encode()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; `share` is its length in percent of the longest that there can be."""

    name: str
    value: str
    share: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Horizontal bars; `bad` ones count problems."""

    title: str
    bars: tuple[Bar, ...]
    bad: bool = False


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of one part of the accounts, as the first page names it, and how many it lists."""

    name: str
    href: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePart:
    """The part of an inspection that a page of its own shows; `first_page` leads back."""

    name: str
    figures: Figures | None
    """None of accounts that stand in no part of the inspection, such as those of an earlier one."""
    first_page: str
    goes_on: bool = False
    """The lists of an earlier page go on: one that is empty here says nothing."""


def report(
    inspection: Inspection,
    folder: EvidenceFolder,
    *,
    checked_during: str = "",
    part: PagePart | None = None,
) -> bytes:
    """The page of an inspection; `folder` has the pictures of which it shows thumbnails.

    `checked_during`: 检查时间 as people write it. With `part` the page of those accounts alone, which
    are all that `inspection` lists. AssertionError where a number of its text is not that of the
    figures.
    """
    named = [problem for problem in inspection.failed if not problem.unnamed]
    problems = [_problem_words(problem) for problem in named]
    fill_in = partial(
        render,
        "report.html",
        **_words(inspection, checked_during, part.figures if part else inspection.statistics.whole),
        part=part,
        links=(),
        kinds=(),
        overview=[] if part else overview_texts(inspection),
        charts=[] if part else _charts(inspection),
        regions=None if part else annexes.regions(inspection),
        further=[each for each in further_lists(inspection) if each[2].rows],
    )
    bare = fill_in(problems=problems)
    shown = [problem.shown_pictures for problem in named]
    if not any(shown):
        return bare
    pictures = [partial(folder.read, item) for some in shown for item in some]
    drawn = iter(draw_thumbnails(pictures, _MOST_BYTES - len(bare)))
    return fill_in(
        problems=[
            {**each, "pictures": [(item.sha256, next(drawn)) for item in some]}
            for each, some in zip(problems, shown, strict=True)
        ]
    )


def index(
    inspection: Inspection, links: Sequence[PageLink], kinds: Sequence[str], checked_during: str
) -> bytes:
    """The first page of an inspection whose accounts stand on pages of their own.

    `kinds`: what the counts of each link count. AssertionError as `report`.
    """
    return render(
        "report.html",
        **_words(inspection, checked_during, inspection.statistics.whole),
        part=None,
        links=links,
        kinds=kinds,
        overview=overview_texts(inspection),
        charts=_charts(inspection),
        regions=annexes.regions(inspection),
        further=(),
        problems=(),
    )


def further_lists(inspection: Inspection) -> list[tuple[str, str, Table]]:
    """Anchor, heading and rows of the lists beside the problems."""
    return [
        ("listed", "其他需关注情形", annexes.listed_table(inspection)),
        ("rechecked", "上期通报复查情况", annexes.rechecks_table(inspection)),
        ("open", "待人工核查", annexes.open_table(inspection)),
    ]


def _words(
    inspection: Inspection, checked_during: str, counted: Figures | None
) -> dict[str, object]:
    """What every page of an inspection says, with the figures of its part."""
    decimals = inspection.office.decimals
    return {
        "title": title(inspection),
        "marks": inspection.marks,
        "moment": describe_moment(inspection, checked_during),
        "policy": inspection.policy.title,
        "round": inspection.sweep.round,
        "issuer": inspection.office.issuer,
        "cards": [
            (counted.total, "在管数"),
            (counted.checked, "检查数"),
            (counted.coverage_text(decimals), "检查率"),
            (counted.failed, "不合格数"),
            (counted.rate_text(decimals), "合格率"),
            (counted.open, "待人工核查"),
        ]
        if counted
        else [],
        "numerals": NUMERALS,
        "counts": annexes.COUNTS | annexes.RATES,
        "omitted": omission_words(
            (problem.unnamed for problem in inspection.failed), inspection.office.measure
        ),
    }


def describe_moment(inspection: Inspection, checked_during: str = "") -> str:
    """监测时间点 to the minute, or 检查时段; with 检查时间 where it is given."""
    said = " ".join(moment(inspection.sweep))
    said += "（北京时间）" if inspection.sweep.period_from is None else ""
    return f"{said} · 检查时间 {checked_during}" if checked_during else said


def name_look(reading: Reading) -> str:
    """The kind of a look; 人工检查 where a person looked for one kind of problem."""
    return "人工检查" if reading.problem else LOOKS[reading.look]


def tables_page(
    title: str, facts: Sequence[tuple[str, str]], tables: Sequence[Table], note: str
) -> bytes:
    """A page of named facts and tables, with a note at its end."""
    return render("tables.html", title=title, facts=facts, tables=tables, note=note)


def _charts(inspection: Inspection) -> list[Chart]:
    platforms = next(split for split in inspection.statistics.splits if split.heading == "平台")
    decimals = inspection.office.decimals
    kinds = sorted(inspection.statistics.whole.kinds.items(), key=lambda pair: -pair[1])
    most = max((count for _, count in kinds), default=1)
    costing = inspection.statistics.whole.deductions
    charts = [
        Chart(
            "各平台合格率",
            tuple(
                Bar(name, part.rate_text(decimals), round(100 * float(part.rate), 1))
                for name, part in platforms.parts
                if part.rate is not None
            ),
        ),
        Chart(
            "问题类型",
            tuple(Bar(name, str(count), round(100 * count / most, 1)) for name, count in kinds),
            bad=True,
        ),
        Chart(
            "扣分情形（不因此计入不合格数）",
            tuple(
                Bar(
                    name,
                    f"{one.accounts}（共扣{one.points_text}分）",
                    round(100 * one.accounts / inspection.statistics.whole.deducted, 1),
                )
                for name, one in costing.items()
            ),
        ),
    ]
    return [chart for chart in charts if chart.bars]


def _problem_words(problem: AccountProblem) -> Mapping[str, object]:
    filed = problem.entry.account.filed
    looks = [f"{name_look(reading)} {minute(reading.read_at)}" for reading in problem.readings]
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
        "pictures": [(item.sha256, None) for item in problem.shown_pictures],
    }
