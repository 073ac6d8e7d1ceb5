"""What the core asks of its two adapters: the `Store` (db) and the `Looker` (scrapers).

Declarations only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mediawatch.domain.dossier import Dossier
from mediawatch.ports.gate import Gate, Rank, See, Visit
from mediawatch.ports.logins import (
    AccountKey,
    Logins,
    Modules,
    NewLogin,
    SessionWatch,
    StoredSession,
    UseApproval,
)
from mediawatch.ports.looker import Looker, PlatformFacts, SurfaceFacts
from mediawatch.ports.pace import (
    OVER,
    AnswerBook,
    BreakerState,
    CheckBook,
    CheckedSource,
    CheckIntervals,
    CheckStanding,
    CheckTurn,
    EarlierCalls,
    PaceBook,
    PacedSource,
    PageAnswer,
    SourceRest,
    Turn,
    TurnBook,
    TurnRequest,
)
from mediawatch.ports.searcher import UnitSearcher, Worth
from mediawatch.ports.stage import PhoneView, Stage
from mediawatch.ports.store import (
    USUAL_LIMITS,
    AccountNow,
    IdleReading,
    KeptEvidence,
    LeadStore,
    NamedQuery,
    OutdatedPlan,
    PersonalData,
    PlannedWrite,
    QueryLimits,
    QueryResult,
    QueryRow,
    Rejudgement,
    SightsAlike,
    Store,
    SurfaceVisit,
    TakeRows,
)

__all__ = [
    "OVER",
    "USUAL_LIMITS",
    "AccountKey",
    "AccountNow",
    "AnswerBook",
    "BreakerState",
    "CheckBook",
    "CheckIntervals",
    "CheckStanding",
    "CheckTurn",
    "CheckedSource",
    "Clock",
    "Dossier",
    "EarlierCalls",
    "Gate",
    "IdleReading",
    "KeptEvidence",
    "LeadStore",
    "Logins",
    "Looker",
    "Modules",
    "NamedQuery",
    "NewLogin",
    "OutdatedPlan",
    "PaceBook",
    "PacedSource",
    "PageAnswer",
    "PersonalData",
    "PhoneView",
    "PlannedWrite",
    "PlatformFacts",
    "QueryLimits",
    "QueryResult",
    "QueryRow",
    "Rank",
    "Rejudgement",
    "See",
    "SessionWatch",
    "SightsAlike",
    "SourceRest",
    "Stage",
    "Store",
    "StoredSession",
    "SurfaceFacts",
    "SurfaceVisit",
    "TakeRows",
    "Turn",
    "TurnBook",
    "TurnRequest",
    "UnitSearcher",
    "UseApproval",
    "Visit",
    "Worth",
]  # fmt: skip

Clock = Callable[[], datetime]
"""Gives the present instant, aware.

Composed once: the host's clock, or a fixed one in `verify` and `demo`.
"""
