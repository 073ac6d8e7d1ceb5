"""Looks at made-up WeChat accounts: the product's own `look`, behind a gate that plays the sites.

The order of the surfaces, what each of them needs, when a look is settled and the pace are the
product's. Only what a visit shows comes from here.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from watches import PROOF, Watch
from wechat_feeds import SERVICE_BEHIND, Feed, newest
from wechat_starts import Calls, Keys, Start

from mediawatch.domain import (
    Account,
    Filing,
    LookKind,
    MatchedBy,
    Need,
    Outcome,
    Post,
    PostKind,
    Sight,
)
from mediawatch.domain.clock import day_of
from mediawatch.ports import See, SurfaceFacts, Visit
from scrapers.look import LookTask, look
from scrapers.wechat.articles import short_links
from scrapers.wechat.surfaces import SCRAPER

ARTICLE, ALBUM, SEARCH = "wechat.article", "wechat.album", "wechat.search"
COVER, LIST = "wechat.reader_cover", "wechat.reader_list"
READER = "wechat.reader"
"""The pace that cover and list share."""
NOT_PLAYED = frozenset({"wechat.own", "wechat.list"})
"""The office runs none of the accounts, and the list is closed to everybody."""
_LINKS_KEPT = 10
_Value = TypeVar("_Value")


@dataclass(kw_only=True)
class WeChatWatch(Watch):
    """One WeChat account, from what the office began with."""

    feed: Feed
    start: Start
    began: datetime
    need: Need = field(init=False)
    """Of the present sweep; second looks want more."""
    calls: Calls = field(default_factory=Calls)
    """Of the present night, shared by all accounts."""
    links: tuple[str, ...] = ()
    """Those that were learned, newest first."""
    number: str = ""
    """What the search found for the filed name: it steers looks, and is not filed."""
    searched: bool = False
    _filed: Filing = field(init=False)
    _seen_by: frozenset[str] = frozenset()
    """The surfaces of the last look."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._filed = self.life.filed
        if self.start.keys is Keys.NUMBER:
            self._filed = replace(self._filed, platform_id=self.feed.biz)
        post = newest(self.life.posts, self.began)
        if self.start.keys is Keys.LINK and post is not None:
            self._filed = replace(self._filed, article_links=(self.feed.article_link(post),))

    @property
    def filed(self) -> Filing:
        return self._filed

    @cached_property
    def account(self) -> Account:
        """As the looker gets it. Made anew after `learn`."""
        number = self._filed.platform_id or self.number
        return Account(
            id=self.life.number,
            filed=replace(self._filed, platform_id=number),
            links=(*self.links, *self._filed.article_links),
        )

    def may_see(self, ways: Sequence[SurfaceFacts]) -> bool:
        """Whether a look by these surfaces could show anything in what is left of the night."""
        return any(
            self.calls.left(each, self.start.sessions)
            for each in ways
            if each.name not in NOT_PLAYED and not (each.name == SEARCH and self.searched)
        )

    def learn(self, *, links: Iterable[str] = (), number: str = "") -> None:
        """Keep what a look has shown of where the account can be seen."""
        self.links, self.number = (*links, *self.links), number or self.number
        self.__dict__.pop("account", None)

    def sights(self, night: int, look_number: int, at: datetime) -> tuple[Sight, ...]:
        second = replace(self.need, second=True, not_by=self._seen_by)
        need = second if look_number == 2 else self.need
        gate = PlayedGate(self, need, night, look_number, at)
        turn = self.looks % len(self.start.sessions) if self.start.sessions else 0
        sessions = (*self.start.sessions[turn:], *self.start.sessions[:turn])
        # No page is opened: the gate shows what is seen.
        task = LookTask(SCRAPER, None, sessions, self.account, need, gate)  # type: ignore[arg-type]
        sights = run_through(look(task))
        self._keep_links(sights)
        self._seen_by = frozenset(sight.surface for sight in sights)
        return sights

    def hand_in(self, night: int, at: datetime) -> None:
        """Open the link that a monitoring service gave for the account."""
        post = newest(self.life.posts, at - SERVICE_BEHIND)
        if post is None or not self.feed.hinted:
            return
        need = Need(fresh_after=day_of(at))
        gate = PlayedGate(self, need, night, 0, at)
        self.calls.made[ARTICLE, ""] += 1
        sights = (gate.article(ARTICLE, self.feed.article_link(post)),)
        self._remember([self.keep(LookKind.LINK, sights, at)])
        self._keep_links(sights)

    def _keep_links(self, sights: tuple[Sight, ...]) -> None:
        """As a sweep does: of pages that are the account's by id."""
        for sight in sights:
            found = (*sight.links, *(post.link for post in sight.posts))
            new = [link for link in dict.fromkeys(found) if link and link not in self.account.links]
            if new and sight.matched_by is MatchedBy.ID:
                self.learn(links=new[:_LINKS_KEPT])


