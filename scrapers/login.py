"""The operator's login, by hand in a window: the site's own page, and the browser's state kept as the session."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from playwright.async_api import BrowserContext, async_playwright
from playwright.async_api import Error as PlaywrightError

from mediawatch.domain import UserError
from scrapers.proxy import proxy_settings

Done = Callable[[BrowserContext], Awaitable[None]]
"""Returns when the operator says that they are logged in."""


async def log_in(
    chromium: Path, pages: Sequence[str], state: Path, done: Done, *, args: Sequence[str] = (), proxy: str | None = None
) -> int:
    """Open the first page in a window, wait for `done`, visit the other pages (each host has cookies of its own), keep the state.

    Returns how many cookies were kept. UserError where the window was closed too early or the browser does not start.
    """
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=chromium, headless=False, args=list(args), proxy=proxy_settings(proxy)
            )
            context = await browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", no_viewport=True)
            page = await context.new_page()
            await page.goto(pages[0])
            await done(context)
            for other in pages[1:]:
                await page.goto(other)
            kept = await context.storage_state()
            await browser.close()
        except PlaywrightError as error:
            raise UserError(f"the login did not come to its end ({error.message.splitlines()[0]}): try again") from error
    write_state(state, kept)
    return len(kept["cookies"])


def write_state(path: Path, state: object) -> None:
    """Keep a storage state as `sessions/PLATFORM/NAME.json`: whole or not at all, for the owner only (0600 in 0700)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(state, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
