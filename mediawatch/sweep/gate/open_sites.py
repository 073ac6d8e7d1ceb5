"""Which sites have a page open: not all at the same time, for an open page holds some 50 MB.

A visit by calls needs its site's open page. Sites without a place wait; pages that are opened for
one look alone are no matter of this.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

VISITS = 60
"""In a row while another site waits. A page is opened anew after as many calls anyway."""
SOON = 15.0
"""Seconds: a site whose next visit is further off leaves its place to one that waits."""


@dataclass(slots=True, eq=False)
class _Place:
    visits: int = 0
    """Since the site came, or was let stay."""
    users: int = 0
    """Visits that are being made."""
    used_at: float = 0.0


class OpenSites:
    """Places for so many open sites. Moments are the event loop's seconds.

    Where others wait, a site stays for `VISITS` visits, and longer where more visits wait at it
    than at any of them: the site that needs the night loses nothing of it.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._open: dict[str, _Place] = {}
        self._wanted: Counter[str] = Counter()
        """Visits by site that wait for their turns or are being made."""
        self._due: dict[str, float] = {}
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        """By site without a place, who waits for it; the first that came first."""

    @contextmanager
    def wanted(self, site: str) -> Iterator[None]:
        """Around a visit, from where it begins to wait for its turn. "" is no site."""
        self._wanted[site] += bool(site)
        try:
            yield
        finally:
            self._wanted[site] -= bool(site)
            if not self._wanted[site]:
                del self._wanted[site]
                self._due.pop(site, None)
                self._hand_on()

    def expect(self, site: str, seconds: float) -> None:
        """Note that the site's next visit may begin in so many seconds."""
        if site:
            self._due[site] = asyncio.get_running_loop().time() + seconds
            self._hand_on()

    @asynccontextmanager
    async def place(self, site: str) -> AsyncIterator[None]:
        """Wait until the site may have a page open; it may until the end. "" is no site."""
        if not site:
            yield
            return
        while not self._may_enter(site):
            await self._wait_for(site)
        place = self._open[site]
        place.users += 1
        place.visits += 1
        try:
            yield
        finally:
            place.users -= 1
            place.used_at = asyncio.get_running_loop().time()
            self._hand_on()

    def _may_enter(self, site: str) -> bool:
        place = self._open.get(site)
        if place is not None:
            return not self._is_over(site, place)
        if self._waiting.keys() - {site} or not self._make_room():
            return False
        self._open[site] = _Place()
        return True

    async def _wait_for(self, site: str) -> None:
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(site, []).append(called)
        self._hand_on()
        try:
            await called
        except asyncio.CancelledError:
            if (callers := self._waiting.get(site)) and called in callers:
                callers.remove(called)
                if not callers:
                    del self._waiting[site]
            raise

    def _hand_on(self) -> None:
        """Give what is free to the sites that wait, the one with the most visits first."""
        while self._waiting and self._make_room():
            site = max(self._waiting, key=lambda each: self._wanted[each])
            self._open[site] = _Place()
            for called in self._waiting.pop(site):
                if not called.done():
                    called.set_result(None)

    def _make_room(self) -> bool:
        """Whether a place is free now, taken from a site that does not need it if need be."""
        if len(self._open) < self._places:
            return True
        soon = asyncio.get_running_loop().time() + SOON
        idle = [
            site
            for site, place in self._open.items()
            if not place.users
            and (
                not self._wanted[site]
                or self._due.get(site, 0.0) > soon
                or self._is_over(site, place)
            )
        ]
        if not idle:
            return False
        del self._open[min(idle, key=lambda site: self._open[site].used_at)]
        return True

    def _is_over(self, site: str, place: _Place) -> bool:
        """Whether the site has had its visits, and another one's turn has come."""
        others = self._waiting.keys() - {site}
        if place.visits < VISITS or not others:
            return False
        if self._wanted[site] > max(self._wanted[each] for each in others):
            place.visits = 0
            return False
        return True
