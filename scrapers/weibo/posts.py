"""The posts of one Weibo list, read into dates. Pure.

Dates: RFC text (before 2021 short Chinese forms). They are checked against the post's own number: a
`mid` is a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mediawatch.domain import Changed, Post, PostKind
from mediawatch.domain.clock import CLOCK_SKEW, day_of, parse_printed
from mediawatch.plurals import count_of
from scrapers.browser.reply import text_in
from scrapers.titles import plain_text, title_of

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far the printed date may lie from the number's moment; recorded ones: a second at most."""
_GOES_ON = re.compile(r"(?:\.\.\.|…)\s*(?:全文|展开c?)\s*$")
"""How a text ends of which a page shows the rest."""
_CLOCK_ZERO = 515_483_463
"""Unix seconds at which the numbers' clock starts.

62 recorded posts of 2019 to 2023 agree, and three quoted ones up to 2026.
"""
_CLOCK_SHIFT = 22
_CLOCK_SINCE = datetime(2011, 1, 1, tzinfo=UTC)
"""Older posts have numbers of another kind."""


def moment_of_number(mid: str) -> datetime | None:
    """The moment in which a post got its number; None where the number holds none."""
    if not (mid.isascii() and mid.isdigit() and len(mid) < 20):
        return None
    at = datetime.fromtimestamp((int(mid) >> _CLOCK_SHIFT) + _CLOCK_ZERO, UTC)
    return at if at >= _CLOCK_SINCE else None


@dataclass(slots=True)
class OwnPosts:
    """The account's own posts of one list, in the order shown.

    `gaps`: an item was left out that may be an update of the account's.
    """

    posts: list[Post] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    """Ids of all own items, also of those that are no updates."""
    author: Mapping[str, object] = field(default_factory=dict)
    """The account as its own items name it; empty where they do not."""
    gaps: bool = False
    notes: list[str] = field(default_factory=list)

    @classmethod
    def among(cls, items: Sequence[object], uid: str, now: datetime) -> OwnPosts:
        """Raises `Changed` where a list has items and all of them are plainly other people's.

        Then it is another account's list.
        """
        found = cls()
        strangers = 0
        for item in items:
            match item if isinstance(item, dict) else {}:
                case {"screen_name_suffix_new": suffix} as passed_on if "快转" in str(
                    suffix
                ) and _of_another_post(passed_on, uid):
                    found.add_fast_repost(passed_on, uid, now)
                case {"user": {"id": int() | str() as owner} as user} as own if str(owner) == uid:
                    found.author = found.author or user
                    found.add(own, uid, now)
                case {"user": {"id": int() | str()}, "title": {"text": str(title)}} if (
                    "赞过" in title
                ):
                    # The site says what it is: a like, and no update.
                    found.notes.append("liked post of another account left out")
                case {"user": {"id": int() | str()}}:
                    strangers += 1
                case _:
                    found.miss("item without an author")
        if strangers and strangers == len(items):
            raise Changed(f"{count_of(strangers, 'item')}, none of uid {uid}")
        if strangers:
            # A 快转 without its mark looks like this: an update under the original's author and date.
            found.miss(f"{count_of(strangers, 'post')} of other accounts left out")
        return found

    def add_fast_repost(self, item: Mapping[str, object], uid: str, now: datetime) -> None:
        """快转: an update that stands under the original's author, id and date.

        Only its own number gives its moment, and the site does not print it. So it proves that the
        account was active, and leaves a gap.
        """
        number = text_in(item, "mid") or str(item.get("id") or "")
        self.miss(f"快转 {number}: the site prints the original's date")
        made, original = moment_of_number(number), moment_of_number(str(item.get("ori_mid") or ""))
        if original is None:
            # Only a number that is later than the original's date is surely the repost's own.
            with suppress(Changed):
                original, _ = parse_printed(text_in(item, "created_at"), now)
        if (
            made is None
            or original is None
            or made <= original + CLOCK_TOLERANCE
            or made > now + CLOCK_SKEW
        ):
            return
        by = re.findall(r"uid=(\d+)", str(item.get("screen_name_suffix_new")))
        if by and uid not in by:
            return
        self.posts.append(
            Post(
                on=day_of(made),
                at=made,
                id=number,
                kind=PostKind.MICRO,
                pinned=_pinned(item),
                repost=True,
                # The item is the original itself.
                original_title=_words_of(item),
                original_link=_link_of(item, str(item.get("ori_mid") or "")),
            )
        )

    def add(self, item: Mapping[str, object], uid: str, now: datetime) -> None:
        match item:
            case (
                {"id": int() | str() as number}
                | {"idstr": str() as number}
                | {"mid": str() as number}
            ) if number:
                self.own.add(str(number))
            case _:
                self.miss("own item without id")
                return
        printed = text_in(item, "created_at")
        match item:
            case {"visible": {"type": 1}}:
                self.notes.append("post visible to its owner only left out")
                return
        try:
            at, on = parse_printed(printed, now)
        except Changed:
            self.miss(f"own item with an unreadable date: {printed!r}")
            return
        if (at or now) > now + CLOCK_SKEW or on > day_of(now + CLOCK_SKEW):
            self.miss(f"own item dated after the look set aside: {printed}")
            return
        if self.contradicts_number(text_in(item, "mid") or str(number), at):
            return
        bid = text_in(item, "mblogid") or text_in(item, "bid") or str(number)
        shared = item.get("retweeted_status")
        original = shared if isinstance(shared, dict) else {}
        self.posts.append(
            Post(
                on=on,
                at=at,
                id=text_in(item, "mid") or str(number),
                kind=PostKind.MICRO,
                pinned=_pinned(item),
                repost=bool(item.get("retweeted_status")),
                link=f"https://weibo.com/{uid}/{bid}",
                title=_words_of(item),
                original_title=_words_of(original) if original else _card_of(item),
                original_link=_link_of(
                    original, text_in(original, "mblogid") or text_in(original, "bid")
                ),
            )
        )

    def contradicts_number(self, mid: str, at: datetime | None) -> bool:
        """Whether the number contradicts the printed date: no post is published before it has a
        number.

        A date after the number proves no error: a scheduled post is numbered when it is written,
        and dated when it appears.
        """
        numbered = moment_of_number(mid)
        if at is None or numbered is None or abs(at - numbered) <= CLOCK_TOLERANCE:
            return False
        if at > numbered:
            self.notes.append(f"post {mid} appeared later than it was numbered (scheduled)")
            return False
        self.miss(f"own item {mid} is dated {numbered - at} before its number")
        return True

    def miss(self, note: str) -> None:
        self.gaps = True
        self.notes.append(note)

    @property
    def note(self) -> str:
        return "; ".join(dict.fromkeys(self.notes))


