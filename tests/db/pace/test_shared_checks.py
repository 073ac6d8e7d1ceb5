"""Canary checks and controls that the processes of one database share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count

import pytest
from pace_books import START, PaceDatabase, Workers, moment, run_on_rows
from postgres import Cluster

from db import open_pace
from db.pace import SqlPaceBook
from mediawatch.domain import (
    Account,
    Canary,
    CanaryCheck,
    Filing,
    MatchedBy,
    Need,
    Outcome,
    Pace,
    Post,
    PostKind,
    Sight,
)
from mediawatch.ports import CheckedSource, CheckIntervals, CheckStanding, Gate, Visit
from mediawatch.rules.policy import load
from mediawatch.sweep.controls import HOLDS, Controls
from mediawatch.sweep.gate.breakers import Breaker
from mediawatch.sweep.gate.canaries import Canaries
from mediawatch.sweep.gate.canary_gate import CanaryGate, CheckTools
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.gate.spoken import SpokenSource, sources_to_check

CANARY = Canary(platform="weibo", platform_id="1", name="对照", source="演示数据")
EVERY = CheckIntervals(looks=5, looks_after_bad=2, every=timedelta(minutes=30))
SOURCE = CheckedSource(surface="s", session="office", sweep_id=7)
GOOD = CheckStanding(fits=True, login="file-1", turn=1)


@pytest.fixture(scope="module")
def database(postgres: Cluster) -> Iterator[PaceDatabase]:
    made = PaceDatabase(postgres)
    yield made
    postgres.drop(made.url)


def seen(**more: object) -> Sight:
    post = Post(id="1", on=date(2026, 3, 5), at=START, kind=PostKind.MICRO)
    of = {
        "surface": "s", "session": "office", "read_at": moment(), "outcome": Outcome.OK, "name": "对照",
        "matched_by": MatchedBy.ID, "posts": (post,),
    }  # fmt: skip
    return Sight(**of | more)  # type: ignore[arg-type]


@dataclass
class Worker:
    """A process with a gate of its own, which looks when it is told to."""

    book: SqlPaceBook
    read: list[str]
    """What all processes did, in order."""
    name: str = "a"
    takes: float = 20.0
    """Seconds that it takes to read a canary."""
    login: str = "file-1"
    checks: list[CanaryCheck] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def note(check: CanaryCheck) -> None:
            self.checks.append(check)

        tools = CheckTools(
            look=self.canary,
            surfaces=lambda platform: (),
            policy=load("national"),
            clock=moment,
            note=note,
            sweep_id=7,
            book=self.book,
        )
        canaries = Canaries(listed=(CANARY,), every_looks=5)
        self.gate = CanaryGate(Pacing(book=self.book), "weibo", canaries, tools)

    async def canary(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        async def see() -> Sight:
            self.read.append(f"{self.name} canary")
            await asyncio.sleep(self.takes)
            return seen(session=need.session, login=self.login)

        found = await gate.visit(self.visit(need.session), see)
        return (found,) if found else ()

    def visit(self, session: str = "office") -> Visit:
        return Visit(surface="s", session=session, pace=Pace(0))

    async def look(self, session: str = "office") -> None:
        async def see() -> Sight:
            self.read.append(f"{self.name} look")
            return seen(session=session, login=self.login)

        assert await self.gate.visit(self.visit(session), see)


def test_one_reads_the_canary_and_the_others_wait(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[str]:
        read: list[str] = []
        both = [Worker(workers.book(), read, name) for name in "ab"]
        await asyncio.gather(*(worker.look() for worker in both))
        assert sum(len(worker.checks) for worker in both) == 1
        return read

    read = run_on_rows(database, work)
    assert [each[2:] for each in read] == ["canary", "look", "look"]


def test_the_looks_of_all_count_towards_the_next_check(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[str]:
        read: list[str] = []
        both = [Worker(workers.book(), read, name, takes=0) for name in "ab"]
        for number in range(12):
            await both[number % 2].look()
        return [each[2:] for each in read]

    five = ["canary", *["look"] * 5]
    assert run_on_rows(database, work) == [*five, *five, "canary", "look", "look"]


async def test_connections_that_look_at_once_miss_no_look(database: PaceDatabase) -> None:
    """By the server's own clock, so that they really meet in the row."""
    database.clear()
    all_rows = [open_pace(database.url) for _ in range(4)]
    books = [SqlPaceBook(rows, "", Breaker) for rows in all_rows if rows]
    rarely = replace(EVERY, looks=1000)
    turns = await asyncio.gather(*(book.begin_look(SOURCE, rarely) for book in books))
    assert [turn.check for turn in turns].count(True) == 1
    assert [turn.wait > 0 for turn in turns].count(True) == 3
    mine = next(book for book, turn in zip(books, turns, strict=True) if turn.check)
    await mine.end_check(SOURCE, GOOD, 0)
    await asyncio.gather(*(each.begin_look(SOURCE, rarely) for each in books for _ in range(25)))
    assert database.execute("SELECT looks FROM canary_turn") == [(100,)]
    for rows in all_rows:
        assert rows is not None
        await rows.close()


