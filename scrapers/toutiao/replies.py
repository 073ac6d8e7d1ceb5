"""What the server data and the words of a Toutiao profile page say. Pure."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

from mediawatch.domain import Attestation, Changed, Outcome, PayloadFacts
from scrapers.browser.reply import render_data

# No recording shows these pages, so the wordings are described only. They must stand alone on a
# line, on a page without a profile.
_CANCELLED = re.compile(r"^.{0,12}(?:已被?|自主)注销.{0,12}$", re.MULTILINE)
_NOT_FOUND = re.compile(
    r"^.{0,12}(?:用户|[账帐]号|页面|主页)(?:已?不存在|找不到|走丢了).{0,12}$", re.MULTILINE
)
_GONE_NAME = re.compile(r"(?:该?(?:用户|[账帐]号))?已注销(?:用户|[账帐]号)?")
_SHELL = re.compile(r"RENDER_DATA|今日头条|toutiaostatic")


def decode_server_data(text: str) -> object:
    """The server data as a page embeds them: URI-encoded JSON. `Changed` where they are not."""
    try:
        return json.loads(unquote(text))
    except (ValueError, RecursionError) as error:
        raise Changed(f"RENDER_DATA is no JSON: {text[:80]}") from error


def server_data_in(html: str) -> object:
    """The server data of a document as it is served.

    `Changed` where it has none: the challenge, a page of another kind.
    """
    found = render_data(html)
    if found is None:
        raise Changed("a document without RENDER_DATA")
    return decode_server_data(found)


def read_profile(render_data: object) -> PayloadFacts | None:
    """Name, id (`userId`) and 认证 from the server data; `banned` or `cancelled` where they say so.

    None: a page without a profile.
    """
    match render_data:
        case {"data": {"profileUserInfo": {"userId": str(token), "name": str(name), **user}}} if (
            token and name.strip()
        ):
            pass
        case {"data": {"profileUserInfo": None | {"userId": ""}}}:
            return None
        case {"data": dict(data)} if "profileUserInfo" not in data:
            return None
        case _:
            raise Changed(f"server data: {str(render_data)[:200]}")
    outcome, detail = Outcome.OK, ""
    if user.get("banStatus") in (True, "1", "true"):
        outcome, detail = Outcome.BANNED, "banStatus is true"
    elif _GONE_NAME.fullmatch(name.strip()):
        outcome, detail = Outcome.CANCELLED, f"it is called {name.strip()}"
    return PayloadFacts(
        outcome=outcome,
        name=name.strip(),
        platform_id=token,
        verified_as=_verified_as(user.get("userAuthInfo")),
        detail=detail,
        attested=None if outcome is Outcome.OK else Attestation.DESCRIBED,
    )


def is_shell(html: str) -> bool:
    """Whether a document is the site's own: a proxy in between answers 404, too."""
    return _SHELL.search(html) is not None


def media_id(render_data: object) -> str:
    """The account's number; "" where it is missing.

    It outlives changes of name and address.
    """
    match render_data:
        case {"data": {"profileUserInfo": {"mediaId": str(number)}}}:
            return number
    return ""


def _verified_as(info: object) -> str:
    """认证: an object, or the same as JSON text."""
    if isinstance(info, str):
        try:
            info = json.loads(info)
        except ValueError:
            return ""
    match info:
        case {"auth_info": str(text)}:
            return text.strip()
    return ""


def read_absence(text: str) -> PayloadFacts | None:
    """What the visible text of a page without a profile says; None without a known wording."""
    for outcome, wording in ((Outcome.CANCELLED, _CANCELLED), (Outcome.NOT_FOUND, _NOT_FOUND)):
        if found := wording.search(text):
            return PayloadFacts(
                outcome=outcome, detail=found[0].strip(), attested=Attestation.DESCRIBED
            )
    return None
