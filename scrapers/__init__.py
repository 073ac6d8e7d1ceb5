"""The platforms that can be looked at, and `Looks`, which the core knows as its `Looker`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from mediawatch.domain import Account, Filed, Need, Sight
from mediawatch.ports import Gate
from scrapers import douyin, toutiao, wechat, weibo
from scrapers.base import Scraper, link_in, on_host, session_for
from scrapers.browser import Browser, Session

__all__ = ["SCRAPERS", "Looks", "sessions_in"]

SCRAPERS: Mapping[str, Scraper] = MappingProxyType(
    {scraper.platform: scraper for scraper in (toutiao.SCRAPER, weibo.SCRAPER, douyin.SCRAPER, wechat.SCRAPER)}
)
"""Platform key to its scraper."""


def sessions_in(folder: Path, platform: str) -> tuple[Session, ...]:
    """The operator's logins on a platform: `PLATFORM/NAME.json` in the sessions folder, by name."""
    return tuple(Session(platform, path.stem, path) for path in sorted((folder / platform).glob("*.json")))


class Looks:
    """Implements `ports.Looker` with one browser. `sessions` is the home's sessions folder; the session files are read anew with
    each look, so a login that comes in the middle of a sweep counts from then on."""

    def __init__(self, browser: Browser, sessions: Path, scrapers: Mapping[str, Scraper] = SCRAPERS) -> None:
        self._browser, self._sessions, self._scrapers = browser, sessions, scrapers

    def supports(self, platform: str) -> bool:
        return platform in self._scrapers

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        """See `ports.Looker.look`. KeyError for a platform that is not supported."""
        scraper = self._scrapers[account.platform]
        sessions = [session for platform in scraper.session_platforms for session in sessions_in(self._sessions, platform)]
        return await scraper.look(self._browser, sessions, account, need, gate)

    async def open_link(self, url: str, gate: Gate) -> tuple[Sight, ...]:
        """See `ports.Looker.open_link`. Empty where no platform opens links of that host, or its breaker is open."""
        link = link_in(url)
        for platform, scraper in self._scrapers.items():
            if scraper.links is not None and on_host(link.hostname, *scraper.hosts):
                account = Account(id=0, filed=Filed(name="", platform=platform), links=(link.geturl(),))
                session = session_for(scraper.links, sessions_in(self._sessions, platform))
                sight = await scraper.sight(self._browser, session, scraper.links, account, False, gate)
                return () if sight is None else (sight,)
        return ()

    async def close(self) -> None:
        """End the browser."""
        await self._browser.close()
