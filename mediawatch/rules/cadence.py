"""更新频次: how often an account published in each month, as far as that is certain.

Pure. A known post can only shorten a gap and fill a window. What lists do not show stays open. So
every figure has a least and a most, and the true one lies between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import pairwise

from mediawatch.domain import ClosureNote, FiledStatus, Filing
from mediawatch.domain.clock import months_before
from mediawatch.rules.account_policy import AccountPolicy
from mediawatch.rules.known_days import KnownDays, days_within, each_day
from mediawatch.rules.policy import Policy

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """A figure that lies between `least` and `most`; `most` is None where nothing bounds it."""

    least: int
    most: int | None

    @property
    def certain(self) -> bool:
        return self.least == self.most

    def __add__(self, other: Bounds) -> Bounds:
        open_end = self.most is None or other.most is None
        return Bounds(
            self.least + other.least, None if open_end else (self.most or 0) + (other.most or 0)
        )


def greatest(bounds: Sequence[Bounds]) -> Bounds:
    """The bounds of the greatest of some figures."""
    mosts = [each.most for each in bounds if each.most is not None]
    return Bounds(
        max(each.least for each in bounds), max(mosts) if len(mosts) == len(bounds) else None
    )


class Silence(StrEnum):
    """What is known of a month."""

    POSTED = "posted"
    SILENT = "silent"
    """A whole month over which complete lists show no post."""
    OPEN = "open"
    UNCOUNTED = "uncounted"
    """The account is not counted in that month, or begins within it and shows no post."""


@dataclass(frozen=True, slots=True)
class SilentRun:
    """连续未发布月数 up to a month: months of silence in a row, the month itself the last."""

    months: int
    minimum: bool = False
    """The month before them is open."""


@dataclass(frozen=True, slots=True)
class CountedTime:
    """From which day to which an account is counted.

    `first` is its opening or its filing, whichever is later; None: unknown. `last` is the day
    before it was to be closed; None: it is not closed.
    """

    first: date | None = None
    last: date | None = None
    why_none: str = ""
    """In Chinese, why it is not counted at all."""


def counted_time(filed: Filing, notes: Iterable[ClosureNote], policy: Policy) -> CountedTime:
    """From which day to which an account is counted, as filed.

    It counts from its opening and filing on, and after an exemption. It counts no longer from the
    day on which its closing was asked for, or the first step of it was taken.
    """
    begun = [day for day in (filed.opened_on, filed.filed_on) if day]
    if filed.exempt_reason:
        if filed.exempt_until is None:
            return CountedTime(why_none="豁免")
        begun.append(filed.exempt_until + _DAY)
    first = max(begun, default=None)
    if filed.status is FiledStatus.RUNNING or (
        filed.status is FiledStatus.CLOSING and policy.closing.judged
    ):
        return CountedTime(first)
    newest = {note.step: note.on for note in sorted(notes, key=lambda note: (note.at, note.id))}
    steps = [day for day in (filed.closing_requested_on, *newest.values()) if day]
    if steps:
        return CountedTime(first, min(steps) - _DAY)
    closed = filed.status is not FiledStatus.CLOSING
    return CountedTime(first, why_none=f"{filed.status.label}，日期不详" if closed else "")


@dataclass(frozen=True, slots=True)
class MonthCadence:
    """What is known of one account in one month, or of the part of it in which it is counted."""

    month: date
    """Its first day."""
    first: date
    last: date
    posts: Bounds
    """发布条数."""
    gap: Bounds
    """最长更新间隔 in days, up to the month's end, from the last post before it on."""
    below: Bounds
    """不达标天数: days before which the account had not posted for the whole window."""
    silence: Silence
    run: SilentRun | None
    """连续未发布月数; None where that is open."""
    doubtful: int = 0
    """Further posts, which may be another account's or have no sure day: they are not counted."""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_part(self) -> bool:
        return self.first > self.month or self.last < _month_end(self.month)


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months of these two days and between them."""
    months = [first.replace(day=1)]
    while (following := _month_end(months[-1]) + _DAY) <= last:
        months.append(following)
    return months


@dataclass(frozen=True, slots=True)
class Cadence:
    """The figures of an account by month, and what is known of these and earlier months."""

    months: tuple[MonthCadence, ...] = ()
    silences: Mapping[date, Silence] = field(default_factory=dict)
    """By first day, of the months and of those before them, back to one that ends any silence.

    In a month before all of these the account is not counted, or it does not matter.
    """


def cadence(
    known: KnownDays, time: CountedTime, months: Sequence[date], until: date, policy: AccountPolicy
) -> Cadence:
    """The figures of an account in those of the months in which it is counted.

    `months` are the first days of months in a row; `until` is the last day that is over.
    """
    if time.why_none or not months:
        return Cadence()
    until = min(until, time.last) if time.last else until
    counter = _MonthCounter(known, time.first, until, policy)
    silences = counter.silences(months)
    figures = (
        counter.figures(month, silences[month], silent_run(silences, month))
        for month in months
        if counter.counts(month)
    )
    return Cadence(tuple(figures), silences)


def silent_run(states: Mapping[date, Silence], month: date) -> SilentRun | None:
    """Months of silence in a row up to a month; None where the month itself is open.

    A month that is not counted ends them. None before the oldest one of `states` is.
    """
    if states[month] is Silence.OPEN:
        return None
    count = 0
    while (state := states.get(months_before(month, count))) is Silence.SILENT:
        count += 1
    return SilentRun(count, minimum=count > 0 and state is Silence.OPEN)


@dataclass(frozen=True, slots=True)
class _MonthCounter:
    known: KnownDays
    begun: date | None
    until: date
    policy: AccountPolicy

    def part(self, month: date) -> tuple[date, date]:
        """The days of a month in which the account is counted; none where they are out of order."""
        return max(month, self.begun or month), min(_month_end(month), self.until)

    def counts(self, month: date) -> bool:
        first, last = self.part(month)
        return first <= last

    def silences(self, months: Sequence[date]) -> dict[date, Silence]:
        """Of these months, and back to the last one before them that was posted in or is open."""
        found = {month: self.silence(month) for month in months}
        month = months_before(months[0], 1)
        # Nothing is silent before a known beginning, and without one nothing before the first post.
        while self.begun is None or _month_end(month) >= self.begun:
            found[month] = self.silence(month)
            if found[month] in (Silence.POSTED, Silence.OPEN) or month.year == date.min.year:
                break
            month = months_before(month, 1)
        return found

    def silence(self, month: date) -> Silence:
        first, last = self.part(month)
        if first > last:
            return Silence.UNCOUNTED
        if days_within(self.known.days, first, last):
            return Silence.POSTED
        if first > month:
            return Silence.UNCOUNTED
        whole = last == _month_end(month) and self._has_begun(first)
        return Silence.SILENT if whole and self.known.are_silent(first, last) else Silence.OPEN

    def _has_begun(self, day: date) -> bool:
        """Whether the account surely existed on a day: before its opening it was not silent."""
        posted = self.known.days
        return self.begun is not None or bool(posted and posted[0] <= day)

    def figures(self, month: date, silence: Silence, run: SilentRun | None) -> MonthCadence:
        first, last = self.part(month)
        inside = [post for post in self.known.posts if first <= post.on <= last]
        doubtful = sum(first <= post.on <= last for post in self.known.doubtful)
        listed = self.known.covers(first, last) and not doubtful
        # Without ids two posts of one minute are counted once: there may be more of them.
        # None is said of an account that may not have existed: its first known post begins it.
        existed = bool(inside) or self._has_begun(last)
        sure = listed and existed and all(post.id for post in inside)
        return MonthCadence(
            month=month,
            first=first,
            last=last,
            posts=Bounds(len(inside), len(inside) if sure else None),
            gap=self._gap(first, last),
            below=self._below(first, last),
            silence=silence,
            run=run,
            doubtful=doubtful,
        )

    def _gap(self, first: date, last: date) -> Bounds:
        """The longest gap that ends in [first, last]: more posts make none longer."""
        days = self.known.days
        begun = self.begun or (days[0] if days else None)
        if begun is None or begun > last:
            return Bounds(0, None)
        posted = [begun, *days_within(days, begun + _DAY, last)]
        # Where the beginning is unknown, and no earlier post is known, the gap may be of any length.
        most = _longest(posted, first, last) if self.begun or begun < first else None
        before = max(begun, self.known.last_perhaps_before(first)) if begun < first else begun
        perhaps = self.known.perhaps_posted(max(first, before + _DAY), last)
        return Bounds(_longest([before, *perhaps], first, last), most)

    def _below(self, first: date, last: date) -> Bounds:
        """Days on which the window that ends with them held no post: surely, and perhaps."""
        least = most = 0
        reach = first - self.policy.window_start(first)
        for since, until in self._unposted(first, last, reach):
            most += (until - since).days + 1
            least += sum(
                self._has_begun(day - reach) and self.known.are_silent(day - reach, day)
                for shown_from, shown_to in self.known.spans
                for day in each_day(max(since, shown_from + reach), min(until, shown_to))
            )
        return Bounds(least, most)

    def _unposted(self, first: date, last: date, reach: timedelta) -> Iterator[tuple[date, date]]:
        """The days from `first` to `last` with no known post within `reach` before them, as spans.

        Without those on which the account had not existed for so long.
        """
        since = first if self.begun is None else max(first, self.begun + reach + _DAY)
        for posted in days_within(self.known.days, since - reach, last):
            if posted > since:
                yield since, posted - _DAY
            since = max(since, posted + reach + _DAY)
        if since <= last:
            yield since, last


def _longest(days: Sequence[date], first: date, last: date) -> int:
    """The greatest distance between two of these days, or to `last`, that ends not before `first`."""
    ends = pairwise([*days, last])
    return max((until - since).days for since, until in ends if until >= first)


@cache
def _month_end(month: date) -> date:
    return months_before(month.replace(day=1), -1) - _DAY
