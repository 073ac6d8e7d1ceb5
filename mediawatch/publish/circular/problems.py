"""存在的主要问题: each failed account once, under its leading problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mediawatch.domain import Effect, Finding, Notice
from mediawatch.figures.counts import leading_finding
from mediawatch.publish.circular.naming import names_by_type, names_with_types, type_of
from mediawatch.publish.circular.noteworthy import deductions, noteworthy
from mediawatch.publish.circular.omissions import omission_words
from mediawatch.publish.circular.text import MANY, CircularParagraph, References
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.repeats import is_unrectified
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.policy import Policy


@dataclass(frozen=True, slots=True)
class _Kind:
    label: str
    problems: list[AccountProblem]
    wording: str = ""
    """What a circular says of it more than its label."""
    tiers: tuple[tuple[str, int, list[AccountProblem]], ...] = ()
    """Of nested tiers, longest first: the label, how many reached it, and whose longest it is."""


def problems(inspection: Inspection, references: References) -> tuple[CircularParagraph, ...]:
    """The kinds in the policy's order of precedence, then 扣分情形 and 其他需关注情形.

    The headings bear no number yet.
    """
    kinds = _kinds(inspection)
    said = [
        CircularParagraph(
            _text(kind, inspection, references)
            + (f"另{also}" if (also := _besides(kind.label, inspection)) else "")
            + _repeats(kind, inspection),
            f"{kind.label}。",
        )
        for kind in kinds
    ]
    led = {kind.label for kind in kinds}
    said += [
        CircularParagraph(also, f"{label}。")
        for label in _failing_labels(inspection)
        if label not in led and (also := _besides(label, inspection))
    ]
    return (*said, *deductions(inspection, references), *noteworthy(inspection, references))


def _failing_labels(inspection: Inspection) -> list[str]:
    """The kinds by which anybody fails, whether they lead or not, in the policy's order."""
    held = [each for problem in inspection.failed for each in problem.with_effect(Effect.FAILS)]
    held.sort(key=lambda each: inspection.policy.rank(each.code))
    return list(dict.fromkeys(each.label for each in held))


def _besides(label: str, inspection: Inspection) -> str:
    """有1个政务新媒体同时存在该问题: who has it besides the problem by which it is counted."""
    count = sum(
        label != leading_finding(each.entry, inspection.policy).label
        and label in {held.label for held in each.with_effect(Effect.FAILS)}
        for each in inspection.failed
    )
    words = f"有{count}{inspection.office.measure}政务新媒体同时存在该问题，已计入前述问题。"
    return words if count else ""


def _kinds(inspection: Inspection) -> list[_Kind]:
    policy = inspection.policy
    kinds: dict[str, list[AccountProblem]] = {}
    wordings: dict[str, str] = {}

    found = [(each, leading_finding(each.entry, policy)) for each in inspection.failed]
    for problem, finding in sorted(found, key=lambda pair: policy.rank(pair[1].code)):
        tiers = _nested_tiers(problem, finding, policy)
        label = tiers[-1][0] if tiers else finding.label
        kinds.setdefault(label, []).append(problem)
        own = account_policy(policy, problem.entry.account.filed)
        if (rule := own.codes.get(finding.code)) is not None and not tiers:
            wordings.setdefault(label, rule.wording)
    return [
        _Kind(label, some, wordings.get(label, ""), _tiers(some, policy))
        for label, some in kinds.items()
    ]


def _nested_tiers(
    problem: AccountProblem, finding: Finding, policy: Policy
) -> list[tuple[str, int]]:
    """(label, months) of the account's own tiers, longest first; empty where they are not nested."""
    own = account_policy(policy, problem.entry.account.filed)
    if own.tiers_counted != "nested" or finding.code not in [tier.code for tier in own.tiers]:
        return []
    return [(own.label(tier.code), tier.months or 0) for tier in own.tiers]


