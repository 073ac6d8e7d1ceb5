"""Sweeps of a registry that holds names alone: the real surfaces in a real Chromium, the replica
standing for mp.weixin.qq.com, whose lists are open here.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from browsers import facing, key

from mediawatch.domain import (
    Filing,
    Judgement,
    NewAccount,
    ProvisionalEnd,
    RegistryChanges,
    Source,
    UpdatedAccount,
    Verdict,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ports import Store
from mediawatch.rules.policy import load
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.request import Request
from scrapers.platforms import SiteLooker
from scrapers.replica import Replica, World

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
AS_OF = NOW - timedelta(hours=1)
FRESH, SILENT, TWICE, NEAR = "示例市活跃局", "示例县沉睡站", "示例区同名队", "示例镇后缀所"
BIZ = {FRESH: "MzAwMDAwMDAwMQ==", SILENT: "MzAwMDAwMDAwMg=="}
WORLD = World.parse(
    "platform,type,name,filing_number,truth,true_id,posts\n"
    f"wechat,微信公众号,{FRESH},X1,alive,{BIZ[FRESH]},2022-12-30;2022-12-20\n"
    f"wechat,微信公众号,{SILENT},X2,alive,{BIZ[SILENT]},2022-09-01;2022-08-01\n"
    f"wechat,微信公众号,{TWICE},X3,alive,MzAwMDAwMDAwNA==,2022-12-30\n"
    "wechat,微信公众号,示例区 同名队,Y1,alive,MzAwMDAwMDAwNQ==,2022-12-30\n"
    f"wechat,微信公众号,{NEAR},X4,alive,MzAwMDAwMDAwNg==,2022-12-30\n"
    f"wechat,微信公众号,{NEAR}服务号,Y2,alive,MzAwMDAwMDAwNw==,2022-12-30\n"
)


@dataclass(frozen=True)
class Inspection:
    """An engine before the replica, and the registry of names that it inspects."""

    store: Store
    engine: Engine
    replica: Replica

    async def run(self, **more: object) -> dict[str, Judgement]:
        request = Request(policy=load("national"), as_of=AS_OF, second_look_after=timedelta(0))
        await self.engine.run(replace(request, **more))  # type: ignore[arg-type]
        newest = (await self.store.sweeps.all())[-1]
        scope = await self.store.sweeps.scope(newest.id)
        return {each.account.filed.name: each.judgement for each in scope if each.judgement}

    @property
    def searches(self) -> int:
        return sum("searchbiz" in each.url for each in self.replica.requests)


@pytest.fixture
async def inspection(store: Store, executable: Path, tmp_path: Path) -> AsyncIterator[Inspection]:
    names = (FRESH, SILENT, TWICE, NEAR)
    new = tuple(
        NewAccount(filed=Filing(name=name, platform="wechat", type="微信公众号", organiser=name))
        for name in names
    )
    await store.accounts.apply(
        RegistryChanges(source=Source(file="x.xlsx", sha256="0" * 64, at=NOW), new=new)
    )
    sessions = tmp_path / "sessions"
    (sessions / "wechat").mkdir(parents=True)
    async with Replica(
        WORLD, now=lambda: NOW, logged_in=frozenset({"wechat"}), lists_open=True, key=key()
    ) as replica:
        state = json.dumps(replica.storage_state("wechat"))
        (sessions / "wechat" / "office.json").write_text(state, "utf-8")
        async with facing(replica, executable, lambda: NOW) as browser:
            engine = Engine(
                store,
                SiteLooker(browser, sessions),
                EvidenceFolder(tmp_path / "evidence"),
                lambda: NOW,
                Pacing(scale=0),
            )
            yield Inspection(store, engine, replica)


async def test_a_name_leads_to_proofs_of_freshness_and_to_nothing_else(
    inspection: Inspection,
) -> None:
    judged = await inspection.run()
    assert {name: (each.verdict, each.provisional) for name, each in judged.items()} == {
        FRESH: (Verdict.FRESH, True),
        SILENT: (Verdict.UNPROVEN, False),
        TWICE: (Verdict.UNPROVEN, False),
        NEAR: (Verdict.UNPROVEN, False),
    }
    assert not any(each.findings or each.second_look for each in judged.values())
    assert "依暂用标识" in judged[FRESH].sentence
    store = inspection.store
    found = {each.name: each.value for each in await store.accounts.provisional_ids()}
    assert found == BIZ
    # They are no filed ids.
    assert not any(each.filed.platform_id for each in await store.accounts.all())
    # The second inspection asks for no name that was found; the others are asked again.
    before = inspection.searches
    again = await inspection.run(again=True)
    assert again[FRESH].provisional
    kept = await store.readings.by_account()
    for account in await store.accounts.all():
        newest = kept[account.id][-1]
        searched = "wechat.search" in {sight.surface for sight in newest.sights}
        assert searched is (account.filed.name not in BIZ)
    assert inspection.searches > before


async def test_a_corrected_registry_takes_back_what_was_another_accounts(
    inspection: Inspection,
) -> None:
    await inspection.run()
    store = inspection.store
    accounts = {each.filed.name: each for each in await store.accounts.all()}

    async def file(biz: str) -> None:
        account = accounts[FRESH]
        update = UpdatedAccount(
            account_id=account.id,
            filed=replace(account.filed, platform_id=biz),
            changes=(("platform_id", "", biz),),
        )
        source = Source(file="y.xlsx", sha256="1" * 64, at=NOW)
        await store.accounts.apply(RegistryChanges(source=source, updated=(update,)))

    await file(BIZ[SILENT])
    ends = {each.name: each.why for each in await store.accounts.provisional_ids()}
    assert ends == {FRESH: ProvisionalEnd.FILED_OTHER, SILENT: ProvisionalEnd.TAKEN}
    states = await store.readings.account_states()
    assert [states[accounts[name].id].latest_on for name in (FRESH, SILENT)] == [None, None]
    await file(BIZ[FRESH])
    state = (await store.readings.account_states())[accounts[FRESH].id]
    assert str(state.latest_on) == "2022-12-30"
    judged = await inspection.run(again=True)
    assert (judged[FRESH].verdict, judged[FRESH].provisional) == (Verdict.FRESH, False)
    assert "暂用标识" not in judged[FRESH].sentence
