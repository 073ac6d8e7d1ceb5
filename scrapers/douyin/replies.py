"""What douyin.com answers, read into facts.

Pure; whatever has no known shape is `Changed`, never a default.

Shapes: server records of 2025, profile and list replies of 2023 to 2024; the states of cancelled,
banned, private and missing accounts are described only. An empty list is what the site answers when
it blocks: only a count of 0 beside it means that nothing was posted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from mediawatch.domain import (
    Attestation,
    Captcha,
    Changed,
    InteractionSeen,
    LoginRequired,
    Outcome,
    PayloadFacts,
    RateLimited,
)
from scrapers.browser.reply import render_data, text_in
from scrapers.searches import Hit, Results

_PUSH = re.compile(
    r'__pace_f\.push\(\s*(\[\s*1\s*,\s*"[^"\\]*(?:\\.[^"\\]*)*"\s*\])\s*\)', re.DOTALL
)
_USER = re.compile(r'\{\s*"user"\s*:\s*\{')
_READY = re.compile(r'\bid="RENDER_DATA"|__pace_f\.push|data-e2e="user-info"')
_CHALLENGE = re.compile(r"waf-jschallenge|readygo\(\)|__ac_signature|__ac_nonce|byted_acrawler")
_CAPTCHA = re.compile(r"<title>\s*验证码中间页\s*</title>")
# About the whole account: "直播功能被封禁" or "申请注销中" say nothing of the kind.
_BANNED = re.compile(r"(?:[账帐]号|用户)(?:已|被|永久|[账帐]号)*(?:封禁|冻结)")
_CANCELLED = re.compile(r"已注销|注销成功")
WORDS = "用户不存在|[账帐]号已被封禁\\s*由于违反《抖音社区自律公约》|该用户已被账号冻结"
"""What a page without a user says about it."""
_PRIVATE = re.compile(r"私密[账帐]号")
_RESET = re.compile(r"(?:该?[账帐]号|该用户)已(?:被)?重置")
_NO_NAME = re.compile(r"(?:该?(?:[账帐]号|用户))?已(?:注销|重置)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One account's profile.

    `works` is the site's count of its posts; under restrictions it is unreliable, save for 0.
    """

    seen: PayloadFacts
    works: int | None = None
    odd: str = ""
    """What is missing in it: its works are read all the same.

    Then the look reports that the site changed.
    """


def is_captcha(html: str) -> bool:
    """The page 验证码中间页, which comes with HTTP 200."""
    return bool(_CAPTCHA.search(html)) or ("TTGCaptcha" in html and not _READY.search(html))


def is_challenge(html: str) -> bool:
    """The script challenge before the true page; a real browser passes it by itself."""
    return bool(_CHALLENGE.search(html)) and not _READY.search(html)


def read_sign(html: str) -> bool | None:
    """Whether the page knows the operator, by its own RENDER_DATA; None where it does not say.

    What lies in cookies and local storage (`LOGIN_STATUS`, `HasUserLogin`) came with the stored
    session and outlives the login.
    """
    found = render_data(html)
    try:
        data = json.loads(unquote(found)) if found else None
    except ValueError:
        return None
    match data:
        case {"app": {"odin": {"not_exist_login_cookie": True}}}:
            return False
        case {"app": {"user": {"isLogin": bool(sign)}}}:
            return sign
    return None


def read_records(html: str, sec_uid: str) -> Profile | None:
    """The account's server record in the page's `__pace_f` chunks; None where it is missing.

    The viewer's record has another shape.
    """
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
        case (
            {"search_nil_info": {"search_nil_type": "verify_check"}}
            | {"status_code": 10000}
            | {"verify_center_decision_conf": _}
        ):
            raise Captcha("verify check")
        case {"status_code": 4}:
            raise RateLimited(f"status 4 {status_words(payload)}")
        case {"status_code": 2483}:
            raise LoginRequired(f"status 2483 {status_words(payload)}")
        case {"status_code": 8} if re.search(r"用户未登录|请先登录", status_words(payload)):
            raise LoginRequired(f"status 8 {status_words(payload)}")


