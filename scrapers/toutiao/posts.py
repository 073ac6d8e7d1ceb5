"""The posts of Toutiao's feed `profile_all`, and of the cards that its page shows. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mediawatch.domain import Attestation, Changed, Outcome, PayloadFacts, Post, PostKind
from mediawatch.domain.clock import EVER, day_of, parse_printed
from scrapers.lists import complete_back_to
from scrapers.toutiao.cells import author_of, ids_of, is_banned, post_of, unwrap

_DAYS_AGO = re.compile(r"\d+天前")


def has_more(payload: object) -> bool:
    """Whether the site says that older items follow; True where it does not say."""
    return not isinstance(payload, Mapping) or payload.get("has_more") not in (False, 0)


def cursor(payload: object) -> str:
    """Where the site says that the list goes on. `Changed` where it does not say."""
    match payload:
        case {"next": {"max_behot_time": int() | str() as after}} if after not in (0, "", "0"):
            return str(after)
    raise Changed("has_more without a place to go on")


def join_pages(first: object, second: object) -> object:
    """Two pages of the feed as one list, newest page first.

    `Changed` where the second is no page.
    """
    match first, second:
        case {"data": list(newer), **rest}, {
            "message": "success",
            "data": list() | None as older,
            **further,
        }:
            return rest | {
                "data": [*newer, *(older or [])],
                "has_more": has_more(second),
                "next": further.get("next"),
            }
    raise Changed(second)


def read_feed(payload: object, author: str, now: datetime) -> PayloadFacts:
    """The posts of a page of `profile_all`. `author` is the name on the profile.

    `complete_since` is set where every own item has a date and they stand newest first, pinned ones
    aside. It is `EVER` where the site says that nothing follows. Outcome `rate_limited` for an
    answer without success, which is how risk control speaks; `no_posts` for a successful empty one.
    `Changed` for an unknown shape and for another account's list.
    """
    if check := _check_in(payload):
        return _beside_check(payload, author, now, check)
    if refusal := _refusal_in(payload):
        return refusal
    match payload:
        case {"message": "success", "data": list() | None as data}:
            items: list[Any] = [unwrap(item) for item in data or []]
        case _:
            raise Changed(payload)
    if not items and (emptiness := _emptiness_of(payload)):
        return emptiness
    authors = {name for item in items if (name := author_of(item))}
    if author and authors and author not in authors:
        raise Changed(f"the feed is by {min(authors)}, the profile is {author}")
    notes: list[str] = []
    own = _own_ids(items, author)
    for item in tuple(items):
        if author and (name := author_of(item)) and name != author and not own & ids_of(item):
            notes.append(f"an item by {name} left out")
            items.remove(item)
        elif is_banned(item):
            notes.append("an item says ban_status")
    posts = tuple(post for item in items if (post := post_of(item, now, notes)) is not None)
    # A site shows "only the pinned post" also where it withholds the rest from a visitor.
    ends = not has_more(payload) and any(not post.pinned for post in posts)
    since = None if notes else EVER if ends else complete_back_to(posts)
    return PayloadFacts(posts=posts, complete_since=since, detail="; ".join(notes))


def _beside_check(payload: object, author: str, now: datetime, check: str) -> PayloadFacts:
    """What is shown beside a check is true, but may be a part."""
    match payload:
        case {"decision": _, **without} if without.get("message") == "success" and without.get(
            "data"
        ):
            shown = read_feed(without, author, now)
            return replace(
                shown,
                outcome=Outcome.CAPTCHA,
                complete_since=None,
                detail="; ".join(filter(None, (shown.detail, check))),
            )
    return PayloadFacts(outcome=Outcome.CAPTCHA, detail=check)


def _refusal_in(payload: object) -> PayloadFacts | None:
    """What an answer without success says of us; None where it succeeded, or is no answer."""
    match payload:
        case {"message": str(message), **rest} if message != "success":
            login = re.search(r"log[-_ ]?in|登录", f"{message} {rest.get('data')}", re.I)
            return PayloadFacts(
                outcome=Outcome.LOGIN_REQUIRED if login else Outcome.RATE_LIMITED,
                detail=f"the feed says {message[:80]!r}",
            )
    return None


def _emptiness_of(payload: object) -> PayloadFacts | None:
    """What an empty feed says; None where more is to follow."""
    if not isinstance(payload, Mapping) or not {"has_more", "next"} <= payload.keys():
        # Risk control answers with success, too, but leaves these out.
        return PayloadFacts(
            outcome=Outcome.RATE_LIMITED,
            detail="the feed succeeded with nothing in it, not even has_more and next",
        )
    if has_more(payload):
        return None
    return PayloadFacts(
        outcome=Outcome.NO_POSTS,
        detail="the feed succeeded and is empty",
        attested=Attestation.DESCRIBED,
    )


def _check_in(payload: object) -> str:
    """What a reply says of a check that the site wants first; "" where nothing.

    It stands in `decision`, with or without success.
    """
    match payload:
        case {"decision": dict() | str() as decision} if decision:
            return f"the site wants a check: {str(decision)[:80]}"
    return ""


def _own_ids(items: Sequence[object], author: str) -> set[str]:
    """The numbers of the author's cells: older ones may carry an older name."""
    return set().union(*(ids_of(item) for item in items if author_of(item) == author))


def read_cards(cards: object, now: datetime) -> tuple[Post, ...]:
    """Posts off the cards that the page shows: `[printed date, link]` each.

    By day, and lower bounds; what is unreadable is left out.

    `now` is the moment of the page: `4小时前`, `昨天21:06`, `3天前` (to 7), `01月30日` (this year),
    `2023年02月26日`.
    """
    if not isinstance(cards, list):
        raise Changed(f"cards: {str(cards)[:80]}")
    posts: list[Post] = []
    for card in cards:
        match card:
            case [str(printed), str(link)]:
                pass
            case _:
                continue
        try:
            _, on = parse_printed(printed.strip(), now)
        except Changed:
            continue
        # Days of 24 hours, not of the calendar: three of them and 23 hours are four midnights ago.
        on -= timedelta(days=1 if _DAYS_AGO.fullmatch(printed.strip()) else 0)
        found = re.search(r"/(article|video|w)/(\d+)/?", link)
        kind = (
            {"article": PostKind.ARTICLE, "video": PostKind.VIDEO, "w": PostKind.MICRO}[found[1]]
            if found
            else PostKind.OTHER
        )
        if on <= day_of(now):
            posts.append(
                Post(
                    on=on,
                    id=found[2] if found else "",
                    kind=kind,
                    link=f"https://www.toutiao.com{found[0]}" if found else "",
                )
            )
    return tuple(posts)
