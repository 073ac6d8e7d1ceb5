"""The 投稿 list of a space: the videos of an account, read into posts and dates. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mediawatch.domain import Changed, Post, PostKind
from mediawatch.domain.clock import CLOCK_SKEW, EVER, beijing, day_of, from_epoch
from scrapers.browser.reply import text_in
from scrapers.lists import complete_back_to
from scrapers.titles import title_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Videos:
    """The 投稿 list."""

    posts: tuple[Post, ...]
    since: datetime | None
    """From when on it is without gaps; None where it may have some."""
    detail: str = ""

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(post.id for post in self.posts)


def read_videos(payload: object, mid: str, stated: int | None, now: datetime) -> Videos:
    """Read arc/search, newest first. `stated`: how many videos another call of the page counts."""
    match payload:
        case {
            "code": 0,
            "data": {"list": {"vlist": list(items)}, "page": {"count": int(count)}},
        }:
            pass
        case _:
            raise Changed(payload)
    authors = {item["mid"] for item in items if isinstance(item, dict) and "mid" in item}
    together = any(isinstance(item, dict) and _is_union(item) for item in items)
    if authors and int(mid) not in authors and not together:
        raise Changed(f"{len(items)} videos, none of them by {mid}")
    notes: list[str] = []
    posts = tuple(post for item in items if (post := _video(item, mid, now, notes)))
    if stated != count:
        notes.append(f"{count} videos listed, {stated if stated is not None else 'none'} stated")
    if count and not items:
        notes.append(f"an empty list of {count} videos")
    ends = len(items) >= count
    since = None if notes else EVER if ends else complete_back_to(posts)
    return Videos(posts=posts, since=since, detail="; ".join(notes))


def _is_union(item: Mapping[str, Any]) -> bool:
    return item.get("is_union_video") in (1, True)


def _video(item: object, mid: str, now: datetime, notes: list[str]) -> Post | None:
    rest = item if isinstance(item, dict) else {}
    match item:
        case {"bvid": str(number), "mid": int(author)} if number:
            pass
        case _:
            notes.append("a video without id or author")
            return None
    if str(author) != mid:
        notes.append(f"video {number} is published by {author}")
        return None
    if rest.get("is_charging_arc") in (1, True):
        notes.append(f"video {number} is for paying readers")
        return None
    at = date_in(rest.get("created"), f"video {number}", now, notes)
    if at is None:
        return None
    return Post(
        id=number,
        at=at,
        on=day_of(at),
        kind=PostKind.VIDEO,
        link=video_link(number),
        title=title_of(text_in(rest, "title")),
    )


def date_in(value: object, what: str, now: datetime, notes: list[str]) -> datetime | None:
    """The instant of a post; None, and a note, where it is no date or one to come."""
    try:
        at = from_epoch(value)
    except Changed:
        notes.append(f"{what}: no date ({value!r})")
        return None
    if at > now + CLOCK_SKEW:
        notes.append(
            f"发布时间异常: {what} is dated {beijing(at):%Y-%m-%d %H:%M}, after the moment of the look"
        )
        return None
    return at


def video_link(number: str) -> str:
    return f"https://www.bilibili.com/video/{number}"
