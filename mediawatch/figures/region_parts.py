"""Where an account counts: in a region one level below the office, or among its own departments.

Pure: what is filed of the account decides, and the level of the office, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from mediawatch.domain import Filing
from mediawatch.figures.divisions import names_county, names_prefecture

Level = Literal["省", "市", "县", ""]
_RANKS = "省市县乡"
"""From the top down."""


class PartGroup(StrEnum):
    """What kind of part it is; in the order in which tables print them."""

    REGION = "地区"
    DEPARTMENT = "部门"
    UNFILED = "未填报"
    """Whatever lacks the column that would say where it belongs."""


@dataclass(frozen=True, slots=True)
class RegionPart:
    """One part: a region, a department, or a word that names the empty column."""

    group: PartGroup
    name: str

    def __str__(self) -> str:
        """As it is kept with a sweep's totals; `parse` reads it again."""
        return f"{self.group.value}·{self.name}"

    @classmethod
    def parse(cls, text: str) -> RegionPart:
        """ValueError for a text that names no group."""
        group, _, name = text.partition("·")
        return cls(PartGroup(group), name)


_SYSTEM = re.compile(r"按?系统(归口|统计|管理)?")
_OWN = re.compile(
    r"(?:省|自治区|直辖市|市|自治州|州|盟|地区|地|区|县|旗)?"
    r"(?:本级|直|直属|级|属)(?:机关|部门|单位|机构)*"
)
"""省直, 市本级, 县直部门, 自治区直属 …: the office's own level, where a place is asked for."""
_PROVINCE = re.compile(r".*(?:省|自治区)|(?:北京|天津|上海|重庆)市?")
_DIRECT = re.compile(r"(?:省|自治区)?直辖?(?:管|县).*|省直管.*|市辖区")
"""省直辖县级行政区划 and the like: no prefecture, the county is the place."""
_LEVEL_WORDS = (
    (re.compile(r"自治区|直辖市"), "省"),
    (re.compile(r"自治州|地区|盟|设区的?市|地级市|地市"), "市"),
    (re.compile(r"县级市|自治县|市辖区|县[（(]市[、,，]?区[)）]|县市区|区县|县区|旗"), "县"),
    (re.compile(r"街道|村|社区|镇"), "乡"),
    (re.compile(r"州"), "市"),
)
_TOWNSHIP = re.compile(
    r"(?:.{2,}?(?:县|市|区|旗))?(?P<name>.{1,8}?(?:镇|乡|街道))"
    r"(?:(?:人民)?政府|党委|党工委|便民服务中心)?(?:办事处|办公室)?"
)


def part_of(filed: Filing, level: Level) -> RegionPart:
    """The part of an account for an office of that level.

    In this order: a system of its own (系统归口), a body that is filed as one of the office's level,
    the filed place; without a place one of the office's departments, unless the registry says that
    it is not.
    """
    if jurisdiction := _jurisdiction(filed):
        return jurisdiction
    place = _place(filed, level)
    ranks = _ranks(filed.level, level)
    by_place = filed.jurisdiction.startswith("属地")
    if place and (by_place or ranks != {level}):
        return RegionPart(PartGroup.REGION, place)
    if ranks != {level} and (_is_below(ranks, level) or _deeper(filed, level)):
        return _unfiled(_COLUMN[level])
    return _department(
        filed, {"省": filed.prefecture, "市": filed.county, "县": filed.township}[level]
    )


def is_own_level(place: str) -> bool:
    """Whether it names no place of its own: 市本级, 省直部门, 自治区直属 …"""
    return _OWN.fullmatch(place) is not None


def part_without_level(filed: Filing) -> str:
    """The part where the office says no level: the prefecture, else who supervises or organises.

    "" where nothing is filed.
    """
    if filed.jurisdiction not in ("", "属地"):
        named = filed.jurisdiction not in ("系统", "系统归口")
        return filed.jurisdiction if named else filed.supervisor or filed.organiser
    return filed.prefecture or filed.supervisor or filed.organiser


