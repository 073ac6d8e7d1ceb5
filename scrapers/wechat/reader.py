"""微信读书: what its surfaces share, and the operator's login there.

The page signs and makes its own calls; we open the page and read the answers. Nothing is computed
but the page's address. docs/platforms/wechat.md §5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from mediawatch.domain import (
    Account,
    Attestation,
    Captcha,
    Changed,
    DayEnd,
    LoginRequired,
    NoEvidence,
    Pace,
    Sight,
)
from scrapers.browser.pool import Reply, Tab
from scrapers.browser.reply_waiter import ReplyWaiter
from scrapers.surface import Login, SessionUse, Shows, Surface
from scrapers.urls import host_and_path
from scrapers.wechat.back_office_replies import shape
from scrapers.wechat.reader_address import HOME, ReaderBook, book_of
from scrapers.wechat.reader_replies import (
    OVER,
    number_asked,
    refuse,
    refuse_captcha,
    says,
)

COVER, ARTICLES = "weread.qq.com/api/mp/cover", "weread.qq.com/web/mp/articles"
_CHECK = "#tcaptcha_iframe, iframe[src*='captcha'], [class*='captcha'] img"
_RENEWS = 5.0
"""Seconds for the page to renew a login and to ask again. A login's key lives about a day."""


class ReaderSurface(Surface):
    """Works from the account's page in 微信读书, with the operator's login. Incomplete: a lower bound.

    Both surfaces share one pace a login: the site counts the login's calls, whatever they ask.
    """

    attested = Attestation.DESCRIBED
    session = SessionUse.REQUIRED
    session_platform = "weread"
    hosts = frozenset({"weread.qq.com"})
    shows = Shows.SOME
    # Attested as safe by others: 10 s between calls, some tens of calls a day a login. Ten calls in
    # quick succession brought a picture check (docs/platforms/wechat.md §5).
    pace = Pace(every=10.0, jitter=4.0, per_day=40)
    paced_as = "wechat.reader"
    # The page shows the operator's own shelf and picture: the answers alone are the evidence.
    page_shows = False
    url_keys = frozenset({"bookId", "offset"})

    def __init__(self, book: ReaderBook | None = None) -> None:
        self._book = book

    @property
    def book(self) -> ReaderBook:
        """Whom `given_earlier` has found; AssertionError before it."""
        assert self._book is not None
        return self._book

    def given_earlier(self, account: Account, earlier: Sequence[Sight]) -> Self | None:
        """This surface with the account's number: as filed, else as this look has learned it."""
        book = book_of(account, earlier)
        return type(self)(book) if book else None

    def as_control(self, account: Account) -> Surface | None:
        """None: it speaks against no account, so that its few calls need no control."""
        return None


async def open_reader(tab: Tab, page: str) -> None:
    """Open a reader page. Captcha where the picture check stands instead, or the site leads there."""
    reply = (await tab.open(page)).good()
    if "captcha" in host_and_path(tab.url) or "verify" in host_and_path(tab.url):
        raise Captcha("微信读书 sent us to its check", DayEnd.LOGIN)
    refuse_captcha(reply.text(), "a reader page")


async def refuse_check(tab: Tab) -> None:
    """Captcha where a picture check stands over the page by now."""
    if await tab.sees(_CHECK):
        raise Captcha("微信读书 shows its picture check over a reader page", DayEnd.LOGIN)


async def renewed(waiter: ReplyWaiter) -> Reply:
    """The page's next answer after one that its login is over: it renews the login by itself.

    LoginRequired where it did not within five seconds.
    """
    try:
        return await waiter.first(lambda later: not says(later, OVER), timeout=_RENEWS)
    except Changed as failure:
        raise LoginRequired(
            f"errCode {OVER}: the login is over, and the page did not renew it"
        ) from failure


def refuse_other_number(waiter: ReplyWaiter, book: ReaderBook) -> str:
    """The account's number. NoEvidence where the page asks for others alone: its address was filed
    wrongly.

    Changed where nothing tells the number.
    """
    asked = {number for url in waiter.requested if (number := number_asked(url))}
    if book.number and asked and book.number not in asked:
        raise NoEvidence(
            f"the filed reader page is that of MP_WXS_{asked.pop()}, not of MP_WXS_{book.number}"
        )
    if book.number or len(asked) == 1:
        return book.number or asked.pop()
    raise Changed("the page asked for nothing that tells the number of its account")


async def probe(tab: Tab) -> bool:
    """Whether the shelf's own call answers with books.

    LoginRequired and others as its `errCode` says.
    """
    (await tab.open(HOME)).good()
    reply = await tab.fetch(f"{HOME}web/shelf/sync?synckey=0&lectureSynckey=0")
    refuse(reply, DayEnd.LOGIN)
    match reply.json():
        case {"books": list()}:
            return True
        case other:
            raise Changed(f"shelf of another shape: {shape(other)}")


LOGIN = Login(
    platform="weread",
    url=HOME,
    hosts=ReaderSurface.hosts,
    probe=probe,
    holder_cookie="wr_vid",
    opener="a:text-is('登录'), button:text-is('登录')",
    scanned="document.cookie.includes('wr_vid=')",
)
