"""示例号 (www.posts.example): a made-up site.

Its profile page lists every post, newest first, to every visitor: it proves fresh and stale.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from mediawatch.domain import (
    Account,
    Attestation,
    Captcha,
    Changed,
    MatchedBy,
    Outcome,
    Pace,
    PayloadFacts,
    Post,
    RateLimited,
)
from mediawatch.domain.clock import CLOCK_SKEW, EVER, day_of, from_epoch
from scrapers.browser.pool import Tab
from scrapers.lists import complete_back_to
from scrapers.surface import Scraper, SessionUse, Shows, Surface
from scrapers.urls import query_of


class Profile(Surface):
    """/u/ID: the page asks /api/user and /api/posts by itself; both replies are read."""

    name, label = "shili.profile", "示例号主页"
    attested, session, shows = Attestation.DESCRIBED, SessionUse.VISITOR, Shows.ALL
    pace = Pace(every=4.0, jitter=2.0)
    url_keys = frozenset({"id"})

    def applies(self, account: Account) -> bool:
        return account.filed.platform_id.isalnum()

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        uid = account.filed.platform_id
        async with (
            tab.listen_for(r"^www\.posts\.example/api/user$") as users,
            tab.listen_for(r"^www\.posts\.example/api/posts$") as lists,
        ):
            (await tab.open(f"https://www.posts.example/u/{uid}")).good()
            user = read_user(
                (await users.first(lambda reply: query_of(reply.url).get("id") == uid)).json(), uid
            )
            yield user
            if user.outcome is Outcome.OK:
                yield read_posts(
                    (await lists.first(lambda reply: query_of(reply.url).get("id") == uid)).json(),
                    tab.now(),
                )


def read_user(payload: object, uid: str) -> PayloadFacts:
    match payload:
        case {"code": 0, "user": {"id": str(own), "name": str(name), "body": str(body)}} if (
            own == uid
        ):
            return PayloadFacts(
                name=name, platform_id=own, verified_as=body, matched_by=MatchedBy.ID
            )
        case {"code": 404, "message": "用户不存在"}:
            return PayloadFacts(
                outcome=Outcome.NOT_FOUND, matched_by=MatchedBy.ID, detail="用户不存在"
            )
        case {"code": 429}:
            raise RateLimited("code 429")
        case {"code": 430}:
            raise Captcha("code 430")
    raise Changed(payload)  # another account's reply too


def read_posts(payload: object, now: datetime) -> PayloadFacts:
    match payload:
        case {"code": 0, "total": 0, "posts": []}:
            return PayloadFacts(outcome=Outcome.NO_POSTS, matched_by=MatchedBy.ID, detail="total 0")
        case {"code": 0, "total": int(total), "posts": [_, *_] as items}:
            dated = [(from_epoch(item["at"]), item) for item in items]
            posts = [
                Post(id=item["id"], at=at, on=day_of(at), pinned=item["pinned"])
                for at, item in dated
                if at <= now + CLOCK_SKEW
            ]
            whole = EVER if len(items) >= total else complete_back_to(posts)
            return PayloadFacts(
                posts=tuple(posts),
                matched_by=MatchedBy.ID,
                complete_since=whole if len(posts) == len(items) else None,
            )
    raise Changed(payload)  # an empty list beside a count is how sites block


SCRAPER = Scraper(platform="shili", surfaces=(Profile(),), hosts=frozenset({"posts.example"}))
