"""Recorded and composed cases: folders with a platform's answers (format: docs/cases.md).

`mediawatch.ops.verify` reads what a case expects. Here are the account, the clock, the sessions and
the responses.
"""

from __future__ import annotations

import gzip
import io
import json
import mimetypes
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mediawatch.domain import Filing, UserError
from mediawatch.inputs import InputFault, read_bytes, read_toml

_PLATFORMS = ("wechat", "weibo", "douyin", "toutiao", "bilibili", "kuaishou", "tieba")
_LOGINS = (*_PLATFORMS, "weread", "wechat-api")
_MOST_BYTES = 64 * 2**20
"""A reply of a site has 5 MB at most."""
_BOUND_KEYS = ("filing_number", "name", "platform_id", "original_id", "alias")
_ACCOUNT_KEYS = (
    "name",
    "platform_id",
    "url",
    "original_id",
    "alias",
    "article_url",
    "reader_url",
    "organiser",
)


class CaseError(UserError):
    """A case folder is not as docs/cases.md says; the message names file and key."""


_POST = "POST "


def _request_of(call: str) -> tuple[str, dict[str, Any]]:
    """A call as the `fetch` of a page makes it: its address, and the options."""
    if not call.startswith(_POST):
        return call, {}
    address, _, query = call.removeprefix(_POST).partition("?")
    body = json.dumps(dict(parse_qsl(query, keep_blank_values=True)), ensure_ascii=False)
    return address, {
        "method": "POST",
        "headers": {"content-type": "application/json"},
        "body": body,
    }


