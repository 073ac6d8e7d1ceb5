"""What came in from lower offices, put together out of the store, and held against our own."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mediawatch.app.choice import OF_ITS_OWN
from mediawatch.app.documents import inspection_of
from mediawatch.app.root import App
from mediawatch.domain import (
    Account,
    HandedFile,
    HandedState,
    Sweep,
    SweepKind,
    SweepState,
    UserError,
    Verdict,
    standing_files,
)
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.domain.dossier import Dossier
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.region_parts import PartGroup
from mediawatch.ops.settings.lower_offices import LowerOffices, read_lower_offices
from mediawatch.ops.settings.office import Office, read_office
from mediawatch.publish.collect.checks import accounts_of, policy_of_document, read_handoff
from mediawatch.publish.collect.differences import (
    AccountDifference,
    Agreement,
    compare,
    disproving_day,
)
from mediawatch.publish.collect.merge import Collection, RoundFrame, frame_sweep, merge
from mediawatch.publish.collect.office_reports import OfficeReport, ReportFigures
from mediawatch.publish.collect.registry_match import RegistryMatch, match_registry
from mediawatch.publish.collect.states import OfficeState, RoundState
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.known_days import known_days
from mediawatch.rules.policy import Policy, load
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
    today = day_of(app.clock())
    return RoundState(
        offices=offices,
        states=tuple(
            OfficeState(
                office=each,
                deadline=offices.deadline_of(each),
                standing=standing.get(each.name),
                last=last.get(each.name),
                today=today,
            )
            for each in offices.offices
        ),
        unknown=tuple(
            each for each in files if not each.office and each.state is HandedState.REFUSED
        ),
        today=today,
    )


async def collected_round(app: App, own: Inspection | None = None) -> CollectedRound:
    """All that counts, put together. What we know ourselves, by `own` and by all that is kept,
    takes accounts off that were reported as failed.

    UserError where nothing came in, or a kept file is not what was received. AssertionError where
    figures do not agree.
    """
    state = await round_state(app)
    offices, registry = state.offices, await app.store.accounts.all()
    kept = {one.office.name: one.standing for one in state.states if one.standing is not None}
    if not kept:
        raise UserError(
            f"nothing counts in {offices.round.name} yet: take files in by `mediawatch collect add`"
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
        marks=app.marks,
        found_failing=_found_failing(offices, office, own),
    )
    disputes = await _disputes(app, reports, found, offices.round.as_of, own, policy)
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
        if hashlib.sha256(body).hexdigest() != file.sha256:
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


def _found_failing(offices: LowerOffices, office: Office, own: Inspection | None) -> frozenset[str]:
    """The offices to which our registry gives an account that our own inspection found failing."""
    regions = office_regions(office)
    office_of = {part: each.name for each in offices.offices for part in each.own_parts}
    parts = [regions.of(each.entry.account.filed) for each in (own.failed if own else ())]
    return frozenset(office_of[part] for part in parts if part in office_of)


async def _disputes(
    app: App,
    reports: Sequence[OfficeReport],
    match: RegistryMatch,
    as_of: date,
    own: Inspection | None,
    policy: Policy,
) -> dict[int, str]:
    """By the number of an account that is reported as failed what we know against it, in Chinese."""
    accused = [
        (report, each, match.accounts[each.entry.account.id])
        for report in reports
        for each in report.accounts
        if each.verdict is Verdict.FAILED and each.entry.account.id in match.accounts
    ]
    posted = await _posted_days(app, [account for _, _, account in accused], policy)
    looked_at = {entry.account.id: entry for entry in own.scope} if own else {}
    found: dict[int, str] = {}
    for report, each, account in accused:
        days = posted.get(account.id, ())
        number = each.entry.account.id
        if day := disproving_day(each, report.policy, as_of, days):
            found[number] = f"报送为不合格；本级见该账号{chinese_day(day)}有更新，待核对。"
        elif own and (entry := looked_at.get(account.id)):
            said = compare(each, entry, as_of, own, days)
            if said.agreement is Agreement.DIFFERENT and said.own_verdict is not Verdict.FAILED:
                found[number] = f"报送为不合格；{said.reason}，待核对。"
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
    the round's. None where there is none. UserError for an unknown number.
    """
    sweeps = await app.store.sweeps.all()
    if number is not None:
        found = next((each for each in sweeps if each.id == number), None)
        if found is None:
            raise UserError(f"there is no sweep {number}: `mediawatch sweeps` lists them")
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
    days = await _posted_days(app, [entry.account for _, entry in pairs], own.policy)
    return tuple(
        compare(reported, entry, told.offices.round.as_of, own, days.get(entry.account.id, ()))
        for reported, entry in pairs
    )


async def _posted_days(
    app: App, accounts: Sequence[Account], policy: Policy
) -> dict[int, Sequence[date]]:
    """The days on which accounts surely posted, by all that is kept of them."""
    ids = [account.id for account in accounts]
    now = await app.store.accounts.current(ids)
    readings = await app.store.readings.by_account(ids)
    return {
        account.id: known_days(
            Dossier(
                filed=account.filed,
                identity=now[account.id].identity,
                readings=tuple(readings.get(account.id, ())),
            ),
            account_policy(policy, account.filed),
        ).days
        for account in accounts
    }
