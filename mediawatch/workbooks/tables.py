"""Files to sheets of cells: .xlsx (.xlsm), .xls and .csv, known by their bytes, not their names.

A .docx gives its tables and paragraphs, where a document is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediawatch.inputs import InputFault, open_regular
from mediawatch.workbooks.cell_defects import CellDefect
from mediawatch.workbooks.faults import refuse_as
from mediawatch.workbooks.process import READING
from mediawatch.workbooks.refusals import Unusable
from mediawatch.workbooks.sheet import Sheet

MOST_BYTES = 300 * 2**20
_AGAIN = "open it in Excel or WPS, copy the table into a new workbook and save that as .xlsx"


@dataclass(frozen=True, slots=True)
class File:
    """A file that could be read. `sha256` is of its bytes."""

    path: Path
    sha256: str
    sheets: tuple[Sheet, ...]


def read_files(paths: Sequence[Path]) -> tuple[File, ...]:
    """Read all files or no file.

    Raises Unusable with one sentence for every file that is not a table of ours.
    """
    files: list[File] = []
    problems: list[str] = []
    for path in paths:
        try:
            files.append(read_file(path))
        except Unusable as unusable:
            problems += unusable.problems
    seen: dict[str, Path] = {}
    for file in files:
        if file.sha256 in seen:
            problems.append(
                f"{file.path} and {seen[file.sha256]} have the same content: name the file once"
            )
        seen[file.sha256] = file.path
    if problems:
        raise Unusable(*problems)
    return tuple(files)


def read_file(path: Path) -> File:
    """One file. Raises Unusable."""
    name = str(path)
    with opening(path) as descriptor, refusals(name, _AGAIN):
        digest, *items = READING.ask("table", {"name": name}, descriptor)
        return File(path, digest, sheets_of(name, items))


@dataclass(frozen=True, slots=True)
class Document:
    """A circular or a table of an office: its sheets or tables, and the paragraphs between them."""

    path: Path
    sheets: tuple[Sheet, ...]
    paragraphs: tuple[str, ...] = ()


def read_document(path: Path) -> Document:
    """A .docx, or a file of tables. Raises Unusable."""
    name = str(path)
    with opening(path) as descriptor, refusals(name, _AGAIN):
        _, *items, last = READING.ask("document", {"name": name}, descriptor)
        return Document(path, sheets_of(name, items), tuple(last["paragraphs"]))


def sheets_of(name: str, items: Sequence[Any]) -> tuple[Sheet, ...]:
    """The sheets that the reading process handed over in pieces."""
    sheets: list[Sheet] = []
    rows: list[list[Any]] = []
    for item in items:
        if isinstance(item, list):
            rows.extend(item)
            continue
        sheets.append(
            Sheet(
                name,
                item["name"],
                rows,
                frozenset(item["hidden"]),
                {(row, column): CellDefect(each) for row, column, each in item["defects"]},
                item["out_of_sight"],
                {(row, column) for row, column in item["filled"]},
            )
        )
        rows = []
    return tuple(sheets)


@contextmanager
def opening(path: Path) -> Iterator[int]:
    """The descriptor of a table that a person named. Raises Unusable."""
    if path.name.startswith("~$"):
        raise Unusable(f"{path} is the lock file of an open workbook: name the workbook itself")
    try:
        descriptor = open_regular(path, MOST_BYTES)
    except InputFault as fault:
        raise Unusable(str(fault)) from None
    try:
        if not os.fstat(descriptor).st_size:
            raise Unusable(f"{path} is empty (0 bytes): it was not saved, or not copied to the end")
        yield descriptor
    finally:
        os.close(descriptor)


def refusals(name: str, remedy: str) -> AbstractContextManager[None]:
    """What the reading process says against a file, as Unusable in one sentence."""
    return refuse_as(
        Unusable,
        lambda failure: f"{name} cannot be read: too large or damaged ({failure}): {remedy}",
    )
