"""What douyin.com answers, read into facts. Pure; whatever has no known shape is `Changed`, never a default.

Shapes: server records of 2025, profile and list replies of 2023 to 2024; the states of cancelled, banned, private and missing accounts
are described only. An empty list is what the site answers when it blocks: only a count of 0 beside it means that nothing was posted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from mediawatch.clock import EVER, day_of, from_epoch
from mediawatch.domain import Captcha, Changed, LoginRequired, Outcome, Post, PostKind, RateLimited, Seen
from scrapers.base import CLOCK_SKEW, reach

_OPENED = datetime(2016, 9, 1, tzinfo=UTC)
_PICTURES, _VIDEOS = frozenset({2, 68, 150}), frozenset({0, 4, 55, 61, 109, 201})
_PUSH = re.compile(r'__pace_f\.push\(\s*(\[\s*1\s*,\s*"[^"\\]*(?:\\.[^"\\]*)*"\s*\])\s*\)', re.DOTALL)
_USER = re.compile(r'\{\s*"user"\s*:\s*\{')
_RENDER_DATA = re.compile(r'<script\b[^>]*\bid="RENDER_DATA"[^>]*>([^<]*)</script>')
_READY = re.compile(r'\bid="RENDER_DATA"|__pace_f\.push|data-e2e="user-info"')
_CHALLENGE = re.compile(r"waf-jschallenge|readygo\(\)|__ac_signature|__ac_nonce|byted_acrawler")
_CAPTCHA = re.compile(r"<title>\s*验证码中间页\s*</title>")
# Of the account as a whole: "直播功能被封禁" or "申请注销中" say nothing of the kind.
_BANNED = re.compile(r"(?:[账帐]号|用户)(?:已|被|永久|[账帐]号)*(?:封禁|冻结)")
_CANCELLED = re.compile(r"已注销|注销成功")
_PRIVATE = re.compile(r"私密[账帐]号")
_NO_NAME = re.compile(r"(?:该?(?:[账帐]号|用户))?已(?:注销|重置)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One account's profile. `works` is the site's count of its posts; under restrictions it is unreliable, save for 0."""

    seen: Seen
    works: int | None = None


def is_captcha(html: str) -> bool:
    """The page 验证码中间页, which comes with HTTP 200."""
    return bool(_CAPTCHA.search(html)) or ("TTGCaptcha" in html and not _READY.search(html))


def is_challenge(html: str) -> bool:
    """The script challenge before the true page; a real browser passes it by itself."""
    return bool(_CHALLENGE.search(html)) and not _READY.search(html)


def read_sign(html: str) -> bool | None:
    """Whether the page knows the operator, by its own RENDER_DATA; None where it does not say.

    What lies in cookies and local storage (`LOGIN_STATUS`, `HasUserLogin`) came with the stored session and outlives the login.
    """
    found = _RENDER_DATA.search(html)
    try:
        data = json.loads(unquote(found[1])) if found else None
    except ValueError:
        return None
    match data:
        case {"app": {"odin": {"not_exist_login_cookie": True}}}:
            return False
        case {"app": {"user": {"isLogin": bool(sign)}}}:
            return sign
    return None


def read_records(html: str, sec_uid: str) -> Profile | None:
    """The account's server record in the page's `__pace_f` chunks; None where there is none. The viewer's record has another shape."""
    chunks = "".join(json.loads(found[1])[1] for found in _PUSH.finditer(html))
    for found in _USER.finditer(chunks):
        try:
            record, _ = json.JSONDecoder().raw_decode(chunks, found.start())
        except ValueError:
            continue
        match record:
            case {"user": {"user": {"secUid": str(uid)} as user}} if uid == sec_uid:
                return read_user(_snake(user), sec_uid)
    return None


def refuse(payload: object) -> None:
    """Raise where a reply speaks of us: check, throttling, login."""
    match payload:
        case {"verify_ticket": str(ticket)} if ticket:
            raise Captcha("verify_ticket")
        case {"search_nil_info": {"search_nil_type": "verify_check"}} | {"status_code": 10000} | {"verify_center_decision_conf": _}:
            raise Captcha("verify check")
        case {"status_code": 4}:
            raise RateLimited(f"status 4 {_said(payload)}")
        case {"status_code": 2483}:
            raise LoginRequired(f"status 2483 {_said(payload)}")
        case {"status_code": 8} if re.search(r"用户未登录|请先登录", _said(payload)):
            raise LoginRequired(f"status 8 {_said(payload)}")


def read_profile(payload: object, sec_uid: str) -> Profile | None:
    """/aweme/v1/web/user/profile/other/. None where it holds no user: that alone does not say that there is none."""
    refuse(payload)
    match payload:
        case {"status_code": 0, "user": {"sec_uid": str(uid)} as user}:
            if uid != sec_uid:
                raise Changed(f"asked for {sec_uid}, got {uid}")
            return read_user(user, sec_uid)
        case {"status_code": 0, "user": dict() as other} if other:
            raise Changed(f"a user without sec_uid: {sorted(other)}")
        case {"status_code": int()}:
            return None
    raise Changed(payload)


def read_user(user: Mapping[str, object], sec_uid: str) -> Profile:
    """A user object, to name and state. The state's words decide, never its number alone; unknown words are the outcome `changed`."""
    count = user.get("aweme_count")
    name, certified = _text(user, "nickname"), _loaded(user.get("account_cert_info")).get("label_text")
    if not name:
        raise Changed(f"a user without nickname: {sorted(user)}")
    outcome, detail = _state(user)
    if _NO_NAME.fullmatch(name):
        # Other calls gave this for living accounts: neither their name nor their end.
        name, detail = "", f"nickname reads {name}; {detail}"
    seen = Seen(outcome=outcome, name=name, platform_id=sec_uid, verified_as=certified if isinstance(certified, str) else "", detail=detail)
    return Profile(seen=seen, works=count if isinstance(count, int) and not isinstance(count, bool) else None)


