"""WeChat's stand-in, the operator's back office.

Home page, name search, and the list of another account's articles.
"""

from __future__ import annotations

import html
import json
import secrets
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, Protocol

from scrapers.replica.truth import ArticleState, TrueAccount, TruePost, Truth, number_of
from scrapers.replica.web import (
    NOT_SERVED,
    Request,
    Response,
    answer,
    code_picture,
    fill,
    page,
    picture_url,
    redirect,
    script_json,
    template,
    whole,
)

_HOST = "mp.weixin.qq.com"
_SIMILAR = 0.5
_MOST_HITS = 20

_LOGIN_PAGE = template("wechat_login.html")
_SCAN = "/cgi-bin/scanloginqrcode"
_HOME_PAGE = template("wechat_home.html")


class _Public(Protocol):
    """What the back office needs of the site."""

    bare: bool
    lists_open: bool
    accounts: tuple[TrueAccount, ...]
    by_id: dict[str, TrueAccount]

    def knows_operator(self, request: Request) -> bool: ...
    def scan_state(self) -> Response: ...
    def scan_script(self, poll: str, then: str) -> str: ...
    def posts_of(self, account: TrueAccount) -> tuple[TruePost, ...]: ...


class Office:
    def __init__(self, site: _Public) -> None:
        self._site = site
        self._token = str(100_000_000 + secrets.randbelow(2_000_000_000))
        self.own = next((account for account in site.accounts if account.own), None)
        """The account that the login belongs to."""

    def _home(self) -> Response:
        own = self.own
        values = {
            "user_name": own.original_id if own else "gh_000000000000", "nick_name": own.name if own else "演示操作员",
            "biz": own.id if own else "MA==",
        }  # fmt: skip
        shown = html.escape(values["nick_name"])
        return page(
            fill(
                _HOME_PAGE,
                token=script_json(self._token),
                shown=shown,
                **{key: script_json(each) for key, each in values.items()},
            )
        )

    def answer(self, request: Request) -> Response:
        known = self._site.knows_operator(request)
        home = f"https://{_HOST}/cgi-bin/home?t=home/index&lang=zh_CN&token={self._token}"
        match request.path.strip("/").split("/")[-1]:
            case "":
                return (
                    redirect(home)
                    if known
                    else page(
                        fill(
                            _LOGIN_PAGE,
                            scan=self._site.scan_script(f"{_SCAN}?action=ask", "location = '/'"),
                        )
                    )
                )
            case "scanloginqrcode":
                return (
                    self._site.scan_state()
                    if request.query.get("action") == "ask"
                    else code_picture(f"https://{_HOST}/replica/scan?uuid=0000000000000000")
                )
            case "home":
                admitted = known and request.query.get("token") == self._token
                return self._home() if admitted else redirect(f"https://{_HOST}/")
            case "searchbiz" | "appmsgpublish" if self._site.bare:
                return NOT_SERVED
            case "searchbiz" | "appmsgpublish" if not known:
                return _refused(200003, "invalid session")
            case "searchbiz" | "appmsgpublish" if request.query.get("token") != self._token:
                return _refused(200040, "invalid csrf token")
            case "searchbiz":
                return self._search(request)
            case "appmsgpublish":
                return self._list(request)
        return NOT_SERVED

    def _search(self, request: Request) -> Response:
        query = request.query
        hits = _hits(query.get("query", ""), self._site.accounts)
        begin, count = whole(query.get("begin", "")), min(whole(query.get("count", "")) or 5, 20)
        shown = [_hit(account) for account in hits[begin : begin + count]]
        return answer(
            {"base_resp": {"ret": 0, "err_msg": "ok"}, "list": shown, "total": len(shown)}
        )

    def _list(self, request: Request) -> Response:
        query = request.query
        asked = query.get("fakeid", "")
        if asked and not self._site.lists_open:
            return _refused(200013, "freq control")
        account = self._site.by_id.get(asked) if asked else self.own
        if asked and (account is None or account.truth not in (Truth.ALIVE, Truth.EMPTY)):
            return _refused(200002, "invalid args")
        posts = self._site.posts_of(account) if account else ()
        begin, count = whole(query.get("begin", "")), min(whole(query.get("count", "")) or 5, 20)
        batches = [
            {
                "publish_type": 101,
                "publish_info": _batch(account, post, "" if asked else self._token),
            }
            for post in posts[begin : begin + count]
            if account
        ]
        pushed = sum(post.pushed for post in posts)
        listed = {
            "total_count": len(posts), "publish_count": len(posts) - pushed, "masssend_count": pushed, "featured_count": 0,
            "publish_list": batches,
        }  # fmt: skip
        return answer(
            {
                "base_resp": {"ret": 0, "err_msg": "ok"},
                "is_admin": False,
                "publish_page": json.dumps(listed, ensure_ascii=False),
            }
        )


