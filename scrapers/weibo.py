"""新浪微博: the mobile profile (visitor or session, part of the posts) and the desktop profile (session, all posts).

Identity is the uid; names and custom domains change hands. Both pages are opened as a reader opens them, and the replies to their own
calls are read. On the desktop site only the page's own knowledge of the operator makes a list complete, never the stored session.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, quote, unquote, urlsplit

from mediawatch.domain import Account, Attested, Changed, Filed, LoginRequired, MatchedBy, NoEvidence, Outcome, Pace, Seen
from scrapers.base import Scraper, SessionUse, Shows, Surface, lacks_login, link_in, on_host, query_of
from scrapers.browser import Hearing, Reply, Tab, host_and_path
from scrapers.weibo_replies import Profile, read_feed, read_mobile_feed, read_mobile_profile, read_profile, read_sorry, wall

DESKTOP, MOBILE = "https://weibo.com", "https://m.weibo.cn"
INDEX = "m.weibo.cn/api/container/getIndex"
INFO, LIST = "weibo.com/ajax/profile/info", "weibo.com/ajax/statuses/mymblog"
VIEWER = "(() => { const user = (window.$CONFIG || {}).user; return user ? String(user.idstr || user.id || '') : ''; })()"

MOVED_ON = "location.hostname !== 't.cn' && document.readyState !== 'loading'"
PASSED = "!/passport/.test(location.hostname) && document.readyState !== 'loading'"

_UID = re.compile(r"[1-9]\d{4,10}")
"""Accounts have up to 11 digits (mostly 10); the site gives its visitors numbers of 13."""
_PAGE_ID = re.compile(r"\d{6}([1-9]\d{9})")
_CUSTOM = re.compile(r"[A-Za-z0-9_-]{2,}")
_RESERVED = frozenset({"u", "n", "p", "ajax", "home", "hot", "login", "newlogin", "search", "sorry", "tv", "ttarticle"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which account to open, and on what ground it is the filed one: by uid, custom domain, name or short link."""

    by: MatchedBy
    uid: str = ""
    custom: str = ""
    name: str = ""
    short: str = ""

    def page(self, site: str) -> str:
        if self.uid:
            return f"{site}/u/{self.uid}"
        return f"{site}/n/{quote(self.name, safe='')}" if self.name else f"{DESKTOP}/{self.custom}"


def wanted(filed: Filed) -> Target:
    """The filed id, else the filed link, else the name's own page. `NoEvidence` where id and link tell of two accounts."""
    linked = linked_to(link_in(filed.url))
    filed_id = filed.platform_id.strip()
    if _UID.fullmatch(filed_id):
        if linked and linked.uid and linked.uid != filed_id:
            raise NoEvidence(f"the filed id is {filed_id}, the filed link leads to {linked.uid}")
        return Target(by=MatchedBy.ID, uid=filed_id)
    if linked:
        return linked
    if not filed.name.strip():
        raise NoEvidence("neither id nor link nor name is filed")
    return Target(by=MatchedBy.NAME, name=filed.name.strip())


def linked_to(link: SplitResult) -> Target | None:
    """What a Weibo address says about whose page it is; None for every other address."""
    if on_host(link.hostname, "t.cn"):
        return Target(by=MatchedBy.URL, short=link.geturl())
    if not on_host(link.hostname, "weibo.com", "weibo.cn"):
        return None
    match [unquote(part) for part in link.path.split("/") if part]:
        case ["u" | "profile", uid, *_] if _UID.fullmatch(uid):
            return Target(by=MatchedBy.URL, uid=uid)
        case ["p", page, *_] if found := _PAGE_ID.fullmatch(page):
            return Target(by=MatchedBy.URL, uid=found[1])
        case ["n", name]:
            # Whoever bears the name today: no better ground than the name itself.
            return Target(by=MatchedBy.NAME, name=name)
        case [uid, *_] if _UID.fullmatch(uid):
            return Target(by=MatchedBy.URL, uid=uid)
        case [custom] if on_host(link.hostname, "weibo.com") and _CUSTOM.fullmatch(custom) and custom.lower() not in _RESERVED:
            return Target(by=MatchedBy.URL, custom=custom)
    return None