def _is_below(ranks: Collection[str], level: Level) -> bool:
    """Whether 层级 names something further down alone; 县级及乡镇街道 leaves it open to a county."""
    lower = _RANKS[_RANKS.index(level) + 1 :]
    return bool(ranks) and all(rank in lower for rank in ranks)


_COLUMN = {"省": "地市", "市": "县区", "县": "乡镇街道"}
"""The column of a registry that names the regions of a level."""


def _unfiled(column: str) -> RegionPart:
    return RegionPart(PartGroup.UNFILED, f"（{column}未填报）")


def _department(filed: Filing, own_level: str = "") -> RegionPart:
    """Who supervises or organises; `own_level` as it is filed (自治区直属) where neither is told."""
    # A government that supervises its own departments is none of them.
    supervisor = "" if filed.supervisor.endswith("人民政府") else filed.supervisor
    name = supervisor or filed.organiser or filed.supervisor or own_level
    return RegionPart(PartGroup.DEPARTMENT, name) if name else _unfiled("所属组织")


def _jurisdiction(filed: Filing) -> RegionPart | None:
    if not filed.jurisdiction or filed.jurisdiction.startswith("属地"):
        return None
    if _SYSTEM.fullmatch(filed.jurisdiction):
        return _department(filed)
    return RegionPart(PartGroup.DEPARTMENT, filed.jurisdiction)


def _place(filed: Filing, level: Level) -> str:
    """The region that is filed; "" where none is, or the office's own level."""
    return _PLACES[level](filed)


def _prefecture(filed: Filing) -> str:
    text = filed.prefecture
    county = "" if _OWN.fullmatch(filed.county) else filed.county
    if county and (
        _DIRECT.fullmatch(text) or (_PROVINCE.fullmatch(text) and text[0] in "北天上重")
    ):
        return county
    return "" if _OWN.fullmatch(text) or _PROVINCE.fullmatch(text) else text


def _county(filed: Filing) -> str:
    own = _OWN.fullmatch(filed.county) or filed.county in ("市辖区", filed.prefecture)
    return "" if own else filed.county


def _township(filed: Filing) -> str:
    """As filed, else as the name of the township's own government says it."""
    if filed.township:
        own = _OWN.fullmatch(filed.township) or filed.township == filed.county
        return "" if own else filed.township
    for body in (filed.organiser, filed.supervisor):
        text = body.removeprefix(filed.prefecture).removeprefix(filed.county)
        if found := _TOWNSHIP.fullmatch(text):
            return found["name"]
    return ""


_PLACES: dict[str, Callable[[Filing], str]] = {
    "省": _prefecture,
    "市": _county,
    "县": _township,
}


def _deeper(filed: Filing, level: Level) -> bool:
    """Whether something further down is filed, so that it is none of the office's departments."""
    match level:
        case "省":
            bodies = (filed.organiser, filed.supervisor)
            return any(
                place and not (_OWN.fullmatch(place) and place[0] in "省自区直本")
                for place in (filed.county, filed.township)
            ) or any(map(names_prefecture, bodies))
        case "市":
            township = bool(filed.township) and not _OWN.fullmatch(filed.township)
            return township or (not filed.county and names_county(filed.organiser))
        case _:
            return False


def level_rank(text: str) -> int:
    """The place of a filed 层级 from the top down; what names no level comes last."""
    ranks = _ranks(text, "")
    return min((_RANKS.index(rank) for rank in ranks), default=len(_RANKS))


@lru_cache(maxsize=256)
def _ranks(text: str, level: Level) -> frozenset[str]:
    """The levels that 层级 names; a bare 区 is an autonomous region to a province's office."""
    for word, rank in _LEVEL_WORDS:
        text = word.sub(rank, text)
    text = text.replace("区", "省" if level == "省" else "县")
    return frozenset(rank for rank in _RANKS if rank in text)
