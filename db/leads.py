"""Leads: searches for units, what they showed, and what persons decided.

Nothing here raises the news of an account, and no judgement reads it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, insert, select

from db.base import insert_into, rows, table
from db.models import (
    LeadDecisionRow,
    LeadRow,
    LeadSightRow,
    SearchEvidenceRow,
    UnitSearchRow,
)
from db.transactions import Aggregate, reads, writes
from db.types import AnyRow, Values, fields_of
from mediawatch.domain import (
    Evidence,
    EvidenceKind,
    Lead,
    LeadDecision,
    LeadSight,
    UnitSearch,
)

_SEARCH = (
    "platform",
    "query",
    "surface",
    "session",
    "at",
    "outcome",
    "detail",
    "url",
    "calls",
    "ends_day",
    "hits",
)
_EVIDENCE = tuple(field.name for field in fields(Evidence))
_SIGHT = ("kind", "name", "verified_as", "alias", "link", "ground")
_DECISION = ("lead_id", "action", "sort", "unit", "by", "reason", "at")
_PROOF = ("path", "sha256", "media_type", "size")


class SqlLeads(Aggregate):
    @writes
    def add_search(self, conn: Connection, search: UnitSearch, sights: Sequence[LeadSight]) -> None:
        """See `LeadStore.add_search`."""
        made = insert(table(UnitSearchRow)).values(fields_of(search, _SEARCH))
        number = conn.execute(made.returning(UnitSearchRow.id)).scalar_one()
        for item in search.evidence:
            kept = fields_of(item, _EVIDENCE) | {"search_id": number}
            conn.execute(insert(table(SearchEvidenceRow)).values(kept))
        for sight in sights:
            seen = fields_of(sight, _SIGHT) | {
                "units": list(sight.units),
                "lead_id": _lead_of(conn, sight),
                "search_id": number,
            }
            conn.execute(insert(table(LeadSightRow)).values(seen))

    @reads
    def searches(self, conn: Connection, since: datetime | None = None) -> list[UnitSearch]:
        wanted = rows(UnitSearchRow).order_by(UnitSearchRow.at, UnitSearchRow.id)
        if since is not None:
            wanted = wanted.where(UnitSearchRow.at >= since)
        return [UnitSearch(**fields_of(row, (*_SEARCH, "id"))) for row in conn.execute(wanted)]

    @reads
    def all(self, conn: Connection) -> list[Lead]:
        return leads(conn)

    @writes
    def add_decision(self, conn: Connection, decision: LeadDecision) -> None:
        proof = decision.proof
        kept = fields_of(proof, _PROOF) if proof else dict.fromkeys(_PROOF[:3], "") | {"size": 0}
        conn.execute(insert(table(LeadDecisionRow)).values(fields_of(decision, _DECISION) | kept))


def leads(conn: Connection) -> list[Lead]:
    """All leads, in the order in which they were first seen."""
    evidence = defaultdict[int, list[Evidence]](list)
    for row in conn.execute(rows(SearchEvidenceRow).order_by(SearchEvidenceRow.id)):
        evidence[row.search_id].append(Evidence(**fields_of(row, _EVIDENCE)))
    sights = defaultdict[int, list[LeadSight]](list)
    for number, sight in _sights(conn, evidence):
        sights[number].append(sight)
    decisions = defaultdict[int, list[LeadDecision]](list)
    for row in conn.execute(rows(LeadDecisionRow).order_by(LeadDecisionRow.id)):
        decisions[row.lead_id].append(_decision_of(row))
    return [
        Lead(
            id=row.id,
            platform=row.platform,
            platform_id=row.platform_id,
            sights=tuple(sights[row.id]),
            decisions=tuple(decisions[row.id]),
        )
        for row in conn.execute(rows(LeadRow).order_by(LeadRow.id))
    ]


def _lead_of(conn: Connection, sight: LeadSight) -> int:
    """The number of the account's lead, which is made where it is new."""
    named: Values = fields_of(sight, ("platform", "platform_id"))
    # Two processes may meet the same account at once.
    new = insert_into(table(LeadRow), conn.dialect.name).values(named)
    conn.execute(new.on_conflict_do_nothing())
    wanted = select(LeadRow.id).where(
        LeadRow.platform == sight.platform, LeadRow.platform_id == sight.platform_id
    )
    return int(conn.execute(wanted).scalar_one())


def _sights(
    conn: Connection, evidence: dict[int, list[Evidence]]
) -> Iterator[tuple[int, LeadSight]]:
    """(lead, sight), oldest first."""
    wanted = (
        select(
            table(LeadSightRow),
            LeadRow.platform,
            LeadRow.platform_id,
            UnitSearchRow.at,
            UnitSearchRow.surface,
            UnitSearchRow.query,
        )
        .join_from(LeadSightRow, UnitSearchRow, UnitSearchRow.id == LeadSightRow.search_id)
        .join(LeadRow, LeadRow.id == LeadSightRow.lead_id)
        .order_by(UnitSearchRow.at, LeadSightRow.id)
    )
    for row in conn.execute(wanted):
        yield (
            row.lead_id,
            LeadSight(
                **fields_of(row, (*_SIGHT, "platform", "platform_id", "at", "surface", "query")),
                units=tuple(row.units),
                evidence=tuple(evidence[row.search_id]),
            ),
        )


def _decision_of(row: AnyRow) -> LeadDecision:
    proof = (
        Evidence(kind=EvidenceKind.PICTURE, **fields_of(row, _PROOF), taken_at=row.at)
        if row.path
        else None
    )
    return LeadDecision(**fields_of(row, _DECISION), proof=proof, id=row.id)
