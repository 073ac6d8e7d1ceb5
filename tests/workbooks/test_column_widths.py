"""Each table of a document has the widths of its own texts."""

from __future__ import annotations

from collections.abc import Sequence

from docx import Document

from mediawatch.workbooks.column_widths import fit_columns

HEADINGS = ("序号", "地区（部门）", "检查率")
Table = tuple[Sequence[str], Sequence[Sequence[str]]]


def shares(*tables: Table) -> list[list[float]]:
    """The shares of the columns of each table."""
    document = Document()
    for headings, rows in tables:
        table = document.add_table(0, len(headings))
        for line in (headings, *rows):
            for cell, text in zip(table.add_row().cells, line, strict=True):
                cell.text = text
    fit_columns(document, tables)
    found = [[column.w for column in table._tbl.tblGrid.gridCol_lst] for table in document.tables]
    return [[width / sum(widths) for width in widths] for widths in found]


def test_two_tables_of_one_shape_have_widths_of_their_own() -> None:
    whole: Table = (HEADINGS, [("1", "甲市", "100%")])
    sample: Table = (HEADINGS, [("1", "甲市", "16.67%")])
    [alone] = shares(sample)
    assert shares(whole, sample)[1] == alone
    assert shares(whole)[0][2] < alone[2]


def test_a_heading_breaks_before_its_bracket() -> None:
    [[number, place, _]] = shares((HEADINGS, [("1", "甲市", "100%")]))
    # Two margins beside four characters, and beside two.
    assert round(place / number, 1) == round((8 + 2) / (4 + 2), 1)
