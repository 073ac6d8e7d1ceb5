"""Which sites may have a page open, with the gate's own waits, in virtual time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import virtual
from sweeps import NOW

from mediawatch.domain import Outcome, Pace, Sight
from mediawatch.ports import See, Visit
from mediawatch.sweep.gate.open_sites import SOON, VISITS
from mediawatch.sweep.gate.pacing import Pacing


@dataclass
class Night:
    """Visits of sites: so many of each, with the same pace."""

    sites: int
    every: float = 4.0
    order: list[str] = field(default_factory=list)
    """The site of each visit, as they were made."""
    ends: dict[str, float] = field(default_factory=dict)
    """By site, the loop's second at which its last visit began."""

    def run(self, visits: Mapping[str, int], paces: Mapping[str, float] | None = None) -> Night:
        async def all_visits() -> None:
            pacing = Pacing(scale=1, sites=self.sites)
            await asyncio.gather(
                *(
                    pacing.visit(self._visit(site, (paces or {}).get(site, self.every)), see)
                    for site, count in visits.items()
                    for see in count * [self._see(site)]
                )
            )

        virtual.run(all_visits)
        return self

    def _visit(self, site: str, every: float) -> Visit:
        return Visit(surface=site, pace=Pace(every), site=site if site.islower() else "")

    def _see(self, site: str) -> See:
        async def see() -> Sight:
            self.order.append(site)
            self.ends[site] = asyncio.get_running_loop().time()
            return Sight(surface=site, read_at=NOW, outcome=Outcome.OK)

        return see

    def runs_of(self, site: str) -> int:
        """How often the site came anew, where only one may have a page open."""
        pairs = zip(["", *self.order], self.order, strict=False)
        return sum(before != each == site for before, each in pairs)


def test_all_visits_are_made_and_each_site_keeps_its_page_for_a_while() -> None:
    night = Night(sites=1).run({"a": 130, "b": 130})
    assert (night.order.count("a"), night.order.count("b")) == (130, 130)
    assert night.order[:VISITS] == ["a"] * VISITS
    assert night.runs_of("a") + night.runs_of("b") <= 2 + 260 // VISITS


def test_the_site_with_the_most_visits_loses_no_time() -> None:
    alone = Night(sites=2).run({"a": 1000})
    beside = Night(sites=2).run({"a": 1000, "b": 200, "c": 150, "d": 100, "e": 50})
    assert beside.ends["a"] == alone.ends["a"]
    assert max(beside.ends.values()) == beside.ends["a"]


def test_without_a_site_nobody_waits_for_a_place() -> None:
    night = Night(sites=1).run({"a": 70, "B": 70})
    assert night.ends["a"] == night.ends["B"] == 69 * 4.0


def test_a_site_whose_turn_is_far_off_leaves_its_place() -> None:
    night = Night(sites=1).run({"a": 3, "b": 3}, {"a": 10 * SOON, "b": 1.0})
    assert night.ends["a"] == 2 * 10 * SOON
    assert night.ends["b"] < 10 * SOON


def test_no_site_is_visited_faster_than_its_pace() -> None:
    began: dict[str, list[float]] = {"a": [], "b": [], "c": []}

    async def all_visits() -> None:
        pacing = Pacing(scale=1, sites=1)

        async def one(site: str) -> None:
            async def see() -> Sight:
                began[site].append(asyncio.get_running_loop().time())
                await asyncio.sleep(1.5)
                return Sight(surface=site, read_at=NOW, outcome=Outcome.OK)

            await pacing.visit(Visit(surface=site, pace=Pace(2.0), site=site), see)

        await asyncio.gather(*(one(site) for site in began for _ in range(100)))

    virtual.run(all_visits)
    for moments in began.values():
        assert len(moments) == 100
        assert min(_distances(moments)) >= 2.0


def test_who_is_stopped_while_it_waits_leaves_the_place_to_others() -> None:
    async def night() -> list[str]:
        pacing, seen = Pacing(scale=1, sites=1), list[str]()
        going = asyncio.Event()

        async def see(site: str, *, long: bool = False) -> Sight:
            seen.append(site)
            if long:
                await going.wait()
            return Sight(surface=site, read_at=NOW, outcome=Outcome.OK)

        def visit(site: str, *, long: bool = False) -> asyncio.Task[Sight | None]:
            return asyncio.create_task(
                pacing.visit(
                    Visit(surface=site, pace=Pace(1.0), site=site), lambda: see(site, long=long)
                )
            )

        first = visit("a", long=True)
        await asyncio.sleep(0.1)
        stopped, last = visit("b"), visit("c")
        await asyncio.sleep(0.1)
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)
        assert seen == ["a"]
        going.set()
        await asyncio.gather(first, last)
        return seen

    assert virtual.run(night) == ["a", "c"]


def _distances(moments: Sequence[float]) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(moments)]
