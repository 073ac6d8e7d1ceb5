"""A QR code in a picture.

Nothing is decoded: the code is found and its modules are sampled, to be drawn again elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mediawatch.ports import Modules

_SIZES = range(21, 178, 4)
_FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")
_TIMING_SHARE = 0.9


def modules_of(pixels: Sequence[str]) -> Modules | None:
    """Find the code in a picture whose rows are written in "0" (light) and "1" (dark).

    None where there is not exactly one, upright and whole. Of a logo in its middle the dark parts
    stay: the code's own error correction allows for that.
    """
    rows = [number for number, row in enumerate(pixels) if "1" in row]
    if not rows:
        return None
    top, height = rows[0], rows[-1] + 1 - rows[0]
    left = min(pixels[row].index("1") for row in rows)
    width = max(pixels[row].rindex("1") for row in rows) + 1 - left
    if min(width, height) < _SIZES.start or abs(height - width) > width // _SIZES.start:
        return None
    for size in _SIZES:

        def dark(row: int, column: int, size: int = size) -> bool:
            """The pixel in the middle of a module: its edges are blurred where the site has scaled
            the picture.
            """
            return (
                pixels[top + int(height * (row + 0.5) / size)][
                    left + int(width * (column + 0.5) / size)
                ]
                == "1"
            )

        if _is_code(dark, size):
            return tuple(tuple(dark(row, column) for column in range(size)) for row in range(size))
    return None


def _is_code(dark: Callable[[int, int], bool], size: int) -> bool:
    """Whether the three finder patterns are whole and the timing patterns between alternate."""
    corners = ((0, 0), (0, size - 7), (size - 7, 0))
    whole = all(
        dark(top + row, left + column) == (cell == "1")
        for top, left in corners
        for row, line in enumerate(_FINDER)
        for column, cell in enumerate(line)
    )
    timing = [
        line == (place % 2 == 0)
        for place in range(8, size - 8)
        for line in (dark(6, place), dark(place, 6))
    ]
    return whole and sum(timing) >= _TIMING_SHARE * len(timing)
