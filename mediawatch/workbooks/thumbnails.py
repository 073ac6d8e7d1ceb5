"""Small pictures of evidence, some of which people handed in."""

from __future__ import annotations

import os
from pathlib import Path

from mediawatch.inputs import InputFault, open_regular
from mediawatch.workbooks.faults import ReadFailure
from mediawatch.workbooks.process import READING

_MOST_BYTES = 200 * 2**20


def thumbnail(path: Path, width: int, height: int) -> bytes:
    """The upper part of a picture as JPEG, at most `width` by `height` pixels.

    b"" where the picture is missing or cannot be read.
    """
    try:
        descriptor = open_regular(path, _MOST_BYTES)
    except InputFault:
        return b""
    try:
        (body,) = READING.ask("thumbnail", {"width": width, "height": height}, descriptor)
    except ReadFailure:
        return b""
    finally:
        os.close(descriptor)
    return body if isinstance(body, bytes) else b""
