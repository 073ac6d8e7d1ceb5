"""What comes back as a file: pictures wherever the office suites put them, and foreign files."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from codes import read_codes
from worklists import AS_OF, GH, STALE, filed, fill, png

from mediawatch.domain import Account, Sweep, Verdict
from mediawatch.people.forms.book import FormCover
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.pictures import MAX_BYTES
from mediawatch.people.forms.read import WorklistRow, read_rows
from mediawatch.people.forms.rowkey import Window
from mediawatch.people.worklist.lines import to_line
from mediawatch.people.worklist.sheet import write_book
from mediawatch.people.worklist.todo import Unproven
from mediawatch.rules.policy import load
from mediawatch.workbooks.images import MARK, media_type, qr_png
from mediawatch.workbooks.refusals import BadFile
from tests.support.policies import own

NAME = "示例市第1测试局"
SWEEP = Sweep(id=1, as_of=AS_OF, policy="national", policy_toml="", started_at=AS_OF)
WINDOW = Window.of(SWEEP, own(load("national")))
SHEET = "xl/worksheets/sheet1.xml"


def worklist(path: Path, count: int = 1) -> Path:
    """A worklist without a store: every account has a link, so every row has a QR code."""
    items = [
        Unproven(
            account=Account(id=number, filed=filed(number)), verdict=Verdict.UNPROVEN, reason="", latest_on=None,
            page=f"https://example.test/{number}", article="", ids=(GH,),
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    write_book(
        path,
        [to_line(item, SWEEP, WINDOW, "home") for item in items],
        FormCover(title="清单", made_at=AS_OF, meta={}),
    )
    return path


def operated(
    source: Path,
    target: Path,
    *changes: tuple[str, Callable[[str], str]],
    new: dict[str, bytes] | None = None,
) -> Path:
    """The file with some of its parts changed and some added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in old.namelist():
            body = old.read(name)
            for part, change in changes:
                if part == name:
                    body = change(body.decode()).encode()
            out.writestr(name, body)
        for name, body in (new or {}).items():
            out.writestr(name, body)
    return target


def with_cell(reference: str, cell: str) -> tuple[str, Callable[[str], str]]:
    return SHEET, lambda xml: re.sub(rf'<c r="{reference}"[^>]*?(/>|>.*?</c>)', cell, xml, count=1)


def only(path: Path) -> WorklistRow:
    (row,) = read_rows(path)
    return row


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (png(), "image/png"),
        (png(kind="JPEG"), "image/jpeg"),
        (png(kind="WEBP"), "image/webp"),
        (qr_png("https://example.test/"), "image/png"),
        (png()[:-12], ""),
        (png(kind="JPEG")[:40], ""),
        (png(kind="WEBP")[:40], ""),
        (png(kind="GIF"), ""),
        (png(kind="BMP"), ""),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, ""),
        (b"\xff\xd8\xff<html>", ""),
        (b"MZ" + bytes(100), ""),
        (b"", ""),
    ],
)
def test_what_is_a_picture(body: bytes, kind: str) -> None:
    assert media_type(body) == kind


@pytest.mark.parametrize("path", ["", "x" * 380, "u/演示é"])
def test_our_qr_codes_can_be_read(path: str) -> None:
    link = f"https://example.test/{path}"
    assert read_codes(qr_png(link)) == [link.encode()]


def test_our_qr_codes_are_marked_and_still_pictures() -> None:
    body = qr_png("https://example.test/" + "x" * 300)
    assert MARK in body[:200]
    with openpyxl.drawing.image.PILImage.open(io.BytesIO(body)) as image:
        image.load()
        assert image.text == {"Comment": "mediawatch:qr"}


