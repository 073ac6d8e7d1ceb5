"""QR codes out, and what bytes really are a picture."""

from __future__ import annotations

import io
import re
import struct
import zlib

MARK = b"tEXtComment\x00mediawatch:qr"
"""Stands in every QR image of ours: a returned file must not pass one off as a screenshot."""
EMBEDDED = ("image/png", "image/jpeg")
"""What spreadsheets can show."""
MAX_QR_TEXT = 400
"""Longer links make codes too dense for a telephone at the size of a cell."""

_MOST_CHUNKS = 100_000
"""A picture of 20 MB in the usual chunks of 8 kB has 2 500."""
_FILL = re.compile(rb"\xff+")


_SCALE = 3
"""Pixels of a module."""


def qr_png(link: str) -> bytes:
    """A PNG with the QR code of a link."""
    # Imported here: most commands draw nothing.
    import zxingcpp
    from PIL import Image

    # Bytes of UTF-8: of a text with Chinese it would make Kanji, which not every telephone reads.
    code = zxingcpp.create_barcode(link.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    buffer = io.BytesIO()
    Image.fromarray(code.to_image(scale=_SCALE)).convert("1").save(buffer, "PNG")
    png = buffer.getvalue()
    after_header = 8 + 4 + 4 + 13 + 4
    chunk = struct.pack(">I", len(MARK) - 4) + MARK + struct.pack(">I", zlib.crc32(MARK))
    return png[:after_header] + chunk + png[after_header:]


def is_our_code(body: bytes) -> bool:
    """Whether a picture is a QR code of ours, as `qr_png` drew it."""
    return MARK in body[:200]


def dimensions(body: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG in pixels; (0, 0) for anything else."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")
    return _jpeg_frame(body)


def media_type(body: bytes) -> str:
    """`image/png`, `image/jpeg` or `image/webp` by structure, "" for anything else.

    A name or a signature alone is not enough.
    """
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png" if _png_is_whole(body) else ""
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg" if 0 not in _jpeg_frame(body) else ""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return (
            "image/webp"
            if body[12:16] in (b"VP8 ", b"VP8L", b"VP8X")
            and int.from_bytes(body[4:8], "little") + 8 <= len(body)
            else ""
        )
    return ""


def _png_is_whole(body: bytes) -> bool:
    at, kinds, kind = 8, set(), b""
    for _ in range(_MOST_CHUNKS):
        if at + 12 > len(body) or kind == b"IEND":
            break
        size, kind = int.from_bytes(body[at : at + 4], "big"), body[at + 4 : at + 8]
        kinds.add(kind)
        at += 12 + size
    return (
        at <= len(body)
        and body[12:16] == b"IHDR"
        and b"IDAT" in kinds
        and kind == b"IEND"
        and dimensions(body)[0] > 0
    )


def _jpeg_frame(body: bytes) -> tuple[int, int]:
    """Width and height by the frame header (SOF); (0, 0) for a truncated or empty file.

    Such a file has no header before its data ends.
    """
    at = 2
    for _ in range(_MOST_CHUNKS):
        # Any number of fill bytes may stand before a marker.
        fill = _FILL.match(body, at)
        at = fill.end() - 1 if fill else len(body)
        if at + 9 > len(body):
            break
        marker, size = body[at + 1], int.from_bytes(body[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
            return (width, height) if body.find(b"\xff\xda", at) >= 0 else (0, 0)
        if size < 2:
            break
        at += 2 + size
    return 0, 0
