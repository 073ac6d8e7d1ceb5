"""Whom a sweep looks at first because of what others say: whom a look is likely to prove."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sweeps import AS_OF, NOW, TIBET, Stage, by_name, request

from mediawatch.domain import Hint
from mediawatch.ports import Store
from mediawatch.sweep.plan import plan
from mediawatch.sweep.request import Request
from mediawatch.sweep.steering import rates_with_hints
from mediawatch.sweep.tools import NO_RATES


def hint(account_id: int, on: date) -> Hint:
    return Hint(account_id=account_id, source="某某服务单位", received_at=NOW, on=on)


async def test_a_hinted_active_account_is_looked_at_first(store: Store, tmp_path: Path) -> None:
    stage = Stage(store, tmp_path, by_name)
    names = ("旧90", "旧80", "鲜3", "鲜2")
    await stage.file(*names)
    accounts = {each.filed.name: each.id for each in await store.accounts.all()}
    await store.hints.add(
        [
            # 旧90 is called silent, 鲜2 active.
            hint(accounts["旧90"], date(2022, 10, 26)),
            hint(accounts["鲜2"], date(2022, 12, 29)),
        ]
    )
    await stage.engine.run(request(concurrency=1))
    first = list(dict.fromkeys(name for name, need in stage.looker.asked if not need.second))
    assert first[0] == "鲜2"
    assert set(first) == set(names)
    # What is known by now needs no help: nothing stands out any more.
    states = await store.readings.account_states(accounts.values())
    assert not (await rates_with_hints(store, NO_RATES, states, TIBET, AS_OF)).hinted


async def test_the_plan_names_the_same_account_first(store: Store, tmp_path: Path) -> None:
    stage = Stage(store, tmp_path, by_name)
    await stage.file("旧90", "鲜2")
    accounts = await store.accounts.all()
    await store.hints.add([hint(accounts[1].id, date(2022, 12, 29))])
    rates = await rates_with_hints(store, NO_RATES, {}, TIBET, AS_OF)
    found = plan(accounts, {}, Request(policy=TIBET, nightly=True), NOW, rates)
    assert [each.account.filed.name for each in found.due] == ["鲜2", "旧90"]
