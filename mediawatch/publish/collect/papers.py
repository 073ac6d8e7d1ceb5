"""Tables and workbooks of what lower offices reported; each says whose its numbers are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mediawatch.domain import Filing, Verdict
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.filings import once
from mediawatch.figures.values import Figures, FiguresSplit
from mediawatch.publish.circular.frame import title as title_of
from mediawatch.publish.collect.merge import Collection
from mediawatch.publish.collect.rebuild import ReportedAccount
from mediawatch.publish.collect.registry_match import RegistryMatch
from mediawatch.publish.collect.source_papers import COUNTS as SOURCE_COUNTS
from mediawatch.publish.collect.source_papers import sources_table
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports import annexes
from mediawatch.publish.reports.statistics import WHOLE, split_table
from mediawatch.publish.reports.xlsx import BookCover, workbook
from mediawatch.table import Table

OURS = "本级检查"
INTERNAL = "内部使用"
_NAMED = 5
"""So many names have room in the line of the marks."""
FILED = ("备案单号", "政务新媒体名称", "类型", "所属组织")


def collection_book(told: Collection, match: RegistryMatch, own: Inspection | None) -> bytes:
    """The figures and lists of a round, a sheet each; those of the own inspection say so."""
    inspection = told.inspection
    theirs = _theirs(inspection)
    tables = [
        ("自查统计表", reported_table(inspection)),
        ("自查分平台", _named(_platforms(inspection), theirs)),
        ("地区（部门）×平台", crossed_table(inspection)),
        ("自查突出问题名单", _named(annexes.failed_table(inspection), theirs)),
    ]
    listed = annexes.listed_table(inspection)
    if listed.rows:
        tables.append(("自查其他需关注情形", _named(listed, theirs)))
    if own is not None:
        tables += [
            ("本级抽查统计表", _named(annexes.regions(own), OURS)),
            ("本级抽查问题名单", _named(annexes.failed_table(own), OURS)),
        ]
    if (sources := sources_table(told)).rows:
        tables.append(("自查汇总来源", sources))
    tables += [
        ("重复报送", shared_table(told)),
        ("台账比对", registry_table(told, match)),
    ]
    marks = [*inspection.marks, *(own.marks if own else ()), *_missing(inspection)]
    marks += inspection.reporting.key_remarks if inspection.reporting else ()
    return _book(f"{title_of(inspection)}汇总表", tables, marks, inspection)


def _theirs(inspection: Inspection) -> str:
    """Whose word a table is."""
    assert inspection.reporting is not None
    return inspection.reporting.basis


def _missing(inspection: Inspection) -> list[str]:
    """Who is missing, for every sheet: it stands with the marks, where a title had no room."""
    names = inspection.reporting.missing if inspection.reporting else ()
    if len(names) > _NAMED:
        return [f"未报送：{'、'.join(names[:_NAMED])}等{len(names)}个地区（部门）"]
    return [f"未报送：{'、'.join(names)}"] if names else []


def _named(table: Table, whose: str) -> Table:
    return replace(table, title=f"{table.title}（{whose}）")


def reported_table(inspection: Inspection) -> Table:
    """自查统计表 by office."""
    return _named(annexes.regions(inspection), _theirs(inspection))


def _platforms(inspection: Inspection) -> Table:
    split = _split(inspection, Dimension.PLATFORM)
    return split_table(split, inspection.statistics.whole, inspection.office.decimals)


def _split(inspection: Inspection, by: Dimension) -> FiguresSplit:
    return next(each for each in inspection.statistics.splits if each.heading == by.label)


def crossed_table(inspection: Inspection) -> Table:
    """检查数 and 不合格数 of every office on every platform, as `5/1`; a platform without any: —.

    AssertionError where rows or columns do not sum to the figures of the whole.
    """
    reporting = inspection.reporting
    assert reporting is not None
    offices, platforms = (_split(inspection, by) for by in (Dimension.REGION, Dimension.PLATFORM))
    checked: Counter[tuple[str, str]] = Counter()
    failed: Counter[tuple[str, str]] = Counter()
    apart = inspection.policy.listed_counted == "apart"
    for one in once(inspection.scope):
        place = (
            reporting.office_of[one.entry.account.id],
            Dimension.PLATFORM.of(one.entry.account.filed),
        )
        is_apart = apart and one.verdict is Verdict.LISTED
        if one.verdict not in (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE) and not is_apart:
            checked[place] += 1
        failed[place] += one.verdict is Verdict.FAILED
    names = [name for name, _ in platforms.parts]
    for name, part in offices.parts:
        _assert_sum(name, part, [(checked[name, each], failed[name, each]) for each in names])
    for name, part in platforms.parts:
        cells = [(checked[each, name], failed[each, name]) for each, _ in offices.parts]
        _assert_sum(name, part, cells)
    rows = [
        (reporting.row_name(office), *(_cell(checked[office, each], failed[office, each]) for each in names),
         _cell(part.checked, part.failed))
        for office, part in offices.parts
    ]  # fmt: skip
    whole = inspection.statistics.whole
    rows.append(
        (
            WHOLE,
            *(_cell(part.checked, part.failed) for _, part in platforms.parts),
            _cell(whole.checked, whole.failed),
        )
    )
    return Table(
        f"自查分平台情况（检查数/不合格数，{_theirs(inspection)}）",
        (offices.heading, *names, WHOLE),
        tuple(rows),
    )


def _assert_sum(name: str, part: Figures, cells: Sequence[tuple[int, int]]) -> None:
    found = (sum(one for one, _ in cells), sum(two for _, two in cells))
    if found != (part.checked, part.failed):
        raise AssertionError(f"{name}: {found} is not {(part.checked, part.failed)}")


def _cell(checked: int, failed: int) -> str:
    return f"{checked}/{failed}" if checked or failed else "—"


def shared_table(told: Collection) -> Table:
    """重复报送: accounts that several offices reported, what each says, and with whom it counts."""
    rows = tuple(
        (
            *filed_row(one.standing.filed),
            "；".join(f"{each.sender}：{each.verdict.label}" for each in one.reported),
            one.standing.sender,
            "结论相反，按待核查计" if one.is_contested else "",
        )
        for one in told.shared
    )
    return Table(
        f"两个以上单位报送的账号（{INTERNAL}）", (*FILED, "各单位结论", "计入", "说明"), rows
    )


def registry_table(told: Collection, match: RegistryMatch) -> Table:
    """台账比对: reported accounts that our registry lacks or gives to another office, and the
    accounts of our registry that nobody reported."""
    said = [(each, "；".join(_registry_remarks(each, match))) for each in told.reported]
    rows = [(*filed_row(each.filed), each.sender, remarks) for each, remarks in said if remarks]
    rows += [(*filed_row(each.filed), "", "本级台账在管，无单位报送") for each in match.uncovered]
    return Table(f"与本级台账的比对（{INTERNAL}）", (*FILED, "报送单位", "情形"), tuple(rows))


def _registry_remarks(each: ReportedAccount, match: RegistryMatch) -> Iterator[str]:
    number = each.entry.account.id
    if reason := match.reasons.get(number):
        yield reason
    owner = match.owners.get(number)
    if owner is not None and owner != each.office:
        yield f"本级台账属于{owner}" if owner else "本级台账中不属于任何报送单位"


def filed_row(filed: Filing) -> tuple[str, str, str, str]:
    return filed.filing_number, filed.name, filed.printed_type, filed.organiser


def _book(
    title: str,
    tables: Sequence[tuple[str, Table]],
    marks: Sequence[str],
    inspection: Inspection,
) -> bytes:
    platforms = {name for name, _ in _split(inspection, Dimension.PLATFORM).parts}
    return workbook(
        tables,
        counts=annexes.COUNTS | {*SOURCE_COUNTS},
        rates=annexes.RATES | {*platforms, WHOLE},
        marks=list(dict.fromkeys(marks)),
        cover=BookCover(
            title=title, issuer=inspection.office.issuer, made_at=inspection.sweep.as_of
        ),
    )
