"""One search for a unit's name: by the first login that the gate admits, with its evidence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from mediawatch.domain import Failure, Outcome, PayloadFacts, SearchHit, Sight, UnitSearch
from mediawatch.ports import Gate, Visit, Worth
from scrapers.browser.pool import Browser, PageRules, Session, Tab
from scrapers.look import is_troubled, sight_of, trouble_sight
from scrapers.privacy.masking import Mask
from scrapers.surface import FindsUnits, Scraper


@dataclass(slots=True)
class SearchTask:
    """One question to a platform's search, and what the last attempt at it showed."""

    scraper: Scraper
    surface: FindsUnits
    browser: Browser
    query: str
    gate: Gate
    worth: Worth
    hits: tuple[SearchHit, ...] = ()

    async def ask(self, sessions: Sequence[Session]) -> Sight | None:
        """The sight of the search; None where the gate admitted none of the logins."""
        for session in sessions:
            visit = Visit(
                surface=self.surface.name,
                session=session.name,
                pace=self.surface.pace,
                paced_as=self.surface.paced_as,
            )
            sight = await self.gate.visit(visit, partial(self._see, session, visit))
            if sight is not None:
                return sight
        return None

    def as_search(self, sight: Sight) -> UnitSearch:
        """What is kept of it."""
        return UnitSearch(
            platform=self.scraper.platform,
            query=self.query,
            surface=sight.surface,
            session=sight.session,
            at=sight.read_at,
            outcome=sight.outcome,
            detail=sight.detail,
            url=sight.url,
            calls=sight.calls,
            ends_day=sight.ends_day,
            hits=len(self.hits),
            captures=sight.captures,
        )

    async def _see(self, session: Session, visit: Visit) -> Sight:
        self.hits = ()
        scraper, surface = self.scraper, self.surface
        rules = PageRules(
            hosts=surface.hosts or scraper.hosts,
            whole=True,
            url_keys=surface.url_keys,
            heavy=scraper.heavy,
        )
        try:
            async with self.browser.tab(session, rules) as tab:
                tab.pause = partial(self.gate.pause, visit)
                found: list[SearchHit] = []
                sight = await sight_of(surface, _facts(surface, tab, self.query, found), tab)
                tab.loan.spent = is_troubled(sight)
                if sight.outcome is not Outcome.OK:
                    return sight
                self.hits = tuple(found)
                if self.worth(self.hits):
                    captures = await tab.evidence.take(
                        page=surface.page_shows, mask=_mask(scraper, self.query, self.hits)
                    )
                    sight = replace(sight, captures=captures)
                return sight
        except Failure as failure:  # no page could be had at all
            return trouble_sight(surface, self.browser.now(), visit, failure)


async def _facts(
    surface: FindsUnits, tab: Tab, query: str, found: list[SearchHit]
) -> AsyncIterator[PayloadFacts]:
    found += await surface.find(tab, query)
    yield PayloadFacts()


def _mask(scraper: Scraper, query: str, hits: Sequence[SearchHit]) -> Mask:
    """Hides the operator and what the site shows besides the results."""
    own = (query, *(text for hit in hits for text in (hit.id, hit.name, hit.alias)))
    return Mask(
        scraper.viewer,
        (*scraper.viewer_marks, *scraper.others_marks),
        frozenset(text.strip() for text in own) - {""},
    )
