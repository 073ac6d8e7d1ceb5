"""佐证单 of many accounts: a printable page each, one zip a prefecture."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from mediawatch.domain.clock import beijing
from mediawatch.figures.regions import NOT_FILED
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.reports.pages import sheet
from mediawatch.visible import make_visible

_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|=+@-]+')
"""Characters that Windows forbids in a file name, or that a spreadsheet would read as a formula."""


def bundles(
    inspection: Inspection, problems: Sequence[AccountProblem], folder: Path
) -> Iterator[tuple[str, bytes]]:
    """(file name, zip) of each prefecture, in the order of the list.

    Of each region or department where the office says its level.
    """
    regions = inspection.regions
    places: dict[str, list[AccountProblem]] = {}
    for problem in problems:
        filed = problem.entry.account.filed
        place = regions.of(filed) if regions.level else filed.prefecture or NOT_FILED
        places.setdefault(place, []).append(problem)
    moment = beijing(inspection.sweep.as_of).timetuple()[:6]
    for place, members in places.items():
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
            for problem in members:
                # The inspection's time on each, so that the same state gives the same bytes.
                bundle.writestr(
                    zipfile.ZipInfo(file_name(problem), moment),
                    sheet(inspection, problem, folder),
                    zipfile.ZIP_DEFLATED,
                )
        yield f"佐证单 {safe(place)}.zip", stream.getvalue()


def file_name(problem: AccountProblem) -> str:
    """Filing number and name, with the account's own number: two accounts may have one name."""
    account = problem.entry.account
    return (
        f"佐证单 {safe(account.filed.filing_number)} {safe(account.filed.name)} {account.id}.html"
    )


def safe(text: str) -> str:
    """A given text as part of a file name."""
    return _UNSAFE.sub("_", make_visible(text)).strip(" ._")[:60] or "_"
