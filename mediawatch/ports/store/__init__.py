"""The `Store`: where everything is kept, one protocol for each aggregate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mediawatch.domain import UserError
from mediawatch.files import FileBatch
from mediawatch.ports.store.accounts import AccountNow, AccountStore
from mediawatch.ports.store.evidence import EvidenceStore, KeptEvidence
from mediawatch.ports.store.handed import HandedFileStore
from mediawatch.ports.store.hints import HintStore
from mediawatch.ports.store.leads import LeadStore
from mediawatch.ports.store.ledger import (
    SILENCE,
    DatabaseOwner,
    LookLedger,
    LookOrder,
    LookResult,
    MovedData,
    OutdatedVersion,
    PassingTrouble,
    SweepTerms,
    WorkerCard,
    WorkerState,
)
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
from mediawatch.ports.store.readings import IdleReading, ReadingStore, SightsAlike
from mediawatch.ports.store.reposts import RepostStore
from mediawatch.ports.store.reviews import ReviewStore
from mediawatch.ports.store.runs import RunStore
from mediawatch.ports.store.sweeps import Rejudgement, SweepStore

__all__ = [
    "SILENCE",
    "USUAL_LIMITS",
    "AccountNow",
    "AccountStore",
    "DatabaseOwner",
    "EvidenceStore",
    "HandedFileStore",
    "HintStore",
    "IdleReading",
    "KeptEvidence",
    "LeadStore",
    "LookLedger",
    "LookOrder",
    "LookResult",
    "MovedData",
    "NamedQuery",
    "NoticeStore",
    "OperatorStore",
    "OutdatedPlan",
    "OutdatedVersion",
    "PassingTrouble",
    "PersonalData",
    "PersonalStore",
    "PlannedWrite",
    "QueryLimits",
    "QueryResult",
    "QueryRow",
    "QueryStore",
    "ReadingStore",
    "Rejudgement",
    "RepostStore",
    "ReviewStore",
    "RunStore",
    "SightsAlike",
    "Store",
    "SurfaceVisit",
    "SweepStore",
    "SweepTerms",
    "TakeRows",
    "WorkerCard",
    "WorkerState",
]


class OutdatedPlan(UserError):
    """What a plan rests on has changed since: nothing of it was written. Plan anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWrite:
    """A call of a method that writes, to be made when its plan is applied."""

    aggregate: str
    method: str
    given: Sequence[Any] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


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
    def hints(self) -> HintStore: ...
    @property
    def handed(self) -> HandedFileStore: ...
    @property
    def leads(self) -> LeadStore: ...
    @property
    def reposts(self) -> RepostStore: ...
    @property
    def personal(self) -> PersonalStore: ...
    @property
    def ledger(self) -> LookLedger: ...
    @property
    def queries(self) -> QueryStore: ...
    async def revision(self) -> int:
        """The number that rises with everything on which plans rest.

        It rises with the registry, refusals, sweeps, reviews, people's answers and notices. What a
        sweep reads does not raise it: judgements have counters of their own (`AccountNow.news`).
        """

    async def apply(
        self, writes: Sequence[PlannedWrite], *, revision: int, files: FileBatch
    ) -> None:
        """Make these writes in one transaction, if the revision still is the one they rest on.

        The files get their names last before the commit, and lose them where it fails, also by a
        stop: they are there with the rows. OutdatedPlan where the revision has moved.
        """

    async def close(self) -> None: ...
