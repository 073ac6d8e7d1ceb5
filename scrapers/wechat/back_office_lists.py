"""What was published, by the back office: of the operator's own account, and of another one.

docs/platforms/wechat.md §6.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import ClassVar

from mediawatch.domain import (
    Account,
    Attestation,
    Changed,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    Pace,
    PayloadFacts,
    RateLimited,
    Sight,
)
from mediawatch.domain.clock import CLOCK_SKEW
from scrapers.browser.pool import Tab
from scrapers.browser.sessions import Session, stamp_of, storage_state_of
from scrapers.browser.shared_pages import PageCalls, SharedPage
from scrapers.lists import PAGES_BACK, keep_earlier_pages, needs_older_page
from scrapers.surface import Shows, Surface
from scrapers.urls import query_of
from scrapers.wechat.back_office import BATCHES, HOME_PAGE, BackOffice, Search, enter
from scrapers.wechat.back_office_replies import Batches, complete_since, read_batches
from scrapers.wechat.identity import Owner, filed_id, number_of, read_owner, same_account

_LIST_PAGES = 3
_OF_ANOTHER = {
    "search_field": "null",
    "query": "",
    "type": "101_1",
    "free_publish_type": 1,
    "sub_action": "list_ex",
}
"""As the back office's dialog asks for the articles of another account.

