"""How pages of Weibo are opened, and what they receive.

Short links, the visitor system, the replies to the pages' own calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlencode, urljoin, urlsplit

from mediawatch.domain import (
    Captcha,
    Changed,
    Failure,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    PayloadFacts,
    RateLimited,
)
from mediawatch.names import same
from scrapers.browser.pool import Reply, ReplyWaiter, Tab
from scrapers.browser.shared_pages import PageCalls
from scrapers.lists import PAGES_BACK, keep_earlier_pages, needs_older_page
from scrapers.urls import host_and_path, on_host, query_of
from scrapers.weibo.desktop_replies import read_profile, read_sorry
from scrapers.weibo.identity import DESKTOP, UID, Target, match_to_filed, target_in
from scrapers.weibo.posts import join_pages, leads_on, own_posts
from scrapers.weibo.replies import Profile, wall

INDEX = "m.weibo.cn/api/container/getIndex"
INFO, LIST = "weibo.com/ajax/profile/info", "weibo.com/ajax/statuses/mymblog"
VIEWER = (
    "(() => { const user = (window.$CONFIG || {}).user; return user ? String(user.idstr || "
    "user.id || '') : ''; })()"
)

MOVED_ON = "location.hostname !== 't.cn' && document.readyState !== 'loading'"
GEETEST = "iframe[src*='geetest'], .geetest_panel"
PASSWORD = "input[type='password']"
PASSED = "!/passport/.test(location.hostname) && document.readyState !== 'loading'"

PAGES = 3
"""Pages of a list to read until one shows a dated post of the account's own."""


async def resolve(tab: Tab, waiter: ReplyWaiter, target: Target) -> Target:
    """Short links and custom domains: the site's own redirect leads to the uid, else the profile
    reply of the page.
    """
    if not target.short and not target.custom:
        return target
    await arrive(tab, target.short or target.page(DESKTOP))
    landed = target_in(urlsplit(tab.url))
    if landed and landed.uid:
        return replace(target, uid=landed.uid)
    if target.short and landed and landed.custom:
        target = replace(target, custom=landed.custom)
    elif target.short:
        raise NoEvidence(f"the short link leads to {host_and_path(tab.url)}")
    seen = match_to_filed(
        read_profile(
            payload_of(
                await await_reply(tab, waiter, lambda reply: asks_profile(reply, target, tab.url))
            )
        ),
        target,
    )
    if not seen.platform_id:
        raise NoEvidence(f"{target.custom}: {seen.detail}")
    return replace(target, uid=seen.platform_id)


async def arrive(tab: Tab, url: str) -> None:
    """Open a page.

    Let short links lead on, and the visitor system, where it comes first, lead back.

    Raises what `wall` sees.
    """
    await tab.open(url)
    if on_host(urlsplit(tab.url).hostname, "t.cn"):
        await tab.wait_for(MOVED_ON, timeout=tab.timeouts.challenge)
    if "/visitor/" in tab.url and not await tab.wait_for(PASSED, timeout=tab.timeouts.challenge):
        raise LoginRequired("Sina Visitor System does not let us pass")
    text = await tab.text() if tab.status >= 400 else ""
    if stopped := wall(tab.url, tab.status, text):
        raise await login_trouble(tab, tab.status, url) or stopped
    if tab.status >= 400:
        raise Changed(f"HTTP {tab.status} at {host_and_path(tab.url)}")


async def bearer_of_name(tab: Tab) -> str:
    """The uid to which m.weibo.cn/n/NAME moved on.

    用户不存在 says that no account bears the name, not that the account is gone.
    """
    landed = target_in(urlsplit(tab.url))
    if landed and landed.uid:
        return landed.uid
    if "用户不存在" in await tab.text():
        raise NoEvidence("用户不存在: no account bears this name")
    raise Changed(f"/n/NAME leads to {host_and_path(tab.url)}")


@contextmanager
def named_as(bearer: str) -> Iterator[None]:
    """Any failure within keeps the name that led to an account; "" keeps none."""
    try:
        yield
    except Failure as failure:
        failure.name = failure.name or bearer
        raise


async def desktop_profile(tab: Tab, waiter: ReplyWaiter, target: Target) -> Profile:
    """Who the page that was opened is about: its own reply, or the words of its address."""
    if urlsplit(tab.url).path.startswith("/sorry"):
        return Profile(seen=read_sorry(tab.url))
    reply = await await_reply(tab, waiter, lambda reply: asks_profile(reply, target, tab.url))
    if reply.status == 403:  # since 2025-12 also the answer to a visitor
        tab.require_login(await knows_operator(tab))
    return read_profile(payload_of(reply))


async def see_name(tab: Tab, name: str) -> PayloadFacts:
    """The account to which weibo.com/n/NAME leads, tied to nothing; no name where nobody bears it."""
    target = Target(by=MatchedBy.NAME, name=name)
    async with tab.listen_for(INFO) as waiter:
        await arrive(tab, target.page(DESKTOP))
        seen = (await desktop_profile(tab, waiter, target)).seen
    if seen.outcome is Outcome.NOT_FOUND:
        return PayloadFacts(detail=f"/n/NAME: {seen.detail}")
    detail = f"the filed name's own page is that of another id: {seen.platform_id or seen.detail}"
    outcome = Outcome.OK if same(seen.name, name) else Outcome.NO_EVIDENCE
    return PayloadFacts(outcome=outcome, name=seen.name or name, detail=detail)


