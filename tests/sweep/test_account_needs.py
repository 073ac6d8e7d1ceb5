"""A sweep of accounts whose policies differ: each look asks for its own account's window."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sweeps import Stage, request

from mediawatch.domain import Verdict
from mediawatch.ports import Store
from mediawatch.sweep.judging import rejudge
from tests.support.policies import with_exceptions

POLICY = with_exceptions(
    '[[for]]\nlevels = ["乡镇街道"]\nwindow = { days = 7, due_soon_from = 4 }\n'
    'codes = { stale_2w = { label = "超1周未更新" } }\n'
    '[[for]]\nfunctions = ["服务类"]\njudged_by_updates = false\n'
)


@pytest.fixture
def stage(store: Store, tmp_path: Path) -> Stage:
    return Stage(store, tmp_path / "evidence")


async def filed(stage: Stage) -> None:
    """The scripted looker gives a whole list, whose newest post is as many days old as said."""
    await stage.file("鲜9", "旧15")
    await stage.file("旧9", "鲜3", level="乡镇街道")
    await stage.file("旧40", function_kind="服务类")


async def test_each_look_asks_for_the_accounts_own_window(stage: Stage) -> None:
    await filed(stage)
    summary = await stage.engine.run(request(policy=POLICY))
    verdicts = {
        "鲜9": Verdict.FRESH,
        "旧15": Verdict.FAILED,
        "旧9": Verdict.FAILED,
        "鲜3": Verdict.FRESH,
        "旧40": Verdict.UNPROVEN,
    }
    assert await stage.verdicts() == verdicts
    firsts = {name: need.fresh_after for name, need in stage.looker.asked if not need.second}
    two_weeks, week = date(2022, 12, 17), date(2022, 12, 24)
    assert firsts == {
        "鲜9": two_weeks,
        "旧15": two_weeks,
        "旧9": week,
        "鲜3": week,
        "旧40": date.min,
    }
    # An old post speaks against nobody who is not judged by it.
    assert {name for name, need in stage.looker.asked if need.second} == {"旧15", "旧9"}
    labels = {
        entry.account.filed.name: [each.label for each in entry.judgement.findings]
        for entry in await rejudge(stage.store, stage.looker.supports, summary.sweep.id)
        if entry.judgement and entry.judgement.findings
    }
    assert labels == {"旧15": ["超2周未更新"], "旧9": ["超1周未更新"]}


async def test_a_period_asks_no_list_of_who_is_not_judged_by_it(stage: Stage) -> None:
    await filed(stage)
    await stage.engine.run(request(policy=POLICY, period_from=date(2022, 12, 1)))
    asked = {name: (need.fresh_after, need.back_to) for name, need in stage.looker.asked}
    assert asked["旧40"] == (date.min, None)
    assert asked["旧9"] == (date.max, date(2022, 12, 1))


async def test_a_sweep_warns_of_words_that_no_account_is_filed_with(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.file("鲜1", level="乡镇街道")
    await stage.engine.run(request(policy=POLICY))
    (said,) = [str(record.msg) for record in caplog.records if "[[for]]" in str(record.msg)]
    assert "no account is filed with '服务类' (functions)" in said
