"""对照: when a platform's negative counts.

It counts where the same surface, in the same session, has just answered for another account.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mediawatch.domain import Account, Outcome, Sight
from mediawatch.ports import AnswerBook, PageAnswer

Ask = Callable[[Account, Sight], Awaitable[tuple[Sight, ...]]]
"""Look at an account by the surface and session of a sight, and keep what came of it."""

HOLDS = timedelta(minutes=30)
"""How long an answer for another account vouches for a surface's negatives."""
_TRIES = 3


class Controls:
    """Which account vouches for which surface and session.

    `probably_there`: whether an account was read before. `book`: what other processes were answered
    by the same surface and session, for a visitor at the same address; None where this one is alone.
    """

    def __init__(
        self,
        ask: Ask,
        probably_there: Callable[[Account], bool],
        book: AnswerBook | None = None,
    ) -> None:
        self._ask = ask
        self._probably_there = probably_there
        self._book = book
        self._answered: dict[tuple[str, str, bool], tuple[Account, datetime]] = {}
        """By surface, session, and whether posts were shown.

        Only a list that was not empty vouches for an empty one.
        """
        self._asking = asyncio.Lock()

    async def note(self, account: Account, sights: Iterable[Sight]) -> None:
        """Remember which surfaces answered for this account.

        An answer to a call does not show that pages answer.
        """
        for sight in sights:
            if not sight.by_call and sight.outcome is Outcome.OK and (sight.name or sight.is_dated):
                for dated in sorted({False, sight.is_dated}):
                    self._answered[sight.surface, sight.session, dated] = (account, sight.read_at)
                    if self._book is not None:
                        await self._book.note_answer(
                            PageAnswer(
                                surface=sight.surface,
                                session=sight.session,
                                dated=dated,
                                account_id=account.id,
                                name=account.filed.name,
                            )
                        )

    async def with_control(
        self, account: Account, sight: Sight, others: Sequence[Account]
    ) -> Sight:
        """A negative with the name of the account that vouches for it; any other sight unchanged.

        `others` are asked by the same surface where no account has answered lately.
        """
        if not sight.outcome.negative:
            return sight
        async with self._asking:
            name = (
                self._voucher(account, sight)
                or await self._voucher_of_others(account, sight)
                or await self._find(account, sight, others)
            )
        return replace(sight, control=name) if name else sight

    def _voucher(self, account: Account, sight: Sight) -> str:
        """The filed name of the account that answered; "" where none did."""
        key = (sight.surface, sight.session, sight.outcome is Outcome.NO_POSTS)
        other, at = self._answered.get(key, (account, sight.read_at))
        vouches = other.id != account.id and sight.read_at - at <= HOLDS
        return other.filed.name if vouches else ""

    async def _voucher_of_others(self, account: Account, sight: Sight) -> str:
        if self._book is None:
            return ""
        found = await self._book.find_answer(
            sight.surface,
            sight.session,
            dated=sight.outcome is Outcome.NO_POSTS,
            within=HOLDS,
        )
        return found.name if found and found.account_id != account.id else ""

    async def _find(self, account: Account, sight: Sight, others: Sequence[Account]) -> str:
        candidates = sorted(
            (other for other in others if other.id != account.id),
            key=lambda other: not self._probably_there(other),
        )
        for other in candidates[:_TRIES]:
            await self.note(other, await self._ask(other, sight))
            if voucher := self._voucher(account, sight):
                return voucher
        return ""
