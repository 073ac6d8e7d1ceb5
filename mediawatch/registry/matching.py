"""Which known account a row means.

Pure. All keys are tried; keys that point to different accounts are an error of the row. Keys,
strongest first: the filing number; platform + id (the platform's id, or gh_…); a former filing
number; platform + organiser + name; platform + organiser + a former name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from mediawatch import names
from mediawatch.domain import Account, AccountChange, Filing
from mediawatch.registry.headings import label
from mediawatch.registry.kinds import platform_label
from mediawatch.registry.problems import RowProblem
from mediawatch.registry.rows import RegistryRow

fold = lru_cache(maxsize=2**18)(names.fold)


class Strength(IntEnum):
    """How firmly a key ties a row to an account."""

    FORMER_NAME = 0
    NAME = 1
    FORMER_NUMBER = 2
    ID = 3
    NUMBER = 4


@dataclass(frozen=True, slots=True)
class Match:
    account: Account
    strength: Strength


def name_key(filed: Filing, name: str | None = None) -> tuple[str, str, str]:
    return filed.platform, fold(filed.organiser), fold(filed.name if name is None else name)


def are_distinct(one: Filing, other: Filing) -> bool:
    """True where an id or the kind shows that two accounts of one name and body are different."""
    return any(
        mine and theirs and mine.lower() != theirs.lower()
        for mine, theirs in (
            (one.platform_id, other.platform_id),
            (one.original_id, other.original_id),
            (one.kind, other.kind),
        )
    )


Decision = Match | RowProblem | None
"""A row's account, why the row is refused, or None: a new account."""
MOST_COMPARED = 200


class RegistryIndex:
    """The accounts of the registry, retired ones too, by every key."""

    def __init__(self, accounts: Iterable[Account], history: Iterable[AccountChange]) -> None:
        self.accounts = {account.id: account for account in accounts}
        self._numbers: defaultdict[str, set[int]] = defaultdict(set)
        self._ids: defaultdict[tuple[str, str, str], set[int]] = defaultdict(set)
        self._names: defaultdict[tuple[str, str, str], set[int]] = defaultdict(set)
        self._former_numbers: defaultdict[str, set[int]] = defaultdict(set)
        self._former_names: defaultdict[tuple[str, str, str], set[int]] = defaultdict(set)
        for account in self.accounts.values():
            filed = account.filed
            self._numbers[filed.filing_number].add(account.id)
            self._names[name_key(filed)].add(account.id)
            for key in filed.ids:
                self._ids[key].add(account.id)
        for change in history:
            known = self.accounts.get(change.account_id)
            if known and change.old and change.field == "filing_number":
                self._former_numbers[change.old].add(known.id)
            elif known and change.old and change.field == "name":
                self._former_names[name_key(known.filed, change.old)].add(known.id)

    def by_keys(self, row: RegistryRow) -> list[tuple[str, Strength, set[int]]]:
        """For every key that finds something what it says in Chinese, its strength, its accounts.

        The names are left out.
        """
        filed, number = row.filed, row.filed.filing_number
        found = []
        if number and number in self._numbers:
            found.append(
                (f"{label('filing_number')}{number}", Strength.NUMBER, self._numbers[number])
            )
        elif number in self._former_numbers and number:
            found.append(
                (
                    f"原{label('filing_number')}{number}",
                    Strength.FORMER_NUMBER,
                    self._former_numbers[number],
                )
            )
        found += [
            (f"{label(key[0])}{key[2]}", Strength.ID, self._ids[key])
            for key in filed.ids
            if key in self._ids
        ]
        return [(said, strength, self._in_service(accounts)) for said, strength, accounts in found]

    def by_name(self, row: RegistryRow, taken: set[int]) -> tuple[Strength, set[int]]:
        """Accounts of this platform, body and name (else former name).

        They are neither taken nor known to be another one.
        """
        for strength, index in (
            (Strength.NAME, self._names),
            (Strength.FORMER_NAME, self._former_names),
        ):
            free = {key for key in index.get(name_key(row.filed), ()) if key not in taken}
            free = {key for key in free if not are_distinct(self.accounts[key].filed, row.filed)}
            if free:
                return strength, self._in_service(free)
        return Strength.NAME, set()

    def namesake(self, row: RegistryRow, account_id: int, taken: set[int]) -> int | None:
        """Another account in service that the name of this row means; None if it is missing.

        No other row of the import claims it.
        """
        same = self._names.get(name_key(row.filed), set())
        if account_id in same:
            return None
        free = [key for key in same - taken if self.accounts[key].retired_on is None]
        return next(
            (key for key in sorted(free) if not are_distinct(self.accounts[key].filed, row.filed)),
            None,
        )

    def _in_service(self, accounts: set[int]) -> set[int]:
        """Without the retired ones, where others are left."""
        return {key for key in accounts if self.accounts[key].retired_on is None} or accounts

    def names(self) -> Iterator[tuple[tuple[str, str, str], set[int]]]:
        """(platform, organiser, name) as folded, with the accounts that bear or bore the name."""
        yield from self._names.items()
        yield from self._former_names.items()

    def describe(self, key: int) -> str:
        """An account for a message."""
        filed = self.accounts[key].filed
        number = f"，{label('filing_number')}{filed.filing_number}" if filed.filing_number else ""
        return f"“{filed.name}”（{platform_label(filed.platform)}{number}）"