def test_a_floating_picture_belongs_to_the_row_of_its_corner(tmp_path: Path) -> None:
    filled = fill(
        worklist(tmp_path / "单.xlsx", 2), tmp_path / "甲.xlsx", {NAME: STALE}, {NAME: png()}
    )
    one, two = read_rows(filled)
    assert [shot.body for shot in one.shots] == [png()]
    assert two.shots == ()
    drawing = "xl/drawings/drawing1.xml"
    with zipfile.ZipFile(filled) as archive:
        xml = archive.read(drawing).decode()
    tag = re.search(r"<(\w*:?)oneCellAnchor>", xml)
    assert tag
    spread = xml.replace("oneCellAnchor>", "twoCellAnchor>").replace(
        f"</{tag[1]}from>",
        f"</{tag[1]}from><{tag[1]}to><{tag[1]}col>17</{tag[1]}col><{tag[1]}row>9</{tag[1]}row></{tag[1]}to>",
    )
    assert spread != xml
    assert (
        len(
            next(
                read_rows(operated(filled, tmp_path / "乙.xlsx", (drawing, lambda _: spread)))
            ).shots
        )
        == 1
    )
    loose = xml.replace("oneCellAnchor>", "absoluteAnchor>").replace(
        f"{tag[1]}from>", f"{tag[1]}pos>"
    )
    assert (
        next(read_rows(operated(filled, tmp_path / "丙.xlsx", (drawing, lambda _: loose)))).shots
        == ()
    )


def wps_file(tmp_path: Path, *, keep_images: bool = True) -> Path:
    """As WPS writes a picture that was put into a cell: a formula, and the picture in
    xl/cellimages.xml.
    """
    cell = (
        '<c r="P2" s="4" t="str"><f>_xlfn.DISPIMG(&quot;ID_0A1B2C&quot;,1)</f><v>=DISPIMG(&quot;'
        "ID_0A1B2C&quot;,1)</v></c>"
    )
    images = (
        '<?xml version="1.0"?><etc:cellImages '
        'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData">'
        '<etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" '
        'name="ID_0A1B2C"/><xdr:cNvPicPr/></xdr:nvPicPr>'
        "<xdr:blipFill><a:blip "
        'r:embed="rId1"/></xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>'
    )
    relations = (
        '<?xml version="1.0"?><Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="rId1"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        'Target="media/image9.png"/></Relationships>'
    )
    new = {
        "xl/cellimages.xml": images.encode(),
        "xl/_rels/cellimages.xml.rels": relations.encode(),
        "xl/media/image9.png": png(),
    }
    return operated(
        worklist(tmp_path / "单.xlsx"),
        tmp_path / "wps.xlsx",
        with_cell("P2", cell),
        new=new if keep_images else None,
    )


def test_a_picture_in_a_cell_by_wps(tmp_path: Path) -> None:
    row = only(wps_file(tmp_path))
    assert [(shot.media_type, shot.body) for shot in row.shots] == [("image/png", png())]
    assert not row.blank


def test_a_wps_picture_that_another_program_dropped(tmp_path: Path) -> None:
    (shot,) = only(wps_file(tmp_path, keep_images=False)).shots
    assert "请改贴浮动图片" in shot.problem


def test_a_picture_in_a_cell_by_excel(tmp_path: Path) -> None:
    path = tmp_path / "excel.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        book.add_worksheet("别的").embed_image(
            0, 0, "other.png", {"image_data": io.BytesIO(png(7))}
        )
        for row, cells in enumerate(
            openpyxl.load_workbook(worklist(tmp_path / "单.xlsx", 2))
            .worksheets[0]
            .iter_rows(values_only=True)
        ):
            for column, value in enumerate(cells):
                sheet.write_string(row, column, str(value or ""))
        for row, colour in ((1, 5), (2, 6)):
            sheet.embed_image(row, 15, f"{colour}.png", {"image_data": io.BytesIO(png(colour))})
    assert [[shot.body for shot in row.shots] for row in read_rows(path)] == [[png(5)], [png(6)]]


