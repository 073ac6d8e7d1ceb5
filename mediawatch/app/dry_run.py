"""A store for dry runs: it answers like the real one, and discards what would be written."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from mediawatch.domain import Notice, Reading
from mediawatch.ports import Store

WRITES = frozenset(
    {
        "accounts.add_links",
        "accounts.add_refusals",
        "accounts.add_source",
        "accounts.apply",
        "accounts.delete_contacts",
        "notices.add_events",
        "notices.issue",
        "operator.add_canary_check",
        "operator.add_session_event",
        "personal.clear_contacts",
        "personal.clear_names",
        "readings.begin_pruning",
        "readings.delete",
        "readings.keep",
        "reviews.add",
        "runs.add_alert",
        "runs.add_backup",
        "runs.begin",
        "runs.end",
        "runs.move_alert",
        "sweeps.close",
        "sweeps.keep_judgements",
        "sweeps.narrow",
        "sweeps.open",
    }
)
"""The methods of `Store` that write, by aggregate; a test holds the list."""
_UNUSED = 10**12
"""No stored reading has so high a number."""


def without_writing(store: Store) -> Store:
    """The store, of which nothing is written from now on."""
    return cast(Store, _Unwritten(store))


class _Unwritten:
    def __init__(self, store: Store) -> None:
        self._store, self._numbers = store, itertools.count(_UNUSED)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return found if name == "close" else _UnwrittenAggregate(name, found, self._numbers)


class _UnwrittenAggregate:
    def __init__(self, name: str, aggregate: object, numbers: Iterator[int]) -> None:
        self._name, self._aggregate, self._numbers = name, aggregate, numbers

    def __getattr__(self, name: str) -> Any:
        full = f"{self._name}.{name}"
        return self._let_go(full) if full in WRITES else getattr(self._aggregate, name)

    def _let_go(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def let_go(*given: Any, **more: Any) -> Any:
            if name == "readings.keep":
                reading: Reading = given[0]
                return replace(reading, id=next(self._numbers))
            if name == "notices.issue":
                notice: Notice = given[0]
                return notice
            if name in ("readings.delete", "personal.clear_names"):
                return 0
            return None

        return let_go