def tie(profile: Profile, target: Target) -> Seen:
    """The profile's facts as facts about the target. `Changed` for another account's reply; a name or custom domain proves no absence."""
    seen = profile.seen
    if target.uid and seen.platform_id and seen.platform_id != target.uid:
        raise Changed(f"asked for uid {target.uid}, got {seen.platform_id}")
    if target.custom and profile.domain and profile.domain.casefold() != target.custom.casefold():
        raise Changed(f"asked for domain {target.custom}, got {profile.domain}")
    if target.by is MatchedBy.NAME and seen.name and _fold(seen.name) != _fold(target.name):
        raise NoEvidence(f"{target.name} leads to {seen.name} (uid {seen.platform_id})")
    if seen.outcome.negative and (target.by is MatchedBy.NAME or (target.custom and seen.outcome is Outcome.NOT_FOUND)):
        raise NoEvidence(f"{target.name or target.custom}: {seen.detail}")
    return replace(seen, matched_by=target.by)


def vouched(profile: Profile, target: Target, filed: Filed) -> bool:
    """Found by name alone, an account is surely the filed one only where the platform's 认证说明 names the organiser."""
    return target.by is not MatchedBy.NAME or bool(filed.organiser and _fold(filed.organiser) in _fold(profile.verified_reason))


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class MobileProfile(Surface):
    """m.weibo.cn/u/UID. Hides posts from visitors, some also from sessions: a fresh date is proof, an old one never."""

    name, label = "weibo.mobile", "微博手机版主页"
    attested = Attested.RECORDED
    session = SessionUse.OPTIONAL
    shows = Shows.SOME
    pace = Pace(every=3.0, jitter=2.0)
    url_keys = frozenset({"type", "value", "containerid", "page"})

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[Seen]:
        visitor = not tab.session
        async with tab.hearing(INDEX, INFO) as hearing:
            target = await resolved(tab, hearing, wanted(account.filed))
            await arrive(tab, target.page(MOBILE))
            uid = target.uid or await self.bearer(tab)
            reply = await heard(
                tab,
                hearing,
                lambda reply: asks(reply, INDEX, value=uid, containerid="") or asks(reply, INDEX, containerid=f"100505{uid}"),
            )
            profile = read_mobile_profile(payload_of(reply), visitor=visitor)
            yield tie(profile, replace(target, uid=uid))
            feeds = (profile.feed or f"107603{uid}", f"107603{uid}", f"230413{uid}", f"230413{uid}_-_WEIBO_SECOND_PROFILE_WEIBO")
            reply = await heard(tab, hearing, lambda reply: asks(reply, INDEX, containerid=feeds, page=("", "1"), since_id=""))
            seen = read_mobile_feed(payload_of(reply), uid, profile.statuses, tab.now(), visitor=visitor)
            yield tie(Profile(seen=seen), target)

    async def bearer(self, tab: Tab) -> str:
        """The uid to which m.weibo.cn/n/NAME moved on. 用户不存在 says that nobody bears the name, not that the account is gone."""
        landed = linked_to(urlsplit(tab.url))
        if landed and landed.uid:
            return landed.uid
        if "用户不存在" in await tab.text():
            raise NoEvidence("用户不存在: nobody bears this name")
        raise Changed(f"/n/NAME leads to {host_and_path(tab.url)}")


class DesktopProfile(Surface):
    """weibo.com/u/UID with the operator's login: the whole list, newest included."""

    name, label = "weibo.desktop", "微博网页版主页(登录)"
    attested = Attested.RECORDED
    session = SessionUse.REQUIRED
    shows = Shows.ALL_LOGGED_IN
    pace = Pace(every=6.0, jitter=3.0)
    url_keys = frozenset({"uid", "custom", "screen_name", "page", "feature", "usernotexists", "pagenotfound", "userblock", "msg"})

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[Seen]:
        async with tab.hearing(INFO, LIST) as hearing:
            target = wanted(account.filed)
            target = await resolved(tab, hearing, target) if target.short else target
            await arrive(tab, target.page(DESKTOP))
            profile = await self.profile(tab, hearing, target)
            seen = tie(profile, target)
            if seen.outcome is not Outcome.OK:
                lacks_login(tab, await knows_operator(tab))
                yield seen
                return
            yield seen
            known = await knows_operator(tab)
            uid = seen.platform_id
            reply = await heard(tab, hearing, lambda reply: asks(reply, LIST, uid=uid, page=("", "1"), feature=("", "0"), since_id=""))
            feed = tie(Profile(seen=read_feed(payload_of(reply), uid, profile.statuses, tab.now())), target)
            if not feed.posts:  # what a stranger is not shown says nothing
                lacks_login(tab, known)
            yield feed if known and vouched(profile, target, account.filed) else replace(feed, complete_since=None)
            lacks_login(tab, known)

    async def profile(self, tab: Tab, hearing: Hearing, target: Target) -> Profile:
        if urlsplit(tab.url).path.startswith("/sorry"):
            return Profile(seen=read_sorry(tab.url))
        reply = await heard(tab, hearing, lambda reply: asks_profile(reply, target, tab.url))
        if reply.status == 403:  # since 2025-12 also the answer to whoever is not logged in
            lacks_login(tab, await knows_operator(tab))
        return read_profile(payload_of(reply))


