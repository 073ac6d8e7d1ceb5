"""Recorded cases through the real scrapers, each behind a proxy of its own."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mediawatch.app import wiring
from mediawatch.app.root import host_clock
from mediawatch.domain import Account, LookKind, Reading
from mediawatch.ops.settings import Home, Settings
from mediawatch.ops.verify import VerifyResult, need_at

if TYPE_CHECKING:
    from scrapers.browser.pool import Browser
    from scrapers.replica.cases import Case
    from scrapers.replica.tls import Identity

_NOWHERE = "http://127.0.0.1:1"
"""A proxy at which no server listens.

The Chromium of cases reaches only what its contexts' own proxies reach.
"""
CASE_PATIENCE = 8.0
"""Seconds that a case waits for a call that its page may never make.

Everything that answers is on this machine.
"""


async def verify(paths: Sequence[Path], settings: Settings) -> AsyncIterator[VerifyResult]:
    """Run recorded cases through the real scrapers in a real browser, some at a time.

    Results come in the cases' order. UserError, before any case is run, where a case cannot be
    read.
    """
    from scrapers.browser.pool import Browser
    from scrapers.replica.cases import Case, case_folders
    from scrapers.replica.server import hosts_of
    from scrapers.replica.tls import identity

    cases = [Case.read(folder) for folder in case_folders(paths)]
    for case in cases:
        VerifyResult.check(case.name, case.expect)
    turns = asyncio.Semaphore(settings.browser.concurrency)
    quick = {
        "reply": min(settings.timeouts.reply, CASE_PATIENCE),
        "challenge": min(settings.timeouts.challenge, CASE_PATIENCE),
    }
    settings = settings.model_copy(update={"timeouts": settings.timeouts.model_copy(update=quick)})

    key = identity(hosts_of(cases))
    host = wiring.browser(Browser, settings, host_clock, wiring.Route(_NOWHERE, key.chromium_args))

    async def run(case: Case) -> VerifyResult:
        async with turns:
            return VerifyResult.of(case.name, case.expect, await _read_case(case, host, key))

    runs = [asyncio.ensure_future(run(case)) for case in cases]
    try:
        for pending in runs:
            yield await pending
    finally:
        for pending in runs:
            pending.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
        await host.close()


async def _read_case(case: Case, host: Browser, key: Identity) -> Reading:
    """One look at a case's account.

    The clock stands at its as_of; it has contexts, sessions and a proxy of its own.
    """
    from mediawatch.sweep.gate.pacing import Pacing
    from scrapers.browser.pool import Browser, Launch
    from scrapers.browser.sessions import write_state
    from scrapers.platforms import SiteLooker
    from scrapers.replica import Replica, World

    account = Account(id=0, filed=case.filed, links=case.filed.article_links)
    with tempfile.TemporaryDirectory(prefix="mediawatch-case-") as folder:
        home = Home.at(folder)
        async with Replica(
            World(), now=lambda: case.as_of, logged_in=case.sessions, overlay=case, key=key
        ) as replica:
            for platform in case.sessions:
                write_state(home.sessions / platform / "case.json", replica.storage_state(platform))
            browser = Browser(
                Launch(
                    None,
                    proxy=replica.proxy,
                    timeouts=host.timeouts,
                    authority=replica.ca_pem,
                ),
                now=lambda: case.as_of,
                host=host,
            )
            looker = SiteLooker(browser, home.sessions)
            try:
                sights = await looker.look(account, need_at(case.as_of), Pacing(scale=0))
            finally:
                await looker.close()
    return Reading(
        account_id=0,
        look=LookKind.FIRST,
        started_at=case.as_of,
        read_at=case.as_of,
        sights=sights,
        filed_as=case.filed.identity,
    )
