"""A night as its digest sees it."""

from __future__ import annotations

from datetime import timedelta

from samples import LATE, NOW

from mediawatch.domain import AlertState, Sweep, SweepKind, SweepRun
from mediawatch.ports import Store

SWEEP = Sweep(
    id=7, as_of=LATE, policy="tibet", policy_toml="", kind=SweepKind.NIGHTLY, started_at=LATE
)


NIGHT = SweepRun(
    sweep_id=7,
    started_at=NOW,
    ended_at=NOW + timedelta(minutes=90),
    exit_code=16,
    looks={"weibo ok": 40, "weibo captcha": 1},
    verdicts={"fresh": 30, "failed": 6, "unproven": 5},
    reasons={"平台要求人工验证。": 4, "平台限制访问，未取得发布列表。": 1},
    breakers=("weibo.mobile visitor: captcha",),
)


async def states(store: Store) -> list[str]:
    return [alert.state.value for alert in await store.runs.alerts(*AlertState)]
