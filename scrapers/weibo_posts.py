"""The posts of one Weibo list, read into dates. Pure.

Dates: RFC text (before 2021 short Chinese forms), checked against the post's own number: a `mid` is a clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mediawatch.clock import CLOCK_SKEW, day_of, parse_printed
from mediawatch.domain import Changed, Post, PostKind

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far the printed date may lie from the moment in the number; recorded ones differ by a second at most."""
_CLOCK_ZERO = 515_483_463
"""Unix seconds at which the numbers' clock starts; 62 recorded posts of 2019 to 2023 agree, and three quoted ones up to 2026."""
_CLOCK_SHIFT = 22
_CLOCK_SINCE = datetime(2011, 1, 1, tzinfo=UTC)
"""Older posts have numbers of another kind."""


def numbered_at(mid: str) -> datetime | None:
    """The moment in which a post got its number; None where the number holds none."""
    if not (mid.isascii() and mid.isdigit() and len(mid) < 20):
        return None
    at = datetime.fromtimestamp((int(mid) >> _CLOCK_SHIFT) + _CLOCK_ZERO, UTC)
    return at if at >= _CLOCK_SINCE else None


@dataclass(slots=True)
class Found:
    """The account's own posts of one list, in the order shown. `gaps`: an own item is missing among them for want of a sound date."""

    posts: list[Post] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    """Ids of all own items, also of those that are no updates."""
    gaps: bool = False
    notes: list[str] = field(default_factory=list)

    @classmethod
    def among(cls, items: Sequence[object], uid: str, now: datetime) -> Found:
        """Raises `Changed` where a list has items and all of them are plainly other people's: then it is another account's list."""
        found = cls()
        strangers = 0
        for item in items:
            match item if isinstance(item, dict) else {}:
                case {"title": {"text": str(title)}} if "赞过" in title:
                    found.notes.append("liked post of another account left out")
                case {"ori_mid": _, "screen_name_suffix_new": suffix} if "快转" in str(suffix):
                    # Carries the original's author and date, and is no update.
                    found.notes.append("快转 left out")
                case {"user": {"id": int() | str() as owner}} if str(owner) != uid:
                    strangers += 1
                case {"user": {"id": int() | str()}} as own:
                    found.add(own, uid, now)
                case _:
                    found.miss("item without an author")
        if strangers and strangers == len(items):
            raise Changed(f"{strangers} items, none of uid {uid}")
        if strangers:
            found.notes.append(f"{strangers} posts of other accounts left out")
        return found

    def add(self, item: Mapping[str, object], uid: str, now: datetime) -> None:
        match item:
            case {"created_at": str(printed), "id": int() | str() as number}:
                self.own.add(str(number))
            case _:
                self.miss("own item without id or date")
                return
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
        if self.contradicted(_text(item, "mid") or str(number), at):
            return
        bid = _text(item, "mblogid") or _text(item, "bid") or str(number)
        self.posts.append(
            Post(
                on=on,
                at=at,
                id=_text(item, "mid") or str(number),
                kind=PostKind.MICRO,
                pinned=_pinned(item),
                repost=bool(item.get("retweeted_status")),
                link=f"https://weibo.com/{uid}/{bid}",
            )
        )

    def contradicted(self, mid: str, at: datetime | None) -> bool:
        """Whether the number gives the printed date the lie: nothing is published before it has a number.

        The other way round it may wait: a scheduled post is numbered when it is written, and dated when it appears.
        """
        numbered = numbered_at(mid)
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


def _pinned(item: Mapping[str, object]) -> bool:
    """Any mark will do: each of them was missing at some time."""
    match item:
        case {"isTop": 1 | True} | {"mblogtype": 2} | {"title": {"text": "置顶"}}:
            return True
    return _text(item, "profile_type_id").startswith("proweibotop")


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
