"""What must hold of each finding of a hand-off, in Chinese. Pure.

What a finding says of itself must bear what it is called: nobody above can look at its evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from mediawatch.domain import (
    CheckedSpan,
    Code,
    Effect,
    Filing,
    MatchedBy,
    Outcome,
    ReviewState,
)
from mediawatch.domain.clock import chinese_day
from mediawatch.publish.collect.rebuild import key_of
from mediawatch.publish.handoff.finding_parts import AccountAsFiled, FindingOut
from mediawatch.publish.handoff.parts import Handoff
from mediawatch.rules.account_policy import AccountPolicy, account_policy, every_policy
from mediawatch.rules.policy import Policy

_LONGEST = 36_525
"""Days: no account is older."""


def finding_faults(document: Handoff, policy: Policy, span: CheckedSpan) -> Iterator[str]:
    """A finding without a person's decision, evidence of its time and facts accuses nobody."""
    yield from _by_the_rules(document, policy)
    tiers = {tier.code.value for each in every_policy(policy) for tier in each.tiers}
    for each in document.findings:
        name = each.account.name
        if each.review_state != ReviewState.CONFIRMED.value:
            yield f"账号“{name}”的问题“{each.label}”未经审核认定"
        times = [each.read_at, *(item.taken_at for item in each.evidence)]
        if any(at.tzinfo is None for at in times):
            yield f"账号“{name}”的核查时间或佐证材料没有时区"
        elif _is_silence(each) and _is_early(each, document):
            yield f"账号“{name}”的未更新结论早于监测时间点，不能成立"
        if any(not _may_be_real(item.sha256) for item in each.evidence):
            yield f"账号“{name}”的佐证材料没有有效的SHA-256"
        if each.code in tiers:
            if fault := _fault_of_looks(each):
                yield f"账号“{name}”的问题“{each.label}”{fault}"
            own = account_policy(policy, _filing_of(each.account))
            if fault := silence_fault(each, own, span):
                yield f"账号“{name}”的问题“{each.label}”{fault}"
    told = Counter((key_of(each.account), each.code, each.label) for each in document.findings)
    for (account, _, label), count in told.items():
        if count > 1:
            yield f"账号“{account[1]}”的问题“{label}”出现{count}次"


def is_sha256(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _may_be_real(sha256: str) -> bool:
    """Whether it can be the hash of a file: one sign again and again is a placeholder."""
    return is_sha256(sha256) and len(set(sha256)) > 1


def _fault_of_looks(told: FindingOut) -> str:
    """Why the looks behind a silence do not bear it, as `rules.ties` has it; "" where they do."""
    seen = [each for each in told.sights if each.outcome in _LISTS]
    if not seen:
        return "没有读到信息列表的核查记录"
    by_name = MatchedBy.NAME.value
    has_id = bool(told.account.platform_id or told.account.original_id)
    if has_id and (told.matched_by == by_name or all(each.matched_by == by_name for each in seen)):
        return "只凭名称确认账号，而该账号有平台标识"
    return ""


_LISTS = (Outcome.OK.value, Outcome.NO_POSTS.value)
"""Outcomes of a look that show what an account posted."""


def _by_the_rules(document: Handoff, policy: Policy) -> Iterator[str]:
    """A problem is called, and has the effect, as the rules of the document itself say.

    Its label is printed in our papers: nobody but a policy has words there.
    """
    known = {
        (code.value, rule.label, rule.effect.value)
        for each in every_policy(policy)
        for code, rule in each.codes.items()
    }
    for each in document.findings:
        if (each.code, each.label, each.effect) not in known:
            yield f"账号“{each.account.name}”的问题“{each.label[:20]}”与所附检查规则不符"


def _is_silence(finding: FindingOut) -> bool:
    return finding.effect == Effect.FAILS.value and finding.gap_days is not None


def _is_early(finding: FindingOut, document: Handoff) -> bool:
    as_of = document.sweep.as_of
    return as_of.tzinfo is not None and finding.read_at < as_of


def silence_fault(told: FindingOut, own: AccountPolicy, span: CheckedSpan) -> str:
    """Why the days that a silence states do not bear it; "" where they do."""
    if told.gap_days is None or not 0 < told.gap_days <= _LONGEST:
        return "没有有效的间隔天数"
    if not own.exceeds(told.gap_days):
        return f"间隔{told.gap_days}天，未超过该账号的更新时限{own.window.days}天"
    latest = told.latest_post.on if told.latest_post else None
    if span.first is None and latest and own.window_start(span.last) <= latest <= span.last:
        return f"所列最近更新为{chinese_day(latest)}，在更新时限之内"
    since = told.gap_since
    if since is None:
        if span.first is not None:
            return ""
        since = span.last - timedelta(days=told.gap_days)
    until = since + timedelta(days=told.gap_days)
    if until != span.last if span.first is None else not span.first <= until <= span.last:
        return f"的间隔截至{chinese_day(until)}，与{span.named}不符"
    if own.tier_of(since, until) is not Code(told.code):
        return f"与间隔{told.gap_days}天不符"
    return ""


def _filing_of(account: AccountAsFiled) -> Filing:
    return Filing(**account.model_dump(exclude={"status"}))
