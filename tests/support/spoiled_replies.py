"""Spoiled answers: what stands in the place of a page or a reply, and true replies with one thing
wrong in them.

The forms follow what public material says of each site (docs/world.md), and share nothing with the
scrapers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any
from urllib.parse import quote

from mediawatch.domain.clock import beijing
from scrapers.replica.web import (
    Request,
    Response,
    answer,
    fill,
    page,
    redirect,
    script_json,
    template,
)

EMPTY = Response(content_type="application/json; charset=utf-8")
_WITHHELD = 2
"""How many of the newest posts a site keeps from those whom it does not know."""
_MESSAGE = template("wechat_message.html")
Item = dict[str, Any]


class Dates(Enum):
    """What is wrong with the date of the newest item."""

    MISSING = auto()
    TEXT = auto()
    MILLISECONDS = auto()
    FUTURE = auto()
    YEAR_1970 = auto()


_BAIDU_CHECK = page("<!doctype html><title>百度安全验证</title><p>演示</p>", status=403)
"""Baidu's check comes with the status of a refusal."""

# in the place of a page or a reply


def captcha(platform: str, request: Request, document: bool) -> Response:
    if not document:
        return {
            "weibo": answer(
                {
                    "ok": -100,
                    "errno": "-100",
                    "msg": "",
                    "url": "https://m.weibo.cn/api/geetest?testType=1",
                }
            ),
            "douyin": answer({"status_code": 0, "verify_ticket": "replica"}),
            "bilibili": answer({"code": 0, "data": {"v_voucher": "voucher_replica"}}),
            "kuaishou": answer({"result": 400002, "error_msg": "replica"}),
            "weread": answer({"errCode": -2041, "errMsg": "replica"}),
            "tieba": _BAIDU_CHECK,
        }.get(platform) or page(template("wechat_captcha.html"))
    match platform:
        case "weibo":
            return page("<!doctype html><title>微博</title><p>请输入验证码 (演示)</p>")
        case "douyin":
            return page(
                "<!doctype html><title>验证码中间页</title><script>window.TTGCaptcha = "
                "{init() {}, render() {}};</script>"
            )
        case "bilibili":
            return redirect("https://security.bilibili.com/412?replica=1")
        case "kuaishou":
            return redirect("https://captcha.zt.kuaishou.com/iframe/index.html?replica=1")
        case "tieba":
            return _BAIDU_CHECK
        case "toutiao":
            return page(
                "<!doctype html><title></title><body><iframe "
                "src='/captcha/'></iframe><script>var byted_acrawler = {};</script>"
            )
    return redirect(
        f"https://{request.host}/mp/wappoc_appmsgcaptcha?poc_token=replica&target_url={quote(request.url)}"
    )


_COVERS = {
    "toutiao": "<iframe src='/captcha/'></iframe>",
    "douyin": "<div id='captcha_container'>请完成下列验证 (演示)</div>",
    "kuaishou": "<iframe src='https://captcha.zt.kuaishou.com/iframe/index.html'></iframe>",
    "tieba": "<iframe src='https://wappass.baidu.com/static/captcha/'></iframe>",
}


def covered(platform: str, response: Response) -> Response:
    """The page with a check over it."""
    cover = _COVERS.get(platform, "<div class='geetest_panel'>请完成安全验证 (演示)</div>")
    script = (
        "addEventListener('load', () => document.body.insertAdjacentHTML('beforeend', "
        f"{script_json(cover)}));"
    )
    return with_script(response, script)


def login(platform: str, request: Request, document: bool) -> Response:
    if not document:
        return {
            "weibo": answer(
                {"ok": -100, "url": "https://passport.weibo.com/sso/signin?entry=wapsso"}
            ),
            "douyin": answer({"status_code": 2483, "status_msg": "请先登录"}),
            "bilibili": answer({"code": -101, "message": "账号未登录"}),
            "kuaishou": answer({"result": 109}),
            "tieba": answer(
                {"error_code": "1", "error_msg": "用户未登录或登录失败，请更换账号或重试"}
            ),
            "wechat": answer({"base_resp": {"ret": 200003, "err_msg": "invalid session"}}),
            "weread": answer({"errCode": -2010, "errMsg": "replica"}),
            "wechat-api": answer({"errcode": 40001, "errmsg": "invalid credential"}),
        }.get(platform) or answer({"message": "error", "data": None})
    match platform:
        case "weibo":
            return redirect(f"https://weibo.com/login.php?url={quote(request.url)}")
        case "douyin":
            wall = "<p>登录后查看更多作品 <button>立即登录</button></p>"
            return page(f"<!doctype html><title>抖音</title><div data-e2e='user-info'></div>{wall}")
        case "bilibili":
            return redirect("https://passport.bilibili.com/login")
        case "kuaishou":
            return redirect("https://passport.kuaishou.com/pc/account/login")
        case "tieba":
            return redirect("https://passport.baidu.com/v2/?login&tpl=tb")
        case "toutiao":
            return redirect(f"https://sso.toutiao.com/login/?service={quote(request.url)}")
    return page(fill(_MESSAGE, text="请在微信客户端打开链接。", script=""))


