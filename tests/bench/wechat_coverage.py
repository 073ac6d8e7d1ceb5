"""`make coverage`: how many WeChat accounts a quarter of nights and an inspection prove without a
person, and what is left to people. No browser: the looks are played (`wechat_watches.py`).

The rhythms (`lives.py`) and what each source has of them (`wechat_feeds.py`) are assumptions, not
measurements.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lives import BEGIN, LENGTH, NIGHT, Life, chance, lives, midnight
from watches import ListWatch
from wechat_feeds import feeds
from wechat_starts import Calls, Keys, Start
from wechat_watches import READER, WeChatWatch

from mediawatch.domain import Account, Judgement, Verdict
from mediawatch.domain.clock import day_end, day_of
from mediawatch.ports import SurfaceFacts
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.policy import Policy, load
from mediawatch.sweep.gate.pacing import as_declared
from mediawatch.sweep.needs import need_of
from mediawatch.sweep.plan import plan
from mediawatch.sweep.rates import LookRates
from mediawatch.sweep.request import Request
from scrapers.platforms import ways_with

SEED = 1
YEAR = 365
"""The accounts live for a year, as in `make year`; its last day is the inspection's."""
SIZES = (113, 2_432)
QUARTER = 91
WECHAT = 0.75
OTHERS = {"weibo": 8, "douyin": 12, "toutiao": 5, "": 3}
"""How the other accounts are spread, as in the Tibet registry of 2022; "" has no scraper."""
EVERY = 7
"""A monitoring service hands in its file every so many nights."""
STARTS = (
    Start(words="names only, 1 reader", keys=Keys.NAME, searches=1, readers=1),
    Start(words="names only, 4 readers", keys=Keys.NAME, searches=1, readers=4),
    Start(words="one link each, no login", keys=Keys.LINK),
    Start(words="one link each, 1 reader", keys=Keys.LINK, readers=1),
    Start(words="numbers, 1 reader", keys=Keys.NUMBER, readers=1),
    Start(words="numbers, 2 readers", keys=Keys.NUMBER, readers=2),
    Start(words="numbers, 4 readers", keys=Keys.NUMBER, readers=4),
    Start(words="hints for half, no login", keys=Keys.NUMBER, hinted=True),
    Start(words="hints for half, 1 reader", keys=Keys.NUMBER, readers=1, hinted=True),
)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one start came to. Rows are those of the worklist after the inspection."""

    start: str
    accounts: int
    wechat: int
    active: int
    """WeChat accounts that posted in the window."""
    proved: int
    """Of these, proved without a person."""
    wrong: int
    """Proved without a post in the window: must be 0."""
    suspects: int
    """Rows of WeChat accounts without a post in the window: no source proves that."""
    missed: int
    """Rows of WeChat accounts that did post."""
    others: int
    """Rows of other platforms."""
    nights: int
    reader_calls: float
    """A login a night, the inspection's included."""
    looks: float
    """A night, at WeChat."""

    @property
    def of_active(self) -> float:
        return self.proved / self.active

    @property
    def of_all(self) -> float:
        return self.proved / self.wechat

    @property
    def rows(self) -> int:
        return self.suspects + self.missed + self.others


class Quarter:
    """The nights before an inspection, and the inspection, from one start."""

    def __init__(
        self, wechat: Sequence[Life], start: Start, policy: Policy, nights: int, seed: int
    ):
        self.start, self.policy, self.nights = start, policy, nights
        self.last = YEAR - 1
        self.as_of = day_end(BEGIN + timedelta(days=self.last))
        began = midnight(self.last - nights) + NIGHT
        self.watches = {
            feed.life.number: WeChatWatch(life=feed.life, feed=feed, start=start, began=began)
            for feed in feeds(wechat, seed)
        }
        self.calls: list[Calls] = []
        self._ways: dict[Account, Sequence[SurfaceFacts]] = {}

    def begin_sweep(self, now: datetime, *, nightly: bool) -> list[WeChatWatch]:
        """Whom a sweep that begins now looks at, in its order, each with the need of its look.

        Both are the product's own rules. What these know of the inspection to come enters here.
        """
        request = Request(policy=self.policy, nightly=nightly, next_as_of=self.as_of)
        sweep, calls = request.sweep(now), Calls()
        self.calls.append(calls)
        states = {number: watch.known_state() for number, watch in self.watches.items()}
        accounts = [watch.account for watch in self.watches.values()]
        logins = Counter(session.platform for session in self.start.sessions)
        rates = LookRates(ways=self._ways_of, pace_of=as_declared, logins=logins)
        due = [each.account for each in plan(accounts, states, request, now, rates).due]
        night = request.night(now, rates)
        wanted, spared = night.wanted_from(due, states), night.spared(due, states)
        for watch in self.watches.values():
            need = need_of(sweep, account_policy(self.policy, watch.filed))
            fresh_after = max(need.fresh_after, wanted.get(watch.life.number, need.fresh_after))
            watch.need = replace(need, fresh_after=fresh_after, spared=spared)
            watch.calls = calls
        return [self.watches[each.id] for each in due]

    def _ways_of(self, account: Account) -> Sequence[SurfaceFacts]:
        if account not in self._ways:
            self._ways[account] = ways_with(
                account, {each.platform for each in self.start.sessions}
            )
        return self._ways[account]

    def run(self) -> dict[int, Judgement]:
        """All nights, then the inspection; its judgements by account."""
        for night in range(self.last - self.nights, self.last):
            as_of = midnight(night) + NIGHT
            if self.start.hinted and (self.last - night) % EVERY == 1:
                for watch in self.watches.values():
                    watch.hand_in(night, as_of)
            for watch in self.begin_sweep(as_of, nightly=True):
                if watch.may_see(self._ways_of(watch.account)):
                    watch.sweep(night, as_of, watch.life.looked_at(night), self.policy)
        return self._inspect()

    def _inspect(self) -> dict[int, Judgement]:
        """As `Run` does: known posts settle an account whose name was read lately, else a look."""
        judged = {
            number: watch.judged((), self.as_of, self.policy)
            for number, watch in self.watches.items()
        }
        for watch in self.begin_sweep(self.as_of, nightly=False):
            number = watch.life.number
            if self._is_settled(watch, judged[number]):
                continue
            at = self.as_of + LENGTH * chance(number, self.last, 0)
            judged[number] = watch.sweep(self.last, self.as_of, at, self.policy) or judged[number]
        return judged

    def _is_settled(self, watch: WeChatWatch, judged: Judgement) -> bool:
        since = self.as_of - timedelta(days=self.policy.identity.due_days)
        named = watch.state.name_read_at
        sound = judged.verdict is Verdict.FRESH and not judged.findings and not judged.second_look
        return sound and named is not None and named >= since


