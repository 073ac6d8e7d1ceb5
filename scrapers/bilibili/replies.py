"""What Bilibili answers about an account, the operator and a name, read into facts.

Pure; whatever has no known shape is `Changed`, never a default. Every shape is described
(docs/platforms/bilibili.md §5).
"""

from __future__ import annotations

import re

from mediawatch.domain import (
    Attestation,
    Captcha,
    Changed,
    LoginRequired,
    Outcome,
    PayloadFacts,
    RateLimited,
)
from scrapers.browser.reply import text_in
from scrapers.searches import Hit, Results

GONE_NAME = "账号已注销"
"""What the site calls a cancelled account; living accounts chose it as a name, too."""
_BANNED_CARD = -2
_MARKS = re.compile(r"</?em[^>]*>")


def refuse(payload: object, *, visitor: bool) -> None:
    """Raise where an answer speaks of us: check, throttling, login."""
    match payload:
        case {"code": 0, "data": {"v_voucher": str(), **rest}} if not rest:
            raise Captcha("v_voucher in place of the answer")
        case {"code": -352}:
            # Visitors get it for want of a login, everybody for too many calls.
            raise LoginRequired("code -352") if visitor else RateLimited("code -352")
        case {"code": -412 | -799 as code}:
            raise RateLimited(f"code {code}")
        case {"code": -101 | -403 as code}:
            raise LoginRequired(f"code {code}")


def read_sign(payload: object) -> bool | None:
    """Whether the page knows the operator, by its own call `nav`; None where that does not say."""
    match payload:
        case {"code": 0, "data": {"isLogin": bool(sign)}}:
            return sign
        case {"code": -101}:
            return False
    return None


def read_profile(payload: object, mid: str) -> PayloadFacts | None:
    """Read acc/info.

    None for −404: the site answers so for missing and cancelled accounts, and at times for living
    ones.
    """
    match payload:
        case {"code": -404}:
            return None
        case {"code": 0, "data": {"mid": int(own), "name": str(name), **user}} if name.strip():
            pass
        case _:
            raise Changed(payload)
    if str(own) != mid:
        raise Changed(f"asked for {mid}, got {own}")
    outcome, notes = Outcome.OK, []
    match user.get("sys_notice"):
        case {"content": str(content)} if content.strip():
            notes.append(content.strip())
    if user.get("silence") == 1:
        outcome = Outcome.BANNED
        notes.insert(0, "silence 1, 封禁")
    if name.strip() == GONE_NAME:
        notes.append(f"it is called {GONE_NAME}, which people choose as a name, too")
        name = ""
    return PayloadFacts(
        outcome=outcome,
        name=name.strip(),
        platform_id=mid,
        verified_as=_certified(user.get("official")),
        detail="; ".join(notes),
    )


def _certified(official: object) -> str:
    match official:
        case {"title": str(title)}:
            return title.strip()
    return ""


def read_card(payload: object, mid: str) -> PayloadFacts:
    """Read the card of an account whose acc/info answered −404.

    Both together prove that it is cancelled; the card of another name, and −404 here too, prove
    nothing.
    """
    match payload:
        case {
            "code": 0,
            "data": {"card": {"mid": str() | int() as own, "name": str(name), **card}},
        }:
            if str(own) != mid:
                raise Changed(f"asked for {mid}, got {own}")
        case {"code": -404}:
            return PayloadFacts(
                outcome=Outcome.NO_EVIDENCE,
                detail="code -404 for the profile and the card, which living accounts got, too",
            )
        case _:
            raise Changed(payload)
    if name.strip() == GONE_NAME:
        outcome, detail, name = Outcome.CANCELLED, f"code -404, and its card says {GONE_NAME}", ""
    elif card.get("spacesta") == _BANNED_CARD:
        outcome, detail = Outcome.BANNED, "code -404, and its card says spacesta -2"
    else:
        outcome, detail = Outcome.NO_EVIDENCE, f"code -404, but its card names {name.strip()}"
    return PayloadFacts(
        outcome=outcome,
        name=name.strip(),
        platform_id=mid,
        detail=detail,
        attested=Attestation.DESCRIBED,
    )


def read_counts(payload: object) -> int | None:
    """How many videos the page's own call `navnum` counts; None where it does not say."""
    match payload:
        case {"code": 0, "data": {"video": int(videos)}} if not isinstance(videos, bool):
            return videos
    return None


def read_search(payload: object) -> Results:
    """Read the search for users.

    An empty result is never the word that nobody bears the name: the site answers so when it
    limits.
    """
    match payload:
        case {"code": 0, "data": {"numPages": int(pages), **data}}:
            items = data.get("result")
        case _:
            raise Changed(payload)
    if items is None:
        return Results()
    if not isinstance(items, list):
        raise Changed(payload)
    return Results(hits=tuple(map(_hit, items)), more=pages > 1)


def _hit(item: object) -> Hit:
    match item:
        case {"mid": int(mid), "uname": str(name), **user} if mid > 0:
            official = user.get("official_verify")
            certified = text_in(official, "desc") if isinstance(official, dict) else ""
            return Hit(id=str(mid), name=_MARKS.sub("", name).strip(), certified=certified.strip())
    raise Changed(item)
