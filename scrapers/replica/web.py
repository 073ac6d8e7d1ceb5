"""Requests and responses of the replica, and what its sites have in common. Knows no site."""

from __future__ import annotations

import html as html_text
import io
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from functools import cache
from http.cookies import CookieError, SimpleCookie
from importlib import resources
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import zxingcpp
from PIL import Image

from scrapers.replica.world import World


@dataclass(frozen=True, slots=True)
class Request:
    """One request as a site sees it.

    `target` is path and query exactly as sent; the form of a POST is in `form`.
    """

    method: str
    host: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    """The JSON object of a POST."""

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.target}"

    @property
    def url_with_payload(self) -> str:
        """The address as if the fields of the JSON stood in its query."""
        if not self.payload:
            return self.url
        joint = "&" if "?" in self.target else "?"
        return f"{self.url}{joint}{urlencode({**self.payload})}"

    @property
    def path(self) -> str:
        """Decoded, without the query."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """The first value of each key."""
        found: dict[str, str] = {}
        for key, value in parse_qsl(urlsplit(self.target).query, keep_blank_values=True):
            found.setdefault(key, value)
        return found

    @property
    def cookies(self) -> dict[str, str]:
        try:
            return {
                name: morsel.value
                for name, morsel in SimpleCookie(self.headers.get("cookie", "")).items()
            }
        except CookieError:
            return {}

    @property
    def mobile(self) -> bool:
        return "Mobile" in self.headers.get("user-agent", "")


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that a site sets, or that stands for the operator's login."""

    name: str
    value: str
    domain: str
    http_only: bool = False

    @property
    def header(self) -> str:
        return (
            f"{self.name}={self.value}; Domain={self.domain}; Path=/; "
            f"Secure{'; HttpOnly' if self.http_only else ''}"
        )

    @property
    def state(self) -> dict[str, Any]:
        """As Playwright's storage state holds it."""
        return {
            "name": self.name, "value": self.value, "domain": self.domain, "path": "/",
            "expires": -1, "httpOnly": self.http_only, "secure": True, "sameSite": "Lax",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Response:
    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


def page(text: str, *, status: int = 200, cookies: tuple[Cookie, ...] = ()) -> Response:
    return Response(
        text.encode(), status, headers=tuple(("Set-Cookie", cookie.header) for cookie in cookies)
    )


def answer(value: object, *, status: int = 200, cookies: tuple[Cookie, ...] = ()) -> Response:
    """JSON."""
    headers = tuple(("Set-Cookie", cookie.header) for cookie in cookies)
    return Response(
        json.dumps(value, ensure_ascii=False).encode(),
        status,
        "application/json; charset=utf-8",
        headers,
    )


def redirect(url: str, *, cookies: tuple[Cookie, ...] = ()) -> Response:
    return Response(
        status=302,
        headers=(("Location", url), *(("Set-Cookie", cookie.header) for cookie in cookies)),
    )


class Drop(Enum):
    """Instead of a response."""

    HANG = "nothing comes until the browser goes away"
    RESET = "the connection is reset"


Answer = Callable[[Request], Response | Drop]
"""How a request is answered."""
Middleware = Callable[["Site", Request, Answer], Response | Drop]
"""Stands before the sites: answers in its own way, or by the usual answer that it is given."""
NOT_SERVED = Response(b"not found", 404, "text/plain")


def picture(text: str) -> Response:
    """A square with the first character of a text: stands for every avatar and cover."""
    letter = html_text.escape((text or "·")[0])
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" '
        'height="96" fill="#c8d4e3"/>'
        '<text x="48" y="62" font-size="40" text-anchor="middle" '
        f'fill="#34506f">{letter}</text></svg>'
    )
    return Response(
        svg.encode(), content_type="image/svg+xml", headers=(("Cache-Control", "max-age=3600"),)
    )


@cache
def code_picture(text: str) -> Response:
    """A QR code as a site shows it."""
    out = io.BytesIO()
    code = zxingcpp.create_barcode(text.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    Image.fromarray(code.to_image(scale=6)).save(out, "PNG")
    return Response(out.getvalue(), content_type="image/png")


def picture_url(host: str, text: str) -> str:
    return f"https://{host}/picture/{quote((text or '·')[0])}.svg"


@cache
def template(name: str) -> str:
    """The text of `pages/NAME`, with `{{include OTHER}}` resolved."""
    text = resources.files("scrapers.replica").joinpath("pages", name).read_text(encoding="utf-8")
    return re.sub(r"\{\{include (\S+)\}\}", lambda found: template(found[1]).strip(), text)


def fill(text: str, /, **values: str) -> str:
    """Put values at `{{name}}`.

    Plain replacement, because pages are full of braces and dollar signs.
    """
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], text)


def script_json(value: object) -> str:
    """JSON that may stand inside a script element whatever an account is called."""
    return (
        json.dumps(value, ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def whole(text: str) -> int:
    """A whole number of a query, 0 where it is missing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


class Site(ABC):
    """One platform's stand-in.

    `bare` is the site around a recorded case. It knows no accounts: its pages make their usual
    calls for whatever id is asked. Calls that the case does not answer are 404.
    """

    platform: ClassVar[str]
    hosts: ClassVar[frozenset[str]]
    picture_hosts: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self, world: World, now: Callable[[], datetime], *, logged_in: bool, bare: bool
    ) -> None:
        self.accounts = world.of(self.platform)
        self.by_id = {account.id: account for account in self.accounts}
        self.now = now
        self.open = logged_in
        self.bare = bare
        self.scannable = False
        """Whether login pages wait until their code is scanned."""
        self.scanned = False
        """Whether it was scanned."""

    @property
    @abstractmethod
    def login(self) -> tuple[Cookie, ...]:
        """The cookies of the operator's login, as this replica made them up."""

    @property
    def state(self) -> dict[str, Any]:
        """The file of the operator's login: a storage state of Playwright with these cookies."""
        return {"cookies": [cookie.state for cookie in self.login], "origins": []}

    def knows_operator(self, request: Request) -> bool:
        """Whether the request carries the login, and the site accepts it."""
        cookies = request.cookies
        return self.open and any(cookies.get(cookie.name) == cookie.value for cookie in self.login)

    @property
    def visit(self) -> tuple[Cookie, ...]:
        """The cookies that admit a visitor, where the site lets no one in without them."""
        return ()

    def as_visitor(self, request: Request) -> Request:
        """The same request with a login that the site has forgotten."""
        login = {cookie.name for cookie in self.login}
        kept = [f"{name}={value}" for name, value in request.cookies.items() if name not in login]
        cookie = "; ".join([*kept, *(f"{each.name}={each.value}" for each in self.visit)])
        return replace(request, headers={**request.headers, "cookie": cookie})

    def sign_anew(self, target: str) -> str:
        """A target that was changed after the page signed it, with a good signature.

        Itself where the site wants none.
        """
        return target

    def scan_state(self) -> Response:
        """A login page asks whether its code was scanned: then the operator's cookies come with the
        answer.
        """
        return answer({"status": int(self.scanned)}, cookies=self.login if self.scanned else ())

    def scan_script(self, poll: str, then: str) -> str:
        """What a login page does while its code waits; nothing where the code is never scanned."""
        return fill(template("scan.js"), poll=poll, then=then) if self.scannable else ""

    def respond(self, request: Request) -> Response:
        if request.host in self.picture_hosts:
            return picture(request.path.rpartition("/")[2])
        if request.path == "/favicon.ico":
            return Response(status=204, content_type="image/x-icon")
        return self.answer(request)

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """What the site answers; `NOT_SERVED` for what it does not have."""
