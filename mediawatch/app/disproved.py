"""Silences that people dismissed: complete lists of these days were wrong."""

from __future__ import annotations

from mediawatch.domain import ReviewEvent
from mediawatch.domain.clock import day_of
from mediawatch.ports import Store
from mediawatch.rules.hearing import SILENCES
from mediawatch.rules.known_days import Span, disproved_spans


async def find_disproved(store: Store) -> dict[int, list[Span]]:
    """By account, the days of silences that were dismissed in any inspection."""
    found: dict[int, list[Span]] = {}
    events: dict[int, list[ReviewEvent]] = {}
    for event in await store.reviews.events_about(SILENCES):
        events.setdefault(event.sweep_id, []).append(event)
    for sweep in await store.sweeps.all():
        of_sweep = disproved_spans(events.get(sweep.id, ()), day_of(sweep.as_of))
        for account_id, spans in of_sweep.items():
            found.setdefault(account_id, []).extend(spans)
    return found
