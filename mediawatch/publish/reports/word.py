"""通报 as a Word document: the office's template, or ours, filled in by docxtpl."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mediawatch.domain import UserError
from mediawatch.domain.clock import beijing, chinese_day
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports import annexes, prose
from mediawatch.table import Table
from mediawatch.visible import make_visible

TEMPLATE = "circular.docx"
"""An office's own template in its home, which is used in place of ours."""


def circular(
    inspection: Inspection, *, template: Path | None = None, signed_on: date | None = None
) -> bytes:
    """The .docx; of a notice with its title, 文号, date and deadlines.

    UserError where the extra `word` is missing or the template is unusable.
    """
    try:
        from docxtpl import DocxTemplate
        from jinja2 import TemplateError

        from mediawatch.publish.reports.word_template import fit_columns
        from mediawatch.publish.reports.word_template import template as shipped
    except ImportError:
        raise UserError(
            "a Word document needs docxtpl: run `pip install 'mediawatch[word]'`"
        ) from None

    source = template or io.BytesIO(shipped())
    stream = io.BytesIO()
    try:
        document = DocxTemplate(source)
        # Names are hostile input: `&` and `<` must not become markup.
        document.render(_make_visible(_words(inspection, signed_on)), autoescape=True)
        fit_columns(
            document.docx,
            [(table.columns, table.with_visible_cells().rows) for table in _annexes(inspection)],
        )
        document.save(stream)
    except (TemplateError, KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{template or 'the template'}: {error}; `mediawatch report template` writes one "
            "that works"
        ) from error
    return _dated(stream.getvalue(), inspection.sweep.as_of)


def shipped_template() -> bytes:
    """Our template, for an office to change. UserError where the extra `word` is not installed."""
    try:
        from mediawatch.publish.reports.word_template import template
    except ImportError:
        raise UserError(
            "a Word document needs docxtpl: run `pip install 'mediawatch[word]'`"
        ) from None
    return template()


def _words(inspection: Inspection, signed_on: date | None) -> dict[str, object]:
    tables = _annexes(inspection)
    notice = inspection.issued.notice if inspection.issued else None
    day = signed_on or (notice.issued_on if notice else None)
    return {
        "marks": prose.typeset("；".join(inspection.marks)),
        "title": prose.title(inspection),
        "number": notice.number if notice else inspection.office.number,
        "addressees": inspection.office.addressees,
        "basis": prose.occasion(inspection),
        "overview": prose.overview(inspection),
        "problems": prose.problems(inspection),
        "closing": prose.closing_paragraph(inspection),
        "annex_list": [
            _listed(number, table, len(tables)) for number, table in enumerate(tables, 1)
        ],
        "issuer": inspection.office.issuer,
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
        case prose.Paragraph():
            return prose.Paragraph(make_visible(value.heading), make_visible(value.text))
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
            annexes.to_be_seen(inspection),
        )
        if table.rows
    ]


def _listed(number: int, table: Table, of: int) -> str:
    """附件说明: no mark after a name."""
    before = "附件：" if number == 1 else "   "
    return f"{before}{number}.{table.title}" if of > 1 else f"{before}{table.title}"


def _dated(body: bytes, at: datetime) -> bytes:
    """The same parts, each with the inspection's time: one state gives one document, byte for byte."""
    moment = beijing(at).timetuple()[:6]
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(body)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, moment), old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
