"""The story of one look: the platform's surfaces in order of cost, each through the gate.

By calls where they suffice, else by the page. What it yielded becomes one sight. It ends when the
need is settled.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from mediawatch.domain import (
    DAY_FULL,
    Account,
    Attestation,
    Captcha,
    Failure,
    LoginRequired,
    MatchedBy,
    Need,
    NoEvidence,
    Outcome,
    PayloadFacts,
    Post,
    RateLimited,
    Sight,
    as_led_by_name,
    merge_interaction,
    with_found_id,
)
from mediawatch.domain.clock import day_of
from mediawatch.ports import Gate, Visit
from scrapers.browser.clock_check import ClockCheck
from scrapers.browser.pool import Browser, PageRules, Session, Tab
from scrapers.browser.shared_pages import PageCalls, SharedPages
from scrapers.interfaces.calls import InterfaceCalls
from scrapers.privacy.masking import Mask, nobody
from scrapers.provisional import (
    is_led_by_name,
    is_needless,
    on_own_ground,
    without_id,
)
from scrapers.surface import Scraper, SessionUse, Surface
from scrapers.urls import scrub


@dataclass(frozen=True, slots=True)
class LookTask:
    """One look: who is looked at, what is wanted, and by what means."""

    scraper: Scraper
    browser: Browser
    sessions: Sequence[Session]
    account: Account
    need: Need
    gate: Gate
    pages: SharedPages | None = None
    """None: every surface loads a page of its own."""


async def look(task: LookTask) -> tuple[Sight, ...]:
    """Try the surfaces in order until the need is settled.

    A surface whose session the operator lacks leaves no sight. One that had nothing to go by in its
    turn gets another at the end: a search may have found an id meanwhile. Where the look goes on
    after a rest, it knows what it saw before, and returns the rest.
    """
    scraper, account, need = task.scraper, task.account, task.need
    sights = list(need.earlier)
    tried: set[int] = set()
    for number, each in 2 * list(
        enumerate(sorted(scraper.surfaces, key=lambda each: each.name in need.not_by))
    ):
        if number in tried or not each.applies(account) or not wants(need, each):
            continue
        if was_asked(need, each) or (
            each.name in need.spared and is_spared(each, scraper.surfaces, sights)
        ):
            continue
        own = on_own_ground(sights, account, scraper.surfaces)
        led = is_led_by_name(each, account, own)
        meant, earlier = (account, sights) if led else (without_id(account), own)
        control = need.only and not need.goes_on
        surface = each.as_control(meant) if control else each.given_earlier(meant, earlier)
        if surface is None or (is_needless(each, account) and not need.only):
            continue
        task = replace(task, account=meant)
        useful = sessions_for(task, surface)
        if surface.session is SessionUse.REQUIRED and not useful:
            continue
        tried.add(number)
        for session in useful or (None,):
            name = session.name if session else ""
            by_calls = task.pages is not None and may_see_by_calls(
                surface, name, meant, need, sights
            )
            page = surface.page_to_share() if by_calls else None
            visit = Visit(
                surface=surface.name,
                session=name,
                pace=surface.pace,
                paced_as=surface.paced_as,
                declared_closed=surface.declared_closed,
                site=f"{page.site} {name}" if page else "",
            )
            see = (
                look_by_interface
                if surface.by_interface
                else look_by_calls
                if by_calls
                else look_by_page
            )
            sight = await task.gate.visit(visit, partial(see, task, surface, session, visit))
            if sight is not None:  # else the gate did not admit it, and the next login may do
                sights.append(with_links(as_led_by_name(sight, meant) if led else sight, scraper))
                account = with_found_id(account, sights)
                break
        if is_settled(sights, need):
            break
    return tuple(sights[len(need.earlier) :])


def was_asked(need: Need, surface: Surface) -> bool:
    """Whether the look saw it before a rest. The one that is asked after its rest is asked anew."""
    return not need.only and any(
        (sight.surface, sight.link_from) == (surface.name, surface.link_source)
        for sight in need.earlier
    )


def is_spared(surface: Surface, surfaces: Sequence[Surface], sights: Sequence[Sight]) -> bool:
    """Whether a call that may be spared is, because another surface of its pace has answered in this look.

    Both show lower bounds, and silence is judged of neither: what is lost is a proof at most.
    """
    siblings = {each.name for each in surfaces if each.paced_as == surface.paced_as != ""}
    return any(
        sight.surface in siblings
        and sight.outcome in (Outcome.OK, Outcome.NO_EVIDENCE)
        and DAY_FULL not in sight.detail
        for sight in sights
    )


def wants(need: Need, surface: Surface) -> bool:
    """Whether the look is for this surface, or for the one on whose word it goes on."""
    return need.only in ("", surface.name) or (need.goes_on and need.only == surface.link_source)


def sessions_for(task: LookTask, surface: Surface) -> tuple[Session, ...]:
    """The logins that a surface works with and that are of use for this account."""
    if surface.session is SessionUse.VISITOR:
        return ()
    platform = surface.session_platform or task.scraper.platform
    return tuple(
        each
        for each in task.sessions
        if each.platform == platform and surface.accepts_session(task.account, each)
    )


def may_see_by_calls(
    surface: Surface, session: str, account: Account, need: Need, earlier: Sequence[Sight]
) -> bool:
    """Whether calls from a shared page may do: only in a first look.

    Not where only an exact list is still wanted: in a look of a period, and in any look after a
    dated sight.
    """
    page = surface.shared_page
    one_alone = need.only and not need.goes_on
    if page is None or need.second or one_alone or not surface.can_see_by_calls(account):
        return False
    if need.back_to is not None and page.signs:
        return False  # only the page reads on
    wants_exact = need.back_to is not None or any(sight.is_dated for sight in earlier)
    return not (wants_exact and surface.complete(session))


async def look_by_calls(
    task: LookTask, surface: Surface, session: Session | None, visit: Visit
) -> Sight:
    """Look by calls from the site's shared page.

    What they leave open the page is asked, in the same visit.
    """
    pages, page = task.pages, surface.page_to_share()
    assert pages is not None
    assert page is not None
    pause = partial(task.gate.pause, visit)
    if not pages.may_use_calls(surface.name, visit.session):
        return await look_by_page(task, surface, session, visit)
    try:
        async with pages.borrow(
            page,
            task.account,
            session,
            pause,
            PageRules(
                hosts=surface.hosts or task.scraper.hosts, whole=False, heavy=task.scraper.heavy
            ),
        ) as calls:
            calls.back_to = task.need.back_to
            seen = surface.see_by_calls(calls, task.account)
            sight = await sight_of(surface, seen, calls, by_call=True)
            if page.signs and sight.outcome in (Outcome.RATE_LIMITED, Outcome.LOGIN_REQUIRED):
                calls.known = None
                sight = replace(
                    sight, outcome=Outcome.CHANGED, detail=f"refused as a call: {sight.detail}"
                )
            # An expected refusal is no trouble of the page.
            calls.spoilt = is_troubled(sight) and not (
                surface.declared_closed and sight.outcome is Outcome.RATE_LIMITED
            )
    except (Captcha, RateLimited) as refusal:
        # A page of its own would at once meet the same.
        return trouble_sight(surface, task.browser.now(), visit, refusal)
    except NoEvidence:
        pass  # calls cannot be made from this page; another account's page may do
    except Failure:  # no shared page could be had
        pages.note(surface.name, visit.session, answered=False)
    else:
        answered = sight.outcome not in (Outcome.CHANGED, Outcome.UNREACHABLE)
        pages.note(surface.name, visit.session, answered=answered)
        if calls_suffice(sight, surface, task.need):
            return sight
    try:
        await pause()
    except NoEvidence as full:
        return trouble_sight(surface, task.browser.now(), visit, full)
    return await look_by_page(task, surface, session, visit)


async def look_by_page(
    task: LookTask, surface: Surface, session: Session | None, visit: Visit
) -> Sight:
    """Look by a page of its own; a second look takes the evidence.

    The operator and other people are covered in it.

    Expected failures become the sight's outcome.
    """
    scraper, account, second = task.scraper, task.account, task.need.second
    try:
        async with task.browser.tab(
            session,
            PageRules(
                hosts=surface.hosts or scraper.hosts,
                whole=second,
                url_keys=surface.url_keys,
                heavy=scraper.heavy,
            ),
        ) as tab:
            tab.pause, tab.back_to = partial(task.gate.pause, visit), task.need.back_to
            sight = await sight_of(surface, surface.see(tab, account), tab)
            tab.loan.spent = is_troubled(sight)
            if second:
                mask = Mask.for_account(
                    account.filed,
                    sight,
                    scraper.viewer if tab.session else nobody,
                    (*(scraper.viewer_marks if tab.session else ()), *scraper.others_marks),
                )
                captures = await tab.evidence.take(page=surface.page_shows, mask=mask)
                sight = replace(sight, captures=captures)
            return sight
    except Failure as failure:  # no page could be had at all
        return trouble_sight(surface, task.browser.now(), visit, failure)


async def look_by_interface(
    task: LookTask, surface: Surface, session: Session | None, visit: Visit
) -> Sight:
    """Look by a site's official interface, with a key; a second look takes the answers as evidence.

    Expected failures become the sight's outcome.
    """
    assert session is not None
    try:
        async with task.browser.interface(session) as calls:
            calls.pause, calls.back_to = partial(task.gate.pause, visit), task.need.back_to
            sight = await sight_of(surface, surface.see_by_interface(calls, task.account), calls)
            return replace(sight, captures=calls.captures()) if task.need.second else sight
    except Failure as failure:  # the key cannot be read
        return trouble_sight(surface, task.browser.now(), visit, failure)


def calls_suffice(sight: Sight, surface: Surface, need: Need) -> bool:
    """Whether what calls gave is all that a page of the surface could give; else ask the page.

    Where the site turns us away, it does so by either way. What speaks against an account is for a
    page to say, unless no page shows it. Where only a page may be exact, a post must lie well
    inside the window: an older one is worth its exact date.
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