class PlayedGate:
    """Stands for `ports.Gate`: what each visit of one look shows, while the night has calls."""

    def __init__(
        self, watch: WeChatWatch, need: Need, night: int, look_number: int, at: datetime
    ) -> None:
        self.watch, self.need, self.at = watch, need, at
        self.night, self.look_number, self.visits = night, look_number, 0
        self.named = ""
        """The link that 微信读书 has named in this look, until it is opened."""
        life = watch.life
        self.gone = life.gone is not None and night >= life.gone
        self.name = life.name_on(night)

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        if visit.surface in NOT_PLAYED or (visit.surface == SEARCH and self.watch.searched):
            return None
        if not self.watch.calls.take(visit):
            return None
        self.visits += 1
        if self.watch.life.fails(self.night, self.look_number, self.visits):
            return self._sight(visit.surface, outcome=Outcome.RATE_LIMITED)
        match visit.surface:
            case "wechat.article":
                named, self.named = self.named, ""
                return self.article(ARTICLE, named or short_links(self.watch.account)[0])
            case "wechat.album":
                return self._album()
            case "wechat.reader_cover":
                return self._cover()
            case "wechat.reader_list":
                return self._list()
            case "wechat.search":
                return self._search()
        raise AssertionError(f"{visit.surface} is not played: say what it shows of a feed")

    async def pause(self, visit: Visit) -> None:
        """Nothing is waited for."""

    def article(self, surface: str, link: str) -> Sight:
        """An article's own page: its date, the account's present name, and its album."""
        if self.gone:
            # The page's words name no account: the link is all that ties it.
            return self._sight(surface, outcome=Outcome.CANCELLED, matched_by=MatchedBy.URL)
        feed = self.watch.feed
        post = feed.article(link)
        return self._sight(
            surface,
            name=self.name,
            platform_id=feed.biz,
            matched_by=self._tie(),
            posts=(_as_post(post, link),),
            links=feed.links_on(post, self.at),
        )

    def _album(self) -> Sight:
        feed = self.watch.feed
        post = None if self.gone else newest(feed.album, self.at)
        if post is None:
            return self._sight(ALBUM, outcome=Outcome.CHANGED)
        self.watch.calls.made[ALBUM, ""] += 1  # in both orders
        return self._sight(
            ALBUM,
            name=self.name,
            platform_id=feed.biz,
            matched_by=self._tie(),
            posts=(_as_post(post, ""),),
        )

    def _cover(self) -> Sight:
        """It names the newest article, and proves nothing."""
        feed = self.watch.feed
        post = feed.in_reader(self.at)
        if post is None:
            return self._sight(COVER, outcome=Outcome.NO_EVIDENCE)
        self.named = feed.article_link(post)
        return self._sight(COVER, platform_id=feed.biz, matched_by=self._tie(), links=(self.named,))

    def _list(self) -> Sight:
        """It has nothing newer than the cover."""
        feed = self.watch.feed
        post = feed.in_reader(self.at)
        if post is None:
            return self._sight(LIST, outcome=Outcome.NO_EVIDENCE)
        return self._sight(
            LIST, platform_id=feed.biz, matched_by=self._tie(), posts=(_as_post(post, ""),)
        )

    def _search(self) -> Sight:
        """Asked once a name: an exact hit gives the number."""
        watch = self.watch
        watch.searched = True
        if watch.feed.hidden or self.gone or self.name != watch.filed.name:
            return self._sight(SEARCH, outcome=Outcome.NO_EVIDENCE)
        watch.learn(number=watch.feed.biz)
        return self._sight(
            SEARCH, name=self.name, platform_id=watch.feed.biz, matched_by=self._tie()
        )

    def _tie(self) -> MatchedBy:
        """As the platform files tie a page: by the filed number, else by name."""
        if self.watch.filed.platform_id:
            return MatchedBy.ID
        return MatchedBy.NAME if self.name == self.watch.filed.name else MatchedBy.URL

    def _sight(self, surface: str, **facts: Any) -> Sight:
        control = "示例对照" if facts.get("outcome") is Outcome.CANCELLED else ""
        evidence = (PROOF,) if self.need.second else ()
        return Sight(surface=surface, read_at=self.at, control=control, evidence=evidence, **facts)


def _as_post(at: datetime, link: str) -> Post:
    return Post(on=day_of(at), at=at, kind=PostKind.ARTICLE, link=link)


def run_through(look_at: Coroutine[Any, Any, _Value]) -> _Value:
    """The result of a coroutine that waits for nothing."""
    try:
        look_at.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("a played look has nothing to wait for")
