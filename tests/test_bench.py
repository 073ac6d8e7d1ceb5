"""The benchmark stands on the product's own parts: moving one of them must not break it unseen."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

BENCH = Path(__file__).parent / "bench"


def test_the_benchmark_loads_and_counts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    loaded = runpy.run_path(str(BENCH / "sweep_cost.py"), run_name="bench")
    cost = loaded["measured"](loaded["python"]("-c", "sum(range(20_000_000))"))
    assert cost.cpu_seconds > 0
    assert cost.peak_mb > 1
