"""对照: when a platform's negative counts.

It counts where the same surface, in the same session, has just answered for another account.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mediawatch.domain import Account, Outcome, Sight

Ask = Callable[[Account, Sight], Awaitable[tuple[Sight, ...]]]
"""Look at an account by the surface and session of a sight, and keep what came of it."""

HOLDS = timedelta(minutes=30)
"""How long an answer for another account vouches for a surface's negatives."""
_TRIES = 3


class Controls:
    """Which account vouches for which surface and session.

    `probably_there`: whether an account was read before.
    """

    def __init__(self, ask: Ask, probably_there: Callable[[Account], bool]) -> None:
        self._ask = ask
        self._probably_there = probably_there
        self._answered: dict[tuple[str, str, bool], tuple[Account, datetime]] = {}
        """By surface, session, and whether posts were shown.

        Only a list that was not empty vouches for an empty one.
        """
        self._asking = asyncio.Lock()

    def note(self, account: Account, sights: Iterable[Sight]) -> None:
        """Remember which surfaces answered for this account.

        An answer to a call does not show that pages answer.
        """
        for sight in sights:
            if not sight.by_call and sight.outcome is Outcome.OK and (sight.name or sight.is_dated):
                for dated in {False, sight.is_dated}:
                    self._answered[sight.surface, sight.session, dated] = (account, sight.read_at)

    async def with_control(
        self, account: Account, sight: Sight, others: Sequence[Account]
    ) -> Sight:
        """A negative with the name of the account that vouches for it; any other sight unchanged.

        `others` are asked by the same surface where no account has answered lately.
        """
        if not sight.outcome.negative:
            return sight
        async with self._asking:
            voucher = self._voucher(account, sight) or await self._find(account, sight, others)
        return replace(sight, control=voucher.filed.name) if voucher else sight

    def _voucher(self, account: Account, sight: Sight) -> Account | None:
        key = (sight.surface, sight.session, sight.outcome is Outcome.NO_POSTS)
        other, at = self._answered.get(key, (account, sight.read_at))
        return other if other.id != account.id and sight.read_at - at <= HOLDS else None

    async def _find(
        self, account: Account, sight: Sight, others: Sequence[Account]
    ) -> Account | None:
        candidates = sorted(
            (other for other in others if other.id != account.id),
            key=lambda other: not self._probably_there(other),
        )
        for other in candidates[:_TRIES]:
            self.note(other, await self._ask(other, sight))
            if voucher := self._voucher(account, sight):
                return voucher
        return None
