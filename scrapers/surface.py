"""What a platform declares: `Surface`, `Login` and `Scraper`.

A surface is one way of seeing an account; a scraper holds a platform's surfaces in order of cost.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import ClassVar

from mediawatch.domain import Account, Attestation, Pace, PayloadFacts, SearchHit, Sight
from scrapers.browser.sessions import Session
from scrapers.browser.shared_pages import PageCalls, SharedPage
from scrapers.browser.tab import Tab
from scrapers.interfaces.calls import InterfaceCalls


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


class Surface:
    """信息来源: one way of seeing an account.

    Declares what it can prove; `see` yields facts as soon as they are known.
    """

    name: ClassVar[str]
    """`platform.surface`, as readings and the hand-off print it."""
    label: ClassVar[str]
    """The same for inspectors, in Chinese."""
    attested: ClassVar[Attestation]
    session: ClassVar[SessionUse]
    shows: ClassVar[Shows]
    pace: ClassVar[Pace]
    paced_as: ClassVar[str] = ""
    """The name of the pace that it shares with others, for each login; settings call it so.

    "" where the pace is its own.
    """
    page_shows: ClassVar[bool] = True
    """False where no page shows the fact (an API call from the operator's own page).

    Then the answers alone are the evidence.
    """
    declared_closed: ClassVar[bool] = False
    """The site closed it for good, as far as is known.

    It is still tried, but its refusals are no news (no exit bit).
    """
    shows_newer: ClassVar[bool] = True
    """Whether a later look may show a newer post.

    False where it opens what is known already, or shows no posts at all.
    """
    finds_ids: ClassVar[bool] = False
    """Whether it is asked to find an id for a filed name.

    Not while a 暂用标识 stands: a login has few searches.
    """
    url_keys: ClassVar[frozenset[str]] = frozenset()
    """Query keys that may stay in an evidence URL.

    Every other one is cut (tokens, signatures, the operator's ids).
    """

    session_platform: ClassVar[str] = ""
    """The platform whose login it works with, where that is not its own.

    The folder in `sessions/`, and the word for `login`.
    """
    hosts: ClassVar[frozenset[str]] = frozenset()
    """Host suffixes that its pages may navigate to, where they are not the platform's."""
    shared_page: ClassVar[SharedPage | None] = None
    """The page from which a first look may `see_by_calls`.

    None where every look loads its own page: no call from another page is known to suffice.
    """

    by_interface: ClassVar[bool] = False
    """Whether it asks a site's official interface by a key (`see_by_interface`).

    Then it needs no page.
    """

    def applies(self, account: Account) -> bool:
        """Whether the filed values suffice to try this surface."""
        return True

    def can_see_by_calls(self, account: Account) -> bool:
        """Whether they suffice for calls: pages also lead on from a short link or a name."""
        return True

    def complete(self, session: str) -> bool:
        """Whether a list of this surface can prove that it is complete, with this session.

        "" for a visitor.
        """
        return self.shows is Shows.ALL or (self.shows is Shows.ALL_LOGGED_IN and bool(session))

    def accepts_session(self, account: Account, session: Session) -> bool:
        """Whether this login can be of use for this account.

        A back office lists its own account's posts only.
        """
        return True

    def is_session_of(self, account: Account, session: Session) -> bool:
        """Whether this login is known to be of use for it. None needs to be tried to tell that."""
        return self.accepts_session(account, session)

    def given_earlier(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        """This surface with what the look has seen so far (an id that a search found).

        None where it could add nothing.
        """
        return self

    def as_control(self, account: Account) -> Surface | None:
        """This surface, asked only whether it still answers (`Need.only`).

        None where this account cannot show that.
        """
        return self.given_earlier(account, ())

    @property
    def link_source(self) -> str:
        """The surface that names the links which this one opens; "" where it needs none."""
        return ""

    def page_to_share(self) -> SharedPage | None:
        """`shared_page`, entered by what `given_earlier` has found of the account."""
        return self.shared_page

    def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        """Yield name and id first, then posts.

        A raised `Failure` ends the sight with that outcome and keeps what was yielded.
        """
        raise NotImplementedError

    def see_by_interface(
        self, calls: InterfaceCalls, account: Account
    ) -> AsyncIterator[PayloadFacts]:
        """Yield what `see` does, of a site's official interface."""
        raise NotImplementedError

    def see_by_calls(self, calls: PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        """Yield what `see` does, by the page's own calls from `shared_page`; never complete."""
        raise NotImplementedError


class FindsUnits(Surface):
    """A name search that can also be asked for whatever bears a unit's name.

    What it finds are leads for persons, nothing about a filed account.
    """

    shows_bodies: ClassVar[bool]
    """Whether its hits show the 认证主体, as far as is attested."""

    async def find(self, tab: Tab, term: str) -> tuple[SearchHit, ...]:
        """All that the first results show. A `Failure` where the site did not answer."""
        raise NotImplementedError

    def leads_to(self, account: Account, hit: SearchHit) -> bool:
        """Whether something that is filed of the account, or its 暂用标识, names this very hit."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Login:
    """One kind of login: where the operator logs in, and how the site shows that it knows him."""

    platform: str
    """The word for `mediawatch login`, and the folder in `sessions/`."""
    url: str
    hosts: frozenset[str]
    """Host suffixes that its pages may navigate to, and whose cookies belong to it."""
    probe: Callable[[Tab], Awaitable[bool]]
    """Opens the site's own page and reads its sign.

    May raise any `Failure`: `LoginRequired` means no, any other one that the answer is unknown.
    """
    holder_cookie: str = ""
    """Of a login of which a home has one: the cookie that says whose it is.

    It is not the office's own account there, but one of the platform's readers. Further ones need a
    使用审批 each.
    """
    pages: tuple[str, ...] = ()
    """Visited after a login: hosts with cookies of their own."""
    code: str = ""
    """CSS selector of the picture with the QR code, at `code_url`.

    Described only: where it is not found, the whole page is shown.
    """
    code_url: str = ""
    """Where that is not `url`."""
    opener: str = ""
    """CSS selector of what shows the code, where the page does not by itself."""
    scanned: str = "false"
    """JS expression, truthy where the page now seems to know the operator; then the probe is asked.
    """


@dataclass(frozen=True, kw_only=True)
class Key:
    """One kind of key to an official interface. There is no page to log in at."""

    platform: str
    """As `Login.platform`."""
    probe: Callable[[InterfaceCalls], Awaitable[bool]]
    """Asks the interface whether it takes the key. Failures as `Login.probe`."""


@dataclass(frozen=True)
class Scraper:
    """One platform: its surfaces in order of cost, and where its login lives."""

    platform: str
    surfaces: tuple[Surface, ...]
    hosts: frozenset[str]
    """Host suffixes that pages of this platform may navigate to."""
    front: str = ""
    """The host that shows whether the platform can be reached at all; "" where that is not tried.
    """
    logins: tuple[Login, ...] = ()
    """The logins that its surfaces work with."""
    keys: tuple[Key, ...] = ()
    """The keys that they work with."""
    examples: Mapping[str, str] = field(default_factory=dict)
    """Values of nobody, by the field of the registry: what such a value would make possible is asked
    of the surfaces with them.
    """
    links: Surface | None = None
    """The surface that opens a lone article link, where the platform has one.

    It gets an account that has that link alone.
    """
    lasting: re.Pattern[str] | None = None
    """Links of posts that are worth keeping with their account.

    `links` may open them by themselves in a later sweep.
    """
    heavy: frozenset[str] = frozenset()
    """URL patterns (`*` is a wildcard) of pictures and players without a file ending.

    Loaded for evidence only.
    """
    viewer: Callable[[str], Iterable[object]] = lambda text: ()
    """The records (JSON objects) in which a document or reply names the operator himself.

    A recording must not hold them.
    """
    viewer_marks: tuple[str, ...] = ()
    """CSS selectors of elements that show the operator himself, or what he was sent.

    Covered in evidence that was taken with a login.
    """
    others_marks: tuple[str, ...] = ()
    """CSS selectors of elements that show other people: comments, lists of followers, suggestions.

    Covered in all evidence. They must not match anything of the account's own.
    """

    @property
    def unit_search(self) -> FindsUnits | None:
        """Its search that can be asked for units; None where no source attests one."""
        return next((each for each in self.surfaces if isinstance(each, FindsUnits)), None)

    @cached_property
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
