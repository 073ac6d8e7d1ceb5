"""The app: settings -> store, scrapers, engine; what every command works with."""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from db import Safeguard, open_pace, open_store
from mediawatch.app import wiring
from mediawatch.app.home_data import (
    remember,
    require_moved,
    require_owned,
    why_not_owned,
)
from mediawatch.app.wiring import Route
from mediawatch.domain import Account, Pace, SearchHit, UserError
from mediawatch.domain.clock import day_of
from mediawatch.files import FileWriter, write_whole
from mediawatch.ops.alerts import Alerts
from mediawatch.ops.approvals import why_barred
from mediawatch.ops.drafts import Draft, decide
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.logins import SessionBook
from mediawatch.ops.settings import Home, Settings, read_settings
from mediawatch.people import PERSON
from mediawatch.ports import (
    Clock,
    Logins,
    Looker,
    Store,
    StoredSession,
    SurfaceFacts,
    UnitSearcher,
)
from mediawatch.ports.tasks import LookTasks
from mediawatch.workdays import FILE, OfficeDays, office_calendar

# Most commands look at nothing: what a look needs is imported where it is used.
if TYPE_CHECKING:
    from db.pace import PaceRows, SqlPaceBook
    from db.tasks.queue import LookQueue
    from mediawatch.ops.record import LookRecorder
    from mediawatch.sweep.engine import Engine
    from mediawatch.sweep.forecast_keys import Reach
    from mediawatch.sweep.gate.canaries import Canaries
    from mediawatch.sweep.gate.pacing import Pacing
    from mediawatch.sweep.rates import LookRates
    from scrapers.platforms import SiteLooker

T = TypeVar("T")


def host_clock() -> datetime:
    """The host's present instant in UTC: the only place that asks the host for the time."""
    return datetime.now(UTC)