def with_links(sight: Sight, scraper: Scraper) -> Sight:
    """The sight with the links of its posts that may be opened again, newest first."""
    if scraper.lasting is None:
        return sight
    newest_first = sorted(
        (post for post in sight.posts if post.link), key=lambda post: post.order, reverse=True
    )
    found = [post.link for post in newest_first if scraper.lasting.fullmatch(post.link)]
    return replace(sight, links=tuple(dict.fromkeys((*sight.links, *found))))


def is_settled(sights: Sequence[Sight], need: Need) -> bool:
    """Whether no further surface needs to be tried.

    The identity must be read where it is due. Then a post that is fresh enough settles the need,
    and so does a list that shows everything. The platform's own word about this id settles it
    alone.
    """
    named, dated = not need.identity, False
    for sight in sights:
        if sight.outcome in (Outcome.CANCELLED, Outcome.BANNED, Outcome.PRIVATE):
            return True
        named |= bool(sight.name and sight.matched_by)
        dated |= sight.exact or any(post.on >= need.fresh_after for post in sight.posts)
    return named and dated


async def sight_of(
    surface: Surface,
    seen: AsyncIterator[PayloadFacts],
    by: Tab | PageCalls | InterfaceCalls,
    *,
    by_call: bool = False,
) -> Sight:
    """What a surface yields as one sight, held against the dates of the site's replies."""
    sight = merge_facts(
        surface,
        await _facts(seen, by),
        session=by.session,
        login=by.login,
        read_at=by.now(),
        url=scrub(by.url, surface.url_keys),
    )
    return apply_clock_check(by.clock, replace(sight, by_call=by_call))


