"""The works of an account, read into dates. Pure.

All pages of a list are read as one: only a list that is whole proves anything beyond its dates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mediawatch.domain import (
    Attestation,
    Changed,
    LoginRequired,
    Outcome,
    PayloadFacts,
    Post,
    PostKind,
    RateLimited,
)
from mediawatch.domain.clock import CLOCK_SKEW, EVER, beijing, day_of, from_epoch_ms
from scrapers.kuaishou.replies import END, refuse
from scrapers.titles import title_of

QUIET = timedelta(days=10)
"""A list without a newer post is read to its end: only the whole of it proves a silence."""
_WORK = "https://www.kuaishou.com/short-video/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list. `cursor` is where it goes on, "" where the site says that it ends."""

    items: Sequence[object]
    cursor: str


def page_of(payload: object) -> Page:
    """One answer of /rest/v/profile/feed. Raises as `refuse`; `Changed` for an unknown shape."""
    refuse(payload)
    match payload:
        case {"feeds": list(items), "pcursor": str(cursor)} if cursor:
            return Page(items=items, cursor="" if cursor == END else cursor)
    raise Changed(payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """How a list was asked for."""

    user_id: str
    known: bool
    """Whether the page knows the operator: what visitors get may be a part."""
    visitor: bool
    """Whether it was asked for without a login."""
    works: int | None
    """How many public works the page counts; None where it does not say."""


@dataclass(slots=True)
class _Found:
    """What the items of a list gave."""

    posts: list[Post] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    own: int = 0
    notes: list[str] = field(default_factory=list)
    """What was set aside: then the list proves nothing about what it does not show."""


def read_posts(pages: Sequence[Page], now: datetime, asked: ListRequest) -> PayloadFacts:
    """The posts of the pages of one list, first page first.

    `complete_since` is `EVER` where the page knows the operator, the list ends, every item is the
    account's own and dated, and there are as many as the page counts. Else None: the order of the
    list is not attested, and pinned works bear no mark that is known. The name is the one that the
    first item gives its author.
    """
    items = [item for page in pages for item in page.items]
    ends = not pages[-1].cursor
    if not items:
        return _without_works(ends, asked)
    found = _Found()
    for item in items:
        _add(found, item, now, asked.user_id)
    if not found.own:
        raise Changed(f"{len(items)} works, none of them by {asked.user_id}")
    note = "; ".join(found.notes)
    if not found.posts:
        return PayloadFacts(
            outcome=Outcome.NO_EVIDENCE, detail=f"no dated post among {len(items)}; {note}"
        )
    whole = ends and not found.notes and len(found.ids) == asked.works
    return PayloadFacts(
        name=found.names[0] if found.names else "",
        posts=tuple(found.posts),
        complete_since=EVER if asked.known and whole else None,
        detail=note,
    )


def reads_on(seen: PayloadFacts, now: datetime, asked: ListRequest) -> bool:
    """Whether the rest of the list is worth reading: the operator's, and nothing in it is recent."""
    return (
        asked.known
        and asked.works is not None
        and bool(seen.posts)
        and all(post.at is not None and post.at < now - QUIET for post in seen.posts)
    )


def _without_works(ends: bool, asked: ListRequest) -> PayloadFacts:
    """What an empty list says: sites answer so when they block, so counts must agree with it."""
    if ends and asked.works == 0 and asked.known:
        return PayloadFacts(
            outcome=Outcome.NO_POSTS,
            attested=Attestation.DESCRIBED,
            detail="photo_public 0 and an empty list",
        )
    blocked = LoginRequired if asked.visitor else RateLimited
    raise blocked(f"an empty list, {asked.works} works counted")


def _add(found: _Found, item: object, now: datetime, user_id: str) -> None:
    match item:
        case {"photo": {"id": str() | int() as number, **photo}, **rest} if str(number):
            pass
        case _:
            # It may be a work of a kind that is not known.
            found.notes.append("an item that is no work left out")
            return
    author, name = _author(rest)
    if author and author != user_id:
        found.notes.append(f"work {number} by {name or author} left out")
        return
    found.own += 1
    if author and name:
        found.names.append(name)
    post = _post(str(number), photo, rest.get("type"), now, found.notes)
    if post is not None and post.id not in found.ids:
        found.ids.add(post.id)
        found.posts.append(post)


def _author(item: Mapping[Any, Any]) -> tuple[str, str]:
    """Id and name; "" where the item names no author: then it is the account's, as asked for."""
    match item:
        case {"author": {"id": str(author), **rest}}:
            name = rest.get("name")
            return author, name.strip() if isinstance(name, str) else ""
    return "", ""


def _post(
    number: str, photo: Mapping[Any, Any], kind: object, now: datetime, notes: list[str]
) -> Post | None:
    try:
        at = from_epoch_ms(photo.get("timestamp"))
    except Changed:
        notes.append(f"work {number}: no date ({photo.get('timestamp')!r})")
        return None
    if at > now + CLOCK_SKEW:
        notes.append(
            f"发布时间异常: work {number} is dated {beijing(at):%Y-%m-%d %H:%M}, after the moment of "
            "the look"
        )
        return None
    return Post(
        on=day_of(at),
        at=at,
        id=number,
        kind=PostKind.VIDEO if kind == 1 else PostKind.OTHER,
        link=f"{_WORK}{number}",
        title=title_of(photo.get("caption")),
    )
