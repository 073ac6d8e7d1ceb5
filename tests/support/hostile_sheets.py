"""Worksheets whose cells, merges and references lie."""

from __future__ import annotations

from collections.abc import Iterator

from hostile_packages import Spoil, with_part

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = "xl/workbook.xml"
PARTS = (
    SHEET,
    WORKBOOK,
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "[Content_Types].xml",
)
_ROWS = {
    "far behind a lie": b'<row r="90"><c r="XFD1048576" t="str"><v>x</v></c></row>',
    "far without a row": b'<row><c r="XFD1048576" t="str"><v>x</v></c></row>',
    "far in other quotes": b"<row r='1048576'><c r='XFD1048576' t='str'><v>x</v></c></row>",
    "far in small letters": b'<row r="90"><c r="xfd1048576" t="str"><v>x</v></c></row>',
    "far": b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>',
    "beyond the last row": b'<row r="99999999999"><c r="A99999999999" t="str"><v>x</v></c></row>',
    "beyond the last column": b'<row r="90"><c r="ZZZZZZZZ90" t="str"><v>x</v></c></row>',
    "row zero": b'<row r="0"><c r="A0" t="str"><v>x</v></c></row>',
    "row below zero": b'<row r="-5"><c r="A-5" t="str"><v>x</v></c></row>',
    "row of letters": b'<row r="abc"><c r="abc" t="str"><v>x</v></c></row>',
    "no letters": b'<row r="90"><c r="90" t="str"><v>x</v></c></row>',
    "no digits": b'<row r="90"><c r="A" t="str"><v>x</v></c></row>',
    "no reference": b'<row r="90"><c r="" t="str"><v>x</v></c></row>',
    "wide and low": b'<row r="91">'
    + b'<c t="str"><v>x</v></c>' * 1000
    + b'</row><row r="700000"><c r="A700000" t="str"><v>y</v></c></row>',
    "no such string": b'<row r="90"><c r="A90" t="s"><v>99999999</v></c></row>',
    "string below zero": b'<row r="90"><c r="A90" t="s"><v>-1</v></c></row>',
    "string of letters": b'<row r="90"><c r="A90" t="s"><v>abc</v></c></row>',
    "unknown type": b'<row r="90"><c r="A90" t="zz"><v>1</v></c></row>',
    "no numbers": b'<row r="90"><c r="A90"><v>1e9999</v></c><c r="B90"><v>nan</v></c></row>',
    "no day": b'<row r="90"><c r="A90" t="d"><v>9999-99-99</v></c></row>',
    "no such style": b'<row r="90"><c r="A90" s="9999"><v>1</v></c></row>',
    "a text of 4 MB": b'<row r="90"><c r="A90" t="str"><v>' + b"x" * 2**22 + b"</v></c></row>",
}
_MERGES = {
    "merge below zero": b'<mergeCell ref="A0:B-1"/>',
    "merge backwards": b'<mergeCell ref="B9:A1"/>',
    "merge of nothing": b'<mergeCell ref="$A$1:"/><mergeCell/>',
    "merges over all": b'<mergeCell ref="A1:A1048576"/>' * 20_000,
}


def spoilt_sheets(sheet: str = SHEET) -> Iterator[tuple[str, Spoil]]:
    """(name, how to spoil a good workbook)."""
    for name, row in _ROWS.items():
        yield name, with_part(sheet, _before(b"</sheetData>", row))
    many = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(90, 4000))
    for name, merge in _MERGES.items():
        more = b"</sheetData><mergeCells>" + merge + b"</mergeCells>"
        yield (
            name,
            with_part(
                sheet,
                lambda xml, more=more: xml.replace(b"</sheetData>", many + more, 1),  # type: ignore[misc]
            ),
        )
    yield (
        "sheets of one name",
        with_part(
            WORKBOOK,
            _before(b"</sheets>", b'<sheet name="" sheetId="78"/><sheet sheetId="79"/>'),
        ),
    )
    for target in (b"../../../../etc/passwd", b"/", b"http://127.0.0.1:9/x"):
        yield (
            f"sheet at {target.decode()}",
            with_part(
                "xl/_rels/workbook.xml.rels",
                lambda xml, target=target: xml.replace(b"worksheets/sheet1.xml", target),  # type: ignore[misc]
            ),
        )


def _before(mark: bytes, more: bytes):  # type: ignore[no-untyped-def]
    return lambda xml: xml.replace(mark, more + mark, 1)
