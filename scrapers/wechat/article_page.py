"""What an article page of mp.weixin.qq.com says: whose it is, and when it was published. Pure.

It also reads why a page shows no article. Two layouts are recorded (2020 to 2026): classic
`var ct`, `var nickname` …, and one object `window.cgiDataNew`. Picture and text posts have only the
second.

The inline advertising code holds a `nick_name` and `user_name` of its own, sometimes before the
true ones. So both layouts are read from their anchors only. They are read only inside scripts: the
account itself writes the article's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit

from mediawatch.domain import Captcha, Changed, LoginRequired, Outcome, Post, PostKind, RateLimited
from mediawatch.domain.clock import EVER, day_of, from_epoch, parse_printed
from scrapers.titles import title_of
from scrapers.wechat import article_words
from scrapers.wechat.links import own_links, source_link
from scrapers.wechat.page_scripts import decode, object_in, takes_comments, variable_in

_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_HIDDEN = re.compile(
    r"<(script|style|template)\b.*?</\1>|<!--.*?-->|<(?:meta|link)\b[^>]*>",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]*>")
_BODY = re.compile(r"<[^>]+\bid\s*=\s*[\"']js_content[\"']")
_MESSAGE = re.compile(
    r"<[^>]+\bclass\s*=\s*[\"'][^\"']*(?:weui-msg__title|mesg-block|global_error_msg)[^\"']*[\"'][^>]*>"
)
_VERIFY = re.compile(r"PAGE_MID\s*=\s*[\"']mmbizwap:[\w/.-]*(?:secitptpage|captcha|verify)")
_CHECK = re.compile(r"/secitptpage(?:/|$)|/[\w.-]*(?:captcha|verify)[\w.-]*(?:/|$)", re.IGNORECASE)
_LOGIN = re.compile(r"/[\w.-]*login[\w.-]*(?:/|$)", re.IGNORECASE)
_TARGET = re.compile(r"transferTargetLink\s*=\s*[\"'](https?:[^\"']+)[\"']")

_NICKNAME = re.compile(
    r"<(\w+)[^>]*\bclass\s*=\s*[\"'][^\"']*\baccount_nickname_inner\b[^\"']*[\"'][^>]*>(.*?)</\1>",
    re.DOTALL,
)

_PRINTED = re.compile(r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d\d(?::\d\d)?")

UNDATED = "the page tells no time of publishing"
_UNPUSHED, _PUSHED = "10002", "9"
_KINDS = {"0": PostKind.ARTICLE, "5": PostKind.VIDEO, "8": PostKind.PICTURES, "10": PostKind.MICRO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One opened link.

    `outcome` ok: a live article with its `post`; no_evidence: the article is gone; else the
    account's own state.
    """

    outcome: Outcome = Outcome.OK
    name: str = ""
    biz: str = ""
    original_id: str = ""
    alias: str = ""
    post: Post | None = None
    target: str = ""
    """Where a migrated account's page leads."""
    links: tuple[str, ...] = ()
    """What a live page shows of its own account.

    The next article of its album where that is a short link, and its albums.
    """
    comments: bool | None = None  # 留言 below the article; None where the page does not say
    described: bool = False
    """True where the outcome rests on a wording that no recording attests."""
    detail: str = ""


def read_article(text: str, url: str) -> Page:
    """Read the served document at `url` (after redirects).

    Raises Captcha, RateLimited, LoginRequired; Changed for an unknown template.
    """
    path = urlsplit(url).path
    if not path.startswith("/s/") and _CHECK.search(path):
        raise Captcha("article page sent us to its verification")
    if not path.startswith("/s/") and _LOGIN.search(path):
        raise LoginRequired(f"article page sent us to {urlsplit(url).hostname}{path}")
    scripts = "\n".join(_SCRIPT.findall(text))
    page = _second_layout(scripts) or _classic_layout(scripts) or _share_layout(text, scripts)
    if page is not None:
        links, comments = own_links(scripts, page.biz), takes_comments(scripts)
        return _by_nick(replace(page, links=links, comments=comments))
    if _VERIFY.search(scripts):
        raise Captcha("article page is the verification template")
    if path in ("/mp/rumor", "/mp/show_refutation"):
        return Page(outcome=Outcome.NO_EVIDENCE, detail="the article was marked as a rumour")
    return _message(text, scripts)


def _second_layout(scripts: str) -> Page | None:
    data = object_in(scripts, "cgiDataNew")
    if not data.get("nick_name") and not data.get("user_name"):
        return None
    stamps = [data.get(key, "") for key in ("ori_create_time", "create_timestamp", "ori_send_time")]
    page = Page(
        name=data.get("nick_name", "") or variable_in(scripts, "nickname"),
        biz=data.get("bizuin", "") or variable_in(scripts, "biz"),
        original_id=data.get("user_name", "") or variable_in(scripts, "user_name"),
        alias=data.get("alias", ""),
    )
    # What one layout lacks may stand in the other.
    stamps += [data.get("create_time", ""), variable_in(scripts, "ct")]
    return _dated(
        page,
        stamps,
        _Signs(
            ids=_ids(scripts, data),
            kind=data.get("type", ""),
            shown_as=data.get("item_show_type", ""),
            title=data.get("title", "") or variable_in(scripts, "msg_title"),
            source=data.get("source_url", "") or variable_in(scripts, "msg_source_url"),
        ),
    )


def is_blank(text: str) -> bool:
    """Whether a served document shows nothing by itself.

    A shell (an empty `#app`), into which a script draws the content.
    """
    visible = _HIDDEN.sub(" ", text)
    return bool(text.strip()) and not _BODY.search(visible) and not _TAG.sub(" ", visible).strip()