The own list is asked for without them: nothing may narrow it.
"""
_OWNER = (
    "window.wx && wx.data ? {biz: wx.data.uin_base64, user: wx.data.user_name, nick: "
    "wx.data.nick_name} : null"
)


@lru_cache(maxsize=64)
def _owner(session: Session, stamp: tuple[int, int] | None) -> Owner | None:
    """Whose login a session's file holds, by its cookies; None where it cannot be read.

    `stamp` tells one version from another: every look of a sweep asks.
    """
    try:
        cookies = {
            str(each.get("name")): str(each.get("value"))
            for each in storage_state_of(session).get("cookies", [])
        }
    except LoginRequired:
        return None
    return Owner(biz=cookies.get("bizuin", ""), original_id=cookies.get("slave_user", ""))


class OwnAccount(BackOffice):
    """发表记录 of the very account that the operator is logged in with.

    Shows everything, pushed or not.
    """

    name = "wechat.own"
    label = "本单位公众号后台发表记录"
    attested = Attestation.DESCRIBED
    shows = Shows.ALL_LOGGED_IN
    pace = Pace(every=6.0, jitter=3.0)

    def applies(self, account: Account) -> bool:
        filed = account.filed
        return bool(filed.platform_id or filed.original_id or filed.alias or filed_id(account)[0])

    def accepts_session(self, account: Account, session: Session) -> bool:
        """By the ids in the login's cookies: the home page is not opened for another account.

        Where they are missing, only the home page shows whose the login is.
        """
        owner = _owner(session, stamp_of(session))
        return owner == Owner() or self.is_session_of(account, session)

    def is_session_of(self, account: Account, session: Session) -> bool:
        """By the same ids; no where they are missing."""
        owner = _owner(session, stamp_of(session))
        return owner is not None and same_account(account, owner) is not None

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        token = await enter(tab)
        owner = read_owner(await tab.evaluate(_OWNER))
        tie = same_account(account, owner)
        if tie is None:
            raise NoEvidence("the login is that of another account")
        yield PayloadFacts(
            name=owner.name, platform_id=owner.biz, original_id=owner.original_id, matched_by=tie
        )

        async def page_at(begin: int) -> Batches:
            page = read_batches(await self.batches(tab, token, begin), own=True)
            # Fewer groups than it should hold: something is not shown.
            short = page.count < min(BATCHES, page.total - begin)
            return replace(page, certain=page.certain and not short)

        pages = await newest_pages(tab, page_at)
        if pages[0].total == 0:
            yield PayloadFacts(
                outcome=Outcome.NO_POSTS,
                matched_by=tie,
                detail="the account's own back office counts no publication",
            )
            return
        yield join_batches(pages, owner.biz, tie, tab.now())


@dataclass(frozen=True)
class List(BackOffice):
    """An account's articles by its fakeid.

    Shows everything when it answers; for other accounts it has not since 2026-07-29.
    """

    name: ClassVar[str] = "wechat.list"
    label: ClassVar[str] = "微信公众平台发表记录"
    shared_page: ClassVar[SharedPage | None] = HOME_PAGE
    attested: ClassVar[Attestation] = Attestation.RECORDED
    shows: ClassVar[Shows] = Shows.ALL_LOGGED_IN
    pace: ClassVar[Pace] = Pace(every=10.0, jitter=5.0)
    declared_closed: ClassVar[bool] = True

    fakeid: str = ""
    tie: MatchedBy | None = None
    unseen: bool = False
    """The search of this look did not find the account, and nothing else named it.

    The list does not say whose it is, so it proves no gap.
    """

    def given_earlier(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        """With the filed id, else with the one that this look has found.

        None where it is missing, or more than one.
        """
        biz, tie = filed_id(account)
        if biz:
            searched = any(sight.surface == Search.name for sight in earlier)
            return List(
                biz, tie, searched and not any(sight.name and sight.matched_by for sight in earlier)
            )
        found = {
            sight.platform_id: sight.matched_by
            for sight in earlier
            if sight.platform_id and sight.matched_by
        }
        return List(*next(iter(found.items()))) if len(found) == 1 else None

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        yield await self.newest(tab, await enter(tab))

    async def see_by_calls(self, calls: PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        yield replace(await self.newest(calls, calls.entered), complete_since=None)

    async def newest(self, tab: Tab | PageCalls, token: str) -> PayloadFacts:
        pages = await newest_pages(tab, lambda begin: self.page(tab, token, begin))
        seen = join_batches(pages, self.fakeid, self.tie, tab.now())
        return replace(seen, complete_since=None) if self.unseen else seen

    async def page(self, tab: Tab | PageCalls, token: str, begin: int) -> Batches:
        try:
            return read_batches(
                await self.batches(tab, token, begin, fakeid=self.fakeid, **_OF_ANOTHER)
            )
        except RateLimited as failure:
            raise RateLimited(
                f"{failure.detail}; the lists of other accounts are probably closed, as since "
                "2026-07"
            ) from failure


async def newest_pages(
    tab: Tab | PageCalls, page_at: Callable[[int], Awaitable[Batches]]
) -> list[Batches]:
    """The newest pages of a list, until one has a post, and as far back as the look needs."""
    pages: list[Batches] = []
    while len(pages) < (PAGES_BACK if tab.back_to else _LIST_PAGES):
        posts = [post for page in pages for post in page.posts]
        if pages and (
            (posts and not needs_older_page(posts, tab.back_to))
            or sum(page.count for page in pages) >= pages[0].total
        ):
            break
        if not posts and len(pages) == _LIST_PAGES:
            break
        if pages:
            await tab.pause()
        if not posts:
            pages.append(await page_at(len(pages) * BATCHES))
            continue
        number = len(pages)
        with keep_earlier_pages(tab):
            pages.append(await page_at(number * BATCHES))
        if len(pages) == number:
            break
    return pages


def join_batches(
    pages: Sequence[Batches], biz: str, tie: MatchedBy | None, now: datetime
) -> PayloadFacts:
    """Put the pages of one list together.

    Changed where an article of another account stands in it. An article dated after the look is
    left out, and its list proves no gap.
    """
    posts = tuple(post for page in pages for post in page.posts)
    sound = tuple(post for post in posts if post.at is None or post.at <= now + CLOCK_SKEW)
    owners = {number_of(found) for post in posts if (found := query_of(post.link).get("__biz"))}
    if biz and owners - {number_of(biz)}:
        raise Changed(f"the list holds articles of another account: {', '.join(sorted(owners))}")
    deleted = sum(page.deleted for page in pages)
    return PayloadFacts(
        platform_id=biz,
        matched_by=tie,
        posts=sound,
        complete_since=complete_since(pages) if sound == posts else None,
        detail="; ".join(_remarks(deleted, len(posts) - len(sound))),
    )


def _remarks(deleted: int, odd: int) -> Iterator[str]:
    if deleted:
        yield f"{deleted} deleted articles in the list"
    if odd:
        yield f"发布时间异常: {odd} articles dated after the moment of the look set aside"
