"""The platforms that can be looked at, and `SiteLooker`, which the core knows as its `Looker`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from types import MappingProxyType

from mediawatch.domain import (
    Account,
    Failure,
    Filing,
    LoginRequired,
    Need,
    Outcome,
    SearchHit,
    Sight,
    UnitSearch,
    UserError,
)
from mediawatch.domain.clock import day_of
from mediawatch.ports import Gate, SessionWatch, StoredSession, SurfaceFacts, Worth
from scrapers.bilibili import surfaces as bilibili
from scrapers.browser.pool import Browser, PageRules, Session
from scrapers.browser.sessions import sessions_in, stamp_of
from scrapers.browser.shared_pages import SharedPages
from scrapers.douyin import surfaces as douyin
from scrapers.kuaishou import surfaces as kuaishou
from scrapers.look import LookTask, look
from scrapers.provisional import is_needless
from scrapers.surface import FindsUnits, Key, Login, Scraper, SessionUse, Shows, Surface
from scrapers.tieba import surfaces as tieba
from scrapers.toutiao import surfaces as toutiao
from scrapers.unit_search import SearchTask
from scrapers.urls import link_in, on_host
from scrapers.wechat import surfaces as wechat
from scrapers.weibo import surfaces as weibo

SCRAPERS: Mapping[str, Scraper] = MappingProxyType(
    {
        scraper.platform: scraper
        for scraper in (
            toutiao.SCRAPER,
            weibo.SCRAPER,
            douyin.SCRAPER,
            wechat.SCRAPER,
            bilibili.SCRAPER,
            kuaishou.SCRAPER,
            tieba.SCRAPER,
        )
    }
)
"""Platform key to its scraper."""

LOGINS: Mapping[str, Login] = MappingProxyType(
    {login.platform: login for scraper in SCRAPERS.values() for login in scraper.logins}
)
"""The word for `mediawatch login` to what it is."""


def surface_facts(surfaces: Iterable[Surface]) -> tuple[SurfaceFacts, ...]:
    """What surfaces declare of themselves, in the core's words.

    A surface that has several turns in a look is named once.
    """
    return _facts_of_all(tuple(surfaces))


@cache
def _facts_of_all(surfaces: tuple[Surface, ...]) -> tuple[SurfaceFacts, ...]:
    """Put together once: a plan asks for the facts of each account, and few lists differ."""
    first: dict[str, Surface] = {}
    for each in surfaces:
        first.setdefault(each.name, each)
    return tuple(map(_facts_of, first.values()))


@cache
def _facts_of(surface: Surface) -> SurfaceFacts:
    return SurfaceFacts(
        name=surface.name,
        label=surface.label,
        attested=surface.attested,
        needs_login=surface.session is SessionUse.REQUIRED,
        shows_all=surface.shows is Shows.ALL,
        shows_all_logged_in=surface.shows is not Shows.SOME,
        pace=surface.pace,
        declared_closed=surface.declared_closed,
        for_some=type(surface).accepts_session is not Surface.accepts_session,
        login=""
        if surface.session is SessionUse.VISITOR
        else surface.session_platform or surface.name.partition(".")[0],
        shows_newer=surface.shows_newer,
        finds_ids=surface.finds_ids,
        by_call=surface.shared_page is not None,
        paced_as=surface.paced_as,
        by_interface=surface.by_interface,
        finds_units=isinstance(surface, FindsUnits),
        shows_bodies=isinstance(surface, FindsUnits) and surface.shows_bodies,
    )


def leads_to(account: Account, hit: SearchHit) -> bool:
    """Whether something that is filed of the account, or its 暂用标识, names this very hit.

    No where its platform has no search.
    """
    scraper = SCRAPERS.get(account.platform)
    surface = scraper.unit_search if scraper else None
    return surface is not None and surface.leads_to(account, hit)


def ways(account: Account, logins: Collection[StoredSession]) -> tuple[SurfaceFacts, ...]:
    """The surfaces that could be asked about an account with these logins, in order of cost.

    A login that is of use for other accounts alone does not count.
    """
    held = [Session(each.platform, each.name, each.path) for each in logins]
    found = _open_to(
        account,
        lambda surface, word: any(
            login.platform == word and surface.accepts_session(account, login) for login in held
        ),
    )
    if not any(facts.for_some for facts in found):
        return found
    its_own = {
        surface.name
        for surface in SCRAPERS[account.platform].surfaces
        for login in held
        if login.platform == (surface.session_platform or account.platform)
        and surface.is_session_of(account, login)
    }
    return tuple(
        replace(facts, has_its_login=facts.for_some and facts.name in its_own) for facts in found
    )


def ways_with(account: Account, words: Collection[str]) -> tuple[SurfaceFacts, ...]:
    """The same with some login of each of these words, whosever it is."""
    return _open_to(account, lambda surface, word: word in words)


def _open_to(account: Account, opens: Callable[[Surface, str], bool]) -> tuple[SurfaceFacts, ...]:
    """`opens`: whether there is a login, of that word, for a surface that needs one."""
    scraper = SCRAPERS.get(account.platform)
    return surface_facts(
        each
        for each in (scraper.surfaces if scraper else ())
        if scraper
        and each.applies(account)
        and not is_needless(each, account)
        and each.given_earlier(account, ()) is not None
        and (
            each.session is not SessionUse.REQUIRED
            or opens(each, each.session_platform or scraper.platform)
        )
    )


class SiteLooker:
    """Implements `ports.Looker` and `ports.UnitSearcher` with one browser.

    `sessions` is the home's sessions folder. Each look reads the session files anew: a login that
    is made during a sweep counts from then on. Without a `watch` every login is used.
    """

    def __init__(
        self,
        browser: Browser,
        sessions: Path,
        scrapers: Mapping[str, Scraper] = SCRAPERS,
        watch: SessionWatch | None = None,
        pages: SharedPages | None = None,
    ) -> None:
        """With shared `pages` of the browser, a surface that can makes first looks by calls.

        Without them every look loads its pages.
        """
        self._browser, self._sessions, self._scrapers = browser, sessions, scrapers
        self._watch, self._pages = watch, pages
        self._turns: defaultdict[str, Iterator[int]] = defaultdict(count)

    def surfaces(self, platform: str) -> tuple[SurfaceFacts, ...]:
        """See `ports.Looker.surfaces`."""
        return (
            surface_facts(self._scrapers[platform].surfaces) if platform in self._scrapers else ()
        )

    def supports(self, platform: str) -> bool:
        return platform in self._scrapers

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        """See `ports.Looker.look`. KeyError for a platform that is not supported."""
        scraper = self._scrapers[account.platform]
        sessions = await self._in_turn(scraper.session_platforms, need.session)
        stamps = {session: stamp_of(session) for session in sessions}
        sights = await look(
            LookTask(scraper, self._browser, sessions, account, need, gate, self._pages)
        )
        await self._tell(scraper, stamps, sights)
        return sights

    async def search(
        self, platform: str, query: str, gate: Gate, worth: Worth
    ) -> tuple[UnitSearch, tuple[SearchHit, ...]] | None:
        """See `ports.UnitSearcher.search`. None for a platform without such a search."""
        scraper = self._scrapers.get(platform)
        surface = scraper.unit_search if scraper else None
        if scraper is None or surface is None:
            return None
        sessions = await self._in_turn((surface.session_platform or platform,))
        stamps = {session: stamp_of(session) for session in sessions}
        task = SearchTask(scraper, surface, self._browser, query, gate, worth)
        sight = await task.ask(sessions)
        if sight is None:
            return None
        await self._tell(scraper, stamps, (sight,))
        return task.as_search(sight), task.hits

    async def open_link(self, url: str, gate: Gate) -> tuple[Sight, ...]:
        """See `ports.Looker.open_link`.

        Empty where no platform opens links of that host, or its breaker is open.
        """
        link = link_in(url)
        for platform, scraper in self._scrapers.items():
            if scraper.links is not None and on_host(link.hostname, *scraper.hosts):
                account = Account(
                    id=0, filed=Filing(name="", platform=platform), links=(link.geturl(),)
                )
                alone = replace(scraper, surfaces=(scraper.links,), lasting=None)
                sessions = await self._in_turn((platform,))
                need = Need(fresh_after=day_of(self._browser.now()))
                return await look(LookTask(alone, self._browser, sessions, account, need, gate))
        return ()

    async def probe(self, platform: str, name: str) -> bool:
        """See `ports.Looker.probe`. False for a platform without a login."""
        session = Session(platform, name, self._sessions / platform / f"{name}.json")
        for key in (key for scraper in self._scrapers.values() for key in scraper.keys):
            if key.platform == platform:
                return await self._probe_key(key, session)
        login = next(
            (
                login
                for scraper in self._scrapers.values()
                for login in scraper.logins
                if login.platform == platform
            ),
            None,
        )
        if login is None:
            return False
        try:
            async with self._browser.tab(session, PageRules(hosts=login.hosts, whole=False)) as tab:
                try:
                    tab.known = await login.probe(tab)
                except LoginRequired:
                    tab.known = False
                return tab.known
        except LoginRequired:  # its file is of no use
            return False

    async def _probe_key(self, key: Key, session: Session) -> bool:
        """`LoginRequired` where the interface does not take the key, with its reason."""
        async with self._browser.interface(session) as calls:
            try:
                calls.known = await key.probe(calls)
            except LoginRequired:
                calls.known = False
                raise
            return calls.known

    async def ready(self) -> None:
        """See `ports.Looker.ready`."""
        try:
            await self._browser.start()
        except Failure as failure:
            raise UserError(
                f"{failure.detail}: `mediawatch doctor` says what is missing"
            ) from failure

    async def rest(self, platform: str) -> None:
        """See `ports.Looker.rest`."""
        # Before the pages go: the browser reads what is stored of an open page; else it must open
        # one.
        for each in self._scrapers[platform].session_platforms:
            await self._browser.keep_sessions(each)
        if self._pages is not None:
            await self._pages.rest(platform)
        await self._browser.rest()

    async def close(self) -> None:
        """Keep the logins as the sites have renewed them, and end the browser."""
        if self._pages is not None:
            await self._pages.rest()
        await self._browser.close()

    async def _in_turn(self, platforms: Iterable[str], only: str = "") -> tuple[Session, ...]:
        """The logins that may be used; of each platform another one goes first each time.

        So none wears out before the others.
        """
        sessions: list[Session] = []
        for platform in platforms:
            found = {
                session.name: session
                for session in sessions_in(self._sessions, platform)
                if only in ("", session.name)
            }
            if not found:
                continue
            names = (
                tuple(found)
                if self._watch is None
                else await self._watch.usable(platform, tuple(found))
            )
            first = next(self._turns[platform]) % max(len(names), 1)
            sessions += [found[name] for name in (*names[first:], *names[:first])]
        return tuple(sessions)

    async def _tell(
        self, scraper: Scraper, stamps: Mapping[Session, object], sights: Sequence[Sight]
    ) -> None:
        """Report to the watch what the last sight of each login says of it.

        `stamps`: of the logins' files, before the look. A page of a login that was replaced
        meanwhile says nothing of the new one.
        """
        sessions = [session for session, stamp in stamps.items() if stamp_of(session) == stamp]
        platforms = {
            surface.name: surface.session_platform or scraper.platform
            for surface in scraper.surfaces
        }
        for session in sessions if self._watch else ():
            used = [
                sight
                for sight in sights
                if (platforms.get(sight.surface), sight.session) == (session.platform, session.name)
            ]
            if used and self._watch:
                last = used[-1]
                known = (
                    await self._still_known(session)
                    if last.outcome is Outcome.LOGIN_REQUIRED
                    else self._browser.knows_operator(session)
                )
                if known is not None:
                    detail = "" if known else last.detail
                    await self._watch.note_state(
                        session.platform, session.name, valid=known, how=last.surface, detail=detail
                    )

    async def _still_known(self, session: Session) -> bool | None:
        """One of a login's hosts turned us away: whether the site still knows the login.

        Its hosts have cookies of their own. No where the site does not say so. None where this was
        found out before.
        """
        if self._watch and not await self._watch.usable(session.platform, (session.name,)):
            return None
        try:
            return await self.probe(session.platform, session.name)
        except Failure:
            return False