def challenge(platform: str, request: Request, wait: float | None) -> Response:
    """A script challenge, which leads back after `wait` seconds; never where that is None."""
    again = "" if wait is None else f"setTimeout(() => location.reload(), {int(wait * 1000)});"
    if platform == "weibo":
        host = "visitor.passport.weibo.cn" if request.host.endswith(".cn") else "passport.weibo.com"
        pause = "" if wait is None else f"&wait={int(wait * 1000)}"
        return redirect(
            f"https://{host}/replica-visitor/visitor/?url={quote(request.url, safe='')}{pause}"
        )
    if platform in ("toutiao", "douyin"):
        return page(
            f"<html><head></head><body></body><script>var byted_acrawler = {{}}; "
            f"{again}</script></html>"
        )
    return page(f"<html><head></head><body></body><script>{again}</script></html>")


def of_its_own(request: Request) -> Response:
    """Pages that only faults lead to: the visitor system's, and the pop-up."""
    if "visitor" not in request.path:
        return page("<p>演示</p>")
    wait, back = request.query.get("wait"), script_json(request.query.get("url", ""))
    script = (
        f"setTimeout(() => location.replace({back}), {int(wait)});"
        if wait and wait.isdigit()
        else ""
    )
    return page(f"<!doctype html><title>Sina Visitor System</title><script>{script}</script>")


# true answers with one thing wrong


def with_script(response: Response, script: str) -> Response:
    """A page that also does this; what is no page (a redirect) stays as it is."""
    if response.status >= 300:
        return response
    return replace(response, body=response.body + f"<script>{script}</script>".encode())


_KEYS = {
    "weibo": ("created_at",), "douyin": ("create_time",), "toutiao": ("publish_time",), "wechat": ("time", "create_time"),
    "weread": ("time",), "wechat-api": ("ref_date",), "bilibili": ("pub_ts", "created"),
    "kuaishou": ("timestamp",), "tieba": ("create_time",),
}  # fmt: skip
_PINNED = {"weibo": "isTop", "douyin": "is_top", "toutiao": "is_stick", "kuaishou": "replicaPinned"}
_ODD_TEXT = "前些时候"


def listing(platform: str, response: Response, items: list[Any] | None) -> Response:
    """The list replaced. Risk control's empty success on Toutiao leaves out what a full one says
    about further pages.
    """

    def empty(payload: Item, _: list[Any]) -> list[Any] | None:
        if platform == "toutiao":
            payload.pop("has_more", None)
            payload.pop("next", None)
        return items

    return _edited(platform, response, empty)


def withheld(platform: str, response: Response) -> Response:
    """Without the newest posts; pinned ones stay."""

    def older(_: Item, items: list[Any]) -> list[Any]:
        ordinary = [
            item
            for item in items
            if _post(platform, item) is not None and not _pinned(platform, item)
        ]
        return [item for item in items if item not in ordinary[:_WITHHELD]]

    return _edited(platform, response, older)


def only_pinned(platform: str, response: Response) -> Response:
    return _edited(
        platform, response, lambda _, items: [item for item in items if _pinned(platform, item)]
    )


def with_unknown(platform: str, response: Response) -> Response:
    """With an item of a kind that nobody has seen yet, after the first."""
    unknown: Item = {"card_type": 999, "cell_type": 999, "replica": True}
    if platform == "douyin":
        unknown = {"aweme_id": "1", "aweme_type": 999, "replica": True}
    if platform == "wechat":
        unknown = {"publish_type": 999, "publish_info": json.dumps({"type": 999, "replica": True})}
    return _edited(platform, response, lambda _, items: [*items[:1], unknown, *items[1:]])


def misdated(platform: str, response: Response, how: Dates) -> Response:
    """The newest item that is not pinned has a date of another kind."""

    def spoil(_: Item, items: list[Any]) -> list[Any]:
        newest = next(
            (
                item
                for item in items
                if _post(platform, item) is not None and not _pinned(platform, item)
            ),
            None,
        )
        if newest is not None:
            _redate(platform, newest, how)
        return items

    return _edited(platform, response, spoil)


