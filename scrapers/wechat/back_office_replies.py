"""What the back office of mp.weixin.qq.com answers. Pure.

Hits of `searchbiz`, batches of `appmsgpublish`. Shapes as recorded until 2026-08
(docs/platforms/wechat.md): `publish_page` is JSON in a string, every `publish_info` in it again.
The operator's own list is described (2026-09, 2026-10): the same layers, articles in `appmsg_info`
instead of `appmsgex`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from mediawatch.domain import Changed, LoginRequired, Post, PostKind, RateLimited
from mediawatch.domain.clock import EVER, day_of, from_epoch
from scrapers.browser.pool import Reply
from scrapers.titles import title_of
from scrapers.wechat.links import storable_link

_NOT_LOGGED_IN = (200003, 200040)
_TOO_OFTEN = 200013
_LOGIN_PAGE = ("bizlogin", "loginpage", "扫码登录", "登录超时", "请重新登录")
_KINDS = {0: PostKind.ARTICLE, 5: PostKind.VIDEO, 8: PostKind.PICTURES, 10: PostKind.MICRO}
_UNPUSHED, _PUSHED = 10002, 9
_ARTICLES = (_UNPUSHED, _PUSHED)
"""Types of batches that hold articles.

Others are texts, pictures or videos that were sent to everybody.
"""
_SENT, _NOT_SENT, _GONE = (2,), (1, 5, 6), (7, 8)
"""`msg_status`: sent; under review, send failed, refused as a violation; deleted video,
no longer to be seen.
"""
_PUBLISHED = 200


def answer(reply: Reply) -> Mapping[str, Any]:
    """The payload of one call.

    LoginRequired, RateLimited and Changed by `base_resp.ret`, also where a login page came instead.
    """
    text = reply.good().text()
    if text.lstrip().startswith("<") and any(sign in text for sign in _LOGIN_PAGE):
        raise LoginRequired("the back office sent its login page")
    match reply.json():
        case {"base_resp": {"ret": int(ret)}, **rest}:
            pass
        case other:
            raise Changed(f"no base_resp from {reply.path}: {shape(other)}")
    if ret in _NOT_LOGGED_IN:
        raise LoginRequired(f"ret {ret}: the session is over")
    if ret == _TOO_OFTEN:
        raise RateLimited(f"ret {ret}: freq control")
    if ret:
        raise Changed(f"ret {ret} from {reply.path}")
    return {str(key): value for key, value in rest.items()}


def shape(payload: object) -> str:
    """The keys of an unknown payload; never its values."""
    return (
        f"{type(payload).__name__} {sorted(map(str, payload))[:12]}"
        if isinstance(payload, Mapping)
        else type(payload).__name__
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """One account that the search found.

    `alias` is its 微信号, "" where it has none or hides it.
    """

    biz: str
    name: str
    alias: str = ""
    original_id: str = ""
    verified: bool | None = None
    body: str = ""
    """认证主体. No recorded hit has one; it is read under the name that WeChat's interfaces give it."""


def read_hits(payload: Mapping[str, Any]) -> tuple[tuple[Hit, ...], int]:
    """The hits of one page, and `total`.

    `total` counts what is there from this page on at best: 0 past the last page.
    """
    match payload:
        case {"list": list(items), "total": int(total)}:
            return tuple(map(_hit, items)), total
    raise Changed(f"search without list and total: {shape(payload)}")


