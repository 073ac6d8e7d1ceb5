"""The pictures handed in for a row: those in its sheet, and those named in it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mediawatch.domain import Capture, EvidenceKind
from mediawatch.inputs import InputFault, read_bytes
from mediawatch.workbooks.forms import FormFile
from mediawatch.workbooks.images import is_our_code, media_type
from mediawatch.workbooks.pictures import PlacedPicture

MAX_BYTES = 20_000_000
_DISPIMG = re.compile(r'DISPIMG\("(\w+)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture handed in for a row.

    `problem` is Chinese and says why it does not count, "" where it does.
    """

    name: str
    body: bytes = b""
    problem: str = ""

    @property
    def media_type(self) -> str:
        return media_type(self.body)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    def capture(self, taken_at: datetime, url: str = "") -> Capture:
        """The picture on its way to the evidence folder."""
        return Capture(
            kind=EvidenceKind.PICTURE,
            media_type=self.media_type,
            body=self.body,
            taken_at=taken_at,
            url=url,
        )


def load_placed(form: FormFile, placed: PlacedPicture, qr_column: int | None) -> Shot | None:
    """The picture's bytes; None for our own QR code, and for anything in its column."""
    if placed.column == qr_column:
        return None
    name = placed.part.rpartition("/")[2]
    size, body = form.picture(placed.part, MAX_BYTES)
    if size is None:
        return Shot(
            name,
            problem="图片没有保存在文件里（WPS 的单元格图片经 Excel 保存后会丢失，请改贴浮动图片）",
        )
    if size > MAX_BYTES:
        return Shot(name, problem="图片超过 20 MB")
    return None if is_our_code(body) else _checked(name, body)


def load_named(folder: Path, text: str) -> list[Shot]:
    """Pictures named in the 截图 cell: files beside the workbook or below its folder.

    Nothing outside that folder is read.
    """
    if not text.strip() or _DISPIMG.search(text):
        return []
    names = [text] if _inside(folder, text.strip()) else re.split("[,;\uff0c\uff1b、\n]+", text)
    return [_named(folder, name.strip()) for name in names if name.strip()]


def load_picture(path: Path) -> Shot:
    """A picture that somebody names on the command line. InputFault where it cannot be read."""
    return _checked(path.name, read_bytes(path, MAX_BYTES))


def _inside(folder: Path, name: str) -> Path | None:
    if len(name) > 250 or "\x00" in name:
        return None
    try:
        target = (folder / name.replace("\\", "/")).resolve()
        return target if target.is_relative_to(folder.resolve()) and target.is_file() else None
    except (OSError, RuntimeError, ValueError):
        # A loop of links; a name that no file system takes.
        return None


def _named(folder: Path, name: str) -> Shot:
    target = _inside(folder, name)
    if target is None:
        return Shot(name, problem=f"本表所在文件夹中没有图片“{name[:60]}”")
    try:
        return _checked(name, read_bytes(target, MAX_BYTES))
    except InputFault as fault:
        words = "超过 20 MB" if fault.kind == "large" else "无法读取"
        return Shot(name, problem=f"图片“{name[:60]}”{words}")


def _checked(name: str, body: bytes) -> Shot:
    if is_our_code(body):
        return Shot(name, problem=f"“{name[:60]}”是本表自带的二维码，不是截图")
    if media_type(body):
        return Shot(name, body)
    return Shot(name, problem=f"“{name[:60]}”不是完整的 PNG、JPEG 或 WebP 图片")
