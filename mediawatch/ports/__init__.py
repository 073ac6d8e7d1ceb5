"""What the core asks of its two adapters: the `Store` (db) and the `Looker` (scrapers). Nothing
here does anything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mediawatch.domain.dossier import Known
from mediawatch.ports.gate import Gate, Rank, See, Visit
from mediawatch.ports.logins import Logins, Modules, SessionWatch, StoredSession
from mediawatch.ports.looker import Looker, SurfaceFacts
from mediawatch.ports.stage import Shown, Stage
from mediawatch.ports.store import (
    AccountNow,
    Answer,
    IdleReading,
    KeptEvidence,
    NamedQuery,
    Rejudgement,
    Store,
    Visited,
)

__all__ = [
    "AccountNow", "Answer", "Clock", "Gate", "IdleReading", "KeptEvidence", "Known", "Logins", "Looker", "Modules", "NamedQuery", "Rank",
    "Rejudgement", "See", "SessionWatch", "Shown", "Stage", "Store", "StoredSession", "SurfaceFacts", "Visit", "Visited",
]  # fmt: skip

Clock = Callable[[], datetime]
"""Gives the present instant, aware. Composed once: the host's clock, or a fixed one in `verify` and
`demo`.
"""
