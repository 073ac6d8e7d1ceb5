"""What Tieba's replies say of an account, and what they say of us. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mediawatch.domain import (
    Attestation,
    Captcha,
    Changed,
    LoginRequired,
    Outcome,
    PayloadFacts,
    RateLimited,
)

CHECK = re.compile(r"百度安全验证|wappass\.baidu\.com/static/captcha")
"""What a page says that wants a check first. It may come with HTTP 403."""
_LOGIN = re.compile(r"未登录|请.{0,4}登录|登录失败|need login", re.IGNORECASE)
_SLOWER = re.compile(r"频繁|太快")
_CAPTCHA = re.compile(r"验证码|安全验证")
# Given by the site, not chosen.
_NOBODYS_NAME = re.compile(r"(?:百度)?贴吧用户(?:_\w+)?|未知用户", re.ASCII)
# Words of the old pages: what the new ones say is described nowhere. They must stand alone on a
# line, on a page without a profile.
_WORDS = (
    (Outcome.BANNED, re.compile(r"^抱歉，您访问的用户已被屏蔽。{0,1}$", re.MULTILINE)),
    (Outcome.NOT_FOUND, re.compile(r"^很抱歉，您要访问的页面不存在。{0,1}$", re.MULTILINE)),
)
MISSING_TITLE = "贴吧404"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Who a home page is about."""

    number: str
    tieba_uid: str
    portrait: str
    username: str
    """用户名: chosen once; "" where it has none."""
    nickname: str
    """昵称: what the page shows."""
    cancelled: bool
    is_self: bool
    """Whether the page knows its reader as this very account."""

    @property
    def shown_name(self) -> str:
        """The 昵称, else the 用户名; "" for a name that the site gave."""
        shown = self.nickname or self.username
        return "" if _NOBODYS_NAME.fullmatch(shown) else shown


def data_of(payload: object) -> Mapping[str, object]:
    """What a successful reply holds.

    Raises what an unsuccessful one says of us; `Changed` for a code that no source explains.
    """
    match payload:
        case {"error_code": 0 | "0", "data": dict(data)}:
            return data
        case {"error_code": int() | str() as code, **rest} if str(code) != "0":
            words = f"{rest.get('error_msg', '')}"
        case _:
            raise Changed(payload)
    said = f"error_code {code}: {words[:80]}"
    if _LOGIN.search(words):
        raise LoginRequired(said)
    if _CAPTCHA.search(words):
        raise Captcha(said)
    if _SLOWER.search(words):
        raise RateLimited(said)
    raise Changed(said)


def read_profile(payload: object) -> Profile:
    """Read `homeSidebarRight`.

    `deregistered` must be said: pages of cancelled accounts still show names and threads.
    """
    match data_of(payload):
        case {
            "user": {
                "id": int() | str() as number,
                "portrait": str(portrait),
                "name": str(username),
                "name_show": str(nickname),
                "deregistered": 0 | 1 | "0" | "1" as cancelled,
                **user,
            }
        } if str(number) not in ("", "0"):
            pass
        case _:
            raise Changed(payload)
    return Profile(
        number=str(number),
        tieba_uid=str(user.get("tieba_uid") or "").strip(),
        portrait=portrait,
        username=username.strip(),
        nickname=nickname.strip(),
        cancelled=str(cancelled) == "1",
        is_self=str(user.get("is_self")) == "1",
    )


def read_login(payload: object) -> bool:
    """Read `/dc/common/tbs`: whether the site knows the operator. `Changed` where it is not said."""
    match payload:
        case {"is_login": 0 | 1 | "0" | "1" as known}:
            return str(known) == "1"
    raise Changed("the site does not say whether it knows the operator")


def says_absence(html: str) -> bool:
    """Whether a document, as it is served, may be the page of an account that is not there."""
    return any(words in html for words in (MISSING_TITLE, "已被屏蔽", "页面不存在"))


def read_absence(title: str, text: str) -> PayloadFacts | None:
    """What a page without a profile says of the account; None without a known wording."""
    for outcome, wording in _WORDS:
        if found := wording.search(text):
            return PayloadFacts(
                outcome=outcome, detail=found[0].strip(), attested=Attestation.DESCRIBED
            )
    if title.strip() == MISSING_TITLE:
        return PayloadFacts(
            outcome=Outcome.NOT_FOUND, detail=MISSING_TITLE, attested=Attestation.DESCRIBED
        )
    return None
