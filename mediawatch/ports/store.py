"""The `Store`: where everything is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from mediawatch.domain import (
    Account,
    AccountChange,
    AccountState,
    Alert,
    AlertState,
    Backup,
    CanaryCheck,
    Contact,
    Evidence,
    FiledIdentity,
    FindingChange,
    IssuedDocument,
    Judgement,
    Notice,
    NoticeEvent,
    Reading,
    Refusal,
    RegistryChanges,
    ReviewEvent,
    SessionEvent,
    Source,
    Sweep,
    SweepAccount,
    SweepRun,
    SweepState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvidence:
    """One piece of evidence and the reading it belongs to (0: a unit filed it with an answer).
    `proves`: a finding rests on it.
    """

    evidence: Evidence
    reading_id: int
    account_id: int
    sweep_id: int | None
    read_at: datetime
    proves: bool = False
    sweep_runs: bool = False
    """The reading's sweep is not finished: what it will come to is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleReading:
    """A reading from which nothing follows any more, with the paths of its evidence: while a file
    stands, it stays.
    """

    id: int
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A report query, which is also a view of the database. `title` says in Chinese what it
    lists.
    """

    name: str
    title: str
    sql: str


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """What a query gave: the columns' names, and the rows as the database's own values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceVisit:
    """One visit of a surface that was made. `session` is "" for a visitor."""

    surface: str
    session: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNow:
    """What the judgement of an account starts from. `news` counts what became known so far;
    `identity` is who it is as filed now, `opened_on` its opening."""

    news: int
    identity: FiledIdentity
    opened_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudgement:
    """Judgements that were made in memory, to be written together with what was decided on them.

    `judgements` are those that differ from what is kept; `news` the counters of all accounts that
    the decision rests on. Accounts of `apart` keep their counter: what is new against them stands
    apart until the inspection is judged as a whole.
    """

    judgements: Mapping[int, Judgement] = field(default_factory=dict)
    news: Mapping[int, int] = field(default_factory=dict)
    apart: frozenset[int] = frozenset()

    def of(self, account_ids: Iterable[int]) -> Rejudgement:
        """As much of it as concerns these accounts."""
        wanted = set(account_ids)
        return Rejudgement(
            judgements={
                key: judgement for key, judgement in self.judgements.items() if key in wanted
            },
            news={key: news for key, news in self.news.items() if key in wanted},
            apart=self.apart & wanted,
        )