async def resolved(tab: Tab, hearing: Hearing, target: Target) -> Target:
    """Short links and custom domains, to a uid by the site's own redirect, else by the profile reply of the page."""
    if not target.short and not target.custom:
        return target
    await arrive(tab, target.short or target.page(DESKTOP))
    landed = linked_to(urlsplit(tab.url))
    if landed and landed.uid:
        return replace(target, uid=landed.uid)
    if target.short and landed and landed.custom:
        target = replace(target, custom=landed.custom)
    elif target.short:
        raise NoEvidence(f"the short link leads to {host_and_path(tab.url)}")
    seen = tie(read_profile(payload_of(await heard(tab, hearing, lambda reply: asks_profile(reply, target, tab.url)))), target)
    if not seen.platform_id:
        raise NoEvidence(f"{target.custom}: {seen.detail}")
    return replace(target, uid=seen.platform_id)


async def arrive(tab: Tab, url: str) -> None:
    """Open a page; let a short link lead on, and the visitor system, where it steps in between, lead back. Raises what `wall` sees."""
    await tab.open(url)
    if on_host(urlsplit(tab.url).hostname, "t.cn"):
        await tab.wait_for(MOVED_ON, timeout=tab.timeouts.challenge)
    if "/visitor/" in tab.url and not await tab.wait_for(PASSED, timeout=tab.timeouts.challenge):
        raise LoginRequired("Sina Visitor System does not let us pass")
    text = await tab.text() if tab.status >= 400 else ""
    if stopped := wall(tab.url, tab.status, text):
        raise stopped
    if tab.status >= 400:
        raise Changed(f"HTTP {tab.status} at {host_and_path(tab.url)}")


async def heard(tab: Tab, hearing: Hearing, where: Callable[[Reply], bool]) -> Reply:
    """The reply to a call of the page; where none comes, what the page shows instead (login, check, throttling)."""
    try:
        return await hearing.first(where)
    except Changed as silence:
        text = f"{await tab.evaluate('document.title')}\n{await tab.text()}"
        raise wall(tab.url, tab.status, text) or silence from silence


def asks(reply: Reply, path: str, **query: str | tuple[str, ...]) -> bool:
    """Whether a reply answers this call with these query values ("" = may be left out)."""
    asked = query_of(reply.url)
    return reply.path == path and all(
        asked.get(key, "") in (values if isinstance(values, tuple) else (values,)) for key, values in query.items()
    )


def asks_profile(reply: Reply, target: Target, here: str) -> bool:
    """Whether a reply answers the page's question who the target is. The page may have learnt the uid first and ask by it."""
    landed = linked_to(urlsplit(here))
    known = {"uid": target.uid or (landed.uid if landed else ""), "custom": target.custom, "screen_name": target.name}
    asked = query_of(reply.url)
    return reply.path == INFO and any(value and asked.get(key) == value for key, value in known.items())


def payload_of(reply: Reply) -> object:
    """The JSON of a reply; a page in its place is read as the wall it is (the limit's own page came with several statuses)."""
    if reply.body.lstrip()[:1] not in (b"{", b"["):
        stopped = wall(reply.url, reply.status, reply.text())
        if stopped:
            raise stopped
    return reply.json()


async def knows_operator(tab: Tab) -> bool:
    """The site's own sign in this page: the viewer of the shell, else the answer of the profile call without arguments."""
    viewer = await tab.evaluate(VIEWER)
    if isinstance(viewer, str) and viewer:
        return bool(_UID.fullmatch(viewer))
    match (await tab.fetch(f"https://{INFO}")).json():
        case {"message": str(said)} | {"msg": str(said)}:
            return "缺少必要参数" in said
    return False


SCRAPER = Scraper(
    platform="weibo",
    surfaces=(MobileProfile(), DesktopProfile()),
    hosts=frozenset({"weibo.com", "weibo.cn", "t.cn", "sina.com.cn", "sina.cn"}),
    login_url=f"{DESKTOP}/login.php",
    login_pages=(f"{MOBILE}/",),
)
