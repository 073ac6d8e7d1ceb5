"""A store for dry runs: it answers like the real one, and lets go what would be written."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

from mediawatch.domain import Notice, Reading
from mediawatch.ports import Store

WRITES = frozenset(
    {
        "add_alert",
        "add_links",
        "apply",
        "begin_night",
        "begin_pruning",
        "close_sweep",
        "end_night",
        "forget",
        "issue",
        "judge",
        "keep",
        "move_alert",
        "narrow_sweep",
        "note_backup",
        "note_canary",
        "note_notice",
        "note_reviews",
        "note_session",
        "note_source",
        "open_sweep",
        "refuse",
    }
)
"""The methods of `Store` that write; a test holds the list."""
_UNUSED = 10**12
"""Above it no reading has its number."""


def without_writing(store: Store) -> Store:
    """The store, of which nothing is written any more."""
    return cast(Store, _Unwritten(store))


class _Unwritten:
    def __init__(self, store: Store) -> None:
        self._store, self._numbers = store, itertools.count(_UNUSED)

    def __getattr__(self, name: str) -> Any:
        return self._let_go(name) if name in WRITES else getattr(self._store, name)

    def _let_go(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def let_go(*given: Any, **more: Any) -> Any:
            if name == "keep":
                reading: Reading = given[0]
                return replace(reading, id=next(self._numbers))
            if name == "issue":
                notice: Notice = given[0]
                return notice
            if name == "forget":
                return 0
            return None

        return let_go