def misdated_page(response: Response, how: Dates) -> Response:
    """An article page whose instant is of another kind; a page without one stays as it is."""
    text = response.body.decode()
    for found in set(re.findall(r"(?<=[\"'])1\d{9}(?=[\"'])", text)):
        text = text.replace(found, str(_epoch(int(found), how) if how is not Dates.MISSING else ""))
    return replace(response, body=text.encode())


def _epoch(seconds: int, how: Dates) -> object:
    match how:
        case Dates.TEXT:
            return _ODD_TEXT
        case Dates.MILLISECONDS:
            return seconds * 1000
        case Dates.FUTURE:
            return seconds + int(timedelta(days=400).total_seconds())
    return 8 * 3600


def _epoch_ms(milliseconds: int, how: Dates) -> object:
    """Where milliseconds are right, the other unit is seconds."""
    seconds = milliseconds // 1000
    if how is Dates.MILLISECONDS:
        return seconds
    wrong = _epoch(seconds, how)
    return wrong * 1000 if isinstance(wrong, int) else wrong


def _printed(text: str, how: Dates) -> str:
    """Weibo prints its dates; the official interface of WeChat names the day."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return {
            Dates.TEXT: _ODD_TEXT,
            Dates.FUTURE: "2099-01-01",
            Dates.YEAR_1970: "1970-01-01",
        }.get(how, text.replace("-", "") + "000000000")
    at = datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")
    match how:
        case Dates.TEXT:
            return _ODD_TEXT
        case Dates.MILLISECONDS:
            return str(int(at.timestamp()) * 1000)
        case Dates.FUTURE:
            at += timedelta(days=400)
        case _:
            at = datetime(1970, 1, 1, tzinfo=UTC)
    return f"{beijing(at):%a %b %d %H:%M:%S +0800 %Y}"


def _redate(platform: str, item: Item, how: Dates) -> None:
    post = _post(platform, item)
    assert post is not None
    for held in _objects(post):
        for key in _KEYS[platform]:
            value = held.get(key)
            if isinstance(value, int | str) and how is Dates.MISSING:
                del held[key]
            elif isinstance(value, int):
                held[key] = _epoch_ms(value, how) if platform == "kuaishou" else _epoch(value, how)
            elif isinstance(value, str):
                held[key] = (
                    str(_epoch(int(value), how)) if value.isdigit() else _printed(value, how)
                )
    if "publish_info" in item:
        item["publish_info"] = json.dumps(post, ensure_ascii=False)


def _objects(value: object) -> Iterator[Item]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def _post(platform: str, item: Item) -> Item | None:
    """The post within an item of a list; None where the item is none (an advertisement)."""
    if platform == "wechat" and "publish_info" in item:
        post: Item = json.loads(item["publish_info"])
        return post
    return item.get("mblog") if "card_type" in item else item


def _pinned(platform: str, item: Item) -> bool:
    if platform == "bilibili":
        return "module_tag" in item.get("modules", {})
    if platform == "tieba":
        return bool(item.get("thread_info", {}).get("top_thread_set_time"))
    return bool((_post(platform, item) or {}).get(_PINNED.get(platform, ""), False))


def _edited(
    platform: str, response: Response, change: Callable[[Item, list[Any]], list[Any] | None]
) -> Response:
    """The reply with its list changed. One without a list (a refusal, a missing account) stays as
    it is.
    """
    if "json" not in response.content_type or not response.body:
        return response
    payload: Item = json.loads(response.body)
    wrapped = platform == "wechat" and "publish_page" in payload
    inner = json.loads(payload["publish_page"]) if wrapped else payload
    for place, key in _lists(inner):
        place[key] = change(inner, place[key])
        break
    if wrapped:
        payload["publish_page"] = json.dumps(inner, ensure_ascii=False)
    return replace(response, body=json.dumps(payload, ensure_ascii=False).encode())


def _lists(payload: Mapping[str, Any]) -> Iterator[tuple[Item, str]]:
    """Where a reply keeps its list: the object, and its key."""
    data = payload.get("data")
    inner = data.get("list") if isinstance(data, dict) else None
    for place in (payload, data, payload.get("getalbum_resp"), inner):
        for key in (
            "items",
            "vlist",
            "cards",
            "list",
            "aweme_list",
            "publish_list",
            "data",
            "reviews",
            "feeds",
            "article_list",
        ):
            if isinstance(place, dict) and isinstance(place.get(key), list):
                yield place, key
