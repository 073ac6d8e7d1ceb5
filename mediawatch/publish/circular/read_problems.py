"""The wordings of 主要问题 and of 上期整改, with the figure that each number must be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from mediawatch.domain import Effect, Rectification
from mediawatch.publish.circular.printed import Check, Rule, expect
from mediawatch.publish.circular.read_names import (
    NAME,
    TYPED_NAMES,
    alternatives,
    filed_types,
    printed_name,
    type_of,
)
from mediawatch.publish.circular.read_noteworthy import noteworthy_rules
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.rules.account_policy import account_policy

_NAMES = rf"{NAME}(?:、{NAME})*等?"


def _omitted(one: str) -> re.Pattern[str]:
    return re.compile(rf"（其中(?:(\d+){one}不予点名)?，?(?:(\d+){one}另行函告)?）")


_START = r"(?:（[一二三四五六七八九十]+）|\d+\.)"
"""How the heading of a kind begins."""


def problem_rules(inspection: Inspection) -> list[Rule]:
    return [*_kinds(inspection), *noteworthy_rules(inspection), *_previous(inspection)]


def _kinds(inspection: Inspection) -> Iterator[Rule]:
    one = re.escape(inspection.office.measure)
    counts = inspection.statistics.whole.kinds
    labels = alternatives(set(counts))

    def above(match: re.Match[str], line: str) -> Iterator[Check]:
        """A tier with those of the longer one within it."""
        within = _counts_within(line, inspection)
        yield match[2], within[match[1]]
        if match[3]:
            longer = [count for count in within.values() if count <= within[match[1]]]
            yield match[3], int(match[3]) if int(match[3]) in longer else None
        if match[4]:
            yield match[4], within[match[1]] - int(match[3])

    yield Rule(
        re.compile(
            rf"^{_START}({labels})。(?:{_worded(inspection)}，)?共有(?P<count>\d+){one}政务新媒体"
        ),
        lambda match, line: _count_of_kind(match, line, inspection),
    )
    yield Rule(
        re.compile(
            rf"({labels})的有(\d+){one}(?:（含上述(\d+){one}）)?(?:，另(\d+){one}为)?(?=[：。，])"
        ),
        above,
    )
    yield _besides(inspection)
    yield Rule(_omitted(one), lambda match, line: _omissions(match, line, inspection))
    types = alternatives(filed_types(inspection))
    # Each count of names is held against the names behind it, all of a kind against the figures.
    yield Rule(
        re.compile(rf"(?<=[；：。])({types})(\d+){one}(?:：({_NAMES}))?(?=[；。])"),
        lambda match, line: _count_of_names(match[2], match[3]),
    )
    yield Rule(
        re.compile(rf"其余(\d+){one}："),
        lambda match, line: [(match[1], _rest(line, _counts_within(line, inspection), one))],
    )
    yield Rule(
        re.compile(rf"(?:中，|；)(?:({TYPED_NAMES})共)?(\d+){one}政务新媒体在[^，。\d]*中已被指出"),
        lambda match, line: _count_of_repeats(match, line, inspection),
    )


def _besides(inspection: Inspection) -> Rule:
    """有1个政务新媒体同时存在该问题: those who fail by the kind of the heading, and are counted by another."""
    one = re.escape(inspection.office.measure)
    by_kind: Counter[str] = Counter()
    for problem in inspection.failed:
        failing = {each.label for each in problem.findings if each.effect is Effect.FAILS}
        by_kind.update(failing - _labels(problem, inspection))
    heading = re.compile(rf"^{_START}?({alternatives(set(by_kind))})。")

    def checks(match: re.Match[str], line: str) -> Iterator[Check]:
        kind = heading.match(line)
        yield match[1], by_kind[kind[1]] if kind else None

    return Rule(re.compile(rf"有(\d+){one}政务新媒体同时存在该问题"), checks)


def _counts_within(line: str, inspection: Inspection) -> Mapping[str, int]:
    """Accounts by label, of the kind that a paragraph is about; else all of them.

    A longer tier may be reached by accounts of another window, too, of which another one tells.
    """
    kind = _of_kind(line, inspection)
    if not kind:
        return inspection.statistics.whole.kinds
    return Counter(label for each in kind for label in _labels(each, inspection))


def _worded(inspection: Inspection) -> str:
    """微信、微博账号互动回应差，未提供有效互动功能: the types, the label, the policy's wording."""
    types = alternatives(filed_types(inspection))
    worded = alternatives(set(_wordings(inspection)))
    return rf"(?P<types>(?:{types})(?:、(?:{types}))*)(?:账号)?(?P<worded>{worded})"


def _wordings(inspection: Inspection) -> Mapping[str, str]:
    """The label of each wording of the accounts' own policies, by both together."""
    rules = [
        rule
        for problem in inspection.problems
        for rule in account_policy(inspection.policy, problem.entry.account.filed).codes.values()
    ]
    return {f"{rule.label}，{rule.wording}": rule.label for rule in rules if rule.wording}


def _count_of_kind(match: re.Match[str], line: str, inspection: Inspection) -> Iterator[Check]:
    yield match["count"], inspection.statistics.whole.kinds[match[1]]
    if said := match["types"]:
        types = filed_types(inspection)
        printed = sorted(re.findall(alternatives(types), said))
        wanted = {type_of(each.entry.account.filed) for each in _of_kind(line, inspection)}
        yield said, said if printed == sorted(wanted) else None
        yield _wordings(inspection)[match["worded"]], match[1]


