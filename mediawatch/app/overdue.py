"""Findings that were sent down and not answered in time (逾期未反馈)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mediawatch.app.judged import judged_scope
from mediawatch.app.root import App
from mediawatch.domain import ReviewAction, Sweep
from mediawatch.people import review
from mediawatch.people.review import ReviewDecision
from mediawatch.people.suspects import Suspect, suspects
from mediawatch.rules.hearing import HearingState
from mediawatch.sweep.judging import checks_for


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueAnswers:
    """What `note_overdue` noted, and what may still be answered."""

    noted: tuple[Suspect, ...]
    terms: tuple[date, ...]
    """The last day of each finding that still may be answered, earliest first."""


async def note_overdue(app: App, sweep: Sweep, by: str) -> OverdueAnswers:
    """Note 逾期未反馈 for every finding that was sent down and not answered, once its term is over."""
    newest = max((event.id for event in await app.store.reviews.events(sweep.id)), default=0)
    judged = await judged_scope(app, sweep)
    running = [
        each
        for each in await suspects(
            app.store, sweep, judged.entries, await checks_for(app.store, sweep)
        )
        if review.leads_on(each, ReviewAction.OVERDUE)
        and each.hearing.term is not None
        and each.hearing.state is HearingState.RUNNING
    ]
    now = app.clock()
    late = tuple(each for each in running if each.hearing.is_over(now))
    events = [ReviewDecision(ReviewAction.OVERDUE, by).of(each, now) for each in late]
    if events:
        concerned = judged.rejudged.of(event.account_id for event in events)
        await app.store.reviews.add(sweep.id, events, after=newest, rejudged=concerned)
    terms = sorted(
        each.hearing.term for each in running if each not in late and each.hearing.term is not None
    )
    return OverdueAnswers(noted=late, terms=tuple(terms))
