"""审核: who may decide what about a finding, and what a decision is. Pure, but for what asks the
store.

疑似 → (已下发核实 →) 认定 or 排除; back only by reopening, or when the finding comes to say
something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mediawatch.domain import (
    Account,
    Attested,
    CanaryCheck,
    Code,
    Excuse,
    Finding,
    LookKind,
    Outcome,
    Reading,
    ReviewAction,
    ReviewEvent,
    ReviewState,
    Standing,
    Sweep,
    SweepAccount,
    UserError,
    Verdict,
    is_about,
    same_ids,
    standing,
)
from mediawatch.domain.clock import day_of, day_start
from mediawatch.names import same_person
from mediawatch.ports import Store
from mediawatch.rules import backing as trust
from mediawatch.rules import hearing
from mediawatch.rules.hearing import Hearing, HearingState
from mediawatch.rules.policy import HEARING, HearingRule, Policy, parse
from mediawatch.rules.proofs import posts_of

CONFIRM_REASON = "经人工审核,证据属实"
_FRESH = (Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT)
_FROM: Mapping[ReviewAction, tuple[ReviewState, ...]] = {
    ReviewAction.DISPATCHED: (ReviewState.OPEN,),
    ReviewAction.OVERDUE: (ReviewState.DISPATCHED,),
    ReviewAction.CONFIRMED: (ReviewState.OPEN, ReviewState.DISPATCHED),
    ReviewAction.DISMISSED: (ReviewState.OPEN, ReviewState.DISPATCHED),
    ReviewAction.REOPENED: (ReviewState.CONFIRMED, ReviewState.DISMISSED),
}
"""From which states an action leads on. An answer leads nowhere, and may come late: it needs a
dispatch, whatever followed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A finding before its reviewer, with all that bears on the decision. `readings` are those that
    prove it, oldest first.
    """

    sweep_id: int
    account: Account
    finding: Finding
    readings: tuple[Reading, ...] = ()
    events: tuple[ReviewEvent, ...] = ()
    attested: Attested = Attested.RECORDED
    backing: trust.Backing = trust.Backing.UNCHECKED
    rule: HearingRule = HEARING
    as_of: datetime | None = None
    """Of the sweep."""

    @property
    def hearing(self) -> Hearing:
        return hearing.hearing_of(self.events, self.finding, self.rule)

    @property
    def is_late(self) -> bool:
        """Whether it rests on a silence that was read long after as_of."""
        read_at = [reading.read_at for reading in self.readings]
        return self.as_of is not None and hearing.is_read_late(
            self.finding, read_at, self.as_of, self.rule
        )

    @property
    def must_be_heard(self) -> bool:
        """Whether it is confirmed only after its hearing."""
        return self.is_late or hearing.is_required(self.finding, self.rule)

    @property
    def standing(self) -> Standing:
        return standing(self.events, self.finding)

    @property
    def key(self) -> str:
        """How people name the finding: `12/stale_2w`, our own id of the account and the code."""
        return f"{self.account.id}/{self.finding.code.value}"

    @property
    def versioned(self) -> str:
        """The same with the version that is shown: `12/stale_2w@3f2a`. A decision names it, so that
        nobody decides what he has not seen."""
        return f"{self.key}@{self.finding.facts.version}"

    @property
    def surfaces(self) -> tuple[str, ...]:
        return tuple(
            sorted({sight.surface for reading in self.readings for sight in reading.sights})
        )

    @property
    def lookers(self) -> tuple[str, ...]:
        """Persons whose own looks the finding rests on."""
        return tuple(
            dict.fromkeys(
                reading.by for reading in self.readings if reading.look is LookKind.PERSON
            )
        )

    @property
    def remark(self) -> str:
        """What the reviewer must know of earlier decisions, in Chinese; "" for nothing."""
        last = self.standing.by
        if last is None or is_about(last, self.finding):
            return ""
        taken_back = ",须重新审核" if self.standing.outdated else ""
        return f"{last.by}{last.action.label}后结论有变{taken_back}(当时:{last.sentence})"


def leads_on(suspect: Suspect, action: ReviewAction) -> bool:
    """Whether an action can follow the state that the finding is in. What has changed since it was
    sent down is sent down again.
    """
    changed = (
        suspect.standing.state is ReviewState.DISPATCHED
        and suspect.hearing.state is HearingState.NOT_SENT
    )
    return suspect.standing.state in _FROM[action] or (
        changed and action is ReviewAction.DISPATCHED
    )


def excuse_of(text: str) -> Excuse | None:
    """By its Chinese word or its name; None for "". UserError lists them."""
    if not text:
        return None
    for excuse in Excuse:
        if text in (excuse.value, excuse.name, excuse.name.lower()):
            return excuse
    raise UserError(
        f"no excuse {text!r}: give one of "
        f"{', '.join(f'{each.value} ({each.name.lower()})' for each in Excuse)}"
    )


def refusal(
    suspect: Suspect,
    action: ReviewAction,
    by: str,
    reason: str,
    *,
    at: datetime | None = None,
    excuse: Excuse | None = None,
    without_hearing: bool = False,
) -> str:
    """Why this may not be done, in Chinese; "" where it may. `at` is asked for the end of a
    term.
    """
    if not by.strip():
        return "须写明由谁作出"
    if action is ReviewAction.ANSWERED:
        return (
            ""
            if any(event.action is ReviewAction.DISPATCHED for event in suspect.events)
            else "未曾下发核实,不能登记反馈"
        )
    if not leads_on(suspect, action):
        decided = action in (ReviewAction.CONFIRMED, ReviewAction.DISMISSED)
        remedy = ";如须改变决定,先用 mediawatch review reopen 撤回" if decided else ""
        return f"现为“{suspect.standing.state.label}”,不能{action.label}{remedy}"
    if action is ReviewAction.CONFIRMED and any(
        same_person(by, looker) for looker in suspect.lookers
    ):
        return f"所依据的人工核查由{by}本人作出,须由他人认定"
    answered = [event.by for event in suspect.events if event.action is ReviewAction.ANSWERED]
    if action is ReviewAction.CONFIRMED and any(same_person(by, person) for person in answered):
        return f"单位反馈由{by}本人填写,须由他人认定"
    if action is ReviewAction.CONFIRMED:
        return _unheard(suspect, reason, without_hearing=without_hearing)
    if action is ReviewAction.OVERDUE:
        return _not_overdue(suspect.hearing, at)
    if action in (ReviewAction.DISMISSED, ReviewAction.REOPENED) and not (reason.strip() or excuse):
        return f"{action.label}须写明理由"
    return ""


def _unheard(suspect: Suspect, reason: str, *, without_hearing: bool) -> str:
    """Why a finding may not be confirmed as far as its unit was heard."""
    heard = suspect.hearing
    if heard.state.ended or not suspect.must_be_heard:
        return ""
    if suspect.is_late:
        return (
            f"读取晚于监测时间点{suspect.rule.late_days}天以上,其间内容可能已被删除或撤回,"
            f"须经下发核实后认定(现为{heard.label})"
        )
    if not without_hearing:
        remedy = (
            "期满未反馈的先用 findings overdue 登记,不经核实认定的须加 --without-hearing 并用 "
            "--reason 写明理由"
        )
        return f"核实尚未结束(现为{heard.label}):{remedy}"
    return (
        "" if reason.strip() not in ("", CONFIRM_REASON) else "不经核实认定须用 --reason 写明理由"
    )


def _not_overdue(heard: Hearing, at: datetime | None) -> str:
    match heard.state:
        case HearingState.NOT_SENT:
            return "下发核实后结论有变,须重新下发"
        case HearingState.RUNNING:
            return (
                "" if at is not None and heard.is_over(at) else f"反馈期限为{heard.term},尚未届满"
            )
        case _:
            return f"核实已结束({heard.label})"


def event_of(
    suspect: Suspect,
    action: ReviewAction,
    *,
    by: str,
    at: datetime,
    reason: str = "",
    source: str = "",
    excuse: Excuse | None = None,
    without_hearing: bool = False,
) -> ReviewEvent:
    """The event that this decision is; a dispatch gets its term. UserError where it may not be
    made.
    """
    if why := refusal(
        suspect, action, by, reason, at=at, excuse=excuse, without_hearing=without_hearing
    ):
        raise UserError(f"{suspect.key} {suspect.account.filed.name}: {why}")
    return ReviewEvent(
        sweep_id=suspect.sweep_id,
        account_id=suspect.account.id,
        code=suspect.finding.code,
        action=action,
        at=at,
        by=by.strip(),
        reason=reason.strip(),
        source=source,
        sentence=suspect.finding.sentence,
        facts=suspect.finding.facts,
        excuse=excuse,
        term=hearing.term_of(at, suspect.rule) if action is ReviewAction.DISPATCHED else None,
        unheard=action is ReviewAction.CONFIRMED
        and suspect.must_be_heard
        and not suspect.hearing.state.ended,
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides about findings."""

    action: ReviewAction
    by: str
    reason: str = ""
    excuse: Excuse | None = None
    without_hearing: bool = False

    def of(self, suspect: Suspect, at: datetime) -> ReviewEvent:
        """The event that it is about one of them. UserError where it may not be made."""
        return event_of(
            suspect,
            self.action,
            by=self.by,
            at=at,
            reason=self.reason,
            excuse=self.excuse,
            without_hearing=self.without_hearing,
        )

    def refusal(self, suspect: Suspect) -> str:
        return refusal(
            suspect,
            self.action,
            self.by,
            self.reason,
            excuse=self.excuse,
            without_hearing=self.without_hearing,
        )