def test_time_counts_by_the_databases_clock(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> int:
        read: list[str] = []
        worker = Worker(workers.book(), read, takes=0)
        for _ in range(3):
            await worker.look()
            await asyncio.sleep(1801)
        return read.count("a canary")

    assert run_on_rows(database, work) == 3


def test_a_check_goes_on_as_long_as_it_takes(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[str]:
        read: list[str] = []
        slow, other = (Worker(workers.book(), read, name, takes=150) for name in "ab")
        await asyncio.gather(slow.look(), other.look())
        return [each[2:] for each in read]

    assert run_on_rows(database, work) == ["canary", "look", "look"]


def test_what_a_dead_process_was_lent_is_free_again(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> float:
        assert (await workers.book().begin_look(SOURCE, EVERY)).check
        read: list[str] = []
        await Worker(workers.book(), read, takes=0).look()
        assert read == ["a canary", "a look"]
        return asyncio.get_running_loop().time()

    assert 60 <= run_on_rows(database, work) < 65


def test_who_was_thought_dead_ends_nobody_elses_check(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[bool]:
        slow, other = workers.book(), workers.book()
        await slow.begin_check(SOURCE)
        await asyncio.sleep(61)
        said = [(await other.begin_check(SOURCE)).check]
        await slow.renew_check(SOURCE)
        await slow.end_check(SOURCE, GOOD, 0)
        said.append((await workers.book().begin_look(SOURCE, EVERY)).wait > 0)
        await other.end_check(SOURCE, replace(GOOD, fresh=False), 0)
        turn = await workers.book().begin_look(SOURCE, EVERY)
        return [*said, turn.check, turn.standing.fresh]

    assert run_on_rows(database, work) == [True, True, False, False]


def test_a_newer_login_is_checked_anew(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> int:
        read: list[str] = []
        first, second = (Worker(workers.book(), read, name, takes=0) for name in "ab")
        await first.look()
        second.login = "file-2"
        await second.look()
        first.login = "file-2"
        await first.look()
        await second.look()
        return sum(each.endswith("canary") for each in read)

    assert run_on_rows(database, work) == 2


def test_a_bad_check_is_followed_by_an_early_one(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[bool]:
        book, other = workers.book(), workers.book()
        await book.begin_check(SOURCE)
        await book.end_check(SOURCE, replace(GOOD, fresh=False), 1)
        return [(await each.begin_look(SOURCE, EVERY)).check for each in (other, book, other)]

    assert run_on_rows(database, work) == [False, True, False]


def test_sweeps_and_addresses_are_checked_apart(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> list[bool]:
        visitor = replace(SOURCE, session="")
        made = [
            (workers.book("a"), visitor),
            (workers.book("b"), visitor),
            (workers.book("a"), SOURCE),
            (workers.book("a"), replace(SOURCE, sweep_id=8)),
        ]
        return [(await book.begin_look(source, EVERY)).check for book, source in made]

    assert run_on_rows(database, work) == [True] * 4


def test_an_address_checks_at_the_end_what_it_showed(database: PaceDatabase) -> None:
    async def work(workers: Workers) -> tuple[list[SpokenSource], list[CanaryCheck]]:
        read: list[str] = []
        here, there = (Worker(workers.book(name), read, name, takes=0) for name in "ab")
        at = START - timedelta(minutes=1)
        sights = [replace(seen(session=""), address=name, read_at=at) for name in ("a", "b")] + [
            seen(read_at=at)
        ]
        await here.gate.close(sights, [])
        return sources_to_check(sights, here.checks), here.checks + there.checks

    left, checks = run_on_rows(database, work)
    assert left == [SpokenSource("s", "", "b")]
    assert sorted((each.session, each.address) for each in checks) == [("", "a"), ("office", "")]


# controls


NUMBERS = count(1)


def account(name: str) -> Account:
    return Account(id=next(NUMBERS), filed=Filing(name=name, platform="weibo"))


async def never(account: Account, sight: Sight) -> tuple[Sight, ...]:
    return ()


@pytest.mark.parametrize(
    ("asked", "vouched"),
    [
        ({}, True),
        ({"outcome": Outcome.NO_POSTS}, True),
        ({"session": "other"}, False),
        ({"surface": "t"}, False),
        ({"after": HOLDS + timedelta(seconds=1)}, False),
        ({"session": "", "answered": ""}, True),
        ({"session": "", "answered": "", "address": "b"}, False),
        ({"address": "b"}, True),
        ({"by_call": True}, False),
        ({"same": True}, False),
        ({"posts": (), "outcome": Outcome.NO_POSTS}, False),
        ({"posts": ()}, True),
    ],
    ids=str,
)
def test_a_negative_is_vouched_for_by_another_process(
    database: PaceDatabase, asked: dict[str, object], vouched: bool
) -> None:
    """By the same surface and login, and by a visitor's of the same address."""
    given = dict(asked)
    by_call, posts = bool(given.pop("by_call", False)), given.pop("posts", None)
    session, address = str(given.pop("answered", "office")), str(given.pop("address", "a"))
    after, same = given.pop("after", timedelta(0)), given.pop("same", False)
    assert isinstance(after, timedelta)

    async def work(workers: Workers) -> str:
        one, other = account("示例甲"), account("示例乙")
        answer = seen(session=session, by_call=by_call)
        if posts is not None:
            answer = replace(answer, posts=())
        theirs = Controls(never, lambda _: True, workers.book("a"))
        await theirs.note(one, [answer])
        await asyncio.sleep(after.total_seconds())
        ours = Controls(never, lambda _: True, workers.book(address))
        negative = replace(seen(**{"outcome": Outcome.NOT_FOUND, "name": ""} | given), posts=())
        return (await ours.with_control(one if same else other, negative, [])).control

    assert run_on_rows(database, work) == ("示例甲" if vouched else "")
