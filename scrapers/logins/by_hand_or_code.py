"""The operator's login on the site's own page.

By hand in a window, or by the site's QR code where there is no screen.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page
from playwright.async_api import Error as PlaywrightError

from mediawatch.domain import Failure, LoginRequired, UserError
from mediawatch.ports import Modules
from scrapers.browser.driver import driver
from scrapers.browser.limits import Timeouts
from scrapers.browser.navigation import NavigationGuard
from scrapers.browser.proxy import proxy_settings
from scrapers.browser.sessions import discard, keep_own, write_private
from scrapers.browser.tab import PageRules, Tab
from scrapers.logins.qr import modules_of
from scrapers.surface import Login
from scrapers.urls import WEB_PORTS, is_on_site

Show = Callable[[Path, Modules | None], None]
"""Gets the saved picture, and the code in it where it is a clean one.

Called again when the site shows another code.
"""

_SCAN_EVERY = 0.5
_SHOWN_ANEW = 5.0
"""Seconds between two checks of the code: sites replace it after some minutes."""
_OPENS = 10.0
"""Seconds for the code to appear."""
_READ_PIXELS = """async (png) => {
  const image = new Image(); image.src = "data:image/png;base64," + png; await image.decode();
  const canvas = document.createElement("canvas"); canvas.width = image.width; canvas.height = image.height;
  const context = canvas.getContext("2d"); context.fillStyle = "#fff"; context.fillRect(0, 0, image.width, image.height);
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, image.width, image.height).data, rows = [];
  for (let y = 0; y < image.height; y++) {
    let row = "";
    for (let x = 0; x < image.width; x++) {
      const at = 4 * (y * image.width + x);
      row += 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2] < 128 ? "1" : "0";
    }
    rows.push(row);
  }
  return rows;
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginBrowser:
    """How to reach the sites: the browser, and what it is started with."""

    chromium: Path
    now: Callable[[], datetime]
    args: tuple[str, ...] = ()
    proxy: str | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    ports: frozenset[int] | None = WEB_PORTS
    """As `Launch.ports`."""


async def by_hand(
    way: LoginBrowser, login: Login, done: Callable[[], Awaitable[None]]
) -> tuple[dict[str, Any], bool]:
    """Open the login in a window and wait for `done`: the operator says that he is logged in.

    Returns the login's storage state, and whether the site itself said so too. UserError where the site
    denies it, the window was closed too early, or none opens.
    """
    async with _context(way, headless=False) as (_, context):
        page = await context.new_page()
        await page.goto(login.url)
        await done()
        known = await _knows(way, login, context)
        if known is False:
            raise UserError(
                f"{login.platform} does not know this login, so nothing was kept: log in "
                "again, and wait for the site's own home page"
            )
        return await _state(login, context), bool(known)


async def by_code(
    way: LoginBrowser, login: Login, picture: Path, show: Show, limit: float
) -> dict[str, Any]:
    """Show the site's QR code and wait until the site itself reports a login with it.

    Waits `limit` seconds. `picture` is for the owner only, and removed in the end. UserError where
    time is up, or the site cannot be reached.
    """
    async with _context(way, headless=True) as (browser, context):
        page = await context.new_page()
        await page.goto(login.code_url or login.url, wait_until="domcontentloaded")
        showing = asyncio.create_task(_show_code(browser, page, login, picture, show))
        try:
            async with asyncio.timeout(limit):
                await _scanned(way, login, context, page)
        except TimeoutError:
            raise UserError(
                f"no login within {limit:g} s: run the same command again and scan the new code"
            ) from None
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
            discard(picture)
        return await _state(login, context)


@asynccontextmanager
async def _context(
    way: LoginBrowser, *, headless: bool
) -> AsyncIterator[tuple[Browser, BrowserContext]]:
    """A browser of its own: a login shares no cookies with anything."""
    async with driver(way.timeouts) as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=way.chromium,
                headless=headless,
                args=list(way.args),
                proxy=proxy_settings(way.proxy),
            )
            try:
                size: dict[str, Any] = (
                    {"viewport": {"width": 1280, "height": 900}, "device_scale_factor": 2}
                    if headless
                    else {"no_viewport": True}
                )
                yield (
                    browser,
                    await browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **size),
                )
            finally:
                await browser.close()
        except PlaywrightError as error:
            # The rest of the message would tell what was called with what.
            said = error.message.splitlines()[0].partition("?")[0]
            raise UserError(f"the login did not come to its end ({said}): try again") from None


async def _state(login: Login, context: BrowserContext) -> dict[str, Any]:
    """What the login's own hosts have stored: the site works without what others did."""
    page = await context.new_page()
    for other in login.pages:
        with suppress(PlaywrightError):  # what is there is worth keeping
            await page.goto(other)
    return keep_own(dict(await context.storage_state()), login.hosts)


async def _knows(way: LoginBrowser, login: Login, context: BrowserContext) -> bool | None:
    """The site's own word; None where it gives none."""
    page = await context.new_page()
    rules = PageRules(hosts=login.hosts, whole=False)
    try:
        guard = await NavigationGuard.of(await context.new_cdp_session(page), way.timeouts)
    except Failure:
        return None
    guard.allows = lambda url: is_on_site(url, rules.hosts, way.ports)
    tab = Tab(page, rules, guard, session="", now=way.now, timeouts=way.timeouts)
    try:
        return await login.probe(tab)
    except LoginRequired:
        return False
    except Failure:
        return None
    finally:
        await tab.loan.close()


async def _scanned(way: LoginBrowser, login: Login, context: BrowserContext, page: Page) -> None:
    """Return when the site knows the operator.

    Its page is never reloaded: that would change the code on it.
    """
    while True:
        await asyncio.sleep(_SCAN_EVERY)
        with suppress(PlaywrightError):  # it moves on by itself when it was scanned
            if await page.evaluate(f"!!({login.scanned})") and await _knows(way, login, context):
                return


async def _show_code(browser: Browser, page: Page, login: Login, picture: Path, show: Show) -> None:
    reader = await browser.new_page()
    shown: Modules | None = None
    first = True
    while True:
        with suppress(PlaywrightError):
            png = await (await _code(page, login)).screenshot(type="png")
            code = modules_of(await reader.evaluate(_READ_PIXELS, base64.b64encode(png).decode()))
            if first or (code is not None and code != shown):
                write_private(picture, png)
                show(picture, code)
                shown, first = code, False
        await asyncio.sleep(_SHOWN_ANEW)


async def _code(page: Page, login: Login) -> Locator | Page:
    """The picture with the code; the whole page where it does not appear."""
    code = page.locator(login.code).filter(visible=True).first if login.code else None
    if code is not None and await _appears(code, _OPENS / 2):
        return code
    if login.opener:
        with suppress(PlaywrightError):
            await page.locator(login.opener).first.click(timeout=_OPENS * 100)
    return code if code is not None and await _appears(code, _OPENS / 2) else page


async def _appears(code: Locator, seconds: float) -> bool:
    """Shown and loaded: an unloaded image is not a QR code."""
    with suppress(PlaywrightError):
        await code.wait_for(timeout=seconds * 1000)
        return bool(
            await code.evaluate(
                "async (node) => { if (node.decode) await node.decode().catch(() => {}); "
                "return true; }"
            )
        )
    return False
