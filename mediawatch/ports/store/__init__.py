"""The `Store`: where everything is kept, one protocol for each aggregate."""

from __future__ import annotations

from typing import Protocol

from mediawatch.ports.store.accounts import AccountNow, AccountStore
from mediawatch.ports.store.evidence import EvidenceStore, KeptEvidence
from mediawatch.ports.store.notices import NoticeStore
from mediawatch.ports.store.operator import OperatorStore, SurfaceVisit
from mediawatch.ports.store.personal import PersonalData, PersonalStore
from mediawatch.ports.store.queries import (
    USUAL_LIMITS,
    NamedQuery,
    QueryLimits,
    QueryResult,
    QueryRow,
    QueryStore,
    TakeRows,
)
from mediawatch.ports.store.readings import IdleReading, ReadingStore
from mediawatch.ports.store.reviews import ReviewStore
from mediawatch.ports.store.runs import RunStore
from mediawatch.ports.store.sweeps import Rejudgement, SweepStore

__all__ = [
    "USUAL_LIMITS",
    "AccountNow",
    "AccountStore",
    "EvidenceStore",
    "IdleReading",
    "KeptEvidence",
    "NamedQuery",
    "NoticeStore",
    "OperatorStore",
    "PersonalData",
    "PersonalStore",
    "QueryLimits",
    "QueryResult",
    "QueryRow",
    "QueryStore",
    "ReadingStore",
    "Rejudgement",
    "ReviewStore",
    "RunStore",
    "Store",
    "SurfaceVisit",
    "SweepStore",
    "TakeRows",
]


class Store(Protocol):
    """Where everything is kept.

    Every method that writes commits before it returns, in one transaction of its own.
    """

    @property
    def accounts(self) -> AccountStore: ...
    @property
    def readings(self) -> ReadingStore: ...
    @property
    def evidence(self) -> EvidenceStore: ...
    @property
    def sweeps(self) -> SweepStore: ...
    @property
    def reviews(self) -> ReviewStore: ...
    @property
    def notices(self) -> NoticeStore: ...
    @property
    def runs(self) -> RunStore: ...
    @property
    def operator(self) -> OperatorStore: ...
    @property
    def personal(self) -> PersonalStore: ...
    @property
    def queries(self) -> QueryStore: ...
    async def close(self) -> None: ...
