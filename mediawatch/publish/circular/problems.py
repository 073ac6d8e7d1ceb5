"""存在的主要问题: each failed account once, under its leading problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mediawatch.domain import Code, Effect, Finding, Notice
from mediawatch.figures.counts import leading_finding
from mediawatch.publish.circular.naming import name_with_type, names_by_type, names_with_types
from mediawatch.publish.circular.text import MANY, CircularParagraph, References
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.repeats import is_unrectified
from mediawatch.rules.policy import Policy

OTHERS = "其他需关注情形"


@dataclass(frozen=True, slots=True)
class _Kind:
    label: str
    problems: list[AccountProblem]
    tiers: tuple[tuple[str, int, list[AccountProblem]], ...] = ()
    """Of nested tiers, longest first: the label, how many reached it, and whose longest it is."""


def problems(inspection: Inspection, references: References) -> tuple[CircularParagraph, ...]:
    """The kinds in the policy's order of precedence, then what is noteworthy without failing.

    The headings bear no number yet.
    """
    said = [
        CircularParagraph(
            _text(kind, inspection, references) + _repeats(kind, inspection),
            f"{kind.label}。",
        )
        for kind in _kinds(inspection)
    ]
    if inspection.noteworthy:
        said.append(CircularParagraph(_noteworthy(inspection, references), f"{OTHERS}。"))
    return tuple(said)


def _kinds(inspection: Inspection) -> list[_Kind]:
    policy = inspection.policy
    codes = list(policy.precedence)
    kinds: dict[str, list[AccountProblem]] = {}
    tiers = [tier.code for tier in policy.tiers] if policy.tiers_counted == "nested" else []

    def rank(pair: tuple[AccountProblem, Finding]) -> int:
        return codes.index(pair[1].code) if pair[1].code in codes else len(codes)

    found = [(each, leading_finding(each.entry, policy)) for each in inspection.failed]
    for problem, finding in sorted(found, key=rank):
        label = policy.label(tiers[-1]) if finding.code in tiers else finding.label
        kinds.setdefault(label, []).append(problem)
    return [_Kind(label, some, _tiers(some, tiers, policy)) for label, some in kinds.items()]


def _tiers(
    some: Sequence[AccountProblem], tiers: Sequence[Code], policy: Policy
) -> tuple[tuple[str, int, list[AccountProblem]], ...]:
    own: dict[Code, list[AccountProblem]] = {code: [] for code in tiers}
    for problem in some:
        code = leading_finding(problem.entry, policy).code
        if code not in own:
            return ()
        own[code].append(problem)
    reached, found = 0, []
    for code, members in own.items():
        reached += len(members)
        found.append((policy.label(code), reached, members))
    return tuple(tier for tier in found if tier[1])


def _text(kind: _Kind, inspection: Inspection, references: References) -> str:
    measure, count = inspection.office.measure, len(kind.problems)
    total = f"共有{count}{measure}政务新媒体"
    longer = kind.tiers[:-1]
    if count > MANY:
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


def _repeats(kind: _Kind, inspection: Inspection) -> str:
    """其中，…在上期通报（…）中已被指出“…”，仍未整改。"""
    among = "上述政务新媒体中" if len(kind.tiers) > 1 else "其中"
    groups: dict[tuple[int, str, bool], list[AccountProblem]] = {}
    notices: dict[int, Notice] = {}
    for problem in kind.problems:
        last = inspection.past.last.get(problem.entry.account.id)
        if last is None or problem.times < 2:
            continue
        notice, item = last
        still = problem.updated_on is None and is_unrectified(
            problem.entry, notice, item, inspection.sweep, inspection.past.rechecked
        )
        notices[notice.id] = notice
        groups.setdefault((notice.id, item.problem, still), []).append(problem)
    return "".join(
        f"{among}，{_whom(members, inspection)}在{_call(notices[number], inspection)}中已被指出"
        f"“{said}”，{'仍未整改' if still else '本次检查再次发现问题'}。"
        for (number, said, still), members in groups.items()
    )


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


def _noteworthy(inspection: Inspection, references: References) -> str:
    measure = inspection.office.measure
    kinds: dict[str, list[AccountProblem]] = {}
    for problem in inspection.noteworthy:
        kinds.setdefault(_leading_label(problem, inspection.policy), []).append(problem)
    count = sum(map(len, kinds.values()))
    opening = f"另有{count}{measure}政务新媒体，不计入不合格数"
    where = f"，详见{references['listed']}" if "listed" in references else ""
    if count > MANY:
        said = "、".join(f"{label}{len(some)}{measure}" for label, some in kinds.items())
        return f"{opening}：{said}{where}。"
    said = "；".join(f"{label}{len(some)}{measure}{_named(some)}" for label, some in kinds.items())
    return f"{opening}：{said}{where}。"


def _named(some: Sequence[AccountProblem]) -> str:
    shown = [name_with_type(each.entry.account.filed) for each in some if not each.unnamed]
    more = "等" if len(shown) < len(some) else ""
    return f"，为{'、'.join(shown)}{more}" if shown else ""


def _leading_label(problem: AccountProblem, policy: Policy) -> str:
    order = list(policy.precedence)
    held = [finding for finding in problem.findings if finding.effect is not Effect.HINT]
    first = min(
        held,
        key=lambda finding: order.index(finding.code) if finding.code in order else len(order),
    )
    return first.label
