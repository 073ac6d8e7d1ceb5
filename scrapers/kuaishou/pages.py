"""How pages of Kuaishou are opened, and what they receive."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import urlsplit

from mediawatch.domain import Captcha, Changed, Failure, LoginRequired, NoEvidence, Unreachable
from scrapers.browser.pool import Reply, ReplyWaiter, Tab
from scrapers.kuaishou.identity import Target, user_id_in
from scrapers.kuaishou.replies import read_sign
from scrapers.urls import host_and_path, on_host

USER = "https://www.kuaishou.com/profile/"
LISTS = r"^www\.kuaishou\.com/rest/v/profile/feed/?$"
OPERATOR = r"^www\.kuaishou\.com/rest/v/profile/get/?$"
FOUND = r"^www\.kuaishou\.com/rest/v/search/user/?$"
CAPTCHA_CALL = r"^captcha\.zt\.kuaishou\.com/(?!.*\.js$)|/rest/infra/captcha"
CAPTCHA_FRAME = "iframe[src*='captcha.zt.kuaishou.com']"
STATE = """Object.values(window.INIT_STATE || {})
  .filter((each) => each && typeof each === 'object' && 'userProfile' in each)"""
"""The keys are scrambled paths of requests: an entry is known by what it holds."""
_LOGIN = re.compile(r"^(?:passport|id)\.kuaishou\.com/|/[\w.-]*(?:passport|login)[\w.-]*(?:/|$)")
_DOWN = "window.scrollTo(0, document.documentElement.scrollHeight)"
_SCROLLS = 5
"""How often the page is scrolled down within the time limit for a reply."""


async def arrive(tab: Tab, target: Target) -> str:
    """Open the account's page; gives its id. A short link is resolved by the site's redirects."""
    user_id = target.user_id
    if not user_id:
        page = await tab.open(target.short)
        refuse_wall(tab.url)
        page.good()
        user_id = user_id_in(urlsplit(tab.url))
        if not user_id:
            raise NoEvidence(f"the short link leads to {host_and_path(tab.url)}")
    page = await tab.open(USER + user_id)
    refuse_wall(tab.url)
    page.good()
    if not is_profile(tab.url, user_id):
        raise Changed(f"sent from the profile to {host_and_path(tab.url)}")
    return user_id


def is_profile(url: str, user_id: str) -> bool:
    """Whether this is the account's page on the site itself."""
    here = urlsplit(url)
    return here.hostname == "www.kuaishou.com" and user_id_in(here) == user_id


def refuse_wall(url: str) -> None:
    """Raise where an address stands for the site's check or its login."""
    here = host_and_path(url)
    if on_host(urlsplit(url).hostname, "captcha.zt.kuaishou.com") or "/rest/infra/captcha" in here:
        raise Captcha(f"check at {here}")
    if _LOGIN.search(here):
        raise LoginRequired(f"sent to {here}")


async def refuse_captcha(tab: Tab, waiter: ReplyWaiter) -> None:
    """Raise where the page called the service of the check, or shows it."""
    called = any(re.search(CAPTCHA_CALL, host_and_path(url)) for url in waiter.requested)
    if called or await tab.sees(CAPTCHA_FRAME):
        raise Captcha("a check over the page")


async def answer_of(tab: Tab, waiter: ReplyWaiter, path: str, **asked: str) -> object:
    """The JSON of the page's own call whose request carried these fields.

    Many calls post to one address, so the reply alone does not say what it answers.
    """
    try:
        return (await waiter.first(lambda reply: carried(reply, path, asked))).json()
    except Failure:
        with suppress(Unreachable):
            await refuse_captcha(tab, waiter)
        raise


def carried(reply: Reply, path: str, asked: dict[str, str]) -> bool:
    """Whether a reply answers a call to this path that carried these fields."""
    fields = reply.asked_fields
    return bool(re.search(path, reply.path)) and all(
        fields.get(key) == value for key, value in asked.items()
    )


async def older_page(tab: Tab, waiter: ReplyWaiter, user_id: str, cursor: str) -> object:
    """The JSON of the page's own next call, made when the page is scrolled down.

    It must go on where the list before it ended: a later one would leave a hole.
    """
    asked = {"user_id": user_id, "pcursor": cursor}

    def following(reply: Reply) -> bool:
        return carried(reply, LISTS, asked)

    limit = tab.timeouts.reply / _SCROLLS
    for _ in range(_SCROLLS - 1):
        await tab.evaluate(_DOWN)
        # Earlier works may not stand on the page yet: then there was nowhere to go on from.
        with suppress(Changed, Unreachable):
            return (await waiter.first(following, timeout=limit)).json()
    await tab.evaluate(_DOWN)
    return (await waiter.first(following, timeout=limit)).json()


async def see_sign(tab: Tab, waiter: ReplyWaiter) -> bool | None:
    """Whether the page knows the operator, by its own call; None where it does not say.

    Not waited for without a login: then it cannot say yes.
    """
    if not tab.session:
        return None
    with suppress(Failure):
        reply = await waiter.first(lambda reply: bool(re.search(OPERATOR, reply.path)))
        return read_sign(reply.json())
    return None