async def await_reply(tab: Tab, waiter: ReplyWaiter, where: Callable[[Reply], bool]) -> Reply:
    """The reply to a call of the page.

    Where none comes, what the page shows instead (login, check, throttling).
    """
    try:
        return await waiter.first(where)
    except Changed as silence:
        raise await obstacle_on(tab) or silence from silence


async def obstacle_on(tab: Tab) -> Failure | None:
    """What the page shows in place of its content: login, check, throttling.

    None where nothing is recognised.
    """
    if await tab.sees(GEETEST):
        return Captcha("check over the page")
    if stopped := wall(
        tab.url, tab.status, f"{await tab.evaluate('document.title')}\n{await tab.text()}"
    ):
        return stopped
    return (
        LoginRequired(f"a login form at {host_and_path(tab.url)}")
        if await tab.sees(PASSWORD)
        else None
    )


async def login_trouble(tab: Tab | PageCalls, status: int, url: str) -> LoginRequired | None:
    """HTTP 432 answers a request without a SUB cookie: a login is missing, and nothing is
    throttled.
    """
    return (
        LoginRequired("HTTP 432 without a SUB cookie")
        if status == 432 and not await tab.carries("SUB", url)
        else None
    )


async def answer_of(tab: Tab | PageCalls, reply: Reply) -> object:
    """The JSON of a reply; as `payload_of`."""
    try:
        return payload_of(reply)
    except RateLimited as limit:
        raise await login_trouble(tab, reply.status, reply.url) or limit from limit


async def read_on(
    tab: Tab | PageCalls, payload: object, uid: str, further: Callable[[object, int], str]
) -> object:
    """A list with its next pages.

    It goes on while no page has a dated post of the account's own, and as far back as the look
    needs. `further` gives the addresses of the pages.
    """
    number = 1
    while number < PAGES and leads_on(payload, uid, tab.now()):
        number += 1
        await tab.pause()
        payload = join_pages(payload, payload_of(await tab.fetch(further(payload, number))))
    if tab.back_to is None:
        return payload
    with keep_earlier_pages(tab):
        while number < PAGES_BACK and needs_older_page(
            own_posts(payload, uid, tab.now()), tab.back_to
        ):
            number += 1
            await tab.pause()
            older = payload_of(await tab.fetch(further(payload, number)))
            if not own_posts(older, uid, tab.now()):
                break  # the end, or a refusal
            payload = join_pages(payload, older)
    return payload


def mobile_call(uid: str, container: str = "") -> str:
    """The address by which m.weibo.cn's own page asks who an account is, or for a list of it."""
    return f"https://{INDEX}?{urlencode({'type': 'uid', 'value': uid} | ({'containerid': container} if container else {}))}"


def next_mobile(first: Reply, number: int) -> str:
    """The address of a further page of m.weibo.cn's list."""
    query = {
        key: value
        for key, value in query_of(first.url).items()
        if key in ("type", "value", "containerid")
    }
    return f"https://{INDEX}?{urlencode({**query, 'page': number})}"


def next_desktop(uid: str, payload: object, number: int) -> str:
    """The address of a further page of weibo.com's list; the list itself says from where on."""
    query: dict[str, object] = {"uid": uid, "page": number, "feature": 0}
    match payload:
        case {"data": {"since_id": str() | int() as since}} if since:
            query["since_id"] = since
    return f"https://{LIST}?{urlencode(query)}"


def asks(reply: Reply, path: str, **query: str | tuple[str, ...]) -> bool:
    """Whether a reply answers this call with these query values ("" = may be left out)."""
    asked = query_of(reply.url)
    return reply.path == path and all(
        asked.get(key, "") in (values if isinstance(values, tuple) else (values,))
        for key, values in query.items()
    )


def asks_profile(reply: Reply, target: Target, here: str) -> bool:
    """Whether a reply answers the page's question who the target is.

    The page may have learnt the uid first and ask by it.
    """
    landed = target_in(urlsplit(here))
    known = {
        "uid": target.uid or (landed.uid if landed else ""),
        "custom": target.custom,
        "screen_name": target.name,
    }
    asked = query_of(reply.url)
    return reply.path == INFO and any(
        value and asked.get(key) == value for key, value in known.items()
    )


def payload_of(reply: Reply) -> object:
    """The JSON of a reply; a page in its place is read as the wall it is.

    The limit's own page came with several statuses.
    """
    if reply.body.lstrip()[:1] not in (b"{", b"["):
        stopped = wall(urljoin(reply.url, reply.location), reply.status, reply.text())
        if stopped:
            raise stopped
    return reply.json()


async def knows_operator(tab: Tab) -> bool:
    """Whether the site itself shows in this page that it knows the operator.

    The sign is the viewer of the shell. Without one it is the answer of the profile call without
    arguments.
    """
    viewer = await tab.evaluate(VIEWER)
    if isinstance(viewer, str) and viewer:
        return bool(UID.fullmatch(viewer))
    match (await tab.fetch(f"https://{INFO}")).json():
        case {"message": str(said)} | {"msg": str(said)}:
            return "缺少必要参数" in said
    return False
