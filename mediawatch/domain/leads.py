"""线索: accounts that a platform's own search shows and that are not filed, for persons to sort.

A lead is no finding. Nothing counts it, and no circular prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mediawatch.domain.evidence import Capture, Evidence
from mediawatch.domain.outcomes import DayEnd, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One account among the results of a platform's own search."""

    id: str
    """The platform's own id."""
    name: str
    verified_as: str = ""
    """认证主体, "" where the search shows none."""
    alias: str = ""
    original_id: str = ""
    link: str = ""
    """Its page, "" where the platform has no address for it."""
    gone: bool = False
    """The platform shows it as cancelled or moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSearch:
    """One search for a unit that was made, whatever came of it. Never updated."""

    platform: str
    query: str
    surface: str
    session: str = ""
    at: datetime
    outcome: Outcome
    """`ok` where the platform answered, with hits or without; else our trouble."""
    detail: str = ""
    url: str = ""
    calls: int = 1
    """As `Sight.calls`."""
    ends_day: DayEnd | None = None
    hits: int = 0
    captures: tuple[Capture, ...] = ()
    """On their way to the evidence folder."""
    evidence: tuple[Evidence, ...] = ()
    id: int = 0


class LeadKind(StrEnum):
    """What a search showed of a lead."""

    UNFILED = "unfiled"
    """A unit's 认证主体, and an id that is filed nowhere."""
    REOPENED = "reopened"
    """An id that is filed as closed."""
    LOOKALIKE = "lookalike"
    """A filed name or a unit's, without that unit's 认证主体."""

    @property
    def label(self) -> str:
        return {"unfiled": "疑似未登记", "reopened": "闭后重现", "lookalike": "名称相同、主体不符"}[
            self.value
        ]


class LeadSort(StrEnum):
    """What a person found a lead to be."""

    TO_FILE = "to-file"
    IMPOSTOR = "impostor"
    NOT_GOVERNMENT = "not-government"
    ELSEWHERE = "elsewhere"
    """A body of another region bears the name by right."""
    FILED = "filed"

    @property
    def label(self) -> str:
        return {
            "to-file": "应补登记",
            "impostor": "仿冒",
            "not-government": "不属政府系统",
            "elsewhere": "同名，不属本地区",
            "filed": "已登记",
        }[self.value]

    @property
    def leaves_house(self) -> bool:
        """Whether it is handed to others: then a second person confirms it."""
        return self in (LeadSort.TO_FILE, LeadSort.IMPOSTOR)


class LeadAction(StrEnum):
    SORTED = "sorted"
    CONFIRMED = "confirmed"
    """By another person than who sorted."""
    WITHDRAWN = "withdrawn"
    """The decision before is taken back: the lead is open again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadSight:
    """What one search showed of one lead. Never updated."""

    platform: str
    platform_id: str
    kind: LeadKind
    name: str
    verified_as: str = ""
    alias: str = ""
    link: str = ""
    units: tuple[str, ...] = ()
    """The units that it may concern, by their labels."""
    ground: str = ""
    """Why it may, in Chinese."""
    at: datetime | None = None
    """When it was seen, and the three below: given by the store."""
    surface: str = ""
    query: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDecision:
    """What a person decided of a lead. Never updated: a later one takes it back."""

    lead_id: int
    action: LeadAction
    sort: LeadSort | None = None
    unit: str = ""
    """Of 应补登记: whose account it is."""
    by: str
    reason: str
    at: datetime
    proof: Evidence | None = None
    """A picture of the account's own page."""
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One account that is a lead, with all that was seen and decided of it, oldest first."""

    id: int
    platform: str
    platform_id: str
    sights: tuple[LeadSight, ...]
    decisions: tuple[LeadDecision, ...] = ()

    @property
    def latest(self) -> LeadSight:
        return self.sights[-1]
