"""Whether an office's rules are those of the round, or stricter ones, in Chinese. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from mediawatch.domain import Code, Effect
from mediawatch.rules.account_policy import AccountPolicy, every_policy
from mediawatch.rules.policy import Policy, have_same_rules
from mediawatch.rules.policy_exceptions import PolicyException, fold

_WEIGHTS = {Effect.HINT: 0, Effect.LISTED: 1, Effect.DEDUCTS: 2, Effect.FAILS: 3}
_ONE_WORD = ("platforms", "types", "kinds", "levels", "functions")
"""Conditions of exceptions of which an account meets one word alone; it has several places."""
_EVERYBODY = PolicyException()


def rule_faults(policy: Policy, common: Policy, *, own_rules: bool) -> list[str]:
    """Why rules are not those of the round (`common`); with `own_rules`, where they are laxer."""
    if have_same_rules(policy, common):
        return []
    if own_rules:
        said = list(dict.fromkeys(_laxer(policy, common)))
        return [f"本地规则“{policy.title}”宽于本次统一规则：{'；'.join(said)}"] if said else []
    return [
        f"检查规则为“{policy.title}”（{policy.window.days}天），与本次统一规则"
        f"“{common.title}”（{common.window.days}天）不一致"
    ]


def _laxer(policy: Policy, common: Policy) -> Iterator[str]:
    """Each difference by which somebody may be judged less strictly.

    An account is judged by the first exception that fits it: two parts are compared where one
    account may be judged by both.
    """
    ours, theirs = list(_parts(policy)), list(_parts(common))
    for place, (condition, own) in enumerate(ours):
        for other_place, (other_condition, other) in enumerate(theirs):
            if (
                not any(each.covers(other_condition) for each, _ in ours[:place])
                and not any(each.covers(condition) for each, _ in theirs[:other_place])
                and not _are_apart(condition, other_condition)
            ):
                yield from _laxer_window(own, other)
                yield from _milder_kinds(own, other)
                if _judges(condition) < _judges(other_condition):
                    yield "有账号不按更新判定"
    if policy.opening.grace_days > common.opening.grace_days:
        yield f"新开设账号宽限{policy.opening.grace_days}天，统一规则为{common.opening.grace_days}天"
    if policy.updates.reposts and not common.updates.reposts:
        yield "转发计为更新，统一规则不计"
    if policy.updates.unpushed and not common.updates.unpushed:
        yield "未推送的信息计为更新，统一规则不计"
    if common.closing.judged and not policy.closing.judged:
        yield "关停中的账号不判定，统一规则判定"


def _parts(policy: Policy) -> Iterator[tuple[PolicyException, AccountPolicy]]:
    """Each exception with its rules, in the order in which they are tried; what is left comes last."""
    rest, *exceptions = every_policy(policy)
    yield from zip(policy.exceptions, exceptions, strict=True)
    yield _EVERYBODY, rest


def _are_apart(one: PolicyException, other: PolicyException) -> bool:
    """Whether no account can meet both."""
    return any(
        set(map(fold, one.conditions[name])).isdisjoint(map(fold, other.conditions[name]))
        for name in _ONE_WORD
        if name in one.conditions and name in other.conditions
    )


def _judges(condition: PolicyException) -> int:
    """The more accounts are judged by their posts, the higher: none, all but applications, all."""
    return {False: 0, None: 1, True: 2}[condition.judged_by_updates]


def _laxer_window(own: AccountPolicy, other: AccountPolicy) -> Iterator[str]:
    if own.stale_gap > other.stale_gap:
        yield f"{own.limit}，统一规则{other.limit}"


def _milder_kinds(own: AccountPolicy, other: AccountPolicy) -> Iterator[str]:
    tiers = {each.code for each in other.tiers}
    if own.tiers != other.tiers and _least(own) < max(_weight(other, code) for code in tiers):
        yield "有未更新情形不计为不合格，统一规则计入"
    for code, rule in other.codes.items():
        if code not in own.codes:
            # Another name of a silence leaves none out: the tiers as a whole are compared.
            if code not in tiers and rule.effect is not Effect.HINT:
                yield f"没有“{rule.label}”"
        elif _weight(own, code) < _weight(other, code):
            yield f"“{rule.label}”为{own.codes[code].effect.label}，统一规则为{rule.effect.label}"
        elif (own.codes[code].points or 0) < (rule.points or 0) and rule.effect is own.effect(code):
            yield f"“{rule.label}”扣{own.codes[code].points:g}分，统一规则扣{rule.points:g}分"


def _least(policy: AccountPolicy) -> int:
    return min(_weight(policy, each.code) for each in policy.tiers)


def _weight(policy: AccountPolicy, code: Code) -> int:
    return _WEIGHTS[policy.codes[code].effect]
