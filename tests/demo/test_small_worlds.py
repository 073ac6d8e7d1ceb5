"""Small worlds of an office's own: what the demonstration does with them, without a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from samples import plain_reading, post

from mediawatch import demo
from mediawatch.app import App, WorldStage, open_app
from mediawatch.demo import machine, people
from mediawatch.demo.scene import Scene
from mediawatch.domain import DateKind, Judgement, MatchedBy, Sweep, UserError, Verdict
from mediawatch.domain.clock import day_end
from mediawatch.rules.policy import load
from scrapers.replica.world import World

AS_OF = day_end(date(2022, 12, 31))
NOW = AS_OF + timedelta(hours=9)
POLICY = load("tibet")
HEAD = "# as_of = 2022-12-31\nfiling_number,name,type,platform,truth,original_id,opened_on,posts\n"


def stage_of(rows: str) -> WorldStage:
    return WorldStage(World.parse(HEAD + rows), AS_OF, lambda: NOW)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[App]:
    async with open_app(demo.prepare(folder), clock=lambda: NOW) as app:
        yield app


async def test_a_row_that_no_registry_takes_is_named(tmp_path: Path) -> None:
    stage = stage_of(
        "X1,示例发布,微信公众号,wechat,alive,gh_0123456789ab,2015-01-01,2022-12-30\n"
        "X2,示例之声,微信公众号,wechat,alive,gh_0123456789ac,昨天,2022-12-30\n"
    )
    said: list[str] = []
    async with opened(tmp_path / "home") as app:
        with pytest.raises(UserError) as refused:
            await machine.register(app, stage, said.append)
    assert "示例之声 (account 2 of the world)" in str(refused.value)
    assert "row 4" in str(refused.value)
    assert "昨天" in str(refused.value)
    assert said == [], "nothing was imported"


async def test_people_know_a_post_that_came_after_the_moment(tmp_path: Path) -> None:
    """The machine saw it: an older date would be refused."""
    stage = stage_of(
        "X1,示例发布,微信公众号,wechat,alive,gh_0123456789ab,2015-01-01,"
        "2023-01-01T00:00:01;2022-06-01\n"
        "X2,示例之声,微信公众号,wechat,alive,gh_0123456789ac,2015-01-01,"
        "2023-01-01T00:00:01;2022-12-30;2022-06-01\n"
    )
    said: list[str] = []
    async with opened(tmp_path / "home") as app:
        await machine.register(app, stage, said.append)
        accounts = await app.store.accounts.all()
        sweep = await app.store.sweeps.open(
            Sweep(as_of=AS_OF, policy="tibet", policy_toml=POLICY.toml, started_at=NOW), accounts
        )
        for account in accounts:
            await app.store.readings.keep(
                plain_reading(
                    account.id,
                    NOW,
                    post(date(2023, 1, 1)),
                    matched_by=MatchedBy.ID,
                    sweep_id=sweep.id,
                )
            )
        unproven = Judgement(verdict=Verdict.UNPROVEN, sentence="示例")
        await app.store.sweeps.keep_judgements(sweep.id, {each.id: unproven for each in accounts})
        overlooked = await people.answer(Scene(app, stage, sweep, POLICY, said.append))
        verdicts = [
            entry.judgement.verdict
            for entry in await app.store.sweeps.scope(sweep.id)
            if entry.judgement
        ]
    assert overlooked == ()
    assert "2 answers" in " ".join(said)
    assert verdicts[1] is Verdict.FRESH
    assert verdicts[0] is not Verdict.FRESH


async def test_people_overlook_nothing_that_their_row_names(tmp_path: Path) -> None:
    """What the machine showed under the name alone proves nothing, and stands in the row."""
    row = "{},{},微信公众号,wechat,alive,,2015-01-01,2022-12-30;2022-06-01\n"
    stage = stage_of(row.format("X1", "示例发布") + row.format("X2", "示例之声"))
    said: list[str] = []
    async with opened(tmp_path / "home") as app:
        await machine.register(app, stage, said.append)
        accounts = await app.store.accounts.all()
        sweep = await app.store.sweeps.open(
            Sweep(as_of=AS_OF, policy="tibet", policy_toml=POLICY.toml, started_at=NOW), accounts
        )
        judged = {
            each.id: Judgement(verdict=Verdict.UNPROVEN, sentence="示例") for each in accounts
        }
        judged[accounts[0].id] = replace(
            judged[accounts[0].id], latest_on=date(2022, 12, 30), date_kind=DateKind.AT_LEAST
        )
        await app.store.readings.keep(
            plain_reading(
                accounts[0].id,
                NOW,
                post(date(2022, 12, 30)),
                matched_by=MatchedBy.NAME,
                sweep_id=sweep.id,
            )
        )
        await app.store.sweeps.keep_judgements(sweep.id, judged)
        overlooked = await people.answer(Scene(app, stage, sweep, POLICY, said.append))
    assert overlooked == (("示例之声", "微信公众号"),)