def _share_layout(text: str, scripts: str) -> Page | None:
    """Shared videos of 2019 set `d.ct` and `d.user_name`, and show the name in the page alone."""
    gh = variable_in(scripts, "user_name", of="d")
    visible = _HIDDEN.sub(" ", text)
    shown = _NICKNAME.search(visible)
    if not gh or _BODY.search(visible):
        return None
    name = variable_in(scripts, "nickname", of="d") or variable_in(scripts, "nick_name", of="d")
    return _dated(
        Page(
            name=name or (" ".join(unescape(_TAG.sub(" ", shown[2])).split()) if shown else ""),
            biz=variable_in(scripts, "biz", of="d") or variable_in(scripts, "biz"),
            original_id=gh,
            alias=variable_in(scripts, "alias", of="d"),
        ),
        [variable_in(scripts, key, of="d") for key in ("ct", "create_time")]
        + [variable_in(scripts, "ct")],
        _Signs(shown_as="5", title=variable_in(scripts, "msg_title", of="d")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """What a page says of its article beside the time; "" for what it does not say."""

    ids: tuple[str, str] = ("", "")
    kind: str = ""
    shown_as: str = ""
    title: str = ""
    source: str = ""
    """Where 阅读原文 leads."""


def _dated(page: Page, stamps: list[str], signs: _Signs) -> Page:
    """The page with its post.

    Without one where it gives no time of publishing (some audio shares): its name and ids stand all
    the same.
    """
    at = _instant(stamps)
    if at is None:
        return replace(page, detail=UNDATED)
    return replace(page, post=_post(at, signs))


def _classic_layout(scripts: str) -> Page | None:
    name, gh = variable_in(scripts, "nickname"), variable_in(scripts, "user_name")
    if not name and not gh:
        return None
    page = Page(
        name=name,
        biz=variable_in(scripts, "biz"),
        original_id=gh,
        alias=variable_in(scripts, "alias"),
    )
    stamps = [variable_in(scripts, key) for key in ("ct", "oriCreateTime", "createTime")]
    return _dated(
        page,
        stamps,
        _Signs(
            ids=_ids(scripts, {}),
            kind=variable_in(scripts, "appmsg_type"),
            shown_as=variable_in(scripts, "item_show_type"),
            title=variable_in(scripts, "msg_title"),
            source=variable_in(scripts, "msg_source_url"),
        ),
    )


def _ids(scripts: str, data: dict[str, str]) -> tuple[str, str]:
    """Message and place in it; some pages of the second layout have them only as variables."""
    return data.get("mid") or variable_in(scripts, "mid"), data.get("idx") or variable_in(
        scripts, "idx"
    )


def _post(at: datetime, signs: _Signs) -> Post:
    mid, idx = signs.ids
    return Post(
        at=at,
        on=day_of(at),
        # As the back office's list numbers it (`aid`), so that both surfaces speak of one post.
        id=f"{mid}_{idx}" if mid and idx else "",
        kind=_KINDS.get(signs.shown_as, PostKind.OTHER),
        pushed={_UNPUSHED: False, _PUSHED: True}.get(signs.kind),
        title=title_of(signs.title),
        original_link=source_link(signs.source),
    )


def _instant(candidates: list[str]) -> datetime | None:
    """The time of publishing, None where it is missing.

    `modify_time` is never among the candidates: an edit is no update.
    """
    for text in candidates:
        if not text.strip("0"):
            continue
        if text.isdigit():
            return from_epoch(text)
        if _PRINTED.fullmatch(text):
            # Beijing time without saying so. A full date: `now` plays no part.
            at, _ = parse_printed(text, EVER)
            if at is not None:
                return at
    return None


def _by_nick(page: Page) -> Page:
    """WeChat renames what is gone: such a nick is a state, not a name."""
    if article_words.GONE_NICK.fullmatch(page.name):
        return _state_of_nick(page, Outcome.CANCELLED)
    if article_words.MOVED_NICK.fullmatch(page.name):
        return _state_of_nick(page, Outcome.MIGRATED)
    return page


def _state_of_nick(page: Page, outcome: Outcome) -> Page:
    return replace(
        page,
        outcome=outcome,
        name="",
        post=None,
        links=(),
        described=True,
        detail=f"the account is shown as {page.name}",
    )


def _message(text: str, scripts: str) -> Page:
    visible = _HIDDEN.sub(" ", text)
    if _BODY.search(visible):
        # The words inside are an article's, whatever they say.
        raise Changed("article page without its data")
    found = _MESSAGE.search(visible)
    # Title and description stand side by side; a page without the known blocks is short and read
    # whole.
    shown = _TAG.sub(
        " ", visible[found.end() : found.end() + 900].rpartition(">")[0] + ">" if found else visible
    )
    words = article_words.FOOTER.split(" ".join(unescape(shown).split()))[0][:400]
    compact = words.replace(" ", "")
    if article_words.TOO_OFTEN.search(compact):
        raise RateLimited(words[:80])
    if article_words.WANTS_PERSON.search(compact):
        raise Captcha(words[:80])
    if article_words.WANTS_CLIENT.search(compact):
        raise LoginRequired(words[:80])
    data = object_in(scripts, "cgiData")
    page = Page(
        name=data.get("nick_name", ""),
        original_id=data.get("user_name", ""),
        biz=variable_in(scripts, "biz"),
        detail=words[:60],
    )
    for outcome, wording in article_words.OF_ACCOUNT:
        if wording.search(compact):
            target = _TARGET.search(scripts)
            return replace(
                page, outcome=outcome, described=True, target=decode(target[1]) if target else ""
            )
    if article_words.OF_ARTICLE.search(words) or article_words.OF_ARTICLE.search(compact):
        return _by_nick(replace(page, outcome=Outcome.NO_EVIDENCE))
    raise Changed(f"unknown article page: {words[:80]!r}")
