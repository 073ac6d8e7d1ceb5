"""The gate: the decision table of failures, spacing, retries."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import pytest
import virtual
from sweeps import NOW

from mediawatch.domain import DAY_FULL, NoEvidence, Outcome, Pace, Sight
from mediawatch.ports import Rank, SurfaceVisit, Visit
from mediawatch.sweep.gate.breakers import EXIT_BITS, Breaker
from mediawatch.sweep.gate.pacing import OVER, Pacing
from mediawatch.sweep.gate.turns import Queue, quiet_left

ABOUT_THEM = [outcome for outcome in Outcome if not outcome.about_us]


@dataclass(frozen=True)
class Row:
    """One row of the decision table (docs/pace.md), written down a second time.

    `opens_after`: visits in a row; 0: never.
    """

    tries: int = 1
    opens_after: int = 0
    opens_after_as_visitor: int | None = None
    """Where a visitor's differs."""
    exit_bit: int = 0
    closes: bool = False
    comes_back: bool = False
    """Whether an open breaker lets a later visit through within the run."""


TABLE = {
    **{outcome: Row(closes=True) for outcome in ABOUT_THEM},
    Outcome.NO_EVIDENCE: Row(),
    Outcome.UNREACHABLE: Row(tries=3, opens_after=5, exit_bit=8),
    Outcome.RATE_LIMITED: Row(opens_after=2, exit_bit=16, comes_back=True),
    Outcome.CAPTCHA: Row(opens_after=1, exit_bit=16),
    Outcome.LOGIN_REQUIRED: Row(opens_after=1, opens_after_as_visitor=0, exit_bit=32),
    Outcome.CHANGED: Row(opens_after=5, exit_bit=64),
}


@pytest.mark.parametrize("session", ["", "office"])
@pytest.mark.parametrize("outcome", Outcome)
async def test_the_decision_table(outcome: Outcome, session: str) -> None:
    row = TABLE[outcome]
    opens_after = (
        row.opens_after_as_visitor
        if not session and row.opens_after_as_visitor is not None
        else row.opens_after
    )
    pacing, tried = Pacing(scale=0), 0

    async def see() -> Sight:
        nonlocal tried
        tried += 1
        return sight(outcome)

    seen = [
        await pacing.visit(Visit(surface="s", session=session, pace=Pace(0)), see)
        for _ in range(opens_after + 1 if opens_after else 20)
    ]
    made = [each for each in seen if each is not None]
    assert tried == row.tries * len(made)
    assert pacing.exit_bits == (row.exit_bit if opens_after else 0)
    assert pacing.open_breakers() == ({("s", session): outcome} if opens_after else {})
    assert pacing.why_refused("s", session) == (outcome if opens_after else "")
    assert len(made) == (opens_after or 20)


@pytest.mark.parametrize("outcome", Outcome)
def test_what_closes_a_breaker_and_what_a_later_visit_may_try(outcome: Outcome) -> None:
    row = TABLE[outcome]
    breaker = Breaker()
    for _ in range(5):
        breaker.note(outcome, "office", 0.0)
    assert breaker.admits(1e9) == (row.comes_back or not row.opens_after)
    breaker.note(Outcome.NO_EVIDENCE, "office", 0.0)
    assert (breaker.opened_by is not None) == bool(row.opens_after), (
        "what says nothing closes nothing"
    )
    breaker.note(ABOUT_THEM[0], "office", 0.0)
    assert breaker.admits(0.0), "an answer does"
    troubled = Breaker()
    troubled.note(Outcome.RATE_LIMITED, "office", 0.0)
    troubled.note(outcome, "office", 0.0)
    assert troubled.note(Outcome.RATE_LIMITED, "office", 0.0) == (
        outcome in (Outcome.RATE_LIMITED, Outcome.NO_EVIDENCE)
    )


def opened_after(outcomes: list[Outcome], session: str = "") -> int:
    """How many outcomes it took to open the breaker; 0 = it never opened."""
    breaker = Breaker()
    for number, outcome in enumerate(outcomes, 1):
        if breaker.note(outcome, session, 0.0):
            return number
    return 0


@pytest.mark.parametrize(
    ("outcomes", "after"),
    [
        ([Outcome.RATE_LIMITED, Outcome.OK, Outcome.RATE_LIMITED], 0),
        ([Outcome.UNREACHABLE] * 4 + [Outcome.OK] + [Outcome.UNREACHABLE] * 4, 0),
        ([Outcome.UNREACHABLE] * 4 + [Outcome.CHANGED] + [Outcome.UNREACHABLE] * 4, 0),
        ([Outcome.CHANGED, Outcome.OK] * 30, 25),
        ([Outcome.CHANGED] * 5, 5),
        ([Outcome.CHANGED, *[Outcome.OK] * 4] * 10, 0),
        ([Outcome.CHANGED] + [Outcome.OK] * 24, 0),
    ],
)
def test_what_is_not_in_a_row(outcomes: list[Outcome], after: int) -> None:
    """The site changed where more than 20 % of the last 25 say so."""
    assert opened_after(outcomes) == after


