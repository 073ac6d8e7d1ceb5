"""One visit to a profile page of Douyin: who it is, its list, older pages of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from mediawatch.domain import Account, Changed, NoEvidence, Outcome, RateLimited
from scrapers.browser.pool import Reply, ReplyWaiter, Tab
from scrapers.douyin.identity import filed_sec_uid
from scrapers.douyin.pages import (
    BUSY,
    SPEAKS,
    USER,
    is_profile,
    obstacle_on,
    open_page,
    pass_challenge,
    payload_of,
)
from scrapers.douyin.posts import next_cursor, older_cursor
from scrapers.douyin.replies import Profile, read_profile, read_records, read_sign, read_words
from scrapers.lists import PAGES_BACK, keep_earlier_pages
from scrapers.urls import host_and_path, query_of, repeat_call

PROFILE = "https://www.douyin.com/aweme/v1/web/user/profile/other/"
CALLED = r"(^|\.)douyin\.com/aweme/v1/web/user/profile/other/?$"
WORKS = r"(^|\.)douyin\.com/aweme/v1/web/aweme/post/?$"
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
        self.html = await pass_challenge(self.tab, await self.tab.reload())

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
        """Read the profile: from the server's record, or from the page's own call.

        Without both it is read from the site's word, said twice, that there is no such user.
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
    return repeat_call(url, _SIGNED, max_cursor=cursor)


def works_call(url: str, sec_uid: str) -> str:
    """A page's own list call, for another account's first page."""
    return repeat_call(url, _SIGNED, sec_user_id=sec_uid, max_cursor=0)


def profile_call(url: str, sec_uid: str) -> str:
    """The profile call that goes with it."""
    return repeat_call(url, _SIGNED | _OF_LISTS, to=PROFILE, sec_user_id=sec_uid)


async def enter_profile(tab: Tab, account: Account) -> str:
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


def asks(reply: Reply, path: str, sec_uid: str) -> bool:
    """Whether a reply answers the page's call for this account, first page."""
    query = query_of(reply.url)
    return (
        bool(re.search(path, reply.path))
        and query.get("sec_user_id") == sec_uid
        and query.get("max_cursor", "0") == "0"
    )