def refusals(
    found: Sequence[Suspect], everything: Sequence[Suspect], made: Decision, keys: frozenset[str]
) -> dict[str, str]:
    """Which of the findings may not be decided, by key, and why in Chinese. `keys`: those that were
    named one by one.

    A filter, or an account, confirms what its unit answered with 无异议; every other accusation is
    confirmed by its own key. The filings of one account stand together: what may not be decided of
    one of them is decided of none.
    """
    refused = {suspect.key: why for suspect in found if (why := made.refusal(suspect))}
    if made.action is ReviewAction.CONFIRMED:
        for suspect in found:
            named = any(_names(keys, each) for each in (suspect, *twins(found, suspect)))
            if (
                suspect.key not in refused
                and not named
                and suspect.hearing.state is not HearingState.AGREED
            ):
                refused[suspect.key] = (
                    f"单位未答“无异议”(现为{suspect.hearing.label}),须写明编号逐个认定"
                )
        for suspect in found:
            for twin in twins(everything, suspect):
                dismissed = (
                    "已排除,须先重新审核" if twin.standing.state is ReviewState.DISMISSED else ""
                )
                if why := dismissed or refused.get(twin.key, ""):
                    refused.setdefault(suspect.key, f"同一账号的另一备案{twin.key}:{why}")
    return refused