class Store(Protocol):
    """Where everything is kept. Every method that writes commits before it returns, in one
    transaction of its own.
    """

    async def home_id(self) -> str:
        """What tells this home from every other one: workbooks that go out are sealed with it."""

    # registry
    async def accounts(self, *, include_retired: bool = False) -> list[Account]: ...
    async def account(self, account_id: int) -> Account | None: ...
    async def apply(self, changes: RegistryChanges) -> None:
        """Insert, update (with history) and retire, all or nothing, and note the source."""

    async def brought(self, source: Source) -> list[int]:
        """The accounts that an imported file was the first to hold."""

    async def changes(self, account_id: int | None = None) -> list[AccountChange]:
        """The change history, oldest first; of all accounts when `account_id` is None."""

    async def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Keep what the operator refused; what he had refused before stays as it was."""

    async def refusals(self) -> list[Refusal]:
        """All of them, by account."""

    async def contacts(self) -> Mapping[int, Contact]: ...
    async def add_links(self, account_id: int, links: Sequence[str], source: str) -> None:
        """Keep article links learned for an account; known ones are left as they are."""

    # readings
    async def keep(self, reading: Reading) -> Reading:
        """Append one reading with its sights, posts and evidence; returned with its id. Never
        updated afterwards.
        """

    async def readings(
        self,
        account_ids: Iterable[int] | None = None,
        *,
        sweep_id: int | None = None,
        since: datetime | None = None,
    ) -> dict[int, list[Reading]]:
        """Readings by account, oldest first: all of them, those of one sweep, those from `since`
        on. Captures are empty, evidence is filled."""

    async def known(
        self, account_ids: Iterable[int], as_of: datetime, period_from: date | None = None
    ) -> dict[int, list[Reading]]:
        """Of each account's readings those that suffice to judge it at `as_of`, or over the period
        from that Beijing day on, oldest first: `rules.judge` says of them what it says of all. Ask
        again when new readings were kept: a new list is held against old posts. What other filings
        of the same id tell by it is among them, under their own numbers. Never a scan of
        history."""

    async def twins(self, account_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """Other filings, retired ones too, of the same platform with the same id: of each account
        those numbers. `known`, `told` and `states` have heard of them already what is tied by that
        id."""

    async def links_shown(self, account_ids: Iterable[int]) -> dict[int, set[str]]:
        """The links of each account's own posts, as they were first shown (of those with an
        impossible date perhaps); an account without any has no entry."""

    async def readings_by_id(self, ids: Iterable[int]) -> dict[int, list[Reading]]:
        """These readings, by account, oldest first."""

    async def told(self, account_ids: Iterable[int]) -> dict[int, list[Reading]]:
        """Of each account's readings those that tell who it is, oldest first: ids, names, 认证主体,
        links, that it moved; for each different word the newest. Never a scan of history."""

    async def states(self, account_ids: Iterable[int] | None = None) -> dict[int, AccountState]:
        """What is known now, by account: of those accounts, or of all that are in scope. Never a
        scan of history.
        """

    # what our own side was worth
    async def note_canary(self, check: CanaryCheck) -> None: ...
    async def canary_checks(
        self, surface: str | None = None, since: datetime | None = None
    ) -> list[CanaryCheck]:
        """Checks of canaries, oldest first: of all surfaces or one, from `since` on."""

    async def note_session(self, event: SessionEvent) -> None: ...
    async def session_events(self, platform: str | None = None) -> list[SessionEvent]:
        """What was seen of the operator's logins, oldest first."""

    async def visits(self, since: datetime) -> list[SurfaceVisit]:
        """Every visit of a sweep from `since` on, canaries included, as their sights and checks
        tell. Bounded by the sweeps since then.
        """

    async def picture_owners(self, hashes: Collection[str]) -> dict[str, set[int]]:
        """By SHA-256, the accounts for which a piece of evidence with these bytes was ever kept; a
        hash without any has no entry.
        """

    async def evidence(self) -> list[KeptEvidence]:
        """Every piece of evidence ever kept, in the order it was kept, whether its file is still
        there or not.
        """

    # retention
    async def begin_pruning(self, at: datetime, before: datetime) -> None:
        """Note that readings from before `before` are about to leave."""

    async def pruned_before(self) -> datetime | None:
        """From before this moment readings may be lacking. None: nothing has left."""

    async def idle_readings(
        self, before: datetime, after: int, limit: int
    ) -> tuple[list[IdleReading], int | None]:
        """Of the next `limit` readings with an id above `after` those that may leave; and the id to
        go on after, None at the end.

        Idle is a reading from before `before` that no person made, of a sweep that does not run,
        that proves no finding, and without which `known`, `told` and `states` would say the same.
        """

    async def forget(self, ids: Iterable[int], before: datetime) -> int:
        """Delete those that are idle still; returns how many. Their ids never come to mean another
        reading.
        """

    # sweeps
    async def open_sweep(self, sweep: Sweep, accounts: Sequence[Account]) -> Sweep:
        """Keep a new sweep with its frozen scope (filed values as they are now); returned with its
        id.
        """

    async def narrow_sweep(self, sweep_id: int, account_ids: Collection[int]) -> None:
        """Leave only these accounts in the scope of a sweep that has judged none of the others."""

    async def sweeps(self) -> list[Sweep]:
        """All sweeps, oldest first."""

    async def close_sweep(self, sweep_id: int, state: SweepState, at: datetime) -> None: ...
    async def last_read_at(self, sweep_id: int) -> datetime | None:
        """When the sweep's newest reading was made; None where it has none."""

    async def unanswered(self, sweep_id: int) -> bool:
        """Whether looks of the sweep were made, and no site answered any: without a network nothing
        is found out about anybody.
        """

    async def scope(
        self, sweep_id: int, account_ids: Collection[int] | None = None
    ) -> list[SweepAccount]:
        """The frozen scope in account order, or these accounts of it, with the judgements kept so
        far.
        """

    async def last_entry(self, account_id: int) -> SweepAccount | None:
        """The account's row of the latest sweep that judged it; of the latest that had it in scope
        where none did.
        """

    async def accounts_now(self, account_ids: Iterable[int]) -> dict[int, AccountNow]:
        """By account, retired ones included. Ask before the readings: what becomes known meanwhile
        is then still news.
        """

    async def judge(
        self,
        sweep_id: int,
        judgements: Mapping[int, Judgement],
        news: Mapping[int, int] | None = None,
    ) -> None:
        """Keep judgements by account id, replacing earlier ones of this sweep, with the counter of
        news that each was made at.

        Without `news` they are taken for made on all that is kept.
        """

    async def note_reviews(
        self,
        sweep_id: int,
        events: Sequence[ReviewEvent],
        *,
        after: int,
        rejudged: Rejudgement | None = None,
    ) -> None:
        """Append events about a sweep's findings, all or none; the findings' `review` follows.

        `after` is the id of the newest event that was known when they were decided (0 for none):
        UserError where one of the findings has a newer one; where it has gone, or says something
        else than what was decided about; and where anything became known about one of the accounts
        since it was judged. `rejudged` is written first, in the same transaction.
        """

    async def review_events(self, sweep_id: int) -> list[ReviewEvent]:
        """All events of a sweep, oldest first; those too of findings that a later judgement took
        back.
        """

    async def note_source(self, source: Source, kind: str) -> None:
        """Remember an imported file that is no registry (worklist, links)."""

    async def sources(self) -> list[tuple[Source, str]]: ...

    # notices
    async def issue(
        self,
        notice: Notice,
        document: IssuedDocument | None = None,
        *,
        scope: Sequence[SweepAccount] = (),
        rejudged: Rejudgement | None = None,
    ) -> Notice:
        """Keep a notice with its items, the first version of its hand-off, and the whole scope it
        was issued on, with the verdicts after review; returned with its id. Never updated
        afterwards.

        UserError where there is one of that number, and where anything became known since
        `rejudged`, which is written first, in the same transaction.
        """

    async def notice_scope(self, notice_id: int) -> list[SweepAccount]:
        """The scope that a notice was issued on, in account order: filed values and verdicts of
        then, without findings. Empty for another system's notice."""

    async def notice_cover(self, sweep_id: int, account_ids: Iterable[int]) -> dict[int, set[int]]:
        """The notices that were issued on any account of a sweep's scope, each with those of
        `account_ids` that it was issued on.
        """

    async def notices(self) -> list[Notice]:
        """All of them with their items, by day of issue."""

    async def issued_at(self, sweep_id: int) -> dict[int, datetime]:
        """Since when each account stands in a notice of the sweep, by account id: when its first
        one was kept.
        """

    async def note_notice(
        self, events: Sequence[NoticeEvent], document: IssuedDocument | None = None
    ) -> None:
        """Append events of one notice, and the next version of its hand-off where they correct it;
        all or nothing.

        UserError where somebody else has made that version meanwhile.
        """

    async def notice_events(self, notice_id: int | None = None) -> list[NoticeEvent]:
        """Oldest first, of one notice or of all."""

    async def notice_documents(self, notice_id: int) -> list[IssuedDocument]:
        """The versions of its hand-off, oldest first; none of another system's notice."""

    # the runs themselves
    async def begin_night(self, night: SweepRun) -> SweepRun:
        """Keep that a run has begun; returned with its id."""

    async def end_night(self, night: SweepRun) -> None: ...
    async def nights(self, limit: int) -> list[SweepRun]:
        """The newest first."""

    async def turned(self, sweep_id: int) -> list[FindingChange]:
        """What became of the findings of the sweep's accounts since each was last judged
        conclusively, in account order.
        """

    async def add_alert(self, alert: Alert) -> bool:
        """Keep a message that is to be sent; False where its place has had one of its key, which is
        never sent again.
        """

    async def alerts(self, *states: AlertState) -> list[Alert]:
        """Oldest first."""

    async def move_alert(self, alert: Alert, state: AlertState, at: datetime) -> bool:
        """From the state it is given in to another; False where somebody else has moved it."""

    async def note_backup(self, backup: Backup) -> None: ...
    async def last_backup(self) -> Backup | None: ...

    # report queries
    def queries(self) -> Sequence[NamedQuery]:
        """All named queries, by name."""

    async def query(self, sql: str, now: Sequence[SweepAccount] = ()) -> QueryAnswer:
        """Run one statement on a connection that can only read, and that is refused the contacts.
        UserError where it fails.

        `now`: accounts as they are judged now, in place of what is stored of them. Without, an
        account about which something became known since it was judged is 待人工核查 in all queries
        and views that would accuse it.
        """

    async def sweeps_told(self, sql: str) -> list[int]:
        """The sweeps of whose judgements named queries tell: the newest two inspections, and each
        account's newest judged one. None where the statement asks for no judgement."""

    async def close(self) -> None: ...