class App:
    """What commands work with. `store` is open; the browser starts with the first look."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        store: Store,
        clock: Clock,
        route: Route | None = None,
        evidence_owner: str = "",
        *,
        for_another: bool = False,
    ) -> None:
        """`evidence_owner`: the home's id, by which a shared place of the evidence is checked.
        `for_another`: whether the database is another home's, for which this one looks.
        """
        self.home = home
        self.for_another = for_another
        self.settings = settings
        self.store = store
        self.clock = clock
        self.sessions = SessionBook(store, clock, self._announce, self._why_barred)
        """The state of the operator's logins."""
        urls = () if wiring.is_demonstration(home, settings) else settings.notify.urls
        self.alerts = Alerts(
            store, clock, [url.get_secret_value() for url in urls], settings.notify.lines
        )
        """Digests and alerts; a demonstration has none."""
        self._route = route
        self.pace = settings.sweep.pace
        """Factor on every wait; `demo` and tests set 0, which no setting may be."""
        self.write_file: FileWriter = write_whole
        """Writes the files that go out. While something is planned they wait for its end."""
        self._looker: SiteLooker | None = None
        self._pace_rows: PaceRows | None = None
        self.kept_evidence = wiring.evidence(
            home, settings, evidence_owner, for_another=for_another
        )
        """What was kept so far, also in a dry run."""
        self._scratch: TemporaryDirectory[str] | None = None
        """Where evidence goes in a dry run."""

    def looker(self) -> Looker:
        """The scrapers. UserError where no browser is found, and in a demonstration's home."""
        return self._sites()

    def _sites(self) -> SiteLooker:
        if self._looker is None:
            self._looker = wiring.looker(
                self.home, self.settings, self.clock, self._route, self.sessions
            )
        return self._looker

    def searcher(self) -> UnitSearcher:
        """The platforms' own searches. UserError as for `looker`."""
        return self._sites()

    def logins(self) -> Logins:
        """How logins are made, imported and removed; needs no browser until one is made."""
        return wiring.logins(self.home, self.settings, self.clock, self._route)

    def recorder(self) -> LookRecorder:
        """The scrapers with a reporting browser of their own; the caller closes it.

        UserError where no browser is found.
        """
        return wiring.recorder(self.home, self.settings, self.clock, self._route)

    def engine(self) -> Engine:
        """A sweep's engine with a gate of its own.

        UserError as for `looker`, and where a shared place of the evidence is not this home's.
        """
        from mediawatch.ops.settings.office import read_office
        from mediawatch.sweep.engine import Engine

        self.evidence.require()
        book = self.pace_book()
        return Engine(
            self.store,
            self.looker(),
            self.evidence,
            self.clock,
            self.pacing(book),
            self.canaries(),
            self.why_unreachable,
            self.rates,
            read_office(self.home.root).level,
            book,
        )

    async def why_unreachable(self, platforms: Collection[str]) -> str:
        """As of `SweepTools`."""
        return await wiring.why_unreachable(platforms, self.settings, self._route)

    async def coordinator(
        self, tasks: LookTasks, still_alone: Callable[[], Awaitable[None]]
    ) -> Engine:
        """A sweep's engine that has workers look; it needs no browser."""
        from mediawatch.ops.settings.office import read_office
        from mediawatch.sweep.engine import Engine
        from mediawatch.sweep.queues import QueueChoice
        from mediawatch.sweep.tools import OrderTools
        from scrapers.platforms import ways_with

        async def rates() -> LookRates:
            return await self.rates(
                QueueChoice(await self.store.ledger.workers(), ways_with).logins
            )

        book = self.pace_book()
        return Engine(
            self.store,
            self,
            self.evidence,
            self.clock,
            self.pacing(book),
            self.canaries(),
            rates=rates,
            level=read_office(self.home.root).level,
            book=book,
            orders=OrderTools(tasks=tasks, ways=ways_with, still_alone=still_alone),
        )

    @asynccontextmanager
    async def tasks(self) -> AsyncIterator[LookQueue]:
        """The queue of looks of the home's database. UserError where that is no PostgreSQL."""
        queue = await wiring.open_tasks(self.home, self.settings)
        try:
            yield queue
        finally:
            await queue.close()

    def canaries(self) -> Canaries:
        """The home's 对照账号. UserError where their file is wrong."""
        from mediawatch.sweep.gate import canaries

        chosen = self.settings.canaries
        every = timedelta(minutes=chosen.every_minutes)
        return canaries.Canaries(
            listed=canaries.read(self.home.canaries), every_looks=chosen.every_looks, every=every
        )

    def pace_book(self) -> SqlPaceBook | None:
        """What the processes of this home's database know of the pace together, for a new run.

        None where it serves one process (SQLite).
        """
        if self._pace_rows is None:
            self._pace_rows = open_pace(self.home.database_url(self.settings))
        if self._pace_rows is None:
            return None
        from db.pace import SqlPaceBook
        from mediawatch.sweep.gate.breakers import Breaker

        return SqlPaceBook(self._pace_rows, self.settings.worker.address, Breaker)

    def pacing(self, book: SqlPaceBook | None = None) -> Pacing:
        """A new gate, for one run; without a `book` it gets one of its own.

        UserError where a pace is set for an unknown surface.
        """
        from mediawatch.sweep.gate.pacing import Pacing

        return Pacing(
            scale=self.pace,
            pace_of=self.pace_of(),
            clock=self.clock,
            book=book or self.pace_book(),
            sites=self.settings.browser.sites,
        )

    def pace_of(self) -> Callable[[str, Pace], Pace]:
        """A function that applies the settings to a surface's declared pace. UserError as for
        `pacing`."""
        from mediawatch.sweep.gate.pacing import pace_by
        from scrapers.platforms import SCRAPERS

        chosen = self.settings.pace
        surfaces = [each for scraper in SCRAPERS.values() for each in scraper.surfaces]
        shared = {each.name: each.paced_as for each in surfaces if each.paced_as}
        names = {each.paced_as or each.name for each in surfaces}
        if unknown := sorted(set(chosen) - names):
            if unknown[0] in shared:
                raise UserError(
                    f"{self.home.config}: {unknown[0]} shares its pace: set "
                    f'[pace."{shared[unknown[0]]}"] instead'
                )
            raise UserError(
                f"{self.home.config}: no surface {unknown[0]!r} in [pace]: give one of "
                f"{', '.join(sorted(names))}"
            )
        return pace_by(chosen)

    def let_go(self) -> None:
        """From now on nothing is written: what a command would keep is discarded (`--dry-run`)."""
        self.store = Draft(self.store).as_store()
        self._scratch = TemporaryDirectory(prefix="mediawatch-dry-")

    async def decide(self, plan: Callable[[App], Awaitable[T]]) -> T:
        """What `plan` returns, after all that it writes was written in one transaction, or nothing.

        `plan` works with the app that it is given. See `ops.drafts.decide`.
        """

        async def within(store: Store, write: FileWriter) -> T:
            planning = copy.copy(self)
            planning.store, planning.write_file = store, write
            return await plan(planning)

        return await decide(self.store, within)

    @property
    def evidence(self) -> EvidenceFolder:
        """Where evidence goes. In a dry run a folder that goes with it."""
        return EvidenceFolder(Path(self._scratch.name)) if self._scratch else self.kept_evidence

    @property
    def marks(self) -> tuple[str, ...]:
        """What is printed on everything that leaves this home (a demonstration says so)."""
        return self.settings.output.marks

    @property
    def issuer(self) -> str:
        """发文机关, from `office.toml`; "" where it is not filled in."""
        from mediawatch.ops.settings.office import read_office

        return read_office(self.home.root).issuer

    def supports(self, platform: str) -> bool:
        """Whether the machine can look at accounts of this platform; needs no browser."""
        from scrapers.declarations import SURFACE_LABELS

        return platform in SURFACE_LABELS

    def sites(self, platform: str) -> Collection[str]:
        """The hosts of a platform's pages; empty where they are not known."""
        from scrapers.declarations import SITES

        return SITES.get(platform, ())

    def surfaces(self, platform: str) -> tuple[SurfaceFacts, ...]:
        """The surfaces of a platform, as declared; needs no browser."""
        from scrapers.platforms import SCRAPERS, surface_facts

        return surface_facts(SCRAPERS[platform].surfaces) if platform in SCRAPERS else ()

    def unit_searches(self) -> dict[str, SurfaceFacts]:
        """By platform its search that can be asked for units; needs no browser."""
        from scrapers.platforms import SCRAPERS

        return {
            platform: facts
            for platform in SCRAPERS
            for facts in self.surfaces(platform)
            if facts.finds_units
        }

    def leads_to(self, account: Account, hit: SearchHit) -> bool:
        """Whether something that is filed of the account, or its 暂用标识, names this hit."""
        from scrapers.platforms import leads_to

        return leads_to(account, hit)

    async def usable_logins(self) -> list[StoredSession]:
        """The logins and keys of this home that a look may use."""
        stored, found = self.logins().sessions(), []
        for platform in dict.fromkeys(each.platform for each in stored):
            of_it = {each.name: each for each in stored if each.platform == platform}
            usable = await self.sessions.usable(platform, tuple(of_it))
            found += [of_it[name] for name in usable]
        return found

    async def rates(self, announced: Counter[str] | None = None) -> LookRates:
        """The surfaces that could be asked about an account with the usable logins, their pace,
        and their visits of the last 24 hours; needs no browser. `announced`: of workers, the number
        of logins by their word, in place of this home's."""
        from mediawatch.sweep.rates import LookRates, count_spent
        from scrapers.platforms import SCRAPERS, ways, ways_with

        logins = await self.usable_logins() if announced is None else []
        visits = await self.store.operator.visits(self.clock() - timedelta(days=1))
        pace_of = self.pace_of()
        paces = {
            facts.name: (facts.pace_name, pace_of(facts.pace_name, facts.pace).per_day)
            for platform in SCRAPERS
            for facts in self.surfaces(platform)
        }
        held = Counter(each.platform for each in logins) if announced is None else announced
        return LookRates(
            ways=lambda account: (
                ways(account, logins) if announced is None else ways_with(account, held)
            ),
            pace_of=pace_of,
            scale=self.pace,
            logins=held,
            rationed=[
                facts
                for platform in SCRAPERS
                for facts in self.surfaces(platform)
                if held[facts.login] and facts.is_rationed(pace_of(facts.pace_name, facts.pace))
            ],
            spent=count_spent(visits, paces),
        )

    async def reach(self) -> Reach:
        """What leads to accounts, for the forecast; needs no browser."""
        from mediawatch.sweep.forecast_keys import Reach
        from scrapers.platforms import SCRAPERS, ways, ways_with

        usable = await self.usable_logins()
        return Reach(
            now=lambda account: ways(account, usable),
            held=frozenset(each.platform for each in usable),
            ways=ways_with,
            logins=lambda key: SCRAPERS[key].session_platforms if key in SCRAPERS else (),
            examples=lambda key: SCRAPERS[key].examples if key in SCRAPERS else {},
        )

    def surface_labels(self, platforms: Iterable[str]) -> dict[str, str]:
        """The Chinese names of these platforms' surfaces, with that of a person's own look."""
        from scrapers.declarations import FORMER_LABELS, SURFACE_LABELS

        labels = {PERSON: "人工核查"}
        for platform in platforms:
            labels |= FORMER_LABELS.get(platform, {})
            labels |= SURFACE_LABELS.get(platform, {})
        return labels

    def index_names(self) -> Mapping[str, str]:
        """Surfaces that show what somebody else has indexed of an account, and whose index it is."""
        from scrapers.declarations import INDEX_NAMES

        return INDEX_NAMES

    def opens_links(self, platform: str) -> bool:
        """Whether a lone article link of this platform shows to which account it belongs."""
        from scrapers.platforms import SCRAPERS

        return platform in SCRAPERS and SCRAPERS[platform].links is not None

    def _why_barred(self, platform: str) -> dict[str, str]:
        """Why logins of a platform must not be used today, by name."""
        logins = self.logins()
        if platform not in logins.by_approval:
            return {}
        own = logins.own_holder(platform)
        return why_barred(logins.sessions(platform), own, day_of(self.clock()))

    async def _announce(self) -> None:
        await self.alerts.tell_sessions(self.sessions)

    async def close(self) -> None:
        try:
            if self._looker is not None:
                await self._looker.close()
        finally:
            if self._scratch is not None:
                self._scratch.cleanup()
            if self._pace_rows is not None:
                await self._pace_rows.close()
            await self.store.close()


