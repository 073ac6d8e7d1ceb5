"""WeChat article links: a known link of the account, and a lone one of an unknown account."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

from mediawatch.addresses import unwrap
from mediawatch.domain import (
    ID_IN_DOUBT,
    Account,
    Attestation,
    Changed,
    Failure,
    MatchedBy,
    NoEvidence,
    Outcome,
    Pace,
    PayloadFacts,
    comments_of,
)
from mediawatch.domain.clock import CLOCK_SKEW
from scrapers.browser.pool import Tab
from scrapers.browser.shared_pages import PageCalls, SharedPage
from scrapers.surface import SessionUse, Shows, Surface
from scrapers.urls import query_of
from scrapers.wechat.article_page import Page, is_blank, read_article
from scrapers.wechat.back_office import HOME
from scrapers.wechat.identity import tie_of
from scrapers.wechat.links import LINK_KEYS, storable_link

_DRAWN = "document.body && document.body.innerText.trim()"
_TRIES = 3
"""Article links opened in one look."""
SHORT_LINK = re.compile(r"https?://mp\.weixin\.qq\.com/s/([\w-]{6,64})")


def short_links(account: Account) -> tuple[str, ...]:
    """All short article links known for an account.

    Those that were learned since it was filed come first, newest first. A sweep never opens long
    links (`?__biz=`): the site sends them to the captcha, which would end article links for
    everybody.
    """
    learned = [link for link in account.links if link not in account.filed.article_links]
    texts = " ".join(
        unwrap(link)
        for link in (*learned, *account.links, *account.filed.article_links, account.filed.url)
    )
    return tuple(dict.fromkeys(f"{HOME}s/{token}" for token in SHORT_LINK.findall(texts)))


async def enter_article(tab: Tab, account: Account) -> None:
    """The page stays open to ask from, whatever has become of the article.

    The front page would wait until its code is scanned, and ask for that on and on.
    """
    with suppress(Changed, NoEvidence):
        await open_article(tab, short_links(account)[0])


class Article(Surface):
    """A known article link.

    A live article shows its account's present name and ids, and that it posted at least as late as
    this.
    """

    name = "wechat.article"
    label = "微信文章链接"
    attested = Attestation.RECORDED
    session = SessionUse.VISITOR
    shows = Shows.SOME
    shows_newer = False
    pace = Pace(every=3.0, jitter=2.0)
    url_keys = LINK_KEYS
    shared_page = SharedPage("wechat articles", enter_article, unscripted=True)

    def applies(self, account: Account) -> bool:
        return bool(short_links(account))

    def see_by_calls(self, calls: PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        return self.see(calls, account)

    async def see(self, tab: Tab | PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        odd: Failure | None = None
        seen_so_far: list[PayloadFacts] = []
        for number, link in enumerate(short_links(account)[:_TRIES]):
            if number:
                await tab.pause()
            try:
                page = await open_article(tab, link)
                seen = facts(page, link, tie_of(account, page))
            except (Changed, NoEvidence) as failure:
                if ID_IN_DOUBT in failure.detail:
                    raise
                # A mistyped or foreign link: the next one may do.
                odd = failure if odd is None or isinstance(failure, Changed) else odd
                continue
            if seen.outcome is not Outcome.NO_EVIDENCE and (
                seen.posts or seen.outcome is not Outcome.OK
            ):
                for earlier in seen_so_far:
                    if earlier.outcome is Outcome.OK:
                        yield earlier
                yield await follow_migration(tab, page, seen)
                return
            seen_so_far.append(seen)
        # The article is gone or gives no time, but its page may still name the account.
        for seen in seen_so_far:
            yield seen
        if odd is not None:
            raise odd


class LoneArticle(Article):
    """A link handed in without its account: the page says whose it is, tied to no account."""

    async def see(self, tab: Tab | PageCalls, account: Account) -> AsyncIterator[PayloadFacts]:
        for link in account.links:
            page = await open_article(tab, link)
            yield facts(page, link, None)

    def applies(self, account: Account) -> bool:
        return bool(account.links)


async def open_article(tab: Tab | PageCalls, link: str) -> Page:
    """Open one article link; what counts is in the document as it is served.

    Failures as `read_article`, `Reply.good` and `Tab.open` have them; `Changed` for a date to come.
    """
    reply = (await tab.open(link)).good()
    # Empty where the page moved on by its own script before its document could be read.
    served = reply.text() or await tab.html()
    try:
        page = read_article(served, tab.url)
    except Changed:
        if isinstance(tab, PageCalls) or not is_blank(served):
            raise
        # A shell shows its words only after its script ran; a call runs no script, so the page is
        # asked.
        await tab.wait_for(_DRAWN, timeout=tab.timeouts.step)
        page = read_article(await tab.html(), tab.url)
    if page.post is not None and page.post.at is not None and page.post.at > tab.now() + CLOCK_SKEW:
        raise Changed(
            f"发布时间异常: the article is dated {page.post.at:%Y-%m-%d %H:%M} UTC, after the "
            "moment of the look"
        )
    return page


def facts(page: Page, link: str, tie: MatchedBy | None) -> PayloadFacts:
    return PayloadFacts(
        outcome=page.outcome,
        name=page.name,
        platform_id=page.biz,
        original_id=page.original_id,
        matched_by=tie if page.name or page.outcome is not Outcome.NO_EVIDENCE else None,
        posts=(replace(page.post, link=storable_link(link)),) if page.post else (),
        attested=Attestation.DESCRIBED if page.described else None,
        links=page.links,
        interaction=comments_of([page.comments]) if page.post else None,
        detail=page.detail,
    )


async def follow_migration(tab: Tab | PageCalls, page: Page, seen: PayloadFacts) -> PayloadFacts:
    """A migrated account's page leads to the new one: look there once for its name and ids.

    The new ids are a proposal, no identity.
    """
    if page.outcome is not Outcome.MIGRATED or not page.target:
        return seen
    if biz := query_of(page.target).get("__biz"):
        # A long link names the account itself; opened, it would lead to the verification page.
        return replace(seen, detail=f"{seen.detail}; new account: biz={biz}")
    await tab.pause()
    try:
        new = await open_article(tab, page.target)
    except Failure as failure:
        # What the old page said stands, whatever became of the new one.
        return replace(
            seen,
            detail=(
                f"{seen.detail}; its new account cannot be read ({failure.outcome}): "
                f"{failure.detail}"
            ),
        )
    return replace(
        seen, detail=f"{seen.detail}; new account: {new.name} biz={new.biz} {new.original_id}"
    )
