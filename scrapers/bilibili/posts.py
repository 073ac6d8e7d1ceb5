"""The two lists of a space, 动态 and 投稿, read into posts and dates. Pure.

Only together they show everything: an author may delete the 动态 of a video, and pictures and texts
stand among the 动态 alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Any

from mediawatch.domain import Changed, Outcome, PayloadFacts, Post, PostKind
from mediawatch.domain.clock import EVER, beijing, day_of
from scrapers.bilibili.videos import Videos, date_in, video_link
from scrapers.lists import complete_back_to
from scrapers.titles import title_of

_KINDS = {
    "DYNAMIC_TYPE_AV": PostKind.VIDEO,
    "DYNAMIC_TYPE_WORD": PostKind.MICRO,
    "DYNAMIC_TYPE_DRAW": PostKind.PICTURES,
    "DYNAMIC_TYPE_ARTICLE": PostKind.ARTICLE,
    "DYNAMIC_TYPE_FORWARD": PostKind.MICRO,
    "DYNAMIC_TYPE_MUSIC": PostKind.OTHER,
    "DYNAMIC_TYPE_COMMON_SQUARE": PostKind.MICRO,
    "DYNAMIC_TYPE_COMMON_VERTICAL": PostKind.MICRO,
}
"""What counts as an own post. Live rooms, collections and series appear by themselves."""
_TOGETHER = "与他人联合创作"
_ID_EPOCH, _ID_SLACK = 1_498_838_400, timedelta(days=1)


def read_dynamics(payload: object, mid: str, own_videos: Set[str], now: datetime) -> PayloadFacts:
    """Read feed/space: 动态 of every kind, pinned first, then newest first.

    `own_videos`: which videos the 投稿 list shows as published by this account. Of works made
    together only these count. An empty list is no evidence: the site answers so when it limits.
    """
    items = items_of(payload)
    if not items:
        return PayloadFacts(
            outcome=Outcome.NO_EVIDENCE,
            detail="an empty list of 动态, which the site also answers when it limits",
        )
    authors = {author for item in items if (author := _author(item))}
    if authors and int(mid) not in authors:
        raise Changed(f"{len(items)} 动态, none of them by {mid}")
    notes: list[str] = []
    posts = tuple(post for item in items if (post := _dynamic(item, mid, own_videos, now, notes)))
    # "Only the pinned one" is also what a site shows when it withholds the rest.
    ends = not has_more(payload) and any(not post.pinned for post in posts)
    return PayloadFacts(
        outcome=Outcome.OK if posts else Outcome.NO_EVIDENCE,
        posts=posts,
        complete_since=None if notes else EVER if ends else complete_back_to(posts),
        detail="; ".join(notes),
    )


def items_of(payload: object) -> list[Any]:
    match payload:
        case {"code": 0, "data": {"items": list(items)}}:
            return items
    raise Changed(payload)


def has_more(payload: object) -> bool:
    """Whether the site says that older ones follow; True where it does not say."""
    match payload:
        case {"data": {"has_more": False | 0}}:
            return False
    return True


def cursor(payload: object) -> str:
    """Where the site says that the list goes on. `Changed` where it does not say."""
    match payload:
        case {"data": {"offset": str(after)}} if after:
            return after
    raise Changed("has_more without an offset")


def join_pages(first: object, second: object) -> object:
    """Two pages of the 动态 as one list, newest page first."""
    match second:
        case {"code": 0, "data": {"items": list(older), **rest}}:
            return {"code": 0, "data": {**rest, "items": [*items_of(first), *older]}}
    raise Changed(second)


def _author(item: object) -> int:
    match item:
        case {"modules": {"module_author": {"mid": int(author)}}}:
            return author
    return 0


def _dynamic(
    item: Any, mid: str, own_videos: Set[str], now: datetime, notes: list[str]
) -> Post | None:
    """One post, or None.

    What is set aside leaves a note: then the list proves nothing about what it does not show.
    """
    match item:
        case {
            "id_str": str(number),
            "type": str(kind),
            "modules": {"module_author": {"mid": int(author)} as by},
        }:
            pass
        case _:
            notes.append("an item without id, type or author")
            return None
    modules, what = item["modules"], f"动态 {number}"
    video = _bvid(modules)
    if why := _reason_to_leave_out(item, kind, str(author) == mid, by, video in own_videos):
        notes.append(f"{what}: {why}")
        return None
    at = date_in(by.get("pub_ts"), what, now, notes)
    if at is None:
        return None
    if (made := _made_at(number, now)) and at < made - _ID_SLACK:
        notes.append(f"{what}: dated {beijing(at):%Y-%m-%d}, before its id was made")
    repost = kind == "DYNAMIC_TYPE_FORWARD"
    source, words = _original(item) if repost else ("", "")
    return Post(
        id=video or number,
        at=at,
        on=day_of(at),
        kind=_KINDS[kind],
        pinned=is_pinned(modules),
        repost=repost,
        link=video_link(video) if video else f"https://t.bilibili.com/{number}",
        title=title_of(_words(modules)),
        original_title=title_of(words),
        original_link=f"https://t.bilibili.com/{source}" if source else "",
    )


def _original(item: Mapping[str, Any]) -> tuple[str, str]:
    """Number and words of what a repost passes on; "" where it was deleted."""
    match item.get("orig"):
        case {"id_str": str(number), "modules": dict(modules)} if number:
            return number, _words(modules)
    return "", ""


def _reason_to_leave_out(
    item: Mapping[str, Any], kind: str, own: bool, by: Mapping[str, Any], is_own_video: bool
) -> str:
    """Why an item is neither a sign of life nor of silence; "" where it is an own post."""
    if not own:
        return "by another account"
    if kind not in _KINDS:
        return f"of the kind {kind}"
    if item.get("visible") is False:
        return "hidden"
    basic = item.get("basic")
    if isinstance(basic, dict) and basic.get("is_only_fans") is True:
        return "for paying readers"
    if by.get("pub_action") == _TOGETHER and not is_own_video:
        return f"{_TOGETHER}, and not known to be published by this account"
    return ""


def is_pinned(modules: object) -> bool:
    match modules:
        case {"module_tag": {"text": "置顶"}}:
            return True
    return False


def _made_at(number: str, now: datetime) -> datetime | None:
    """The instant within the id of a 动态, by which it was made; None for an id of another form."""
    if not (number.isascii() and number.isdigit() and len(number) >= 17):
        return None
    made = datetime.fromtimestamp((int(number) >> 32) + _ID_EPOCH, UTC)
    return made if made <= now else None


def _major(modules: object) -> Mapping[str, Any]:
    match modules:
        case {"module_dynamic": {"major": dict(major)}}:
            return major
    return {}


def _bvid(modules: object) -> str:
    match _major(modules):
        case {"archive": {"bvid": str(number)}}:
            return number
    return ""


def _words(modules: object) -> str:
    """The title of a video or article, else the text."""
    major = _major(modules)
    for key in ("archive", "article", "opus"):
        match major.get(key):
            case {"title": str(title)} if title.strip():
                return title
            case {"summary": {"text": str(text)}} if text.strip():
                return text
    match modules:
        case {"module_dynamic": {"desc": {"text": str(text)}}}:
            return text
    return ""


def join_lists(dynamics: PayloadFacts, videos: Videos) -> PayloadFacts:
    """Both lists as one: complete from where both are.

    A video of the 投稿 list that is missing among the 动态 of its time leaves a gap: more of them may
    be withheld.
    """
    ends = (dynamics.complete_since, videos.since)
    since = None if None in ends else max(end for end in ends if end)
    shown = {post.id for post in dynamics.posts}
    missing = _missing(videos.posts, shown, since)
    posts = (*dynamics.posts, *(post for post in videos.posts if post.id not in shown))
    return PayloadFacts(
        outcome=Outcome.OK if posts else dynamics.outcome,
        posts=posts,
        complete_since=None if missing else since,
        detail="; ".join(filter(None, (dynamics.detail, videos.detail, missing))),
    )


def _missing(videos: Sequence[Post], shown: Set[str], since: datetime | None) -> str:
    if since is None:
        return ""
    absent = [post.id for post in videos if post.id not in shown and post.at and post.at >= since]
    return f"{', '.join(absent[:3])} of the 投稿 list not among the 动态" if absent else ""
