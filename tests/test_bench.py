"""The benchmark stands on the product's own parts: moving one of them must not break it unseen."""

from __future__ import annotations

import importlib
import runpy
from pathlib import Path
from types import ModuleType

import pytest

from mediawatch.policy import load

BENCH = Path(__file__).parent / "bench"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("sweep_cost")


def test_a_process_is_counted(bench: ModuleType) -> None:
    cost = bench.measured(bench.python("-c", "sum(range(20_000_000))"))
    assert cost.cpu_seconds > 0
    assert cost.peak_mb > 1


def test_a_season_of_nights_finds_what_a_census_finds() -> None:
    simulated = runpy.run_path(str(BENCH / "year_of_nights.py"), run_name="bench")
    figures = simulated["year"](80, 100, load("national"))
    assert figures["silences"] > 40
    assert (figures["silences_later_than_census"], figures["silences_missed"], figures["names_missed"]) == (0, 0, 0)
    assert figures["names_within_7_days"] == figures["names"] > 0
    assert figures["mean_share"] <= 0.2


def test_a_long_history_gives_no_more_to_load() -> None:
    measured = runpy.run_path(str(BENCH / "history_cost.py"), run_name="bench")
    figures = measured["compare"](50, 30)
    short, long = figures["megabytes"]
    assert long > 2 * short
    loaded = {name: pair for name, pair in figures.items() if name.endswith("results")}
    assert all(short == long > 0 for short, long in loaded.values()), loaded


def test_every_way_reads_every_account_as_it_is(bench: ModuleType) -> None:
    found = [*bench.rows("few", "real", ("sweep", "plain")), *bench.rows("few, unsigned", "light", ("requests",))]
    assert [(row.way, row.accounts, row.wrong) for row in found] == [("sweep", 6, 0), ("plain", 6, 0), ("requests", 4, 0)]
    assert all(row.cpu_seconds > 0 and row.way in str(row) for row in found)


def test_a_wrong_answer_is_counted(bench: ModuleType) -> None:
    stood_for = bench.world_of("weibo")
    right = {true.filed["name"]: {"name": true.name, "latest": str(true.posts[0].at.date())} for true in stood_for.accounts}
    assert bench.wrong(stood_for, right) == 0
    first, second, *_ = right
    assert bench.wrong(stood_for, {**right, first: {**right[first], "name": "别的"}, second: {**right[second], "latest": None}}) == 2