def _omissions(match: re.Match[str], line: str, inspection: Inspection) -> Iterator[Check]:
    """How many of the kind, or of the notice before, are left out, and how."""
    left_out = (
        [each.item.unnamed for each in inspection.rechecked]
        if "进行了复查" in line
        else [each.unnamed for each in _of_kind(line, inspection)]
    )
    counts = Counter(left_out)
    for printed, how in zip(match.groups(), ("不在正文点名", "另行函告"), strict=True):
        yield printed or "0", counts[how]


def _rest(line: str, counts: Mapping[str, int], one: str) -> int | None:
    tiers = re.findall(rf"({alternatives(set(counts))})的有\d+{one}", line)
    head = re.match(rf"(?:{_START})({alternatives(set(counts))})。", line)
    if not tiers or head is None:
        return None
    return counts[head[1]] - max(counts[label] for label in tiers)


def _count_of_names(printed: str, names: str | None) -> Iterator[Check]:
    if names is None or names.endswith("等"):
        least = len(re.findall(NAME, names or "")) + 1
        yield printed, int(printed) if int(printed) >= least else None
    else:
        yield printed, len(re.findall(NAME, names))


def _count_of_repeats(match: re.Match[str], line: str, inspection: Inspection) -> Iterator[Check]:
    """The count against the names beside it, and all counts of a kind against the notices."""
    if match[1] and not match[1].endswith("等"):
        yield match[2], len(re.findall(NAME, match[1]))
    one = re.escape(inspection.office.measure)
    groups = re.findall(
        rf"(?:中，|；)(?:(?:{TYPED_NAMES}共)?(\d+){one}政务新媒体|{NAME}（[^）]*）)在[^，。\d]*中已被指出",
        line,
    )
    again = [
        problem
        for problem in _of_kind(line, inspection)
        if problem.times > 1
        and (last := inspection.past.last.get(problem.entry.account.id))
        and not last[1].unnamed
    ]
    yield str(sum(int(count or 1) for count in groups)), len(again)


def _of_kind(line: str, inspection: Inspection) -> list[AccountProblem]:
    """The failed accounts of the kind that a paragraph is about."""
    labels = alternatives(set(inspection.statistics.whole.kinds))
    head = re.match(rf"(?:{_START})({labels})。(?:{_worded(inspection)}，)?共有", line)
    failed = inspection.failed if head else ()
    return [each for each in failed if head and head[1] in _labels(each, inspection)]


def _previous(inspection: Inspection) -> Iterator[Rule]:
    one = re.escape(inspection.office.measure)
    counts = Counter(each.result for each in inspection.past.rechecked)
    yield expect(
        rf"对上期通报（[^）\d]*）[^。\d]*?(\d+){one}政务新媒体(?:（[^）]*）)?进行了复查",
        sum(counts.values()),
    )
    for result in Rectification:
        yield expect(rf"(?<=[：，]){result.label}(\d+){one}(?=[，。])", counts[result])
    yield Rule(
        re.compile(rf"仍未整改的有(\d+){one}(?:：({TYPED_NAMES}))?(?=。)"),
        lambda match, line: _count_of_unrectified(match, counts[Rectification.NOT_DONE]),
    )


def _count_of_unrectified(match: re.Match[str], most: int) -> Iterator[Check]:
    if match[2] and not match[2].endswith("等"):
        yield match[1], len(re.findall(NAME, match[2]))
    yield match[1], int(match[1]) if int(match[1]) <= most else None


def named_faults(line: str, given: Mapping[str, str], inspection: Inspection) -> Iterator[str]:
    """What the names of a kind's paragraph have too many or too few of."""
    one, types = re.escape(inspection.office.measure), alternatives(filed_types(inspection))
    kind = _of_kind(line, inspection)
    groups = re.findall(rf"(?<=[；：。])({types})(\d+){one}(?:：({_NAMES}))?(?=[；。])", line)
    if not kind or not groups:
        return
    counts: Counter[str] = Counter()
    for type_, count, _ in groups:
        counts[type_] += int(count)
    if counts != Counter(type_of(each.entry.account.filed) for each in kind):
        yield f"{line!r} does not count the accounts of its kind by their 类型."
    printed = Counter(sign for *_, names in groups for sign in re.findall(NAME, names))
    wanted = Counter(
        given[printed_name(each.entry.account.filed)] for each in kind if not each.unnamed
    )
    if printed != wanted:
        yield f"{line!r} does not name the accounts of its kind, each once."


def _labels(problem: AccountProblem, inspection: Inspection) -> set[str]:
    """The kinds under which an account is counted, from its own findings."""
    order, policy = list(inspection.policy.precedence), inspection.policy
    failing = [each for each in problem.findings if each.effect is Effect.FAILS]
    first = min(
        failing, key=lambda each: order.index(each.code) if each.code in order else len(order)
    )
    own = account_policy(policy, problem.entry.account.filed)
    tiers = [tier.code for tier in own.tiers]
    if policy.tiers_counted == "nested" and first.code in tiers:
        return {own.label(code) for code in tiers[tiers.index(first.code) :]} | {first.label}
    return {first.label}
