"""`kill -9` at any moment, of any of its processes, and the sweep comes to what it would have come
to.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from killed_sweeps import (
    KINDS,
    Theatre,
    Told,
    births,
    ended,
    killed,
    killed_again_and_again,
    theatre,
)
from places import make_short_folder
from tables import short


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for homes whose paths are as short as usual."""
    made = make_short_folder()
    yield made
    shutil.rmtree(made)


def undisturbed(stage: Theatre) -> Told:
    home = stage.home("undisturbed")
    killed(stage, home, 0, ())
    told = asyncio.run(stage.told(home))
    assert (told.finished, told.wrong, told.orphans) == (True, [], 0)
    assert {first for first, _ in told.looks.values()} <= {0, 1}
    assert sum(second for _, second in told.looks.values()) > 0
    return told


def survives(
    stage: Theatre, undisturbed: Callable[[], Told], seed: int, kinds: Sequence[str]
) -> None:
    """Kill, finish, compare."""
    home = stage.home(f"killed-{seed}")
    shown = killed(stage, home, seed, kinds)
    told = asyncio.run(stage.told(home))
    expected = undisturbed()
    assert told.finished
    assert told.verdicts == expected.verdicts
    assert told.outcomes == expected.outcomes
    assert told.looks == expected.looks, "nobody is forgotten, and nobody looked at twice"
    assert shown <= told.readings, "what was shown as done is kept"
    assert told.wrong == [], "every row has its file"
    assert list((home / "tmp").glob("run-*")) == [], (
        "what the killed left is swept, and who still lived in it is ended"
    )
    print(
        f"seed {seed}: {len(kinds)} kills, {len(told.readings)} readings, {told.orphans} "
        "files of looks that were cut short"
    )
    shutil.rmtree(home)


@pytest.mark.parametrize(("accounts", "kinds"), short([(7, ("python", "machine")), (16, KINDS)]))
def test_a_few_kills_change_nothing(folder: Path, accounts: int, kinds: Sequence[str]) -> None:
    """One of each kind, over one sweep; another runs beside it without a kill."""
    with theatre(folder, accounts=accounts) as stage, ThreadPoolExecutor() as beside:
        expected = beside.submit(undisturbed, stage)
        survives(stage, expected.result, 1, kinds)


@pytest.mark.soak
def test_a_browser_killed_again_and_again_accuses_nobody(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with theatre(folder, accounts=5) as stage:
        expected = undisturbed(stage)
        for name in ("LAUNCH", "NAVIGATION", "REPLY", "CHALLENGE"):
            monkeypatch.setenv(f"MEDIAWATCH_TIMEOUTS__{name}", "5")
        home = stage.home("killed")
        with ended(stage.run(home, "told")) as run:
            times, processes = killed_again_and_again(run)
            assert run.stdout is not None
            printed, code = run.stdout.read(), run.wait()
        assert times > 2
        assert code in (0, 8), "a site that could not be reached, and nothing else"
        told = asyncio.run(stage.told(home))
        assert_truthful(printed, told)
        assert "left:\n" in printed, "the run ended all that it had started"
        # The helpers of a browser that is killed end by themselves, when they notice.
        for _ in range(100):
            if not births(pid for pid, _ in processes) & processes:
                break
            time.sleep(0.1)
        assert births(pid for pid, _ in processes) & processes == set(), "as did each browser"
        assert told.finished
        assert told.wrong == []
        for number, verdict in told.verdicts.items():
            assert verdict[0] == "unproven" or verdict == expected.verdicts[number]
        assert told.verdicts.keys() == expected.verdicts.keys()
        assert list((home / "tmp").glob("run-*")) == []


def assert_truthful(printed: str, told: Told) -> None:
    """The summary counts the looks that were kept and the verdicts as they stand."""
    looks = sum(sum(counts) for counts in told.looks.values())
    assert f"\n{looks} looks: " in printed
    outcomes = Counter(told.outcomes.values())
    assert all(f"{count} {outcome}" in printed for outcome, count in outcomes.items())
    verdicts = Counter(str(verdict[0]) for verdict in told.verdicts.values())
    for count, verdict in re.findall(r"^ +(\d+)  (\w+)", printed, re.MULTILINE):
        assert verdicts.pop(verdict, 0) == int(count)
    assert not verdicts


@pytest.mark.soak
@pytest.mark.parametrize("first", range(100, 120, 5))
def test_two_hundred_kills_change_nothing(folder: Path, first: int) -> None:
    """Fifty of them each."""
    with theatre(folder, accounts=146) as stage:
        expected = undisturbed(stage)
        for seed in range(first, first + 5):
            survives(stage, lambda: expected, seed, KINDS * 2)


@pytest.mark.soak
def test_memory_stays_flat_over_five_thousand_looks(folder: Path) -> None:
    """Of python, driver and browser, each: its slope over the looks after the first thousand, when
    caches are full.
    """
    with (
        theatre(folder, accounts=146) as stage,
        ended(stage.run(stage.home("again"), "again", "5000")) as run,
    ):
        assert run.stdout is not None
        found = [json.loads(line) for line in run.stdout]
    settled = [each for each in found if each["looks"] > 1000]
    for part in ("python", "driver", "browser"):
        slope = statistics.linear_regression(
            [each["looks"] for each in settled], [each[part] for each in settled]
        ).slope
        print(
            f"{part}: {settled[0][part]:.0f} MB after {settled[0]['looks']} looks, "
            f"{1000 * slope:+.1f} MB in a thousand"
        )
        assert slope * 5000 < 100
