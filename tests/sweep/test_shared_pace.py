"""Surfaces that share the pace of a login: their turns, their calls of the day, and what ends it."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import virtual
from sweeps import FACTS, NOW, Scripted, by_name, request

from mediawatch.app.root import open_app
from mediawatch.domain import (
    DAY_FULL,
    Account,
    DayEnd,
    Filing,
    Need,
    NewAccount,
    NoEvidence,
    Outcome,
    Pace,
    RegistryChanges,
    Sight,
    Source,
    UserError,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.settings.home import Home
from mediawatch.ops.settings.tree import Settings
from mediawatch.ports import Gate, Rank, Store, SurfaceFacts, SurfaceVisit, Visit
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.gate.attempt import LookGate
from mediawatch.sweep.gate.pacing import Pacing

COVER, LIST, PACE = "site.cover", "site.list", "site.login"
PACED_AS = {COVER: PACE, LIST: PACE}


FOUR_A_DAY = Pace(0, per_day=4)


def visit(surface: str = COVER, *, session: str = "a", pace: Pace = FOUR_A_DAY) -> Visit:
    return Visit(surface=surface, session=session, pace=pace, paced_as=PACE)


def sight(surface: str = COVER, outcome: Outcome = Outcome.OK, ends: DayEnd | None = None) -> Sight:
    return Sight(surface=surface, read_at=NOW, outcome=outcome, ends_day=ends)


async def see() -> Sight:
    return sight()


async def made(pacing: Pacing, visits: list[Visit]) -> list[bool]:
    return [await pacing.visit(each, see) is not None for each in visits]


def test_both_surfaces_wait_for_one_turn() -> None:
    pacing, moments = Pacing(scale=1, seed=1), list[float]()

    async def note() -> Sight:
        moments.append(asyncio.get_running_loop().time())
        return sight()

    pace = Pace(0.1)

    async def all_visits() -> None:
        await asyncio.gather(
            *[pacing.visit(visit(each, pace=pace), note) for each in (COVER, LIST, COVER, LIST)],
            pacing.visit(visit(COVER, session="b", pace=pace), note),
        )

    virtual.run(all_visits)
    ordered = sorted(moments)
    assert ordered[1] - ordered[0] < 0.05, "another login has turns of its own"
    assert all(later - earlier >= 0.099 for earlier, later in itertools.pairwise(ordered[1:]))


def test_a_call_within_a_visit_takes_a_turn_that_no_other_visit_gets() -> None:
    pacing, moments = Pacing(scale=1, seed=1), list[float]()
    pace = Pace(0.1)

    async def ask_twice() -> Sight:
        moments.append(asyncio.get_running_loop().time())
        await pacing.pause(first)
        moments.append(asyncio.get_running_loop().time())
        return sight()

    async def ask() -> Sight:
        moments.append(asyncio.get_running_loop().time())
        return sight()

    first = visit(pace=pace)

    async def both() -> Sight | None:
        other = visit(LIST, pace=pace)
        return (await asyncio.gather(pacing.visit(first, ask_twice), pacing.visit(other, ask)))[0]

    asked = virtual.run(both)
    assert asked is not None
    assert asked.calls == 2
    assert all(later - earlier >= 0.099 for earlier, later in itertools.pairwise(sorted(moments)))


async def test_the_days_cap_counts_calls_of_both_surfaces() -> None:
    pacing = Pacing(scale=1)

    async def ask_on() -> Sight:
        await pacing.pause(first)
        return sight()

    first = visit()
    assert await pacing.visit(first, ask_on) is not None
    assert await made(pacing, [visit(LIST), visit(), visit(), visit(LIST)]) == [
        True,
        True,
        False,
        False,
    ]
    assert pacing.why_refused(LIST, "a") == DAY_FULL
    assert await made(pacing, [visit(session="b")]) == [True]


async def test_a_visit_makes_no_call_beyond_the_day_unless_it_is_a_check() -> None:
    pacing = Pacing(scale=1)
    assert await made(pacing, [visit()] * 4) == [True] * 4
    with pytest.raises(NoEvidence, match=DAY_FULL):
        await pacing.pause(visit())
    check = LookGate(pacing, Rank.CHECK, pacing, lambda: NOW)
    await check.pause(visit())


async def test_a_failed_try_is_a_call() -> None:
    pacing = Pacing(scale=1e-6)

    async def fail() -> Sight:
        return sight(outcome=Outcome.UNREACHABLE)

    failed = await pacing.visit(visit(pace=Pace(0)), fail)
    assert failed is not None
    assert failed.calls == 3


def earlier(
    surface: str, hours: float, *, calls: int = 1, ends: DayEnd | None = None
) -> SurfaceVisit:
    at = NOW - timedelta(hours=hours)
    return SurfaceVisit(surface=surface, session="a", at=at, calls=calls, ends_day=ends)


async def test_after_a_restart_the_calls_go_on_where_they_were() -> None:
    pacing = Pacing(scale=1)
    before = [
        earlier(COVER, 1, calls=2),
        earlier(LIST, 2),
        earlier(LIST, 24.1, calls=9),
        earlier("site.other", 1, calls=9),
    ]
    pacing.begin(before, NOW, at_once=4, paced_as=PACED_AS)
    assert await made(pacing, [visit(), visit()]) == [True, False]


async def test_readings_of_the_surface_before_count_for_its_pace() -> None:
    pacing = Pacing(scale=1)
    pacing.begin([earlier(PACE, 1, calls=3)], NOW, at_once=4, paced_as=PACED_AS)
    assert await made(pacing, [visit(), visit()]) == [True, False]


CAPTCHA = Outcome.CAPTCHA


@pytest.mark.parametrize(
    ("surface", "ends", "left"),
    [(COVER, DayEnd.LOGIN, []), (LIST, DayEnd.LOGIN, []), (LIST, DayEnd.SURFACE, [COVER])],
)
@pytest.mark.parametrize("restarted", [False, True])
async def test_whose_day_a_check_ends(
    surface: str, ends: DayEnd, left: list[str], restarted: bool
) -> None:
    pacing = Pacing(scale=0)

    async def refuse() -> Sight:
        return sight(surface, CAPTCHA, ends)

    if restarted:
        pacing.begin([earlier(surface, 23.9, ends=ends)], NOW, at_once=4, paced_as=PACED_AS)
        assert pacing.exit_bits == 0, "the run before has said it"
    else:
        await pacing.visit(visit(surface), refuse)
        assert pacing.exit_bits == 16
    open_now = [each for each in (COVER, LIST) if await made(pacing, [visit(each)]) == [True]]
    assert open_now == left
    assert pacing.open_breakers()[surface, "a"] is CAPTCHA
    assert all(
        pacing.why_refused(each, "a") is CAPTCHA for each in (COVER, LIST) if each not in left
    )
    assert await made(pacing, [visit(session="b")]) == [True], "another login goes on"
    assert not await pacing.wait_for_rest(surface, "a"), "no run waits for a day"


async def test_a_day_that_was_ended_is_over_after_24_hours() -> None:
    pacing = Pacing(scale=1)
    before = [earlier(COVER, 24.1, ends=DayEnd.LOGIN), earlier(LIST, 24.1, ends=DayEnd.SURFACE)]
    pacing.begin(before, NOW, at_once=4, paced_as=PACED_AS)
    assert await made(pacing, [visit(), visit(LIST)]) == [True, True]


async def test_an_ended_day_begins_again_within_a_long_run() -> None:
    pacing = Pacing(scale=1)
    almost = 24 - 0.2 / 3600
    pacing.begin([earlier(COVER, almost, ends=DayEnd.LOGIN)], NOW, at_once=4, paced_as=PACED_AS)
    assert await made(pacing, [visit(), visit(LIST)]) == [False, False]
    await asyncio.sleep(0.3)
    assert await made(pacing, [visit(LIST)]) == [True]


class OneLogin(Scripted):
    """Two surfaces of one login in turn; every visit asks once more within."""

    def __init__(self, ends: DayEnd | None = None) -> None:
        super().__init__(by_name)
        self.ends = ends
        self.visits: list[str] = []

    def surfaces(self, platform: str) -> tuple[SurfaceFacts, ...]:
        return tuple(replace(FACTS, name=name, paced_as=PACE) for name in (COVER, LIST))

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        sights = []
        for surface in (COVER, LIST):
            each = visit(surface, pace=Pace(0, per_day=8))

            async def ask(each: Visit = each) -> Sight:
                self.visits.append(each.surface)
                await gate.pause(each)
                outcome = Outcome.CAPTCHA if self.ends else Outcome.OK
                return replace(sight(each.surface, outcome, self.ends), session="a")

            if seen := await gate.visit(each, ask):
                sights.append(seen)
        return tuple(sights)


async def swept(folder: Path, looker: OneLogin, store: Store, *, later: timedelta) -> list[str]:
    """One run of a sweep over three accounts, by a program that was started anew."""
    clock = lambda: NOW + later  # noqa: E731
    engine = Engine(store, looker, EvidenceFolder(folder), clock, Pacing(scale=1, clock=clock))
    await engine.run(request(again=True))
    return looker.visits


@pytest.mark.parametrize(("ends", "visits"), [(None, [4, 0, 4]), (DayEnd.LOGIN, [1, 0, 1])])
async def test_a_program_that_is_started_anew_goes_on_where_it_was(
    store: Store, tmp_path: Path, ends: DayEnd | None, visits: list[int]
) -> None:
    """Four visits of two calls fill the day; a picture check ends it at once."""
    new = tuple(NewAccount(filed=Filing(name=f"鲜{day}", platform="toutiao")) for day in (1, 2, 3))
    await store.accounts.apply(
        RegistryChanges(source=Source(file="x.xlsx", sha256="0" * 64, at=NOW), new=new)
    )
    found = [
        len(await swept(tmp_path, OneLogin(ends), store, later=timedelta(hours=hours)))
        for hours in (0, 1, 25)
    ]
    assert found == visits


async def test_settings_name_the_shared_pace(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    declared = Pace(every=10.0, per_day=40)
    fewer = {"per_day": 20}
    shared = Settings.model_validate({"pace": {"wechat.reader": fewer}})
    async with open_app(home, settings=shared) as app:
        assert app.pace_of()("wechat.reader", declared).per_day == 20
    single = Settings.model_validate({"pace": {"wechat.reader_list": fewer}})
    async with open_app(home, settings=single) as app:
        with pytest.raises(UserError, match=r'set \[pace\."wechat\.reader"\] instead'):
            app.pace_of()
