"""Looks at one platform as the sweep makes them: the real scraper, a real Chromium, a replica
behind it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from browsers import SHORT, facing, key

from mediawatch.domain import Account, Filing, LookKind, Need, ProvisionalId, Reading
from mediawatch.domain.clock import BEIJING
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.pool import Browser, Session, Timeouts
from scrapers.look import LookTask, look
from scrapers.replica import Case, Replica, World
from scrapers.replica.cases import RecordedReply
from scrapers.surface import Scraper


@dataclass(frozen=True, slots=True)
class Stage:
    scraper: Scraper
    browser: Browser
    replica: Replica
    session: Session | None
    need: Need

    async def look(
        self,
        filed: Filing,
        *,
        found: ProvisionalId | None = None,
        disowned: frozenset[str] = frozenset(),
        **need: Any,
    ) -> Reading:
        """Behind a gate of its own: what one look met closes nothing for the next."""
        wanted = Need(**{"fresh_after": self.need.fresh_after, **need})
        account = Account(
            id=1, filed=filed, links=filed.article_links, provisional=found, disowned=disowned
        )
        sessions = [self.session] if self.session else []
        sights = await look(
            LookTask(self.scraper, self.browser, sessions, account, wanted, Pacing(scale=0))
        )
        now = self.browser.now()
        return Reading(
            account_id=1, look=LookKind.FIRST, started_at=now, read_at=now, sights=sights
        )

    @property
    def paths(self) -> list[str]:
        """Host and path of what was asked for so far, without pictures."""
        return [
            served.url.partition("?")[0].removeprefix("https://")
            for served in self.replica.requests
        ]


@asynccontextmanager
async def staged(
    scraper: Scraper,
    executable: Path,
    folder: Path,
    world: World,
    now: datetime,
    *,
    session: bool = False,
    valid: bool = True,
    overlay: Case | None = None,
    timeouts: Timeouts = SHORT,
    lists_open: bool = False,
) -> AsyncIterator[Stage]:
    """`session`: the operator's login is stored; `valid`: the site accepts it."""
    platform = scraper.platform
    logged_in = frozenset({platform}) if session and valid else frozenset()
    async with Replica(
        world,
        now=lambda: now,
        logged_in=logged_in,
        overlay=overlay,
        lists_open=lists_open,
        key=key(),
    ) as replica:
        state = folder / f"{platform}.json"
        state.write_text(json.dumps(replica.storage_state(platform)), "utf-8")
        async with facing(replica, executable, lambda: now, timeouts) as browser:
            login = Session(platform, "office", state) if session else None
            yield Stage(scraper, browser, replica, login, Need(fresh_after=date(2022, 12, 17)))
        # A recorded page asks for whatever its site asked for.
        assert overlay or not replica.strangers


def composed(*replies: tuple[str, object], platform: str = "weibo", status: int = 200) -> Case:
    """A case that answers these calls with this JSON (or, where it is text, with this page)."""
    recorded = tuple(
        RecordedReply(url, body.encode(), "text/html; charset=utf-8", status)
        if isinstance(body, str)
        else RecordedReply(
            url, json.dumps(body).encode(), "application/json; charset=utf-8", status
        )
        for url, body in replies
    )
    return Case(
        "composed",
        platform,
        datetime.now(BEIJING),
        frozenset(),
        "composed",
        Filing(name="", platform=platform),
        recorded,
        None,
    )
