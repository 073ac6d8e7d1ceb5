"""How pages of Douyin are opened, and what they receive.

Short links, the script challenge, one more load after a refusal, further pages.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from mediawatch.domain import (
    Account,
    Captcha,
    Changed,
    Failure,
    LoginRequired,
    NoEvidence,
    Outcome,
    RateLimited,
)
from scrapers.browser.pool import Reply, ReplyWaiter, Tab
from scrapers.douyin.identity import Target, filed_sec_uid, sec_uid_in
from scrapers.douyin.posts import next_cursor, older_cursor
from scrapers.douyin.replies import (
    WORDS,
    Profile,
    is_captcha,
    is_challenge,
    read_profile,
    read_records,
    read_sign,
    read_words,
)
from scrapers.lists import PAGES_BACK, keep_earlier_pages
from scrapers.urls import asked_again, host_and_path, on_host, query_of

USER = "https://www.douyin.com/user/"
PROFILE = "https://www.douyin.com/aweme/v1/web/user/profile/other/"
CALLED = r"(^|\.)douyin\.com/aweme/v1/web/user/profile/other/?$"
WORKS = r"(^|\.)douyin\.com/aweme/v1/web/aweme/post/?$"
READY = "document.querySelector('#RENDER_DATA, [data-e2e=\"user-info\"]') || self.__pace_f"
SPEAKS = f"document.body && /{WORDS}/.test(document.body.innerText)"
CAPTCHA = (
    "#captcha_container, .captcha_verify_container, iframe[src*='captcha'], iframe[src*='/verify']"
)
BUSY = frozenset({403, 429})
"""Statuses that clear within seconds, as others report: worth one more load."""
_SIGNED = frozenset({"a_bogus", "X-Bogus", "msToken", "verifyFp", "fp", "_signature"})
_OF_LISTS = frozenset(
    {
        "max_cursor",
        "count",
        "locate_query",
        "need_time_list",
        "time_list_query",
        "show_live_replay_strategy",
        "from_user_page",
    }
)
_CONTENT = re.compile(r"/(?:user|video|note|search|jingxuan)(?:/|$)")
_CHECK = re.compile(
    r"(?:^|\.)snssdk\.com/|^(?:security|verify)\.|/[\w.-]*(?:captcha|verify)[\w.-]*(?:/|$)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^(?:sso|passport|login)\.|/[\w.-]*(?:passport|login|sso)[\w.-]*(?:/|$)", re.IGNORECASE
)
_WALL = re.compile(r"登录后查看更多作品|登录后免费畅享|扫码登录|打开抖音看更多内容")


@dataclass(slots=True)
class ProfileVisit:
    """One account's page under way: the document of its newest load, and the replies to it."""

    tab: Tab
    waiter: ReplyWaiter
    sec_uid: str
    html: str
    past: tuple[Reply, ...] = ()
    """Replies to the load before: they show another state of the login."""
    list_url: str = ""
    """The address at which the page asked for its list."""

    @property
    def sign(self) -> bool | None:
        """Whether this load knows the operator."""
        return read_sign(self.html)

    async def again(self) -> None:
        """Load the page once more."""
        self.past = self.waiter.all()
        self.html = await passed(self.tab, await self.tab.reload())

    async def answer(self, path: str) -> Reply:
        """The reply to the page's own call for this account.

        After 403 or 429 that of one more load, a pause later.
        """
        reply = await self._first(path)
        if reply.status not in BUSY:
            return reply
        await self.tab.pause()
        await self.again()
        return await self._first(path)

    async def _first(self, path: str) -> Reply:
        past = {id(reply) for reply in self.past}
        return await self.waiter.first(
            lambda reply: id(reply) not in past and asks(reply, path, self.sec_uid)
        )

    async def profile(self) -> Profile:
        """Read the profile from the server's record, else from the page's own call.

        Else from the site's word, said twice, that there is no such user.
        """
        if profile := read_records(self.html, self.sec_uid):
            return profile
        said = read_words(await self.tab.text())
        if said is None:
            try:
                reply = await self.answer(CALLED)
            except Changed as silence:
                said = read_words(await self.tab.text())
                if said is None:
                    raise await obstacle_on(self.tab, self.sign) or silence from silence
            else:
                if profile := read_profile(payload_of(reply), self.sec_uid):
                    return profile
                if not await self.tab.wait_for(SPEAKS, timeout=self.tab.timeouts.step):
                    raise Changed(f"no user in {reply.text()[:200]}")
                said = read_words(await self.tab.text())
        await self.again()
        if profile := read_records(self.html, self.sec_uid):
            return profile
        if (
            said is None
            or not await self.tab.wait_for(SPEAKS)
            or read_words(await self.tab.text()) != said
        ):
            raise await obstacle_on(self.tab, self.sign) or Changed(
                f"{said.detail if said else 'absence'} only once"
            )
        return Profile(seen=said)

    async def works(self) -> tuple[object, bool]:
        """The list call's answer, and whether it is the first page.

        An empty one that promises more is followed. Pages are stretches of time, so a quiet account
        has empty ones before its works.
        """
        try:
            reply = await self.answer(WORKS)
        except Changed as silence:
            raise await obstacle_on(self.tab, self.sign) or silence from silence
        try:
            payload, first = payload_of(reply), True
        except (
            RateLimited
        ) as blocked:  # a refusal while a check covers the page belongs to the check
            raise await obstacle_on(self.tab, self.sign) or blocked from blocked
        reached = None
        for _ in range(PAGES_BACK):
            cursor = next_cursor(payload)
            if cursor is None or (reached is not None and cursor >= reached):
                break
            reached = cursor
            await self.tab.pause()
            payload, first = payload_of(await self.tab.fetch(page_at(reply.url, cursor))), False
        self.list_url = reply.url
        return payload, first

    async def older(self, payload: object) -> AsyncIterator[object]:
        """Further pages of the list, as far back as the look needs them, or until one fails."""
        reached = None
        for _ in range(PAGES_BACK - 1):
            cursor = older_cursor(payload, self.tab.now(), self.tab.back_to, self.sec_uid)
            if cursor is None or (reached is not None and cursor >= reached):
                return
            reached = cursor
            await self.tab.pause()
            older = None
            with keep_earlier_pages(self.tab):
                older = payload_of(await self.tab.fetch(page_at(self.list_url, cursor)))
            if older is None:
                return
            payload = older
            yield payload


