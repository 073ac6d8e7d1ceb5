"""抖音: the profile page. A visitor's list proves an account fresh, never stale: since 2025-08 the newest works are withheld from some.

Identity is the sec_uid of the address. The page is opened as a reader opens it; the name is read from its server record (or its profile
call), the works from the list call that the page signs and sends itself. The site checks visitors soon: keep the pace.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

from mediawatch.domain import (
    Account,
    Attested,
    Captcha,
    Changed,
    Failure,
    Filed,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    Pace,
    RateLimited,
    Seen,
)
from scrapers.base import Scraper, SessionUse, Shows, Surface, lacks_login, link_in, on_host, query_of
from scrapers.browser import Hearing, Reply, Tab, host_and_path
from scrapers.douyin_replies import Profile, is_captcha, is_challenge, read_posts, read_profile, read_records, read_sign

USER = "https://www.douyin.com/user/"
CALLED = r"(^|\.)douyin\.com/aweme/v1/web/user/profile/other/?$"
WORKS = r"(^|\.)douyin\.com/aweme/v1/web/aweme/post/?$"
READY = "document.querySelector('#RENDER_DATA, [data-e2e=\"user-info\"]') || self.__pace_f"
ABSENT = "用户不存在"
SAYS_ABSENT = f"document.body && document.body.innerText.includes('{ABSENT}')"
CAPTCHA = "#captcha_container, .captcha_verify_container, iframe[src*='captcha'], iframe[src*='/verify']"
_WALL = re.compile(r"登录后查看更多作品|登录后免费畅享|扫码登录|打开抖音看更多内容")
_SEC_UID = re.compile(r"MS4wLjABAAAA[\w-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which account to open, and on what ground it is the filed one. `rival`: the filed link leads to another than the filed id."""

    by: MatchedBy
    sec_uid: str = ""
    short: str = ""
    rival: str = ""


def wanted(filed: Filed) -> Target | None:
    """The filed sec_uid, else the filed link; None where neither is there: 抖音号 and names need a search."""
    link = link_in(filed.url)
    linked, filed_id = sec_uid_in(link), filed.platform_id.strip()
    if _SEC_UID.fullmatch(filed_id):
        return Target(by=MatchedBy.ID, sec_uid=filed_id, rival=linked if linked != filed_id else "")
    if linked:
        return Target(by=MatchedBy.URL, sec_uid=linked)
    return Target(by=MatchedBy.URL, short=link.geturl()) if on_host(link.hostname, "v.douyin.com") else None


def sec_uid_in(link: SplitResult) -> str:
    """The sec_uid of a profile or share address, "" for others. Old share links have a number in the path: the query goes first."""
    if not on_host(link.hostname, "douyin.com", "iesdouyin.com"):
        return ""
    path = re.fullmatch(r"/(?:share/)?user/([^/]+)/?", link.path)
    if not path:
        return ""
    return next((text for text in (query_of(link.geturl()).get("sec_uid", ""), path[1]) if _SEC_UID.fullmatch(text)), "")


class ProfilePage(Surface):
    """www.douyin.com/user/SEC_UID."""

    name, label = "douyin.profile", "抖音主页"
    attested = Attested.RECORDED
    session = SessionUse.OPTIONAL
    shows = Shows.ALL_LOGGED_IN
    pace = Pace(every=30.0, jitter=10.0)
    url_keys = frozenset({"sec_uid", "sec_user_id", "max_cursor", "count"})

    def applies(self, account: Account) -> bool:
        return wanted(account.filed) is not None

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[Seen]:
        target = wanted(account.filed)
        if target is None or target.rival:
            raise NoEvidence("no usable id or link is filed" if target is None else f"the filed link leads to {target.rival}")
        async with tab.hearing(CALLED, WORKS) as hearing:
            sec_uid, html = await arrive(tab, target)
            sign = read_sign(html)
            profile = read_records(html, sec_uid) or await called(tab, hearing, sec_uid, sign)
            seen = replace(profile.seen, matched_by=target.by)
            if seen.outcome is not Outcome.OK:
                lacks_login(tab, sign is not False)
                yield seen
                return
            yield seen
            try:
                reply = await hearing.first(lambda reply: asks(reply, WORKS, sec_uid))
            except Changed as silence:
                raise await stalled(tab, sign) or silence from silence
            known, visitor = bool(tab.session) and sign is True, not tab.session or sign is False
            works = read_posts(payload_of(reply), profile.works, tab.now(), known=known, visitor=visitor)
            if not works.posts:
                lacks_login(tab, sign is not False)
            yield replace(works, matched_by=target.by)
            lacks_login(tab, sign is not False)


