"""Silences that people dismissed: complete lists of these days were wrong."""

from __future__ import annotations

from mediawatch.domain.clock import day_of
from mediawatch.ports import Store
from mediawatch.rules.known_days import Span, disproved_spans


async def find_disproved(store: Store) -> dict[int, list[Span]]:
    """By account, the days of silences that were dismissed in any inspection."""
    found: dict[int, list[Span]] = {}
    for sweep in await store.sweeps.all():
        events = await store.reviews.events(sweep.id)
        for account_id, spans in disproved_spans(events, day_of(sweep.as_of)).items():
            found.setdefault(account_id, []).extend(spans)
    return found
