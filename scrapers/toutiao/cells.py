"""One cell of Toutiao's feed: what it is, whose, and when it was posted. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mediawatch.domain import Changed, Post, PostKind
from mediawatch.domain.clock import CLOCK_SKEW, beijing, day_of, from_epoch
from scrapers.titles import title_of

_ID_SLACK = timedelta(hours=1)
_PATHS = {PostKind.ARTICLE: "article", PostKind.VIDEO: "video", PostKind.MICRO: "w"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell of the feed is.

    `date` in Unix seconds as the site gave it; None for an own item without one.
    """

    kind: PostKind
    date: object
    repost: bool = False


def unwrap(item: object) -> object:
    """A cell without the wrapper that some micro-posts come in.

    The wrapper holds the cell as JSON text in `stream_cell.raw_data`.
    """
    match item:
        case {"stream_cell": {"raw_data": str(text)}, **outer}:
            pass
        case _:
            return item
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return item
    # Its place in the list (pinned) is said outside, what it is inside.
    return {**outer, **inner} if isinstance(inner, dict) else item


def cell_of(item: object) -> Cell | None:
    """Read a cell: each type keeps its date elsewhere, as the page's own code reads it.

    None for what is no post (a collection of posts). Never `behot_time`, the clock of serving;
    never `origin_*`, the original's author and date within a repost.
    """
    match item:
        case {"cell_type": 341}:
            return None
        case {"cell_type": 56, "comment_base": {"create_time": date}}:
            return Cell(PostKind.MICRO, date, repost=True)
        case {"cell_type": 202, "content": {"answer": {"create_time": date}}}:
            return Cell(PostKind.ANSWER, date)
        case {"cell_type": 203, "content": {"question": {"create_time": date}}}:
            return Cell(PostKind.OTHER, date)
        case {"cell_type": 56 | 202 | 203}:
            return Cell(PostKind.OTHER, None)
        case {"cell_type": 32, "publish_time": date}:
            return Cell(PostKind.MICRO, date)
        case {"cell_type": 48 | 49, "publish_time": date} | {
            "cell_type": 0,
            "has_video": True,
            "publish_time": date,
        }:
            return Cell(PostKind.VIDEO, date)
        case {"cell_type": 0 | 60, "publish_time": date}:
            return Cell(PostKind.ARTICLE, date)
        case {"publish_time": date}:  # the site's own default
            return Cell(PostKind.OTHER, date)
    return Cell(PostKind.OTHER, None)


def ids_of(item: object) -> set[str]:
    """Every number by which a cell tells whose it is."""
    found: set[str] = set()
    match item:
        case {"user_info": dict(user)} | {"user": {"info": dict(user)}} | {"user": dict(user)}:
            found |= {str(user[key]) for key in ("user_id", "id", "media_id") if user.get(key)}
    match item:
        case {"itemCell": {"userInfo": dict(user)}}:
            found |= {str(user[key]) for key in ("userID", "mediaID") if user.get(key)}
    return found - {"0"}


def is_banned(item: object) -> bool:
    match item:
        case {"user": {"info": {"ban_status": True | 1}}} | {"user_info": {"ban_status": True | 1}}:
            return True
    return False


def post_of(item: Any, now: datetime, notes: list[str]) -> Post | None:
    """One post, or None.

    What is set aside leaves a note: then the list proves nothing about what it does not show.
    """
    cell = cell_of(item)
    if cell is None:
        return None
    number, kind = (
        _number(item),
        f"cell type {item.get('cell_type') if isinstance(item, dict) else '?'}",
    )
    match item:
        case {"control_meta": {"share": {"permission": False}}}:
            notes.append(f"{kind} {number}: others cannot see it")
            return None
        case {"cell_type": 48} if not number:
            notes.append(f"{kind} without an id: an advertisement?")
            return None
    try:
        at = from_epoch(cell.date)
    except Changed:
        notes.append(f"{kind} {number}: no date ({cell.date!r})")
        return None
    if at > now + CLOCK_SKEW:
        notes.append(
            f"发布时间异常: {kind} {number} is dated {beijing(at):%Y-%m-%d %H:%M}, after the "
            "moment of the look"
        )
        return None
    if (made := _made_at(number, now)) and at < made - _ID_SLACK:
        notes.append(f"{kind} {number}: dated {beijing(at):%Y-%m-%d}, before its id was made")
    link = (
        f"https://www.toutiao.com/{_PATHS[cell.kind]}/{number}/"
        if number and cell.kind in _PATHS
        else ""
    )
    pinned = item.get("is_stick") is True
    original = item.get("origin_group") if cell.repost else None
    source = _number(original)
    return Post(
        on=day_of(at),
        at=at,
        id=number,
        kind=cell.kind,
        pinned=pinned,
        repost=cell.repost,
        link=link,
        title=_words_of(item),
        original_title=_words_of(original),
        original_link=f"https://www.toutiao.com/group/{source}/" if source else "",
    )


def _made_at(number: str, now: datetime) -> datetime | None:
    """The instant within a 19-digit id; None for other ids.

    It is the beginning of the draft, so never later than the post.
    """
    seconds = (
        int(number) >> 32 if number.isascii() and number.isdigit() and len(number) == 19 else 0
    )
    made = datetime.fromtimestamp(seconds, UTC)
    return made if datetime(2015, 1, 1, tzinfo=UTC) < made <= now else None


def _number(item: object) -> str:
    match item:
        case {"id": str() | int() as number} | {"group_id": str() | int() as number}:
            return str(number)
    return ""


def _words_of(item: object) -> str:
    """The title of an article or video, the text of a micro-post, the comment of a repost."""
    match item:
        case {"title": str(title)} if title.strip():
            return title_of(title)
        case {"comment_base": {"content": str(text)}} | {"content": str(text)}:
            return title_of(text)
        case {"content": {"question": {"title": str(title)}}}:
            return title_of(title)
    return ""


def author_of(item: object) -> str:
    match item:
        case (
            {"user_info": {"name": str(name)}}
            | {"user": {"info": {"name": str(name)}}}
            | {"user": {"name": str(name)}}
            | {"comment_base": {"user": {"info": {"name": str(name)}}}}
            | {"content": {"user": {"uname": str(name)}}}
        ):
            return name.strip()
    return ""
