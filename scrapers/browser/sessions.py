"""The operator's logins as files: `sessions/PLATFORM/NAME.json`.

A file holds a browser's storage state, when it was made and when it was last used. The file is the
login, so it is 0600 in a 0700 folder. It is replaced whole or not at all, and no message quotes it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mediawatch.domain import LoginRequired
from mediawatch.inputs import InputFault, parse_json, read_text
from mediawatch.ports import NewLogin, UseApproval
from scrapers.urls import on_host

if TYPE_CHECKING:
    from playwright.async_api import StorageState

_OURS = "mediawatch"
"""The key in the file for our notes beside the browser's state."""


@dataclass(frozen=True, slots=True)
class Session:
    """The operator's login on one platform: a Playwright storage state in
    `sessions/PLATFORM/NAME.json`.
    """

    platform: str
    name: str
    state: Path


def sessions_in(folder: Path, platform: str) -> tuple[Session, ...]:
    """The operator's logins on a platform: `PLATFORM/NAME.json` in the sessions folder, by name."""
    place = folder / platform
    try:
        names = sorted(os.listdir(place))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    return tuple(
        Session(platform, name.removesuffix(".json"), place / name)
        for name in names
        if name.endswith(".json")
    )


def read_file(session: Session) -> Mapping[str, Any]:
    """The session's file. `LoginRequired` where it is missing or no JSON object.

    The message never quotes it.
    """
    try:
        state = parse_json(read_text(session.state), str(session.state))
    except InputFault as fault:
        raise LoginRequired(f"session {session.name} cannot be read: {fault}") from None
    if not isinstance(state, dict):
        raise LoginRequired(f"session {session.name} is no storage state")
    return state


def storage_state_of(session: Session) -> StorageState:
    """The session's storage state. Failures as `read_file`."""
    state = read_file(session)
    return {"cookies": state.get("cookies", []), "origins": state.get("origins", [])}


def keep_own(state: Mapping[str, Any], hosts: Collection[str]) -> dict[str, Any]:
    """A storage state without what other hosts than these (suffixes) have stored."""
    return {
        "cookies": [
            cookie
            for cookie in state["cookies"]
            if on_host(str(cookie["domain"]).removeprefix("."), *hosts)
        ],
        "origins": [
            origin
            for origin in state["origins"]
            if on_host(urlsplit(str(origin.get("origin", ""))).hostname, *hosts)
        ],
    }


def moments(session: Session) -> tuple[datetime, datetime | None]:
    """When the login was made and when it was last used, if ever.

    Where the file does not say when it was made: when it was last written.
    """
    known = _noted(session)
    made, used = (_moment(known.get(key)) for key in ("made_at", "used_at"))
    return made or datetime.fromtimestamp(session.state.stat().st_mtime, UTC), used


def custodian_of(session: Session) -> str:
    """保管人: who answers for the login; "" where nobody was named."""
    named = _noted(session).get("custodian")
    return named if isinstance(named, str) else ""


def approval_of(session: Session) -> UseApproval | None:
    """使用审批 of the login; None where none is noted, or where it cannot be read."""
    match _noted(session).get("approval"):
        case {"by": str(by), "purpose": str(purpose), "until": str(until), **rest}:
            with suppress(ValueError):
                holder = str(rest.get("holder", ""))
            return UseApproval(
                by=by, purpose=purpose, until=date.fromisoformat(until), holder=holder
            )
    return None


def holder_of(session: Session) -> str:
    """Whose the login is, as it was noted when it was made; "" where it was not."""
    noted = _noted(session).get("holder")
    return noted if isinstance(noted, str) else ""


def _noted(session: Session) -> Mapping[str, object]:
    noted: object = None
    with suppress(LoginRequired):
        noted = read_file(session).get(_OURS)
    return noted if isinstance(noted, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def stamp_of(session: Session) -> tuple[int, int] | None:
    """Tells one version of the file from another: a new login replaces it.

    None where it is missing.
    """
    try:
        stat = session.state.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns


def fingerprint(session: Session) -> str:
    """Which login a file holds; "" where it is missing.

    It stays while the site renews the login, and changes with a new login. It is made of nothing
    secret: of a number drawn when the login was kept, or of the time of a copied file.
    """
    try:
        drawn = str(_noted(session).get("number") or moments(session)[0].isoformat())
    except OSError:
        return ""
    return hashlib.sha256(f"{session.platform}/{session.name}/{drawn}".encode()).hexdigest()[:12]


def write_new(
    path: Path,
    state: Mapping[str, Any],
    now: datetime,
    new: NewLogin | None = None,
    holder: str = "",
) -> None:
    """Keep a login that has just been made, who answers for it, its approval, and whose it is."""
    noted = {"made_at": now.isoformat(), "number": secrets.token_hex(8), "holder": holder}
    write_state(path, {**state, _OURS: noted | _said_of(new)})


def write_notes(session: Session, new: NewLogin) -> None:
    """Note who answers for the login, and its approval; all else stays.

    `LoginRequired` where it cannot be read.
    """
    state = read_file(session)
    noted = {
        **_noted(session),
        "made_at": moments(session)[0].isoformat(),
        **_said_of(new),
    }
    write_state(session.state, {**state, _OURS: noted})


def _said_of(new: NewLogin | None) -> dict[str, object]:
    approval = new.approval if new else None
    return {
        "custodian": new.custodian if new else "",
        "approval": {
            "by": approval.by,
            "purpose": approval.purpose,
            "until": approval.until.isoformat(),
            "holder": approval.holder,
        }
        if approval
        else None,
    }


def write_renewed(session: Session, state: Mapping[str, Any], now: datetime) -> None:
    """Keep a login as the site has renewed it, and that it was used now.

    OSError where the folder cannot be written.
    """
    noted = {
        **_noted(session),
        "made_at": moments(session)[0].isoformat(),
        "used_at": now.isoformat(),
    }
    write_state(session.state, {**state, _OURS: noted})


def write_used(session: Session, now: datetime) -> None:
    """Note that the login was used now; all else stays.

    `LoginRequired` where it cannot be read, OSError where the folder cannot be written.
    """
    state = {key: value for key, value in read_file(session).items() if key != _OURS}
    write_renewed(session, state, now)


def write_state(path: Path, state: object) -> None:
    """Keep a storage state as `sessions/PLATFORM/NAME.json`.

    Whole or not at all, for the owner only (0600 in 0700).
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(path, json.dumps(state, ensure_ascii=False).encode())


def write_private(path: Path, body: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)  # an old one could have another mode
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def discard(path: Path) -> None:
    """Delete a file that may be gone already."""
    path.unlink(missing_ok=True)
