"""The threads of a home page, read into posts and dates. Pure.

A thread's date is `create_time`, when its author opened it. `last_time` and `last_time_int` are the
last reply by anybody: a silent account in a busy thread would look alive.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mediawatch.domain import Changed, Outcome, PayloadFacts, Post, PostKind
from mediawatch.domain.clock import CLOCK_SKEW, EVER, beijing, day_of, from_epoch
from scrapers.lists import complete_back_to
from scrapers.tieba.replies import Profile, data_of
from scrapers.titles import title_of

HIDDEN = "可能已隐藏动态"
"""Stands in the detail of a list that shows a stranger nothing: its author may hide it all."""
_THREAD = "1"


def read_threads(payload: object, profile: Profile, now: datetime) -> PayloadFacts:
    """Read `myThread` of type 1: the threads that the account opened.

    A stranger's list proves no silence, for authors may hide single threads or all of them. For the
    account's own login `complete_since` is set where nothing was left out and they stand newest
    first, pinned ones aside. An empty list is no evidence: nothing counts what there would be.
    """
    items = threads_in(payload)
    if not items:
        return PayloadFacts(
            outcome=Outcome.NO_EVIDENCE,
            detail="an empty list, and no count of threads" if profile.is_self else HIDDEN,
        )
    authors = {author for item in items if (author := _author(item))}
    if authors and profile.number not in authors:
        raise Changed(f"{len(items)} threads, none of them by {profile.number}")
    notes: list[str] = []
    posts = tuple(post for item in items if (post := _post(item, profile, now, notes)) is not None)
    # "Only the pinned one" is also what a site shows when it withholds the rest.
    ends = not has_more(payload) and any(not post.pinned for post in posts)
    whole = profile.is_self and not notes
    return PayloadFacts(
        outcome=Outcome.OK if posts else Outcome.NO_EVIDENCE,
        posts=posts,
        complete_since=None if not whole else EVER if ends else complete_back_to(posts),
        detail="; ".join(notes),
    )


def threads_in(payload: object) -> list[Any]:
    """The list of a reply; an empty one where the site leaves it out. `Changed` for another shape."""
    match data_of(payload):
        case {"list": list(items)}:
            return items
        case data if "list" not in data and "has_more" in data:
            return []
    raise Changed(payload)


def has_more(payload: object) -> bool:
    """Whether the site says that older ones follow; True where it does not say."""
    match payload:
        case {"data": {"has_more": 0 | "0" | False}}:
            return False
    return True


def join_pages(first: object, second: object) -> object:
    """Two pages as one list, newest page first. `Changed` where the second is no page."""
    newer, older = threads_in(first), threads_in(second)
    more: Mapping[str, object] = data_of(second)
    return {"error_code": 0, "data": {**more, "list": [*newer, *older]}}


def _author(item: object) -> str:
    match item:
        case {"thread_info": {"author_id": int() | str() as author}} if str(author) not in (
            "",
            "0",
        ):
            return str(author)
    return ""


def _post(item: object, profile: Profile, now: datetime, notes: list[str]) -> Post | None:
    """One thread, or None.

    What is set aside leaves a note: then the list proves nothing about what it does not show.
    """
    match item:
        case {"type": kind, "thread_info": dict(thread), **outer}:
            pass
        case _:
            notes.append("an item without a type or a thread")
            return None
    number = str(thread.get("tid") or thread.get("id") or "")
    if why := _reason_to_leave_out(
        str(kind), thread | {"private": outer.get("private")}, _author(item), profile.number
    ):
        notes.append(f"thread {number}: {why}")
        return None
    try:
        at = from_epoch(thread.get("create_time"))
    except Changed:
        notes.append(f"thread {number}: no date ({thread.get('create_time')!r})")
        return None
    if at > now + CLOCK_SKEW:
        notes.append(
            f"发布时间异常: thread {number} is dated {beijing(at):%Y-%m-%d %H:%M}, after the moment "
            "of the look"
        )
        return None
    return Post(
        on=day_of(at),
        at=at,
        id=number,
        kind=PostKind.MICRO,
        pinned=str(thread.get("top_thread_set_time") or 0) != "0",
        repost=_says(thread, "is_share_thread"),
        link=f"https://tieba.baidu.com/p/{number}" if number.isascii() and number.isdigit() else "",
        title=title_of(thread.get("title")),
    )


def _reason_to_leave_out(kind: str, thread: Mapping[str, object], author: str, own: str) -> str:
    """Why an item is no public thread of the account; "" where it is one."""
    if kind != _THREAD:
        return f"of type {kind!r}"
    if author != own:
        return f"by {author or 'an unnamed author'}"
    if _says(thread, "private") or _says(thread, "is_partial_visible"):
        return "not shown to everybody"
    if _says(thread, "is_deleted"):
        return "deleted"
    if _says(thread, "is_tiebaplus_ad"):
        return "an advertisement"
    return ""


def _says(record: Mapping[str, object], key: str) -> bool:
    """Whether a flag is set; one of another form than 0 counts as set."""
    return str(record.get(key) or 0) != "0"
