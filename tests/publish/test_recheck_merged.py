"""复查 of accounts that were filed twice and merged after the notice was issued."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from offices import Office, filed

from mediawatch.app import open_app
from mediawatch.app.notices import recheck_request
from mediawatch.domain import (
    Code,
    NewAccount,
    Rectification,
    RegistryChanges,
    Source,
    UserError,
    Verdict,
)
from mediawatch.ports import Store

STALE = [Code.STALE_2W]
Q4, LATER = date(2022, 12, 31), date(2023, 2, 20)
AT = datetime(2023, 2, 20, tzinfo=UTC)


def doubles(folder: Path, **more: object) -> Office:
    """Accounts 1 and 2 were filed twice by two imports at once; account 3 is another one."""
    office = Office.of(folder, filed(1, **more))
    with closing(sqlite3.connect(office.home.database)) as connection:
        connection.execute("DROP INDEX uq_account_in_service")
        connection.commit()
    source = Source(file="台账.csv", sha256="2" * 64, at=datetime(2022, 1, 1, tzinfo=UTC))
    new = tuple(NewAccount(filed=one) for one in (filed(1, **more), filed(3)))
    office.within(lambda store: store.accounts.apply(RegistryChanges(source=source, new=new)))
    return office


def results(office: Office) -> list[tuple[int | None, Rectification | None, str]]:
    events = office.within(lambda store: store.notices.events())
    return [(event.item, event.result, event.reason) for event in events]


async def asked_for(office: Office) -> Sequence[int]:
    """Whom a re-check that looks would look at."""
    async with open_app(office.home, clock=lambda: AT) as app:
        (notice,) = await app.store.notices.all()
        request = await recheck_request(app, notice)
        assert request.drawn is not None
        return [account.id for account in request.drawn.accounts]


@pytest.mark.parametrize(
    ("more", "doubled"), [({}, 1), ({"platform_id": ""}, 2)], ids=["one item", "two items"]
)
@pytest.mark.parametrize(
    ("now", "result"), [({}, Rectification.DONE), ({1: STALE}, Rectification.NOT_DONE)]
)
def test_the_account_that_stayed_answers_for_its_double(
    tmp_path: Path,
    more: dict[str, object],
    doubled: int,
    now: dict[int, list[Code]],
    result: Rectification,
) -> None:
    """Both were in the notice, as one item where they have one id. Nobody says that the account is
    not filed.
    """
    office = doubles(tmp_path, **more)
    sweep = office.sweep(Q4, {1: STALE, 2: STALE, 3: STALE})
    office.issue(sweep, "文1", date(2023, 1, 10))
    office.run("registry", "merge", "1", "2")
    again = office.sweep(LATER, now, only=[1, 3])
    office.run("recheck", "文1", "--sweep", str(again))
    told = [told for _, told, _ in results(office)]
    assert told == [*[result] * doubled, Rectification.DONE]


def test_a_double_alone_in_the_notice_is_looked_at_as_the_one_that_stayed(tmp_path: Path) -> None:

    office = doubles(tmp_path)
    office.issue(office.sweep(Q4, {2: STALE}, only=[2]), "文1", date(2023, 1, 10))
    office.run("registry", "merge", "1", "2")
    assert asyncio.run(asked_for(office)) == [1]


def test_a_double_that_stayed_and_left_is_not_filed_since_it_left(tmp_path: Path) -> None:
    office = doubles(tmp_path)
    office.issue(office.sweep(Q4, {2: STALE}, only=[2]), "文1", date(2023, 1, 10))
    office.run("registry", "merge", "1", "2")
    left = Source(file="新台账.csv", sha256="3" * 64, at=datetime(2032, 5, 4, 4, tzinfo=UTC))

    async def leave(store: Store) -> None:
        await store.accounts.apply(RegistryChanges(source=left, retired=(1,)))

    office.within(leave)
    again = office.sweep(LATER, {}, only=[3])
    office.run("recheck", "文1", "--sweep", str(again))
    assert results(office) == [
        (1, Rectification.NOT_FILED, "自2032年5月4日起已不在报送系统台账内。")
    ]
    with pytest.raises(UserError, match="no account of 文1 is in the registry any more"):
        asyncio.run(asked_for(office))


def test_another_account_under_the_number_is_no_double(tmp_path: Path) -> None:
    """The number of an account that left was given to another one, with another id."""
    office = Office.of(tmp_path, filed(1), filed(3))
    office.issue(
        office.sweep(Q4, {1: STALE}, verdicts={3: Verdict.FRESH}), "文1", date(2023, 1, 10)
    )
    left = Source(file="新台账.csv", sha256="3" * 64, at=AT)
    new = (NewAccount(filed=filed(1, platform_id="9999")),)

    async def change(store: Store) -> None:
        await store.accounts.apply(RegistryChanges(source=left, retired=(1,)))
        await store.accounts.apply(
            RegistryChanges(source=Source(file="三.csv", sha256="4" * 64, at=AT), new=new)
        )

    office.within(change)
    again = office.sweep(LATER, {}, only=[3, 4])
    office.run("recheck", "文1", "--sweep", str(again))
    assert [told for _, told, _ in results(office)] == [Rectification.NOT_FILED]
