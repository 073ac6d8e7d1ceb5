"""What a lower office and our own inspection say of one account: alike, different, or of two times.

Pure. A difference says nothing about who is right: 待核对. Both looked at their own moment, and an
account may have posted, or lost posts, in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mediawatch.domain import CheckedSpan, Code, Effect, Finding, SweepAccount, Verdict
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.publish.collect.rebuild import ReportedAccount
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.account_policy import AccountPolicy, account_policy
from mediawatch.rules.hearing import SILENCES
from mediawatch.rules.policy import Policy

OPEN_VERDICTS = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)
_FELL_SILENT_SINCE = "报送单位的监测时间点之后才超期"


class Agreement(StrEnum):
    """How both results of one account stand to each other."""

    SAME = "same"
    DIFFERENT = "different"
    INCOMPARABLE = "incomparable"

    @property
    def label(self) -> str:
        return {"same": "一致", "different": "待核对", "incomparable": "不可比"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDifference:
    """One account with what both say of it."""

    reported: ReportedAccount
    own: SweepAccount
    agreement: Agreement
    reason: str
    """Why it is not comparable, or what differs, in Chinese."""
    reported_span: CheckedSpan
    own_span: CheckedSpan

    @property
    def office(self) -> str:
        return self.reported.office

    @property
    def own_verdict(self) -> Verdict:
        return verdict_of(self.own)

    @property
    def fell_silent_since(self) -> bool:
        """Whether all that we found began after their moment: what they reported may well hold."""
        return self.agreement is Agreement.INCOMPARABLE and self.reason.endswith(_FELL_SILENT_SINCE)


def disproving_day(
    reported: ReportedAccount, policy: Policy, span: CheckedSpan, posted: Iterable[date]
) -> date | None:
    """The newest day on which an account surely posted while its office holds it for silent; None
    for any other account.

    `policy`: the office's; `posted`: by all that we keep. One such post speaks against what was
    reported, whoever saw it.
    """
    silence = _silence(reported.entry)
    if reported.verdict is not Verdict.FAILED or silence is None:
        return None
    first, last = _silent_days(silence, account_policy(policy, reported.filed), span)
    return max((day for day in posted if first <= day <= last), default=None)


def _silent_days(silence: Finding, policy: AccountPolicy, span: CheckedSpan) -> tuple[date, date]:
    """The first and last of the days on which a post speaks against a silence.

    Of a moment the window. Of a period the days within the gap, without the posts that it lies
    between; hand-offs of early versions do not say where it lies: the whole period then.
    """
    if span.first is None:
        return policy.window_start(span.last), span.last
    if silence.gap_since is None or silence.gap_days is None:
        return span.first, span.last
    return (
        silence.gap_since + timedelta(days=1),
        silence.gap_since + timedelta(days=silence.gap_days - 1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleResult:
    """The sample of one office: its own rate of these accounts, and ours."""

    name: str
    drawn: int
    """Accounts of the sample that the office reported."""
    comparable: int
    same: int
    different: int
    their_failed: int
    """Of the comparable ones those that the office holds for failed."""
    our_failed: int
    their_failed_apart: int
    """Of those that cannot be compared."""
    our_failed_apart: int

    @property
    def is_whole(self) -> bool:
        """Whether all accounts of the sample can be compared."""
        return self.comparable == self.drawn


def compare(
    reported: ReportedAccount,
    own: SweepAccount,
    span: CheckedSpan,
    inspection: Inspection,
    posted: Sequence[date],
) -> AccountDifference:
    """Hold both against each other; `span`: what the offices judge; `posted`: days on which the
    account surely posted."""
    agreement, reason = _agreement(reported, own, span, inspection, posted)
    return AccountDifference(
        reported=reported,
        own=own,
        agreement=agreement,
        reason=reason,
        reported_span=span,
        own_span=CheckedSpan.of(inspection.sweep),
    )


def sample_results(found: Sequence[AccountDifference]) -> tuple[SampleResult, ...]:
    """By office in the order in which they first appear; accounts that both settled alike or not."""
    names = list(dict.fromkeys(each.office for each in found))
    return tuple(_result(name, [each for each in found if each.office == name]) for name in names)


def whole_result(found: Sequence[AccountDifference], name: str) -> SampleResult:
    return _result(name, found)


def verdict_of(entry: SweepAccount) -> Verdict:
    return entry.judgement.verdict if entry.judgement else Verdict.UNPROVEN


def _result(name: str, found: Sequence[AccountDifference]) -> SampleResult:
    both = [each for each in found if each.agreement is not Agreement.INCOMPARABLE]
    apart = [each for each in found if each.agreement is Agreement.INCOMPARABLE]
    return SampleResult(
        name=name,
        drawn=len(found),
        comparable=len(both),
        same=sum(each.agreement is Agreement.SAME for each in both),
        different=sum(each.agreement is Agreement.DIFFERENT for each in both),
        their_failed=sum(each.reported.verdict is Verdict.FAILED for each in both),
        our_failed=sum(each.own_verdict is Verdict.FAILED for each in both),
        their_failed_apart=sum(each.reported.verdict is Verdict.FAILED for each in apart),
        our_failed_apart=sum(each.own_verdict is Verdict.FAILED for each in apart),
    )


_Said = tuple[Agreement, str]


def _agreement(
    reported: ReportedAccount,
    own: SweepAccount,
    span: CheckedSpan,
    inspection: Inspection,
    posted: Sequence[date],
) -> _Said:
    theirs, ours = reported.verdict, verdict_of(own)
    policy = account_policy(inspection.policy, own.account.filed)
    days = policy.window.days if policy.judged_by_updates else None
    if theirs in OPEN_VERDICTS:
        return Agreement.INCOMPARABLE, "报送单位待核查"
    if ours in OPEN_VERDICTS:
        return Agreement.INCOMPARABLE, "本级待核查"
    own_span = CheckedSpan.of(inspection.sweep)
    if span.is_other_period(own_span):
        return Agreement.INCOMPARABLE, (
            f"检查时段不同（报送单位{span.named}，本级{own_span.named}）"
        )
    if days != reported.window_days:
        return Agreement.INCOMPARABLE, (
            f"更新时限不同（报送单位{_days(reported.window_days)}，本级{_days(days)}）"
        )
    their_silence, our_silence = _silence(reported.entry), _silence(own)
    if not their_silence and not our_silence:
        return _by_kinds(reported, own, span.last, inspection)
    if their_silence and not our_silence:
        silent = _silent_days(their_silence, policy, span)
        return _only_theirs(own, silent, span.last, own_span.last, posted)
    if our_silence and not their_silence:
        if span.first is not None:
            said = f"本级认定“{our_silence.label}”，报送单位的结论为{theirs.label}"
            return Agreement.DIFFERENT, f"{said}；其间可能删除过内容"
        window = policy.window_start(span.last), span.last
        return _only_ours(our_silence, window, own_span.last, reported)
    return Agreement.SAME, ""


def _days(days: int | None) -> str:
    return "不看更新" if days is None else f"{days}天"


def _silence(entry: SweepAccount) -> Finding | None:
    """The finding that an account was silent too long, among what fails it."""
    return next((each for each in _failing(entry) if each.code in SILENCES), None)


def _failing(entry: SweepAccount) -> list[Finding]:
    found = entry.judgement.findings if entry.judgement else ()
    return [each for each in found if each.effect is Effect.FAILS]


def _only_theirs(
    own: SweepAccount, silent: tuple[date, date], then: date, now: date, posted: Sequence[date]
) -> _Said:
    """They hold it for silent, we do not. A post on one of the `silent` days clears it; one after
    their moment says nothing about it."""
    first, last = silent
    latest = own.judgement.latest_on if own.judgement else None
    known = sorted({*posted, *([latest] if latest else [])})
    within = [day for day in known if first <= day <= last]
    if within:
        return Agreement.DIFFERENT, f"本级见该账号{chinese_day(within[-1])}有更新"
    if now > then and any(day > then for day in known):
        return Agreement.INCOMPARABLE, "报送单位的监测时间点之后有更新"
    if now != then:
        return Agreement.INCOMPARABLE, "监测时间点不同，其间情形可能已变化"
    return Agreement.DIFFERENT, "本级未发现该账号更新超期"


def _only_ours(
    ours: Finding, window: tuple[date, date], now: date, reported: ReportedAccount
) -> _Said:
    """We hold it for silent, they do not. A silence that began after their window contradicts
    nothing."""
    first, then = window
    said = f"报送单位的结论为{reported.verdict.label}"
    if now < then:
        return Agreement.INCOMPARABLE, "监测时间点不同，其间情形可能已变化"
    if now > then and ours.latest_on is not None and ours.latest_on >= first:
        return Agreement.INCOMPARABLE, (
            f"最近更新为{chinese_day(ours.latest_on)}，{_FELL_SILENT_SINCE}"
        )
    if ours.latest_on is None or ours.gap_is_minimum:
        return Agreement.DIFFERENT, f"本级未见更新，{said}；其间可能删除过内容"
    return Agreement.DIFFERENT, (
        f"本级见最近更新为{chinese_day(ours.latest_on)}，{said}；其间可能删除过内容"
    )


def _by_kinds(
    reported: ReportedAccount, own: SweepAccount, then: date, inspection: Inspection
) -> _Said:
    """What else fails it: names and absences are as somebody found them on his own day."""
    theirs, ours = _codes(_failing(reported.entry)), _codes(_failing(own))
    if theirs == ours:
        return Agreement.SAME, ""
    labels = (_labels(_failing(reported.entry)), _labels(_failing(own)))
    said = f"报送单位认定“{labels[0] or '无'}”，本级认定“{labels[1] or '无'}”"
    if day_of(inspection.sweep.as_of) != then:
        return Agreement.INCOMPARABLE, f"{said}；监测时间点不同，其间情形可能已变化"
    return Agreement.DIFFERENT, said


def _codes(findings: Iterable[Finding]) -> frozenset[Code]:
    return frozenset(each.code for each in findings)


def _labels(findings: Iterable[Finding]) -> str:
    return "、".join(dict.fromkeys(each.label for each in findings))