def _refused(number: int, text: str) -> Response:
    return answer({"base_resp": {"ret": number, "err_msg": text}})


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _hits(query: str, accounts: Sequence[TrueAccount]) -> list[TrueAccount]:
    """Exact names and aliases, and similar names; the exact one is not always the first."""
    wanted = _folded(query)
    scored: list[tuple[float, TrueAccount]] = []
    for account in accounts:
        if not account.searchable or account.truth not in (Truth.ALIVE, Truth.EMPTY):
            continue
        exact = wanted in (_folded(account.name), _folded(account.alias))
        score = 2.0 if exact else SequenceMatcher(None, wanted, _folded(account.name)).ratio()
        if wanted and score >= _SIMILAR:
            scored.append((score, account))
    scored.sort(key=lambda each: (-each[0], each[1].row))
    hits = [account for _, account in scored[:_MOST_HITS]]
    if len(hits) > 1 and number_of(wanted, 2):
        hits[0], hits[1] = hits[1], hits[0]
    return hits


def _hit(account: TrueAccount) -> dict[str, Any]:
    return {
        "fakeid": account.id, "nickname": account.name, "alias": account.alias, "username": "", "signature": "演示数据",
        "round_head_img": picture_url("mmbiz.qpic.cn", account.name), "service_type": 2 if account.filed.get("kind") == "服务号" else 1,
        "verify_status": 2,
    }  # fmt: skip


def _batch(account: TrueAccount, post: TruePost, token: str) -> str:
    """A JSON string in a JSON string.

    `sent_result.update_time` is noise: here it lies a month later than the post.

    The operator's own list has its articles in another place, with links that carry his `token`.
    """
    number = 2_247_000_000 + number_of(account.article_token(post), 9_000_000)
    article = {
        "aid": f"{number}_1", "appmsgid": number, "itemidx": 1, "title": post.title or f"演示文章 {post.number}",
        "link": account.article_link(post),
        "digest": "", "create_time": post.serial, "update_time": post.serial - 1, "item_show_type": 0,
        "is_deleted": post.article is ArticleState.DELETED, "ban_flag": 0, "checking": 0, "album_id": "0", "appmsg_album_infos": [],
        "copyright_type": 0, "author_name": "",
    }  # fmt: skip
    link = f"https://{_HOST}/s?__biz={account.id}&mid={number}&idx=1&sn={account.article_token(post)}&token={token}"
    own = {
        key: value for key, value in article.items() if key not in ("aid", "link", "create_time")
    } | {"content_url": link}
    sent = (
        {"time": post.serial, "is_published": 1, "is_send_all": True, "func_flag": 0}
        if post.pushed
        else None
    )
    return json.dumps(
        {
            "type": 9 if post.pushed else 10002,
            "msgid": number,
            "new_publish": 0,
            "sent_info": sent,
            "sent_status": {},
            "sent_result": {
                "msg_status": 2,
                "refuse_reason": "",
                "update_time": post.serial + 30 * 86_400,
                "reject_index_list": [],
            },
            "appmsg_info": [own] if token else [],
            "appmsgex": [] if token else [article],
            "publish_info": {"msgid": number, "publish_status": 200, "create_time": post.serial},
        },
        ensure_ascii=False,
    )
