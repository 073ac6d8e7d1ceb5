"""地区（部门）: the parts of a registry one level below the office, and how tables order them.

Pure. Without a level of the office there are no groups, and parts are those of the prefecture.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mediawatch.domain import Filing
from mediawatch.figures.divisions import order_of
from mediawatch.figures.region_parts import (
    Level,
    PartGroup,
    RegionPart,
    part_of,
    part_without_level,
)
from mediawatch.figures.values import FiguresSplit, SplitGroup

NOT_FILED = "（未填报）"
_BODY = re.compile(
    r".*(?:局|厅|委|办|室|院|会|部|社|站|中心|所|公司|大学|学校|学院|队|集团|馆|台|行|处)"
)
_AREA = re.compile(r".*(?:管委会|管理委员会|办事处)")
_GROUPS = tuple(PartGroup)
_LAST = 10_000
"""Behind all places that are known."""
_COUNTED = {"省": "地区", "市": "县区", "县": "乡镇街道", "": "地区"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """How an office divides its registry.

    `names`: the office's own order; such a part is printed without any account, too.
    """

    level: Level = ""
    names: tuple[str, ...] = ()
    reach: str = ""
    """全省, 全市, 全区 …: by its last character the departments are called 省直部门 and so on."""
    groups: Mapping[str, PartGroup] = field(default_factory=dict)
    """What kind each known part is; set for the parts of one inspection (`with_parts`)."""

    def part(self, filed: Filing) -> RegionPart:
        """The part of an account; without any place it is one that names the empty column."""
        found = part_of(filed, self.level)
        return replace(found, name=self.named(found.name))

    def of(self, filed: Filing) -> str:
        """The part in which an account stands, as tables print it."""
        if not self.level:
            return part_without_level(filed) or NOT_FILED
        return self.part(filed).name

    def named(self, name: str) -> str:
        """The office's own name of a part that is filed in short: 长沙 for 长沙市, 湘西州."""
        if name in self.names:
            return name
        short = name.removesuffix("州") if name.endswith("州") else name
        fits = [
            each
            for each in self.names
            if each.startswith(short) and _ENDING.fullmatch(each[len(short) :])
        ]
        return fits[0] if len(short) > 1 and len(fits) == 1 else name

    def with_parts(self, parts: Iterable[RegionPart]) -> Regions:
        """The same, knowing of what kind the parts of an inspection are."""
        known = {name: _kind_of_name(name) for name in self.names}
        return replace(self, groups=known | {self.named(each.name): each.group for each in parts})

    def arranged(self, split: FiguresSplit) -> FiguresSplit:
        """The regions in their order, then the departments, then what is not filed.

        Within each kind the office's own names come first, then prefectures or counties in the
        order of their codes, then the order of the registry. AssertionError where a group does not sum.
        """
        if not self.level:
            return split
        rank = {name: place for place, name in enumerate(self.names)}
        found = {group: list[str]() for group in _GROUPS}
        for name, _ in split.parts:
            found[self.groups.get(name, PartGroup.REGION)].append(name)
        counted = dict(split.parts)
        groups = []
        for group, names in found.items():
            places = self._places(names, group)
            names.sort(key=lambda name: (rank.get(name, len(rank)), places.get(name, _LAST)))
            if names:
                parts = tuple((name, counted[name]) for name in names)
                label = self._label(group)
                groups.append(SplitGroup(group.value, label, parts, split.unpraised))
        parts = tuple(pair for group in groups for pair in group.parts)
        return replace(split, parts=parts, groups=tuple(groups))

    def failed_elsewhere(self, names: Iterable[str], failed: Collection[Filing]) -> frozenset[str]:
        """The parts whose own body failed, though its account counts in another part.

        Such an account lacks its place, or is filed under another one. Its 主办 or 主管单位 tells whose
        it is: the part's name stands in it, first or behind the places above (甲市乙区交通局).
        """
        counted = [(self.of(filed), (filed.organiser, filed.supervisor)) for filed in failed]
        return frozenset(
            name
            for name in names
            if name
            and any(
                name != part and any(_is_body_of(name, body) for body in bodies)
                for part, bodies in counted
            )
        )

    def _places(self, names: Sequence[str], group: PartGroup) -> Mapping[str, int]:
        if group is not PartGroup.REGION or self.level not in ("省", "市"):
            return {}
        return order_of(names, counties=self.level == "市")

    def _label(self, group: PartGroup) -> str:
        match group:
            case PartGroup.REGION:
                return _COUNTED[self.level]
            case PartGroup.DEPARTMENT:
                own = self.reach[1:2] if self.reach.startswith("全") else ""
                return f"{own or self.level}直部门"
            case PartGroup.UNFILED:
                return group.value


_ENDING = re.compile(r"市|县|区|旗|盟|州|地区|镇|乡|街道|林区|.*自治[州县旗]")


def _is_body_of(name: str, body: str) -> bool:
    place = body.find(name)
    return place == 0 or (place > 0 and body[place - 1] in "省区市州盟县旗")


def _kind_of_name(name: str) -> PartGroup:
    """Of a part that has no account, by its name alone."""
    body = _BODY.fullmatch(name) and not _AREA.fullmatch(name)
    return PartGroup.DEPARTMENT if body else PartGroup.REGION


def parts_of(filings: Iterable[Filing], level: Level) -> Sequence[RegionPart]:
    """The parts of accounts, in their order."""
    return [part_of(filed, level) for filed in filings]
