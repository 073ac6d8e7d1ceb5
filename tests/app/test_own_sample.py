"""Which own inspection stands beside what was reported."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from handed_offices import AS_OF

from mediawatch.app.own_sample import own_sweeps
from mediawatch.app.root import App
from mediawatch.domain import Sweep, SweepKind, SweepState
from mediawatch.domain.clock import day_end
from mediawatch.ops.settings.lower_offices import LowerOffices

OFFICES = LowerOffices.model_validate(
    {
        "round": {"name": "第四季度", "as_of": str(AS_OF), "policy": "national"},
        "office": [{"name": "甲市", "folder": "/x"}],
    }
)


def sweep(days: int, kind: SweepKind, name: str, since: date | None) -> Sweep:
    at = day_end(AS_OF + timedelta(days=days))
    return Sweep(
        id=1, as_of=at, policy="national", policy_toml="", started_at=at, kind=kind, round=name,
        period_from=since, state=SweepState.FINISHED,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "kind", "name", "since", "is_taken"),
    [
        (20, SweepKind.SAMPLE, "", None, True),
        (20, SweepKind.CENSUS, "", None, True),
        (20, SweepKind.NIGHTLY, "", None, False),
        (20, SweepKind.RECHECK, "", None, False),
        (20, SweepKind.SAMPLE, "", AS_OF, False),
        # That of the next quarter says nothing of this one.
        (90, SweepKind.SAMPLE, "", None, False),
        (90, SweepKind.SAMPLE, "第四季度", None, True),
        (20, SweepKind.SAMPLE, "第三季度", None, False),
        (-1, SweepKind.SAMPLE, "第四季度", None, False),
    ],
)
def test_a_nameless_inspection_of_another_quarter_is_not_taken(
    days: int, kind: SweepKind, name: str, since: date | None, is_taken: bool
) -> None:
    async def all_sweeps() -> list[Sweep]:
        return [sweep(days, kind, name, since)]

    app = SimpleNamespace(store=SimpleNamespace(sweeps=SimpleNamespace(all=all_sweeps)))
    found = asyncio.run(own_sweeps(cast(App, app), OFFICES, None))
    assert bool(found) is is_taken