def _state(user: Mapping[str, object]) -> tuple[Outcome, str]:
    special, punished = _loaded(user.get("special_state_info")), _loaded(user.get("punish_remind_info"))
    words = " ".join(text for text in (_text(special, "title"), _text(special, "content")) if text)
    if words:
        return next((outcome for outcome, wording in _SPECIAL if wording.search(words)), Outcome.CHANGED), words
    if user.get("user_canceled") is True:
        return Outcome.CANCELLED, "userCanceled"
    if user.get("user_deleted") is True and 1 in (user.get("special_state"), special.get("special_state")):
        return Outcome.CANCELLED, "special_state 1 and user_deleted"
    title = _text(punished, "punish_title")
    if punished.get("ban_type") == 1 or (punished.get("ban_type") != 2 and _BANNED.search(title)):
        return Outcome.BANNED, title or "ban_type 1"
    if user.get("secret") in (1, True):
        return Outcome.PRIVATE, "secret"
    notes = [f"punished: {title or punished.get('ban_type')}"] if punished else []
    return Outcome.OK, "; ".join(notes + ["is_ban"] * (user.get("is_ban") is True))


_SPECIAL = ((Outcome.CANCELLED, _CANCELLED), (Outcome.BANNED, _BANNED), (Outcome.PRIVATE, _PRIVATE))


def read_posts(payload: object, works: int | None, now: datetime, *, known: bool, visitor: bool) -> Seen:
    """/aweme/v1/web/aweme/post/, first page. `complete_since` only if the page knows the operator: visitors may miss the newest.

    All items are the account's, as the request asked for it: works made together carry another author. `visitor`: nobody is logged in.
    """
    refuse(payload)
    match payload:
        case {"status_code": 0, "aweme_list": list() | None as items, **rest}:
            has_more, first = bool(rest.get("has_more")), rest.get("request_item_cursor") in (0, None)
        case _:
            raise Changed(_said(payload) or payload)
    # An invitation to log in: whatever the page says, this call was answered as a visitor's.
    invited = bool(_loaded(rest.get("not_login_module")).get("guide_login_tip_exist"))
    if items == [] and works == 0 and not has_more and not invited:
        return Seen(outcome=Outcome.NO_POSTS, detail="aweme_count 0 and an empty list")
    if not items:
        blocked = LoginRequired if invited or (visitor and not has_more) else RateLimited
        raise blocked(f"aweme_list {items}, has_more {has_more}, {works} works counted")
    found = Found()
    for item in items:
        found.add(item, now)
    if not found.posts:
        return Seen(outcome=Outcome.NO_EVIDENCE, detail=f"no dated post among {len(items)}; {found.note}")
    if not first:
        found.miss("not the first page")
    if invited:
        found.miss("invites to log in")
    whole = not has_more and len(found.ids) == works
    since = EVER if whole else reach(found.posts)
    return Seen(posts=tuple(found.posts), complete_since=since if known and not found.gaps else None, detail=found.note)


@dataclass(slots=True)
class Found:
    """The posts of one list, in the order shown. `gaps`: a post is missing among them for want of a sound date or state."""

    posts: list[Post] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    gaps: bool = False
    notes: list[str] = field(default_factory=list)

    def add(self, item: object, now: datetime) -> None:
        match item if isinstance(item, dict) else {}:
            case {"aweme_id": str(number)} as work:
                self.ids.add(number)
                if self.public(work):
                    self.date(number, work, now)
            case _:
                self.miss("item without an id")

    def public(self, item: Mapping[str, object]) -> bool:
        """Deleted, rejected, unreviewed and owner-only works are no updates; the list is complete without them."""
        status = _loaded(item.get("status"))
        if any(status.get(key) for key in ("is_delete", "is_prohibited", "in_reviewing")) or status.get("private_status") == 1:
            self.notes.append("deleted, unreviewed or private work left out")
            return False
        if status.get("private_status") or status.get("part_see"):
            self.miss("work shown to some only set aside")
            return False
        return True

    def date(self, number: str, item: Mapping[str, object], now: datetime) -> None:
        try:
            at = from_epoch(item.get("create_time"))
        except Changed as error:
            self.miss(f"work without a sound date: {error.detail}")
            return
        if not _OPENED <= at <= now + CLOCK_SKEW:
            self.miss(f"work dated {at:%Y-%m-%d %H:%M} UTC set aside")
            return
        pictures = bool(item.get("images")) or item.get("aweme_type") in _PICTURES
        kind = PostKind.PICTURES if pictures else PostKind.VIDEO if item.get("aweme_type", 0) in _VIDEOS else PostKind.OTHER
        link = f"https://www.douyin.com/{'note' if pictures else 'video'}/{number}"
        self.posts.append(Post(on=day_of(at), at=at, id=number, kind=kind, pinned=item.get("is_top") in (1, True), link=link))

    def miss(self, note: str) -> None:
        self.gaps = True
        self.notes.append(note)

    @property
    def note(self) -> str:
        return "; ".join(dict.fromkeys(self.notes))


def _snake(value: object) -> dict[str, object]:
    """A server record's keys as the calls have them; `$undefined` is absence."""
    return dict(_snaked(value)) if isinstance(value, dict) else {}


def _snaked(record: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        if value != "$undefined":
            yield re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower(), _snake(value) if isinstance(value, dict) else value


def _loaded(value: object) -> Mapping[str, object]:
    """An object, also where it comes as JSON text; empty for everything else."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


def _said(payload: object) -> str:
    return _text(payload, "status_msg") if isinstance(payload, dict) else ""


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
