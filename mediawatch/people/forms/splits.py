"""By which receivers forms are split into files."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from mediawatch.domain import Contact, Filing
from mediawatch.figures.regions import Regions
from mediawatch.table import join_filled

_NO_UNIT = "未填所属组织"
_NO_LEVEL = Regions()


class DispatchSplit(StrEnum):
    """By which receivers a dispatch, or a 台账更正提示单, is split into files."""

    REGION = "region"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    SUPERVISOR = "supervisor"
    UNIT = "unit"

    @classmethod
    def usual(cls, regions: Regions) -> DispatchSplit:
        """What is sent where the operator names no split: as the office's tables are divided."""
        return cls.REGION if regions.level else cls.PREFECTURE

    def of(self, filed: Filing, regions: Regions = _NO_LEVEL) -> str:
        """The part that an account's file goes to; `regions`: how the office divides.

        Who has no 主管单位 on file shares a file with its own unit alone: no one office receives it.
        """
        match self:
            case DispatchSplit.REGION:
                return regions.of(filed)
            case DispatchSplit.PREFECTURE:
                return filed.prefecture or "未填地市"
            case DispatchSplit.COUNTY:
                return join_filled((filed.prefecture, filed.county or "未填区县"), " ")
            case DispatchSplit.SUPERVISOR:
                return filed.supervisor or join_filled(("未填主管单位", _unit_of(filed)), " ")
            case DispatchSplit.UNIT:
                return _unit_of(filed)

    def contacts_in(self, part: str, contacts: Mapping[int, Contact]) -> Mapping[int, Contact]:
        """The contacts that a part's file may hold: none in one that is forwarded."""
        forwarded = self is not DispatchSplit.UNIT or _NO_UNIT in part
        return {} if forwarded else contacts


def _unit_of(filed: Filing) -> str:
    """A unit with its place: units of one name in two places are two units.

    Accounts of no named unit may be of several: each stands by itself.
    """
    unit = filed.organiser or f"{_NO_UNIT} {filed.name}"
    return join_filled((filed.prefecture, filed.county, unit), " ")
