"""微信读书's cover of an account: the link of its newest article there. Then that article itself.

The cover has no date and proves nothing. The article's own page proves: when, whose, under which
name. docs/platforms/wechat.md §5.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from mediawatch.domain import (
    Account,
    Changed,
    DayEnd,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    PayloadFacts,
    Sight,
)
from mediawatch.names import same
from scrapers.browser.pool import Reply, Tab
from scrapers.browser.reply_waiter import ReplyWaiter
from scrapers.browser.shared_pages import PageCalls, SharedPage
from scrapers.surface import Surface
from scrapers.urls import host_and_path
from scrapers.wechat.article_page import Page
from scrapers.wechat.articles import Article, facts, follow_migration, open_article
from scrapers.wechat.identity import number_of, tie_of_ids
from scrapers.wechat.reader import (
    ARTICLES,
    COVER,
    ReaderSurface,
    open_reader,
    refuse_check,
    refuse_other_number,
    renewed,
)
from scrapers.wechat.reader_address import HOME, ReaderBook, book_id, book_of, page_of
from scrapers.wechat.reader_replies import (
    NOT_LOGGED_IN,
    OVER,
    number_asked,
    read_cover,
    refuse,
    says,
)

_OWN_CALLS = (rf"^{COVER}$", rf"^{ARTICLES}$")


async def enter_reader(address: str, tab: Tab, account: Account) -> None:
    """The page that stays open to ask from, once its own call is answered.

    A login that is over has been renewed by then, if the page can.
    """
    async with tab.listen_for(*_OWN_CALLS) as waiter:
        await open_reader(tab, address)
        with suppress(Changed, LoginRequired):
            if says(await waiter.first(timeout=tab.timeouts.step), OVER):
                await renewed(waiter)
    await refuse_check(tab)


class ReaderCover(ReaderSurface):
    """微信读书 names the newest article that it has of the account."""

    name = "wechat.reader_cover"
    label = "微信读书封面"
    shared_page = SharedPage(HOME, partial(enter_reader, HOME))

    def can_see_by_calls(self, account: Account) -> bool:
        return bool(self.book.number)

    def page_to_share(self) -> SharedPage | None:
        """Any account's page will do. A filed address may be wrong, so the computed one is opened."""
        return SharedPage(HOME, partial(enter_reader, page_of(self.book.number)))

    async def see_by_calls(self, calls: PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        if calls.new:
            await calls.pause()  # opening the page was a call of its own
        reply = await calls.fetch(_cover_of(self.book.number))
        if says(reply, OVER):
            raise Changed(f"errCode {OVER}: only a page that is opened renews the login")
        yield read_cover(reply, self.book)
        calls.known = True

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        async with tab.listen_for(*_OWN_CALLS) as waiter:
            await open_reader(tab, self.book.page)
            await _await_login(tab, waiter)
            number = refuse_other_number(waiter, self.book)
            cover = await _cover(tab, waiter, number)
        seen = read_cover(cover, replace(self.book, number=number))
        tab.known = True
        yield seen


def _cover_of(number: str) -> str:
    return f"https://{COVER}?{urlencode({'bookId': book_id(number)})}"


async def _await_login(tab: Tab, waiter: ReplyWaiter) -> None:
    """Await the first answer to the page's own calls: by it the login holds, renewed or not.

    Nothing where the page asks nothing. LoginRequired where the site does not know the login.
    """
    try:
        reply = await waiter.first(timeout=tab.timeouts.step)
    except Changed:
        await refuse_check(tab)
        return
    if says(reply, OVER):
        reply = await renewed(waiter)
    if says(reply, NOT_LOGGED_IN):
        refuse(reply, DayEnd.SURFACE)


async def _cover(tab: Tab, waiter: ReplyWaiter, number: str) -> Reply:
    """The cover's answer: to the page's own call where it makes one, else asked from the page."""

    def is_wanted(url: str) -> bool:
        return host_and_path(url) == COVER and number_asked(url) == number

    if any(map(is_wanted, waiter.requested)):
        reply = await waiter.first(lambda each: is_wanted(each.url), timeout=tab.timeouts.step)
        if not says(reply, OVER):
            return reply
    return await _asked(tab, number)


async def _asked(tab: Tab, number: str) -> Reply:
    await tab.pause()
    return await tab.fetch(_cover_of(number))


class ReaderArticle(Article):
    """The article page that a surface of 微信读书 has named in this look.

    An article surface like any other: its gate, pace and breaker are those of article links. A page
    that is not by its own ids the account's own proves nothing.
    """

    def __init__(self, source: str, link: str = "", book: ReaderBook | None = None) -> None:
        self._source, self._link, self._book = source, link, book

    def applies(self, account: Account) -> bool:
        return True

    def given_earlier(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        """With the newest link that the source has named and no page has shown yet; else None."""
        opened = {post.link for sight in earlier for post in sight.posts}
        links = [
            link
            for sight in earlier
            if sight.surface == self._source
            for link in sight.links[:1]
            if link not in opened
        ]
        book = book_of(account, earlier)
        return ReaderArticle(self._source, links[-1], book) if links and book else None

    def as_control(self, account: Account) -> Surface | None:
        """None: the account's own links control article pages."""
        return None

    @property
    def link_source(self) -> str:
        return self._source

    def page_to_share(self) -> SharedPage | None:
        return replace(Article.shared_page, enter=partial(_enter_article, self._link))

    async def see(self, tab: Tab | PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        page = await open_article(tab, self._link)
        try:
            tie = self.tie_of(account, page)
        except NoEvidence:
            if page.biz and number_of(page.biz) == self._number:
                # The number's own page: by the name on it a 暂用标识 ends that led here.
                yield PayloadFacts(name=page.name)
            raise
        seen = facts(page, self._link, tie)
        yield replace(await follow_migration(tab, page, seen), link_from=self._source)

    @property
    def _number(self) -> str:
        return self._book.number if self._book else ""

    def tie_of(self, account: Account, page: Page) -> MatchedBy:
        """How the page is tied to the account.

        NoEvidence where it is another account's, or does not tell whose it is.
        """
        assert self._book is not None
        who = f"the article that 微信读书 names belongs to {page.name or 'another account'}"
        tie = tie_of_ids(account, who, page.biz, page.original_id, page.alias, page.name)
        number = self._number
        if page.biz and number and number_of(page.biz) != number:
            raise NoEvidence(
                f"{who}: biz {page.biz} is shown, MP_WXS_{number} was asked for",
                page.name if same(account.filed.name, page.name) else "",
            )
        named = bool(page.name) and same(account.filed.name, page.name)
        if (tie or self._book.tie) is MatchedBy.NAME and page.biz and not named:
            raise NoEvidence(f"{who}: the number was found by the name {account.filed.name}")
        if tie is not None:
            return tie
        if not page.biz or not number:
            if page.outcome.negative or not named:
                raise NoEvidence(f"{who}: it shows no id, and says {page.outcome}: {page.detail}")
            return MatchedBy.NAME
        return MatchedBy.NAME if named else MatchedBy.URL


async def _enter_article(link: str, tab: Tab, account: Account) -> None:
    """As `articles.enter_article`, by the named link."""
    with suppress(Changed, NoEvidence):
        await open_article(tab, link)
