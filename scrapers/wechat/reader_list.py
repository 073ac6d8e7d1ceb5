"""微信读书's list of an account's articles, as its page asks for it.

Asked only where the cover settles nothing: it is signed by the page, and refused more often.
docs/platforms/wechat.md §5.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Self

from mediawatch.domain import Account, Changed, NoEvidence, Outcome, PayloadFacts, Sight
from scrapers.browser.pool import Reply, Tab
from scrapers.browser.reply_waiter import ReplyWaiter
from scrapers.lists import keep_earlier_pages
from scrapers.urls import query_of
from scrapers.wechat.reader import (
    ARTICLES,
    ReaderSurface,
    open_reader,
    refuse_check,
    refuse_other_number,
    renewed,
)
from scrapers.wechat.reader_address import ReaderBook, book_of
from scrapers.wechat.reader_cover import ReaderCover
from scrapers.wechat.reader_replies import (
    OVER,
    ListPage,
    facts_of_list,
    number_asked,
    read_list,
    says,
)

_PAGES = 2
"""Pages read until one leads to an own article."""
_PAGES_BACK = 6
"""Pages read for a period at most: of 20 pushes each, three months at one push a day."""
_TO_THE_END = """() => {
  window.scrollTo(0, document.documentElement.scrollHeight);
  for (const each of document.querySelectorAll("*"))
    if (each.scrollHeight > each.clientHeight + 40) each.scrollTop = each.scrollHeight;
}"""
"""The page asks on where its reader comes to the end of what it shows."""


class ReaderList(ReaderSurface):
    """The account's articles in 微信读书, newest first, as far as it has them."""

    name = "wechat.reader_list"
    label = "微信读书目录"

    def __init__(self, book: ReaderBook | None = None, *, named: bool = False) -> None:
        super().__init__(book)
        self._named = named
        """Whether the cover of this look names an article: then the list must hold one."""

    def given_earlier(self, account: Account, earlier: Sequence[Sight]) -> Self | None:
        """None where the site has just turned the login away: it would do so again."""
        covers = [sight for sight in earlier if sight.surface == ReaderCover.name]
        refused = (Outcome.LOGIN_REQUIRED, Outcome.RATE_LIMITED, Outcome.CAPTCHA)
        book = book_of(account, earlier)
        if book is None or any(sight.outcome in refused for sight in covers):
            return None
        return type(self)(book, named=any(sight.links for sight in covers))

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        async with tab.listen_for(rf"^{ARTICLES}$") as waiter:
            await open_reader(tab, self.book.page)
            try:
                reply = await waiter.first()
            except Changed:
                await refuse_check(tab)
                raise
            if says(reply, OVER):
                reply = await renewed(waiter)
            book = replace(self.book, number=refuse_other_number(waiter, self.book))
            if number_asked(reply.url) != book.number:
                reply = await waiter.first(lambda each: number_asked(each.url) == book.number)
            pages = [read_list(reply)]
            tab.known = True
            while self._wants_older(pages, book.number, tab) and pages[-1].groups:
                read = len(pages)
                with keep_earlier_pages(tab):
                    pages.append(await _next_page(tab, waiter, book.number, pages))
                if len(pages) == read:
                    break
        if not self._named and not any(page.groups for page in pages):
            raise NoEvidence(
                "an empty list: 微信读书 has no article of this account, or shows none"
            )
        yield facts_of_list(pages, account, book, tab.now())

    def _wants_older(self, pages: Sequence[ListPage], number: str, tab: Tab) -> bool:
        own = [entry for page in pages for entry in page.entries if entry.owner in ("", number)]
        dates = [entry.at.date() for entry in own if entry.at]
        if tab.back_to is not None:
            reached = bool(dates) and min(dates) < tab.back_to
            return not reached and len(pages) < _PAGES_BACK
        return not own and len(pages) < _PAGES


async def _next_page(
    tab: Tab, waiter: ReplyWaiter, number: str, pages: Sequence[ListPage]
) -> ListPage:
    """Have the page ask on: from as many pushes on as it has shown."""
    offset = sum(page.groups for page in pages)

    def asks_on(reply: Reply) -> bool:
        here = number_asked(reply.url) == number
        return here and query_of(reply.url).get("offset", "") == str(offset)

    await tab.pause()
    await tab.evaluate(_TO_THE_END)
    return read_list(await waiter.first(asks_on, timeout=tab.timeouts.step))
