"""What came of a visit: the facts that a surface yielded, merged into one sight; and whether a look
needs more of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from mediawatch.domain import (
    Attestation,
    Captcha,
    Failure,
    LoginRequired,
    MatchedBy,
    Need,
    Outcome,
    PayloadFacts,
    Post,
    RateLimited,
    Sight,
)
from mediawatch.domain.clock import day_of
from scrapers.browser.clock_check import ClockCheck
from scrapers.browser.pool import Tab
from scrapers.browser.reply import scrubbed
from scrapers.browser.shared_pages import Calls
from scrapers.privacy.masking import Mask

if TYPE_CHECKING:
    from mediawatch.domain import Account
    from scrapers.surface import Scraper, Surface


async def seen_by(
    surface: Surface, tab: Tab, account: Account, evidence: bool, scraper: Scraper | None = None
) -> Sight:
    """Run one surface in one tab and merge what it yielded. Foreseen failures become the sight's
    outcome.

    `scraper` knows where the site names the operator: he is covered in the evidence of a look with
    a login.
    """
    facts = await _facts(surface.see(tab, account), tab)
    sight = merged(
        surface,
        facts,
        session=tab.session,
        login=tab.login,
        read_at=tab.now(),
        url=tab.scrubbed_url,
    )
    sight = dated_by(tab.clock, sight)
    tab.spent = _troubled(sight)
    if not evidence:
        return sight
    mask = (
        Mask.sparing(account.filed, sight, scraper.viewer, scraper.viewer_marks)
        if scraper and tab.session
        else None
    )
    return replace(sight, captures=await tab.captures(page=surface.page_shows, mask=mask))


async def asked_by(surface: Surface, calls: Calls, account: Account) -> Sight:
    """The same by calls from a warm page, which is spoilt where its calls met trouble of ours."""
    facts = await _facts(surface.ask(calls, account), calls)
    url = scrubbed(calls.url, surface.url_keys)
    sight = merged(
        surface, facts, session=calls.session, login=calls.login, read_at=calls.now(), url=url
    )
    sight = dated_by(calls.clock, replace(sight, by_call=True))
    if (
        surface.warm
        and surface.warm.signs
        and sight.outcome in (Outcome.RATE_LIMITED, Outcome.LOGIN_REQUIRED)
    ):
        calls.known = None
        sight = replace(sight, outcome=Outcome.CHANGED, detail=f"refused as a call: {sight.detail}")
    # A refusal that was to be expected is no trouble of the page.
    calls.spoilt = _troubled(sight) and not (
        surface.declared_closed and sight.outcome is Outcome.RATE_LIMITED
    )
    return sight


def dated_by(clock: ClockCheck, sight: Sight) -> Sight:
    """The sight as it is; nothing of it but our trouble where the site's replies are dated
    otherwise than by our clock.
    """
    if not clock.trouble:
        return sight
    outcome = sight.outcome if sight.outcome.about_us else Outcome.CHANGED
    return Sight(
        surface=sight.surface,
        attested=sight.attested,
        session=sight.session,
        login=sight.login,
        read_at=sight.read_at,
        url=sight.url,
        by_call=sight.by_call,
        outcome=outcome,
        detail=clock.trouble,
    )


@contextmanager
def as_far_as_it_goes(by: Tab | Calls) -> Iterator[None]:
    """For the further pages of a list: what the pages before one that fails show stands. That the
    site turned us away is the sight's outcome all the same: whoever comes next must not ask on."""
    try:
        yield
    except (Captcha, RateLimited, LoginRequired) as refusal:
        by.refused = refusal
    except Failure:
        pass


def _troubled(sight: Sight) -> bool:
    """Whether a page met trouble of ours: the next look shall have another one."""
    return sight.outcome.about_us and sight.outcome is not Outcome.NO_EVIDENCE


async def _facts(told: AsyncIterator[PayloadFacts], by: Tab | Calls) -> list[PayloadFacts]:
    facts: list[PayloadFacts] = []
    try:
        async for fact in told:
            facts.append(fact)
        if by.refused is not None:
            raise by.refused
    except Failure as failure:
        if by.session and isinstance(failure, LoginRequired):
            by.known = False
        # What was read before stays; what the rest of the list would have shown is unknown, so
        # nothing is complete.
        facts = [replace(fact, complete_since=None) for fact in facts]
        facts.append(trouble(failure))
    return facts


