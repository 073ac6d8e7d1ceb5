"""A QR code as text for a terminal."""

from __future__ import annotations

from mediawatch.ports import Modules

QUIET = 4
"""Modules of light margin that a reader needs around a code (ISO/IEC 18004)."""
_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_DARK_ON_LIGHT, _PLAIN = "\x1b[30;107m", "\x1b[0m"


def as_text(code: Modules, *, colours: bool) -> str:
    """Two modules a character, with the margin.

    With `colours` it is dark on light, whatever colours the terminal has.
    """
    width = len(code) + 2 * QUIET
    margin = [(False,) * width] * QUIET
    rows = [*margin, *((*(False,) * QUIET, *row, *(False,) * QUIET) for row in code), *margin]
    if len(rows) % 2:
        rows.append((False,) * width)
    lines = [
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]
    return "\n".join(f"{_DARK_ON_LIGHT}{line}{_PLAIN}" if colours else line for line in lines)
