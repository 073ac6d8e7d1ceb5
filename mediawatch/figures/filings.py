"""The filings of one account: which of them counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mediawatch.domain import Filing, SweepAccount, Verdict

_SPEAKS_FIRST = (
    Verdict.FAILED,
    Verdict.UNPROVEN,
    Verdict.OUT_OF_SCOPE,
    Verdict.LISTED,
    Verdict.AT_LIMIT,
    Verdict.DUE_SOON,
    Verdict.FRESH,
)
"""Of the filings of one account, the verdict that counts.

Of equal ones that of the first filing.
"""


@dataclass(frozen=True, slots=True)
class CountedAccount:
    """One account in service: the filing that speaks for it, and the ids of all of its filings."""

    entry: SweepAccount
    ids: frozenset[int]

    @property
    def verdict(self) -> Verdict:
        return self.entry.judgement.verdict if self.entry.judgement else Verdict.UNPROVEN


def once(scope: Iterable[SweepAccount]) -> list[CountedAccount]:
    """Every account in service once, in scope order.

    Filings with one platform id are one account, and the gravest verdict speaks.
    """
    return [
        _speaking(group)
        for group in filings_of_one(entry for entry in scope if entry.account.filed.in_service)
    ]


def filings_of_one(scope: Iterable[SweepAccount]) -> list[list[SweepAccount]]:
    """The entries, those of one account together: filings with one platform id, in scope order."""
    filings = list(scope)
    groups: list[list[int]] = []
    holder: dict[tuple[str, str, str], int] = {}
    for number, entry in enumerate(filings):
        ids = entry.account.filed.ids
        known = sorted({holder[id] for id in ids if id in holder})
        if not known:
            holder |= dict.fromkeys(ids, len(groups))
            groups.append([number])
            continue
        place = known[0]
        for other in known[1:]:
            groups[place] += groups[other]
            groups[other] = []
        groups[place].append(number)
        holder |= {
            id: place for filing in groups[place] for id in filings[filing].account.filed.ids
        }
    return [[filings[number] for number in sorted(group)] for group in groups if group]


def each_once(scope: Sequence[SweepAccount]) -> list[tuple[SweepAccount, tuple[Filing, ...]]]:
    """Every account in scope order by the filing that speaks for it, with its other filings.

    Where nothing is held against that filing, one of the same verdict stands for it. A closed
    filing stands by itself.
    """
    entries = {entry.account.id: entry for entry in scope}
    speaking: dict[int, frozenset[int]] = {}
    for one in once(scope):
        others = [entries[number] for number in sorted(one.ids) if entries[number].judgement]
        alike = [
            entry
            for entry in others
            if entry.judgement and entry.judgement.verdict is one.verdict and is_held(entry)
        ]
        speaking[(one.entry if is_held(one.entry) or not alike else alike[0]).account.id] = one.ids
    closed = [entry for entry in scope if not entry.account.filed.in_service]
    speaking |= {
        next((entry for entry in group if is_held(entry)), group[0]).account.id: frozenset(
            entry.account.id for entry in group
        )
        for group in filings_of_one(closed)
    }
    return [
        (
            entry,
            tuple(
                entries[number].account.filed
                for number in sorted(speaking[entry.account.id] - {entry.account.id})
            ),
        )
        for entry in scope
        if entry.account.id in speaking
    ]


def is_held(entry: SweepAccount) -> bool:
    """Whether anything is held against an account."""
    return entry.judgement is not None and bool(entry.judgement.findings)


def _speaking(group: Sequence[SweepAccount]) -> CountedAccount:
    ids = frozenset(each.account.id for each in group)
    filings = [CountedAccount(entry, ids) for entry in group]
    return min(filings, key=lambda one: _SPEAKS_FIRST.index(one.verdict))
