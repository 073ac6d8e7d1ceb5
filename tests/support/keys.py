"""Keys to the official interface, and looks by them at the replica. No Chromium is started."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from browsers import SHORT, key

from mediawatch.domain import Account, Filing, Need, Sight
from mediawatch.ports import Gate, NewLogin
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.pool import Browser, Launch, Timeouts
from scrapers.browser.sessions import write_new
from scrapers.platforms import SiteLooker
from scrapers.replica import Case, Replica, World

WORD = "wechat-api"
BIZ = "OTAwMDAwMDAwMQ=="
NOW = datetime.fromisoformat("2031-03-15T10:00:00+08:00")
FILED = Filing(
    name="示例市第一测试局",
    platform="wechat",
    type="微信公众号",
    filing_number="W1",
    platform_id=BIZ,
)
ACCOUNT = Account(id=1, filed=FILED)
NEED = Need(fresh_after=date(2031, 3, 1), identity=False)
DAY = "https://api.weixin.qq.com/datacube/getarticletotaldetail"
TOKEN = "https://api.weixin.qq.com/cgi-bin/stable_token"


def world(*posts: str, own: bool = True) -> World:
    """A world with the office's own account, which posted at these moments."""
    columns = "platform,type,name,filing_number,platform_id,truth,posts,own"
    row = f"wechat,微信公众号,{FILED.name},W1,{BIZ},alive,{';'.join(posts)},{'yes' if own else ''}"
    return World.parse(f"{columns}\n{row}\n")


@dataclass
class Interface:
    """The office's key, a replica of the interface, and a clock that can be set."""

    replica: Replica
    folder: Path
    browser: Browser
    looker: SiteLooker
    times: list[datetime] = field(default_factory=lambda: [NOW])

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand nowhere: the AppSecret, and the tokens that were given for it."""
        tokens = (
            served.url.partition("access_token=")[2].partition("&")[0]
            for served in self.replica.requests
            if "access_token=" in served.url
        )
        secret = self.replica.storage_state(WORD)["app_secret"]
        return (secret, *dict.fromkeys(token for token in tokens if token))

    @property
    def calls(self) -> list[str]:
        """The last word of the path of each call."""
        return [served.url.partition("?")[0].rpartition("/")[2] for served in self.replica.requests]

    async def look(
        self, account: Account = ACCOUNT, need: Need = NEED, gate: Gate | None = None
    ) -> Sight:
        (sight,) = await self.looker.look(account, need, gate or Pacing(scale=0))
        return sight


@asynccontextmanager
async def interface(
    folder: Path,
    posted: World | None = None,
    *,
    overlay: Case | None = None,
    timeouts: Timeouts = SHORT,
    trusted: bool = True,
    **given: Any,
) -> AsyncIterator[Interface]:
    """`trusted`: whether the calls are told the replica's authority, as only code can."""
    times = [NOW]
    async with Replica(
        posted or world(),
        now=lambda: times[0],
        logged_in=frozenset({WORD}),
        overlay=overlay,
        key=key(),
        **given,
    ) as replica:
        new = NewLogin(platform=WORD, name="office", custodian="张三")
        write_new(folder / WORD / "office.json", replica.storage_state(WORD), NOW, new)
        browser = Browser(
            Launch(
                folder / "no-browser",
                proxy=replica.proxy,
                timeouts=timeouts,
                authority=replica.ca_pem if trusted else b"",
            ),
            now=lambda: times[0],
        )
        try:
            yield Interface(replica, folder, browser, SiteLooker(browser, folder), times)
        finally:
            await browser.close()
