"""The book of one process and the rows of many say the same, and keep the same pace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pace_books import START, PaceDatabase, exceeded, moment, run_on_memory, run_on_rows
from postgres import Cluster

from mediawatch.domain import DAY_FULL, DayEnd, NoEvidence, Outcome, Pace, Sight
from mediawatch.ports import (
    OVER,
    EarlierCalls,
    PacedSource,
    Rank,
    SurfaceVisit,
    TurnBook,
    TurnRequest,
    Visit,
)
from mediawatch.sweep.gate.breakers import DECISIONS
from mediawatch.sweep.gate.pacing import Pacing

Work = Callable[[TurnBook], Coroutine[Any, Any, Any]]
Run = Callable[[Work], Any]
"""Runs what works with a book, in virtual time."""


@pytest.fixture(scope="module")
def database(postgres: Cluster) -> Iterator[PaceDatabase]:
    made = PaceDatabase(postgres)
    yield made
    postgres.drop(made.url)


@pytest.fixture(params=["memory", "rows"])
def run(request: pytest.FixtureRequest) -> Run:
    if request.param == "memory":
        return run_on_memory
    rows = request.getfixturevalue("database")
    return lambda work: run_on_rows(rows, lambda workers: work(workers.book()))


def sight(outcome: Outcome = Outcome.OK, ends: DayEnd | None = None) -> Sight:
    return Sight(surface="s", read_at=START, outcome=outcome, ends_day=ends)


class Asked:
    """Visits through a gate over a book; when each call was made."""

    def __init__(self, book: TurnBook, pace: Pace = Pace(0), **visit: Any) -> None:  # noqa: B008
        self.gate = Pacing(book=book, seed=1)
        self.pace, self.named = pace, visit
        self.calls: list[float] = []

    async def visit(
        self,
        outcome: Outcome = Outcome.OK,
        further: int = 0,
        ends: DayEnd | None = None,
        **more: Any,
    ) -> Sight | None:
        visit = Visit(**{"surface": "s", "pace": self.pace} | self.named | more)

        async def see() -> Sight:
            self.calls.append(asyncio.get_running_loop().time())
            for _ in range(further):
                try:
                    await self.gate.pause(visit)
                except NoEvidence as over:
                    return replace(sight(Outcome.NO_EVIDENCE), detail=over.detail)
                self.calls.append(asyncio.get_running_loop().time())
            return sight(outcome, ends)

        return await self.gate.visit(visit, see)

    async def made(self, *outcomes: Outcome, **more: Any) -> list[bool]:
        return [await self.visit(outcome, **more) is not None for outcome in outcomes]


OK = Outcome.OK


@pytest.mark.parametrize(
    "pace",
    [
        Pace(2.0),
        Pace(3.0, jitter=2.0),
        Pace(0, per_hour=3),
        Pace(5.0, per_hour=3, per_day=9),
        Pace(1.0, per_day=4),
    ],
    ids=str,
)
def test_no_window_holds_more_than_the_pace_allows(run: Run, pace: Pace) -> None:
    async def work(book: TurnBook) -> tuple[list[float], list[bool]]:
        asked = Asked(book, pace)
        made = await asyncio.gather(*(asked.visit(further=number % 3) for number in range(8)))
        return asked.calls, [each is not None for each in made]

    calls, made = run(work)
    assert not exceeded(calls, pace)
    assert len(calls) == min(pace.per_day or 99, 15)
    assert all(made) == (pace.per_day is None)


def opened_after(outcome: Outcome, session: str) -> int:
    decision = DECISIONS[outcome]
    return 0 if decision.only_logged_in and not session else decision.opens_at


@pytest.mark.parametrize("session", ["", "office"])
def test_every_outcome_does_what_the_decision_table_says(run: Run, session: str) -> None:
    async def work(book: TurnBook) -> None:
        for outcome in Outcome:
            asked = Asked(book, session=session, surface=outcome.value)
            after = opened_after(outcome, session)
            made = await asked.made(*[outcome] * (after + 1 if after else 7))
            key = (outcome.value, session)
            assert made.count(True) == (after or 7), outcome
            assert asked.gate.why_refused(*key) == (outcome if after else "")
            assert (key in asked.gate.open_breakers()) == bool(after)
            assert asked.gate.exit_bits == (DECISIONS[outcome].exit_bit if after else 0)

    run(work)


def test_an_answer_closes_what_rests_and_begins_its_rests_anew(run: Run) -> None:
    async def work(book: TurnBook) -> list[float]:
        asked, waited = Asked(book), list[float]()

        async def rest() -> None:
            began = asyncio.get_running_loop().time()
            assert not any(await asked.made(OK))
            assert await asked.gate.wait_for_rest("s", "")
            waited.append(round(asyncio.get_running_loop().time() - began, 1))

        await asked.made(Outcome.RATE_LIMITED, Outcome.RATE_LIMITED)
        await rest()
        assert await asked.made(Outcome.RATE_LIMITED) == [True], "one try after the rest"
        await rest()
        assert await asked.made(OK, Outcome.RATE_LIMITED, Outcome.RATE_LIMITED) == [True] * 3
        await rest()
        return waited

    assert run(work) == [600, 1200, 600]


def test_many_changed_pages_among_answers_shut_a_surface(run: Run) -> None:
    async def work(book: TurnBook) -> list[bool]:
        return await Asked(book).made(*[Outcome.CHANGED, OK] * 13)

    assert run(work).count(True) == 25


@pytest.mark.parametrize(("what", "other"), [(DayEnd.LOGIN, False), (DayEnd.SURFACE, True)])
def test_an_ended_day_is_over_after_a_day(run: Run, what: DayEnd, other: bool) -> None:
    async def work(book: TurnBook) -> list[bool]:
        asked = Asked(book, session="a", paced_as="shared")
        await asked.visit(Outcome.CAPTCHA, ends=what)
        before = [await asked.made(OK), await asked.made(OK, surface="other")]
        assert await asked.made(OK, session="b") == [True]
        assert not await asked.gate.wait_for_rest("s", "a")
        await asyncio.sleep(24 * 3600)
        return [
            *before[0],
            *before[1],
            *await asked.made(OK),
            *await asked.made(OK, surface="other"),
        ]

    assert run(work) == [False, other, True, True]


def test_what_earlier_runs_called_counts(run: Run) -> None:
    async def work(book: TurnBook) -> list[bool]:
        asked = Asked(book, Pace(0, per_day=4), paced_as="shared", session="a")
        hours = (1.0, 23.9, 24.1)
        earlier = [
            SurfaceVisit(surface="s", session="a", at=START - timedelta(hours=ago)) for ago in hours
        ]
        asked.gate.begin(earlier, START, at_once=4, paced_as={"s": "shared"})
        return await asked.made(OK, OK, OK)

    assert run(work) == [True, True, False]


def test_a_day_that_an_earlier_run_ended_stays_ended(run: Run) -> None:
    async def work(book: TurnBook) -> list[bool]:
        asked = Asked(book, session="a")
        ended = SurfaceVisit(
            surface="s", session="a", at=START - timedelta(hours=23), ends_day=DayEnd.LOGIN
        )
        asked.gate.begin([ended], START, at_once=4)
        before = await asked.made(OK)
        await asyncio.sleep(3600)
        return before + await asked.made(OK)

    assert run(work) == [False, True]


@pytest.mark.parametrize("rank", [Rank.FIRST_LOOK, Rank.CHECK])
def test_only_checks_go_beyond_the_day_and_the_end(run: Run, rank: Rank) -> None:
    async def work(book: TurnBook) -> tuple[list[bool], str]:
        asked = Asked(book, Pace(2.0, per_day=2), rank=rank)
        made = await asked.made(OK, OK, OK)
        ended = Asked(book, rank=rank, surface="t")
        ended.gate.begin([], START, at_once=4, until=moment() + timedelta(seconds=1))
        made += await ended.made(OK)
        await asyncio.sleep(1)
        made += await ended.made(OK)
        return made, str(ended.gate.why_refused("t", ""))

    checks = rank is Rank.CHECK
    assert run(work) == ([True, True, checks, True, checks], "" if checks else OVER)


def test_a_long_visit_ends_with_the_days_last_call(run: Run) -> None:
    async def work(book: TurnBook) -> str:
        seen = await Asked(book, Pace(1.0, per_day=3)).visit(further=5)
        assert seen is not None
        return f"{seen.calls} {seen.detail}"

    assert run(work) == f"3 the day's calls are used up: {DAY_FULL}"


@pytest.mark.parametrize(
    ("quiet", "waits"),
    [(("11:00", "13:30"), 1.5), (("22:00", "06:00"), 0.0), (("12:00", "11:00"), 23.0)],
)
def test_quiet_hours_are_beijings(run: Run, quiet: tuple[str, str], waits: float) -> None:
    async def work(book: TurnBook) -> float:
        hours = time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])
        asked = Asked(book, Pace(0, quiet=hours))
        await asked.visit()
        return asked.calls[0] / 3600

    assert run(work) == pytest.approx(waits, abs=0.001)


def test_without_a_pace_nothing_waits(run: Run) -> None:
    async def work(book: TurnBook) -> float:
        gate = Pacing(book=book, scale=0)

        async def see() -> Sight:
            return sight()

        pace = Pace(30.0, per_hour=1, per_day=1)
        made = [await gate.visit(Visit(surface="s", pace=pace), see) for _ in range(3)]
        assert None not in made
        return asyncio.get_running_loop().time()

    assert run(work) < 0.1


# the two against each other

SOURCES = [
    PacedSource(surface=surface, session=session, pace_name=pace)
    for surface, pace in (("cover", "login"), ("list", "login"), ("page", "page"))
    for session in ("", "a")
]
PACES = st.builds(
    Pace,
    every=st.sampled_from([0.0, 2.0, 30.0]),
    jitter=st.sampled_from([0.0, 5.0]),
    per_hour=st.sampled_from([None, 1, 3]),
    per_day=st.sampled_from([None, 2, 5]),
)
STEPS = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1.0, 29.0, 601.0, 3601.0, 20_000.0])),
    st.tuples(
        st.just("take"),
        st.sampled_from(SOURCES),
        st.booleans(),
        st.booleans(),
        st.sampled_from([0.0, 2.0, 33.0]),
    ),
    st.tuples(st.just("note"), st.sampled_from(SOURCES), st.sampled_from(Outcome)),
    st.tuples(st.just("end"), st.sampled_from(SOURCES), st.sampled_from(DayEnd)),
)


async def told(book: TurnBook, pace: Pace, steps: list[tuple[Any, ...]]) -> list[Any]:
    """What the book says to each step."""
    said: list[Any] = []
    for step in steps:
        match step:
            case ("wait", seconds):
                await asyncio.sleep(seconds)
            case ("take", source, check, further, spacing):
                turn = await book.take(
                    TurnRequest(
                        source=source,
                        pace=pace,
                        spacing=spacing,
                        until=START + timedelta(hours=7),
                        check=check,
                        further=further,
                    )
                )
                said.append(turn.refusal or round(turn.wait, 1))
            case ("note", source, outcome):
                closes = DECISIONS[outcome].closes
                said.append(await book.note(source, outcome, closes=closes))
            case ("end", source, what):
                await book.note(source, Outcome.CAPTCHA, closes=False, ends_day=what)
    return said


def same(database: PaceDatabase, pace: Pace, steps: list[tuple[Any, ...]]) -> None:
    in_memory = run_on_memory(lambda book: told(book, pace, steps))
    in_rows = run_on_rows(database, lambda workers: told(workers.book(), pace, steps))
    assert in_rows == in_memory


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pace=PACES, steps=st.lists(STEPS, min_size=4, max_size=14))
def test_rows_say_what_memory_says(
    database: PaceDatabase, pace: Pace, steps: list[tuple[Any, ...]]
) -> None:
    same(database, pace, steps)


@pytest.mark.soak
@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pace=PACES, steps=st.lists(STEPS, min_size=8, max_size=60))
def test_the_same_over_longer_times(
    database: PaceDatabase, pace: Pace, steps: list[tuple[Any, ...]]
) -> None:
    same(database, pace, steps)


def test_recalled_calls_are_older_than_the_first_turn(run: Run) -> None:
    async def work(book: TurnBook) -> str:
        source = SOURCES[1]
        book.recall([EarlierCalls(source=source, ago=timedelta(minutes=59), calls=2)], 1.0)
        turn = await book.take(TurnRequest(source=source, pace=Pace(0, per_hour=2)))
        return f"{turn.wait:.0f}"

    assert run(work) == "60"
