"""行政区划: the prefectures and counties in the order of their codes (GB/T 2260).

By it tables are ordered, and a body is known whose name begins with a place below the office.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

_VAGUE = frozenset({"城区", "郊区", "矿区"})
"""Counties by name, and words that begin the names of other bodies."""


def order_of(names: Iterable[str], *, counties: bool) -> Mapping[str, int]:
    """The places of names among all prefectures, or among the counties of one prefecture.

    That is the prefecture that has most of them. Short forms are known: 长沙, 湘西州. What means no
    place, or several, is left out.
    """
    given = list(names)
    known = _prefectures() if not counties else _county_places(given)
    found = {name: _place(name, known) for name in given}
    return {name: place for name, place in found.items() if place is not None}


def names_prefecture(body: str) -> bool:
    """Whether the name of a body begins with that of a prefecture: 衡阳市公安局."""
    return bool(_leading(body, _prefectures_by_start()))


def names_county(body: str) -> bool:
    """Whether the name of a body begins with a county's, also behind its prefecture's: 广水市公安局."""
    rest = body.removeprefix(_leading(body, _prefectures_by_start()))
    return bool(_leading(rest, _counties_by_start()))


def _place(name: str, known: Mapping[str, int]) -> int | None:
    if name in known:
        return known[name]
    short = name.removesuffix("州")
    found = [place for full, place in known.items() if full.startswith(short)]
    return found[0] if len(short) > 1 and len(found) == 1 else None


def _leading(body: str, by_start: Mapping[str, tuple[str, ...]]) -> str:
    """The place with which a longer name begins; "" for none."""
    return next(
        (name for name in by_start.get(body[:2], ()) if body.startswith(name) and body != name), ""
    )


def _county_places(names: Iterable[str]) -> Mapping[str, int]:
    """The counties of the prefecture that has most of the names; none where it has not two."""
    of_county = _prefectures_of()
    held = Counter(place for name in names for place in of_county.get(name, ()))
    (most, number), *_ = held.most_common(1) or [("", 0)]
    return {name: place for place, name in enumerate(_counties()[most])} if number > 1 else {}


def _read(file: str) -> Mapping[str, tuple[str, ...]]:
    """What stands above, and what below it, line by line."""
    text = (resources.files("mediawatch") / "data" / file).read_text(encoding="utf-8")
    lines = (line.partition("：") for line in text.splitlines() if not line.startswith("#"))
    return {above: tuple(below.split("、")) for above, _, below in lines}


@cache
def _prefectures() -> Mapping[str, int]:
    names = [name for below in _read("prefectures.txt").values() for name in below]
    return {name: place for place, name in enumerate(names)}


@cache
def _counties() -> Mapping[str, tuple[str, ...]]:
    return _read("counties.txt")


@cache
def _prefectures_of() -> Mapping[str, tuple[str, ...]]:
    """By county, the prefectures that have one of that name."""
    found: dict[str, tuple[str, ...]] = {}
    for above, below in _counties().items():
        for name in below:
            found[name] = (*found.get(name, ()), above)
    return found


@cache
def _prefectures_by_start() -> Mapping[str, tuple[str, ...]]:
    return _by_start(_prefectures())


@cache
def _counties_by_start() -> Mapping[str, tuple[str, ...]]:
    return _by_start(name for name in _prefectures_of() if name not in _VAGUE)


def _by_start(names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Names by their first two characters, the longest first."""
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(names, key=len, reverse=True):
        found[name[:2]] = (*found.get(name[:2], ()), name)
    return found