def trouble(failure: Failure) -> PayloadFacts:
    return PayloadFacts(outcome=failure.outcome, detail=failure.detail)


def merged(
    surface: Surface,
    facts: Sequence[PayloadFacts],
    *,
    session: str,
    login: str = "",
    read_at: datetime,
    url: str = "",
) -> Sight:
    """One sight out of what a surface yielded: name and ids of the first fact that is tied to the
    account, all posts once, the last outcome that is not `ok`, the last `complete_since` where the
    surface can prove one at all. Described, if anything of it is."""
    named = [fact for fact in facts if fact.name]
    # A name and the ground on which it is this account's belong to one fact.
    first = next((fact for fact in named if fact.matched_by), named[0] if named else PayloadFacts())
    posts: dict[tuple[object, ...], Post] = {}
    for fact in facts:
        for post in fact.posts:
            posts.setdefault((post.id,) if post.id else (post.at, post.on, post.link), post)
    troubles = [fact.outcome for fact in facts if fact.outcome is not Outcome.OK]
    outcome = troubles[-1] if troubles else Outcome.OK if facts else Outcome.NO_EVIDENCE
    ties = [
        first.matched_by
        if first.name
        else next((fact.matched_by for fact in facts if fact.matched_by), None)
    ]
    if outcome.negative:
        # What speaks against an account is tied no better than it was itself, whatever named the
        # account before.
        ties += [fact.matched_by for fact in facts if fact.outcome is outcome]
    return Sight(
        surface=surface.name,
        attested=Attestation.DESCRIBED
        if any(fact.attested is Attestation.DESCRIBED for fact in facts)
        else surface.attested,
        session=session,
        login=login,
        read_at=read_at,
        url=url,
        outcome=outcome,
        name=first.name,
        platform_id=next((fact.platform_id for fact in facts if fact.platform_id), ""),
        original_id=next((fact.original_id for fact in facts if fact.original_id), ""),
        verified_as=next((fact.verified_as for fact in facts if fact.verified_as), ""),
        matched_by=max(filter(None, ties), key=list(MatchedBy).index, default=None),
        posts=tuple(posts.values()),
        complete_since=next(
            (
                fact.complete_since
                for fact in reversed(facts)
                if surface.complete(session) and fact.complete_since
            ),
            None,
        ),
        links=tuple(dict.fromkeys(link for fact in facts for link in fact.links)),
        detail="; ".join(fact.detail for fact in facts if fact.detail),
    )


def settled(sights: Sequence[Sight], need: Need) -> bool:
    """With the identity read, where it is due: fresh enough, or a list that shows everything. Or
    the platform's own word about this id.
    """
    named = any(sight.name and sight.matched_by for sight in sights) or not need.identity
    if named and any(
        sight.exact or any(post.on >= need.fresh_after for post in sight.posts) for sight in sights
    ):
        return True
    return any(
        sight.outcome in (Outcome.CANCELLED, Outcome.BANNED, Outcome.PRIVATE) for sight in sights
    )


def stands(sight: Sight, surface: Surface, need: Need) -> bool:
    """Whether what calls gave is all that a page of the surface could give; else the page is asked.

    The site turning us away is the same by either way. What speaks against an account is for a page
    to say, unless no page shows it; and where only a page may be exact, a post must lie well inside
    the window: an older one is worth its exact date.
    """
    match sight.outcome:
        case Outcome.CAPTCHA | Outcome.LOGIN_REQUIRED | Outcome.RATE_LIMITED:
            return True
        case Outcome.OK | Outcome.NO_EVIDENCE:
            today = day_of(sight.read_at)
            recent = need.fresh_after + (today - need.fresh_after) / 2
            return not surface.complete(sight.session) or any(
                post.on >= recent for post in sight.posts
            )
        case Outcome.NOT_FOUND:
            return not surface.page_shows and not surface.complete(sight.session)
    return False