def _words_of(item: Mapping[str, object]) -> str:
    """The text of a post; its beginning where the list shows no more (全文, `isLongText`)."""
    marked = plain_text(text_in(item, "text"))
    text = text_in(item, "text_raw") or _GOES_ON.sub("", marked)
    long = item.get("isLongText") in (True, 1) or _GOES_ON.search(marked) is not None
    return title_of(text, goes_on=long)


def _card_of(item: Mapping[str, object]) -> str:
    """The title of the article or page whose card a post shows; "" without one."""
    match item:
        case {"page_info": {"page_title": str(title)}}:
            return title_of(title)
    return ""


def _link_of(item: Mapping[str, object], number: str) -> str:
    """The address of a post of this number; "" where it has none, or names no author."""
    match item:
        case {"user": {"id": int() | str() as author}} if number:
            return f"https://weibo.com/{author}/{number}"
    return ""


def _of_another_post(item: Mapping[str, object], uid: str) -> bool:
    """Whether an item stands for another post than the account's own.

    It names an original, or another author.
    """
    match item:
        case {"user": {"id": int() | str() as owner}} if str(owner) == uid:
            return bool(item.get("ori_mid")) and str(item.get("ori_mid")) != text_in(item, "mid")
    return True


def _pinned(item: Mapping[str, object]) -> bool:
    """Any mark will do: each of them was missing at some time."""
    match item:
        case {"isTop": 1 | True} | {"mblogtype": 2} | {"title": {"text": "置顶"}}:
            return True
    return text_in(item, "profile_type_id").startswith("proweibotop")


def items_of(payload: object) -> list[object]:
    """The posts of a list reply of either site, in the order shown; empty where it is no list."""
    match payload:
        case {"ok": 1, "data": {"list": list(items)}}:
            return items
        case {"ok": 1, "data": {"cards": list(cards)}}:
            return list(posts_in(cards))
    return []


def own_posts(payload: object, uid: str, now: datetime) -> list[Post]:
    """The dated posts of the account's own in a list."""
    items = items_of(payload)
    return OwnPosts.among(items, uid, now).posts if items else []


def leads_on(payload: object, uid: str, now: datetime) -> bool:
    """Whether a list shows posts, but no dated one of the account's own: then the next page may."""
    return bool(items_of(payload)) and not own_posts(payload, uid, now)


def join_pages(payload: object, further: object) -> object:
    """Two pages as one list; the further one alone where that is no list: then it says why."""
    match payload, further:
        case {"data": {"list": list(items)} as data}, {
            "ok": 1,
            "data": {"list": list(more)} as rest,
        }:
            tips = {
                key: rest.get(key) or data.get(key)
                for key in ("bottom_tips_visible", "bottom_tips_text")
            }
            return {"ok": 1, "data": {**rest, **tips, "list": [*items, *more]}}
        case {"data": {"cards": list(cards)} as data}, {"ok": 1, "data": {"cards": list(more)}}:
            return {"ok": 1, "data": {**data, "cards": [*cards, *more]}}
    return further


def posts_in(cards: Sequence[object]) -> Iterator[object]:
    for card in cards:
        match card:
            case {"card_type": 9, "mblog": mblog}:
                yield mblog
            case {"card_type": 11, "card_group": list(group)}:
                yield from posts_in(group)
