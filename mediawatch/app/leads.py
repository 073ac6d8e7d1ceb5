"""疑似未登记账号: searches for units, and what persons decide of what they show."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from mediawatch.app.closures import read_proof
from mediawatch.app.root import App
from mediawatch.domain import (
    Account,
    LeadAction,
    LeadDecision,
    LeadSort,
    MatchedBy,
    UserError,
)
from mediawatch.ports import SurfaceFacts
from mediawatch.registry.lead_refusals import refuse_decision, why_not_handed_over
from mediawatch.registry.lead_standing import LeadStanding, settled_keys, standing_of
from mediawatch.registry.lead_tables import leads_to_hand_over
from mediawatch.registry.leads import FiledAccounts
from mediawatch.registry.search_extent import extent_table
from mediawatch.registry.unit_searches import (
    PlatformQueries,
    PlatformResult,
    Progress,
    SearchTools,
    plan_queries,
    search_units,
)
from mediawatch.registry.units import FiledUnit, UnitIndex, units_of
from mediawatch.table import Table

_AT_ONCE = 5_000
"""Accounts whose readings are in memory together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """Which units are searched for, and where."""

    units: Sequence[str] = ()
    region: str = ""
    platforms: Sequence[str] = ()
    limit: int | None = None
    again_after: int = 30
    """Days after which an answered question is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPlan:
    """What a run asks. `skipped`: accounts without 所属组织, of which no unit is known."""

    queries: Sequence[PlatformQueries]
    units: int
    skipped: int
    surfaces: dict[str, SurfaceFacts]
    logins: dict[str, tuple[str, ...]]
    """By platform, the names of the logins that may be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRequest:
    """A decision as somebody gives it. `sort` None with CONFIRMED and WITHDRAWN."""

    lead: int
    action: LeadAction
    by: str
    reason: str = ""
    sort: LeadSort | None = None
    unit: str = ""
    picture: Path | None = None


async def lead_standings(app: App) -> list[LeadStanding]:
    """All leads as they stand now, against the registry as it is now."""
    leads = await app.store.leads.all()
    if not leads:
        return []
    index, filed = await _registry(app)
    return [standing_of(lead, index, filed) for lead in leads]


async def search_extent(app: App) -> Table:
    """What was ever searched, by platform: no list of leads is whole beyond it."""
    index, _ = await _registry(app)
    return extent_table(index.units, list(app.unit_searches()), await app.store.leads.searches())


async def find_confirmed_unfiled(app: App) -> list[LeadStanding]:
    """What two persons found to be 应补登记, not filed by now, with whole evidence."""
    found = leads_to_hand_over(await lead_standings(app), LeadSort.TO_FILE)
    faults = hand_over_faults(app, found)
    return [each for each in found if each.lead.id not in faults]


async def plan_search(app: App, request: SearchRequest) -> SearchPlan:
    """UserError where no such unit is filed, or a platform has no search to ask."""
    index, _ = await _registry(app)
    surfaces = _surfaces(app, request.platforms)
    units = _chosen(index.units, request)
    since = app.clock() - timedelta(days=request.again_after)
    queries = plan_queries(
        units, list(surfaces), await app.store.leads.searches(since), since, request.limit
    )
    accounts = await app.store.accounts.all()
    logins = await app.usable_logins()
    return SearchPlan(
        queries=queries,
        units=len(units),
        skipped=sum(not account.filed.organiser.strip() for account in accounts),
        surfaces=surfaces,
        logins={
            key: tuple(each.name for each in logins if each.platform == facts.login)
            for key, facts in surfaces.items()
        },
    )


async def run_search(
    app: App, plan: SearchPlan, progress: Progress
) -> tuple[dict[str, PlatformResult], int]:
    """Ask, and keep what is shown; the results by platform, and the exit code."""
    index, filed = await _registry(app)
    gate, now = app.pacing(), app.clock()
    gate.begin(
        await app.store.operator.visits(now - timedelta(days=1)),
        now,
        at_once=app.settings.browser.concurrency,
        paced_as={facts.name: facts.pace_name for facts in plan.surfaces.values()},
    )

    async def wait_for_rest(platform: str) -> bool:
        surface = plan.surfaces[platform].name
        return any([await gate.wait_for_rest(surface, name) for name in plan.logins[platform]])

    searcher = app.searcher()
    await searcher.ready()
    tools = SearchTools(
        store=app.store.leads,
        searcher=searcher,
        gate=gate,
        evidence=app.evidence,
        index=index,
        filed=filed,
        settled=settled_keys(await app.store.leads.all()),
        wait_for_rest=wait_for_rest,
    )
    return await search_units(plan.queries, tools, progress), gate.exit_bits


