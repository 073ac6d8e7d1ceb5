"""The registry as it was: out of what is filed now, and the history of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from offices import filed

from mediawatch.domain import (
    Account,
    AccountChange,
    FiledStatus,
    Filing,
    NewAccount,
    RegistryChanges,
    Source,
    UpdatedAccount,
)
from mediawatch.ports import Store
from mediawatch.registry.history import as_before, known_since, registries_at

FIRST = datetime(2022, 1, 1, tzinfo=UTC)
SECOND = FIRST + timedelta(days=100)
THIRD = FIRST + timedelta(days=200)


def source(at: datetime) -> Source:
    return Source(file=f"{at:%m%d}.csv", sha256="0" * 64, at=at)


async def test_every_state_of_the_registry_is_found_again(any_store: Store) -> None:
    accounts = any_store.accounts
    assert await known_since(any_store) is None
    new = tuple(NewAccount(filed=filed(number, county="乙县")) for number in (1, 2, 3))
    await accounts.apply(RegistryChanges(source=source(FIRST), new=new))
    closed = replace(
        filed(1, county="丙县"), status=FiledStatus.CLOSED, closing_requested_on=date(2022, 4, 1)
    )
    changes = (
        ("county", "乙县", "丙县"), ("status", "running", "closed"), ("closing_requested_on", "", "2022-04-01"),
    )  # fmt: skip
    await accounts.apply(
        RegistryChanges(
            source=source(SECOND),
            new=(NewAccount(filed=filed(4)),),
            updated=(UpdatedAccount(account_id=1, filed=closed, changes=changes),),
            retired=(2,),
        )
    )
    back = UpdatedAccount(account_id=2, filed=filed(2, county="乙县"), changes=())
    await accounts.apply(RegistryChanges(source=source(THIRD), updated=(back,), retired=(3,)))

    async def at(moment: datetime) -> dict[int, Filing]:
        (registry,) = await registries_at(any_store, moment)
        return {each.id: each.filed for each in registry}

    assert await at(FIRST - timedelta(days=1)) == {}
    assert await at(FIRST) == {each: filed(each, county="乙县") for each in (1, 2, 3)}
    assert await at(SECOND) == {1: closed, 3: filed(3, county="乙县"), 4: filed(4)}
    now = await accounts.all()
    assert await at(THIRD) == {each.id: each.filed for each in now}
    assert set(await at(THIRD)) == {1, 2, 4}
    both = await registries_at(any_store, SECOND, THIRD)
    assert [{each.id: each.filed for each in registry} for registry in both] == [
        await at(SECOND),
        await at(THIRD),
    ]
    assert await known_since(any_store) == FIRST


def test_a_double_that_was_merged_was_no_account_of_its_own() -> None:
    accounts = [
        Account(id=1, filed=filed(1)),
        Account(id=2, filed=filed(2), retired_on=date(2022, 7, 1)),
        Account(id=3, filed=filed(3), retired_on=date(2022, 7, 1)),
    ]
    retired = [
        AccountChange(number, "retired_on", "", "2022-07-01", SECOND, file)
        for number, file in ((2, "registry merge(2 -> 1)"), (3, "七月.csv"))
    ]
    assert [each.id for each in as_before(accounts, set(), retired)] == [1, 3]
    assert [each.id for each in as_before(accounts, {1}, retired)] == [3]
