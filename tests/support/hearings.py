"""Hearings (核实) as tests need them: everything of a sweep sent down, and answered."""

from __future__ import annotations

from datetime import datetime

from mediawatch.domain import ReviewAction, ReviewEvent, Stance
from mediawatch.ports import Store


async def heard(store: Store, sweep_id: int, at: datetime, stance: Stance = Stance.AGREES) -> None:
    """Note of every finding that it was sent down and answered with this stance."""
    newest = max((event.id for event in await store.reviews.events(sweep_id)), default=0)
    events = [
        ReviewEvent(
            sweep_id=sweep_id, account_id=entry.account.id, code=finding.code, action=action, at=at, by=by, sentence=finding.sentence,
            facts=finding.facts, stance=said,
        )
        for entry in await store.sweeps.scope(sweep_id)
        for finding in (entry.judgement.findings if entry.judgement else ())
        for action, by, said in ((ReviewAction.DISPATCHED, "经办人", None), (ReviewAction.ANSWERED, "联络员", stance))
    ]  # fmt: skip
    await store.reviews.add(sweep_id, events, after=newest)
