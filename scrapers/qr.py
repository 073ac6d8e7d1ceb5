"""A QR code in a picture. Nothing is decoded: the code is found and its modules are sampled, to be drawn again elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from mediawatch.ports import Modules

_SIZES = range(21, 178, 4)
_FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")
_TIMING_SHARE = 0.9


def modules_of(pixels: Sequence[str]) -> Modules | None:
    """The code in a picture whose rows are written in "0" (light) and "1" (dark); None where there is not exactly one, upright and whole.

    A logo in its middle stays as what is dark of it: the code's own error correction is made for that.
    """
    rows = [number for number, row in enumerate(pixels) if "1" in row]
    if not rows:
        return None
    top, bottom = rows[0], rows[-1] + 1
    left, right = min(pixels[row].index("1") for row in rows), max(pixels[row].rindex("1") for row in rows) + 1
    # The upper edge of the code begins with the seven dark modules of its first finder pattern.
    run = len(list(takewhile(lambda pixel: pixel == "1", pixels[top][left:])))
    if not run or abs((bottom - top) - (right - left)) > run:
        return None
    guess = 7 * (right - left) / run
    for size in sorted(_SIZES, key=lambda size: abs(size - guess))[:3]:
        sampled = tuple(
            tuple(pixels[_middle(top, bottom, row, size)][_middle(left, right, column, size)] == "1" for column in range(size))
            for row in range(size)
        )
        if _is_code(sampled):
            return sampled
    return None


def _middle(start: int, end: int, number: int, count: int) -> int:
    return int(start + (end - start) * (number + 0.5) / count)


def _is_code(modules: Modules) -> bool:
    """Whether the three finder patterns are whole and the timing patterns between them alternate."""
    size = len(modules)
    corners = ((0, 0), (0, size - 7), (size - 7, 0))
    whole = all(
        modules[top + row][left + column] == (cell == "1")
        for top, left in corners
        for row, line in enumerate(_FINDER)
        for column, cell in enumerate(line)
    )
    between = range(8, size - 8)
    timing = [modules[6][place] == (place % 2 == 0) for place in between] + [modules[place][6] == (place % 2 == 0) for place in between]
    return whole and sum(timing) >= _TIMING_SHARE * len(timing)
