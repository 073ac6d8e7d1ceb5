"""Persons and telephones in registry files, for a home that keeps none (`contacts = false`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mediawatch.registry.headings import find_heading
from mediawatch.workbooks.sheet import Sheet
from mediawatch.workbooks.tables import File

_FIELDS = ("person", "phone", "contact")
_TITLE = re.compile("联系|电话|手机")
"""Headings that say nothing to us may hold a telephone, too."""


def drop_contacts(files: Sequence[File]) -> None:
    """Empty the columns of persons and telephones, before anything else sees the rows."""
    for file in files:
        for sheet in file.sheets:
            # A column that repeats a field counts once the first one is empty.
            while columns := _columns(sheet):
                for row in sheet.rows:
                    for column in columns & set(range(len(row))):
                        row[column] = ""
                sheet.defects = {
                    place: each for place, each in sheet.defects.items() if place[1] not in columns
                }


def _columns(sheet: Sheet) -> set[int]:
    heading = find_heading(sheet.rows)
    if heading is None:
        return set()
    named = {column for field in _FIELDS for column in heading.columns.get(field, ())}
    return named | {column for column, title in heading.titles.items() if _TITLE.search(title)}
