"""Cookies that a browser exported, read into a storage state.

Pure; no message ever holds anything of a cookie's value.

Known shapes: Netscape's cookies.txt, which curl and most extensions write. The JSON arrays of
cookie editors (`expirationDate`, `hostOnly`, `sameSite` as `no_restriction`), also under a key
`cookies`. Playwright's storage state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from mediawatch.domain import UserError
from mediawatch.inputs import InputFault, parse_json
from mediawatch.plurals import count_of
from scrapers.browser.sessions import keep_own

Cookie = dict[str, Any]
"""As a storage state holds it.

Name, value, domain, path, expires (seconds since 1970, -1 for the session), httpOnly, secure,
sameSite.
"""

_HTTP_ONLY = "#HttpOnly_"
_FIELDS = 7
_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None", "no_restriction": "None"}


def storage_state(text: str, hosts: Collection[str], now: datetime, place: str) -> dict[str, Any]:
    """A Playwright storage state of the cookies that belong to `hosts` (suffixes) and are valid.

    UserError, beginning with `place`, for another shape, and where nothing is left.
    """
    cookies, origins = _read(text.lstrip("\ufeff"), place)
    kept = keep_own({"cookies": cookies, "origins": origins}, hosts)
    own = kept["cookies"]
    live = [
        cookie for cookie in own if cookie["expires"] < 0 or cookie["expires"] > now.timestamp()
    ]
    if not live:
        why = (
            "all of them have run out: log in again and export anew"
            if own
            else "log in there first, then export that site's cookies"
        )
        raise UserError(
            f"{place}: {len(own)} of {count_of(len(cookies), 'cookie')} for "
            f"{', '.join(sorted(hosts))}; {why}"
        )
    return {**kept, "cookies": live}


def _read(text: str, place: str) -> tuple[list[Cookie], list[Mapping[str, Any]]]:
    if text.lstrip()[:1] not in ("[", "{"):
        return list(_netscape(text, place)), []
    try:
        payload = parse_json(text, place)
    except InputFault as fault:
        raise UserError(f"{fault}: export the cookies anew") from None
    match payload:
        case list(items):
            origins: object = []
        case {"cookies": list(items), **rest}:
            origins = rest.get("origins", [])
        case _:
            raise UserError(
                f"{place}: neither a list of cookies nor a storage state: export with a "
                "cookie editor as JSON or cookies.txt"
            )
    found: list[Mapping[str, Any]] = (
        [origin for origin in origins if isinstance(origin, dict)]
        if isinstance(origins, list)
        else []
    )
    return [_json_cookie(item, number, place) for number, item in enumerate(items, 1)], found


def _json_cookie(item: object, number: int, place: str) -> Cookie:
    match item:
        case {"name": str(name), "value": str(value), "domain": str(domain), **rest} if domain:
            pass
        case _:
            raise UserError(
                f"{place}: cookie {number} has no name, value and domain as text: export the "
                "cookies anew"
            )
    if rest.get("hostOnly") is False and not domain.startswith("."):
        domain = f".{domain}"
    expires, path = rest.get("expires", rest.get("expirationDate")), rest.get("path")
    ends = expires if isinstance(expires, int | float) and not rest.get("session") else -1
    return _as_chromium_takes_it(
        {
            "name": name,
            "value": value,
            "domain": domain,
            "path": path if isinstance(path, str) else "/",
            "expires": float(ends),
            "httpOnly": bool(rest.get("httpOnly")),
            "secure": bool(rest.get("secure")),
            "sameSite": _SAME_SITE.get(str(rest.get("sameSite")).casefold(), "Lax"),
        }
    )


def _netscape(text: str, place: str) -> Iterator[Cookie]:
    for number, line in enumerate(text.splitlines(), 1):
        http_only = line.startswith(_HTTP_ONLY)
        line = line.removeprefix(_HTTP_ONLY)
        if not line.strip() or (line.startswith("#") and not http_only):
            continue
        fields = line.split("\t")
        # An empty value at the end of a line is often lost.
        fields += [""] * (len(fields) == _FIELDS - 1)
        if len(fields) != _FIELDS or not fields[4].lstrip("-").replace(".", "", 1).isdigit():
            raise UserError(
                f"{place}: line {number} is no line of a cookies.txt ({_FIELDS} fields "
                "between tabs): export the cookies anew"
            )
        domain, everywhere, path, secure, expires, name, value = fields
        if everywhere.upper() == "TRUE" and not domain.startswith("."):
            domain = f".{domain}"
        yield _as_chromium_takes_it(
            {
                "name": name,
                "value": value,
                "domain": domain,
                "path": path,
                "expires": float(expires),
                "httpOnly": http_only,
                "secure": secure.upper() == "TRUE",
                "sameSite": "Lax",
            }
        )


def _as_chromium_takes_it(cookie: Cookie) -> Cookie:
    """Chromium refuses SameSite=None without Secure, and with it the whole file."""
    lax = cookie["sameSite"] == "None" and not cookie["secure"]
    return {
        **cookie,
        "path": cookie["path"] or "/",
        "expires": cookie["expires"] if cookie["expires"] > 0 else -1,
        "sameSite": "Lax" if lax else cookie["sameSite"],
    }
