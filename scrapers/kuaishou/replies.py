"""What Kuaishou answers of an account, of the operator, and to a search. Pure.

An unknown shape or code is `Changed`. No source attests how the site answers for an account that is
not there, cancelled or banned, so nothing here says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mediawatch.domain import (
    Captcha,
    Changed,
    Failure,
    LoginRequired,
    MatchedBy,
    PayloadFacts,
    RateLimited,
)
from scrapers.browser.reply import text_in
from scrapers.searches import Hit, Results

END = "no_more"
"""The cursor behind the last page of a list."""
_CAPTCHA = frozenset({2001, 400002})
_SLOW = {
    2: "the site asks for fewer calls",
    50: "the site refuses the page's signature",
}
_CHECK = re.compile(r"captcha|验证码|安全验证", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the page itself holds of the account.

    `works`: how many public works it counts; None where it shows no whole number.
    """

    seen: PayloadFacts
    works: int | None


def read_profile(entries: object, user_id: str) -> Profile | None:
    """The entries of `window.INIT_STATE` that hold a `userProfile`.

    None where the page has none: sources differ on whether a profile page brings it. `Changed` for
    another account's, for more than one, and for an unknown shape.
    """
    match entries:
        case [] | None:
            return None
        case [
            {
                "userProfile": {
                    "profile": {"user_id": str(own), "user_name": str(name)},
                    **held,
                }
            }
        ] if name.strip():
            pass
        case _:
            raise Changed(entries)
    if own != user_id:
        raise Changed(f"asked for {user_id}, the page holds {own}")
    counts = held.get("ownerCount")
    works = counts.get("photo_public") if isinstance(counts, Mapping) else None
    return Profile(
        seen=PayloadFacts(name=name.strip(), platform_id=own, matched_by=MatchedBy.ID),
        works=works if isinstance(works, int) and not isinstance(works, bool) else None,
    )


def refuse(payload: object) -> None:
    """Raise what an answer without success says of us; `Changed` for an unknown code.

    109 is a missing login, 2001 and 400002 a check, 2 a call too many, 50 a signature that the site
    does not take. 208007 was seen once, of the reader's own restricted account.
    """
    match payload:
        case {"result": 1}:
            return
        case {"result": 109}:
            raise LoginRequired("result 109")
        case {"result": int(code), **rest}:
            pass
        case _:
            raise Changed(payload)
    said: dict[str, object] = {str(key): value for key, value in rest.items()}
    words = " ".join(text for key in ("error_msg", "message") if (text := text_in(said, key)))
    raise _refusal(code, words)


def _refusal(code: int, words: str) -> Failure:
    said = f"result {code}{f': {words[:80]}' if words else ''}"
    if code in _CAPTCHA or _CHECK.search(words):
        return Captcha(said)
    if code in _SLOW:
        return RateLimited(f"{said} ({_SLOW[code]})")
    return Changed(said)


def read_sign(payload: object) -> bool | None:
    """Whether `/rest/v/profile/get` knows the operator; None where it does not say.

    It tells of the operator alone, whatever account the page shows.
    """
    match payload:
        case {"result": 1, "userId": str() | int() as number} if str(number).strip("0"):
            return True
        case {"result": 109}:
            return False
    return None


def read_search(payload: object) -> Results:
    """Read /rest/v/search/user. Written from descriptions.

    It shows no 认证主体. No source attests words for a search without a result, so an empty one says
    nothing.
    """
    refuse(payload)
    match payload:
        case {"users": list(users), **rest}:
            more = rest.get("pcursor") not in (END, None, "")
            return Results(hits=tuple(_hit(user) for user in users), more=more)
    raise Changed(payload)


def _hit(user: object) -> Hit:
    match user:
        case {"user_id": str(number), "user_name": str(name)} if number and name.strip():
            return Hit(id=number, name=name.strip())
    raise Changed(user)
