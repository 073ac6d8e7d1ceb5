"""检查范围: a census, a reproducible stratified sample (抽查), or a list.

Pure: a function of the registry's filed values and the seed. The same registry and seed draw the
same accounts again: an account's lot follows from what is filed of it, never from the order of rows
or from our own numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from mediawatch.domain import Account, Filing, Sweep, SweepAccount, SweepKind, UserError
from mediawatch.figures.dimensions import Dimension, level_heading, totals
from mediawatch.figures.filings import filings_of_one, once
from mediawatch.figures.region_parts import Level, RegionPart
from mediawatch.figures.regions import NOT_FILED, Regions, parts_of
from mediawatch.figures.values import percent
from mediawatch.ops.settings.office import Office
from mediawatch.sweep.clauses import Spec
from mediawatch.typesetting import typeset

WHOLE = "all"
"""`Sweep.scope` of a census."""


REPORTED = "reported"
"""In the specification of a draw: only accounts that lower offices reported could be drawn."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """层: accounts with the same clause and the same parts."""

    name: str
    clause: str
    total: int
    drawn: int

    @property
    def ratio(self) -> str:
        """抽查比例 as printed."""
        return percent(Fraction(self.drawn, self.total))


@dataclass(frozen=True, kw_only=True)
class Scope:
    """A drawn scope: its accounts in registry order, and what is kept with the sweep.

    `totals` is 总数 by heading and part.
    """

    kind: SweepKind
    accounts: tuple[Account, ...]
    strata: tuple[Stratum, ...]
    totals: Mapping[str, Mapping[str, int]]
    spec: str
    """JSON text, for `Sweep.scope_spec`."""

    def holds(self, account: Account) -> bool:
        """Whether a sweep of this scope looks at the account; a census also looks at closed
        accounts."""
        return self.kind is SweepKind.CENSUS or account.id in self.ids

    def as_drawn(self, account: Account) -> Account:
        """The account in the stratum in which it was drawn, also where it was moved since."""
        drawn = self._by_id.get(account.id)
        if drawn is None or (strata := strata_of(drawn.filed)) == strata_of(account.filed):
            return account
        return replace(account, filed=replace(account.filed, **strata))

    @cached_property
    def _by_id(self) -> Mapping[int, Account]:
        return {account.id: account for account in self.accounts}

    @cached_property
    def ids(self) -> frozenset[int]:
        return frozenset(account.id for account in self.accounts)

    @cached_property
    def words(self) -> str:
        """For `Sweep.scope`: equal for equal lists, whatever numbers this database gave the
        accounts."""
        if self.kind is SweepKind.CENSUS:
            return WHOLE
        return f"{self.kind.value} of {len(self.accounts)} accounts ({digest(self.accounts)[:12]})"


def draw(accounts: Sequence[Account], spec: Spec, *, among: frozenset[int] | None = None) -> Scope:
    """Draw from the accounts in service; a census where one clause takes all.

    `among`: only these are drawn, by their ids or by that of another filing of the same account;
    总数 stays that of all. UserError where nothing is drawn, or a seed is missing.
    """
    population = in_service(accounts, first=among or frozenset())
    groups: dict[tuple[int, tuple[str, ...]], list[Account]] = {}
    for account in population:
        if among is not None and account.id not in among:
            continue
        held = next(
            (
                place
                for place, clause in enumerate(spec.clauses)
                if clause.holds(account.filed, spec.regions)
            ),
            None,
        )
        if held is not None:
            parts = tuple(by.of(account.filed, spec.regions) for by in spec.by)
            groups.setdefault((held, parts), []).append(account)
    if not groups:
        raise UserError(
            "no account in service is meant by "
            f"{'; '.join(clause.words for clause in spec.clauses)}: "
            "give values as the registry's own columns hold them; a word alone is a 主体类别"
        )
    sampled = any(clause.ratio is not None or clause.size is not None for clause in spec.clauses)
    if sampled and not spec.seed:
        raise UserError("a sample needs --seed TEXT, so that anybody can draw it again")
    drawn: set[int] = set()
    strata: list[Stratum] = []
    for (place, parts), members in sorted(groups.items(), key=lambda pair: pair[0][0]):
        clause = spec.clauses[place]
        chosen = sorted(members, key=lambda account: (_lot(account.filed, spec.seed), account.id))[
            : clause.count(len(members))
        ]
        drawn |= {account.id for account in chosen}
        strata.append(Stratum("·".join(parts) or "全部", clause.words, len(members), len(chosen)))
    whole = not sampled and len(drawn) == len(population)
    kind = SweepKind.CENSUS if whole else SweepKind.SAMPLE
    chosen = [account for account in population if account.id in drawn]
    return _scope(kind, population, chosen, strata, spec, reported=among is not None)


def scope_of(accounts: Sequence[Account], chosen: Iterable[Account]) -> Scope:
    """A scope of named accounts."""
    ids = frozenset(account.id for account in chosen)
    population = in_service(accounts, first=ids)
    counted = {account.id for account in population}
    named = [
        account
        for account in accounts
        if account.id in ids and (account.id in counted or not account.filed.in_service)
    ]
    strata = [
        Stratum("名单", "名单", len(population), sum(account.filed.in_service for account in named))
    ]
    return _scope(SweepKind.LIST, population, named, strata, Spec(()))


def _scope(
    kind: SweepKind,
    population: Sequence[Account],
    drawn: Sequence[Account],
    strata: Sequence[Stratum],
    spec: Spec,
    *,
    reported: bool = False,
) -> Scope:
    counted = totals(population, spec.regions.level)
    text = json.dumps(
        {
            "kind": kind.value,
            "seed": spec.seed,
            "clauses": [clause.words for clause in spec.clauses],
            "by": [by.value for by in spec.by],
            **({"level": spec.regions.level} if spec.regions.level else {}),
            **({"among": REPORTED} if reported else {}),
            "strata": [[one.name, one.clause, one.total, one.drawn] for one in strata],
            "list": digest(drawn),
            "totals": counted,
        },
        ensure_ascii=False,
    )
    return Scope(
        kind=kind,
        accounts=tuple(drawn),
        strata=tuple(strata),
        totals=counted,
        spec="" if kind is SweepKind.CENSUS else text,
    )


def in_service(accounts: Iterable[Account], first: frozenset[int] = frozenset()) -> list[Account]:
    """The accounts that make the 总数, each once.

    Of two filings with one platform id the one in `first` counts, else the lesser identity.
    """
    filings = filings_of_one(
        SweepAccount(sweep_id=0, account=account)
        for account in accounts
        if account.retired_on is None and account.filed.in_service
    )

    def order(entry: SweepAccount) -> tuple[bool, str]:
        return entry.account.id not in first, identity(entry.account.filed)

    standing = [
        some[0] if len(some) == 1 else once(sorted(some, key=order))[0].entry for some in filings
    ]
    return sorted((entry.account for entry in standing), key=lambda account: account.id)


def identity(filed: Filing) -> str:
    """What is filed of an account and identifies it among all, as one text."""
    return json.dumps(
        [
            filed.filing_number,
            filed.platform,
            filed.platform_id,
            filed.original_id,
            filed.name,
            filed.organiser,
            filed.type,
            filed.county,
        ],
        ensure_ascii=False,
    )


def digest(accounts: Iterable[Account]) -> str:
    """SHA-256 of a list of accounts, whatever its order."""
    return hashlib.sha256(
        "\n".join(sorted(identity(account.filed) for account in accounts)).encode()
    ).hexdigest()


def _lot(filed: Filing, seed: str) -> str:
    return hashlib.sha256(f"{seed}\n{identity(filed)}".encode()).hexdigest()


STRATA = ("supervisor", "prefecture", "township", "level", "body_kind", "jurisdiction")
"""The filed words that split a registry and that are no part of an account's identity.

