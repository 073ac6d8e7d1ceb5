"""The words by which a registry is split: for drawing a sample, and for a circular's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from mediawatch.domain import Account, Filing, SweepAccount, UserError
from mediawatch.figures.counts import Key
from mediawatch.figures.region_parts import Level, part_of
from mediawatch.figures.regions import NOT_FILED, Regions
from mediawatch.registry.kinds import fold, platform_label

_NO_LEVEL = Regions()


class Dimension(StrEnum):
    """One way of splitting a registry.

    The value is the word of the command line, `label` the heading of a table.
    """

    PLATFORM = "platform"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    SUPERVISOR = "supervisor"
    LEVEL = "level"
    BODY_KIND = "body_kind"
    JURISDICTION = "jurisdiction"
    REGION = "region"
    """One level below the office (`Regions`).

    The 直属部门, and the systems that count by system (系统归口), have their own rows.
    """

    @property
    def label(self) -> str:
        return _LABELS[self]

    def of(self, filed: Filing, regions: Regions = _NO_LEVEL) -> str:
        """The part in which an account stands; `regions` says how the office divides.

        Counties are named with their prefecture: every one has a 市本级.
        """
        match self:
            case Dimension.PLATFORM:
                part = platform_label(filed.platform)
            case Dimension.COUNTY:
                part = f"{filed.prefecture}{filed.county}" if filed.county else ""
            case Dimension.REGION:
                part = regions.of(filed)
            case _:
                part = str(getattr(filed, self.value))
        return part or NOT_FILED


_LABELS: Mapping[Dimension, str] = {
    Dimension.PLATFORM: "平台", Dimension.PREFECTURE: "地市", Dimension.COUNTY: "县区", Dimension.TOWNSHIP: "乡镇街道",
    Dimension.SUPERVISOR: "主管单位", Dimension.LEVEL: "层级", Dimension.BODY_KIND: "主体类别",
    Dimension.JURISDICTION: "属地/系统归口", Dimension.REGION: "地区（部门）",
}  # fmt: skip
_WORDS = {fold(word): dimension for dimension in Dimension for word in (dimension.value, dimension.label)} | {
    "属地/系统": Dimension.JURISDICTION, "归口": Dimension.JURISDICTION, "地区": Dimension.REGION,
}  # fmt: skip


def dimension(word: str) -> Dimension:
    """The dimension of an English or Chinese word. UserError names the known ones."""
    found = _WORDS.get(fold(word))
    if found is None:
        known = ", ".join(f"{each.value} ({each.label})" for each in Dimension)
        raise UserError(f"{word!r} is not a way to split a registry: give one of {known}")
    return found


def keys(dimensions: Iterable[Dimension], regions: Regions = _NO_LEVEL) -> dict[str, Key]:
    """What `figures.statistics` counts by: heading to part."""
    return {each.label: _key(each, regions) for each in dimensions}


def _key(by: Dimension, regions: Regions) -> Key:
    def part(entry: SweepAccount) -> str:
        return by.of(entry.account.filed, regions)

    return part


def totals(accounts: Sequence[Account], level: Level = "") -> dict[str, dict[str, int]]:
    """总数 of every part of a registry by every heading, for `figures.statistics`.

    The accounts stand once each, in service. Regions are counted without a level, and for `level`
    under a heading of its own.
    """
    filings = [account.filed for account in accounts]
    found = {each.label: dict(Counter(map(each.of, filings))) for each in Dimension}
    if level:
        parts = Counter(str(part_of(filed, level)) for filed in filings)
        found[level_heading(level)] = dict(parts)
    return found


def level_heading(level: Level) -> str:
    """Under which heading the parts of a level are kept."""
    return f"{Dimension.REGION.label}·{level}"
