"""通报 as a Word document: the office's template, or ours, filled in by docxtpl."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mediawatch.domain import UserError
from mediawatch.domain.clock import chinese_day
from mediawatch.ops.settings.office import AnnexKey
from mediawatch.publish.circular.collected import CollectedCircular
from mediawatch.publish.circular.compose import compose
from mediawatch.publish.circular.text import CircularText
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports import annexes
from mediawatch.publish.reports.letters import annex_lines, copies_line, publicity_line
from mediawatch.table import Table
from mediawatch.typesetting import typeset
from mediawatch.visible import make_visible
from mediawatch.workbooks.templates import fill_in

TEMPLATE = "circular.docx"
"""An office's own template in its home, which is used in place of ours."""

_NEEDS = "a Word document needs docxtpl: run `pip install 'mediawatch[word]'`"


def circular(
    inspection: Inspection,
    *,
    template: Path | None = None,
    signed_on: date | None = None,
    checked_during: str = "",
    part: bool = False,
) -> bytes:
    """The .docx; of a notice with its title, 文号, date and deadlines.

    `part`: only our paragraphs and annexes of a joint circular. `checked_during`: 检查时间 as people
    write it. UserError where the extra `word` is missing, the template is unusable, or an annex
    lacks its number. AssertionError where a number of the text is not that of the figures.
    """
    # Asked for here: what is missing in the reading process would look like a damaged template.
    if find_spec("docxtpl") is None:
        raise UserError(_NEEDS)
    text = compose(inspection, part=part, checked_during=checked_during, signed_on=signed_on)
    tables = [_TABLES[entry.key](inspection) for entry in text.annexes]
    return _document(text, tables, inspection, template)


def collected_circular(
    found: CollectedCircular, *, template: Path | None = None, marks: Sequence[str] = ()
) -> bytes:
    """The .docx of what lower offices reported and the own sample; `marks`: those of both.

    UserError as `circular`.
    """
    if find_spec("docxtpl") is None:
        raise UserError(_NEEDS)
    tables = [
        _TABLES[entry.key](inspection)
        for entry, inspection in zip(found.text.annexes, found.sources, strict=True)
    ]
    first = found.reported
    told = replace(first, marks=tuple(dict.fromkeys([*first.marks, *marks])))
    return _document(found.text, tables, told, template)


def _document(
    text: CircularText, tables: Sequence[Table], inspection: Inspection, template: Path | None
) -> bytes:
    return fill_in(
        template or shipped_template(),
        _make_visible(_words(text, inspection.marks, tables)),
        [(table.columns, table.with_visible_cells().rows) for table in tables],
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


def _words(text: CircularText, marks: Sequence[str], tables: Sequence[Table]) -> dict[str, object]:
    """The words of a template: the sections as they stand, and part by part without headings."""
    return {
        "marks": typeset("；".join(marks)),
        "title": text.title,
        "number": text.number,
        "addressees": text.addressees,
        "basis": text.occasion,
        "sections": [
            {"heading": each.heading, "paragraphs": [asdict(one) for one in each.paragraphs]}
            for each in text.sections
        ],
        "overview": [each.whole for each in text.of("总体情况")],
        "problems": [asdict(each) for each in text.of("主要问题")],
        "previous": [each.whole for each in text.of("上期整改")],
        "closing": [each.whole for each in text.of("工作要求")],
        "annex_list": annex_lines([entry.line for entry in text.annexes]),
        "issuer": text.issuer,
        "date": _day(text),
        "copies": copies_line(text.copies),
        "publicity": publicity_line(text.publicity),
        "annexes": [
            {
                "number": entry.name,
                "title": entry.title,
                "columns": table.columns,
                "rows": table.rows,
            }
            for entry, table in zip(text.annexes, tables, strict=True)
        ],
    }


def _day(text: CircularText) -> str:
    """成文日期; room for it in a draft, and nothing in a part, which nobody signs."""
    if not text.title:
        return ""
    return chinese_day(text.signed_on) if text.signed_on else "    年  月  日"


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


_TABLES: Mapping[AnnexKey, Callable[[Inspection], Table]] = {
    "table": annexes.regions,
    "list": annexes.failed_table,
    "listed": annexes.listed_table,
    "recheck": annexes.rechecks_table,
}
