"""The page of an inspection, or, where its lists are long, a first page and pages by region.

No browser of an office opens a page of some ten thousand rows with pleasure, and no mailbox takes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from mediawatch.domain import Filing
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.filings import CountedAccount
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.reports.pages import PageLink, PagePart, further_lists, index, report
from mediawatch.publish.reports.sheets import safe
from mediawatch.publish.results import RecheckResult

MOST_ROWS = 2_000
"""Of one page: so many stay below 2 MB, and there is room for pictures."""
_KINDS = ("存在突出问题", "其他需关注情形", "上期通报复查", "待人工核查")


@dataclass(frozen=True, slots=True)
class _Part:
    """The accounts of one region or department."""

    problems: list[AccountProblem] = field(default_factory=list)
    rechecked: list[RecheckResult] = field(default_factory=list)
    open: list[CountedAccount] = field(default_factory=list)

    def cut(self) -> Iterator[_Part]:
        """The same in runs of at most `MOST_ROWS`, in the order of the lists."""
        rows = [*self.problems, *self.rechecked, *self.open]
        for start in range(0, len(rows), MOST_ROWS):
            made = _Part()
            for row in rows[start : start + MOST_ROWS]:
                match row:
                    case AccountProblem():
                        made.problems.append(row)
                    case RecheckResult():
                        made.rechecked.append(row)
                    case CountedAccount():
                        made.open.append(row)
            yield made


def report_files(
    inspection: Inspection, folder: EvidenceFolder, name: str, *, checked_during: str = ""
) -> Iterator[tuple[str, bytes]]:
    """(path, page) of each file of a report whose first page is called `name`.

    One file where its lists have at most `MOST_ROWS` rows. Else the pages of the regions in a
    folder beside the first page, and that page last. `folder` and `checked_during` as in
    `pages.report`; AssertionError, too.
    """
    rows = sum(not problem.unnamed for problem in inspection.failed)
    rows += sum(len(table.rows) for _, _, table in further_lists(inspection))
    if rows <= MOST_ROWS:
        yield name, report(inspection, folder, checked_during=checked_during)
        return
    figures = {
        part: counted
        for split in inspection.statistics.splits
        if split.heading == Dimension.REGION.label
        for part, counted in split.parts
    }
    beside, links = pages_folder(name), list[PageLink]()
    parts = _parts(inspection)
    for place in [each for each in {**figures, **parts} if each in parts]:
        for number, part in enumerate(parts[place].cut(), 1):
            said = f"{place}（续{number - 1}）" if number > 1 else place
            file = f"{len(links) + 1:03} {safe(said)}.html"
            shown = _narrowed(inspection, part)
            about = PagePart(
                name=said,
                figures=figures.get(place) if number == 1 else None,
                first_page=f"../{quote(name)}",
                goes_on=number > 1,
            )
            yield (
                f"{beside}/{file}",
                report(shown, folder, checked_during=checked_during, part=about),
            )
            links.append(PageLink(said, f"{quote(beside)}/{quote(file)}", _counts(shown)))
    yield name, index(inspection, links, _KINDS, checked_during)


def pages_folder(name: str) -> str:
    """The folder of the pages beside a first page of that name."""
    return f"{Path(name).stem}（分地区）"


def _parts(inspection: Inspection) -> dict[str, _Part]:
    """By region or department what the lists of a report hold, in their order."""
    parts: dict[str, _Part] = {}

    def part_of(filed: Filing) -> _Part:
        return parts.setdefault(Dimension.REGION.of(filed, inspection.regions), _Part())

    for problem in (*inspection.failed, *inspection.noteworthy):
        part_of(problem.entry.account.filed).problems.append(problem)
    for result in inspection.rechecked:
        part_of(result.item.filed).rechecked.append(result)
    for entry in inspection.open:
        one = CountedAccount(entry, frozenset((entry.account.id,)))
        part_of(entry.account.filed).open.append(one)
    return parts


def _narrowed(inspection: Inspection, part: _Part) -> Inspection:
    """The inspection with only these accounts in its lists; its figures stay."""
    return replace(
        inspection,
        problems=tuple(part.problems),
        accounts=tuple(part.open),
        past=replace(inspection.past, rechecked=tuple(part.rechecked)),
    )


def _counts(shown: Inspection) -> tuple[int, ...]:
    named = sum(not problem.unnamed for problem in shown.failed)
    return (named, *(len(table.rows) for _, _, table in further_lists(shown)))