def test_only_a_rate_limit_is_tried_again_and_rests_longer_each_time() -> None:
    breaker = Breaker()
    assert [breaker.note(Outcome.RATE_LIMITED, "", 0.0) for _ in range(2)] == [False, True]
    assert not breaker.admits(599.0)
    assert breaker.admits(600.0)
    assert breaker.note(Outcome.RATE_LIMITED, "", 600.0)
    assert not breaker.admits(1799.0)
    assert breaker.admits(1800.0)


def sight(outcome: Outcome) -> Sight:
    return Sight(surface="s", read_at=NOW, outcome=outcome)


async def visits(
    pacing: Pacing, outcomes: list[Outcome], surface: str = "s", **more: bool
) -> list[Sight | None]:
    answers = iter(outcomes)

    async def see() -> Sight:
        return sight(next(answers))

    return [await pacing.visit(Visit(surface=surface, pace=Pace(0), **more), see) for _ in range(2)]


async def test_the_transient_is_tried_three_times() -> None:
    first, second = await visits(
        Pacing(scale=0),
        [Outcome.UNREACHABLE, Outcome.UNREACHABLE, Outcome.OK, *[Outcome.UNREACHABLE] * 3],
    )
    assert first
    assert second
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.UNREACHABLE)


async def test_a_closed_lane_closes_no_other() -> None:
    pacing = Pacing(scale=0)
    assert (await visits(pacing, [Outcome.CAPTCHA] * 2))[1] is None
    assert (await visits(pacing, [Outcome.OK] * 2, surface="other"))[1] is not None
    assert pacing.open_breakers() == {("s", ""): Outcome.CAPTCHA}
    assert pacing.exit_bits == EXIT_BITS[Outcome.CAPTCHA] == 16


async def test_a_surface_declared_closed_is_no_news() -> None:
    pacing = Pacing(scale=1)
    assert (await visits(pacing, [Outcome.RATE_LIMITED] * 2, declared_closed=True))[1] is not None
    assert pacing.open_breakers()
    assert pacing.exit_bits == 0


def test_visits_are_spaced_on_one_surface_and_session() -> None:
    pacing = Pacing(scale=1, seed=1)
    moments: list[float] = []

    async def see() -> Sight:
        moments.append(asyncio.get_running_loop().time())
        return sight(Outcome.OK)

    async def all_visits() -> None:
        await asyncio.gather(
            *[pacing.visit(Visit(surface="s", pace=Pace(0.1, 0.05)), see) for _ in range(4)]
        )

    virtual.run(all_visits)
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert min(gaps) >= 0.099


async def moments(pacing: Pacing, pace: Pace, visits: int) -> list[float]:
    """When each of so many visits was made, in seconds."""
    made: list[float] = []

    async def see() -> Sight:
        made.append(asyncio.get_running_loop().time())
        return sight(Outcome.OK)

    await asyncio.gather(*[pacing.visit(Visit(surface="s", pace=pace), see) for _ in range(visits)])
    return made


def test_an_hours_cap_makes_the_next_wait_until_one_leaves_the_hour() -> None:
    made = virtual.run(lambda: moments(Pacing(scale=1), Pace(0, per_hour=2), 5))
    assert len(made) == 5
    assert all(later - earlier >= 3600 for earlier, later in zip(made, made[2:], strict=False))


class Asked:
    """One visit that asks so often, in virtual time: when each call was made."""

    def __init__(self, times: int, outcome: Outcome = Outcome.OK) -> None:
        self.times, self.outcome = times, outcome
        self.calls: list[float] = []

    async def visit(self, pacing: Pacing, pace: Pace, rank: Rank) -> Sight | None:
        visit = Visit(surface="s", pace=pace, rank=rank)

        async def see() -> Sight:
            for number in range(self.times):
                if number:
                    try:
                        await pacing.pause(visit)
                    except NoEvidence as over:
                        return replace(sight(Outcome.NO_EVIDENCE), detail=over.detail)
                self.calls.append(asyncio.get_running_loop().time())
            return sight(self.outcome)

        return await pacing.visit(visit, see)


THREE_AN_HOUR = Pace(2.0, per_hour=3)


@pytest.mark.parametrize(
    ("asked", "calls"),
    [(Asked(8), 8), (Asked(1, Outcome.UNREACHABLE), 3)],
    ids=["questions", "tries"],
)
def test_an_hours_cap_holds_for_calls_within_a_visit(asked: Asked, calls: int) -> None:
    pacing = Pacing(scale=1, seed=1)

    async def both() -> None:
        await moments(pacing, THREE_AN_HOUR, 1)
        await asked.visit(pacing, THREE_AN_HOUR, Rank.FIRST_LOOK)

    virtual.run(both)
    made = [0.0, *asked.calls]
    assert len(made) == 1 + calls
    hours = zip(made, made[3:], strict=False)
    assert all(later - earlier >= 3600 for earlier, later in hours)