async def decide_lead(app: App, request: LeadRequest) -> LeadStanding:
    """Take the decision; the lead as it stands then. UserError where it must not be taken so."""
    standing = next(
        (each for each in await lead_standings(app) if each.lead.id == request.lead), None
    )
    if standing is None:
        raise UserError(f"there is no lead {request.lead}: `registry leads` lists them")
    made = LeadDecision(
        lead_id=request.lead,
        action=request.action,
        sort=_sort_of(standing, request),
        unit=_unit_of(standing, request),
        by=request.by.strip(),
        reason=request.reason.strip(),
        at=app.clock(),
    )
    capture = read_proof(request.picture, app.clock()) if request.picture else None
    picture = hashlib.sha256(capture.body).hexdigest() if capture else ""
    refuse_decision(standing, made, picture_sha256=picture)
    _refuse_without_evidence(app, standing, made, pictured=capture is not None)
    if capture is not None:
        made = replace(made, proof=await app.evidence.file(capture))
    await app.store.leads.add_decision(made)
    index, filed = await _registry(app)
    lead = replace(standing.lead, decisions=(*standing.lead.decisions, made))
    return standing_of(lead, index, filed)


def hand_over_faults(app: App, standings: Sequence[LeadStanding]) -> dict[int, str]:
    """By lead, why it is not handed over; leads that are sound and have their evidence do not
    stand there.
    """
    return {
        each.lead.id: fault
        for each in standings
        if (fault := why_not_handed_over(each) or _fault(app, each))
    }


def _fault(app: App, standing: LeadStanding) -> str:
    faults = [fault for item in standing.proofs if (fault := app.evidence.check(item))]
    return faults[0] if faults else "" if standing.proofs else "no evidence is kept"


def _refuse_without_evidence(
    app: App, standing: LeadStanding, made: LeadDecision, *, pictured: bool
) -> None:
    """Nobody confirms what its evidence does not show any more, or sorts what shows nothing."""
    if made.action is LeadAction.CONFIRMED and (fault := _fault(app, standing)):
        raise UserError(f"lead {made.lead_id} cannot be confirmed: {fault}")
    leaves = made.sort is not None and made.sort.leaves_house
    if leaves and not standing.proofs and not pictured:
        raise UserError(f"lead {made.lead_id} has no evidence: add --picture of its own page")


def _sort_of(standing: LeadStanding, request: LeadRequest) -> LeadSort | None:
    return standing.sort if request.action is LeadAction.CONFIRMED else request.sort


def _unit_of(standing: LeadStanding, request: LeadRequest) -> str:
    """The unit that is named, with its place or without, else the only one that may be meant."""
    units, named = standing.lead.latest.units, request.unit.strip()
    if not named:
        return units[0] if len(units) == 1 and request.sort is LeadSort.TO_FILE else ""
    meant = [label for label in units if named == label.partition("（")[0]]
    return meant[0] if len(meant) == 1 and named not in units else named


async def _registry(app: App) -> tuple[UnitIndex, FiledAccounts]:
    """The registry as searches are held against it: units, and what leads to filed accounts."""
    accounts = await app.store.accounts.all(include_retired=True)
    ids: dict[int, set[str]] = {}
    bodies: dict[int, list[str]] = {}
    numbers = [each.id for each in accounts]
    for start in range(0, len(numbers), _AT_ONCE):
        readings = await app.store.readings.identity_readings(numbers[start : start + _AT_ONCE])
        for number, looks in readings.items():
            for sight in (sight for look in looks for sight in look.sights if sight.matched_by):
                ids.setdefault(number, set()).update(
                    filter(None, (sight.platform_id, sight.original_id))
                )
                if sight.verified_as and sight.matched_by in (MatchedBy.ID, MatchedBy.URL):
                    bodies.setdefault(number, []).append(sight.verified_as)
    units = units_of(accounts, await app.store.accounts.changes(), bodies)
    return UnitIndex(units), FiledAccounts(accounts, ids, app.leads_to)


def _surfaces(app: App, platforms: Sequence[str]) -> dict[str, SurfaceFacts]:
    """By platform its search. By default those whose hits show the 认证主体."""
    known = app.unit_searches()
    for platform in platforms:
        if platform not in known:
            raise UserError(
                f"--platform {platform}: no search of it that shows accounts is attested; "
                f"give one of {', '.join(known)}"
            )
    chosen = platforms or [key for key, facts in known.items() if facts.shows_bodies]
    return {key: known[key] for key in chosen}


def _chosen(units: Sequence[FiledUnit], request: SearchRequest) -> list[FiledUnit]:
    """The units of the registry that are asked for. UserError where none is."""
    present = [unit for unit in units if unit.is_filed]
    for name in request.units:
        if not any(name in (unit.name, unit.label) for unit in present):
            raise UserError(f"--unit {name}: no account in the registry has this 所属组织")
    found = [
        unit
        for unit in present
        if (not request.units or unit.name in request.units or unit.label in request.units)
        and (not request.region or _is_in(unit.accounts, request.region))
    ]
    if not found:
        raise UserError(
            f"--region {request.region}: no unit in the registry is of this place"
            if request.region
            else "no account in the registry has an 所属组织: there is no unit to search for"
        )
    return found


def _is_in(accounts: Sequence[Account], region: str) -> bool:
    return any(
        region in (filed.prefecture, filed.county, filed.township, filed.jurisdiction)
        for filed in (account.filed for account in accounts)
    )