def match(rows: Sequence[RegistryRow], known: RegistryIndex) -> list[Decision]:
    """For each row its account, None for a new account, or why it is refused.

    In the order of the rows.
    """
    decisions: list[Decision] = [None] * len(rows)
    claims: defaultdict[int, list[tuple[Strength, int]]] = defaultdict(list)
    unkeyed: list[int] = []
    for index, row in enumerate(rows):
        found = known.by_keys(row)
        if not found:
            unkeyed.append(index)
            continue
        shared = set.intersection(*(accounts for _, _, accounts in found))
        if len(shared) == 1:
            claims[shared.pop()].append((max(strength for _, strength, _ in found), index))
        elif shared:
            decisions[index] = _ambiguous(row, shared, known)
        else:
            said = "；".join(
                f"{key}对应{known.describe(min(accounts))}" for key, _, accounts in found
            )
            decisions[index] = row.error("", "", f"各项编号在台账中指向不同账号：{said}")
    _settle(claims, rows, known, decisions)
    taken = set(claims)
    for account_id, claimed in claims.items():
        for _, index in claimed:
            if (
                isinstance(decisions[index], Match)
                and (other := known.namesake(rows[index], account_id, taken)) is not None
            ):
                decisions[index] = rows[index].error(
                    "name",
                    rows[index].filed.name,
                    (
                        f"编号对应{known.describe(account_id)}，而平台、"
                        f"所属组织和名称对应{known.describe(other)}，请核对编号"
                    ),
                )
    _match_names(unkeyed, rows, known, taken, decisions)
    return decisions


def _ambiguous(row: RegistryRow, accounts: set[int], known: RegistryIndex) -> RowProblem:
    said = "、".join(known.describe(key) for key in sorted(accounts)[:3])
    return row.error(
        "name", row.filed.name, f"与台账中多个账号相符（{said}），请补充备案单号或平台ID"
    )


def _settle(
    claims: dict[int, list[tuple[Strength, int]]],
    rows: Sequence[RegistryRow],
    known: RegistryIndex,
    decisions: list[Decision],
) -> None:
    """One row an account: the firmest claim wins.

    An account's id under another filing number is a second filing of it (重复备案).
    """
    for account_id, claimed in claims.items():
        best = max(strength for strength, _ in claimed)
        winners = [index for strength, index in claimed if strength == best]
        for strength, index in claimed:
            others = "、".join(rows[other].place.chinese for _, other in claimed if other != index)
            if index in winners and len(winners) == 1:
                decisions[index] = Match(known.accounts[account_id], strength)
            elif (
                len(winners) == 1
                and strength is Strength.ID
                and numbers_differ(rows[index].filed, rows[winners[0]].filed)
            ):
                decisions[index] = None
            else:
                decisions[index] = rows[index].error(
                    "", "", f"与{others}对应台账中的同一账号{known.describe(account_id)}"
                )


def numbers_differ(one: Filing, other: Filing) -> bool:
    return bool(
        one.filing_number and other.filing_number and one.filing_number != other.filing_number
    )


def _match_names(
    indexes: Sequence[int],
    rows: Sequence[RegistryRow],
    known: RegistryIndex,
    taken: set[int],
    decisions: list[Decision],
) -> None:
    claims: defaultdict[int, list[tuple[Strength, int]]] = defaultdict(list)
    for index in indexes:
        strength, accounts = known.by_name(rows[index], taken)
        if len(accounts) > 1:
            decisions[index] = _ambiguous(rows[index], accounts, known)
        elif accounts:
            claims[accounts.pop()].append((strength, index))
    for account_id, claimed in claims.items():
        best = max(strength for strength, _ in claimed)
        # The row with the present name is the account; a row with only a former name is another
        # one.
        firm = [(strength, index) for strength, index in claimed if strength == best]
        _settle({account_id: firm}, rows, known, decisions)
