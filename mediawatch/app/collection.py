"""What came in from lower offices, put together out of the store, and held against our own."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mediawatch.app.choice import OF_ITS_OWN
from mediawatch.app.documents import inspection_of
from mediawatch.app.own_knowledge import find_disputes, foreign_failures, found_failing, posted_days
from mediawatch.app.root import App
from mediawatch.domain import (
    Account,
    HandedFile,
    HandedState,
    Sweep,
    SweepKind,
    SweepState,
    UserError,
    standing_files,
)
from mediawatch.domain.clock import day_of
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.region_parts import PartGroup
from mediawatch.ops.settings.lower_offices import LowerOffices, read_lower_offices
from mediawatch.ops.settings.office import read_office
from mediawatch.publish.collect.checks import (
    Expectation,
    accounts_of,
    policy_of_document,
    read_handoff,
    read_round_facts,
    round_faults,
)
from mediawatch.publish.collect.differences import AccountDifference, compare
from mediawatch.publish.collect.merge import Collection, RoundFrame, frame_sweep, merge
from mediawatch.publish.collect.office_reports import OfficeReport, ReportFigures
from mediawatch.publish.collect.registry_match import RegistryMatch, match_registry
from mediawatch.publish.collect.states import OfficeState, RoundState
from mediawatch.publish.inspection import Inspection, with_omissions
from mediawatch.rules.policy import load
from mediawatch.sweep.clauses import Clause, Spec
from mediawatch.sweep.scope import Scope, draw, office_regions


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedRound:
    """The collection of a round with what our registry says of its accounts."""

    offices: LowerOffices
    collection: Collection
    match: RegistryMatch
    registry: Sequence[Account] = field(repr=False)


async def round_state(app: App) -> RoundState:
    """Who has sent what. UserError where `offices.toml` cannot be read."""
    offices = read_lower_offices(app.home.root)
    files = await app.store.handed.of_round(offices.round.name)
    standing = standing_files(files)
    last = {each.office: each for each in files}
    first = {each.office: each for each in reversed(files) if each.state is HandedState.ACCEPTED}
    known = {each.sha256 for each in files if each.office and each.sha256}
    misfits = await _misfits(app, offices, standing)
    today = day_of(app.clock())
    return RoundState(
        offices=offices,
        states=tuple(
            OfficeState(
                office=each,
                deadline=offices.deadline_of(each),
                standing=standing.get(each.name),
                first=first.get(each.name),
                last=last.get(each.name),
                misfit=misfits.get(each.name, ""),
                today=today,
            )
            for each in offices.offices
        ),
        unknown=tuple(
            each
            for each in files
            # What came again with its signature is nobody's no more.
            if not each.office and each.state is HandedState.REFUSED and each.sha256 not in known
        ),
        unlisted=tuple(each for name, each in standing.items() if offices.named(name) is None),
        today=today,
    )


async def _misfits(
    app: App, offices: LowerOffices, standing: Mapping[str, HandedFile]
) -> dict[str, str]:
    """By office why the file that counts no longer fits the round: `offices.toml` may have been
    changed since it came."""
    policy = load(offices.round.policy)
    bodies = await app.store.handed.bodies([each.id for each in standing.values()])

    def held_again() -> Iterator[tuple[str, str]]:
        for office in offices.offices:
            file = standing.get(office.name)
            # What is not as it was received is told where it is counted.
            if file is None or not _is_as_received(file, bodies):
                continue
            expected = Expectation(
                office=office.name,
                as_of=offices.round.as_of,
                policy=policy,
                own_rules=office.own_rules,
            )
            if faults := round_faults(read_round_facts(bodies[file.id]), expected):
                yield office.name, "；".join(faults)

    return await asyncio.to_thread(lambda: dict(held_again()))


def _is_as_received(file: HandedFile, bodies: Mapping[int, bytes]) -> bool:
    return hashlib.sha256(bodies.get(file.id, b"")).hexdigest() == file.sha256


async def collected_round(app: App, own: Inspection | None = None) -> CollectedRound:
    """All that counts, put together. What we know ourselves, by `own` and by all that is kept,
    takes accounts off that were reported as failed.

    UserError where nothing came in, a kept file is not what was received, or no longer fits the
    round. AssertionError where
    figures do not agree.
    """
    state = await round_state(app)
    offices, registry = state.offices, await app.store.accounts.all()
    kept = {one.office.name: one.standing for one in state.states if one.standing is not None}
    if not kept:
        raise UserError(
            f"nothing counts in {offices.round.name} yet: take files in by `mediawatch collect add`"
        )
    if misfits := [one for one in state.states if one.misfit]:
        said = " ".join(f"{one.office.name}：{one.misfit}。" for one in misfits)
        raise UserError(
            "accepted files no longer fit [round] of offices.toml, which was changed since they "
            f"came: {said} Put it back, have these offices send anew, or `mediawatch collect "
            "withdraw` their files"
        )
    bodies = await app.store.handed.bodies([each.id for each in kept.values()])
    reports = await asyncio.to_thread(_reports, offices, kept, bodies)
    office = read_office(app.home.root)
    found = match_registry(
        registry,
        [each for report in reports for each in report.accounts],
        office_regions(office),
        {part: each.name for each in offices.offices for part in each.own_parts},
    )
    policy = load(offices.round.policy)
    frame = RoundFrame(
        name=offices.round.name,
        as_of_sweep=frame_sweep(offices.round.name, offices.round.as_of, policy),
        policy=policy,
        office=office,
        until=day_of(app.clock()),
        missing=tuple(one.office.name for one in state.states if one.standing is None),
        not_due=tuple(one.office.name for one in state.states if one.is_not_due),
        late=tuple(
            one.office.name for one in state.states if one.standing is not None and one.is_late
        ),
        marks=app.marks,
        found_failing=found_failing(offices, office, reports, found, own),
    )
    failing = {each.entry.account.id for each in own.failed} if own else set()
    foreign = foreign_failures(reports, found, failing)
    disputes = foreign | await find_disputes(app, reports, found, offices.round.as_of, own, policy)
    collection = await asyncio.to_thread(merge, reports, frame, found.owners, disputes)
    return CollectedRound(offices=offices, collection=collection, match=found, registry=registry)


def _reports(
    offices: LowerOffices, kept: Mapping[str, HandedFile], bodies: Mapping[int, bytes]
) -> list[OfficeReport]:
    found: list[OfficeReport] = []
    number = 1
    for office in offices.offices:
        if (file := kept.get(office.name)) is None:
            continue
        body = bodies.get(file.id, b"")
        if not _is_as_received(file, bodies):
            raise UserError(
                f"the kept hand-off of {office.name} is not what was received: put the database "
                "back from a backup, or `mediawatch collect withdraw` it and take it in again"
            )
        document = read_handoff(body)
        accounts = accounts_of(document, office.name, number)
        number += len(accounts)
        found.append(
            OfficeReport(
                office=office.name,
                group=PartGroup(office.group),
                file=file,
                figures=ReportFigures.of(document),
                policy=policy_of_document(document),
                accounts=accounts,
            )
        )
    return found


async def draw_sample(app: App, clause: Clause, seed: str) -> tuple[Scope, CollectedRound]:
    """A sample of the reported accounts that our registry has, by 地区（部门）.

    The same registry, reports and seed draw the same accounts again. UserError where nothing that
    was reported is in our registry.
    """
    told = await collected_round(app)
    counted = {each.entry.account.id for each in told.collection.reported}
    among = frozenset(
        account.id for number, account in told.match.accounts.items() if number in counted
    )
    if not among:
        raise UserError(
            "no reported account is in the registry by its filing number or its platform's id: "
            "`mediawatch registry import` one that has them"
        )
    spec = Spec((clause,), (Dimension.REGION,), seed, office_regions(read_office(app.home.root)))
    return draw(told.registry, spec, among=among), told


async def own_sweep(app: App, offices: LowerOffices, number: int | None) -> Sweep | None:
    """The own inspection of a sample: of that number, else the newest finished one of the round.

    It is of the round by its name; without a name a sample or a list is. Its moment is not before
    the round's. None where there is none. UserError for an unknown number, and
    for one of another round or of before.
    """
    sweeps = await app.store.sweeps.all()
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
        return found
    fitting = [
        each
        for each in sweeps
        if each.state is SweepState.FINISHED
        and day_of(each.as_of) >= offices.round.as_of
        and (
            each.round == offices.round.name
            if each.round
            else each.kind in (SweepKind.SAMPLE, SweepKind.LIST)
        )
        and each.kind not in OF_ITS_OWN
    ]
    return fitting[-1] if fitting else None


async def own_inspection(app: App, sweep: Sweep | None) -> Inspection | None:
    return await inspection_of(app, sweep) if sweep is not None else None


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
    back = {
        number: own.omissions[account.id]
        for number, account in told.match.accounts.items()
        if account.id in own.omissions
    }
    inspection = with_omissions(theirs, {**back, **theirs.omissions})
    collection = replace(told.collection, inspection=inspection)
    return replace(told, collection=collection), with_omissions(own, {**ours, **own.omissions})


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
        compare(reported, entry, told.offices.round.as_of, own, days.get(entry.account.id, ()))
        for reported, entry in pairs
    )
