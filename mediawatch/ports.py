"""What the core asks of its two adapters: the `Store` (db) and the `Looker` (scrapers). Nothing here does anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from mediawatch.domain import (
    Account,
    AccountState,
    Alert,
    AlertState,
    Attested,
    Backup,
    Canary,
    CanaryCheck,
    Change,
    Contact,
    Evidence,
    Filed,
    Judgement,
    Need,
    Night,
    Pace,
    Reading,
    Refusal,
    RegistryChanges,
    ReviewEvent,
    SessionEvent,
    Sight,
    Source,
    Sweep,
    SweepAccount,
    SweepState,
    TurnedFinding,
)  # fmt: skip

Clock = Callable[[], datetime]
"""Gives the present instant, aware. Composed once: the host's clock, or a fixed one in `verify` and `demo`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvidence:
    """One piece of evidence and the reading it belongs to. `proves`: a finding rests on that reading."""

    evidence: Evidence
    reading_id: int
    account_id: int
    sweep_id: int | None
    read_at: datetime
    proves: bool = False
    sweep_runs: bool = False
    """The reading's sweep is not finished: what it will come to is not known."""


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A report query, which is also a view of the database. `title` says in Chinese what it lists."""

    name: str
    title: str
    sql: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave: the columns' names, and the rows as the database's own values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


class Store(Protocol):
    """Where everything is kept. Every method that writes commits before it returns, in one transaction of its own."""

    # registry
    async def accounts(self, *, include_retired: bool = False) -> list[Account]: ...
    async def account(self, account_id: int) -> Account | None: ...
    async def apply(self, changes: RegistryChanges) -> None:
        """Insert, update (with history) and retire, all or nothing, and note the source."""

    async def changes(self, account_id: int | None = None) -> list[Change]:
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
        """Append one reading with its sights, posts and evidence; returned with its id. Never updated afterwards."""

    async def readings(self, account_ids: Iterable[int] | None = None, *, sweep_id: int | None = None) -> dict[int, list[Reading]]:
        """Readings by account, oldest first: all of them, or those of one sweep. Captures are empty, evidence is filled."""

    async def known(self, account_ids: Iterable[int], as_of: datetime) -> dict[int, list[Reading]]:
        """Of each account's readings those that suffice to judge it at `as_of`, oldest first: `rules.judge` says of them what it says
        of all. Ask again when new readings were kept: a new list is held against old posts. Never a scan of history."""

    async def readings_by_id(self, ids: Iterable[int]) -> dict[int, list[Reading]]:
        """These readings, by account, oldest first."""

    async def states(self, account_ids: Iterable[int] | None = None) -> dict[int, AccountState]:
        """What is known now, by account: of those accounts, or of all that are in scope. Never a scan of history."""

    # what our own side was worth
    async def note_canary(self, check: CanaryCheck) -> None: ...
    async def canary_checks(self, surface: str | None = None, since: datetime | None = None) -> list[CanaryCheck]:
        """Checks of canaries, oldest first: of all surfaces or one, from `since` on."""

    async def note_session(self, event: SessionEvent) -> None: ...
    async def session_events(self, platform: str | None = None) -> list[SessionEvent]:
        """What was seen of the operator's logins, oldest first."""

    async def visits(self, since: datetime) -> list[Visited]:
        """Every visit of a sweep from `since` on, canaries included, as their sights and checks tell. Bounded by the sweeps since then."""

    async def evidence(self) -> list[KeptEvidence]:
        """Every piece of evidence ever kept, in the order it was kept, whether its file is still there or not."""

    # sweeps
    async def open_sweep(self, sweep: Sweep, accounts: Sequence[Account]) -> Sweep:
        """Keep a new sweep with its frozen scope (filed values as they are now); returned with its id."""

    async def narrow_sweep(self, sweep_id: int, account_ids: Collection[int]) -> None:
        """Leave only these accounts in the scope of a sweep that has judged none of the others."""

    async def sweeps(self) -> list[Sweep]:
        """All sweeps, oldest first."""

    async def close_sweep(self, sweep_id: int, state: SweepState, at: datetime) -> None: ...
    async def scope(self, sweep_id: int) -> list[SweepAccount]:
        """The frozen scope in account order, with the judgements kept so far."""

    async def last_entry(self, account_id: int) -> SweepAccount | None:
        """The account's row of the latest sweep that had it in scope."""

    async def judge(self, sweep_id: int, judgements: Mapping[int, Judgement]) -> None:
        """Keep judgements by account id, replacing earlier ones of this sweep."""

    async def note_reviews(self, sweep_id: int, events: Sequence[ReviewEvent], *, after: int) -> None:
        """Append events about a sweep's findings, all or none; the findings' `review` follows.

        `after` is the id of the newest event that was known when they were decided (0 for none): UserError where one of the
        findings has a newer one.
        """

    async def review_events(self, sweep_id: int) -> list[ReviewEvent]:
        """All events of a sweep, oldest first; those too of findings that a later judgement took back."""

    async def note_source(self, source: Source, kind: str) -> None:
        """Remember an imported file that is no registry (worklist, links)."""

    async def sources(self) -> list[tuple[Source, str]]: ...

    # the runs themselves
    async def begin_night(self, night: Night) -> Night:
        """Keep that a run has begun; returned with its id."""

    async def end_night(self, night: Night) -> None: ...
    async def nights(self, limit: int) -> list[Night]:
        """The newest first."""

    async def turned(self, sweep_id: int) -> list[TurnedFinding]:
        """What became of the findings of the sweep's accounts since each was last judged conclusively, in account order."""

    async def add_alert(self, alert: Alert) -> bool:
        """Keep a message that is to be sent; False where its place has had one of its key, which is never sent again."""

    async def alerts(self, *states: AlertState) -> list[Alert]:
        """Oldest first."""

    async def move_alert(self, alert: Alert, state: AlertState, at: datetime) -> bool:
        """From the state it is given in to another; False where somebody else has moved it."""

    async def note_backup(self, backup: Backup) -> None: ...
    async def last_backup(self) -> Backup | None: ...

    # report queries
    def queries(self) -> Sequence[NamedQuery]:
        """All named queries, by name."""

    async def query(self, sql: str) -> Answer:
        """Run one statement on a connection that can only read, and that is refused the contacts. UserError where it fails."""

    async def close(self) -> None: ...


