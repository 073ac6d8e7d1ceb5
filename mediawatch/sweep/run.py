"""One run of a sweep: which accounts are looked at, when again, and how they are judged."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import date, timedelta

from mediawatch.domain import (
    Account,
    LookKind,
    Need,
    Reading,
    Sweep,
    SweepKind,
    Verdict,
)
from mediawatch.sweep.judging import JudgingTerms, ScopeJudgement, checks_for, judge_scope
from mediawatch.sweep.needs import speaks_against
from mediawatch.sweep.records import SweepLooks, Turns
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Progress, Step
from mediawatch.sweep.tools import SweepTools


def begin_in(group: asyncio.TaskGroup, work: Coroutine[object, object, None]) -> None:
    """Begin a task of the group, unless another one of it has failed: that one ends the run."""
    try:
        group.create_task(work)
    except RuntimeError:
        work.close()


class Run:
    """One run: its platforms, their first and second looks, and the verdicts."""

    def __init__(
        self,
        tools: SweepTools,
        request: Request,
        sweep: Sweep,
        looks: SweepLooks,
        progress: Progress,
    ) -> None:
        self.tools = tools
        self.request = request
        self.sweep = sweep
        self.progress = progress
        self.looks = looks
        self.readings = self.looks.readings
        self.counts = self.looks.counts
        self.wanted_from: Mapping[int, date] = {}
        """As `Night.wanted_from`."""
        self.spared: frozenset[str] = frozenset()
        """As `Night.spared`."""
        self._proved_fresh = ScopeJudgement()
        """Of the accounts that known posts prove fresh: they need no look."""
        self._second_begun: set[int] = set()
        """Accounts whose second look was begun while first looks were made."""

    # Before the first look

    async def load(self, accounts: Sequence[Account]) -> None:
        """Load what is known of these accounts, and what earlier runs of the sweep have kept.

        Where posts that are known prove an account fresh, it needs no look. Its name must have been
        read within the policy's interval for name and existence. Where looks are what is asked for,
        every account needs one.
        """
        store = self.tools.store
        self.counts.total = len(accounts)
        self.readings.by_account = await store.readings.by_account(sweep_id=self.sweep.id)
        self.readings.states = await store.readings.account_states(
            [account.id for account in accounts]
        )
        self.looks.checks = [*await checks_for(store, self.sweep)]
        if not self.request.again and self.sweep.kind is not SweepKind.NIGHTLY:
            await self._find_proved_fresh(accounts)

    async def _find_proved_fresh(self, accounts: Sequence[Account]) -> None:
        since = self.tools.clock() - timedelta(days=self.request.policy.identity.due_days)
        states = self.readings.states
        made = await self.judge(
            [
                account
                for account in accounts
                if (state := states.get(account.id))
                and state.name_read_at is not None
                and state.name_read_at >= since
            ]
        )
        self._proved_fresh = made.of(
            key
            for key, each in made.judgements.items()
            if each.verdict is Verdict.FRESH and not each.findings and not each.second_look
        )

    def needs_look(self, account: Account) -> bool:
        """Whether a look could show something that is not known."""
        return (
            account.id not in self._proved_fresh.judgements
            and not self.readings.has_look(account, LookKind.FIRST)
            and self.tools.looker.supports(account.platform)
        )

    def _needed_no_look(self, account: Account) -> bool:
        return (
            account.id in self._proved_fresh.judgements
            and not self.readings.has_look(account, LookKind.FIRST)
            and self.tools.looker.supports(account.platform)
        )

    # The looks

    def prepared(
        self, queues: Mapping[str, Sequence[Account]]
    ) -> AbstractAsyncContextManager[None]:
        """Around all looks at the accounts of these platforms. UserError where none can be made."""
        firsts = {
            platform: [account for account in accounts if self.needs_look(account)]
            for platform, accounts in queues.items()
        }
        return self.looks.prepared(firsts, self.first_need)

    async def run_platform(self, platform: str, accounts: Sequence[Account]) -> None:
        """Look at all accounts of one platform, the most urgent first; second looks as they fall
        due.

        The platforms run side by side, so that a slow site does not hold up the others.
        """
        turns = self.looks.turns(accounts)
        async with asyncio.TaskGroup() as seconds:
            async with asyncio.TaskGroup() as firsts:
                for _ in range(min(self.looks.at_once, len(accounts))):
                    firsts.create_task(self._make_first_looks(turns, accounts, seconds))
            if not self.tools.looker.supports(platform):
                return
            await self.looks.rest(platform)
            # These have become doubtful only by later checks or looks.
            for account in await self._due_again(
                [each for each in accounts if each.id not in self._second_begun]
            ):
                begin_in(seconds, self._make_second_look(account, accounts))
        await self.looks.close_batch(platform, accounts)
        await self.looks.rest(platform)

    async def _make_first_looks(
        self, turns: Turns, others: Sequence[Account], seconds: asyncio.TaskGroup
    ) -> None:
        """Take accounts in their turns until none is left.

        Second looks that fall due at once begin as tasks of `seconds`.
        """
        while (account := await turns.next()) is not None:
            reading = None
            if self.needs_look(account):
                reading = await self.looks.look(account, self.first_need(account), others)
            elif self._needed_no_look(account):
                self.counts.looks_saved += 1
            self.counts.done += 1
            self._show(account, reading)
            if (
                reading is not None
                and speaks_against(reading, account, self.looks.need_of(account))
                and await self._due_again([account])
            ):
                self._second_begun.add(account.id)
                begin_in(seconds, self._make_second_look(account, others))

    def first_need(self, account: Account) -> Need:
        """What a first look must show. It speaks against the account by its own window alone."""
        need = self.looks.need_of(account)
        wanted = self.wanted_from.get(account.id, need.fresh_after)
        fresh_after = max(need.fresh_after, wanted)
        return replace(need, fresh_after=fresh_after, spared=self.spared)

    async def _due_again(self, accounts: Sequence[Account]) -> list[Account]:
        """The accounts whose judgement wants a second look."""
        standing = await self._standing(accounts)  # fresh: none of them wants one
        doubtful = [account for account in accounts if account.id not in standing.judgements]
        judgements = (await self.judge(doubtful)).judgements
        return [
            account
            for account in doubtful
            if judgements[account.id].second_look
            and not self.readings.has_look(account, LookKind.SECOND)
        ]

    async def _make_second_look(self, account: Account, others: Sequence[Account]) -> None:
        """Look again, later, and by another surface where there is one."""
        self.counts.second_looks += 1
        first = self.readings.first_look(account)
        at = first.read_at + self.request.second_look_after
        seen_by = frozenset(sight.surface for sight in first.sights)
        need = replace(self.looks.need_of(account), second=True, not_by=seen_by)
        reading = await self.looks.look_again(account, need, others, at)
        self.counts.second_looks -= 1
        self._show(account, reading)

    def _show(self, account: Account, reading: Reading | None) -> None:
        self.progress(
            Step(
                account=account,
                reading=reading,
                done=self.counts.done,
                total=self.counts.total,
                second_looks=self.counts.second_looks,
                outcomes=self.counts.outcomes,
                paused=self.tools.pacing.open_breakers(),
            )
        )

    # The verdicts

    async def judge_all(self, accounts: Sequence[Account]) -> ScopeJudgement:
        """Judge the whole scope once more."""
        kept = await self._standing(accounts)
        made = await self.judge(
            [account for account in accounts if account.id not in kept.judgements]
        )
        return kept.with_others(made)

    async def _standing(self, accounts: Sequence[Account]) -> ScopeJudgement:
        """Of these accounts the judgements from before the looks that would be made again alike.

        They are of what known posts prove fresh, where nothing became known since, and no source
        was turned away.
        """
        proved = [
            account.id
            for account in accounts
            if account.id in self._proved_fresh.judgements
            and not self.looks.paused_sources(account)
            # Looks of an earlier run of this sweep may be withdrawn by a check that came since.
            and not self.readings.of(account)
        ]
        if not proved:
            return ScopeJudgement()
        news = await self.tools.store.accounts.news(proved)
        return self._proved_fresh.of(
            key for key in proved if news.get(key, 0) == self._proved_fresh.news[key]
        )

    async def judge(self, accounts: Sequence[Account]) -> ScopeJudgement:
        """Judge from everything that is kept by now."""
        paused = {account.id: self.looks.paused_sources(account) for account in accounts}
        terms = JudgingTerms(
            sweep=self.sweep,
            policy=self.request.policy,
            checks=self.looks.checks,
            supports=self.tools.looker.supports,
        )
        return await judge_scope(self.tools.store, accounts, terms, paused)
