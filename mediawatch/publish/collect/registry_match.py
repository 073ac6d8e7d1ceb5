"""Which account of our own registry a reported one is: by 备案单号 or the platform's id. Pure.

A name alone ties nothing: two bodies may have accounts of one name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mediawatch.domain import Account, Filing
from mediawatch.figures.regions import Regions
from mediawatch.publish.collect.account_keys import Key, have_other_ids, keys_of
from mediawatch.publish.collect.rebuild import ReportedAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryMatch:
    """What reports and our registry have in common, and what they have not."""

    accounts: Mapping[int, Account]
    """By the number of a reported account ours."""
    owners: Mapping[int, str]
    """By the same number the office to which our registry gives it; "" for none of those. Also of an
    account that is not surely one of ours, by its 备案单号 or id: it is no other office's to accuse."""
    reasons: Mapping[int, str]
    """By the number of a reported account without one of ours, why, in Chinese."""
    uncovered: tuple[Account, ...]
    """Of our registry those in service that no office reported."""

    def of_reported(self, ours: Mapping[int, str]) -> dict[int, str]:
        """What is said of accounts of ours, by the numbers of the reported ones that they are."""
        return {
            number: ours[account.id]
            for number, account in self.accounts.items()
            if account.id in ours
        }


def match_registry(
    registry: Sequence[Account],
    reported: Iterable[ReportedAccount],
    regions: Regions,
    office_of_part: Mapping[str, str],
) -> RegistryMatch:
    """Find the accounts; `office_of_part`: by 地区（部门） the office whose it is."""
    running = [each for each in registry if each.retired_on is None]
    known: dict[Key, list[Account]] = defaultdict(list)
    for account in running:
        for key in keys_of(account.filed):
            known[key].append(account)
    accounts: dict[int, Account] = {}
    owners: dict[int, str] = {}
    reasons: dict[int, str] = {}
    covered: set[int] = set()
    for each in reported:
        number = each.entry.account.id
        alike = _alike(each.filed, known)
        if alike:
            whose = [office_of_part.get(regions.of(account.filed), "") for account in alike]
            owners[number] = each.office if each.office in whose else whose[0]
        if reason := _doubt(each.filed, alike):
            reasons[number] = reason
            continue
        accounts[number] = alike[0]
        covered.add(alike[0].id)
    covered_ids = {key for each in running if each.id in covered for key in each.filed.ids}
    return RegistryMatch(
        accounts=accounts,
        owners=owners,
        reasons=reasons,
        uncovered=tuple(
            each
            for each in running
            if each.filed.in_service
            and each.id not in covered
            # Another filing of the same account was reported.
            and not covered_ids.intersection(each.filed.ids)
        ),
    )


def _alike(filed: Filing, known: Mapping[Key, list[Account]]) -> list[Account]:
    """The accounts of ours with its 备案单号; where there is none, with an id of its."""
    return next((found for key in keys_of(filed) if (found := known.get(key))), [])


def _doubt(filed: Filing, alike: Sequence[Account]) -> str:
    """Why it is not surely one of ours, in Chinese; "" where it is."""
    if not keys_of(filed):
        return "报送的账号既无备案单号也无平台标识"
    if not alike:
        return "本级台账中没有该备案单号和平台标识"
    if len(alike) > 1:
        return f"本级台账中有{len(alike)}个账号相符，无法确定"
    if have_other_ids(filed, alike[0].filed):
        return "备案单号与平台标识在本级台账中不是同一账号"
    return ""