def coverage(
    count: int, nights: int, start: Start, policy: Policy, others: int, seed: int = SEED
) -> Figures:
    """Run the quarter; `others` are the rows of other platforms."""
    wechat = lives(count, YEAR, seed)[: round(count * WECHAT)]
    quarter = Quarter(wechat, start, policy, nights, seed)
    judged = quarter.run()
    since = policy.widest_window_start(day_of(quarter.as_of))
    active = {
        number
        for number, watch in quarter.watches.items()
        if watch.feed.active(quarter.last, since)
    }
    left = {number for number, each in judged.items() if each.verdict is Verdict.UNPROVEN}
    proved = {
        number
        for number, each in judged.items()
        if number not in left and each.latest_on is not None and each.latest_on >= since
    }
    made = [night.of(READER) for night in quarter.calls]
    return Figures(
        start=start.words,
        accounts=count,
        wechat=len(wechat),
        active=len(active),
        proved=len(proved & active),
        wrong=len(proved - active),
        suspects=len(left - active),
        missed=len(left & active),
        others=others,
        nights=nights,
        reader_calls=sum(made) / len(made) / max(1, start.readers),
        looks=sum(watch.looks for watch in quarter.watches.values()) / len(made),
    )


def rows_of_others(count: int, policy: Policy, seed: int = SEED) -> int:
    """Rows of the other platforms at the inspection: no scraper, or a look that failed.

    Their lists are complete, with the logins that they need.
    """
    some = lives(count, YEAR, seed)[round(count * WECHAT) :]
    without = round(len(some) * OTHERS[""] / sum(OTHERS.values()))
    as_of = day_end(BEGIN + timedelta(days=YEAR - 1))
    left = without
    for life in some[without:]:
        life.complete = True
        at = as_of + LENGTH * chance(life.number, YEAR - 1, 0)
        judged = ListWatch(life).sweep(YEAR - 1, as_of, at, policy)
        left += judged is None or judged.verdict is Verdict.UNPROVEN
    return left


HEAD = f"{'start':<26}{'of active':>10}{'of all':>8}{'rows':>6}{'silent':>8}{'missed':>8}{'others':>8}{'looks':>8}{'calls':>7}"


def as_line(found: Figures) -> str:
    return (
        f"{found.start:<26}{found.of_active:>10.1%}{found.of_all:>8.1%}{found.rows:>6}"
        f"{found.suspects:>8}{found.missed:>8}{found.others:>8}{found.looks:>8.1f}"
        f"{found.reader_calls:>7.1f}"
    )


def main() -> None:
    sizes = [int(sys.argv[1])] if len(sys.argv) > 1 else SIZES
    nights, seed = (int(word) for word in (*sys.argv[2:4], QUARTER, SEED)[:2])
    policy = load("national")
    for count in sizes:
        others = rows_of_others(count, policy, seed)
        for number, start in enumerate(STARTS):
            found = coverage(count, nights, start, policy, others, seed)
            if not number:
                print(
                    f"{count} accounts, {found.wechat} at WeChat, {found.active} of them active, {nights} nights, seed {seed}"
                )
                print(HEAD)
            print(as_line(found), flush=True)
    print(f"CPU s {sum(os.times()[:2]):.1f}")


if __name__ == "__main__":
    main()