def page_at(url: str, cursor: int) -> str:
    """The list call's address for another page.

    Without the page's signature: the page signs its calls itself.
    """
    return asked_again(url, _SIGNED, max_cursor=cursor)


def works_call(url: str, sec_uid: str) -> str:
    """A page's own list call, for another account's first page."""
    return asked_again(url, _SIGNED, sec_user_id=sec_uid, max_cursor=0)


def profile_call(url: str, sec_uid: str) -> str:
    """The profile call that goes with it."""
    return asked_again(url, _SIGNED | _OF_LISTS, to=PROFILE, sec_user_id=sec_uid)


async def at_a_profile(tab: Tab, account: Account) -> str:
    """Open the account's own page until its script has signed a call; the address of its list call.

    `NoEvidence` where it has none.
    """
    sec_uid = filed_sec_uid(account.filed)
    if not sec_uid:
        raise NoEvidence("no usable id or link is filed")
    async with tab.listen_for(WORKS) as waiter:
        html = await open_page(tab, USER + sec_uid)
        if not is_profile(tab.url, sec_uid):
            raise Changed(f"sent from the profile to {host_and_path(tab.url)}")
        visit = ProfileVisit(tab, waiter, sec_uid, html)
        record = read_records(visit.html, visit.sec_uid)
        if (record and record.seen.outcome is not Outcome.OK) or read_words(await tab.text()):
            raise NoEvidence(
                "no profile to ask from"
            )  # it asks for no list, and waiting for one would hold up all others
        try:
            reply = await visit.answer(WORKS)
        except Changed as silence:
            raise await obstacle_on(tab, visit.sign) or NoEvidence(
                "the page asks for no list"
            ) from silence
        payload_of(reply)
        return reply.url


async def open_page(tab: Tab, url: str) -> str:
    """Open a page, once more where it was refused with 403 or 429.

    Gives the document behind the challenge.
    """
    page = await tab.open(url)
    if page.status in BUSY:
        await tab.pause()
        page = await tab.open(url)
    return await passed(tab, page)


async def arrive(tab: Tab, target: Target) -> tuple[str, str]:
    """The account's page: its sec_uid and its document.

    A short link is resolved by the site's own redirects.
    """
    html = await open_page(tab, target.short or USER + target.sec_uid)
    sec_uid = target.sec_uid or sec_uid_in(urlsplit(tab.url))
    if not sec_uid:
        raise NoEvidence(f"the short link leads to {host_and_path(tab.url)}")
    if not is_profile(tab.url, sec_uid):
        if not target.short:
            raise Changed(f"sent from the profile to {host_and_path(tab.url)}")
        html = await open_page(tab, USER + sec_uid)
    return sec_uid, html


def is_profile(url: str, sec_uid: str) -> bool:
    """Whether this is the account's page on douyin.com itself."""
    here = urlsplit(url)
    return on_host(here.hostname, "douyin.com") and sec_uid_in(here) == sec_uid


async def passed(tab: Tab, page: Reply) -> str:
    """The document, after the site's script challenge has let us through.

    `Captcha` where it stays.
    """
    html = page.text()
    if is_captcha(html):
        raise Captcha(f"check at {host_and_path(tab.url)}")
    if wall := wall_at(tab.url):
        raise wall
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


def wall_at(url: str) -> Failure | None:
    """The check or the login that an address stands for, by its host and path.

    None for a page of content.
    """
    here = host_and_path(url)
    if sec_uid_in(urlsplit(url)) or _CONTENT.search(here):
        return None
    if _CHECK.search(here):
        return Captcha(f"check at {here}")
    return LoginRequired(f"sent to {here}") if _LOGIN.search(here) else None


async def obstacle_on(tab: Tab, sign: bool | None) -> Failure | None:
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
    return (
        bool(re.search(path, reply.path))
        and query.get("sec_user_id") == sec_uid
        and query.get("max_cursor", "0") == "0"
    )


def payload_of(reply: Reply) -> object:
    """The JSON of a reply.

    Anything else in its place, whatever its status, is how the site blocks.
    """
    if is_captcha(reply.text()):
        raise Captcha(f"check in place of {reply.path}")
    body = reply.good().body.strip()
    if body and not body.startswith((b"{", b"[")):
        raise RateLimited(f"no JSON from {reply.path}: {reply.text()[:80]}")
    return reply.json()
