"""By which receivers forms are split into files."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from mediawatch.domain import Contact, Filing
from mediawatch.table import join_filled

_NO_UNIT = "未填所属组织"


class DispatchSplit(StrEnum):
    """By which receivers a dispatch, or a 台账更正提示单, is split into files."""

    PREFECTURE = "prefecture"
    COUNTY = "county"
    SUPERVISOR = "supervisor"
    UNIT = "unit"

    def of(self, filed: Filing) -> str:
        """The part that an account's file goes to."""
        match self:
            case DispatchSplit.PREFECTURE:
                return filed.prefecture or "未填地市"
            case DispatchSplit.COUNTY:
                return join_filled((filed.prefecture, filed.county or "未填区县"), " ")
            case DispatchSplit.SUPERVISOR:
                return filed.supervisor or "未填主管单位"
            case DispatchSplit.UNIT:
                # Units of one name in two places are two units.
                return join_filled(
                    (filed.prefecture, filed.county, filed.organiser or _NO_UNIT), " "
                )

    def contacts_in(self, part: str, contacts: Mapping[int, Contact]) -> Mapping[int, Contact]:
        """The contacts that a part's file may hold: none in one that is forwarded."""
        forwarded = self is not DispatchSplit.UNIT or part.endswith(_NO_UNIT)
        return {} if forwarded else contacts
