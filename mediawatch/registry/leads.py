"""Which hits of a search are leads, and of what kind. Pure.

A name alone makes no lead of 疑似未登记: homonyms and 仿冒 bear names, too. That needs the unit's
认证主体, and an id to which nothing that is filed leads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from mediawatch.domain import Account, LeadKind, LeadSight, SearchHit, plain_id
from mediawatch.names import alike
from mediawatch.registry.units import FiledUnit, UnitIndex

Leads = Callable[[Account, SearchHit], bool]
"""Whether what is filed of the account names this very hit (`UnitSearcher.leads_to`)."""
_SHOWN = 3


class FiledAccounts:
    """All accounts of the registry, also those that have left it, and which hits are theirs.

    `seen`: by account, the ids that readings tied to it. `leads_to` reads what is filed.
    """

    def __init__(
        self, accounts: Iterable[Account], seen: Mapping[int, Iterable[str]], leads_to: Leads
    ) -> None:
        self._of_platform = defaultdict[str, list[Account]](list)
        self._seen = defaultdict[int, set[str]](set)
        for account in accounts:
            self._of_platform[account.platform].append(account)
            ids = seen.get(account.id, ())
            self._seen[account.id] = {plain_id(id, account.platform) for id in ids}
        self._leads_to = leads_to

    def holders(self, platform: str, hit: SearchHit) -> list[Account]:
        """The accounts to which the hit belongs, by anything that is filed or was read of them."""
        shown = {plain_id(id, platform) for id in (hit.id, hit.original_id) if id}
        return [
            account
            for account in self._of_platform[platform]
            if shown & self._seen[account.id] or self._leads_to(account, hit)
        ]

    def unknown_ids(self, platform: str, accounts: Iterable[Account]) -> list[Account]:
        """Those of the accounts on a platform of which no id is known: each may be any hit."""
        return [
            account
            for account in accounts
            if account.platform == platform
            and account.retired_on is None
            and not (account.filed.platform_id.strip() or account.filed.original_id.strip())
            and account.provisional is None
            and not self._seen[account.id]
        ]


def leads_among(
    platform: str, hits: Sequence[SearchHit], index: UnitIndex, filed: FiledAccounts
) -> list[LeadSight]:
    """The leads among the hits of one search, in their order."""
    found = [_lead(platform, hit, index, filed) for hit in hits if not hit.gone]
    return list({each.platform_id: each for each in found if each}.values())


def _lead(
    platform: str, hit: SearchHit, index: UnitIndex, filed: FiledAccounts
) -> LeadSight | None:
    holders = filed.holders(platform, hit)
    present = [account for account in holders if account.retired_on is None]
    if any(account.filed.in_service for account in present):
        return None
    if present:
        return _reopened(platform, hit, index, present[0])
    matches = index.of_body(hit.verified_as)
    if matches:
        return _unfiled(platform, hit, matches, filed, holders)
    return _lookalike(platform, hit, index, filed)


def _reopened(
    platform: str, hit: SearchHit, index: UnitIndex, account: Account
) -> LeadSight | None:
    unit = next((each for each in index.units if account in each.accounts), None)
    ground = f"台账运行状态为“{account.filed.status.label}”，平台搜索仍显示该账号"
    return _sight(platform, hit, LeadKind.REOPENED, [unit] if unit else [], ground)


def _unfiled(
    platform: str,
    hit: SearchHit,
    matches: Sequence[tuple[FiledUnit, str]],
    filed: FiledAccounts,
    holders: Sequence[Account],
) -> LeadSight | None:
    for unit, _ in matches:
        # Filed by its name alone, the account of that name and that body is surely the filed one.
        if any(
            bears_name(hit, account.filed.name)
            for account in filed.unknown_ids(platform, unit.accounts)
        ):
            return None
    ground = matches[0][1]
    left = next((account.retired_on for account in holders if account.retired_on), None)
    if left:
        ground += f"；曾在台账登记，自{left}起不在台账内"
    return _sight(platform, hit, LeadKind.UNFILED, [unit for unit, _ in matches], ground)


def _lookalike(
    platform: str, hit: SearchHit, index: UnitIndex, filed: FiledAccounts
) -> LeadSight | None:
    named = [(unit, name) for unit, name in index.of_name(hit.name) if bears_name(hit, name)]
    if not named:
        return None
    accounts = [account for unit, _ in named for account in unit.accounts]
    if not hit.verified_as.strip() and any(
        bears_name(hit, account.filed.name) for account in filed.unknown_ids(platform, accounts)
    ):
        # It may well be the filed account: nothing says otherwise.
        return None
    shown = (
        f"认证主体为“{hit.verified_as}”，不是该单位"
        if hit.verified_as.strip()
        else "搜索结果未显示认证主体"
    )
    names = "、".join(dict.fromkeys(f"“{name}”" for _, name in named[:_SHOWN]))
    units = list({unit.label: unit for unit, _ in named}.values())
    return _sight(platform, hit, LeadKind.LOOKALIKE, units, f"与台账名称{names}相同；{shown}")


def bears_name(hit: SearchHit, name: str) -> bool:
    """Whether the hit is called so, but for suffixes (官方微博) and script."""
    return alike(name, hit.name) or alike(hit.name, name)


def _sight(
    platform: str, hit: SearchHit, kind: LeadKind, units: Sequence[FiledUnit], ground: str
) -> LeadSight:
    return LeadSight(
        platform=platform,
        platform_id=hit.id,
        kind=kind,
        name=" ".join(hit.name.split()),
        verified_as=" ".join(hit.verified_as.split()),
        alias=hit.alias,
        link=hit.link,
        units=tuple(unit.label for unit in units),
        ground=ground,
    )
