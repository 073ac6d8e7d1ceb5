"""How pages of Douyin are opened, and what they receive.

Short links, the script challenge, one more load after a refusal.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from mediawatch.domain import Captcha, Changed, Failure, LoginRequired, NoEvidence, RateLimited
from scrapers.browser.pool import Reply, Tab
from scrapers.douyin.identity import Target, sec_uid_in
from scrapers.douyin.replies import WORDS, is_captcha, is_challenge
from scrapers.urls import host_and_path, on_host

USER = "https://www.douyin.com/user/"
READY = "document.querySelector('#RENDER_DATA, [data-e2e=\"user-info\"]') || self.__pace_f"
SPEAKS = f"document.body && /{WORDS}/.test(document.body.innerText)"
CAPTCHA = (
    "#captcha_container, .captcha_verify_container, iframe[src*='captcha'], iframe[src*='/verify']"
)
BUSY = frozenset({403, 429})
"""Statuses that clear within seconds, as others report: worth one more load."""
_CONTENT = re.compile(r"/(?:user|video|note|search|jingxuan)(?:/|$)")
_CHECK = re.compile(
    r"(?:^|\.)snssdk\.com/|^(?:security|verify)\.|/[\w.-]*(?:captcha|verify)[\w.-]*(?:/|$)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^(?:sso|passport|login)\.|/[\w.-]*(?:passport|login|sso)[\w.-]*(?:/|$)", re.IGNORECASE
)
_WALL = re.compile(r"登录后查看更多作品|登录后免费畅享|扫码登录|打开抖音看更多内容")


async def open_page(tab: Tab, url: str) -> str:
    """Open a page, once more where it was refused with 403 or 429.

    Gives the document behind the challenge.
    """
    page = await tab.open(url)
    if page.status in BUSY:
        await tab.pause()
        page = await tab.open(url)
    return await pass_challenge(tab, page)


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


async def pass_challenge(tab: Tab, page: Reply) -> str:
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
