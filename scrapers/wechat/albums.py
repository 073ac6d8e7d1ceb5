"""WeChat albums (合集): the articles of one album. Open to visitors.

An article of the account gave the album's address. An album holds what its owner put there, in the
owner's order. So it is read in both orders, and its dates are lower bounds. Described only
(docs/platforms/wechat.md §4).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from mediawatch.domain import (
    Account,
    Attestation,
    Changed,
    MatchedBy,
    Pace,
    PayloadFacts,
    Post,
    PostKind,
    Sight,
)
from mediawatch.domain.clock import day_of, from_epoch
from mediawatch.names import same
from scrapers.browser.pool import Reply, Tab
from scrapers.surface import SessionUse, Shows, Surface
from scrapers.titles import title_of
from scrapers.urls import query_of
from scrapers.wechat.article_page import read_article
from scrapers.wechat.back_office_replies import answer, shape
from scrapers.wechat.identity import biz_in, number_of, tie_of_ids
from scrapers.wechat.links import storable_link

_ALBUM = re.compile(r"https://mp\.weixin\.qq\.com/mp/appmsgalbum\?[^\s]+")
_ALBUMS = 2
"""Albums read in one look."""
_ARTICLES = 20


def albums_of(links: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(biz, album id) of the album addresses among links, in their order."""
    found = [query_of(match[0]) for link in links if (match := _ALBUM.fullmatch(link))]
    return tuple(
        dict.fromkeys(
            (keys["__biz"], keys["album_id"])
            for keys in found
            if keys.get("__biz") and keys.get("album_id")
        )
    )


class Album(Surface):
    """合集 of the account.

    Shows what the owner put there, so its newest article is a lower bound.
    """

    name = "wechat.album"
    label = "微信合集"
    attested = Attestation.DESCRIBED
    session = SessionUse.VISITOR
    shows = Shows.SOME
    pace = Pace(every=4.0, jitter=2.0)
    url_keys = frozenset({"action", "__biz", "album_id", "count", "is_reverse", "f"})

    def __init__(self, seen: tuple[str, ...] = ()) -> None:
        self._seen = seen

    def given_earlier(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        """This surface with the known albums, and those that this look has just met.

        None without any.
        """
        seen = tuple(link for sight in earlier if sight.matched_by for link in sight.links)
        return Album(seen) if albums_of((*seen, *account.links)) else None

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        asked = 0
        for biz, album in albums_of((*self._seen, *account.links))[:_ALBUMS]:
            for backwards in (0, 1):
                if asked:
                    await tab.pause()
                asked += 1
                query = {
                    "action": "getalbum",
                    "__biz": biz,
                    "album_id": album,
                    "count": _ARTICLES,
                    "is_reverse": backwards,
                    "f": "json",
                }
                reply = (
                    await tab.open(f"https://mp.weixin.qq.com/mp/appmsgalbum?{urlencode(query)}")
                ).good()
                payload = payload_of(reply, tab.url)
                yield read_album(payload, account, biz)
                if shows_all(payload):
                    break


def payload_of(reply: Reply, url: str) -> Mapping[str, Any]:
    """The JSON of one call.

    Where a page came instead, what `read_article` makes of it: a verification, a refusal.
    """
    if reply.text().lstrip().startswith("<"):
        page = read_article(reply.text(), url)
        raise Changed(f"a page instead of the album ({page.outcome}): {page.detail}")
    return answer(reply)


def shows_all(payload: Mapping[str, Any]) -> bool:
    """Whether the album ends with this answer: then its other order holds the same."""
    match payload:
        case {"getalbum_resp": {"continue_flag": "0" | 0}}:
            return True
    return False


def read_album(payload: Mapping[str, Any], account: Account, biz: str) -> PayloadFacts:
    """The articles of the album's owner `biz`, in one order.

    NoEvidence where that is another account than the filed one; Changed for an empty album, which
    proves nothing.
    """
    match payload:
        case {
            "getalbum_resp": {
                "base_info": {"nickname": str(name), "username": str(gh)},
                "article_list": list(items),
            }
        }:
            pass
        # One article alone stands there without a list around it.
        case {
            "getalbum_resp": {
                "base_info": {"nickname": str(name), "username": str(gh)},
                "article_list": {**item},
            }
        }:
            items = [item]
        case _:
            raise Changed(f"album of another shape: {shape(payload.get('getalbum_resp', payload))}")
    items = [
        item for item in items if isinstance(item, Mapping) and isinstance(item.get("url"), str)
    ]
    owners = [number_of(biz_in(item["url"])) for item in items]
    # An article belongs to the account that published it; a short link does not say which.
    own = [item for item, owner in zip(items, owners, strict=True) if owner in ("", number_of(biz))]
    posts = tuple(post for post in map(_post, own) if post is not None)
    shown = biz if number_of(biz) in owners else ""
    tie = tie_of_ids(account, f"the album belongs to {name}", shown, gh, name=name)
    if not posts:
        raise Changed(f"an album without dated articles of its owner ({len(items)} in all)")
    # Its address stood on a page of the account.
    tie = tie or (MatchedBy.NAME if same(account.filed.name, name) else MatchedBy.URL)
    return PayloadFacts(name=name, platform_id=shown, original_id=gh, matched_by=tie, posts=posts)


def _post(item: Mapping[str, Any]) -> Post | None:
    """None for an article without a sound time: in an album of lower bounds the others stand."""
    try:
        at = from_epoch(item.get("create_time"))
    except Changed:
        return None
    # Message and place in it, as articles and the back office number them.
    return Post(
        at=at,
        on=day_of(at),
        id=f"{item.get('msgid')}_{item.get('itemidx')}",
        kind=PostKind.ARTICLE,
        link=storable_link(item["url"]),
        title=title_of(item.get("title")),
    )
