"""What all of our own inspections of a round say of an account, and of a report of it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mediawatch.domain import CheckedSpan, SweepAccount, Verdict
from mediawatch.publish.collect.differences import (
    OPEN_VERDICTS,
    AccountDifference,
    Agreement,
    compare,
    verdict_of,
)
from mediawatch.publish.collect.rebuild import ReportedAccount
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.policy import Policy, have_same_rules


@dataclass(frozen=True, slots=True)
class OwnLook:
    """One account as one of our own inspections found it."""

    entry: SweepAccount
    inspection: Inspection

    @property
    def fails(self) -> bool:
        return verdict_of(self.entry) is Verdict.FAILED

    def beside(
        self, reported: ReportedAccount, span: CheckedSpan, posted: Sequence[date] = ()
    ) -> AccountDifference:
        return compare(reported, self.entry, span, self.inspection, posted)

    def is_of(self, span: CheckedSpan, policy: Policy) -> bool:
        """Whether it is of the round's own moment or period, and by its rules."""
        return CheckedSpan.of(self.inspection.sweep) == span and self.has_rules(policy)

    def has_rules(self, policy: Policy) -> bool:
        return have_same_rules(self.inspection.policy, policy)


OwnLooks = Mapping[int, Sequence[OwnLook]]
"""By our own number of an account."""


def own_looks(own: Sequence[Inspection]) -> OwnLooks:
    """Of each moment or period the newest look that settled something.

    A later moment says nothing of an earlier one: what was found as of both stands.
    """
    found: dict[int, dict[CheckedSpan, OwnLook]] = defaultdict(dict)
    for inspection in sorted(own, key=lambda each: each.sweep.id):
        span = CheckedSpan.of(inspection.sweep)
        for entry in inspection.scope:
            before = found[entry.account.id]
            if span not in before or verdict_of(entry) not in OPEN_VERDICTS:
                before[span] = OwnLook(entry, inspection)
    return {number: tuple(looks.values()) for number, looks in found.items()}


def failing_looks(looks: OwnLooks) -> dict[int, tuple[OwnLook, ...]]:
    """Those by which an account fails."""
    return {
        number: failing
        for number, found in looks.items()
        if (failing := tuple(each for each in found if each.fails))
    }


def is_contradicted(
    reported: ReportedAccount, looks: Sequence[OwnLook], span: CheckedSpan, policy: Policy
) -> bool:
    """Whether one of the failing `looks` speaks against a report of anything else: never where both
    cannot be compared."""
    return reported.verdict is not Verdict.FAILED and any(
        each.has_rules(policy) and each.beside(reported, span).agreement is Agreement.DIFFERENT
        for each in looks
    )


def said_against(
    reported: ReportedAccount, looks: Sequence[OwnLook], span: CheckedSpan, policy: Policy
) -> str:
    """Why an account that is reported as anything but failed does not stand so, in Chinese.

    "" where nothing of the failing `looks` is of its moment: it fell silent after it.
    """
    if is_contradicted(reported, looks, span, policy):
        return f"{reported.sender}报送为{reported.verdict.label}，本级检查认定不合格，待核对。"
    apart = [
        found.reason if each.has_rules(policy) else "检查规则不同"
        for each in looks
        if not (found := each.beside(reported, span)).fell_silent_since
    ]
    if reported.verdict is Verdict.FAILED or not apart:
        return ""
    why = apart[-1]
    return f"{reported.sender}报送为{reported.verdict.label}，与本级检查的结论不可比（{why}），待核对。"
