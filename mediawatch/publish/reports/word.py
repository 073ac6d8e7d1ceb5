"""通报 as a Word document: the office's template, or ours, filled in by docxtpl."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mediawatch.domain import UserError
from mediawatch.domain.clock import chinese_day
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports import annexes, prose
from mediawatch.publish.reports.letters import copies_line, publicity_line
from mediawatch.table import Table
from mediawatch.typesetting import typeset
from mediawatch.visible import make_visible
from mediawatch.workbooks.templates import fill_in

TEMPLATE = "circular.docx"
"""An office's own template in its home, which is used in place of ours."""

_NEEDS = "a Word document needs docxtpl: run `pip install 'mediawatch[word]'`"


def circular(
    inspection: Inspection, *, template: Path | None = None, signed_on: date | None = None
) -> bytes:
    """The .docx; of a notice with its title, 文号, date and deadlines.

    UserError where the extra `word` is missing or the template is unusable.
    """
    # Asked for here: what is missing in the reading process would look like a damaged template.
    if find_spec("docxtpl") is None:
        raise UserError(_NEEDS)
    return fill_in(
        template or shipped_template(),
        _make_visible(_words(inspection, signed_on)),
        [(table.columns, table.with_visible_cells().rows) for table in _annexes(inspection)],
        inspection.sweep.as_of,
    )


def own_template(home: Path) -> Path | None:
    """The office's template in a home, whatever it is: what cannot be read is no reason for ours."""
    path = home / TEMPLATE
    return path if os.path.lexists(path) else None


def shipped_template() -> bytes:
    """Our template, for an office to change. UserError where the extra `word` is not installed."""
    try:
        from mediawatch.publish.reports.word_template import template
    except ImportError:
        raise UserError(_NEEDS) from None
    return template()


def _words(inspection: Inspection, signed_on: date | None) -> dict[str, object]:
    tables = _annexes(inspection)
    notice = inspection.issued.notice if inspection.issued else None
    # A draft has no number, and its day is open.
    day = signed_on or (notice.issued_on if notice and notice.number else None)
    return {
        "marks": typeset("；".join(inspection.marks)),
        "title": prose.title(inspection),
        "number": notice.number if notice else inspection.office.number,
        # Notices issued before they kept 主送 have none.
        "addressees": (notice.addressees if notice else "") or inspection.office.addressees,
        "basis": prose.occasion(inspection),
        "overview": prose.overview(inspection),
        "problems": [asdict(problem) for problem in prose.problems(inspection)],
        "closing": prose.closing_paragraph(inspection),
        "annex_list": [
            _listed(number, table, len(tables)) for number, table in enumerate(tables, 1)
        ],
        "issuer": inspection.office.issuer,
        "publicity": publicity_line(notice.publicity if notice else inspection.office.publicity),
        "copies": copies_line(notice.copies if notice else inspection.office.copies),
        "date": chinese_day(day) if day else "    年  月  日",
        "annexes": [
            {
                "number": f"附件{number if len(tables) > 1 else ''}",
                "title": table.title,
                "columns": table.columns,
                "rows": table.rows,
            }
            for number, table in enumerate(tables, 1)
        ],
    }


def _make_visible(value: Any) -> Any:
    """The words with their hidden characters written out; XML forbids some of them."""
    match value:
        case str():
            return make_visible(value)
        case dict():
            return {key: _make_visible(each) for key, each in value.items()}
        case list() | tuple():
            return [_make_visible(each) for each in value]
    return value


def _annexes(inspection: Inspection) -> list[Table]:
    tables = [annexes.regions(inspection), annexes.failed_table(inspection)]
    return tables + [
        table
        for table in (
            annexes.listed_table(inspection),
            annexes.rechecks_table(inspection),
        )
        if table.rows
    ]


def _listed(number: int, table: Table, of: int) -> str:
    """附件说明: no mark after a name."""
    before = "附件：" if number == 1 else "   "
    return f"{before}{number}.{table.title}" if of > 1 else f"{before}{table.title}"
