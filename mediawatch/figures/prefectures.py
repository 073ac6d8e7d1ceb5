"""The 地级行政区 in the order of their codes: how a province's tables are ordered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def _places() -> Mapping[str, int]:
    """Every prefecture with its place in the order of GB/T 2260."""
    text = (resources.files("mediawatch") / "data" / "prefectures.txt").read_text(encoding="utf-8")
    lines = (line.partition("：")[2] for line in text.splitlines() if not line.startswith("#"))
    return {name: place for place, name in enumerate("、".join(lines).split("、"))}


def place_of(name: str) -> int | None:
    """The place of a prefecture among all; None for a name that means none or several.

    Its short forms are known too: 长沙, 湘西州.
    """
    known = _places()
    if name in known:
        return known[name]
    short = name.removesuffix("州")
    found = [place for full, place in known.items() if full.startswith(short)]
    return found[0] if len(short) > 1 and len(found) == 1 else None


def names_prefecture(body: str) -> bool:
    """Whether the name of a body begins with that of a prefecture: 衡阳市公安局."""
    return body.startswith(tuple(_places()))
