"""What an office collected, handed up: with its own inspection, where both are of one moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from mediawatch.app.collection import CollectedRound, collected_round
from mediawatch.app.documents import checks_behind
from mediawatch.app.judged import keep_judgements
from mediawatch.app.own_sample import own_inspections
from mediawatch.app.root import App
from mediawatch.domain import CheckedSpan, SweepState
from mediawatch.ops.settings.lower_offices import read_lower_offices
from mediawatch.plurals import count_of
from mediawatch.publish.collect.checks import INSPECTIONS, read_handoff
from mediawatch.publish.collect.handing_up import SourceDocument, hand_up
from mediawatch.publish.handoff import Handoff, of
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.policy import have_same_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedUp:
    """The document, and what of our own inspection is in it."""

    document: Handoff
    own_accounts: str
    left_out: str = ""
    """Why our own inspection is not in it, for the operator."""


async def handed_up(app: App, number: int | None) -> HandedUp:
    """The hand-off of the round. `number`: our own inspection, by default the newest one of it.

    UserError as `collected_round`, and where one document cannot hold what came in.
    """
    offices = read_lower_offices(app.home.root)
    ours = await own_inspections(app, offices, number)
    own = ours[-1] if ours else None
    told = await collected_round(app, ours)
    fits = own is not None and _is_of_the_round(own, told)
    document = None
    if own is not None and fits:
        await keep_judgements(app, own.sweep)
        document = of(own, await checks_behind(app, own))
    reports = told.collection.reports
    bodies = await app.store.handed.bodies([each.file.id for each in reports])
    found = await asyncio.to_thread(
        lambda: hand_up(
            [SourceDocument(each, read_handoff(bodies[each.file.id])) for each in reports],
            told.frame,
            told.match,
            told.disputes,
            (own, document) if own is not None else None,
            told.looks,
        )
    )
    accounts = found.scope.accounts if found.scope else []
    return HandedUp(
        document=found,
        own_accounts=count_of(sum(not each.reported_by for each in accounts), "account"),
        left_out=" ".join(
            filter(None, ["" if fits else _why_left_out(own, told), told.said_besides])
        ),
    )


def _is_of_the_round(own: Inspection, told: CollectedRound) -> bool:
    return (
        own.sweep.state is SweepState.FINISHED
        and own.sweep.kind in INSPECTIONS
        and CheckedSpan.of(own.sweep) == told.offices.round.span
        and have_same_rules(own.policy, told.frame.policy)
    )


def _why_left_out(own: Inspection | None, told: CollectedRound) -> str:
    if own is None:
        return "no own inspection of the round: only what was reported is in the document"
    return (
        f"sweep {own.sweep.id} is unfinished, a re-check, or of another moment, period or policy "
        f"than the round ({told.offices.round.span.named}): none of its accounts is in the document, and whom it "
        "found failing is open, unless it fell silent after that"
    )
