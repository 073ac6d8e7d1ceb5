"""Accounts that are fresh by one person's word alone, drawn for another person to look at."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from mediawatch.domain import (
    Account,
    LookKind,
    Outcome,
    Reading,
    Sweep,
    SweepAccount,
    Verdict,
    without_disowned,
)
from mediawatch.domain.clock import day_of, day_start
from mediawatch.names import same_person
from mediawatch.ports import Store
from mediawatch.rules.account_policy import AccountPolicy, account_policy
from mediawatch.rules.periods import gaps_of
from mediawatch.rules.policy import Policy
from mediawatch.rules.post_lists import posts_of
from mediawatch.rules.proofs import says_usable

_FRESH = (Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """An account that is fresh by one person's word alone, drawn for another person to look at."""

    account: Account
    first: Reading

    @property
    def by(self) -> str:
        return self.first.by


async def second_looks(
    store: Store, sweep: Sweep, scope: Sequence[SweepAccount], policy: Policy
) -> list[SecondLook]:
    """The drawn ones that no other person has looked at yet, in the order of the judged scope."""
    drawn = [
        entry.account
        for entry in scope
        if entry.judgement
        and entry.judgement.verdict in _FRESH
        and is_drawn(sweep.id, entry.account.id, policy.review.second_person_share)
    ]
    # A post within the window or period is seen on its own day at the earliest.
    begin = sweep.period_from or policy.widest_window_start(day_of(sweep.as_of))
    since = day_start(begin - timedelta(days=1))
    readings = await store.readings.by_account([account.id for account in drawn], since=since)
    now = await store.accounts.current([account.id for account in drawn])
    counting = {
        key: [without_disowned(reading, now[key].identity) for reading in some]
        for key, some in readings.items()
    }
    return [
        SecondLook(account=account, first=first)
        for account in drawn
        if (own := account_policy(policy, account.filed))
        and (first := unchecked_word(counting.get(account.id, ()), sweep, own)) is not None
    ]


def is_drawn(sweep_id: int, account_id: int, share: float) -> bool:
    """A draw that anybody can repeat.

    The same sweep and account always give the same result, whatever else was answered.
    """
    number = int.from_bytes(hashlib.sha256(f"{sweep_id}.{account_id}".encode()).digest()[:8], "big")
    return number < share * 2**64


def unchecked_word(
    readings: Sequence[Reading], sweep: Sweep, policy: AccountPolicy
) -> Reading | None:
    """The person's 有 on which alone an account is fresh.

    None where a machine saw a post too (of a period: so many that no gap is too long), or a second
    person looked.
    """
    end = day_of(sweep.as_of)
    start = sweep.period_from or policy.window_start(end)
    posted = [
        reading
        for reading in readings
        if any(start <= post.on <= end for _, post in posts_of(reading, policy))
        or (not policy.judged_by_updates and says_usable(reading))
    ]
    by_people = [reading for reading in posted if reading.look is LookKind.PERSON]
    if not by_people or _machines_suffice(readings, sweep, policy):
        return None
    first = by_people[0]
    of_sweep = [
        reading
        for reading in readings
        if reading.sweep_id == sweep.id and reading.look is LookKind.PERSON
    ]
    seconded = any(
        not same_person(reading.by, first.by)
        and (reading.outcome is not Outcome.NO_EVIDENCE or says_usable(reading))
        for reading in of_sweep
    )
    return None if seconded else first


def _machines_suffice(readings: Sequence[Reading], sweep: Sweep, policy: AccountPolicy) -> bool:
    end = day_of(sweep.as_of)
    days = [
        post.on
        for reading in readings
        if reading.look is not LookKind.PERSON
        for _, post in posts_of(reading, policy)
        if post.on <= end
    ]
    if sweep.period_from is None:
        return any(policy.window_start(end) <= day for day in days)
    gaps = gaps_of(days, sweep.period_from, end)
    return bool(days) and not policy.exceeds(max(gap.days for gap in gaps))
