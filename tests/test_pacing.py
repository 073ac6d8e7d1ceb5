"""The gate: the decision table of failures, spacing, retries."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from test_sweep import NOW

from mediawatch.domain import Outcome, Pace, Sight
from mediawatch.pacing import EXIT_BITS, Breaker, Pacing

ABOUT_THEM = [outcome for outcome in Outcome if not outcome.about_us]


def opened_after(outcomes: list[Outcome], session: str = "") -> int:
    """How many outcomes it took to open the breaker; 0 = it never opened."""
    breaker = Breaker()
    for number, outcome in enumerate(outcomes, 1):
        if breaker.note(outcome, session, 0.0):
            return number
    return 0


@pytest.mark.parametrize(
    ("outcomes", "session", "after"),
    [
        ([Outcome.CAPTCHA], "", 1),
        ([Outcome.LOGIN_REQUIRED] * 9, "", 0),
        ([Outcome.LOGIN_REQUIRED], "office", 1),
        ([Outcome.RATE_LIMITED] * 2, "", 2),
        ([Outcome.RATE_LIMITED, Outcome.OK, Outcome.RATE_LIMITED], "", 0),
        ([Outcome.UNREACHABLE] * 5, "", 5),
        ([Outcome.UNREACHABLE] * 4 + [Outcome.OK] + [Outcome.UNREACHABLE] * 4, "", 0),
        ([Outcome.CHANGED] * 5, "", 5),
        ([Outcome.CHANGED, Outcome.OK] * 30, "", 25),
        ([Outcome.CHANGED] + [Outcome.OK] * 24, "", 0),
        ([Outcome.NO_EVIDENCE] * 50, "", 0),
        *[([outcome] * 50, "office", 0) for outcome in ABOUT_THEM],
    ],
)
def test_when_a_breaker_opens(outcomes: list[Outcome], session: str, after: int) -> None:
    assert opened_after(outcomes, session) == after


def test_only_a_rate_limit_is_tried_again_and_rests_longer_each_time() -> None:
    breaker = Breaker()
    assert [breaker.note(Outcome.RATE_LIMITED, "", 0.0) for _ in range(2)] == [False, True]
    assert not breaker.admits(599.0)
    assert breaker.admits(600.0)
    assert breaker.note(Outcome.RATE_LIMITED, "", 600.0)
    assert not breaker.admits(1799.0)
    assert breaker.admits(1800.0)
    captcha = Breaker()
    captcha.note(Outcome.CAPTCHA, "", 0.0)
    assert not captcha.admits(1e9)


def sight(outcome: Outcome) -> Sight:
    return Sight(surface="s", read_at=NOW, outcome=outcome)


async def visits(pacing: Pacing, outcomes: list[Outcome], surface: str = "s", **more: bool) -> list[Sight | None]:
    answers = iter(outcomes)

    async def see() -> Sight:
        return sight(next(answers))

    return [await pacing.visit(surface, "", Pace(0), see, **more) for _ in range(2)]


async def test_the_transient_is_tried_three_times() -> None:
    first, second = await visits(Pacing(scale=0), [Outcome.UNREACHABLE, Outcome.UNREACHABLE, Outcome.OK, *[Outcome.UNREACHABLE] * 3])
    assert first
    assert second
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.UNREACHABLE)


@pytest.mark.parametrize("outcome", [Outcome.CAPTCHA, Outcome.CHANGED, Outcome.LOGIN_REQUIRED, Outcome.NO_EVIDENCE])
async def test_nothing_else_is_tried_again(outcome: Outcome) -> None:
    first = (await visits(Pacing(scale=0), [outcome, Outcome.OK]))[0]
    assert first
    assert first.outcome is outcome


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


async def test_visits_are_spaced_on_one_surface_and_session() -> None:
    pacing = Pacing(scale=1, seed=1)
    moments: list[float] = []

    async def see() -> Sight:
        moments.append(asyncio.get_running_loop().time())
        return sight(Outcome.OK)

    await asyncio.gather(*[pacing.visit("s", "", Pace(0.1, 0.05), see) for _ in range(4)])
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert min(gaps) >= 0.099
