"""Two people at once: every pair of the planning commands, met between plan and write."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations_with_replacement, count
from pathlib import Path

import pytest
from races import COMMANDS, EIGHT, RaceHome, build, race, state

Done = subprocess.CompletedProcess[str]
PAIRS = list(combinations_with_replacement(EIGHT, 2))
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

    def copy(self) -> RaceHome:
        return self.home.copy(self.folder / str(next(self.numbers)))

    def after(self, *commands: str) -> tuple[list[int], Counter[tuple[str, ...]]]:
        """The exit codes of the commands one after the other, and what the home holds then."""
        if commands not in self.alone:
            home = self.copy()
            codes = [race(home, command)[0].returncode for command in commands]
            self.alone[commands] = codes, state(home)
        return self.alone[commands]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("races")
    return Course(build(folder), folder)


def run_pair(course: Course, one: str, other: str) -> None:
    home = course.copy()
    first, second = race(home, one, other)
    codes, held = [first.returncode, second.returncode], state(home)
    for done in (first, second):
        assert done.returncode in (0, 2), done.stderr
        assert "Traceback" not in done.stderr
        assert done.returncode == 0 or "mediawatch: " in done.stderr, done.stderr
    assert list((home.home.root / "out").glob(".*.part")) == []
    base = state(course.home)
    (code_of_one, after_one), (code_of_other, after_other) = course.after(one), course.after(other)
    if one != other and (codes, held - base) == (
        [*code_of_one, *code_of_other],
        (after_one - base) + (after_other - base),
    ):
        return
    forth, back = course.after(one, other), course.after(other, one)
    assert (codes, held) in [forth, (back[0][::-1], back[1])], (first.stderr, second.stderr)


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda word: word.replace(" ", "-"))
def test_two_commands_at_once_come_to_one_after_the_other(
    course: Course, one: str, other: str
) -> None:
    run_pair(course, one, other)
