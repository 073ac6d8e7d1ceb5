"""What pictures of sites and of people show, whatever their files say.

What stands in them costs a bounded amount of memory and time.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib

from PIL import Image, ImageChops, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
"""What the evidence folder takes in: other decoders of the library are not asked."""
MOST_PIXELS = 64_000_000
"""A whole page of 1280 pixels is 50 000 high then. Decoded it takes 192 MB."""
DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    IndexError,
    KeyError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What the decoders raise for damaged files."""
_WIDTH = 240
"""Pixels to which pictures are brought: the digits of a telephone's clock can be told there."""
_NOISE = 96
"""Of 255: what another compression (up to 15) or size (up to 88) changes at most in a page of text.
Another digit of its clock changes more than 200."""


def is_same_picture(one: bytes, other: bytes) -> bool:
    """Whether two files show the same picture, compressed or scaled anew.

    Two screenshots of one page differ, as their clocks do. False where one cannot be read, or shows
    nothing but one colour.
    """
    first, second = _small(one), _small(other)
    if first is None or second is None or abs(first.height - second.height) > 2:
        return False
    second = second.resize(first.size)
    if min(_contrast(first), _contrast(second)) <= _NOISE:
        return False
    return _contrast_of(ImageChops.difference(first, second)) <= _NOISE


def _small(body: bytes) -> Image.Image | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=FORMATS) as whole:
                if whole.width * whole.height > MOST_PIXELS:
                    return None
                upright = ImageOps.exif_transpose(whole).convert("RGB")
                height = max(round(upright.height * _WIDTH / upright.width), 1)
                return upright.resize((_WIDTH, height), Image.Resampling.BOX).convert("L")
    except DAMAGED:
        return None


def _contrast(picture: Image.Image) -> int:
    low, high = picture.getextrema()
    return int(high) - int(low)  # type: ignore[arg-type]


def _contrast_of(difference: Image.Image) -> int:
    return int(difference.getextrema()[1])  # type: ignore[arg-type]
