"""百度贴吧: the home page of an account, with the threads that it opened.

Authors may hide threads from others, one by one or all of them. So a stranger's list proves an
account fresh, never stale. Only the login of the very account sees everything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from mediawatch.domain import (
    Account,
    Attestation,
    MatchedBy,
    NoEvidence,
    Outcome,
    Pace,
    PayloadFacts,
)
from scrapers.browser.pool import Tab
from scrapers.surface import Login, Scraper, SessionUse, Shows, Surface
from scrapers.tieba.identity import match_to_filed, portrait_of, target_of
from scrapers.tieba.pages import PROFILE, THREADS, open_page, see_profile, see_threads
from scrapers.tieba.replies import read_login

WHO = "https://tieba.baidu.com/dc/common/tbs"


class HomePage(Surface):
    """tieba.baidu.com/home/main: name and ids from one call of the page, threads from another."""

    name, label = "tieba.home", "贴吧个人主页"
    attested = Attestation.DESCRIBED
    session = SessionUse.OPTIONAL
    shows = Shows.ALL_LOGGED_IN
    pace = Pace(every=10.0, jitter=5.0)
    url_keys = frozenset({"id", "un", "portrait", "pn", "rn", "type"})

    def applies(self, account: Account) -> bool:
        return target_of(account.filed) is not None

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        target = target_of(account.filed)
        if target is None or target.rival:
            raise NoEvidence(
                "no usable id or link is filed"
                if target is None
                else f"the filed link leads to {target.rival}"
            )
        async with tab.listen_for(PROFILE, THREADS) as waiter:
            page = await open_page(tab, target.url)
            profile = await see_profile(tab, waiter, page, target)
            if isinstance(profile, PayloadFacts):
                by_id = bool(target.id) and (portrait_of(target.id) or target.un == target.id)
                yield replace(profile, matched_by=MatchedBy.ID if by_id else MatchedBy.URL)
                return
            who = match_to_filed(profile, target, account.filed)
            if profile.cancelled:
                # Its page still stands, with name and threads: they are no sign of life.
                yield replace(who, outcome=Outcome.CANCELLED, detail="deregistered is 1")
                return
            if profile.is_self:
                tab.require_login(True)
            yield who
            shown = await see_threads(tab, waiter, target, profile)
            yield replace(shown, matched_by=who.matched_by)


async def probe(tab: Tab) -> bool:
    """Whether the site knows the operator of the session, by the answer that its own tools ask for.

    `Changed` where it does not say.
    """
    return read_login((await open_page(tab, WHO)).json())


HOSTS = frozenset({"tieba.baidu.com", "passport.baidu.com", "wappass.baidu.com"})
LOGIN = Login(
    platform="tieba",
    url="https://passport.baidu.com/v2/?login&tpl=tb&u=https%3A%2F%2Ftieba.baidu.com%2F",
    hosts=frozenset({"baidu.com"}),
    probe=probe,
    code=".tang-pass-qrcode-img",
    scanned="location.hostname === 'tieba.baidu.com'",
)

SCRAPER = Scraper(
    platform="tieba",
    surfaces=(HomePage(),),
    hosts=HOSTS,
    front="tieba.baidu.com",
    viewer_marks=("#com_userbar",),
    logins=(LOGIN,),
    heavy=frozenset({"*.bdimg.com/*", "*.bdstatic.com/*.jpg*"}),
)
