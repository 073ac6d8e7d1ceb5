"""Whose name a page bears: the names under which accounts in service are filed. Pure.

The page of a filed id that bears another filed account's very name is that account's page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mediawatch.domain import MatchedBy, Reading
from mediawatch.names import fold


@dataclass(frozen=True, slots=True)
class NamesInService:
    """Numbers of the accounts in service, by platform and folded name."""

    holders: Mapping[tuple[str, str], frozenset[int]]

    @classmethod
    def of(cls, filed: Iterable[tuple[int, str, str]]) -> NamesInService:
        """From number, platform and name of each account in service."""
        holders: dict[tuple[str, str], set[int]] = defaultdict(set)
        for number, platform, name in filed:
            if folded := fold(name):
                holders[platform, folded].add(number)
        return cls({key: frozenset(numbers) for key, numbers in holders.items()})

    def borne_by_others(
        self, account_id: int, platform: str, readings: Iterable[Reading]
    ) -> frozenset[str]:
        """Folded names of other accounts of the platform that pages of this one's id bear."""
        return frozenset(
            name
            for name in names_by_id(readings)
            if self.holders.get((platform, name), frozenset()) - {account_id}
        )


def names_by_id(readings: Iterable[Reading]) -> frozenset[str]:
    """Folded names that were seen where the filed id ties."""
    return frozenset(
        fold(sight.name)
        for reading in readings
        for sight in reading.sights
        if sight.name and sight.matched_by is MatchedBy.ID
    )
