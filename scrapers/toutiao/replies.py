"""What Toutiao's answers say: the server data of a profile page, and the feed `profile_all`.

Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from mediawatch.domain import Attestation, Changed, Outcome, PayloadFacts, Post, PostKind
from mediawatch.domain.clock import CLOCK_SKEW, EVER, beijing, day_of, from_epoch, parse_printed
from scrapers.browser.reply import render_data
from scrapers.lists import complete_back_to

# No recording shows these pages, so the wordings are described only. They must stand alone on a
# line, on a page without a profile.
_CANCELLED = re.compile(r"^.{0,12}(?:已被?|自主)注销.{0,12}$", re.MULTILINE)
_NOT_FOUND = re.compile(
    r"^.{0,12}(?:用户|[账帐]号|页面|主页)(?:已?不存在|找不到|走丢了).{0,12}$", re.MULTILINE
)
_GONE_NAME = re.compile(r"(?:该?(?:用户|[账帐]号))?已注销(?:用户|[账帐]号)?")
_SHELL = re.compile(r"RENDER_DATA|今日头条|toutiaostatic")
_DAYS_AGO = re.compile(r"\d+天前")
_ID_SLACK = timedelta(hours=1)
_PATHS = {PostKind.ARTICLE: "article", PostKind.VIDEO: "video", PostKind.MICRO: "w"}


def decoded(text: str) -> object:
    """The server data as a page embeds them: URI-encoded JSON. `Changed` where they are not."""
    try:
        return json.loads(unquote(text))
    except (ValueError, RecursionError) as error:
        raise Changed(f"RENDER_DATA is no JSON: {text[:80]}") from error


def served(html: str) -> object:
    """The server data of a document as it is served.

    `Changed` where it has none: the challenge, a page of another kind.
    """
    found = render_data(html)
    if found is None:
        raise Changed("a document without RENDER_DATA")
    return decoded(found)


def read_profile(render_data: object) -> PayloadFacts | None:
    """Name, id (`userId`) and 认证 from the server data; `banned` or `cancelled` where they say so.

    None: a page without a profile.
    """
    match render_data:
        case {"data": {"profileUserInfo": {"userId": str(token), "name": str(name), **user}}} if (
            token and name.strip()
        ):
            pass
        case {"data": {"profileUserInfo": None | {"userId": ""}}}:
            return None
        case {"data": dict(data)} if "profileUserInfo" not in data:
            return None
        case _:
            raise Changed(f"server data: {str(render_data)[:200]}")
    outcome, detail = Outcome.OK, ""
    if user.get("banStatus") in (True, "1", "true"):
        outcome, detail = Outcome.BANNED, "banStatus is true"
    elif _GONE_NAME.fullmatch(name.strip()):
        outcome, detail = Outcome.CANCELLED, f"it is called {name.strip()}"
    return PayloadFacts(
        outcome=outcome,
        name=name.strip(),
        platform_id=token,
        verified_as=_verified_as(user.get("userAuthInfo")),
        detail=detail,
        attested=None if outcome is Outcome.OK else Attestation.DESCRIBED,
    )


def is_shell(html: str) -> bool:
    """Whether a document is the site's own: a proxy in between answers 404, too."""
    return _SHELL.search(html) is not None


def media_id(render_data: object) -> str:
    """The account's number; "" where it is missing.

    It outlives changes of name and address.
    """
    match render_data:
        case {"data": {"profileUserInfo": {"mediaId": str(number)}}}:
            return number
    return ""


def _verified_as(info: object) -> str:
    """认证: an object, or the same as JSON text."""
    if isinstance(info, str):
        try:
            info = json.loads(info)
        except ValueError:
            return ""
    match info:
        case {"auth_info": str(text)}:
            return text.strip()
    return ""


