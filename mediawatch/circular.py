"""A published circular as data: its figures as printed, the accounts it names, and what is off in them."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources

from mediawatch.figures import percent


@dataclass(frozen=True, slots=True)
class Named:
    """One account that a circular names: as printed."""

    name: str
    type: str
    kind: str


@dataclass(frozen=True, slots=True)
class Circular:
    """Figures as printed; they need not agree with one another."""

    title: str
    running: int
    drawn: int
    failed: int
    rate: str
    checked: Mapping[str, int]
    failed_of: Mapping[str, int]
    kinds: Mapping[str, int]
    named: tuple[Named, ...]


def shipped(name: str) -> Circular:
    """A circular that comes with the package: `NAME.toml` for the figures, `NAME.csv` for the list."""
    folder = resources.files("mediawatch") / "data"
    figures = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    rows = csv.DictReader((folder / f"{name}.csv").read_text(encoding="utf-8").splitlines())
    named = tuple(Named(row["政务新媒体名称"], row["类型"], row["存在的突出问题"]) for row in rows)
    return Circular(**figures, named=named)


def slips(circular: Circular) -> list[str]:
    """Where the printed figures do not agree with one another or with the printed list, in Chinese."""
    found: list[str] = []
    by_type = Counter(one.type for one in circular.named)
    for kind, printed in circular.failed_of.items():
        if by_type[kind] != printed:
            found.append(f"名单中{kind}有{by_type[kind]}个,正文写{printed}个。")
    checked, failed = sum(circular.checked.values()), sum(circular.failed_of.values())
    if failed != circular.failed:
        found.append(f"各平台不合格数合计{failed},总数写{circular.failed}。")
    if checked != circular.drawn:
        found.append(f"各平台检查数合计{checked},抽查总数写{circular.drawn}:差{circular.drawn - checked}个,通报未说明属于哪个平台。")
    if sum(circular.kinds.values()) != circular.failed:
        found.append(f"各类问题合计{sum(circular.kinds.values())},总数写{circular.failed}。")
    exact = percent(Fraction(circular.drawn - circular.failed, circular.drawn))
    if exact != circular.rate:
        found.append(f"合格率写{circular.rate},按{circular.drawn - circular.failed}/{circular.drawn}为{exact}。")
    return found
