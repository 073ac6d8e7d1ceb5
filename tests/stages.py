"""Looks at one platform as the sweep makes them: the real scraper, a real Chromium, a replica behind it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from browsers import SHORT, facing

from mediawatch.clock import BEIJING
from mediawatch.domain import Account, Filed, LookKind, Need, Reading
from mediawatch.pacing import Pacing
from scrapers.base import Scraper
from scrapers.browser import Browser, Session, Timeouts
from scrapers.replica import Case, Replica, World
from scrapers.replica.cases import Recorded

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases"


@dataclass(frozen=True, slots=True)
class Stage:
    scraper: Scraper
    browser: Browser
    replica: Replica
    session: Session | None
    need: Need

    async def look(self, filed: Filed, **need: Any) -> Reading:
        """Behind a gate of its own: what one look met closes nothing for the next."""
        wanted = Need(**{"fresh_after": self.need.fresh_after, **need})
        account = Account(id=1, filed=filed, links=filed.article_links)
        sights = await self.scraper.look(self.browser, [self.session] if self.session else [], account, wanted, Pacing(scale=0))
        now = self.browser.now()
        return Reading(account_id=1, look=LookKind.FIRST, started_at=now, read_at=now, sights=sights)

    @property
    def paths(self) -> list[str]:
        """Host and path of what was asked for so far, without pictures."""
        return [served.url.partition("?")[0].removeprefix("https://") for served in self.replica.requests]


@asynccontextmanager
async def staged(
    scraper: Scraper, executable: Path, folder: Path, world: World, now: datetime, *,
    session: bool = False, valid: bool = True, overlay: Case | None = None, timeouts: Timeouts = SHORT,
    lists_open: bool = False,
) -> AsyncIterator[Stage]:  # fmt: skip
    """`session`: the operator's login is stored; `valid`: the site accepts it."""
    platform = scraper.platform
    logged_in = frozenset({platform}) if session and valid else frozenset()
    async with Replica(world, now=lambda: now, logged_in=logged_in, overlay=overlay, lists_open=lists_open) as replica:
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
        Recorded(url, body.encode(), "text/html; charset=utf-8", status)
        if isinstance(body, str)
        else Recorded(url, json.dumps(body).encode(), "application/json; charset=utf-8", status)
        for url, body in replies
    )
    return Case("composed", platform, datetime.now(BEIJING), frozenset(), "composed", Filed(name="", platform=platform), recorded, None)


def cases_of(platform: str) -> list[Path | None]:
    """The recorded cases beside the checkout; [None] where there are none, so that the test can skip."""
    return [*sorted((CASES / platform).glob("*"))] or [None]


def differences(case: Case, reading: Reading) -> list[str]:
    """What a reading has otherwise than the case expects."""
    expect: Mapping[str, Any] = case.expect or {}
    wanted = expect.get("outcome", reading.outcome.value)
    latest = reading.latest
    at, on = expect.get("latest_post_at"), expect.get("latest_post_on")
    found = {
        f"outcome {reading.outcome.value}": reading.outcome.value in (wanted if isinstance(wanted, list) else [wanted]),
        f"name {reading.name}": reading.name == expect.get("name", reading.name),
        f"latest at {latest}": at is None or (latest and latest.at) == datetime.fromisoformat(at),
        f"latest on {latest}": on is None or (latest and latest.on) == date.fromisoformat(on),
        f"date kind {reading.date_kind}": (reading.date_kind and reading.date_kind.value) == expect.get("date_kind"),
        f"a date beside {reading.outcome}": bool(latest) == (reading.outcome.value == "ok"),
    }
    return [what for what, right in found.items() if not right]
