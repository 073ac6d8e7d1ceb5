"""Small pictures of large ones, drawn in the reading process."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image


def thumbnail_of(file: BinaryIO, width: int, height: int) -> bytes:
    """The upper part of a picture as JPEG, at most `width` by `height` pixels.

    Raises whatever a damaged picture makes Pillow raise.
    """
    with file, Image.open(file) as whole:
        shown = whole.convert("RGB")
        if shown.width > width:
            shown = shown.resize((width, max(1, shown.height * width // shown.width)))
        stream = io.BytesIO()
        shown.crop((0, 0, shown.width, min(shown.height, height))).save(stream, "JPEG", quality=70)
    return stream.getvalue()