def _office_days(home: Home) -> OfficeDays:
    """The office's own working days. UserError where they are wrong."""
    # A link to nothing counts as there: it is told when it is read.
    if not os.path.lexists(home.root / FILE):
        return OfficeDays()
    # Imported here: few homes have the file, and every command would pay for its reader.
    from mediawatch.ops.settings.holidays import read_office_days

    return read_office_days(home.root)


@asynccontextmanager
async def open_app(
    home: Home,
    *,
    settings: Settings | None = None,
    clock: Clock | None = None,
    route: Route | None = None,
    patience: float = 0,
    any_home: bool = False,
) -> AsyncIterator[App]:
    """The app over an existing home.

    UserError where the home is missing, its settings or working days are wrong, its database
    cannot be opened, or is another home's; with `any_home` that is no hindrance.
    `patience`: seconds to wait for a PostgreSQL that does not answer any more. `clock` is the
    host's unless `verify` or `demo` set it; only these two give a `route`.
    """
    settings = settings or read_settings(home.require())
    days = _office_days(home)
    clock = clock or host_clock
    safeguard = Safeguard(copy=settings.database.copy_first, folder=home.root)
    url = home.database_url(settings)
    require_moved(home, url)
    store = await open_store(url, clock=clock, safeguard=safeguard, patience=patience)
    try:
        on_file = url.startswith("sqlite")
        owner = "" if on_file and not settings.evidence.place else await store.operator.home_id()
        if not on_file:
            remember(home, url, owner)
            if not any_home:
                await require_owned(home, url, owner, store)
        elsewhere = any_home and not on_file and await why_not_owned(home, url, store)
        app = App(home, settings, store, clock, route, owner, for_another=bool(elsewhere))
    except BaseException:
        await store.close()
        raise
    try:
        with office_calendar(days):
            yield app
    finally:
        await app.close()
