"""A sweep's verdicts from all that is known.

It finds what needs no look, and judges anew as often as readings come in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Self

from mediawatch.domain import (
    Account,
    CanaryCheck,
    Filing,
    Judgement,
    Reading,
    Sweep,
    SweepAccount,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import day_of
from mediawatch.figures.platform_proofs import proving_surface
from mediawatch.names import fold
from mediawatch.ops.drafts import decide
from mediawatch.ops.retention import still_judged
from mediawatch.people.repost_refutations import seen_reposts
from mediawatch.ports import Dossier, Rejudgement, Store
from mediawatch.rules import backing, sentences
from mediawatch.rules import judge as rules
from mediawatch.rules.backing import KnownChecks
from mediawatch.rules.filed_names import NamesInService, names_by_id
from mediawatch.rules.policy import Policy
from mediawatch.rules.problem_proofs import until_issue
from mediawatch.rules.sweep_policy import policy_for, policy_of

_AT_ONCE = 500


async def rejudge(
    store: Store,
    supports: Callable[[str], bool],
    sweep_id: int,
    account_ids: Collection[int] | None = None,
) -> list[SweepAccount]:
    """Judge a sweep, or these accounts of it, anew from all readings that are known now.

    Returns them.

    A worklist or links may have come in. UserError where there is no such sweep, or where retention
    has passed it. A plan like others (`ops.drafts`): else a notice that is issued meanwhile would
    write older judgements over these.
    """
    scope, _ = await decide(
        store, lambda draft, _: _judge_again(draft, supports, sweep_id, account_ids)
    )
    return scope


async def rejudge_with_surfaces(
    store: Store, supports: Callable[[str], bool], sweep_id: int
) -> tuple[list[SweepAccount], Mapping[int, str]]:
    """As `rejudge` of the whole sweep, with `ScopeJudgement.surfaces`."""
    scope, made = await decide(
        store, lambda draft, _: _judge_again(draft, supports, sweep_id, None)
    )
    return scope, made.surfaces


async def judge_news(
    store: Store, supports: Callable[[str], bool], sweep_id: int
) -> list[SweepAccount]:
    """Judge those accounts of a sweep anew of which anything became known since, as `rejudge`.

    A list of answers concerns few accounts of a nation. The others would be judged as they are.
    """
    scope, _ = await decide(
        store, lambda draft, _: _judge_again(draft, supports, sweep_id, None, news_alone=True)
    )
    return scope


async def _judge_again(
    store: Store,
    supports: Callable[[str], bool],
    sweep_id: int,
    account_ids: Collection[int] | None,
    *,
    news_alone: bool = False,
) -> tuple[list[SweepAccount], ScopeJudgement]:
    sweep = next((sweep for sweep in await store.sweeps.all() if sweep.id == sweep_id), None)
    if sweep is None:
        raise UserError(f"there is no sweep {sweep_id}")
    await still_judged(store, sweep)
    scope = await store.sweeps.scope(sweep_id, account_ids)
    if news_alone:
        scope = [entry for entry in scope if entry.has_news or entry.judgement is None]
    policy = policy_of(sweep)
    checks = await checks_for(store, sweep)
    paused = {
        entry.account.id: sentences.paused_then(entry.judgement)
        for entry in scope
        if entry.judgement
    }
    terms = JudgingTerms(sweep=sweep, policy=policy, checks=checks, supports=supports)
    made = await judge_scope(store, [entry.account for entry in scope], terms, paused)
    await store.sweeps.keep_judgements(sweep_id, made.judgements, made.news)
    judged = [replace(entry, judgement=made.judgements[entry.account.id]) for entry in scope]
    return judged, made


async def checks_for(store: Store, sweep: Sweep) -> KnownChecks:
    """The checks around any look that may count in this sweep.

    An earlier sweep's last check may lie before this one's as_of.
    """
    return KnownChecks(await store.operator.canary_checks(since=sweep.as_of - backing.RESUMABLE))


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingTerms:
    """What the accounts of a sweep are judged by."""

    sweep: Sweep
    policy: Policy
    checks: Sequence[CanaryCheck]
    """Of the canaries, around its looks."""
    supports: Callable[[str], bool]
    """Whether a platform can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeJudgement(Rejudgement):
    """What accounts were judged, and by what those that are fresh are proved so."""

    surfaces: Mapping[int, str] = field(default_factory=dict)
    """By account that is fresh, its `proving_surface`.

    Worked out while its readings are at hand: to read a nation's again costs as much as to judge.
    """

    def of(self, account_ids: Iterable[int]) -> Self:
        """See `Rejudgement.of`."""
        wanted = set(account_ids)
        return replace(
            Rejudgement.of(self, wanted),  # `super()` does not know a class with slots
            surfaces={key: each for key, each in self.surfaces.items() if key in wanted},
        )

    def with_others(self, others: ScopeJudgement) -> ScopeJudgement:
        """Together with those of other accounts."""
        return ScopeJudgement(
            judgements={**self.judgements, **others.judgements},
            news={**self.news, **others.news},
            surfaces={**self.surfaces, **others.surfaces},
        )


