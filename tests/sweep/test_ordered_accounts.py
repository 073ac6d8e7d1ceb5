"""A worker asks for the accounts of several orders at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest
from registry_files import account

from mediawatch.domain import Account
from mediawatch.ports.store import LookLedger, LookOrder
from mediawatch.sweep.ordered_accounts import OrderedAccounts


class Ledger:
    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.made: set[int] = set()
        self.fails = False

    async def accounts(self, orders: Sequence[LookOrder]) -> dict[str, Account]:
        self.asked.append([order.account_id for order in orders])
        await asyncio.sleep(0)
        if self.fails:
            raise TimeoutError
        return {
            order.key: account(order.account_id, "鲜")
            for order in orders
            if order.account_id not in self.made
        }


def order(number: int) -> LookOrder:
    return LookOrder(sweep_id=1, platform="weibo", account_id=number)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def found(ledger: Ledger) -> OrderedAccounts:
    return OrderedAccounts(cast("LookLedger", ledger))


async def numbers(found: OrderedAccounts, *wanted: int) -> list[int | None]:
    some = await asyncio.gather(*(found.of(order(each)) for each in wanted))
    return [each and each.id for each in some]


async def test_orders_taken_together_are_asked_for_at_once(
    found: OrderedAccounts, ledger: Ledger
) -> None:
    ledger.made = {2}
    for each in (1, 2, 3):
        found.expect(order(each))
    assert await numbers(found, 1, 2, 3) == [1, None, 3]
    assert ledger.asked == [[1, 2, 3]]


async def test_an_order_taken_again_is_asked_for_anew(
    found: OrderedAccounts, ledger: Ledger
) -> None:
    for each in (1, 2):
        found.expect(order(each))
    await numbers(found, 1)
    ledger.made = {2}  # by another worker, to which it went back
    found.expect(order(2))
    assert await numbers(found, 2) == [None]


async def test_an_account_is_asked_for_again_after_an_error(
    found: OrderedAccounts, ledger: Ledger
) -> None:
    for each in (1, 2):
        found.expect(order(each))
    ledger.fails = True
    with pytest.raises(TimeoutError):
        await found.of(order(1))
    ledger.fails = False
    assert await numbers(found, 2, 1) == [2, 1]


async def test_each_look_has_an_account_of_its_own(found: OrderedAccounts, ledger: Ledger) -> None:
    """One that is given up after an error asks once more."""
    found.expect(order(1))
    assert await numbers(found, 1) == [1]
    ledger.made = {1}
    assert await numbers(found, 1) == [None]
