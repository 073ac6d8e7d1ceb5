"""Pictures of the evidence as pages show them: small, upright, of one frame.

The files come from sites and from people. Whatever stands in them costs a bounded amount of memory
and time, and a file that cannot be drawn breaks no document.
"""

from __future__ import annotations

import io
import warnings
from base64 import b64encode
from collections.abc import Callable, Sequence

from PIL import Image, ImageOps

from mediawatch.workbooks.pixels import DAMAGED, FORMATS, MOST_PIXELS

_SIZES = ((400, 300), (280, 210), (200, 150))
"""Pixels of the pictures of a page, the largest first: below the last a date cannot be made out."""
_SAMPLE = 12
"""By so many of them the size of all is chosen."""


def draw_thumbnail(body: bytes, size: tuple[int, int]) -> str:
    """The upper part of a picture as a data URI of a JPEG, at most of this width and height.

    "" where there is none, or it is too large or cannot be read.
    """
    width, height = size
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=FORMATS) as whole:
                if whole.width * whole.height > MOST_PIXELS:
                    return ""
                whole.draft("RGB", (width, 1))
                ImageOps.exif_transpose(whole, in_place=True)
                shown = _on_white(_upper_part(whole, width, height))
        stream = io.BytesIO()
        shown.save(stream, "JPEG", quality=70)
    except DAMAGED:
        return ""
    return f"data:image/jpeg;base64,{b64encode(stream.getvalue()).decode()}"


def draw_thumbnails(pictures: Sequence[Callable[[], bytes] | None], room: int) -> list[str | None]:
    """The pictures of a page as `draw_thumbnail` gives them, in `room` bytes together.

    Each is read when it is drawn, and no two are held at once.

    With many of them each is smaller. None for those that are left out when the room is used up.
    """
    asked = [read for read in pictures if read is not None]
    sample = asked[:_SAMPLE]
    size = next((each for each in _SIZES if _mean(sample, each) * len(asked) <= room), _SIZES[-1])
    drawn: list[str | None] = []
    for read in pictures:
        picture = draw_thumbnail(read(), size) if read is not None and room > 0 else None
        if picture is not None and len(picture) > room:
            picture, room = None, 0
        room -= len(picture or "")
        drawn.append(picture)
    return drawn


def _mean(pictures: Sequence[Callable[[], bytes]], size: tuple[int, int]) -> float:
    return sum(len(draw_thumbnail(read(), size)) for read in pictures) / max(1, len(pictures))


def _upper_part(whole: Image.Image, width: int, height: int) -> Image.Image:
    """Not wider and not higher than this. Nothing of the whole picture's size is made for it."""
    scale = max(1.0, whole.width / width)
    lines = max(1.0, min(whole.height, height * scale))
    size = (max(1, round(whole.width / scale)), max(1, round(lines / scale)))
    if whole.mode.startswith("I"):
        whole = whole.convert("F").point(lambda value: value / 256).convert("L")
    return whole.resize(size, box=(0, 0, whole.width, lines), reducing_gap=2.0)


def _on_white(small: Image.Image) -> Image.Image:
    """Without transparency, and without what else the file carries."""
    if not small.has_transparency_data:
        return small.convert("RGB")
    paper = Image.new("RGBA", small.size, "white")
    paper.alpha_composite(small.convert("RGBA"))
    return paper.convert("RGB")