async def judge_scope(
    store: Store,
    accounts: Sequence[Account],
    terms: JudgingTerms,
    paused: Mapping[int, Sequence[str]],
) -> ScopeJudgement:
    """`rules.judge` by account, from what is kept now, with the news counters read before it.

    It works in portions: a nation's readings are not held at once. `paused`: by account, the
    sources that could not be asked, and why, in Chinese.
    """
    sweep = terms.sweep
    policy = policy_for(terms.policy, sweep.period_from)
    checks = KnownChecks.of(terms.checks)
    judgements: dict[int, Judgement] = {}
    news: dict[int, int] = {}
    surfaces: dict[int, str] = {}
    issued = await store.notices.issued_at(sweep.id)
    names: NamesInService | None = None  # read where a page bears another name than the filed one
    for start in range(0, len(accounts), _AT_ONCE):
        some = accounts[start : start + _AT_ONCE]
        ids = [account.id for account in some]
        now = await store.accounts.current(ids)
        readings = await store.readings.for_judgement(ids, sweep.as_of, sweep.period_from)
        looks = await store.readings.problem_looks(sweep.id, ids)
        some = [_opened(each, now[each.id].opened_on) for each in some]
        reposts = await seen_reposts(store, some, looks, issued)
        for account in some:
            filed = account.filed
            of_account = tuple(
                _of_its_time(reading, filed, sweep)
                for reading in _after_issue(
                    readings.get(account.id, ()), issued.get(account.id), sweep
                )
                if _follows_filing(reading, filed, sweep)
            )
            if names is None and _bears_another_name(of_account, filed):
                names = NamesInService.of(await store.accounts.names_in_service())
            known = Dossier(
                filed=filed,
                identity=now[account.id].identity,
                readings=of_account,
                problem_looks=until_issue(looks.get(account.id, ()), issued.get(account.id)),
                reposts=reposts.get(account.id, ()),
                others_names=(
                    names.borne_by_others(account.id, account.platform, of_account)
                    if names
                    else frozenset()
                ),
                supported=terms.supports(account.platform),
                checks=checks,
                paused=tuple(paused.get(account.id, ())),
            )
            judged = rules.judge(known, sweep.as_of, policy, sweep.period_from)
            judgements[account.id] = judged
            news[account.id] = now[account.id].news
            if judged.verdict is Verdict.FRESH:
                surfaces[account.id] = proving_surface(
                    judged, readings.get(account.id, ()), policy, now[account.id].identity
                )
    return ScopeJudgement(judgements=judgements, news=news, surfaces=surfaces)


def _bears_another_name(readings: Sequence[Reading], filed: Filing) -> bool:
    return not names_by_id(readings) <= {fold(filed.name)}


def _opened(account: Account, now: date | None) -> Account:
    filed = as_opened(account.filed, now)
    return account if filed is account.filed else replace(account, filed=filed)


def as_opened(filed: Filing, now: date | None) -> Filing:
    """The filing as it was frozen, but with an opening day that is known better by now.

    An account is not silent before it was opened.
    """
    return (
        replace(filed, opened_on=now)
        if now and (filed.opened_on is None or now > filed.opened_on)
        else filed
    )


ACCUSES_FOR = timedelta(days=7)
"""After so long, a look of another sweep no longer speaks against accounts of an inspection.

The time is counted from the inspection's beginning.
"""


def _follows_filing(reading: Reading, filed: Filing, sweep: Sweep) -> bool:
    """False for what was seen of a closed account before its scope was frozen.

    It may have been seen before it was filed as closed: that it was alive then is no fault.
    """
    return (
        filed.in_service
        or reading.sweep_id == sweep.id
        or sweep.started_at is None
        or reading.read_at >= sweep.started_at
    )


def _of_its_time(reading: Reading, filed: Filing, sweep: Sweep) -> Reading:
    """A reading without what another inspection saw much later against the account.

    An account that is gone, renamed or silent in spring was perhaps not so in winter. What a
    reading shows for the account counts, whenever it was seen.
    """
    if (
        reading.sweep_id in (None, sweep.id)
        or reading.read_at <= max(sweep.as_of, sweep.started_at or sweep.as_of) + ACCUSES_FOR
    ):
        return reading
    favourable = (backing.keep_favourable(sight, filed) for sight in reading.sights)
    return replace(
        reading,
        sights=tuple(
            sight if backing.named_as_filed(sight, filed) else replace(sight, name="")
            for sight in favourable
        ),
    )


def _after_issue(
    readings: Sequence[Reading], issued_at: datetime | None, sweep: Sweep
) -> Iterator[Reading]:
    """The readings that judge a sweep once an account was named in its notice.

    Later looks show what was rectified: another name, an account that is there again. Of the
    inspected time they show only posts that are dated until then.
    """
    for reading in readings:
        if issued_at is None or reading.read_at <= issued_at:
            yield reading
            continue
        sights = (
            replace(
                sight, posts=tuple(post for post in sight.posts if post.on <= day_of(sweep.as_of))
            )
            for sight in reading.sights
        )
        favourable = tuple(
            replace(sight, name="", verified_as="", complete_since=None)
            for sight in sights
            if sight.posts
        )
        if favourable:
            yield replace(reading, sights=favourable)