def read_profile(payload: object, sec_uid: str) -> Profile | None:
    """Read /aweme/v1/web/user/profile/other/.

    None where it holds no user: that alone does not prove that no such user exists.
    """
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
    """Read a user object into name and state.

    The state's words decide, never its number alone; unknown words are the outcome `changed`.
    """
    count, entry = user.get("aweme_count"), user.get("message_chat_entry")
    name, certified = (
        text_in(user, "nickname"),
        record_in(user.get("account_cert_info")).get("label_text"),
    )
    odd = "" if name else f"a user without nickname: {sorted(user)}"
    outcome, detail = _state(user)
    if outcome is Outcome.OK and _RESET.fullmatch(name) and count == 0:
        outcome = Outcome.BANNED
    if _NO_NAME.fullmatch(name):
        # Other calls gave this for living accounts: it shows neither their name nor their end.
        name, detail = "", f"nickname reads {name}; {detail}"
    seen = PayloadFacts(
        outcome=outcome,
        name=name,
        platform_id=sec_uid,
        verified_as=certified if isinstance(certified, str) else "",
        # No recording of an account in another state is public.
        attested=None if outcome is Outcome.OK else Attestation.DESCRIBED,
        interaction=InteractionSeen(messages=entry) if isinstance(entry, bool) else None,
        detail=detail,
    )
    return Profile(
        seen=seen,
        works=count if isinstance(count, int) and not isinstance(count, bool) else None,
        odd=odd,
    )


def _state(user: Mapping[str, object]) -> tuple[Outcome, str]:
    special, punished = (
        record_in(user.get("special_state_info")),
        record_in(user.get("punish_remind_info")),
    )
    words = " ".join(
        text for text in (text_in(special, "title"), text_in(special, "content")) if text
    )
    if words:
        return next(
            (outcome for outcome, wording in _SPECIAL if wording.search(words)), Outcome.CHANGED
        ), words
    if user.get("user_canceled") is True:
        return Outcome.CANCELLED, "userCanceled"
    if user.get("user_deleted") is True and 1 in (
        user.get("special_state"),
        special.get("special_state"),
    ):
        return Outcome.CANCELLED, "special_state 1 and user_deleted"
    title = text_in(punished, "punish_title")
    if punished.get("ban_type") == 1 or (punished.get("ban_type") != 2 and _BANNED.search(title)):
        return Outcome.BANNED, title or "ban_type 1"
    if user.get("secret") in (1, True):
        return Outcome.PRIVATE, "secret"
    notes = [f"punished: {title or punished.get('ban_type')}"] if punished else []
    return Outcome.OK, "; ".join(notes + ["is_ban"] * (user.get("is_ban") is True))


_SPECIAL = (
    (Outcome.CANCELLED, _CANCELLED),
    (Outcome.BANNED, _BANNED),
    (Outcome.BANNED, _RESET),
    (Outcome.PRIVATE, _PRIVATE),
)


def read_words(text: str) -> PayloadFacts | None:
    """What the visible text of a page without a user says of it; None without such words.

    Counts only seen twice.
    """
    found = re.search(WORDS, text)
    if found is None:
        return None
    outcome = Outcome.NOT_FOUND if found[0] == "用户不存在" else Outcome.BANNED
    return PayloadFacts(
        outcome=outcome,
        attested=Attestation.DESCRIBED,
        detail=f"{found[0]}, and no user in two loads",
    )


def read_search(payload: object) -> Results:
    """Read /aweme/v1/web/discover/search/. Written from descriptions.

    An empty list counts only where nothing beside it says why.
    """
    refuse(payload)
    match payload:
        case {"status_code": 0, "user_list": list(items), **rest}:
            hits, more = tuple(_hit(item) for item in items), bool(rest.get("has_more"))
        case {"status_code": 0, "user_list": None}:
            raise RateLimited("user_list null")
        case _:
            raise Changed(status_words(payload) or payload)
    if hits:
        return Results(hits=hits, more=more)
    if more:
        raise RateLimited("an empty user_list, has_more 1")
    if why := record_in(rest.get("search_nil_info")).get("search_nil_type"):
        raise Changed(f"an empty user_list, search_nil_type {why}")
    return Results(nobody="an empty user_list")


def _hit(item: object) -> Hit:
    match item:
        case {"user_info": {"sec_uid": str(uid), "nickname": str(name)} as user} if uid:
            certified = text_in(user, "enterprise_verify_reason") or text_in(user, "custom_verify")
            short = text_in(user, "short_id")
            return Hit(
                id=uid,
                name=name,
                certified=certified,
                alias=text_in(user, "unique_id") or (short if short != "0" else ""),
            )
    raise Changed(item)


def _snake(value: object) -> dict[str, object]:
    """A server record's keys as the calls have them; `$undefined` is absence."""
    return dict(_snaked(value)) if isinstance(value, dict) else {}


def _snaked(record: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        if value != "$undefined":
            yield (
                re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower(),
                _snake(value) if isinstance(value, dict) else value,
            )


def record_in(value: object) -> Mapping[str, object]:
    """An object, also where it comes as JSON text; empty for everything else."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


def status_words(payload: object) -> str:
    """The words of a reply's status."""
    return text_in(payload, "status_msg") if isinstance(payload, dict) else ""
