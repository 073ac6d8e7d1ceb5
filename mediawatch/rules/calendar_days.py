"""The days of an inspection: from its 监测时间点, the policy's terms and working days. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mediawatch.domain.clock import day_of
from mediawatch.rules.ahead import first_night
from mediawatch.rules.calendar_facts import InspectionFacts, SuspectCounts
from mediawatch.workdays import knows, working_days_after, working_days_before

_ASKED_FROM, _ASKED_BY = 5, 3
"""Assumption: units are asked for links so many working days before as_of, not earlier and not
later. By then the nights have proved most accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionDays:
    """Beijing days. What was done replaces what was planned; no plan lies before today."""

    today: date
    first_night: date
    as_of: date
    asked_from: date
    asked_by: date
    people_by: date
    """A silence that is read later must be heard in any case (`hearing.late_days`)."""
    sent_on: date
    term: date
    decided_on: date
    issued_on: date

    @classmethod
    def of(cls, facts: InspectionFacts, as_of: datetime) -> InspectionDays:
        day, hearing, today = day_of(as_of), facts.policy.hearing, day_of(facts.now)
        soon = working_days_after(today - timedelta(days=1), 1)
        people_by = day + timedelta(days=hearing.late_days)
        counts = facts.sweep.suspects if facts.sweep else SuspectCounts()
        sent_on = max(working_days_after(people_by - timedelta(days=1), 1), soon)
        if counts.sent_on and not counts.to_send:
            sent_on = counts.sent_on
        term = counts.term or working_days_after(sent_on, hearing.working_days)
        decided_on = max(working_days_after(term, 1), soon)
        if counts.decided_on and not counts.undecided:
            decided_on = counts.decided_on[-1]
        return cls(
            today=today,
            first_night=first_night(facts.policy, as_of),
            as_of=day,
            asked_from=working_days_before(day, _ASKED_FROM),
            asked_by=working_days_before(day, _ASKED_BY),
            people_by=people_by,
            sent_on=sent_on,
            term=term,
            decided_on=decided_on,
            issued_on=max(working_days_after(decided_on, 1), soon),
        )

    @property
    def unknown_years(self) -> tuple[int, ...]:
        """The years of planned days whose working days are not known: weekdays were counted."""
        begins = min(self.asked_from, self.issued_on)
        years = range(max(begins, min(self.today, self.issued_on)).year, self.issued_on.year + 1)
        return tuple(year for year in years if not knows(year))


def short_day(day: date, today: date) -> str:
    """12月31日, with its year where that is not today's."""
    return f"{f'{day.year}年' if day.year != today.year else ''}{day.month}月{day.day}日"


def term_words(last: date, today: date, *, open_: bool) -> str:
    """12月31日前; what is still open after it is late."""
    return f"{short_day(last, today)}前{'（已过）' if open_ and today > last else ''}"


def day_span(first: date, last: date, today: date) -> str:
    """12月17日至31日: year and month of the second day stand where the first one's are others."""
    if first.year != last.year:
        return f"{short_day(first, today)}至{last.year}年{last.month}月{last.day}日"
    month = "" if first.month == last.month else f"{last.month}月"
    return f"{short_day(first, today)}至{month}{last.day}日"
