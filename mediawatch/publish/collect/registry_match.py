"""Which account of our own registry a reported one is: by 备案单号 or the platform's id. Pure.

A name alone ties nothing: two bodies may have accounts of one name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mediawatch.domain import Account, Filing
from mediawatch.figures.regions import Regions
from mediawatch.publish.collect.rebuild import ReportedAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryMatch:
    """What reports and our registry have in common, and what they have not."""

    accounts: Mapping[int, Account]
    """By the number of a reported account ours."""
    owners: Mapping[int, str]
    """By the same number the office to which our registry gives it; "" for none of those."""
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
    known: dict[tuple[str, str, str], list[Account]] = defaultdict(list)
    for account in running:
        for key in _keys(account.filed):
            known[key].append(account)
    accounts: dict[int, Account] = {}
    owners: dict[int, str] = {}
    reasons: dict[int, str] = {}
    covered: set[int] = set()
    for each in reported:
        number = each.entry.account.id
        found = _meant(each.filed, known)
        if isinstance(found, str):
            reasons[number] = found
            continue
        accounts[number] = found
        owners[number] = office_of_part.get(regions.of(found.filed), "")
        covered.add(found.id)
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


def _keys(filed: Filing) -> list[tuple[str, str, str]]:
    number = [("filing_number", filed.platform, filed.filing_number)] if filed.filing_number else []
    return [*number, *filed.ids]


def _meant(filed: Filing, known: Mapping[tuple[str, str, str], list[Account]]) -> Account | str:
    """The one account of ours; why there is none, in Chinese."""
    if not (keys := _keys(filed)):
        return "报送的账号既无备案单号也无平台标识"
    by_key = {key[0]: known.get(key, []) for key in keys}
    numbered, *by_ids = [by_key.get("filing_number", []), *_by_ids(by_key)]
    found = numbered or next(filter(None, by_ids), [])
    if not found:
        return "本级台账中没有该备案单号和平台标识"
    if len(found) > 1:
        return f"本级台账中有{len(found)}个账号相符，无法确定"
    if _contradicts(filed, found[0].filed):
        return "备案单号与平台标识在本级台账中不是同一账号"
    return found[0]


def _by_ids(by_key: Mapping[str, list[Account]]) -> list[list[Account]]:
    return [found for name, found in by_key.items() if name != "filing_number"]


def _contradicts(one: Filing, other: Filing) -> bool:
    """Whether both have an id of the same kind, and it is another one."""
    ids = {kind: id for kind, _, id in one.ids}
    return any(kind in ids and ids[kind] != id for kind, _, id in other.ids)
