"""The demonstration's stand-in of the sites: a world behind a local proxy, and the app over it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mediawatch.app.root import App, host_clock, open_app
from mediawatch.app.wiring import Route
from mediawatch.domain import Canary, UserError
from mediawatch.domain.clock import day_end, day_of
from mediawatch.ops.settings import Home
from mediawatch.ports import Clock, PhoneView, Stage

if TYPE_CHECKING:
    from scrapers.replica.truth import TrueAccount
    from scrapers.replica.world import World

DEMO_LOGINS = frozenset({"weibo", "douyin", "wechat"})
"""Where the demonstration's office has a login."""


@asynccontextmanager
async def open_stage(home: Home, world_file: Path) -> AsyncIterator[tuple[App, Stage]]:
    """The app of a demonstration.

    The world's sites are behind a local proxy, and the office is logged in where it has logins.
    UserError for a world that cannot be read. UserError, too, when a page or scraper asked for a
    host outside the world.
    """
    from scrapers.browser.sessions import write_state
    from scrapers.replica.server import Replica
    from scrapers.replica.world import World

    world = World.read(world_file)
    as_of = world.as_of or day_end(day_of(host_clock()) - timedelta(days=1))
    clock = clock_from(as_of + timedelta(hours=9))
    async with Replica(world, now=clock, logged_in=DEMO_LOGINS) as replica:
        for platform in DEMO_LOGINS:
            write_state(home.sessions / platform / "demo.json", replica.storage_state(platform))
        async with open_app(
            home, clock=clock, route=Route(replica.proxy, replica.chromium_args, replica.ca_pem)
        ) as app:
            app.pace = 0
            yield app, WorldStage(world, as_of, clock)
        if replica.strangers:
            raise UserError(
                "pages or scrapers asked for hosts outside the world: "
                f"{', '.join(sorted(replica.strangers))}"
            )


def clock_from(start: datetime) -> Clock:
    """A clock that starts at another moment and runs as fast as the host's."""
    began = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


class WorldStage:
    """Implements `demo.Stage` over a world of the replica."""

    def __init__(self, world: World, as_of: datetime, clock: Clock | None = None) -> None:
        """People look at the clock's moment; without one at `as_of`."""
        self.as_of = as_of
        self._world, self._clock = world, clock or (lambda: as_of)

    def registry(self) -> Sequence[Mapping[str, str]]:
        """The office's table."""
        return self._world.filed_rows()

    def canaries(self) -> Sequence[Canary]:
        """A healthy account of every platform, as an office would name one: made up like the whole
        world."""
        return [canary for platform in sorted({account.platform for account in self._world.accounts if account.platform})
                for canary in self._sound(platform)[:1]]  # fmt: skip

    def _sound(self, platform: str) -> list[Canary]:
        """Accounts that visibly post every day; a WeChat one with a link."""
        found = []
        posting = [account for account in self._world.of(platform) if account.posts_at(self.as_of)]
        for account in sorted(
            posting, key=lambda each: each.posts_at(self.as_of)[0].at, reverse=True
        ):
            fresh = day_of(self.as_of) - day_of(account.posts_at(self.as_of)[0].at) <= timedelta(
                days=2
            )
            plain = (
                account.name == account.filed["name"]
                and not account.visitors_miss
                and account.searchable
                and account.registered
            )
            if account.truth.value == "alive" and fresh and plain:
                found.append(
                    Canary(
                        platform=platform,
                        platform_id=account.id,
                        name=account.name,
                        source="演示数据",
                        url=account.filed.get("url", ""),
                        original_id=account.original_id if platform == "wechat" else "",
                        article_links=account.known_links,
                    )
                )
        return sorted(found, key=lambda canary: not canary.article_links)

    def look_up(self, name: str, type: str) -> PhoneView | None:
        """What a person finds who looks for the posts up to the world's moment.

        Later posts do not answer that question; the newest of them is told apart.
        """
        meant = [
            account
            for account in self._world.accounts
            if account.registered and (account.filed["name"], account.filed["type"]) == (name, type)
        ]
        for account in meant if len(meant) == 1 else ():
            if account.platform:
                found = (
                    account.truth.value
                    if account.truth.value in ("cancelled", "banned", "empty")
                    else "ok"
                )
                state = "not_found" if account.truth.value == "gone" else found
                posts = account.posts_at(self.as_of)
                there = account.posts_at(self._clock())
                return PhoneView(
                    state=state,
                    name=account.name,
                    id=next(
                        filter(
                            None,
                            (account.filed[key] for key in ("original_id", "alias", "platform_id")),
                        ),
                        self._id(account),
                    ),
                    days=tuple(day_of(post.at) for post in posts),
                    later=day_of(there[0].at) if len(there) > len(posts) else None,
                    link=next(
                        (
                            account.article_link(post)
                            for post in posts
                            if account.platform == "wechat"
                        ),
                        "",
                    ),
                )
        return None

    @staticmethod
    def _id(account: TrueAccount) -> str:
        """What a person types where no id is filed.

        It is the id that the page shows, or the name that had no result.
        """
        if account.truth.value == "gone":
            return account.filed["name"]
        return account.original_id if account.platform == "wechat" else account.id
