"""Made-up accounts of the nation's mix, and a looker whose looks only take time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

from nation_demand import MIX, VISITED
from ordered_sweeps import OneVisitLooker, host_now, yesterday
from sweeps import picture

from mediawatch.domain import (
    Account,
    Attestation,
    Filing,
    MatchedBy,
    Need,
    NewAccount,
    Outcome,
    Post,
    RegistryChanges,
    Sight,
    Source,
)
from mediawatch.domain.clock import day_start
from mediawatch.ports import Store, SurfaceFacts
from scrapers.platforms import SCRAPERS, surface_facts

CALL_SECONDS, PAGE_SECONDS = 0.4, 1.4
"""Of a first and of a second look: docs/benchmarks.md, `far`.

One login's 152 looks a minute by call; 172 a minute by page, four at once.
"""
PICTURE = 250_000
"""Bytes."""
POSTS = 8
SILENT = 33
"""One account of so many is silent and is looked at twice."""
PORTION = 5_000
"""Accounts that are filed together."""


@cache
def surfaces_of(platform: str) -> tuple[SurfaceFacts, ...]:
    """The visited surface at its own pace. Here it asks for no login, and its list is complete."""
    return tuple(
        replace(facts, login="", needs_login=False, shows_all=True, shows_all_logged_in=True)
        for facts in surface_facts(SCRAPERS[platform].surfaces)
        if facts.name == VISITED[platform]
    )


class SleepingLooker(OneVisitLooker):
    """Its looks take the measured time and nothing else."""

    def __init__(self, factor: float) -> None:
        self._factor = factor

    def supports(self, platform: str) -> bool:
        return platform in VISITED

    def surfaces(self, platform: str) -> tuple[SurfaceFacts, ...]:
        return surfaces_of(platform)

    async def see(self, account: Account, need: Need) -> Sight:
        await asyncio.sleep(self._factor * (PAGE_SECONDS if need.second else CALL_SECONDS))
        return seen(account, second=need.second)


def is_silent(name: str) -> bool:
    return int("".join(filter(str.isdigit, name))) % SILENT == 0


def seen(account: Account, *, second: bool) -> Sight:
    """A complete list with a post each day."""
    name = account.filed.name
    newest = yesterday() - timedelta(days=40 if is_silent(name) else 1)
    days = [newest - timedelta(days=ago) for ago in range(POSTS)]
    now = host_now()
    return Sight(
        surface=VISITED[account.platform],
        read_at=now,
        attested=Attestation.RECORDED,
        outcome=Outcome.OK,
        name=name,
        matched_by=MatchedBy.ID,
        posts=tuple(Post(on=day, at=day_start(day), id=f"{day:%Y%m%d}") for day in days),
        complete_since=day_start(days[-1]),
        captures=(replace(picture(), body=name.encode().ljust(PICTURE, b"."), taken_at=now),)
        if second
        else (),
    )


def ways(account: Account, words: Collection[str]) -> Sequence[SurfaceFacts]:
    return surfaces_of(account.platform)


def platform_of(number: int) -> str:
    """Spread as in the registry, in any portion."""
    place, total = (number * 0.6180339887) % 1.0, 0.0
    whole = sum(MIX.values())
    for platform, share in MIX.items():
        total += share / whole
        if place < total:
            return platform
    return platform


async def file_all(store: Store, count: int) -> None:
    for start in range(0, count, PORTION):
        await store.accounts.apply(
            RegistryChanges(
                source=Source(file=f"{start}.xlsx", sha256=f"{start:064d}", at=host_now()),
                new=tuple(
                    NewAccount(
                        filed=Filing(
                            name=f"示例{number}",
                            platform=platform_of(number),
                            type="示例",
                            platform_id=f"p{number}",
                        )
                    )
                    for number in range(start + 1, min(count, start + PORTION) + 1)
                ),
            )
        )