@pytest.mark.parametrize(
    ("written", "good", "words"),
    [
        ("一.png", 1, ""),
        ("图/二.jpg;三.webp", 2, ""),
        ("图\\二.jpg、一.png", 2, ""),
        ("a, b.png", 1, ""),
        ("没有.png", 0, "没有图片“没有.png”"),
        ("../外面.png", 0, "没有图片"),
        ("{outside}", 0, "没有图片"),
        ("连接.png", 0, "没有图片"),
        ("图", 0, "没有图片"),
        ("假.png", 0, "不是完整的"),
        ("大.png", 0, "超过 20 MB"),
        ("x" * 300, 0, "没有图片"),
    ],
)
def test_pictures_by_name(tmp_path: Path, written: str, good: int, words: str) -> None:
    folder, outside = tmp_path / "交回", tmp_path / "外面.png"
    (folder / "图").mkdir(parents=True)
    outside.write_bytes(png())
    for name, body in {
        "一.png": png(),
        "图/二.jpg": png(kind="JPEG"),
        "三.webp": png(kind="WEBP"),
        "a, b.png": png(),
    }.items():
        (folder / name).write_bytes(body)
    (folder / "假.png").write_text("<html>")
    (folder / "连接.png").symlink_to(outside)
    with (folder / "大.png").open("wb") as big:
        big.truncate(MAX_BYTES + 1)
    answers = {NAME: {Column.SHOT: written.format(outside=outside)}}
    shots = only(fill(worklist(tmp_path / "单.xlsx"), folder / "甲.xlsx", answers)).shots
    assert sum(not shot.problem for shot in shots) == good
    assert words in "".join(shot.problem for shot in shots)


def test_an_oversized_embedded_picture(tmp_path: Path) -> None:
    filled = fill(worklist(tmp_path / "单.xlsx"), tmp_path / "甲.xlsx", {}, {NAME: png(9)})
    with zipfile.ZipFile(filled) as archive:
        part = next(
            name
            for name in archive.namelist()
            if name.startswith("xl/media/") and archive.read(name) == png(9)
        )
    with (
        zipfile.ZipFile(filled) as old,
        zipfile.ZipFile(tmp_path / "乙.xlsx", "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in old.namelist():
            out.writestr(name, bytes(MAX_BYTES + 1) if name == part else old.read(name))
    (shot,) = only(tmp_path / "乙.xlsx").shots
    assert shot.problem == "图片超过 20 MB"


def no_file(path: Path) -> None:
    """The file is not there."""


def text(path: Path) -> None:
    path.write_text("账号,有无发布\n", encoding="utf-8")


def with_password(path: Path) -> None:
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600))


def word_document(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")


def other_table(path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["序号", "备案名称", "类型"])
    book.save(path)


def cut_off(path: Path) -> None:
    whole = worklist(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def broken_sheet(path: Path) -> None:
    operated(worklist(path.with_name("单.xlsx")), path, (SHEET, lambda xml: xml[:-40]))


def broken_drawing(path: Path) -> None:
    operated(
        worklist(path.with_name("单.xlsx")),
        path,
        ("xl/drawings/drawing1.xml", lambda xml: re.sub(r"<xdr:row>\d+", "<xdr:row>x", xml)),
    )


def far_corner(path: Path) -> None:
    book = openpyxl.load_workbook(worklist(path.with_name("单.xlsx")))
    book.worksheets[0]["XFD1048576"] = " "
    book.save(path)


def column_gone(path: Path) -> None:
    book = openpyxl.load_workbook(worklist(path.with_name("单.xlsx")))
    book.worksheets[0].delete_cols(14)
    book.save(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (no_file, "文件不存在"),
        (text, "不是 xlsx 文件"),
        (with_password, "设有密码"),
        (word_document, "不是 xlsx 表格"),
        (other_table, "没有找到系统导出清单的表头"),
        (cut_off, "已损坏"),
        (broken_sheet, "已损坏"),
        (broken_drawing, "图片信息无法读取"),
        (far_corner, "表格范围过大"),
        (column_gone, "缺少“状态”列"),
    ],
)
def test_files_that_cannot_be_taken(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "甲.xlsx"
    make(path)
    with pytest.raises(BadFile, match=words):
        list(read_rows(path))
