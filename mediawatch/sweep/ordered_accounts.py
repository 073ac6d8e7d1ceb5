"""The accounts of a worker's orders, asked for together where their orders were taken together."""

from __future__ import annotations

import asyncio

from mediawatch.domain import Account
from mediawatch.ports.store import LookLedger, LookOrder


class OrderedAccounts:
    """Accounts of one platform's orders."""

    def __init__(self, ledger: LookLedger) -> None:
        self._ledger = ledger
        self._expected: dict[str, LookOrder] = {}
        """Orders that were taken since accounts were asked for."""
        self._asked: dict[str, Account | None] = {}
        """Accounts that were asked for with another one, until their looks begin."""
        self._asking = asyncio.Lock()

    def expect(self, order: LookOrder) -> None:
        """Its look begins soon. What was asked for when it was taken before is forgotten."""
        self._asked.pop(order.key, None)
        self._expected[order.key] = order

    async def of(self, order: LookOrder) -> Account | None:
        """The account of the look that begins; None where there is nothing to look at."""
        async with self._asking:
            if order.key not in self._asked:
                wanted = self._expected | {order.key: order}
                self._expected = {}
                found = await self._ledger.accounts([*wanted.values()])
                self._asked = {key: found.get(key) for key in wanted}
            return self._asked.pop(order.key)
