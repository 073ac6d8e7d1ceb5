"""What may be decided of a lead, and by whom. Pure.

The table of sorts and kinds stands in docs/registry.md. Nobody is accused of 仿冒 whom anything in
the registry knows.
"""

from __future__ import annotations

from mediawatch.domain import Evidence, LeadAction, LeadDecision, LeadKind, LeadSort, UserError
from mediawatch.names import alike, same_person
from mediawatch.registry.lead_standing import NEVER_AGAIN, LeadStanding

_SHORTEST_REASON = 4
"""Letters of a reason that others may have to answer for."""


def refuse_decision(
    standing: LeadStanding, made: LeadDecision, *, picture_sha256: str = ""
) -> None:
    """UserError where a decision must not be taken as it is given.

    `picture_sha256`: of the picture of the account's own page that comes with it, "" without one.
    """
    number = made.lead_id
    if not made.by:
        raise UserError("a decision on a lead needs the name of who takes it (--by)")
    if not made.reason:
        raise UserError("a decision on a lead needs its reason (--reason)")
    leaves = made.sort is not None and made.sort.leaves_house
    if leaves and sum(char.isalnum() for char in made.reason) < _SHORTEST_REASON:
        raise UserError(
            f"--reason {made.reason}: say in at least {_SHORTEST_REASON} characters what was seen: "
            "others are told of this lead"
        )
    match made.action:
        case LeadAction.WITHDRAWN:
            if standing.decision is None:
                raise UserError(f"lead {number} is not sorted: there is nothing to take back")
        case LeadAction.CONFIRMED:
            _refuse_confirmation(standing, made, picture_sha256)
        case LeadAction.SORTED:
            _refuse_sort(standing, made, pictured=bool(picture_sha256))


def _refuse_confirmation(standing: LeadStanding, made: LeadDecision, picture_sha256: str) -> None:
    number, decision = made.lead_id, standing.decision
    if decision is None or not standing.needs_second:
        raise UserError(
            f"lead {number} waits for no second person: sort it first (--as)"
            if decision is None
            else f"lead {number} ({standing.words}) waits for no second person"
        )
    if same_person(decision.by, made.by):
        raise UserError(
            f"lead {number} was sorted by {decision.by}: another person confirms it (--by)"
        )
    if standing.filed:
        raise UserError(
            f"lead {number} is filed by now as {standing.filed.filed.name}: sort it anew (--as filed)"
        )
    if made.sort is LeadSort.IMPOSTOR:
        if fault := why_no_impostor(standing):
            raise UserError(f"lead {number} is not 仿冒: {fault}; take it back (--withdraw)")
        if not picture_sha256:
            raise UserError(
                f"lead {number}: whoever confirms 仿冒 looks for himself: --picture FILE of the "
                "account's own page"
            )
        if picture_sha256 in _pictures(standing):
            raise UserError(f"lead {number}: --picture is the first person's own: take another one")


def _refuse_sort(standing: LeadStanding, made: LeadDecision, *, pictured: bool) -> None:
    number = made.lead_id
    if made.sort is LeadSort.TO_FILE:
        _refuse_to_file(standing, made, pictured=pictured)
        return
    if made.unit:
        raise UserError("--unit belongs to --as 应补登记: whose account it is")
    present = standing.filed or standing.closed
    if made.sort in NEVER_AGAIN and present:
        raise UserError(
            f"lead {number} bears the id of {present.filed.name}, which is in the registry: "
            "correct the registry first, or sort it as 应补登记 or 已登记"
        )
    if made.sort is LeadSort.IMPOSTOR:
        if fault := why_no_impostor(standing):
            raise UserError(f"lead {number} is not 仿冒: {fault}")
        if not pictured:
            raise UserError(
                f"lead {number}: 仿冒 needs --picture FILE of the account's own page, from each "
                "of the two persons"
            )


def why_no_impostor(standing: LeadStanding) -> str:
    """Why a lead must not be called 仿冒, in English; "" where nothing in the registry knows it."""
    if standing.holders:
        filed = standing.holders[0]
        left = f"until {filed.retired_on}" if filed.retired_on else filed.filed.status.label
        return f"its id is that of the filed account {filed.filed.name} ({left})"
    if standing.certified_for:
        return (
            f"a search has shown it as certified for {'、'.join(standing.certified_for)}, "
            "which the registry knows"
        )
    for seen in standing.lead.sights:
        if seen.kind is not LeadKind.LOOKALIKE:
            return f"a search has shown it as {seen.kind.label}"
    name = standing.lead.latest.name
    for rival in standing.rivals:
        if alike(rival.filed.name, name) or alike(name, rival.filed.name):
            return (
                f"it may be the filed account {rival.filed.name}, of which no id is known: "
                "put that one's id into the registry first"
            )
    return ""


def why_not_handed_over(standing: LeadStanding) -> str:
    """What a decided lead lacks for its list, in English; "" where nothing.

    The registry may have learned of it since, and older decisions may lack their pictures.
    """
    if standing.sort is not LeadSort.IMPOSTOR:
        return ""
    if fault := why_no_impostor(standing):
        return fault
    if len(_pictures(standing)) < 2:
        return "it needs pictures of two persons: withdraw it, and sort it anew"
    return ""


def _pictures(standing: LeadStanding) -> dict[str, Evidence]:
    """The pictures of the two persons who decided, by their SHA-256."""
    decided = (standing.decision, standing.confirmation)
    return {each.proof.sha256: each.proof for each in decided if each and each.proof}


def _refuse_to_file(standing: LeadStanding, made: LeadDecision, *, pictured: bool) -> None:
    number, seen = made.lead_id, standing.lead.latest
    if standing.filed:
        raise UserError(
            f"lead {number} is filed by now as {standing.filed.filed.name}: it is not 应补登记"
        )
    if not made.unit:
        whose = f"may be of {'、'.join(seen.units)}" if seen.units else "is of a unit not known"
        raise UserError(f"lead {number} {whose}: --unit says of which")
    if seen.units and made.unit not in seen.units:
        raise UserError(f"lead {number}: --unit {made.unit} is none of {'、'.join(seen.units)}")
    # Without their places: those may have been filed since the search.
    bodies = {label.partition("（")[0] for label in standing.certified_for}
    another = bool(seen.verified_as) and made.unit.partition("（")[0] not in bodies
    unshown = seen.kind is LeadKind.LOOKALIKE or (seen.kind is LeadKind.REOPENED and another)
    if unshown and not pictured:
        raise UserError(
            f"lead {number}: no search has shown {made.unit} as its 认证主体; --picture FILE must show "
            "it on the account's own page"
        )
    if standing.rivals and not pictured:
        names = "、".join(each.filed.name for each in standing.rivals)
        raise UserError(
            f"lead {number} may be the filed account {names}, of which no id is known; "
            "--picture FILE of the account's own page must show that it is another one"
        )