@pytest.mark.parametrize(
    ("rank", "until", "calls"),
    [(Rank.FIRST_LOOK, 1800, 3), (Rank.CHECK, 1800, 5), (Rank.FIRST_LOOK, 3, 3)],
    ids=["look", "check", "in progress"],
)
def test_an_hours_cap_holds_no_look_past_the_end(rank: Rank, until: int, calls: int) -> None:
    """The distance of two calls alone ends no look that is in progress."""
    asked = Asked(5)

    async def look() -> Sight | None:
        loop = asyncio.get_running_loop()
        pacing = Pacing(scale=1, clock=lambda: NOW + timedelta(seconds=loop.time()))
        pacing.begin([], NOW, at_once=4, until=NOW + timedelta(seconds=until))
        return await asked.visit(pacing, THREE_AN_HOUR, rank)

    found = virtual.run(look)
    assert found is not None
    assert len(asked.calls) == calls
    assert (OVER in found.detail) == (calls == 3)


async def test_a_full_day_rests_and_says_so_and_a_restart_changes_nothing() -> None:
    pacing = Pacing(scale=1, clock=lambda: NOW)
    assert len(await moments(pacing, Pace(0, per_day=3), 5)) == 3
    assert pacing.why_refused("s", "") == DAY_FULL
    assert pacing.exit_bits == 0, "our own cap is no trouble"
    again = Pacing(scale=1, clock=lambda: NOW)
    hours = [1.0, 23.9, 24.1]
    again.begin(
        [SurfaceVisit(surface="s", session="", at=NOW - timedelta(hours=ago)) for ago in hours],
        NOW,
        at_once=4,
    )
    assert len(await moments(again, Pace(0, per_day=3), 5)) == 1


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("21:59", 0.0),
        ("22:00", 8.0),
        ("23:30", 6.5),
        ("00:30", 5.5),
        ("05:59", 1 / 60),
        ("06:00", 0.0),
        ("12:00", 0.0),
    ],
)
def test_quiet_hours_may_go_past_midnight(now: str, left: float) -> None:
    at = datetime.fromisoformat(f"2026-03-05T{now}:00+08:00")
    assert quiet_left((time(22), time(6)), at) == timedelta(hours=left)
    assert (quiet_left((time(6), time(22)), at) > timedelta(0)) == (left == 0)


async def test_quiet_hours_are_waited_for_and_nothing_begins_after_the_end() -> None:
    start = datetime.fromisoformat("2026-03-05T05:00:00+08:00")
    pacing = Pacing(scale=0.2 / 3600, clock=lambda: start)
    began = asyncio.get_running_loop().time()
    assert (await moments(pacing, Pace(0, quiet=(time(22), time(6))), 1))[0] - began >= 0.199
    pacing.begin([], start, at_once=4, until=start)
    assert await moments(pacing, Pace(0), 3) == []
    assert pacing.why_refused("s", "") == OVER


async def test_no_other_try_begins_after_the_end() -> None:
    start, tries = datetime.fromisoformat("2026-03-05T05:00:00+08:00"), list[int]()

    async def see() -> Sight:
        tries.append(1)
        return Sight(surface="s", read_at=start, outcome=Outcome.UNREACHABLE)

    pacing = Pacing(clock=lambda: start)
    pacing.begin([], start, at_once=4, until=start + timedelta(seconds=1))
    sight = await pacing.visit(Visit(surface="s", pace=Pace(0)), see)
    assert (sight and sight.outcome, len(tries)) == (Outcome.UNREACHABLE, 1)


async def test_waiters_are_called_by_rank_then_order() -> None:
    queue, called = Queue(), list[str]()

    async def wait(name: str, rank: Rank) -> None:
        await queue.enter(rank)
        called.append(name)
        await asyncio.sleep(0)
        queue.leave()

    ranks = {
        "a": Rank.FIRST_LOOK,
        "b": Rank.FIRST_LOOK,
        "gone": Rank.CHECK,
        "c": Rank.SECOND_LOOK,
        "d": Rank.CHECK,
    }
    tasks = {name: asyncio.create_task(wait(name, rank)) for name, rank in ranks.items()}
    await asyncio.sleep(0)
    tasks["gone"].cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert called == ["a", "d", "c", "b"]
    await wait("last", Rank.FIRST_LOOK)


async def test_so_many_visits_at_once_and_no_more() -> None:
    pacing, open_now, most = Pacing(scale=0), 0, 0
    pacing.begin([], NOW, at_once=3)

    async def see() -> Sight:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.01)
        open_now -= 1
        return sight(Outcome.OK)

    await asyncio.gather(
        *[pacing.visit(Visit(surface=f"s{number % 5}", pace=Pace(0)), see) for number in range(30)]
    )
    assert most == 3