def _names(keys: frozenset[str], suspect: Suspect) -> bool:
    return any(key.partition("@")[0] == suspect.key for key in keys)


def twins(found: Iterable[Suspect], suspect: Suspect) -> list[Suspect]:
    """The same finding of the same account, filed a second time: another row of the registry with
    the same platform id.
    """
    one, said = suspect.account.filed.identity, replace(suspect.finding.facts, ids=None, tie=None)
    return [
        other
        for other in found
        if other.account.id != suspect.account.id
        and other.account.platform == suspect.account.platform
        and said.agree(other.finding.facts)
        and same_ids(other.account.filed.platform_id, other.account.filed.original_id, one)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A filter over suspects; an empty field wants everything. `keys` are findings by name:
    `12/stale_2w`, or an account's `12`.
    """

    keys: tuple[str, ...] = ()
    state: ReviewState | None = None
    codes: tuple[Code, ...] = ()
    prefecture: str = ""
    platform: str = ""
    supervisor: str = ""
    surface: str = ""
    attested: Attested | None = None

    def takes(self, suspect: Suspect) -> bool:
        filed = suspect.account.filed
        return (
            (
                not self.keys
                or bool({suspect.key, suspect.versioned, str(suspect.account.id)} & {*self.keys})
            )
            and (self.state is None or suspect.standing.state is self.state)
            and (not self.codes or suspect.finding.code in self.codes)
            and self.prefecture in ("", filed.prefecture)
            and self.platform in ("", filed.platform)
            and self.supervisor in ("", filed.supervisor)
            and (not self.surface or self.surface in suspect.surfaces)
            and self.attested in (None, suspect.attested)
        )


async def suspects(
    store: Store, sweep: Sweep, scope: Sequence[SweepAccount], checks: Sequence[CanaryCheck]
) -> list[Suspect]:
    """The findings of a sweep in the order of its judged scope; `checks` are the canaries' around
    it.
    """
    scope = [entry for entry in scope if entry.judgement and entry.judgement.findings]
    readings = await proving(store, scope)
    events: dict[tuple[int, Code], list[ReviewEvent]] = {}
    for event in await store.review_events(sweep.id):
        events.setdefault((event.account_id, event.code), []).append(event)
    rule = parse(sweep.policy_toml).hearing
    return [
        suspect_of(
            sweep,
            rule,
            entry.account,
            finding,
            readings.get(entry.account.id, ()),
            checks,
            events.get((entry.account.id, finding.code), ()),
        )
        for entry in scope
        if entry.judgement
        for finding in entry.judgement.findings
    ]


async def proving(store: Store, scope: Iterable[SweepAccount]) -> dict[int, list[Reading]]:
    """The readings that the findings of a sweep rest on, by account, oldest first."""
    resting = {
        entry.account.id: {
            number for finding in entry.judgement.findings for number in finding.reading_ids
        }
        for entry in scope
        if entry.judgement and entry.judgement.findings
    }
    found = await store.readings_by_id(
        {number for numbers in resting.values() for number in numbers}
    )
    kept = {reading.id: reading for some in found.values() for reading in some}
    # A finding may rest on a reading of another filing of the same account.
    return {
        key: sorted(
            (kept[number] for number in numbers if number in kept),
            key=lambda reading: (reading.read_at, reading.id),
        )
        for key, numbers in resting.items()
    }


def suspect_of(
    sweep: Sweep,
    rule: HearingRule,
    account: Account,
    finding: Finding,
    readings: Sequence[Reading],
    checks: Sequence[CanaryCheck],
    events: Iterable[ReviewEvent],
) -> Suspect:
    """`readings` are those of the account, or as many as prove the finding."""
    return Suspect(
        sweep_id=sweep.id,
        account=account,
        finding=finding,
        readings=tuple(reading for reading in readings if reading.id in finding.reading_ids),
        events=tuple(events),
        attested=trust.attested(finding, readings),
        backing=trust.behind(finding, account.filed, readings, checks),
        rule=rule,
        as_of=sweep.as_of,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """An account that is fresh by one person's word alone, drawn for another person to look at."""

    account: Account
    first: Reading

    @property
    def by(self) -> str:
        return self.first.by


async def second_looks(
    store: Store, sweep: Sweep, scope: Sequence[SweepAccount], policy: Policy
) -> list[SecondLook]:
    """The drawn ones that nobody else has looked at yet, in the order of the judged scope."""
    drawn = [
        entry.account
        for entry in scope
        if entry.judgement
        and entry.judgement.verdict in _FRESH
        and is_drawn(sweep.id, entry.account.id, policy.review.second_person_share)
    ]
    # A post within the window is seen on its own day at the earliest.
    since = day_start(policy.window_start(day_of(sweep.as_of)) - timedelta(days=1))
    readings = await store.readings([account.id for account in drawn], since=since)
    return [
        SecondLook(account=account, first=first)
        for account in drawn
        if (first := unchecked_word(readings.get(account.id, ()), sweep, policy)) is not None
    ]


def is_drawn(sweep_id: int, account_id: int, share: float) -> bool:
    """A draw that anybody can repeat: the same sweep and account always come out the same, whoever
    else answered.
    """
    number = int.from_bytes(hashlib.sha256(f"{sweep_id}.{account_id}".encode()).digest()[:8], "big")
    return number < share * 2**64


def unchecked_word(readings: Sequence[Reading], sweep: Sweep, policy: Policy) -> Reading | None:
    """The person's 有 on which alone an account is fresh; None where a machine saw a post too, or a
    second person looked.
    """
    end = day_of(sweep.as_of)
    start = policy.window_start(end)
    posted = [
        reading
        for reading in readings
        if any(start <= post.on <= end for _, post in posts_of(reading, policy))
    ]
    if not posted or any(reading.look is not LookKind.PERSON for reading in posted):
        return None
    first = posted[0]
    of_sweep = [
        reading
        for reading in readings
        if reading.sweep_id == sweep.id and reading.look is LookKind.PERSON
    ]
    seconded = any(
        not same_person(reading.by, first.by) and reading.outcome is not Outcome.NO_EVIDENCE
        for reading in of_sweep
    )
    return None if seconded else first
