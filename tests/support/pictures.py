"""Draws docs/pictures from the demonstration's own documents: `make pictures`.

The accounts of the shipped world bear the names of a published circular, and a picture travels
without its text. So the demonstration plays here on the same world under invented names. LibreOffice
draws the Word and Excel files, Chromium the pages, in stand-ins for the fonts of GB/T 9704.
"""

from __future__ import annotations

import asyncio
import csv
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageChops, ImageDraw, ImageOps
from playwright.async_api import async_playwright

from mediawatch.demo import shipped_world
from mediawatch.ops import install_browser

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES = 200_000
"""A picture larger than this is refused: a clone fetches all of them for ever."""
COLOURS = 96
PLACES = ("甲市", "乙市", "丙市", "丁市")
MATTERS = {
    "发布": "人民政府办公室",
    "教育": "教育局",
    "民政": "民政局",
    "气象": "气象局",
    "文旅": "文化和旅游局",
    "交警": "公安局交通警察支队",
    "消防": "消防救援支队",
    "卫健": "卫生健康委员会",
    "人社": "人力资源和社会保障局",
    "财政": "财政局",
    "水利": "水利局",
    "林草": "林业和草原局",
    "三农": "农业农村局",
    "统计": "统计局",
    "司法": "司法局",
    "信访": "信访局",
    "应急": "应急管理局",
    "税务": "税务局",
    "住建": "住房和城乡建设局",
    "市场监管": "市场监督管理局",
    "体育": "体育局",
    "生态": "生态环境局",
    "科技": "科学技术局",
}
PROGRAMS = {"soffice": "libreoffice-writer libreoffice-calc", "pdftoppm": "poppler-utils"}
STAND_INS = {
    "方正小标宋简体": "Noto Serif CJK SC",
    "仿宋_GB2312": "Noto Serif CJK SC",
    "楷体_GB2312": "Noto Serif CJK SC",
    "黑体": "Noto Sans CJK SC",
    "宋体": "Noto Serif CJK SC",
    "Times New Roman": "Noto Serif CJK SC",
}


def world() -> str:
    """Every second account of the shipped world under an invented name."""
    text = shipped_world().read_text("utf-8-sig")
    remarks = [line for line in text.splitlines() if line.startswith("# as_of")]
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    kept = [row for number, row in enumerate(rows) if number % 2 or row["platform"] != "wechat"]
    out = io.StringIO()
    out.write("".join(f"{line}\n" for line in remarks))
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    for number, row in enumerate(kept):
        place = PLACES[number % len(PLACES)]
        matter, body = list(MATTERS.items())[number // len(PLACES) % len(MATTERS)]
        name, before = f"{place}{matter}", row["name"]
        writer.writerow(
            row
            | {
                "name": name,
                "organiser": f"{place}{body}",
                "prefecture": place,
                "county": "市本级",
                "shown_name": row["shown_name"].replace(before, name),
            }
        )
    return out.getvalue()


def play(folder: Path) -> Path:
    """The documents of a demonstration in `folder`."""
    (folder / "world.csv").write_text(world(), "utf-8")
    _run(
        sys.executable,
        *("-m", "mediawatch", "demo", "--world", folder / "world.csv", "--out", folder / "home"),
    )
    return folder / "home" / "documents"


def pages(document: Path, folder: Path) -> list[Image.Image]:
    """A Word or Excel file as it would be printed."""
    words = ("soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, document)
    _run(*words, FONTCONFIG_FILE=str(_fonts(folder)))
    stem = folder / document.stem
    _run("pdftoppm", "-r", "80", "-png", f"{stem}.pdf", stem)
    return [Image.open(path).convert("RGB") for path in sorted(folder.glob(f"{stem.name}-*.png"))]


async def shot(page: Path, width: int, height: int) -> Image.Image:
    """The top of a page in a window of that size, without the empty room below its text."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=install_browser.find().path)
        tab = await browser.new_page(viewport={"width": width, "height": height})
        await tab.goto(page.as_uri())
        room = int(await tab.evaluate("document.body.getBoundingClientRect().bottom")) + 20
        body = await tab.screenshot(
            clip={"x": 0, "y": 0, "width": width, "height": min(room, height)}
        )
        await browser.close()
    return Image.open(io.BytesIO(body)).convert("RGB")


def evidence_sheet(documents: Path, folder: Path) -> Path:
    """The 佐证材料 of the first account with findings on which a machine looked twice."""
    found = sorted(_sheets(documents, folder))
    return next(path for path in found if "第二次核查" in path.read_text("utf-8"))


def side_by_side(images: list[Image.Image], height: int) -> Image.Image:
    """Pages of equal height on a grey desk."""
    gap = 16
    scaled = [each.resize((round(each.width * height / each.height), height)) for each in images]
    width = sum(each.width for each in scaled) + gap * (len(scaled) + 1)
    desk = Image.new("RGB", (width, height + 2 * gap), "#d9dde1")
    left = gap
    for each in scaled:
        desk.paste(each, (left, gap))
        ImageDraw.Draw(desk).rectangle((left, gap, left + each.width, gap + height), outline="#888")
        left += each.width + gap
    return desk


def trimmed(image: Image.Image) -> Image.Image:
    """A page without its white margins."""
    margin = 24
    box = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    left, top, right, bottom = box or (0, 0, *image.size)
    return ImageOps.expand(image.crop((left, top, right, bottom)), margin, "white")


def save(image: Image.Image, name: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    target = FOLDER / f"{name}.png"
    image.quantize(COLOURS).save(target, optimize=True)
    size = target.stat().st_size
    print(f"{target.name}: {image.width} x {image.height}, {size // 1000} kB")
    if size > MOST_BYTES:
        raise SystemExit(f"{target} has {size} bytes, more than {MOST_BYTES}")


def main() -> None:
    lacking = [packages for name, packages in PROGRAMS.items() if not shutil.which(name)]
    if lacking:
        raise SystemExit(f"missing: apt-get install {' '.join(lacking)} fonts-noto-cjk")
    with TemporaryDirectory() as name:
        folder = Path(name)
        documents = play(folder)
        circular = pages(documents / "通报.docx", folder)
        annexes = pages(documents / "通报附件.xlsx", folder)
        report = asyncio.run(shot(documents / "检查报告.html", 1000, 1160))
        sheet = asyncio.run(shot(evidence_sheet(documents, folder), 760, 1075))
        save(side_by_side([circular[0], sheet, report], 620), "overview")
        save(side_by_side(circular[:2], 900), "circular")
        save(trimmed(annexes[1]), "annex")
        save(report, "report")
        save(sheet, "evidence-sheet")


def _sheets(documents: Path, folder: Path) -> Iterator[Path]:
    for bundle in sorted((documents / "佐证材料").glob("*.zip")):
        with zipfile.ZipFile(bundle) as opened:
            opened.extractall(folder / "sheets")
    yield from (folder / "sheets").glob("*.html")


def _fonts(folder: Path) -> Path:
    """A fontconfig file that has the stand-ins, whatever else is installed."""
    rules = "".join(
        f'<match><test name="family"><string>{name}</string></test><edit name="family" '
        f'mode="assign" binding="same"><string>{font}</string></edit></match>'
        for name, font in STAND_INS.items()
    )
    file = folder / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><include '
        f'ignore_missing="yes">/etc/fonts/fonts.conf</include>{rules}</fontconfig>',
        "utf-8",
    )
    return file


def _run(*words: str | Path, **environ: str) -> None:
    done = subprocess.run(
        [str(word) for word in words],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{words[0]}: {done.stderr}")


if __name__ == "__main__":
    main()
