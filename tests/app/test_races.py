"""Two people at once: pairs of the planning commands, met between plan and write."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations_with_replacement, count
from pathlib import Path

import pytest
from postgres import Cluster
from races import COMMANDS, EIGHT, RaceHome, build, kill_in_apply, race, state

Done = subprocess.CompletedProcess[str]
REFUSED = ("another sweep or import runs", "changed while this was planned: try again")
"""What a command may say that left everything to the other: a busy machine outdates plans thrice."""
"""A command that looks at sites keeps others off that judge; they say so, and write nothing."""
PAIRS = [*zip(EIGHT[:4], EIGHT[:4], strict=True), EIGHT[4:6], EIGHT[6:]]
"""Four with themselves, four with another; the whole of them is `TestEveryPair`."""
ALL_PAIRS = list(combinations_with_replacement(COMMANDS, 2))


@dataclass
class Course:
    """A home, its copies, and what each command does to it when it runs alone."""

    home: RaceHome
    folder: Path
    numbers: Iterator[int] = field(default_factory=count)
    alone: dict[tuple[str, ...], tuple[list[int], Counter[tuple[str, ...]]]] = field(
        default_factory=dict
    )

    cluster: Cluster | None = None

    @contextmanager
    def copy(self) -> Iterator[RaceHome]:
        made = self.home.copy(self.folder / str(next(self.numbers)), self.cluster)
        yield made
        if self.cluster is not None:
            self.cluster.drop(made.url)
        shutil.rmtree(made.home.root)

    def after(self, *commands: str) -> tuple[list[int], Counter[tuple[str, ...]]]:
        """The exit codes of the commands one after the other, and what the home holds then."""
        if commands not in self.alone:
            with self.copy() as home:
                codes = [race(home, command)[0].returncode for command in commands]
                self.alone[commands] = codes, state(home)
        return self.alone[commands]


def _rows(count: int) -> str:
    lines = (f"93{n:05},新号{n},微信公众号,新{n}局,丁示例市" for n in range(count))
    return "\n".join(["备案单号,政务新媒体名称,类型,所属组织,地市", *lines])


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("races")
    return Course(build(folder), folder)


def run_pair(course: Course, one: str, other: str) -> None:
    with course.copy() as home:
        first, second = race(home, one, other)
        codes, held = [first.returncode, second.returncode], state(home)
        assert list(home.out.glob(".*.part")) == []
    for done in (first, second):
        assert done.returncode in (0, 2), done.stderr
        assert "Traceback" not in done.stderr
        assert done.returncode == 0 or "mediawatch: " in done.stderr, done.stderr
    base = state(course.home)
    (code_of_one, after_one), (code_of_other, after_other) = course.after(one), course.after(other)
    if one != other and (codes, held - base) == (
        [*code_of_one, *code_of_other],
        (after_one - base) + (after_other - base),
    ):
        return
    for done, (code, after) in (
        (first, (code_of_other, after_other)),
        (second, (code_of_one, after_one)),
    ):
        if any(words in done.stderr for words in REFUSED):
            assert (sorted(codes), held) == (sorted([2, *code]), after)
            return
    forth, back = course.after(one, other), course.after(other, one)
    orders = [forth, (back[0][::-1], back[1])]
    differing = [(held - there, there - held) for _, there in orders]
    assert (codes, held) in orders, (first.stderr, second.stderr, codes, differing)


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda word: word.replace(" ", "-"))
def test_two_commands_at_once_come_to_one_after_the_other(
    course: Course, one: str, other: str
) -> None:
    run_pair(course, one, other)


@pytest.fixture(scope="module")
def courses() -> dict[str, Course]:
    """By database."""
    return {}


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
class TestEveryPair:
    """At full size: every command, on both databases, twenty times."""

    @pytest.mark.parametrize(("one", "other"), ALL_PAIRS, ids=lambda word: word.replace(" ", "-"))
    def test_as_one_after_the_other(
        self,
        courses: dict[str, Course],
        database: str,
        one: str,
        other: str,
        request: pytest.FixtureRequest,
        tmp_path_factory: pytest.TempPathFactory,
    ) -> None:
        if database not in courses:
            cluster = request.getfixturevalue("postgres") if database == "postgresql" else None
            folder = tmp_path_factory.mktemp(database)
            courses[database] = Course(build(folder, cluster), folder, cluster=cluster)
        for _ in range(20):
            run_pair(courses[database], one, other)


def kill_imports(course: Course, rows: int, delays: Sequence[float]) -> None:
    for delay in delays:
        with course.copy() as home:
            (home.files / "新.csv").write_text(_rows(rows), "utf-8")
            before = state(home)
            kill_in_apply(home, "registry import", delay)
            new = [entry for entry in (state(home) - before) if entry[0] == "account"]
            assert len(new) in (0, rows), "half of an import was kept"
            (done,) = race(home, "registry import")
            assert done.returncode == 0, done.stderr
            told = f"{rows} new" if not new else f"{rows} unchanged"
            assert told in done.stdout


def test_a_killed_import_leaves_all_or_nothing(course: Course) -> None:
    kill_imports(course, 500, [0.0, 0.05])


@pytest.mark.soak
def test_killed_imports_leave_all_or_nothing_at_full_size(course: Course) -> None:
    kill_imports(course, 5_000, [number / 100 for number in range(60)])