def _hit(item: object) -> Hit:
    match item:
        case {"fakeid": str(biz), "nickname": str(name), **rest} if biz and name:
            alias, username = rest.get("alias"), rest.get("username")
            gh = username if isinstance(username, str) and username.startswith("gh_") else ""
            status, body = rest.get("verify_status"), rest.get("principal_name")
            return Hit(
                biz,
                name,
                alias if isinstance(alias, str) else "",
                gh,
                verified=status > 0 if isinstance(status, int) else None,
                body=body if isinstance(body, str) else "",
            )
    raise Changed(f"search hit of another shape: {shape(item)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """One page of the list.

    `moments` are those of its batches as they stand; not `certain` where one has no date or an
    unknown state.
    """

    posts: tuple[Post, ...]
    total: int
    count: int
    moments: tuple[datetime, ...]
    certain: bool
    deleted: int = 0


def read_batches(payload: Mapping[str, Any], *, own: bool = False) -> Batches:
    """Every published and still visible article of one page, dated by its batch.

    The order on the page plays no part. `own`: the list of the account of the login itself, which
    alone may be empty.
    """
    match payload:
        case {"publish_page": str(text)}:
            inner = _inner(text)
        case {"publish_page": {**fields}} if own:
            inner = fields
        case _:
            raise Changed(f"list without publish_page: {shape(payload)}")
    match inner:
        case {"total_count": int(total), "publish_list": list(entries), **counts}:
            pass
        case other:
            raise Changed(f"publish_page of another shape: {shape(other)}")
    if not entries and not (own and total == 0 and not _counts(counts)):
        # An empty list of another account proves nothing: a refused look would get the same.
        raise Changed(f"an empty list ({total} in total)")
    if entries and total == 0:
        raise Changed(f"{len(entries)} entries in a list of none")
    # An entry whose publish_info is "" holds nothing at all.
    batches = [_batch(info) for info in map(_info, entries) if info]
    return Batches(
        posts=tuple(post for batch in batches for post in batch.posts),
        total=total,
        count=len(entries),
        moments=tuple(moment for batch in batches for moment in batch.moments),
        certain=all(batch.certain for batch in batches),
        deleted=sum(batch.deleted for batch in batches),
    )


def _counts(listed: Mapping[Any, Any]) -> bool:
    """Whether one of the counts beside the total includes a publication."""
    return any(listed.get(key) for key in ("publish_count", "masssend_count", "featured_count"))


def complete_since(pages: Sequence[Batches]) -> datetime | None:
    """Back to which moment pages show everything: given in order from the first on.

    None where anything on them is uncertain, or where batches do not stand newest first: an unknown
    order may hide anything.
    """
    moments = [moment for page in pages for moment in page.moments]
    if (
        not moments
        or not all(page.certain for page in pages)
        or any(later > earlier for earlier, later in pairwise(moments))
    ):
        return None
    return EVER if sum(page.count for page in pages) >= pages[0].total else moments[-1]


def _inner(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Changed(f"JSON string inside the list does not parse: {text[:40]!r}") from error


def _info(entry: object) -> Mapping[str, Any] | None:
    match entry:
        case {"publish_info": ""}:
            return None
        case {"publish_info": str(text)}:
            match _inner(text):
                case {**info}:
                    return {str(key): value for key, value in info.items()}
    raise Changed(f"list entry of another shape: {shape(entry)}")


@dataclass(frozen=True, slots=True)
class _Batch:
    posts: tuple[Post, ...] = ()
    moments: tuple[datetime, ...] = ()
    certain: bool = True
    deleted: int = 0


def _batch(info: Mapping[str, Any]) -> _Batch:
    items = info.get("appmsgex") or info.get("appmsg_info") or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Changed(f"batch of another shape: {shape(info)}")
    sent, result = _part(info, "sent_info"), _part(info, "sent_result")
    published = _part(info, "publish_info")
    status = result.get("msg_status")
    if (
        status in _NOT_SENT
        or sent.get("is_published") == 0
        or published.get("publish_status", _PUBLISHED) != _PUBLISHED
    ):
        return _Batch()
    if status in _GONE:
        return _Batch(deleted=len(items))
    live = [
        item
        for item in items
        if not item.get("is_deleted") and not item.get("ban_flag") and not item.get("checking")
    ]
    at = _moment(info, sent, published)
    if not items and info.get("type") not in _ARTICLES and status in _SENT and at:
        return _Batch(posts=(Post(at=at, on=day_of(at), pushed=True),), moments=(at,))
    dated = [(item, at or _epoch(item.get("create_time"))) for item in live]
    known = [moment for _, moment in dated if moment] or [each for each in (at,) if each]
    if status is not None and status not in _SENT:
        return _Batch(moments=tuple(known[:1]), certain=False)
    return _Batch(
        posts=tuple(_post(item, moment, info.get("type")) for item, moment in dated if moment),
        moments=(max(known),) if known else (),
        certain=bool(items) and bool(known) and all(moment for _, moment in dated),
        deleted=len(items) - len(live),
    )


def _part(info: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = info.get(key)
    return part if isinstance(part, dict) else {}


def _moment(
    info: Mapping[str, Any], sent: Mapping[str, Any], published: Mapping[str, Any]
) -> datetime | None:
    """群发 time of the batch; of one without push, when it was published.

    `sent_result.update_time` is noise, `update_time` an edit.
    """
    if sent and info.get("type") != _UNPUSHED:
        return _epoch(sent.get("time"))
    return _epoch(published.get("create_time"))


def _number(item: Mapping[str, Any]) -> str:
    """As `aid` numbers an article; the own list has the two numbers apart."""
    match item:
        case {"appmsgid": int() | str() as message, "itemidx": int() | str() as place}:
            return f"{message}_{place}"
    return ""


def _epoch(value: object) -> datetime | None:
    return from_epoch(value) if value else None


def _post(item: Mapping[str, Any], at: datetime, kind: object) -> Post:
    shown_as, aid, link = (
        item.get("item_show_type"),
        item.get("aid"),
        item.get("link") or item.get("content_url"),
    )
    return Post(
        at=at,
        on=day_of(at),
        id=aid if isinstance(aid, str) else _number(item),
        kind=_KINDS.get(shown_as, PostKind.OTHER) if isinstance(shown_as, int) else PostKind.OTHER,
        pushed=True if kind == _PUSHED else False if kind == _UNPUSHED else None,
        # The own list's links carry the login's token.
        link=storable_link(link) if isinstance(link, str) and link else "",
        title=title_of(item.get("title")),
    )
