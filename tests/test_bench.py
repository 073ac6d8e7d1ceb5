"""The benchmark stands on the product's own parts: moving one of them must not break it unseen."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from mediawatch.policy import load

BENCH = Path(__file__).parent / "bench"


def test_the_benchmark_loads_and_counts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    loaded = runpy.run_path(str(BENCH / "sweep_cost.py"), run_name="bench")
    cost = loaded["measured"](loaded["python"]("-c", "sum(range(20_000_000))"))
    assert cost.cpu_seconds > 0
    assert cost.peak_mb > 1


def test_a_season_of_nights_finds_what_a_census_finds() -> None:
    simulated = runpy.run_path(str(BENCH / "year_of_nights.py"), run_name="bench")
    figures = simulated["year"](80, 100, load("national"))
    assert figures["silences"] > 40
    assert (figures["silences_later_than_census"], figures["silences_missed"], figures["names_missed"]) == (0, 0, 0)
    assert figures["names_within_7_days"] == figures["names"] > 0
    assert figures["mean_share"] <= 0.2
