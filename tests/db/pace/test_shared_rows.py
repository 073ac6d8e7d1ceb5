"""Several processes of one PostgreSQL database: one pace, one breaker, one check of a canary."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pace_books import START, PaceDatabase, Workers, exceeded, moment, run_on_rows
from postgres import Cluster
from warm import Program

from db import open_pace
from db.pace import SqlPaceBook
from mediawatch.domain import DayEnd, Outcome, Pace, Sight
from mediawatch.ports import PacedSource, TurnRequest, Visit
from mediawatch.sweep.gate.breakers import DECISIONS, Breaker
from mediawatch.sweep.gate.pacing import Pacing

SUPPORT = Path(__file__).parents[2] / "support"
OK = Outcome.OK


@pytest.fixture(scope="module")
def database(postgres: Cluster) -> Iterator[PaceDatabase]:
    made = PaceDatabase(postgres)
    yield made
    postgres.drop(made.url)


def source(surface: str = "s", session: str = "office") -> PacedSource:
    return PacedSource(surface=surface, session=session, pace_name=surface)


def ask(of: PacedSource = source(), pace: Pace = Pace(2.0)) -> TurnRequest:  # noqa: B008
    return TurnRequest(source=of, pace=pace, spacing=pace.every)


async def note(book: SqlPaceBook, *outcomes: Outcome, of: PacedSource = source()) -> list[bool]:  # noqa: B008
    return [await book.note(of, each, closes=DECISIONS[each].closes) for each in outcomes]


async def refusals(*books: SqlPaceBook, of: PacedSource = source()) -> list[Outcome | str]:  # noqa: B008
    return [(await book.take(ask(of, Pace(0)))).refusal for book in books]


# the pace


async def visits(workers: Workers, pace: Pace, takers: int, looks: int, further: int = 0) -> int:
    """So many looks by so many processes at the same time; how many were made."""

    async def look(gate: Pacing, number: int) -> bool:
        visit = Visit(surface="s", session="office", pace=pace)

        async def see() -> Sight:
            for _ in range(further if number % 4 == 0 else 0):
                await gate.pause(visit)
            return Sight(surface="s", read_at=START, outcome=OK)

        return await gate.visit(visit, see) is not None

    gates = [Pacing(book=workers.book(), seed=seed) for seed in range(takers)]
    made = await asyncio.gather(*(look(gates[each % takers], each) for each in range(looks)))
    return sum(made)


def hold_together(database: PaceDatabase, pace: Pace, takers: int, looks: int) -> None:
    made = run_on_rows(database, lambda workers: visits(workers, pace, takers, looks, further=2))
    calls = database.calls()
    assert not exceeded(calls, pace)
    assert made == looks
    assert len(calls) == looks + 2 * -(-looks // 4)


def test_three_takers_hold_one_pace_together(database: PaceDatabase) -> None:
    hold_together(database, Pace(2.0, jitter=1.0, per_hour=200), takers=3, looks=300)


@pytest.mark.soak
@pytest.mark.parametrize("takers", [2, 5])
def test_ten_thousand_looks_hold_one_pace(database: PaceDatabase, takers: int) -> None:
    """As calls older than a day are deleted, the last day is what is left of them."""
    pace = Pace(10.0, jitter=4.0, per_hour=250)
    made = run_on_rows(database, lambda workers: visits(workers, pace, takers, 10_000, further=2))
    assert made == 10_000
    assert not exceeded(database.calls(), pace)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    every=st.sampled_from([0.0, 2.0, 50.0]),
    per_hour=st.sampled_from([None, 2, 5]),
    per_day=st.sampled_from([None, 3, 9]),
    pauses=st.lists(st.sampled_from([0.0, 0.5, 31.0, 1800.0]), min_size=3, max_size=16),
)
def test_no_interleaving_exceeds_a_window(
    database: PaceDatabase,
    every: float,
    per_hour: int | None,
    per_day: int | None,
    pauses: list[float],
) -> None:
    """Takers begin whenever they like, and make as many calls as they get."""
    pace = Pace(every, per_hour=per_hour, per_day=per_day)

    async def work(workers: Workers) -> None:
        async def taker(pause: float, number: int) -> None:
            book = workers.book()
            await asyncio.sleep(pause)
            await book.take(replace(ask(pace=pace), further=number % 2 == 1))

        await asyncio.gather(*(taker(pause, number) for number, pause in enumerate(pauses)))

    run_on_rows(database, work)
    assert not exceeded(database.calls(), pace)


def test_two_processes_take_a_day_together(database: PaceDatabase) -> None:
    database.clear()
    running = [
        Program(
            [sys.executable, str(SUPPORT / "take_turns.py"), database.url, "0.005", "40"],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    taken = [int(process.communicate()[0]) for process in running]
    assert sum(taken) == 40
    assert not exceeded(database.calls(), Pace(0.005, per_day=40))


def test_a_visitors_pace_is_that_of_its_address(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[bool]:
        here, there, also_here = workers.book("a"), workers.book("b"), workers.book("a")
        visitor, login = source(session=""), source()
        books = [here, there, also_here]
        return [not (await book.take(ask(of))).wait for of in (visitor, login) for book in books]

    assert run_on_rows(database, work) == [True, True, False, True, False, False]


def test_who_dies_after_a_turn_costs_one_turn(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[float]:
        await workers.book().take(ask())
        left = workers.book()
        waited = [(await left.take(ask())).wait]
        await asyncio.sleep(waited[0])
        return [*waited, (await left.take(ask())).wait]

    assert run_on_rows(database, work) == [pytest.approx(2.0, abs=0.01), 0.0]


def test_a_machines_own_clock_changes_nothing(database: PaceDatabase) -> None:
    """Neither whether the run is over, nor the quiet hours."""

    async def work(workers: Workers) -> list[bool]:
        made = []
        for off in (timedelta(minutes=-30), timedelta(minutes=30)):
            gate = Pacing(book=workers.book(), clock=lambda off=off: moment() + off)
            gate.begin([], START + off, at_once=1, until=moment() + timedelta(minutes=10))

            async def see() -> Sight:
                return Sight(surface="s", read_at=START, outcome=OK)

            made.append(await gate.visit(Visit(surface="s", pace=Pace(0)), see) is not None)
            await asyncio.sleep(600)
            made.append(await gate.visit(Visit(surface="s", pace=Pace(0)), see) is not None)
        return made

    assert run_on_rows(database, work) == [True, False, True, False]


async def test_a_cut_connection_is_made_anew(database: PaceDatabase) -> None:
    database.clear()
    rows = open_pace(database.url)
    assert rows is not None
    book = SqlPaceBook(rows, "", Breaker)
    for _ in range(3):
        assert (await book.take(ask(pace=Pace(0)))).refusal == ""
        assert await note(book, OK, Outcome.UNREACHABLE) == [False, False]
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await rows.close()


async def test_a_restarted_server_is_waited_for(database: PaceDatabase, postgres: Cluster) -> None:
    database.clear()
    rows = open_pace(database.url)
    assert rows is not None
    book, done = SqlPaceBook(rows, "", Breaker), asyncio.Event()

    async def look() -> int:
        visits = 0
        while not done.is_set():
            assert (await book.take(ask(pace=Pace(0)))).refusal == ""
            assert await note(book, OK, Outcome.UNREACHABLE) == [False, False]
            visits += 1
        return visits

    looking = asyncio.create_task(look())
    await asyncio.to_thread(postgres.restart)
    done.set()
    visits = await looking
    await rows.close()
    # A turn that was taken although its answer got lost is taken twice.
    assert visits <= len(database.calls()) <= visits + 1


# breakers


def test_a_breaker_that_one_opens_stops_the_others(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[object]:
        first, second = workers.book(began=moment()), workers.book(began=moment())
        told = await note(first, Outcome.UNREACHABLE, Outcome.UNREACHABLE)
        told += await note(second, Outcome.UNREACHABLE, Outcome.UNREACHABLE, Outcome.UNREACHABLE)
        of_others = [source("t"), source(session="b")]
        return [
            told,
            await refusals(first, second),
            [*await refusals(first, of=of_others[0]), *await refusals(first, of=of_others[1])],
        ]

    told, refused, others = run_on_rows(database, work)
    assert told == [False] * 4 + [True]
    assert refused == [Outcome.UNREACHABLE] * 2
    assert others == ["", ""]


@pytest.mark.parametrize("outcome", [Outcome.CHANGED, Outcome.CAPTCHA])
def test_a_new_run_tries_again_what_an_earlier_one_shut(
    database: PaceDatabase, outcome: Outcome
) -> None:
    async def work(workers: Workers) -> list[object]:
        before, opens_at = workers.book(), DECISIONS[outcome].opens_at
        await refusals(before)
        await note(before, *[outcome] * opens_at)
        await asyncio.sleep(60)
        later = workers.book()
        said: list[object] = [await refusals(later, before)]
        # Less than it takes to open one: the earlier run's stays as it is, and the later one's.
        await note(later, *[outcome] * (opens_at - 1))
        said.append(await refusals(later, before))
        await note(later, outcome)
        said.append(await refusals(later, before))
        await note(later, OK)
        return [*said, await refusals(later, before)]

    assert run_on_rows(database, work) == [
        ["", outcome],
        ["", outcome],
        [outcome, outcome],
        ["", ""],
    ]


def test_outcomes_of_an_earlier_run_open_nothing(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[bool]:
        before = workers.book()
        await refusals(before)
        await note(before, *[Outcome.CHANGED, OK] * 12, Outcome.CHANGED)
        await asyncio.sleep(60)
        later = workers.book()
        await refusals(later)
        return await note(later, *[Outcome.CHANGED] * 4, OK, Outcome.CHANGED)

    assert not any(run_on_rows(database, work))


def test_a_rest_is_everybodys_and_a_later_runs_first_one(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[object]:
        before = workers.book()
        await note(before, *[Outcome.RATE_LIMITED] * 2)
        for rest in (600, 1200, 2400):
            await asyncio.sleep(rest)
            await note(before, Outcome.RATE_LIMITED)
        await asyncio.sleep(100)
        later = workers.book()
        said: list[object] = [*await refusals(later)]
        rests = [await book.rest_of("s", "office") for book in (before, later)]
        said += [(round(rest.left), rest.rests) for rest in rests if rest]
        await asyncio.sleep(4801)
        return said + await refusals(before, later)

    limited = Outcome.RATE_LIMITED
    assert run_on_rows(database, work) == [limited, (4700, 4), (4700, 1), "", ""]


def test_a_day_that_one_ended_is_ended_for_later_runs(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[Outcome | str]:
        captcha = Outcome.CAPTCHA
        before = workers.book()
        await before.note(source(), captcha, closes=False, ends_day=DayEnd.LOGIN)
        await asyncio.sleep(3600)
        ended = await refusals(workers.book())
        await asyncio.sleep(23 * 3600)
        return ended + await refusals(workers.book())

    assert run_on_rows(database, work) == [Outcome.CAPTCHA, ""]


def test_who_visits_nothing_learns_what_the_others_met(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[object]:
        earlier = workers.book()
        await note(earlier, Outcome.CAPTCHA, of=source("earlier"))
        await asyncio.sleep(60)
        watching = Pacing(book=workers.book(began=moment()))
        worker = workers.book(began=moment())
        await note(worker, Outcome.CAPTCHA)
        await note(worker, *[Outcome.CHANGED] * 5, OK, of=source("t"))
        await worker.note(source("u"), Outcome.CAPTCHA, closes=False, declared_closed=True)
        await watching.refresh()
        return [watching.exit_bits, watching.open_breakers()]

    assert run_on_rows(database, work) == [
        16 | 64,
        {("s", "office"): Outcome.CAPTCHA, ("u", "office"): Outcome.CAPTCHA},
    ]
