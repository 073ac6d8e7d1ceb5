"""Scrubs what may not leave with a recorded page: the operator's cookies, tokens and identity.

Constant dummies of equal shape replace them. Pure. Digits become 1, letters x or X, Chinese
characters 某. What is not a secret (the account under record) stays as it is.

Pages carry the same text in several forms (JSON in JSON, percent-encoded JSON, HTML): each secret
is sought in all of them.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

KEYS = (
    # logins and what stands for them
    "token",
    "access_token",
    "refresh_token",
    "csrf",
    "csrf_token",
    "csrftoken",
    "xsrf_token",
    "xsrftoken",
    "appmsg_token",
    "poc_token",
    "pass_ticket",
    "data_ticket",
    "user_ticket",
    "ticket",
    "exportkey",
    "wap_sid2",
    "slave_sid",
    "slave_user",
    "slave_bizuin",
    "data_bizuin",
    "bizuin",
    "uin",
    "wxuin",
    "sessionid",
    "session_id",
    "sessionid_ss",
    "sid_guard",
    "sid_tt",
    "sid",
    "uid_tt",
    "passport_csrf_token",
    "sub",
    "subp",
    "ssologinstate",
    "alf",
    "scf",
    "gsid",
    "st",
    "xsrf-token",
    "mmkey",
    "skey",
    "wr_skey",
    "wr_vid",
    "x-wr-ticket",
    "x-wrpa-0",
    "uservid",
    "authorization",
    "password",
    # signatures and fingerprints
    "mstoken",
    "xmst",
    "a_bogus",
    "x_bogus",
    "x-bogus",
    "_signature",
    "__ac_nonce",
    "__ac_signature",
    "ttwid",
    "odin_tt",
    "verifyfp",
    "s_v_web_id",
    "fp",
    "fingerprint",
    "web_id",
    "webid",
    "device_id",
    "deviceid",
    "install_id",
    "iid",
    "uuid",
    "ua_id",
    "xid",
    "rand_info",
    # where the operator sits
    "ip",
    "client_ip",
    "clientip",
    "user_ip",
    "userip",
    "mobile",
    "phone",
    "email",
)
"""Keys whose values are always secrets (compared without case); a key of a similar name is not."""
_QUERY_ONLY = ("key", "signature", "sign")
_DRESSES = ('"', r"\\+\"", "'", "%22", "&quot;", "&#34;")
_ALL = "|".join(map(re.escape, sorted(KEYS, key=len, reverse=True)))
_QUOTED = re.compile(
    rf"(?P<q>{'|'.join(_DRESSES)})(?P<key>{_ALL})(?P=q)\s*(?::|%3A)\s*"
    r"(?:(?P=q)(?P<text>(?:(?!(?P=q))[^<>\s]){1,2000})(?P=q)|(?P<number>\d{4,20}))",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?<![\w\"'%$.-])(?P<key>{_ALL})\s*[:=]\s*(?P<q>[\"'])(?P<text>[^\"'<>\s]{{1,2000}})(?P=q)",
    re.IGNORECASE,
)
_QUERY = re.compile(
    rf"(?:[?&]|&amp;|\\u0026|%26|%3F)(?P<key>{_ALL}|{'|'.join(_QUERY_ONLY)})(?:=|%3D)(?P<text>(?:(?!%26)[^&#\s\"'<>\\)])+)",
    re.IGNORECASE,
)


def dummy(text: str) -> str:
    """The same shape, nothing of the content: `gh_12ab` becomes `xx_11xx`."""
    return "".join(_dummy(letter) for letter in text)


def _dummy(letter: str) -> str:
    if letter.isdigit():
        return "1"
    if not letter.isascii():
        return "某" if letter.isalpha() else letter
    return "X" if letter.isupper() else "x" if letter.islower() else letter


@dataclass(frozen=True, slots=True)
class Scrubber:
    """`secrets` are replaced everywhere, and so are the values of `KEYS`.

    `kept` are the account's own ids and names.
    """

    secrets: frozenset[str]
    kept: frozenset[str] = frozenset()

    def text(self, text: str) -> str:
        text = self.without_secrets(text)
        for pattern in (_QUOTED, _BARE, _QUERY):
            text = pattern.sub(self._value, text)
        return text

    def url(self, url: str, keys: frozenset[str] | None = None) -> str:
        """Without user info and fragment.

        With `keys` (those that a surface declares harmless) the other query keys are cut. Without
        it all of them stay, with dummies for secrets.
        """
        parts = urlsplit(url)
        query = [
            pair
            for pair in parse_qsl(parts.query, keep_blank_values=True)
            if keys is None or pair[0] in keys
        ]
        bare = urlunsplit(
            (parts.scheme, parts.netloc.rpartition("@")[2], parts.path, urlencode(query), "")
        )
        return self.text(bare) if keys is None else self.without_secrets(bare)

    def leaks(self, text: str) -> tuple[str, ...]:
        """Dummies of the secrets that still stand in a text.

        Never the secrets themselves: an error message would print them.
        """
        return tuple(dummy(old) for old, _ in _pairs(self.secrets, self.kept) if old in text)

    def without_secrets(self, text: str) -> str:
        """The text with dummies for `secrets` alone.

        The values of `KEYS` stay, for evidence is what the site said.
        """
        for old, new in _pairs(self.secrets, self.kept):
            text = text.replace(old, new)
        return text

    def _value(self, found: re.Match[str]) -> str:
        group = "number" if found.groupdict().get("number") else "text"
        value = found[group]
        if unquote(value) in self.kept:
            return found[0]
        start, end = found.start(group) - found.start(), found.end(group) - found.start()
        # Percent signs and escapes keep their meaning, or the page could not be parsed any more.
        return (
            found[0][:start]
            + re.sub(r"%[0-9A-Fa-f]{2}|\\u[0-9a-fA-F]{4}|\\.|(.)", _letter, value)
            + found[0][end:]
        )


def _letter(found: re.Match[str]) -> str:
    return _dummy(found[1]) if found[1] else found[0]


@lru_cache(maxsize=4)
def _pairs(secrets: frozenset[str], kept: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Longest first, so that an id within an address does not spoil the address.

    What is part of an own name or id is no secret: replacing it would change the subject of the
    case.
    """
    named = [secret for secret in secrets if secret and not any(secret in own for own in kept)]
    pairs = {
        old: new
        for secret in named
        for old, new in zip(_dresses(secret), _dresses(dummy(secret)), strict=True)
    }
    return tuple(
        sorted(
            ((old, new) for old, new in pairs.items() if old != new),
            key=lambda pair: (-len(pair[0]), pair[0]),
        )
    )


def _dresses(text: str) -> tuple[str, ...]:
    """A text in the forms in which pages write it.

    Plain; in JSON, also without non-ASCII, with escaped slashes, or in a string of JSON; in HTML;
    percent-encoded once and twice.
    """
    in_json, ascii_json = json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]
    encoded = quote(text, safe="")
    slashed = in_json.replace("/", "\\/")
    return (
        text,
        in_json,
        slashed,
        json.dumps(slashed, ensure_ascii=False)[1:-1],
        json.dumps(in_json, ensure_ascii=False)[1:-1],
        ascii_json,
        ascii_json.upper().replace("\\U", "\\u"),
        json.dumps(ascii_json)[1:-1],
        ascii_json.replace("/", "\\/"),
        html.escape(text),
        encoded,
        quote(text),
        quote(in_json, safe=""),
        quote(ascii_json, safe=""),
        encoded.lower(),
        quote(encoded, safe=""),
    )
