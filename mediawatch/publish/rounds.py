"""The earlier rounds: the previous notice, its re-check, and repeated problems (重复问题). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from mediawatch.domain import (
    Account,
    Code,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Rectification,
    Sweep,
    SweepAccount,
    Verdict,
)
from mediawatch.domain.clock import day_of
from mediawatch.figures.filings import filings_of_one, once
from mediawatch.publish.repeats import last_items
from mediawatch.publish.results import RecheckResult, hold_against, recheck_results, standing_items
from mediawatch.rules.problems import codes_like, codes_of
from mediawatch.sweep.scope import WHOLE

_BEFORE, _AFTER = timedelta(days=31), timedelta(days=92)
"""How long before and after the issue of our notice its published form may be dated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierNotices:
    """What an inspection prints about earlier notices."""

    previous: Notice | None = None
    round: str = ""
    """The office's name for the inspection of the previous notice."""
    rechecked: tuple[RecheckResult, ...] = ()
    """Results of the latest re-check of the previous notice, in its order; empty without a
    re-check.

    A partial inspection has only those of accounts that it looked at.
    """
    contradicted: int = 0
    """How many of these results were 未整改 before this inspection did not find the problem."""
    repeats: Mapping[int, int] = field(default_factory=dict)
    """By account: in how many earlier inspections in a row it stood as failed in a notice."""
    last: Mapping[int, tuple[Notice, NoticeItem]] = field(default_factory=dict)
    """By the same accounts: the newest of these notices, and the item in it that still stands."""
    unnamed: Collection[int] = ()
    """Of the same accounts those that one of these notices names nowhere."""
    partly: bool = False
    """Whether the previous notice has accounts that the inspection did not look at."""

    def times(self, account_id: int) -> int:
        """Number of consecutive inspections in which a failed account fails, including this one."""
        return self.repeats.get(account_id, 0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedNotice:
    """The notice of a document, with its hand-off's version and the corrections up to it."""

    notice: Notice
    version: int = 1
    corrections: tuple[NoticeEvent, ...] = ()

    @classmethod
    def of(cls, notice: Notice, events: Iterable[NoticeEvent]) -> IssuedNotice:
        """As it stands after these events, which may be those of all notices."""
        made = tuple(
            event
            for event in events
            if event.notice_id == notice.id and event.action is NoticeAction.CORRECTED
        )
        return cls(notice=notice, version=1 + len(made), corrections=made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues:
    """Every notice with its later events, and what is needed to date them."""

    notices: Sequence[Notice]
    events: Sequence[NoticeEvent]
    moments: Mapping[int, datetime] = field(default_factory=dict)
    """as_of by sweep."""
    rounds: Mapping[int, str] = field(default_factory=dict)
    """What the office called it, by sweep."""
    cover: Mapping[int, Collection[int]] = field(default_factory=dict)
    """By notice on any account of the inspected scope: which failed accounts of the scope it was
    issued on."""
    withdrawn: Sequence[NoticeEvent] = ()
    """Corrections of after the moment at which they were known: no text repeats what they took."""

    def known_at(self, at: datetime, until: int | None = None) -> Issues:
        """As they were known at that moment, with the corrections of since then.

        Without those of the event `until` and after it; 0 for none.
        """
        later = [
            event for event in self.events if event.at > at and (until is None or event.id < until)
        ]
        return Issues(
            notices=[notice for notice in self.notices if notice.kept_at <= at],
            events=[event for event in self.events if event.at <= at],
            moments=self.moments,
            rounds=self.rounds,
            cover=self.cover,
            withdrawn=[event for event in later if event.action is NoticeAction.CORRECTED],
        )


Quarter = tuple[int, int]


def quarter(day: date) -> Quarter:
    """Year and quarter of a Beijing day."""
    return day.year, (day.month + 2) // 3


def past(issues: Issues, sweep: Sweep, scope: Sequence[SweepAccount]) -> EarlierNotices:
    """The earlier notices on accounts of `scope`.

    They were issued by the day of the inspection's as_of, and the inspection's own are left out.
    """
    issues = replace(issues, events=[*issues.events, *issues.withdrawn])
    day, inside = day_of(sweep.as_of), {entry.account.id for entry in scope}
    before = [
        _Earlier.of(notice, issues)
        for notice in sorted(
            issues.notices, key=lambda notice: (notice.issued_on, notice.id), reverse=True
        )
        if notice.issued_on <= day and notice.sweep_id != sweep.id
        if notice.id in issues.cover or any(item.account_id in inside for item in notice.items)
    ]
    if not before:
        return EarlierNotices()
    rows = {
        number: row
        for one in once(scope)
        if one.verdict is Verdict.FAILED
        if (row := _in_a_row(one.ids, one.entry.account.filed.prefecture, before, quarter(day)))[0]
        for number in one.ids
    }
    repeats = {number: count for number, (count, _) in rows.items()}
    previous = _previous(before, inside)
    # An account that has left the registry is in no scope any more. Its result is printed all the
    # same.
    whole = sweep.scope == WHOLE or f"recheck of {previous.notice.number}: " in sweep.scope
    kept = [each for each in previous.rechecked if whole or each.item.account_id in inside]
    results = _held_against(kept, scope)
    partly = not whole and any(item.account_id not in inside for item in previous.standing)
    return EarlierNotices(
        previous=previous.notice,
        round=issues.rounds.get(previous.notice.sweep_id or 0, ""),
        rechecked=tuple(results),
        contradicted=sum(one != other for one, other in zip(kept, results, strict=True)),
        repeats=repeats,
        last=last_items(repeats, scope, [(each.notice, each.standing) for each in before]),
        unnamed=frozenset(number for number, (_, hidden) in rows.items() if hidden),
        partly=partly,
    )


def _held_against(
    results: Sequence[RecheckResult], scope: Sequence[SweepAccount]
) -> list[RecheckResult]:
    """The results, none of which says 未整改 of what this inspection found in order."""
    wanted = {each.item.account_id for each in results if each.result is Rectification.NOT_DONE}
    filings = {
        entry.account.id: group
        for group in filings_of_one(scope)
        if any(entry.account.id in wanted for entry in group)
        for entry in group
    }
    return [
        hold_against(
            each,
            group,
            conclusive=all(
                entry.judgement is not None
                and entry.judgement.verdict not in (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)
                for entry in group
            ),
        )
        if (group := filings.get(each.item.account_id or 0))
        else each
        for each in results
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earlier:
    """An earlier notice, as it stands."""

    notice: Notice
    quarter: Quarter
    standing: Sequence[NoticeItem]
    rechecked: Sequence[RecheckResult]
    failed: Mapping[int, bool]
    """By account that stands as failed: whether that is settled since."""
    unnamed: frozenset[int]
    """The accounts of `failed` whose names it leaves out."""
    cover: Collection[int]
    prefectures: frozenset[str]
    moment: datetime | None = None
    """as_of of the sweep on which it was issued."""

    @classmethod
    def of(cls, notice: Notice, issues: Issues) -> _Earlier:
        standing, again = (
            standing_items(notice, issues.events),
            recheck_results(notice, issues.events),
        )
        settled = {each.item.number for each in again if each.result.settles}
        settled |= {item.number for item in standing if item.result == Rectification.DONE.label}
        as_of = issues.moments.get(notice.sweep_id) if notice.sweep_id is not None else None
        return cls(
            notice=notice,
            quarter=quarter(day_of(as_of) if as_of else notice.issued_on),
            standing=standing,
            rechecked=again,
            failed={
                item.account_id: item.number in settled
                for item in standing
                if item.fails and item.account_id is not None
            },
            unnamed=frozenset(
                item.account_id
                for item in standing
                if item.fails and item.unnamed and item.account_id is not None
            ),
            cover=issues.cover.get(notice.id, ()),
            prefectures=frozenset(item.filed.prefecture for item in notice.items),
            moment=as_of,
        )

    def looked_at(self, ids: Collection[int], prefecture: str) -> bool:
        """Whether the inspection behind it looked at the account.

        Of another system's notice only the items are known. If they are all of one other place,
        that inspection was of that place.
        """
        if self.notice.sweep_id is not None:
            return not self.failed.keys().isdisjoint(ids) or not set(self.cover).isdisjoint(ids)
        return len(self.prefectures) != 1 or bool(self.prefectures & {prefecture, ""})


def _previous(before: Sequence[_Earlier], inside: Collection[int]) -> _Earlier:
    """The newest notice.

    A round may have several documents: ours, and the same as it was published. One whose accounts
    were re-checked is preferred.
    """
    newest = before[0]
    again = [
        each
        for each in before
        if _of_one_round(newest, each)
        and any(one.item.account_id in inside for one in each.rechecked)
    ]
    return newest if newest in again or not again else again[0]


def _in_a_row(
    ids: Collection[int], prefecture: str, before: Sequence[_Earlier], present: Quarter
) -> tuple[int, bool]:
    """In how many quarters in a row before the present one an account failed.

    And whether a notice of these quarters left its name out.

    A quarter without a look at the account is passed over. One inspection may stand in several
    documents, ours and the same one as published: a quarter counts once.
    """
    rounds: dict[Quarter, list[_Earlier]] = {}
    for each in before:
        if each.looked_at(ids, prefecture):
            rounds.setdefault(_round(each, ids, before), []).append(each)
    count, hidden = 0, False
    for when in sorted(rounds, reverse=True):
        failed = [
            settled
            for each in rounds[when]
            for number, settled in each.failed.items()
            if number in ids
        ]
        if not failed or any(failed):
            break
        # Another system's notice may match no notice of ours. It was issued before this inspection,
        # so it is about an earlier one.
        count += when < present or all(each.notice.sweep_id is None for each in rounds[when])
        hidden |= any(not each.unnamed.isdisjoint(ids) for each in rounds[when])
    return count, hidden


def _round(one: _Earlier, ids: Collection[int], before: Sequence[_Earlier]) -> Quarter:
    """The quarter that a notice is about.

    Another system's notice says only when it was issued. Where it is the published form of our
    notice on the same account, it has the quarter of ours.
    """
    if one.notice.sweep_id is None:
        for other in before:
            if (
                other.notice.sweep_id is not None
                and _of_one_round(one, other)
                and not other.failed.keys().isdisjoint(ids)
            ):
                return other.quarter
    return one.quarter


def accusations_like(
    notice: Notice,
    item: NoticeItem,
    codes: Collection[Code],
    issues: Issues,
    accounts: Mapping[int, Account],
) -> list[tuple[Notice, NoticeItem]]:
    """What other notices of the same round still hold against the account of an item.

    The account counts by any of its filings. Without `codes`, all codes of the item count. Another
    system's notice of the same round is compared by its words.
    """
    wanted = codes or codes_of(item)
    own = accounts.get(item.account_id) if item.account_id is not None else None
    ids = {*own.filed.ids, *item.filed.ids} if own else set(item.filed.ids)
    mine = _Earlier.of(notice, issues)
    found = []
    for other in issues.notices:
        if other.id == notice.id or not _of_one_round(mine, _Earlier.of(other, issues)):
            continue
        for each in standing_items(other, issues.events):
            same_account = each.account_id is not None and each.account_id == item.account_id
            if (same_account or not ids.isdisjoint(each.filed.ids)) and (
                codes_like(each, wanted) or not codes_of(each)
            ):
                found.append((other, each))
    return found


def _of_one_round(one: _Earlier, other: _Earlier) -> bool:
    """Whether both are of one sweep, or of two sweeps of the same moment.

    Another system's notice counts where it may be the published form of ours, even in doubt: one
    repeat too few is no accusation.
    """
    first, second = one.notice, other.notice
    if first.sweep_id is not None and second.sweep_id is not None:
        return first.sweep_id == second.sweep_id or (
            one.moment is not None and one.moment == other.moment
        )
    if first.sweep_id is None and second.sweep_id is None:
        return one.quarter == other.quarter
    published, ours = (first, second) if first.sweep_id is None else (second, first)
    return -_BEFORE <= published.issued_on - ours.issued_on <= _AFTER