async def arrive(tab: Tab, target: Target) -> tuple[str, str]:
    """The account's page, a short link resolved by the site's own redirects: its sec_uid and its document."""
    html = await passed(tab, await tab.open(target.short or USER + target.sec_uid))
    here = urlsplit(tab.url)
    sec_uid = target.sec_uid or sec_uid_in(here)
    if not sec_uid:
        raise NoEvidence(f"the short link leads to {host_and_path(tab.url)}")
    if not on_host(here.hostname, "douyin.com") or sec_uid_in(here) != sec_uid:
        if not target.short:
            raise Changed(f"sent from the profile to {host_and_path(tab.url)}")
        html = await passed(tab, await tab.open(USER + sec_uid))
    return sec_uid, html


async def passed(tab: Tab, page: Reply) -> str:
    """The document, after the site's script challenge has let us through. `Captcha` where it stays."""
    html = page.text()
    if on_host(urlsplit(tab.url).hostname, "snssdk.com") or is_captcha(html):
        raise Captcha(f"check at {host_and_path(tab.url)}")
    if html.strip() and not is_challenge(html):
        page.good()
        return html
    ready = await tab.wait_for(READY, timeout=tab.timeouts.challenge)
    html = await tab.html()
    if is_captcha(html) or is_challenge(html):
        raise Captcha("the challenge stays")
    if not ready:
        page.good()
        raise RateLimited("an empty page")
    return html


async def called(tab: Tab, hearing: Hearing, sec_uid: str, sign: bool | None) -> Profile:
    """The profile from the page's own call, where the server gave no record; or the site's word, twice, that there is no such user."""
    if ABSENT not in await tab.text():
        try:
            reply = await hearing.first(lambda reply: asks(reply, CALLED, sec_uid))
        except Changed as silence:
            if ABSENT not in await tab.text():
                raise await stalled(tab, sign) or silence from silence
        else:
            profile = read_profile(payload_of(reply), sec_uid)
            if profile:
                return profile
            if not await tab.wait_for(SAYS_ABSENT, timeout=tab.timeouts.step):
                raise Changed(f"no user in {reply.text()[:200]}")
    if profile := read_records(await passed(tab, await tab.reload()), sec_uid):
        return profile
    if not await tab.wait_for(SAYS_ABSENT):
        raise await stalled(tab, sign) or Changed(f"{ABSENT} only once")
    return Profile(seen=Seen(outcome=Outcome.NOT_FOUND, detail=f"{ABSENT}, and no user in two loads"))


async def stalled(tab: Tab, sign: bool | None) -> Failure | None:
    """What the page shows instead of making its calls; None where nothing is recognised."""
    if await tab.evaluate("document.title") == "验证码中间页" or await tab.sees(CAPTCHA):
        return Captcha("check over the page")
    text = await tab.text()
    if "服务异常，请刷新重试" in text:
        return RateLimited("服务异常，请刷新重试")
    if sign is not True and _WALL.search(text):
        return LoginRequired("login wall in place of the list")
    return None


def asks(reply: Reply, path: str, sec_uid: str) -> bool:
    """Whether a reply answers the page's call for this account, first page."""
    query = query_of(reply.url)
    return bool(re.search(path, reply.path)) and query.get("sec_user_id") == sec_uid and query.get("max_cursor", "0") == "0"


def payload_of(reply: Reply) -> object:
    """The JSON of a reply. Anything else in its place, whatever its status, is how the site blocks."""
    if is_captcha(reply.text()):
        raise Captcha(f"check in place of {reply.path}")
    body = reply.good().body.strip()
    if body and not body.startswith((b"{", b"[")):
        raise RateLimited(f"no JSON from {reply.path}: {reply.text()[:80]}")
    return reply.json()


SCRAPER = Scraper(
    platform="douyin",
    surfaces=(ProfilePage(),),
    hosts=frozenset({"douyin.com", "iesdouyin.com", "snssdk.com"}),
    login_url="https://www.douyin.com/",
    heavy=frozenset({"*.douyinpic.com/*", "*.douyinvod.com/*"}),
)
