"""Asks the platforms' own searches for units, and keeps the leads that they show.

Each search is kept at once, so that an interrupted run is simply run again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest

from mediawatch.domain import LeadKind, LeadSight, Outcome, SearchHit, UnitSearch
from mediawatch.log import get_logger
from mediawatch.names import fold
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ports import Gate, LeadStore, UnitSearcher
from mediawatch.registry.lead_standing import without_settled
from mediawatch.registry.leads import FiledAccounts, leads_among
from mediawatch.registry.units import FiledUnit, UnitIndex

log = get_logger(__name__)

Progress = Callable[[int, int], None]
"""Called after each search: searches made, searches planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformQueries:
    """What a platform is still asked, and how many of the questions it has answered already."""

    platform: str
    due: tuple[str, ...]
    answered: int = 0


def plan_queries(
    units: Iterable[FiledUnit],
    platforms: Sequence[str],
    made: Iterable[UnitSearch],
    since: datetime,
    limit: int | None = None,
) -> list[PlatformQueries]:
    """The questions by platform: all units' own names first, then the names of their accounts.

    A question that was answered `since` then is not asked again. `limit`: searches in all.
    """
    known = {
        (search.platform, fold(search.query))
        for search in made
        if search.outcome is Outcome.OK and search.at >= since
    }
    wanted: dict[str, str] = {}
    for rank in zip_longest(*(unit.queries for unit in units)):
        for query in filter(None, rank):
            wanted.setdefault(fold(query), query)
    plans, left = [], limit
    for place, platform in enumerate(platforms):
        due = [query for key, query in wanted.items() if (platform, key) not in known]
        # What one platform does not need of its share is left to those after it.
        share = None if left is None else -(-left // (len(platforms) - place))
        chosen = due[:share]
        left = None if left is None else left - len(chosen)
        plans.append(
            PlatformQueries(platform=platform, due=tuple(chosen), answered=len(wanted) - len(due))
        )
    return plans


@dataclass(slots=True)
class PlatformResult:
    """What came of a platform's searches in one run."""

    asked: int = 0
    failures: Counter[Outcome] = field(default_factory=Counter)
    leads: dict[str, LeadKind] = field(default_factory=dict)
    """By id, what was seen as a lead, also where it was one before."""
    unasked: int = 0
    """Planned and not asked: the gate or the lack of a login ended the run there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTools:
    """What searches work with. `settled`: what never comes again."""

    store: LeadStore
    searcher: UnitSearcher
    gate: Gate
    evidence: EvidenceFolder
    index: UnitIndex
    filed: FiledAccounts
    settled: Collection[tuple[str, str]] = frozenset()
    wait_for_rest: Callable[[str], Awaitable[bool]]
    """Waits until a platform's search that rests may be asked again; no where it does not rest."""

    def leads(self, platform: str, hits: Sequence[SearchHit]) -> list[LeadSight]:
        found = leads_among(platform, hits, self.index, self.filed)
        return without_settled(found, self.settled)


async def search_units(
    plans: Sequence[PlatformQueries],
    tools: SearchTools,
    progress: Progress = lambda done, total: None,
) -> dict[str, PlatformResult]:
    """Ask all that is planned, each platform at its own pace; the result by platform."""
    results = {plan.platform: PlatformResult() for plan in plans}
    total = sum(len(plan.due) for plan in plans)

    def note() -> None:
        progress(sum(result.asked for result in results.values()), total)

    asking = [
        asyncio.create_task(_ask(plan, tools, results[plan.platform], note)) for plan in plans
    ]
    try:
        await asyncio.gather(*asking)
    finally:
        # The first error is told as it is; what the others have kept stays.
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
    return results


async def _ask(
    plan: PlatformQueries, tools: SearchTools, result: PlatformResult, note: Callable[[], None]
) -> None:
    for place, query in enumerate(plan.due):
        answer = await _answer(plan.platform, query, tools)
        while answer is None and await tools.wait_for_rest(plan.platform):
            answer = await _answer(plan.platform, query, tools)
        if answer is None:
            result.unasked = len(plan.due) - place
            return
        search, hits = answer
        found = tools.leads(plan.platform, hits)
        files = [await tools.evidence.file(capture) for capture in search.captures]
        await tools.store.add_search(replace(search, captures=(), evidence=tuple(files)), found)
        result.asked += 1
        if search.outcome is not Outcome.OK:
            result.failures[search.outcome] += 1
        result.leads |= {each.platform_id: each.kind for each in found}
        log.info(
            "search",
            platform=plan.platform,
            surface=search.surface,
            outcome=search.outcome.value,
            hits=search.hits,
            leads=len(found),
        )
        note()


async def _answer(
    platform: str, query: str, tools: SearchTools
) -> tuple[UnitSearch, tuple[SearchHit, ...]] | None:
    return await tools.searcher.search(
        platform, query, tools.gate, lambda hits: bool(tools.leads(platform, hits))
    )