class Gate(Protocol):
    """Pace, retries and breakers, as the looker sees them. Keyed by surface and session."""

    async def visit(
        self, surface: str, session: str, pace: Pace, see: Callable[[], Awaitable[Sight]], *, declared_closed: bool = False
    ) -> Sight | None:
        """Wait for this surface's turn, see (the transient again, up to three times), note the outcome. None while its breaker is open.

        `see` never raises a `Failure`: it returns a sight with that outcome.
        """

    async def pause(self, surface: str, session: str, pace: Pace) -> None:
        """Wait between two calls of one visit; the surface's next visit waits from then on."""


class Rank(IntEnum):
    """Whose turn comes first where several wait for one surface."""

    CHECK = 0
    """对照: others' looks wait for it, or their results do."""
    SECOND_LOOK = 1
    FIRST_LOOK = 2


class RankedGate(Gate, Protocol):
    """A gate at which visits have ranks."""

    async def visit(
        self, surface: str, session: str, pace: Pace, see: Callable[[], Awaitable[Sight]], *, declared_closed: bool = False,
        rank: Rank = Rank.FIRST_LOOK,
    ) -> Sight | None:  # fmt: skip
        """See `Gate.visit`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """One visit of a surface that was made. `session` is "" for a visitor."""

    surface: str
    session: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceFacts:
    """What a surface declares of itself."""

    name: str
    label: str
    """For inspectors, in Chinese."""
    attested: Attested
    needs_login: bool
    shows_all: bool
    """Whether its lists are complete for a visitor."""
    shows_all_logged_in: bool
    pace: Pace
    declared_closed: bool = False
    for_some: bool = False
    """Whether a login is of use for some accounts only (a back office lists its own account's posts)."""
    by_call: bool = False
    """Whether first looks ask by calls from one open page of the site, as its own pages do, instead of loading a page each."""

    def complete(self, session: str) -> bool:
        """Whether its lists are complete with this session ("" for a visitor)."""
        return self.shows_all or (self.shows_all_logged_in and bool(session))


class Looker(Protocol):
    """The scrapers, as the sweep sees them."""

    def supports(self, platform: str) -> bool: ...
    def surfaces(self, platform: str) -> Sequence[SurfaceFacts]:
        """What the surfaces of a platform declare, in order of cost; none for one that is not supported."""

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        """Visit one account. Foreseen failures are sights; only the unforeseen is raised."""

    async def open_link(self, url: str, gate: Gate) -> tuple[Sight, ...]:
        """Open one article link whose account is not known yet."""

    async def probe(self, platform: str, name: str) -> bool:
        """Whether the site knows this login now, by its own sign in its own page. Any other `Failure` means that nobody knows."""

    async def ready(self) -> None:
        """Start what looks need. UserError where it does not start."""

    async def rest(self, platform: str) -> None:
        """A batch of looks on this platform is over: what the site has made of its logins is written back."""

    async def close(self) -> None: ...


class SessionWatch(Protocol):
    """What is known of the operator's logins, as the looker asks and tells it."""

    async def usable(self, platform: str, names: Sequence[str]) -> tuple[str, ...]:
        """Those of the logins that were not last seen invalid, in their order."""

    async def seen(self, platform: str, name: str, *, valid: bool, how: str, detail: str = "") -> None:
        """A page said whether it knows a login. A change is kept; that a login became invalid is announced once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A login's file. `mode` are its permission bits; `used_at` the last time that it was written back."""

    platform: str
    name: str
    path: Path
    mode: int
    made_at: datetime
    used_at: datetime | None = None


Modules = tuple[tuple[bool, ...], ...]
"""A QR code, True is dark, without its margin."""


class Logins(Protocol):
    """How logins are made, taken in and removed. `platforms` are the words for `mediawatch login`."""

    @property
    def platforms(self) -> tuple[str, ...]: ...
    def stored(self, platform: str | None = None) -> tuple[StoredSession, ...]:
        """The files, by platform and name."""

    async def by_hand(self, platform: str, name: str, done: Callable[[], Awaitable[None]]) -> tuple[StoredSession, bool]:
        """In a window, until `done` returns; and whether the site itself said that it knows the operator. UserError where it denies it."""

    async def by_code(self, platform: str, name: str, show: Callable[[Path, Modules | None], None], limit: float) -> StoredSession:
        """By the site's QR code: `show` gets the picture's file, and the code in it where it is a clean one. UserError where nobody
        logged in within `limit` seconds."""

    def take(self, platform: str, name: str, exported: str, place: str) -> tuple[StoredSession, int]:
        """Keep a browser's exported cookies, as many as belong to the platform; with their number. UserError, beginning with `place`."""

    def remove(self, platform: str, name: str) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is known of one account when it is judged: the filed values of the sweep, and every reading ever kept."""

    filed: Filed
    readings: tuple[Reading, ...] = ()
    supported: bool = True
    """Whether a scraper exists for the platform; without one only a person can settle the account."""
    checks: tuple[CanaryCheck, ...] = ()
    """Checks of canaries (对照账号) on the platform's surfaces, oldest first."""
    paused: tuple[str, ...] = ()
    """Sources (`label:why`, in Chinese) that could not be asked when it was the account's turn in this sweep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a person sees who looks an account up on a telephone."""

    state: str
    """`ok`, `not_found`, `cancelled`, `banned`, `empty`."""
    name: str
    id: str
    days: tuple[date, ...]
    """Beijing days of its posts, newest first."""


class Stage(Protocol):
    """The world as the demonstration needs it."""

    as_of: datetime

    def registry(self) -> Sequence[Mapping[str, str]]:
        """The office's table, Chinese heading to text."""

    def canaries(self) -> Sequence[Canary]:
        """对照账号 of the world, made up like the rest."""

    def look_up(self, name: str, type: str) -> Shown | None:
        """What a person finds under a filed name; None where the world has no site for the platform."""
