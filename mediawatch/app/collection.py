"""What came in from lower offices, put together out of the store, and held against our own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mediawatch.app.own_knowledge import find_disputes, foreign_failures, own_failures
from mediawatch.app.root import App
from mediawatch.app.round_states import is_as_received, round_state
from mediawatch.domain import Account, HandedFile, UserError
from mediawatch.domain.clock import day_of
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.region_parts import PartGroup
from mediawatch.ops.settings.lower_offices import LowerOffices
from mediawatch.ops.settings.office import read_office
from mediawatch.publish.collect.checks import accounts_of, policy_of_document, read_handoff
from mediawatch.publish.collect.merge import Collection, RoundFrame, frame_sweep, merge
from mediawatch.publish.collect.office_reports import OfficeReport, ReportFigures
from mediawatch.publish.collect.own_looks import OwnLooks, own_looks
from mediawatch.publish.collect.registry_match import RegistryMatch, match_registry
from mediawatch.publish.collect.report_gaps import find_gaps
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.policy import load
from mediawatch.rules.sweep_policy import policy_for
from mediawatch.sweep.clauses import Clause, Spec
from mediawatch.sweep.scope import Scope, draw, office_regions


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedRound:
    """The collection of a round with what our registry says of its accounts."""

    offices: LowerOffices
    collection: Collection
    match: RegistryMatch
    registry: Sequence[Account] = field(repr=False)
    frame: RoundFrame = field(repr=False)
    disputes: Mapping[int, str] = field(repr=False)
    """By the number of an account that is reported as failed what we know against it."""
    looks: OwnLooks = field(repr=False)
    besides: tuple[int, ...] = ()
    """Our own inspections of the round that are held against what was reported, and not printed."""

    @property
    def said_besides(self) -> str:
        """For the operator, which these are; "" without any."""
        if not self.besides:
            return ""
        numbers = ", ".join(map(str, self.besides))
        return (
            f"other own inspections of the round ({numbers}) are held against what was reported; "
            "their accounts are in no text or list: --sweep names another one"
        )


async def collected_round(app: App, own: Sequence[Inspection] = ()) -> CollectedRound:
    """All that counts, put together. What we know ourselves, by `own` (all of the round, last the
    one that is printed) and by all that is kept, takes accounts off that were reported as failed.

    UserError where nothing came in, a kept file is not what was received, or may count no more.
    AssertionError where figures do not agree.
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
            "accepted files no longer fit offices.toml, which was changed since they came: "
            f"{said} Put it back, have these offices send anew, or `mediawatch collect withdraw` "
            "their files"
        )
    if unsaid := [one for one in state.states if one.unexplained]:
        said = " ".join(f"{one.office.name}：{one.unexplained}。" for one in unsaid)
        raise UserError(
            f"offices.toml does not say what became of keys that signed accepted files: {said} List "
            "each under `keys` of its office, or under `revoked` with the day and the reason"
        )
    bodies = await app.store.handed.bodies([each.id for each in kept.values()])
    reports = await asyncio.to_thread(_reports, offices, kept, bodies)
    office, looks = read_office(app.home.root), own_looks(own)
    regions = office_regions(office)
    office_of_part = offices.office_of_part
    found = match_registry(
        registry,
        [each for report in reports for each in report.accounts],
        regions,
        office_of_part,
    )
    policy = policy_for(load(offices.round.policy), offices.round.period_from)
    uncovered = Counter(office_of_part.get(regions.of(each.filed), "") for each in found.uncovered)
    gaps = find_gaps(reports, found, uncovered)
    failures = own_failures(offices, office, reports, found, looks, policy)
    frame = RoundFrame(
        name=offices.round.name,
        as_of_sweep=frame_sweep(offices.round.name, offices.round.span, policy),
        policy=policy,
        office=office,
        until=day_of(app.clock()),
        missing=tuple(one.office.name for one in state.states if one.standing is None),
        not_due=tuple(one.office.name for one in state.states if one.is_not_due),
        late=tuple(
            one.office.name for one in state.states if one.standing is not None and one.is_late
        ),
        unreported=gaps.accounts,
        unpraised=gaps.unpraised,
        key_remarks={one.office.name: one.key_remark for one in state.states if one.key_remark},
        marks=app.marks,
        found_failing=failures.names,
        contradicted=failures.contradicted,
    )
    span = offices.round.span
    foreign = foreign_failures(reports, found, looks, span)
    disputes = foreign | await find_disputes(app, reports, found, span, looks, policy)
    collection = await asyncio.to_thread(merge, reports, frame, found.owners, disputes)
    return CollectedRound(
        offices=offices,
        collection=collection,
        match=found,
        registry=registry,
        frame=frame,
        disputes=disputes,
        looks=looks,
        besides=tuple(each.sweep.id for each in own[:-1]),
    )


def _reports(
    offices: LowerOffices, kept: Mapping[str, HandedFile], bodies: Mapping[int, bytes]
) -> list[OfficeReport]:
    found: list[OfficeReport] = []
    number = 1
    for office in offices.offices:
        if (file := kept.get(office.name)) is None:
            continue
        body = bodies.get(file.id, b"")
        if not is_as_received(file, bodies):
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
