"""What the core asks of its two adapters: the `Store` (db) and the `Looker` (scrapers).

Declarations only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mediawatch.domain.dossier import Dossier
from mediawatch.ports.gate import Gate, Rank, See, Visit
from mediawatch.ports.logins import Logins, Modules, SessionWatch, StoredSession
from mediawatch.ports.looker import Looker, SurfaceFacts
from mediawatch.ports.stage import PhoneView, Stage
from mediawatch.ports.store import (
    AccountNow,
    IdleReading,
    KeptEvidence,
    NamedQuery,
    OutdatedPlan,
    PlannedWrite,
    QueryResult,
    Rejudgement,
    Store,
    SurfaceVisit,
)

__all__ = [
    "AccountNow",
    "Clock",
    "Dossier",
    "Gate",
    "IdleReading",
    "KeptEvidence",
    "Logins",
    "Looker",
    "Modules",
    "NamedQuery",
    "OutdatedPlan",
    "PhoneView",
    "PlannedWrite",
    "QueryResult",
    "Rank",
    "Rejudgement",
    "See",
    "SessionWatch",
    "Stage",
    "Store",
    "StoredSession",
    "SurfaceFacts",
    "SurfaceVisit",
    "Visit",
]  # fmt: skip

Clock = Callable[[], datetime]
"""Gives the present instant, aware.

Composed once: the host's clock, or a fixed one in `verify` and `demo`.
"""