A drawn list freezes them.
"""


def strata_of(filed: Filing) -> dict[str, Any]:
    return {name: getattr(filed, name) for name in STRATA}


def registry_totals(
    registry: Iterable[Account], scope: Iterable[Account], level: Level = ""
) -> dict[str, dict[str, int]]:
    """总数 of the whole registry by heading and part, for `Sweep.totals`; `level`: the office's.

    The accounts of the scope count as the scope has them.
    """
    looked_at = {account.id: account for account in scope}
    everybody = (looked_at.get(account.id, account) for account in registry)
    return totals(in_service(everybody, first=frozenset(looked_at)), level)


def office_regions(office: Office) -> Regions:
    """How an office divides its registry, by its settings."""
    return Regions(level=office.level, names=office.regions, reach=office.reach)


def regions_of(sweep: Sweep, scope: Sequence[SweepAccount], regions: Regions) -> Regions:
    """How the parts of a sweep are divided, knowing each of them.

    Without a level where a sweep of a part kept no totals of that level, for the office had none
    then: its parts stay those by which it was counted.
    """
    kept = _kept_totals(sweep) or {}
    heading = level_heading(regions.level)
    if not regions.level or (kept and heading not in kept):
        return Regions(names=regions.names)
    here = parts_of((entry.account.filed for entry in scope), regions.level)
    return regions.with_parts([*map(RegionPart.parse, kept.get(heading, ())), *here])


def _kept_totals(sweep: Sweep) -> Mapping[str, Mapping[str, int]] | None:
    if sweep.scope == WHOLE:
        return {}
    return sweep.totals or (json.loads(sweep.scope_spec)["totals"] if sweep.scope_spec else None)


def totals_of(
    sweep: Sweep, scope: Sequence[SweepAccount], regions: Regions | None = None
) -> Mapping[str, Mapping[str, int]] | None:
    """总数 of the registry by heading and part; a sweep's figures are compared with them.

    `regions` are those of the sweep (`regions_of`). Empty where the scope is the whole registry.
    None where they are unknown: an early sweep of a part did not keep them, or the accounts of an
    early sample no longer fit them.
    """
    kept = _kept_totals(sweep)
    if sweep.scope == WHOLE or not kept:
        return {} if sweep.scope == WHOLE else None
    divided = regions or Regions()
    kept = {typeset(heading): _widened(parts) for heading, parts in kept.items()}
    if divided.level:
        kept[Dimension.REGION.label] = _named(kept[level_heading(divided.level)], divided)
    # An account that is filed twice counts by the filing that speaks for it; the verdicts decide
    # which.
    standing = in_service(entry.account for entry in scope)
    speaking = [one.entry.account for one in once(scope)]
    found: dict[str, Mapping[str, int]] = {}
    for each in Dimension:
        if each.label in kept:
            counts = Counter({part: int(count) for part, count in kept[each.label].items()})
            drawn = Counter(each.of(account.filed, divided) for account in speaking)
            counts.subtract(Counter(each.of(account.filed, divided) for account in standing))
            counts.update(drawn)
            if (
                any(counts[part] < drawn[part] for part in drawn)
                or min(counts.values(), default=0) < 0
            ):
                return None
            found[each.label] = counts
    return found


def _named(parts: Mapping[str, int], regions: Regions) -> Mapping[str, int]:
    """Kept parts of a level by the names that the office has for them."""
    found: Counter[str] = Counter()
    for text, count in parts.items():
        found[regions.named(RegionPart.parse(text).name)] += count
    return found


def _widened(parts: Mapping[str, int]) -> Mapping[str, int]:
    """Parts as they are called now: earlier versions wrote (未填报) with narrow brackets."""
    return {
        NOT_FILED if typeset(part) == NOT_FILED else part: count for part, count in parts.items()
    }
