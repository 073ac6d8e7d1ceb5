"""What the official interface answers: its codes, and the entries of a day. Pure.

docs/platforms/wechat.md §7 names the sources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from mediawatch.domain import (
    Account,
    Changed,
    Failure,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    PayloadFacts,
    Post,
    PostKind,
    RateLimited,
    Unreachable,
)
from scrapers.browser.reply import Reply
from scrapers.titles import title_of
from scrapers.wechat.articles import SHORT_LINK
from scrapers.wechat.back_office_replies import shape
from scrapers.wechat.identity import biz_in, encode_biz, number_of, tie_of_ids
from scrapers.wechat.links import storable_link

_NO_KEY: Mapping[int, str] = {
    40001: "the AppSecret or the token is not valid",
    40013: "the AppID is not valid",
    40014: "the token is not valid",
    40125: "the AppSecret is not valid",
    40164: "this machine's address is not on the account's allow-list (IP白名单)",
    42001: "the token is over",
    48001: "the account may not use this interface: it is not verified, or lacks the permission",
    61003: "the account gave no authorisation to this caller",
    61004: "this machine's address may not call",
    61007: "the account's authorisation does not cover this interface",
}
"""What each code says of the key."""
_TOO_MUCH: Mapping[int, str] = {
    45009: "the interface's calls of the day are used up",
    45011: "too many calls a minute",
}
_BUSY = -1
_CLOSED = 47009
_PUSHED: Mapping[int, bool | None] = {0: True, 1: False, 2: None}
"""`publish_type`: 已通知, 未开启通知; 2 was seen in 2026-03, and no document explains it."""
_MESSAGE = re.compile(r"\d+_\d+")


def code_of(reply: Reply) -> int:
    """`errcode` of an answer; 0 where it has none. Raises what `Reply.json` does."""
    match reply.json():
        case {"errcode": int(code)}:
            return code
    return 0


def refuse(code: int) -> None:
    """What a code that is not 0 means for us.

    LoginRequired, RateLimited, Unreachable, Changed. The interface's own words are not told: they
    may hold the address of this machine.
    """
    failure: Failure
    if code in _NO_KEY:
        failure = LoginRequired(f"errcode {code}: {_NO_KEY[code]}")
    elif code in _TOO_MUCH:
        failure = RateLimited(f"errcode {code}: {_TOO_MUCH[code]}")
    elif code == _BUSY:
        failure = Unreachable(f"errcode {code}: the interface is busy")
    elif code == _CLOSED:
        failure = Changed(f"errcode {code}: the interface was closed")
    else:
        failure = Changed(f"errcode {code}, which is not known")
    raise failure


@dataclass(frozen=True, slots=True)
class Day:
    """What the interface lists of one day. `late`: it says itself that the day is not complete."""

    posts: tuple[Post, ...]
    late: bool
    owners: tuple[str, ...]
    """Every `biz` that its links name."""


def read_day(reply: Reply, on: date) -> Day:
    """The entries of one day.

    Raises what `refuse` and `Reply.json` do. Changed for another shape, an entry of another day, and
    an unknown `publish_type`.
    """
    match reply.json():
        case {"errcode": int(code)} if code:
            refuse(code)
        case {"list": list(entries), "is_delay": bool(late)}:
            links = [_link(entry) for entry in entries]
            posts = tuple(
                _post(entry, link, on) for entry, link in zip(entries, links, strict=True)
            )
            owners = dict.fromkeys(biz for link in links if (biz := biz_in(link)))
            return Day(posts, late, tuple(owners))
    raise Changed(f"day of another shape: {shape(reply.json())}")


def _link(entry: object) -> str:
    """`content_url` of an entry; "" where it has none, or one that is no article's address."""
    match entry:
        case {"content_url": str(link)} if urlsplit(link).hostname == "mp.weixin.qq.com":
            return link
    return ""


def _post(entry: object, link: str, on: date) -> Post:
    match entry:
        case {"ref_date": str(day), "msgid": str(id), "publish_type": int(how), **rest} if (
            how in _PUSHED and not isinstance(how, bool) and _MESSAGE.fullmatch(id)
        ):
            if day != on.isoformat():
                raise Changed(f"an entry of {day[:20]} in the answer for {on}")
            short = SHORT_LINK.match(link)
            return Post(
                on=on,
                # As articles and the back office's list number it.
                id=id,
                kind=PostKind.ARTICLE,
                pushed=_PUSHED[how],
                link=storable_link(short[0]) if short else "",
                title=title_of(rest.get("title")),
            )
        case {"publish_type": how}:
            raise Changed(f"entry of another shape, publish_type {how!r:.20}: {shape(entry)}")
    raise Changed(f"entry of another shape: {shape(entry)}")


def facts_of(days: Sequence[Day], account: Account) -> PayloadFacts:
    """The posts of the days, and whose they are.

    By the `biz` in their links; else the key's account is the one to which the operator bound it.
    NoEvidence where a link names another account: then nothing by this key is the account's.
    """
    owners = list(dict.fromkeys(number_of(biz) for day in days for biz in day.owners))
    ties = [tie_of_ids(account, "the key belongs to another account", biz) for biz in owners]
    if len(owners) > 1:
        raise NoEvidence(f"the links name several accounts: {', '.join(owners)}")
    tie = next(filter(None, ties), None)
    return PayloadFacts(
        platform_id=encode_biz(owners[0]) if owners else "",
        matched_by=tie or MatchedBy.URL,
        posts=tuple(post for day in days for post in day.posts),
        detail=""
        if tie
        else "tied by the operator's binding of the key: no link names its account",
    )
