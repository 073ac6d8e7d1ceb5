"""A source that limits us rests, and who wanted it meanwhile is looked at after its rest: in
virtual time, over a real store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import virtual
from sweeps import NOW, Scripted, request, sight

from db import open_store
from mediawatch.domain import (
    Account,
    Filing,
    LookKind,
    NameHit,
    Need,
    NewAccount,
    Outcome,
    Pace,
    RegistryChanges,
    Sight,
    Source,
    Verdict,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ports import Gate, Visit
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.gate.pacing import Pacing

MINUTE = 60.0
Limits = Callable[[str, int, float], bool]
"""Whether a surface refuses its so-manieth visit, at so many seconds from the beginning."""


class Limited(Scripted):
    """Two surfaces in turn; the first to show a post in the window is the last.

    One with a prime in its name shows old posts only.
    """

    def __init__(self, limits: Limits, surfaces: tuple[str, ...]) -> None:
        super().__init__(lambda account, need: sight(account.filed.name, 1))
        self.limits, self.route = limits, surfaces
        self.visits: list[tuple[str, float]] = []

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        sights = []
        for surface in self.route:
            if need.only not in ("", surface):
                continue

            async def see(surface: str = surface) -> Sight:
                now = asyncio.get_running_loop().time()
                number = sum(name == surface for name, _ in self.visits)
                self.visits.append((surface, now))
                if self.limits(surface, number, now):
                    return Sight(surface=surface, read_at=NOW, outcome=Outcome.RATE_LIMITED)
                gap, since = (90, None) if surface.endswith("'") else (1, 400)
                return replace(sight(account.filed.name, gap, since=since), surface=surface)

            if found := await gate.visit(Visit(surface=surface, pace=Pace(2.0)), see):
                sights.append(found)
                if found.is_dated and not surface.endswith("'"):
                    break
        return tuple(sights)


@dataclass(frozen=True)
class Swept:
    seconds: float
    visits: list[tuple[str, float]]
    verdicts: set[Verdict]
    first_looks: int
    sentences: set[str]
    notes: set[str]
    exit_code: int


async def swept(
    folder: Path,
    limits: Limits,
    *surfaces: str,
    until: float | None = None,
    scale: float = 1.0,
    accounts: int = 5,
    others: tuple[str, ...] = (),
    looker: type[Limited] = Limited,
) -> Swept:
    loop = asyncio.get_running_loop()
    store = virtual.counted(await open_store(f"sqlite:///{folder}/m.db", clock=lambda: NOW))
    names = (*(f"鲜{number}" for number in range(accounts)), *others)
    new = tuple(NewAccount(filed=Filing(name=name, platform="toutiao")) for name in names)
    await store.accounts.apply(
        RegistryChanges(source=Source(file="x.xlsx", sha256="0" * 64, at=NOW), new=new)
    )

    def clock() -> datetime:
        return NOW + timedelta(seconds=loop.time())

    script = looker(limits, surfaces or ("toutiao.profile",))
    evidence = virtual.counted(EvidenceFolder(folder / "evidence"))
    engine = Engine(store, script, evidence, clock, Pacing(scale=scale, seed=1, clock=clock))
    end = None if until is None else NOW + timedelta(seconds=until)
    summary = await engine.run(request(until=end))
    readings = [
        reading
        for held in (await store.readings.by_account()).values()
        for reading in held
        if reading.look is LookKind.FIRST
    ]
    judged = [entry.judgement for entry in summary.scope if entry.judgement]
    await store.close()
    return Swept(
        loop.time(),
        script.visits,
        {each.verdict for each in judged},
        len(readings),
        {each.sentence for each in judged},
        {note for each in judged for note in each.notes},
        summary.exit_code,
    )


class Searched(Limited):
    """The first surface finds an id for the name; the second one is led by it."""

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        if account.provisional is None:
            found = await super().look(account, replace(need, only=self.route[0]), gate)
            hit = NameHit(value=account.filed.name, name=account.filed.name)
            return tuple(
                replace(each, posts=(), complete_since=None, name_hit=hit)
                if each.outcome is Outcome.OK
                else each
                for each in found
            )
        return await super().look(account, replace(need, only=self.route[1]), gate)


class Told(Limited):
    """The second surface has nothing to go by but what the first one has shown in the same look."""

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        first, second = self.route
        told = any(each.surface == first for each in need.earlier)
        if need.only == second and not told:
            return ()
        return await super().look(account, need, gate)


def at_first(surface: str, number: int, now: float) -> bool:
    return number < 2


def only_profile(surface: str, number: int, now: float) -> bool:
    return surface == "toutiao.profile"


def always(surface: str, number: int, now: float) -> bool:
    return True


def test_who_was_turned_away_is_looked_at_after_the_rest(tmp_path: Path) -> None:
    found = virtual.run(lambda: swept(tmp_path, at_first))
    assert (found.first_looks, found.exit_code) == (5, 16)
    refused, later = found.visits[:2], found.visits[2:]
    assert len(later) == 3, "two looks came to nothing, and are kept as that; the others wait"
    assert min(at for _, at in later) >= refused[-1][1] + 10 * MINUTE
    assert found.verdicts == {Verdict.FRESH, Verdict.UNPROVEN}


@pytest.mark.parametrize("until", [9 * MINUTE, 5 * MINUTE])
def test_no_account_waits_for_a_rest_beyond_the_window(tmp_path: Path, until: float) -> None:
    found = virtual.run(lambda: swept(tmp_path, at_first, until=until))
    assert len(found.visits) == 2
    assert found.seconds < MINUTE
    assert "本次未能核查：示例：平台限制访问，未取得发布列表。" in found.sentences


def test_a_rest_within_the_window_is_waited_for(tmp_path: Path) -> None:
    found = virtual.run(lambda: swept(tmp_path, at_first, until=12 * MINUTE))
    assert found.first_looks == 5


def test_a_site_that_never_gives_way_is_left_after_three_rests(tmp_path: Path) -> None:
    found = virtual.run(lambda: swept(tmp_path, always, accounts=9))
    assert [round(at / MINUTE) for _, at in found.visits] == [0, 0, 10, 30, 70]
    assert found.seconds < 75 * MINUTE
    assert found.verdicts == {Verdict.UNPROVEN}
    assert "信息来源暂停——示例：平台限制访问，未取得发布列表。" in found.notes


@pytest.mark.parametrize(("other", "waited"), [("toutiao.other", False), ("toutiao.other'", True)])
def test_no_account_waits_where_other_sources_settle_it(
    tmp_path: Path, other: str, waited: bool
) -> None:
    """The one with a prime shows too little: the rest is waited for, and what was seen meanwhile
    stays in the same reading.
    """
    found = virtual.run(
        lambda: swept(
            tmp_path,
            lambda surface, number, now: surface == "toutiao.profile" and number < 2,
            "toutiao.profile",
            other,
        )
    )
    assert found.first_looks == 5
    assert (found.seconds > 10 * MINUTE) == waited
    assert len([name for name, _ in found.visits if name == other]) == 5, "nobody asks it twice"
    assert [name for name, _ in found.visits].count("toutiao.profile") == (5 if waited else 2)


class Apart(Limited):
    """Who is 鲜 has one surface alone, and every other account another one."""

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        self.route = (
            ("toutiao.profile",) if account.filed.name.startswith("鲜") else ("toutiao.other",)
        )
        return await super().look(account, need, gate)


def test_hundreds_at_rest_leave_other_sources_free(tmp_path: Path) -> None:
    others = ("微1", "微2", "微3")
    found = virtual.run(
        lambda: swept(tmp_path, only_profile, accounts=300, others=others, looker=Apart)
    )
    assert [at for name, at in found.visits if name == "toutiao.other"] == [0.0, 2.0, 4.0]
    assert found.first_looks == len(others) + 5, (
        "the five that asked the limited one are kept as that"
    )


def test_without_a_pace_nothing_is_waited_for(tmp_path: Path) -> None:
    found = virtual.run(lambda: swept(tmp_path, at_first, scale=0))
    assert (len(found.visits), found.seconds) == (2, 0)


def test_an_id_that_is_found_after_a_rest_leads_the_look_on(tmp_path: Path) -> None:
    found = virtual.run(
        lambda: swept(tmp_path, at_first, "toutiao.search", "toutiao.profile", looker=Searched)
    )
    asked = [surface for surface, _ in found.visits]
    # The first two met the limit; of the others each name is searched for and its page is read.
    assert (asked.count("toutiao.search"), asked.count("toutiao.profile")) == (5, 3)
    assert found.verdicts == {Verdict.FRESH, Verdict.UNPROVEN}


def test_a_look_knows_after_a_rest_what_it_saw_before(tmp_path: Path) -> None:
    first, second = "toutiao.other'", "toutiao.profile"
    found = virtual.run(
        lambda: swept(
            tmp_path,
            lambda surface, number, now: surface == second and number < 2,
            first,
            second,
            looker=Told,
        )
    )
    asked = [surface for surface, _ in found.visits]
    assert (asked.count(first), asked.count(second)) == (5, 5)
