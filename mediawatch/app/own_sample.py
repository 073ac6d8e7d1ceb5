"""Our own inspection beside what lower offices reported: which one it is, and what differs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mediawatch.app.choice import OF_ITS_OWN
from mediawatch.app.collection import CollectedRound
from mediawatch.app.documents import inspection_of
from mediawatch.app.own_knowledge import posted_days
from mediawatch.app.root import App
from mediawatch.domain import Sweep, SweepState, UserError
from mediawatch.domain.clock import day_of
from mediawatch.figures.dimensions import Dimension
from mediawatch.ops.settings.lower_offices import LowerOffices
from mediawatch.publish.collect.differences import AccountDifference, compare
from mediawatch.publish.collect.doubts import without_praise
from mediawatch.publish.collect.own_looks import failing_looks
from mediawatch.publish.inspection import Inspection, with_omissions

_FOLLOWS = timedelta(days=60)
"""So long after the round's moment a nameless inspection is taken to be of it: the next one is
not."""


async def own_sweeps(app: App, offices: LowerOffices, number: int | None) -> list[Sweep]:
    """Our own inspections of the round; last the one that papers print: of that number, else the
    newest.

    The finished ones are of the round by its name; without a name those of the weeks after it are.
    Their moment is not before the round's. UserError for an unknown number, and for one of another
    round or of before.
    """
    sweeps = await app.store.sweeps.all()
    fitting = [each for each in sweeps if _is_of_round(each, offices)]
    if number is not None:
        found = next((each for each in sweeps if each.id == number), None)
        if found is None:
            raise UserError(f"there is no sweep {number}: `mediawatch sweeps` lists them")
        if found.round and found.round != offices.round.name:
            raise UserError(
                f"sweep {number} is of the round {found.round}, not of {offices.round.name}: "
                "name one of this round"
            )
        if day_of(found.as_of) < offices.round.as_of:
            raise UserError(
                f"sweep {number} looked as of {day_of(found.as_of)}, before the round's "
                f"{offices.round.as_of}: name one as of that day or later"
            )
        return [*(each for each in fitting if each.id != number), found]
    return fitting


def _is_of_round(sweep: Sweep, offices: LowerOffices) -> bool:
    return (
        sweep.state is SweepState.FINISHED
        and sweep.kind not in OF_ITS_OWN
        and day_of(sweep.as_of) >= offices.round.as_of
        and (
            sweep.round == offices.round.name
            if sweep.round
            else sweep.period_from == offices.round.period_from
            and day_of(sweep.as_of) <= offices.round.as_of + _FOLLOWS
        )
    )


async def own_inspections(
    app: App, offices: LowerOffices, number: int | None
) -> tuple[Inspection, ...]:
    """The same as documents print them."""
    sweeps = await own_sweeps(app, offices, number)
    return tuple([await inspection_of(app, each) for each in sweeps])


def with_names_left_out(told: CollectedRound, own: Inspection) -> tuple[CollectedRound, Inspection]:
    """Whom a lower office names nowhere (不在正文点名, 另行函告), we do not either, nor the other way
    round: both halves are one paper.

    An account that our registry cannot tell by number or id is left out by platform and name.
    """
    theirs = told.collection.inspection
    ours = {
        told.match.accounts[number].id: how
        for number, how in theirs.omissions.items()
        if number in told.match.accounts
    }
    by_name = {
        (each.filed.platform, each.filed.name): theirs.omissions[number]
        for each in told.collection.reported
        if (number := each.entry.account.id) in theirs.omissions
        if number not in told.match.accounts
    }
    ours |= {
        entry.account.id: how
        for entry in own.scope
        if (how := by_name.get((entry.account.filed.platform, entry.account.filed.name)))
    }
    back = told.match.of_reported(own.omissions)
    inspection = with_omissions(theirs, {**back, **theirs.omissions})
    collection = replace(told.collection, inspection=inspection)
    return replace(told, collection=collection), with_omissions(own, {**ours, **own.omissions})


def without_praise_of_failing(told: CollectedRound, own: Inspection) -> Inspection:
    """The inspection that is printed, praising nobody of whom another one of the round found an
    account failing."""
    named = frozenset(
        own.regions.of(looks[0].entry.account.filed) for looks in failing_looks(told.looks).values()
    )
    splits = tuple(
        without_praise(split, frozenset(), named)
        if split.heading == Dimension.REGION.label
        else split
        for split in own.statistics.splits
    )
    return replace(own, statistics=replace(own.statistics, splits=splits))


async def find_differences(
    app: App, told: CollectedRound, own: Inspection
) -> tuple[AccountDifference, ...]:
    """What the offices and our own inspection say of the same accounts, account by account."""
    ours = {entry.account.id: entry for entry in own.scope}
    counted = {each.entry.account.id: each for each in told.collection.reported}
    pairs = [
        (reported, ours[account.id])
        for number, account in told.match.accounts.items()
        if account.id in ours and (reported := counted.get(number)) is not None
    ]
    days = await posted_days(app, [entry.account for _, entry in pairs], own.policy)
    return tuple(
        compare(reported, entry, told.offices.round.span, own, days.get(entry.account.id, ()))
        for reported, entry in pairs
    )
