"""What 微信读书 answers: its refusals, an account's cover, its list. Pure.

Described only: no answer is recorded (docs/platforms/wechat.md §5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mediawatch.domain import (
    Account,
    Captcha,
    Changed,
    DayEnd,
    Failure,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    PayloadFacts,
    Post,
    PostKind,
    RateLimited,
)
from mediawatch.domain.clock import CLOCK_SKEW, day_of, from_epoch
from mediawatch.names import same
from scrapers.browser.reply import Reply, text_in
from scrapers.titles import title_of
from scrapers.urls import query_of
from scrapers.wechat.back_office_replies import shape
from scrapers.wechat.identity import biz_in, encode_biz, number_of, tie_of_ids
from scrapers.wechat.links import storable_link
from scrapers.wechat.reader_address import ReaderBook, number_in_book

NOT_LOGGED_IN, OVER, TOO_OFTEN, VERIFY = -2010, -2012, -2014, -2041
_TOKEN = re.compile(r"[\w-]{6,64}", re.ASCII)
_SHORT = re.compile(r"https://mp\.weixin\.qq\.com/s/[\w-]{6,64}")
_REVIEW = re.compile(r"(MP_WXS_\d+)_(.+)", re.DOTALL)
_COVER_KEYS = frozenset({"name", "title", "pic", "reviewId"})
_CHECK_PAGE = re.compile(r"<title>[^<]*(?:安全验证|验证码)|<\w+[^>]*\bid=[\"']tcaptcha_iframe")
_CHECK_ANSWER = re.compile(rf"{_CHECK_PAGE.pattern}|TencentCaptcha|TCaptcha")
"""A page may load the check's script without showing it; in the place of an answer it is the check.
"""
_WANTS_PERSON = re.compile(r"验证|verif|captcha", re.IGNORECASE)
_TOO_FAST = re.compile(r"频繁|稍后再试|too (?:often|many|fast)", re.IGNORECASE)
_WANTS_LOGIN = re.compile(r"登录|log ?in", re.IGNORECASE)
_SECRET_LIKE = re.compile(r"[\w+/=-]{20,}")
_SHOWN = 80


def code_of(reply: Reply) -> int:
    """`errCode` of an answer; 0 where it has none. Raises what `Reply.json` does."""
    match reply.json():
        case {"errCode": int(code)} | {"errcode": int(code)}:
            return code
    return 0


def says(reply: Reply, code: int) -> bool:
    """Whether a page's own call was answered with this `errCode`; no where nothing can be read."""
    try:
        return code_of(reply) == code
    except Failure:
        return False


def refuse_captcha(text: str, where: str, marks: re.Pattern[str] = _CHECK_PAGE) -> None:
    """Captcha where a document is the picture check: it bars the login, whatever was asked."""
    if marks.search(text):
        raise Captcha(f"微信读书 shows its picture check for {where}", DayEnd.LOGIN)


def refuse(reply: Reply, barred: DayEnd) -> None:
    """LoginRequired, RateLimited, Captcha and Changed by `errCode` and its text.

    `barred`: what a wanted verification ends: the list's day alone, or the login's.
    """
    text = reply.good().text()
    if text.lstrip().startswith("<"):
        refuse_captcha(text, reply.path, _CHECK_ANSWER)
    code = code_of(reply)
    if not code:
        return
    words = _words_of(reply)
    said = f"errCode {code} from {reply.path}: {words or 'without a text'}"
    if code in (NOT_LOGGED_IN, OVER):
        raise LoginRequired(f"{said}; not logged in")
    if code == TOO_OFTEN:
        raise RateLimited(said)
    if code == VERIFY:
        raise Captcha(f"{said}; 微信读书 wants a verification, or bars this login", barred)
    # What another number means, only its text can tell.
    if _TOO_FAST.search(words):
        raise RateLimited(said)
    if _WANTS_PERSON.search(words):
        raise Captcha(said, barred)
    if _WANTS_LOGIN.search(words):
        raise LoginRequired(said)
    raise Changed(said)


def _words_of(reply: Reply) -> str:
    payload = reply.json()
    record = payload if isinstance(payload, Mapping) else {}
    words = text_in(record, "errMsg") or text_in(record, "errmsg")
    return " ".join(_SECRET_LIKE.sub("…", words).split())[:_SHOWN]


def number_asked(url: str) -> str:
    """The account's number that a call of the page asks for; "" where it names none."""
    return number_in_book(query_of(url).get("bookId", ""))


def link_of(token: str) -> str:
    """The short link of an article by its token; "" where it does not look like one's."""
    text = token.replace("~", "_")
    return f"https://mp.weixin.qq.com/s/{text}" if _TOKEN.fullmatch(text) else ""


