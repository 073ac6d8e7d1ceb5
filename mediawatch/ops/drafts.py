"""Plans: decided outside of any transaction, applied in one, and planned anew where others wrote
meanwhile.

A draft is the store of a plan: it answers like the real one, and keeps what would be written.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from mediawatch.domain import Notice, NoticeDraft, Reading, RepostTask
from mediawatch.files import FileBatch, FileWriter
from mediawatch.ports import OutdatedPlan, PlannedWrite, Store

T = TypeVar("T")

WRITES = frozenset(
    {
        "accounts.add_closures",
        "accounts.add_links",
        "accounts.add_refusals",
        "accounts.add_remarks",
        "accounts.add_source",
        "accounts.apply",
        "accounts.carry_over",
        "accounts.delete_contacts",
        "handed.add",
        "hints.add",
        "hints.keep_receipts",
        "leads.add_decision",
        "leads.add_search",
        "notices.add_draft",
        "notices.add_events",
        "notices.approve_draft",
        "notices.issue",
        "operator.add_canary_check",
        "operator.add_session_event",
        "personal.clear_contacts",
        "personal.clear_givers",
        "personal.clear_names",
        "readings.begin_pruning",
        "readings.delete",
        "readings.keep",
        "reposts.add",
        "reposts.add_events",
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
_TRIES = 3
"""How often something is planned before it is refused."""
_UNUSED = 10**12
"""No stored reading has so high a number."""


async def decide(store: Store, plan: Callable[[Store, FileWriter], Awaitable[T]]) -> T:
    """What `plan` returns, after all that it writes was written in one transaction, or nothing.

    `plan` gets a draft of the store, and a writer for its files: these appear with the transaction
    or not at all. Where anything that plans rest on has changed by the end, it is called anew,
    three times in all. Then OutdatedPlan.
    """
    tries = 0
    while True:
        revision, files, draft = await store.revision(), FileBatch(), Draft(store)
        try:
            made = await plan(draft.as_store(), files.add)
            await store.apply(draft.writes, revision=revision, files=files)
            return made
        except OutdatedPlan:
            tries += 1
            if tries == _TRIES:
                raise
        finally:
            files.clear()


class Draft:
    """A store of which nothing is written.

    `writes` are the calls that would have written, in their order. A dry run drops them, a plan
    that holds gives them to `Store.apply`.
    """

    def __init__(self, store: Store) -> None:
        self.writes: list[PlannedWrite] = []
        self._store, self._numbers = store, itertools.count(_UNUSED)

    def as_store(self) -> Store:
        return cast(Store, self)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name in ("close", "revision"):
            return found
        return _DraftAggregate(name, found, self.writes, self._numbers)

    async def apply(
        self, writes: Sequence[PlannedWrite], *, revision: int, files: FileBatch
    ) -> None:
        """A plan within a dry run: its files are not published either."""
        self.writes += writes


class _DraftAggregate:
    def __init__(
        self, name: str, aggregate: object, writes: list[PlannedWrite], numbers: Iterator[int]
    ) -> None:
        self._name, self._aggregate, self._writes = name, aggregate, writes
        self._numbers = numbers

    def __getattr__(self, method: str) -> Any:
        if f"{self._name}.{method}" in WRITES:
            return self._noted(method)
        return getattr(self._aggregate, method)

    def _noted(self, method: str) -> Callable[..., Awaitable[Any]]:
        async def note(*given: Any, **named: Any) -> Any:
            self._writes.append(
                PlannedWrite(aggregate=self._name, method=method, given=given, named=named)
            )
            match f"{self._name}.{method}":
                case "readings.keep":
                    reading: Reading = given[0]
                    return replace(reading, id=next(self._numbers))
                case "notices.issue":
                    notice: Notice = given[0]
                    return notice
                case "notices.add_draft":
                    draft: NoticeDraft = given[0]
                    return draft
                case "reposts.add":
                    task: RepostTask = given[0]
                    return task
                case "readings.delete" | "personal.clear_names" | "personal.clear_givers":
                    return 0
            return None

        return note