async def _facts(
    seen: AsyncIterator[PayloadFacts], by: Tab | PageCalls | InterfaceCalls
) -> list[PayloadFacts]:
    """What a surface yields; the failure that ends it as its last fact."""
    facts: list[PayloadFacts] = []
    try:
        async for fact in seen:
            facts.append(fact)
        if by.refused is not None:
            raise by.refused
    except Failure as failure:
        if by.session and isinstance(failure, LoginRequired):
            by.known = False
        # What was read before stays; the rest of the list is unknown, so nothing is complete.
        facts = [replace(fact, complete_since=None) for fact in facts]
        facts.append(_trouble(failure))
    return facts


def _trouble(failure: Failure) -> PayloadFacts:
    return PayloadFacts(
        outcome=failure.outcome,
        name=failure.name,
        detail=failure.detail,
        ends_day=failure.ends_day,
    )


def trouble_sight(surface: Surface, read_at: datetime, visit: Visit, failure: Failure) -> Sight:
    """The sight of a visit for which no page could be had."""
    return merge_facts(surface, (_trouble(failure),), session=visit.session, read_at=read_at)


def is_troubled(sight: Sight) -> bool:
    """Whether a page met trouble of ours: then the next look must have another one."""
    return sight.outcome.about_us and sight.outcome is not Outcome.NO_EVIDENCE