def _tiers(
    some: Sequence[AccountProblem], policy: Policy
) -> tuple[tuple[str, int, list[AccountProblem]], ...]:
    """Of the accounts of one kind, whose own tiers may be others: they are told by their labels."""
    months: dict[str, int] = {}
    longest: dict[str, list[AccountProblem]] = {}
    for problem in some:
        finding = leading_finding(problem.entry, policy)
        if not (tiers := _nested_tiers(problem, finding, policy)):
            return ()
        months |= dict(tiers)
        own = account_policy(policy, problem.entry.account.filed)
        longest.setdefault(own.label(finding.code), []).append(problem)
    reached, found = 0, []
    for label in sorted(months, key=lambda label: -months[label]):
        members = longest.get(label, [])
        reached += len(members)
        found.append((label, reached, members))
    return tuple(tier for tier in found if tier[1])


def _text(kind: _Kind, inspection: Inspection, references: References) -> str:
    measure, count = inspection.office.measure, len(kind.problems)
    besides = omission_words((each.unnamed for each in kind.problems), measure)
    total = f"{_whose(kind)}共有{count}{measure}政务新媒体{f'（{besides}）' if besides else ''}"
    if all(each.unnamed for each in kind.problems):
        return f"{total}。"
    longer = kind.tiers[:-1]
    if (count > MANY and "list" in references) or inspection.reporting:
        among = "".join(f"，其中{label}的有{reached}{measure}" for label, reached, _ in longer)
        where = f"，名单见{references['list']}" if "list" in references else ""
        return f"{total}{among}{where}。"
    if not longer:
        return f"{total}。{names_by_type(kind.problems, measure)}。"
    said = [f"{total}。其中"]
    above = 0
    for label, reached, own in longer:
        besides = f"（含上述{above}{measure}）" if above else ""
        rest = f"，另{len(own)}{measure}为" if above and own else ""
        names = f"{rest}：{names_by_type(own, measure)}" if own else ""
        said.append(f"{'，' if not above else ''}{label}的有{reached}{measure}{besides}{names}。")
        above = reached
    if rest_of := kind.tiers[-1][2]:
        said.append(f"其余{len(rest_of)}{measure}：{names_by_type(rest_of, measure)}。")
    return "".join(said)


def _whose(kind: _Kind) -> str:
    """微信、微博账号互动回应差，未提供有效互动功能，; "" where the label says it all."""
    if not kind.wording:
        return ""
    types = list(dict.fromkeys(type_of(each.entry.account.filed) for each in kind.problems))
    accounts = "" if types[-1].endswith(_ARE_ACCOUNTS) else "账号"
    return f"{'、'.join(types)}{accounts}{kind.label}，{kind.wording}，"


_ARE_ACCOUNTS = ("号", "程序", "应用", "客户端", "APP")
"""How types end that are not called 账号 once more."""


def _repeats(kind: _Kind, inspection: Inspection) -> str:
    """其中，…在上期通报（…）中已被指出“…”，仍未整改。"""
    among = "上述政务新媒体中" if len(kind.tiers) > 1 else "其中"
    groups: dict[tuple[int, str, bool], list[AccountProblem]] = {}
    notices: dict[int, Notice] = {}
    for problem in kind.problems:
        last = inspection.past.last.get(problem.entry.account.id)
        if last is None or last[1].unnamed or problem.times < 2:
            continue
        notice, item = last
        still = problem.updated_on is None and is_unrectified(
            problem.entry, notice, item, inspection.sweep, inspection.past.rechecked
        )
        notices[notice.id] = notice
        groups.setdefault((notice.id, item.problem, still), []).append(problem)
    said = "；".join(
        f"{_whom(members, inspection)}在{_call(notices[number], inspection)}中已被指出"
        f"“{words}”，{'仍未整改' if still else '本次检查再次发现问题'}"
        for (number, words, still), members in groups.items()
    )
    return f"{among}，{said}。" if said else ""


def _whom(members: Sequence[AccountProblem], inspection: Inspection) -> str:
    shown = [each for each in members if not each.unnamed]
    count = f"{len(members)}{inspection.office.measure}政务新媒体"
    if not shown or len(members) > MANY:
        return count
    names = names_with_types(shown)
    if len(members) == 1:
        return names
    return f"{names}{'等' if len(shown) < len(members) else ''}共{count}"


def _call(notice: Notice, inspection: Inspection) -> str:
    """How the text calls an earlier notice: 上期通报（文号）, an older one by its title."""
    previous = inspection.past.previous
    if previous is not None and previous.id == notice.id:
        return f"上期通报（{notice.number}）"
    return f"《{notice.title}》（{notice.number}）"
