"""What every platform file is made of: `Surface` (one way of seeing an account) and `Scraper` (a
platform's surfaces in order).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import ClassVar
from urllib.parse import SplitResult, parse_qsl, urlsplit

from mediawatch.addresses import addresses_in
from mediawatch.domain import (
    Account,
    Attestation,
    Captcha,
    Failure,
    LoginRequired,
    Need,
    NoEvidence,
    Outcome,
    Pace,
    PayloadFacts,
    RateLimited,
    Sight,
)
from mediawatch.ports import Gate
from scrapers.browser.pool import Browser, Session, Tab
from scrapers.browser.shared_pages import Calls, Warm, WarmPages
from scrapers.look import asked_by, merged, seen_by, settled, stands, trouble


class SessionUse(Enum):
    """Whether a surface works with the operator's login."""

    VISITOR = "visitor"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Shows(Enum):
    """What the list of a surface can prove at best."""

    SOME = "some"
    """Dates are lower bounds, always."""
    ALL_LOGGED_IN = "all, logged in"
    """Everything, but only where the page itself says that it knows the operator."""
    ALL = "all"


class Surface(ABC):
    """信息来源: one way of seeing an account. Declares what it can prove; `see` yields facts as
    soon as they are known.
    """

    name: ClassVar[str]
    """`platform.surface`, as readings and the hand-off print it."""
    label: ClassVar[str]
    """The same for inspectors, in Chinese."""
    attested: ClassVar[Attestation]
    session: ClassVar[SessionUse]
    shows: ClassVar[Shows]
    pace: ClassVar[Pace]
    page_shows: ClassVar[bool] = True
    """False where no page shows the fact (an API call from the operator's own page): the answers
    alone are the evidence.
    """
    declared_closed: ClassVar[bool] = False
    """The site closed it for good, as far as is known: it is still tried, but its refusals are no
    news (no exit bit).
    """
    url_keys: ClassVar[frozenset[str]] = frozenset()
    """Query keys that may stay in an evidence URL; every other one is cut (tokens, signatures, the
    operator's ids).
    """

    session_platform: ClassVar[str] = ""
    """Whose login it works with, where that is not the platform's own: the folder in `sessions/`,
    the word for `login`.
    """
    hosts: ClassVar[frozenset[str]] = frozenset()
    """Host suffixes that its pages may navigate to, where they are not the platform's."""
    warm: ClassVar[Warm | None] = None
    """The page from which a first look may `ask`; None where every look loads a page: no call from
    another one is known to do.
    """

    def applies(self, account: Account) -> bool:
        """Whether the filed values suffice to try this surface."""
        return True

    def asks(self, account: Account) -> bool:
        """Whether they suffice to `ask`: pages also lead on from a short link or a name."""
        return True

    def complete(self, session: str) -> bool:
        """Whether a list of this surface can prove that it shows everything, with this session (""
        for a visitor).
        """
        return self.shows is Shows.ALL or (self.shows is Shows.ALL_LOGGED_IN and bool(session))

    def suits(self, account: Account, session: Session) -> bool:
        """Whether this login can be of use for this account (a back office lists its own account's
        posts only).
        """
        return True

    def after(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        """This surface, told what the look has seen so far (an id that a search found); None where
        it could add nothing.
        """
        return self

    def as_control(self, account: Account) -> Surface | None:
        """This surface, asked alone whether it still answers (`Need.only`); None where this account
        cannot tell.
        """
        return self.after(account, ())

    @abstractmethod
    def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        """Name and id first, then posts. A raised `Failure` ends the sight with that outcome and
        keeps what was yielded.
        """

    def ask(self, calls: Calls, account: Account) -> AsyncIterator[PayloadFacts]:
        """What `see` yields, by the same calls as the page makes, from the page `warm`; never
        complete.
        """
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Login:
    """One kind of login: where the operator logs in, and how the site itself says that it knows
    him.
    """

    platform: str
    """The word for `mediawatch login`, and the folder in `sessions/`."""
    url: str
    hosts: frozenset[str]
    """Host suffixes that its pages may navigate to, and whose cookies belong to it."""
    probe: Callable[[Tab], Awaitable[bool]]
    """Opens the site's own page and reads its sign. May raise any `Failure`: `LoginRequired` means
    no, the others that nobody knows.
    """
    pages: tuple[str, ...] = ()
    """Visited after a login: hosts with cookies of their own."""
    code: str = ""
    """CSS selector of the picture with the QR code, at `code_url`. Described only: where it is not
    found, the whole page is shown.
    """
    code_url: str = ""
    """Where that is not `url`."""
    opener: str = ""
    """CSS selector of what brings the code up, where the page does not by itself."""
    scanned: str = "false"
    """JS expression, truthy where the page seems to know the operator by now; then the probe is
    asked.
    """


@dataclass(frozen=True)
class Scraper:
    """One platform: its surfaces in order of cost, and where its login lives."""

    platform: str
    surfaces: tuple[Surface, ...]
    hosts: frozenset[str]
    """Host suffixes that pages of this platform may navigate to."""
    front: str = ""
    """The host by which one sees whether the platform can be reached at all; "" where nobody
    tries.
    """
    logins: tuple[Login, ...] = ()
    """The logins that its surfaces work with."""
    links: Surface | None = None
    """The surface that opens a lone article link, where the platform has one. It gets an account
    that has that link alone.
    """
    lasting: re.Pattern[str] | None = None
    """Links of posts that are worth keeping with their account: `links` may open them by themselves
    in a later sweep.
    """
    heavy: frozenset[str] = frozenset()
    """URL patterns (`*` is a wildcard) of pictures and players without a file ending; loaded for
    evidence only.
    """
    viewer: Callable[[str], Iterable[object]] = lambda text: ()
    """The records (JSON objects) in which a document or reply names the operator himself: what a
    recording must not hold.
    """
    viewer_marks: tuple[str, ...] = ()
    """CSS selectors of elements that show the operator himself; covered in evidence."""

    async def look(
        self,
        browser: Browser,
        sessions: Sequence[Session],
        account: Account,
        need: Need,
        gate: Gate,
        warm: WarmPages | None = None,
    ) -> tuple[Sight, ...]:
        """Try the surfaces in order until the need is settled; a surface whose session the operator
        lacks leaves no sight. One that had nothing to go by in its turn gets another at the end: a
        search may have found an id meanwhile.

        With `warm` pages a first look asks by calls where a surface can. Second looks and controls
        always load their page.
        """
        sights: list[Sight] = []
        visited: set[int] = set()
        for number, each in 2 * list(
            enumerate(sorted(self.surfaces, key=lambda each: each.name in need.not_by))
        ):
            if number in visited or not each.applies(account) or need.only not in ("", each.name):
                continue
            surface = each.as_control(account) if need.only else each.after(account, sights)
            if surface is None:
                continue
            useful = self.sessions_for(surface, sessions, account)
            if surface.session is SessionUse.REQUIRED and not useful:
                continue
            visited.add(number)
            for session in useful or (None,):
                asks = may_ask(surface, session, account, need, sights)
                sight = await self.sight(
                    browser, session, surface, account, need, gate, warm if asks else None
                )
                if sight is not None:  # else its breaker is open, and the next login may do
                    sights.append(self.with_links(sight))
                    break
            if settled(sights, need):
                break
        return tuple(sights)

    def with_links(self, sight: Sight) -> Sight:
        """The sight with the links of its posts that may be opened again, newest first."""
        if self.lasting is None:
            return sight
        newest_first = sorted(
            (post for post in sight.posts if post.link), key=lambda post: post.order, reverse=True
        )
        found = [post.link for post in newest_first if self.lasting.fullmatch(post.link)]
        return replace(sight, links=tuple(dict.fromkeys((*sight.links, *found))))

    def sessions_for(
        self, surface: Surface, sessions: Sequence[Session], account: Account
    ) -> tuple[Session, ...]:
        """The logins that a surface works with, and that are of use for this account."""
        platform = surface.session_platform or self.platform
        if surface.session is SessionUse.VISITOR:
            return ()
        return tuple(
            each for each in sessions if each.platform == platform and surface.suits(account, each)
        )

    @property
    def session_platforms(self) -> tuple[str, ...]:
        """Every platform whose logins its surfaces work with, its own first."""
        return tuple(
            dict.fromkeys(
                (
                    self.platform,
                    *(each.session_platform for each in self.surfaces if each.session_platform),
                )
            )
        )

    async def sight(
        self,
        browser: Browser,
        session: Session | None,
        surface: Surface,
        account: Account,
        need: Need,
        gate: Gate,
        warm: WarmPages | None = None,
    ) -> Sight | None:
        """One visit through the gate; None while the breaker of this surface and session is
        open.
        """

        name, hosts = session.name if session else "", surface.hosts or self.hosts

        def pause() -> Awaitable[None]:
            return gate.pause(surface.name, name, surface.pace)

        async def see() -> Sight:
            if warm is not None and surface.warm is not None and warm.trusts(surface.name, name):
                try:
                    async with warm.lent(
                        surface.warm, account, session, pause, hosts=hosts, heavy=self.heavy
                    ) as calls:
                        calls.back_to = need.back_to
                        sight = await asked_by(surface, calls, account)
                except (
                    Captcha,
                    RateLimited,
                ) as refusal:  # to come back with a page at once would be met by the same
                    return merged(surface, (trouble(refusal),), session=name, read_at=browser.now())
                except (
                    NoEvidence
                ):  # the page of this account is none to ask from; another one's may be
                    await pause()
                except Failure:  # no warm page could be had
                    warm.note(surface.name, name, answered=False)
                    await pause()
                else:
                    warm.note(
                        surface.name,
                        name,
                        answered=sight.outcome not in (Outcome.CHANGED, Outcome.UNREACHABLE),
                    )
                    if stands(sight, surface, need):
                        return sight
                    await pause()
            try:
                async with browser.tab(
                    session,
                    hosts=hosts,
                    whole=need.second,
                    url_keys=surface.url_keys,
                    heavy=self.heavy,
                ) as tab:
                    tab.pause, tab.back_to = pause, need.back_to
                    return await seen_by(surface, tab, account, need.second, self)
            except Failure as failure:  # no page could be had at all
                return merged(surface, (trouble(failure),), session=name, read_at=browser.now())

        return await gate.visit(
            surface.name, name, surface.pace, see, declared_closed=surface.declared_closed
        )


def may_ask(
    surface: Surface,
    session: Session | None,
    account: Account,
    need: Need,
    earlier: Sequence[Sight],
) -> bool:
    """Whether calls from a warm page may do: in a first look, that has not come to want an exact
    list alone, as one of a period does, and any after a dated sight."""
    if surface.warm is None or need.second or need.only or not surface.asks(account):
        return False
    if need.back_to is not None and surface.warm.signs:
        return False  # only the page reads on
    wants_exact = need.back_to is not None or any(sight.dated for sight in earlier)
    return not (wants_exact and surface.complete(session.name if session else ""))


def lacks_login(tab: Tab, sign: bool | None) -> None:
    """With a session in use the page must not show that it does not know the operator; a session
    file is no sign of a login.

    None where the page says nothing about it.
    """
    if tab.session and sign is not None:
        tab.known = sign
    if tab.session and sign is False:
        raise LoginRequired("the site does not recognise the stored session")


def link_in(text: str) -> SplitResult:
    """The first link of a filed text, unwrapped and taken apart; empty where there is none. Offices
    paste share texts and leave the scheme out."""
    return urlsplit(next(iter(addresses_in(text, bare=True)), ""))


def query_of(url: str) -> dict[str, str]:
    """The query of a URL, decoded; keys without a value are kept as ""."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def on_host(host: str | None, *domains: str) -> bool:
    """Whether a host is one of these domains or stands under one of them."""
    return any(host == domain or (host or "").endswith(f".{domain}") for domain in domains)