def apply_clock_check(clock: ClockCheck, sight: Sight) -> Sight:
    """The sight as it is; only our trouble where our clock disagrees with the site's replies."""
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
        ends_day=sight.ends_day,
        outcome=outcome,
        detail=clock.trouble,
    )


def merge_facts(
    surface: Surface,
    facts: Sequence[PayloadFacts],
    *,
    session: str,
    login: str = "",
    read_at: datetime,
    url: str = "",
) -> Sight:
    """One sight out of what a surface yielded.

    Name and ids are of the first fact that is tied to the account; all posts come once. The outcome
    is the last that is not `ok`. `complete_since` is the last, where the surface can prove one at
    all. The sight is described if any part of it is.
    """
    first, tie = PayloadFacts(), None
    platform_id = original_id = verified_as = ""
    posts: dict[tuple[object, ...], Post] = {}
    links: dict[str, None] = {}
    outcome = Outcome.OK if facts else Outcome.NO_EVIDENCE
    attested, complete_since = surface.attested, None
    for fact in facts:
        # A name and the ground on which it is this account's must come from one fact.
        if fact.name and (not first.name or (fact.matched_by and not first.matched_by)):
            first = fact
        tie = tie or fact.matched_by
        platform_id = platform_id or fact.platform_id
        original_id = original_id or fact.original_id
        verified_as = verified_as or fact.verified_as
        for post in fact.posts:
            key = (post.id,) if post.id else (post.at, post.on, post.link)
            posts[key] = _with_words(posts[key], post) if key in posts else post
        links |= dict.fromkeys(fact.links)
        if fact.outcome is not Outcome.OK:
            outcome = fact.outcome
        if fact.attested is Attestation.DESCRIBED:
            attested = Attestation.DESCRIBED
        if surface.complete(session):
            complete_since = fact.complete_since or complete_since
    ties = [first.matched_by if first.name else tie]
    if outcome.negative:
        # What speaks against an account keeps its own tie, whatever named the account before.
        ties += [fact.matched_by for fact in facts if fact.outcome is outcome]
    return Sight(
        surface=surface.name,
        attested=attested,
        session=session,
        login=login,
        read_at=read_at,
        url=url,
        outcome=outcome,
        name=_on_one_line(first.name),
        platform_id=platform_id,
        original_id=original_id,
        verified_as=_on_one_line(verified_as),
        name_hit=next((fact.name_hit for fact in facts if fact.name_hit), None),
        matched_by=max(filter(None, ties), key=list(MatchedBy).index, default=None),
        posts=tuple(posts.values()),
        complete_since=complete_since,
        links=tuple(links),
        link_from=next((fact.link_from for fact in facts if fact.link_from), ""),
        # The wider end counts: `login` stands before `surface`.
        ends_day=min((fact.ends_day for fact in facts if fact.ends_day), default=None),
        interaction=merge_interaction(fact.interaction for fact in facts),
        detail="; ".join(filter(None, (fact.detail for fact in facts))),
    )


def _with_words(kept: Post, again: Post) -> Post:
    """A post that was shown twice: what one place leaves out of its words, the other may show."""
    return replace(
        kept,
        title=kept.title or again.title,
        original_title=kept.original_title or again.original_title,
        original_link=kept.original_link or again.original_link,
    )


def _on_one_line(text: str) -> str:
    """What a site calls an account. A line end in it would begin a line of its own wherever the
    name is told."""
    return " ".join(text.splitlines())