def read_cover(reply: Reply, book: ReaderBook) -> PayloadFacts:
    """The link of the newest article that 微信读书 has. It proves nothing by itself.

    Raises what `refuse` does. NoEvidence for a cover without an article. Changed for another shape
    and for a cover of another number.
    """
    refuse(reply, DayEnd.LOGIN)
    match reply.json():
        case {**payload} if _COVER_KEYS & payload.keys():
            review = payload.get("reviewId", "")
        case other:
            raise Changed(f"cover of another shape: {shape(other)}")
    if review in ("", None):
        raise NoEvidence("微信读书 names no article of this account")
    found = _REVIEW.fullmatch(review) if isinstance(review, str) else None
    if found is None:
        raise Changed(f"a cover whose reviewId has another shape: {type(review).__name__}")
    if number_in_book(found[1]) != book.number:
        raise Changed(f"the cover of MP_WXS_{book.number} names an article of {found[1]}")
    link = link_of(found[2])
    if not link:
        raise Changed("a cover whose article's token is no short link's")
    return PayloadFacts(links=(link,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article of a list, in the order shown."""

    owner: str
    """The account's number; "" where the entry does not tell."""
    name: str
    link: str
    """"" without one that is worth opening."""
    at: datetime | None
    """By the article's own time. None where the entry has none, or one that cannot be."""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list. `groups` are its pushes; 0 ends the list."""

    groups: int
    entries: tuple[Entry, ...]


def read_list(reply: Reply) -> ListPage:
    """One page of the list. Raises what `refuse` does; Changed for another shape."""
    refuse(reply, DayEnd.SURFACE)
    match reply.json():
        case {"reviews": list(groups)}:
            entries = [_entry(sub) for group in groups for sub in _entries_of(group)]
            return ListPage(groups=len(groups), entries=tuple(entries))
        case other:
            raise Changed(f"list of another shape: {shape(other)}")


def _entries_of(group: object) -> list[object]:
    match group:
        case {"subReviews": list(subs)}:
            return subs
    raise Changed(f"group of another shape: {shape(group)}")


def _entry(sub: object) -> Entry:
    match sub:
        case {"review": {"mpInfo": {**mp_info}, **rest}}:
            info, review = _with_text_keys(mp_info), _with_text_keys(rest)
        case _:
            raise Changed(f"entry of another shape: {shape(sub)}")
    url = text_in(info, "doc_url")
    return Entry(
        owner=_owner_of(review, url),
        name=text_in(info, "mp_name") or text_in(info, "mpName"),
        link=_link_in(info, url),
        at=_time_of(info),
        title=title_of(info.get("title")),
    )


def _link_in(info: Mapping[str, object], url: str) -> str:
    """The short link, as it stands or by its token; else the long one, which only dates."""
    given = storable_link(url) if url else ""
    return given if _SHORT.fullmatch(given) else link_of(text_in(info, "originalId")) or given


def _with_text_keys(record: Mapping[Any, object]) -> dict[str, object]:
    return {str(key): value for key, value in record.items()}


def _owner_of(review: Mapping[str, object], url: str) -> str:
    """`belongBookId` names the owner; `bookId` may be empty."""
    named = _REVIEW.fullmatch(text_in(review, "reviewId"))
    books = (text_in(review, "belongBookId"), text_in(review, "bookId"), named[1] if named else "")
    owner = next((number for book in books if (number := number_in_book(book))), "")
    return owner or number_of(biz_in(url))


def _time_of(info: Mapping[str, object]) -> datetime | None:
    """The article's own `time`. The entry's `createTime` means something else and is never taken."""
    time = info.get("time")
    if not time:
        return None
    try:
        return from_epoch(time)
    except Changed:
        return None  # an unknown unit: the article's own page tells


def facts_of_list(
    pages: Sequence[ListPage], account: Account, book: ReaderBook, now: datetime
) -> PayloadFacts:
    """What the pages of an account's list show: dates, and the newest article without one.

    NoEvidence where they hold articles of others alone, the number is not the filed one, or it was
    found by name and the list shows another name.
    Changed for an empty list, which proves nothing, and for one that leads to no article.
    """
    entries = [entry for page in pages for entry in page.entries]
    own = [entry for entry in entries if entry.owner in ("", book.number)]
    if entries and not own:
        raise NoEvidence(f"the list holds {len(entries)} articles of other accounts alone")
    name = next((entry.name for entry in own if entry.name), "")
    biz = encode_biz(book.number)
    who = f"the reader page belongs to {name or 'another account'}"
    tie = tie_of_ids(account, who, biz, name=name)
    sound = [entry for entry in own if entry.at is None or entry.at <= now + CLOCK_SKEW]
    posts = tuple(
        Post(
            at=entry.at,
            on=day_of(entry.at),
            kind=PostKind.ARTICLE,
            link=entry.link,
            title=entry.title,
        )
        for entry in sound
        if entry.at is not None
    )
    newest = sound[0] if sound else None
    undated = (
        (newest.link,) if newest and newest.at is None and _SHORT.fullmatch(newest.link) else ()
    )
    if not posts and not undated:
        raise Changed(f"a list that leads to no article ({len(entries)} entries)")
    agrees = bool(name) and same(account.filed.name, name)
    found_by = tie or (MatchedBy.NAME if agrees and book.tie is MatchedBy.URL else book.tie)
    if found_by is MatchedBy.NAME and name and not agrees:
        raise NoEvidence(
            f"the list shows the name {name}: its number was found by the name {account.filed.name}"
        )
    remarks = [
        "" if agrees or not name else f"shown there as {name}",
        f"{len(entries) - len(own)} articles of other accounts left out" if own != entries else "",
        (
            f"发布时间异常: {len(own) - len(sound)} articles dated after the look set aside"
            if sound != own
            else ""
        ),
    ]
    return PayloadFacts(
        # Only where it agrees: another name may be the one that 微信读书 read earlier.
        name=name if agrees else "",
        platform_id=biz,
        matched_by=found_by,
        posts=posts,
        links=undated,
        detail="; ".join(filter(None, remarks)),
    )
