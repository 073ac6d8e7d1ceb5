"""The wordings of 主要问题 and of 上期整改, with the figure that each number must be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from mediawatch.domain import Effect, Finding, Rectification
from mediawatch.publish.circular.printed import Check, Rule
from mediawatch.publish.circular.read_names import NAME, filed_types, printed_name
from mediawatch.publish.circular.read_overview import plain
from mediawatch.publish.inspection import AccountProblem, Inspection

_NAMES = rf"{NAME}(?:、{NAME})*等?"
_TYPED = rf"{NAME}（[^）]*）(?:、{NAME}（[^）]*）)*等?"
_START = r"(?:（[一二三四五六七八九十]+）|\d+\.)"
"""How the heading of a kind begins."""


def problem_rules(inspection: Inspection) -> list[Rule]:
    return [*_kinds(inspection), *_noteworthy(inspection), *_previous(inspection)]


def _alternatives(words: set[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


def _kinds(inspection: Inspection) -> Iterator[Rule]:
    one = re.escape(inspection.office.measure)
    counts = inspection.statistics.whole.kinds
    labels = _alternatives(set(counts))
    ordered = sorted(counts.values())

    def above(match: re.Match[str], line: str) -> Iterator[Check]:
        """A tier with those of the longer one within it."""
        yield match[2], counts[match[1]]
        if match[3]:
            longer = [count for count in ordered if count <= counts[match[1]]]
            yield match[3], int(match[3]) if int(match[3]) in longer else None
        if match[4]:
            yield match[4], counts[match[1]] - int(match[3])

    yield Rule(
        re.compile(rf"^{_START}({labels})。共有(\d+){one}政务新媒体"),
        lambda match, line: [(match[2], counts[match[1]])],
    )
    yield Rule(
        re.compile(
            rf"({labels})的有(\d+){one}(?:（含上述(\d+){one}）)?(?:，另(\d+){one}为)?(?=[：。，])"
        ),
        above,
    )
    types = _alternatives(filed_types(inspection))
    # Each count of names is held against the names behind it, all of a kind against the figures.
    yield Rule(
        re.compile(rf"(?<=[；：。])({types})(\d+){one}(?:：({_NAMES}))?(?=[；。])"),
        lambda match, line: _count_of_names(match[2], match[3]),
    )
    yield Rule(
        re.compile(rf"其余(\d+){one}："),
        lambda match, line: [(match[1], _rest(line, counts, one))],
    )
    yield Rule(
        re.compile(rf"中，(?:({_TYPED})共)?(\d+){one}政务新媒体在[^，。\d]*中已被指出"),
        lambda match, line: _count_of_repeats(match, line, inspection),
    )


def _rest(line: str, counts: Mapping[str, int], one: str) -> int | None:
    tiers = re.findall(rf"({_alternatives(set(counts))})的有\d+{one}", line)
    head = re.match(rf"{_START}({_alternatives(set(counts))})。", line)
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
    again = [problem for problem in inspection.failed if problem.times > 1]
    if match[1] and not match[1].endswith("等"):
        yield match[2], len(re.findall(NAME, match[1]))
    yield match[2], int(match[2]) if int(match[2]) <= len(again) else None


def _noteworthy(inspection: Inspection) -> Iterator[Rule]:
    one = re.escape(inspection.office.measure)
    found = inspection.noteworthy
    labels = _alternatives({held.label for each in found for held in _held(each)})
    yield plain(rf"另有(\d+){one}政务新媒体，不计入不合格数", len(found))

    def checks(match: re.Match[str], line: str) -> Iterator[Check]:
        label, printed, names = match.groups()
        most = sum(any(held.label == label for held in _held(each)) for each in found)
        if names and not names.endswith("等"):
            yield printed, len(re.findall(NAME, names))
        yield printed, int(printed) if int(printed) <= most else None
        all_counts = re.findall(rf"(?<=[：；、])(?:{labels})(\d+){one}", line)
        yield str(sum(map(int, all_counts))), len(found)

    yield Rule(
        re.compile(rf"(?<=[：；、])({labels})(\d+){one}(?:，为({_TYPED}))?(?=[；、，。])"), checks
    )


def _held(problem: AccountProblem) -> list[Finding]:
    return [each for each in problem.findings if each.effect is not Effect.HINT]


def _previous(inspection: Inspection) -> Iterator[Rule]:
    one = re.escape(inspection.office.measure)
    counts = Counter(each.result for each in inspection.past.rechecked)
    yield plain(
        rf"对上期通报（[^）\d]*）[^。\d]*?(\d+){one}政务新媒体进行了复查", sum(counts.values())
    )
    for result in Rectification:
        yield plain(rf"(?<=[：，]){result.label}(\d+){one}(?=[，。])", counts[result])
    yield Rule(
        re.compile(rf"仍未整改的有(\d+){one}(?:：({_TYPED}))?(?=。)"),
        lambda match, line: _count_of_unrectified(match, counts[Rectification.NOT_DONE]),
    )


def _count_of_unrectified(match: re.Match[str], most: int) -> Iterator[Check]:
    if match[2] and not match[2].endswith("等"):
        yield match[1], len(re.findall(NAME, match[2]))
    yield match[1], int(match[1]) if int(match[1]) <= most else None


def named_faults(line: str, given: Mapping[str, str], inspection: Inspection) -> Iterator[str]:
    """What the names of a kind's paragraph have too many or too few of."""
    counts = inspection.statistics.whole.kinds
    one = re.escape(inspection.office.measure)
    head = re.match(rf"{_START}({_alternatives(set(counts))})。共有(\d+){one}政务新媒体。", line)
    types = _alternatives(filed_types(inspection))
    groups = re.findall(rf"(?<=[；：。])(?:{types})\d+{one}：({_NAMES})", line)
    if head is None or not groups:
        return
    printed = Counter(sign for names in groups for sign in re.findall(NAME, names))
    wanted = Counter(
        given[printed_name(problem.entry.account.filed)]
        for problem in inspection.failed
        if not problem.unnamed and head[1] in _labels(problem, inspection)
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
    tiers = [tier.code for tier in policy.tiers]
    if policy.tiers_counted == "nested" and first.code in tiers:
        return {policy.label(code) for code in tiers[tiers.index(first.code) :]} | {first.label}
    return {first.label}