def read_absence(text: str) -> PayloadFacts | None:
    """What the visible text of a page without a profile says; None without a known wording."""
    for outcome, wording in ((Outcome.CANCELLED, _CANCELLED), (Outcome.NOT_FOUND, _NOT_FOUND)):
        if found := wording.search(text):
            return PayloadFacts(
                outcome=outcome, detail=found[0].strip(), attested=Attestation.DESCRIBED
            )
    return None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell of the feed is.

    `date` in Unix seconds as the site gave it; None for an own item without one.
    """

    kind: PostKind
    date: object
    repost: bool = False


def unwrapped(item: object) -> object:
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


def has_more(payload: object) -> bool:
    """Whether the site says that older items follow; True where it does not say."""
    return not isinstance(payload, Mapping) or payload.get("has_more") not in (False, 0)


def cursor(payload: object) -> str:
    """Where the site says that the list goes on. `Changed` where it does not say."""
    match payload:
        case {"next": {"max_behot_time": int() | str() as after}} if after not in (0, "", "0"):
            return str(after)
    raise Changed("has_more without a place to go on")


def joined(first: object, second: object) -> object:
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
        if (
            isinstance(payload, dict)
            and payload.get("message") == "success"
            and payload.get("data")
        ):
            # What is shown beside it is true, but may be a part.
            shown = read_feed(
                {key: value for key, value in payload.items() if key != "decision"}, author, now
            )
            return replace(
                shown,
                outcome=Outcome.CAPTCHA,
                complete_since=None,
                detail="; ".join(filter(None, (shown.detail, check))),
            )
        return PayloadFacts(outcome=Outcome.CAPTCHA, detail=check)
    match payload:
        case {"message": "success", "data": list() | None as data}:
            items: list[Any] = [unwrapped(item) for item in data or []]
        case {"message": str(message), **rest} if message != "success" and re.search(
            r"log[-_ ]?in|登录", f"{message} {rest.get('data')}", re.I
        ):
            return PayloadFacts(
                outcome=Outcome.LOGIN_REQUIRED, detail=f"the feed says {message[:80]!r}"
            )
        case {"message": str(message)} if message != "success":
            return PayloadFacts(
                outcome=Outcome.RATE_LIMITED, detail=f"the feed says {message[:80]!r}"
            )
        case _:
            raise Changed(payload)
    if not items:
        if not isinstance(payload, Mapping) or not {"has_more", "next"} <= payload.keys():
            # Risk control answers with success, too, but leaves these out.
            return PayloadFacts(
                outcome=Outcome.RATE_LIMITED,
                detail="the feed succeeded with nothing in it, not even has_more and next",
            )
        if not has_more(payload):
            return PayloadFacts(
                outcome=Outcome.NO_POSTS,
                detail="the feed succeeded and is empty",
                attested=Attestation.DESCRIBED,
            )
    authors = {name for item in items if (name := _author(item))}
    if author and authors and author not in authors:
        raise Changed(f"the feed is by {min(authors)}, the profile is {author}")
    notes: list[str] = []
    own = _own_ids(items, author)
    for item in tuple(items):
        if author and (name := _author(item)) and name != author and not own & _ids(item):
            notes.append(f"an item by {name} left out")
            items.remove(item)
        elif _banned(item):
            notes.append("an item says ban_status")
    posts = tuple(post for item in items if (post := _post(item, now, notes)) is not None)
    # A site shows "only the pinned post" also where it withholds the rest from a visitor.
    ends = not has_more(payload) and any(not post.pinned for post in posts)
    since = None if notes else EVER if ends else complete_back_to(posts)
    return PayloadFacts(posts=posts, complete_since=since, detail="; ".join(notes))


def _check_in(payload: object) -> str:
    """What a reply says of a check that the site wants first; "" where nothing.

    It stands in `decision`, with or without success.
    """
    match payload:
        case {"decision": dict() | str() as decision} if decision:
            return f"the site wants a check: {str(decision)[:80]}"
    return ""


def _ids(item: object) -> set[str]:
    """Every number by which a cell tells whose it is."""
    found: set[str] = set()
    match item:
        case {"user_info": dict(user)} | {"user": {"info": dict(user)}} | {"user": dict(user)}:
            found |= {str(user[key]) for key in ("user_id", "id", "media_id") if user.get(key)}
    match item:
        case {"itemCell": {"userInfo": dict(user)}}:
            found |= {str(user[key]) for key in ("userID", "mediaID") if user.get(key)}
    return found - {"0"}


def _own_ids(items: Sequence[object], author: str) -> set[str]:
    """The numbers of the author's cells: older ones may carry an older name."""
    return set().union(*(_ids(item) for item in items if _author(item) == author))


def _banned(item: object) -> bool:
    match item:
        case {"user": {"info": {"ban_status": True | 1}}} | {"user_info": {"ban_status": True | 1}}:
            return True
    return False


def _post(item: Any, now: datetime, notes: list[str]) -> Post | None:
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
    return Post(
        on=day_of(at),
        at=at,
        id=number,
        kind=cell.kind,
        pinned=pinned,
        repost=cell.repost,
        link=link,
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


def _author(item: object) -> str:
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