@dataclass(frozen=True, slots=True)
class RecordedReply:
    """One response.

    It answers every request of the same host and path that has all its query values. The fields of
    a POST's JSON count as if they stood in the query.
    """

    url: str
    body: bytes
    content_type: str
    status: int = 200
    location: str = ""
    """Where a redirect leads."""
    calls: tuple[str, ...] = ()
    """What the page's own scripts asked for, which are not recorded themselves.

    Behind `POST ` a call that carries the fields of its query as JSON.
    """

    @property
    def body_with_calls(self) -> bytes:
        """The body; after it a script that makes the `calls`."""
        if not self.calls:
            return self.body
        asked = [_request_of(call) for call in self.calls]
        listed = json.dumps(asked).replace("<", "\\u003c")
        # It reads the answers as the site's own scripts do: the browser may hold back an unread
        # one.
        script = (
            f"<script>for (const [url, how] of {listed}) fetch(url, how).then((reply) => "
            "reply.text()).catch(() => null)</script>"
        )
        return self.body + script.encode()

    def matches(self, url: str) -> bool:
        here, asked = urlsplit(self.url), urlsplit(url)
        if (here.hostname, unquote(here.path) or "/") != (
            asked.hostname,
            unquote(asked.path) or "/",
        ):
            return False
        have = parse_qsl(asked.query, keep_blank_values=True)
        return all(wanted in have for wanted in parse_qsl(here.query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    """`platform/slug`."""
    platform: str
    as_of: datetime
    sessions: frozenset[str]
    kind: str
    """`recorded` or `composed`."""
    filed: Filing
    responses: tuple[RecordedReply, ...]
    expect: Mapping[str, Any] | None
    bound: Mapping[str, str] = field(default_factory=dict)
    """To which account the operator bound the key to an official interface."""

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(urlsplit(each.url).hostname or "" for each in self.responses)

    def response(self, url: str) -> RecordedReply | None:
        """The first response that matches."""
        return next((each for each in self.responses if each.matches(url)), None)

    @classmethod
    def read(cls, folder: Path) -> Case:
        """CaseError where a key is missing or wrong, or a body file is not there."""
        try:
            return _case(folder, read_toml(folder / "case.toml"))
        except InputFault as fault:
            raise CaseError(str(fault)) from None
        except (OSError, CaseError) as error:
            raise CaseError(f"{folder / 'case.toml'}: {error}") from error


def case_folders(paths: Iterable[Path]) -> list[Path]:
    """All case folders at or below the paths, sorted.

    CaseError where a path holds none.
    """
    found: list[Path] = []
    for path in paths:
        here = sorted(file.parent for file in path.rglob("case.toml"))
        if not here:
            raise CaseError(f"{path}: no case.toml there or below")
        found += [folder for folder in here if folder not in found]
    return found


def _case(folder: Path, table: Mapping[str, Any]) -> Case:
    platform = _text(table, "platform")
    if platform not in _PLATFORMS:
        raise CaseError(f"platform {platform!r} is not one of {', '.join(_PLATFORMS)}")
    sessions = table.get("sessions", [])
    if not isinstance(sessions, list) or any(name not in _LOGINS for name in sessions):
        raise CaseError(f"sessions must be a list of platforms, not {sessions!r}")
    kind = table.get("kind", "recorded")
    if kind not in ("recorded", "composed"):
        raise CaseError(f"kind {kind!r} is neither 'recorded' nor 'composed'")
    responses = table.get("response", [])
    if not isinstance(responses, list) or not all(isinstance(each, dict) for each in responses):
        raise CaseError("response must be tables: [[response]]")
    expect = table.get("expect")
    if expect is not None and not isinstance(expect, dict):
        raise CaseError("expect must be a table: [expect]")
    return Case(
        name=f"{folder.resolve().parent.name}/{folder.resolve().name}",
        platform=platform,
        as_of=_as_of(table),
        sessions=frozenset(sessions),
        kind=kind,
        filed=_filed(table, platform),
        responses=tuple(
            _recorded(folder, number, each) for number, each in enumerate(responses, 1)
        ),
        expect=expect,
        bound=_bound(table),
    )


def _bound(table: Mapping[str, Any]) -> dict[str, str]:
    """The texts of [key]; without this table those of [account]."""
    key = table.get("key", table.get("account"))
    if not isinstance(key, dict) or any(
        not isinstance(value, str) or ("key" in table and name not in _BOUND_KEYS)
        for name, value in key.items()
    ):
        raise CaseError(f"[key] holds the texts {', '.join(_BOUND_KEYS)} alone")
    return {name: key.get(name, "") for name in _BOUND_KEYS}


def _text(table: Mapping[str, Any], key: str, where: str = "") -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise CaseError(f"{where}{key} is missing or no text: {value!r}")
    return value


def _as_of(table: Mapping[str, Any]) -> datetime:
    value = table.get("as_of")
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise CaseError(f"as_of {value!r} is not an instant") from error
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise CaseError(
            f"as_of {value!r} is not an instant with an offset, such as 2021-06-18T09:00:00+08:00"
        )
    return at


def _filed(table: Mapping[str, Any], platform: str) -> Filing:
    account = table.get("account")
    if not isinstance(account, dict):
        raise CaseError("[account] is missing")
    for key, value in account.items():
        if key not in _ACCOUNT_KEYS or not isinstance(value, str):
            raise CaseError(
                f"account.{key} = {value!r}: known are the texts {', '.join(_ACCOUNT_KEYS)}"
            )
    link = account.get("article_url", "")
    return Filing(
        name=_text(account, "name", "account."),
        platform=platform,
        platform_id=account.get("platform_id", ""),
        original_id=account.get("original_id", ""),
        alias=account.get("alias", ""),
        reader_url=account.get("reader_url", ""),
        organiser=account.get("organiser", ""),
        url=account.get("url", ""),
        article_links=(link,) if link else (),
    )


def _recorded(folder: Path, number: int, table: Mapping[str, Any]) -> RecordedReply:
    where = f"response {number}: "
    url, location = _text(table, "url", where), table.get("location", "")
    status = table.get("status", 302 if location else 200)
    name = table.get("file", "") if location else _text(table, "file", where)
    if not urlsplit(url).hostname:
        raise CaseError(f"{where}url {url!r} names no host")
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise CaseError(f"{where}status {status!r} is not between 200 and 599")
    if not isinstance(location, str) or (location and not urlsplit(location).hostname):
        raise CaseError(f"{where}location {location!r} names no host")
    calls = table.get("calls", [])
    if not isinstance(calls, list) or not all(
        isinstance(each, str) and urlsplit(each.removeprefix(_POST)).hostname for each in calls
    ):
        raise CaseError(f"{where}calls must be a list of URLs, not {calls!r}")
    if not isinstance(name, str) or name != Path(name).name:
        raise CaseError(f"{where}file {name!r} must lie in the case's own folder")
    try:
        body = read_bytes(folder / name, _MOST_BYTES) if name else b""
        if name.endswith(".gz"):
            with gzip.open(io.BytesIO(body)) as unpacked:
                body = unpacked.read(_MOST_BYTES + 1)
    except (InputFault, OSError, EOFError, zlib.error) as error:
        raise CaseError(f"{where}{error}") from error
    if len(body) > _MOST_BYTES:
        raise CaseError(f"{where}{name} unpacks to more than {_MOST_BYTES // 2**20} MB")
    inner = mimetypes.guess_type(name.removesuffix(".gz"))[0] or "application/octet-stream"
    content_type = table.get(
        "content_type", inner if inner.startswith("image/") else f"{inner}; charset=utf-8"
    )
    if not isinstance(content_type, str) or not content_type.isprintable():
        raise CaseError(f"{where}content_type {content_type!r} is no text")
    return RecordedReply(url, body, content_type, status, location, tuple(calls))
