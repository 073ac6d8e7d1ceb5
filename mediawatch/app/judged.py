"""The one loader of a judged scope.

Every command, document and view says of an inspection what is known by then. Accounts with news
since their judgement are judged again in memory. Commands that only read write nothing. Commands
that decide, draft, issue or hand over give `JudgedScope.rejudged` to the store, which writes it in
the transaction of the decision.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mediawatch.app.root import App
from mediawatch.domain import Account, Finding, ReviewEvent, Sweep, SweepAccount, SweepState
from mediawatch.domain.clock import day_of
from mediawatch.people.repost_refutations import seen_reposts
from mediawatch.ports import Rejudgement
from mediawatch.rules import sentences
from mediawatch.rules.judged_scope import Addition, JudgedScope
from mediawatch.rules.policy import Policy
from mediawatch.rules.reviewed import with_reviews
from mediawatch.rules.revision import revise, with_updates, without_refuted
from mediawatch.rules.sweep_policy import policy_of
from mediawatch.sweep.judging import JudgingTerms, checks_for, judge_scope

PRUNED = "认定后已按期限清理部分核查记录，结论按当时认定。"


async def judged_scope(
    app: App, sweep: Sweep, account_ids: Collection[int] | None = None
) -> JudgedScope:
    """The scope of a sweep as it is judged now, or these accounts of it.

    UserError where its policy cannot be read.
    """
    policy = policy_of(sweep)
    entries = await app.store.sweeps.scope(sweep.id, account_ids)
    moved = [entry for entry in entries if entry.has_news]
    if not moved or sweep.state is SweepState.RUNNING:
        seen = {entry.account.id: entry.news for entry in entries}
        return JudgedScope(
            sweep=sweep, policy=policy, entries=tuple(entries), rejudged=Rejudgement(news=seen)
        )
    before = await app.store.readings.pruned_before()
    if before is not None and sweep.as_of < before:
        return await _after_pruning(app, sweep, policy, entries, moved)
    return await _judged_again(app, sweep, policy, entries, moved)


async def keep_judgements(app: App, sweep: Sweep) -> None:
    """Write the present judgements of an inspection's accounts, before something is handed over."""
    await app.store.reviews.add(
        sweep.id, [], after=0, rejudged=(await judged_scope(app, sweep)).rejudged
    )


async def last_entry(app: App, account_id: int) -> SweepAccount | None:
    """The account's entry of the latest sweep that judged it, as it is judged now."""
    entry = await app.store.sweeps.last_entry(account_id)
    if entry is None or not entry.has_news:
        return entry
    sweep = next(sweep for sweep in await app.store.sweeps.all() if sweep.id == entry.sweep_id)
    return next(
        each for each in (await judged_scope(app, sweep)).entries if each.account.id == account_id
    )


async def _judged_again(
    app: App, sweep: Sweep, policy: Policy, entries: list[SweepAccount], moved: list[SweepAccount]
) -> JudgedScope:
    paused = {
        entry.account.id: sentences.paused_then(entry.judgement)
        for entry in moved
        if entry.judgement
    }
    checks = await checks_for(app.store, sweep)
    terms = JudgingTerms(sweep=sweep, policy=policy, checks=checks, supports=app.supports)
    made = await judge_scope(app.store, [entry.account for entry in moved], terms, paused)
    current = {entry.account.id: entry for entry in entries}
    additions: list[tuple[Account, tuple[Finding, ...]]] = []
    judgements = {}
    for entry in moved:
        assert entry.judgement is not None, "what has moved was judged"
        revision = revise(entry.judgement, made.judgements[entry.account.id])
        judgements[entry.account.id] = revision.judgement
        if revision.added:
            additions.append((entry.account, revision.added))
    events: dict[int, list[ReviewEvent]] = {}
    for event in await app.store.reviews.events(sweep.id):
        events.setdefault(event.account_id, []).append(event)
    for number, judgement in judgements.items():
        reviewed = with_reviews(judgement, events.get(number, ()))
        current[number] = replace(current[number], judgement=reviewed, news=made.news[number])
    news = {entry.account.id: entry.news for entry in current.values()}
    return JudgedScope(
        sweep=sweep,
        policy=policy,
        entries=tuple(current.values()),
        additions=await _dated(app, additions),
        rejudged=Rejudgement(
            judgements=judgements,
            news=news,
            apart=frozenset(account.id for account, _ in additions),
        ),
    )


async def _after_pruning(
    app: App, sweep: Sweep, policy: Policy, entries: list[SweepAccount], moved: list[SweepAccount]
) -> JudgedScope:
    """The stored verdicts, except where a post in the window, or a repost, became known.

    Readings that show such a post never leave, so it counts all the same.
    """
    checks = await checks_for(app.store, sweep)
    terms = JudgingTerms(sweep=sweep, policy=policy, checks=checks, supports=app.supports)
    made = await judge_scope(app.store, [entry.account for entry in moved], terms, {})
    refuted = await _refuted_looks(app, sweep, [entry.account for entry in moved])
    current = {entry.account.id: entry for entry in entries}
    judgements = {}
    for entry in moved:
        assert entry.judgement is not None, "what has moved was judged"
        left = without_refuted(entry.judgement, refuted)
        if (stands := with_updates(left, made.judgements[entry.account.id])) is not entry.judgement:
            judgements[entry.account.id] = stands
        current[entry.account.id] = _as_pruned(replace(entry, judgement=stands))
    news = {entry.account.id: entry.news for entry in entries} | dict(made.news)
    return JudgedScope(
        sweep=sweep,
        policy=policy,
        entries=tuple(current.values()),
        rejudged=Rejudgement(judgements=judgements, news=news),
    )


async def _refuted_looks(app: App, sweep: Sweep, accounts: list[Account]) -> frozenset[int]:
    """Looks that said 重要信息未转载, and that a post speaks against."""
    looks = await app.store.readings.problem_looks(sweep.id, [account.id for account in accounts])
    issued = await app.store.notices.issued_at(sweep.id)
    seen = await seen_reposts(app.store, accounts, looks, issued)
    return frozenset(each.look_id for some in seen.values() for each in some)


async def _dated(
    app: App, added: list[tuple[Account, tuple[Finding, ...]]]
) -> tuple[Addition, ...]:
    """Each with the day of the newest look that makes it."""
    numbers = {
        number for _, findings in added for finding in findings for number in finding.reading_ids
    }
    readings = {
        reading.id: reading
        for some in (await app.store.readings.by_id(numbers)).values()
        for reading in some
    }
    return tuple(
        Addition(
            account=account,
            findings=findings,
            since=max(
                day_of(readings[number].read_at)
                for finding in findings
                for number in finding.reading_ids
                if number in readings
            ),
        )
        for account, findings in added
    )


def _as_pruned(entry: SweepAccount) -> SweepAccount:
    assert entry.judgement is not None, "what has moved was judged"
    if PRUNED in entry.judgement.notes:
        return entry
    return replace(
        entry, judgement=replace(entry.judgement, notes=(*entry.judgement.notes, PRUNED))
    )
