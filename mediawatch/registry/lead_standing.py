"""Where a lead stands: what persons decided of it, and whether it is filed by now. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mediawatch.domain import (
    Account,
    Evidence,
    Lead,
    LeadAction,
    LeadDecision,
    LeadSight,
    LeadSort,
    SearchHit,
)
from mediawatch.registry.leads import FiledAccounts
from mediawatch.registry.units import FiledUnit, UnitIndex

NEVER_AGAIN = frozenset({LeadSort.NOT_GOVERNMENT, LeadSort.ELSEWHERE})
"""What was found to be none of the office's business is not listed again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadStanding:
    """A lead with the decision that stands. `filed` is the account that it is filed as by now."""

    lead: Lead
    decision: LeadDecision | None = None
    confirmation: LeadDecision | None = None
    filed: Account | None = None
    closed: Account | None = None
    """The account that is filed under its id as closed."""
    unit: FiledUnit | None = None
    """The unit that was decided on, else the only one that may be meant."""
    rivals: tuple[Account, ...] = ()
    """Filed accounts of these units on this platform of which no id is known: it may be theirs."""
    holders: tuple[Account, ...] = ()
    """All accounts that its id belongs to, in whatever status, also those that left the registry."""
    certified_for: tuple[str, ...] = ()
    """Whom of the registry a search has ever shown as its 认证主体: units by their labels."""

    @property
    def sort(self) -> LeadSort | None:
        return self.decision.sort if self.decision else None

    @property
    def is_open(self) -> bool:
        """Whether a person still has to sort it."""
        return self.decision is None and self.filed is None

    @property
    def needs_second(self) -> bool:
        """Whether it waits for a second person."""
        return bool(self.sort and self.sort.leaves_house) and self.confirmation is None

    @property
    def words(self) -> str:
        """In Chinese, where it stands."""
        if self.decision is None or self.sort is None:
            return "现已登记" if self.filed else "待核"
        now = "，现已登记" if self.filed else ""
        if not self.sort.leaves_house:
            return f"{self.sort.label}{now}"
        return f"{self.sort.label}（{'已复核' if self.confirmation else '待复核'}）{now}"

    @property
    def proofs(self) -> tuple[Evidence, ...]:
        """All that shows it: captures of searches, and pictures of persons."""
        shown = [item for sight in self.lead.sights for item in sight.evidence]
        return (*shown, *(each.proof for each in self.lead.decisions if each.proof))


def standing_of(lead: Lead, index: UnitIndex, filed: FiledAccounts) -> LeadStanding:
    decision, confirmation = _decided(lead.decisions)
    if confirmation and _shows_otherwise(lead, confirmation):
        confirmation = None
    seen = lead.latest
    hit = SearchHit(id=seen.platform_id, name=seen.name, alias=seen.alias, link=seen.link)
    holders = filed.holders(lead.platform, hit)
    present = [each for each in holders if each.retired_on is None]
    label = decision.unit if decision and decision.unit else ""
    labels = (label,) if label else seen.units
    units = [unit for each in labels for unit in index.of_label(each)]
    accounts = [account for unit in units for account in unit.accounts]
    return LeadStanding(
        lead=lead,
        decision=decision,
        confirmation=confirmation,
        filed=next((each for each in present if each.filed.in_service), None),
        closed=next((each for each in present if not each.filed.in_service), None),
        unit=units[0] if len(units) == len(labels) == 1 else None,
        rivals=tuple(filed.unknown_ids(lead.platform, accounts)),
        holders=tuple(holders),
        certified_for=tuple(
            {
                name: None
                for body in dict.fromkeys(each.verified_as for each in lead.sights)
                for name in index.names_of_body(body)
            }
        ),
    )


def _shows_otherwise(lead: Lead, confirmation: LeadDecision) -> bool:
    """Whether a later search shows something else than what was confirmed: it is confirmed anew."""
    before = [each for each in lead.sights if each.at is None or each.at <= confirmation.at]
    seen = (before or lead.sights)[-1]
    latest = lead.latest
    return (latest.kind, latest.name, latest.verified_as) != (
        seen.kind,
        seen.name,
        seen.verified_as,
    )


def settled_keys(leads: Iterable[Lead]) -> frozenset[tuple[str, str]]:
    """(platform, id) of what never comes again."""
    return frozenset(
        (lead.platform, lead.platform_id)
        for lead in leads
        if (decision := _decided(lead.decisions)[0]) and decision.sort in NEVER_AGAIN
    )


def without_settled(
    sights: Iterable[LeadSight], settled: Collection[tuple[str, str]]
) -> list[LeadSight]:
    return [each for each in sights if (each.platform, each.platform_id) not in settled]


def _decided(
    decisions: Iterable[LeadDecision],
) -> tuple[LeadDecision | None, LeadDecision | None]:
    """The decision that stands, and who confirmed it."""
    decision = confirmation = None
    for each in decisions:
        match each.action:
            case LeadAction.SORTED:
                decision, confirmation = each, None
            case LeadAction.CONFIRMED:
                confirmation = each
            case LeadAction.WITHDRAWN:
                decision = confirmation = None
    return decision, confirmation
