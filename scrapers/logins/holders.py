"""Whose a login is, without naming him: a keyed hash of the site's own id of the operator.

Of platforms of which a home has one login. `sessions/holders.json` (0600) keeps the key, and whose
the home's own login is: that stays when the login's file is removed or gets another name.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediawatch.domain import UserError
from mediawatch.inputs import InputFault, parse_json, read_text
from scrapers.browser.sessions import Session, fingerprint, holder_of, read_file, write_state

FILE = "holders.json"


@dataclass(frozen=True, slots=True)
class HolderBook:
    """`folder` is the home's sessions folder."""

    folder: Path

    def hash_of(self, state: Mapping[str, Any], cookie: str, place: str) -> str:
        """Whose a new login is, by the cookie of that name.

        UserError, beginning with `place`, where it is missing or names two.
        """
        named = holder_named(state, cookie, place)
        return _keyed(self._key(), named)

    def holder_of(self, session: Session, cookie: str) -> str:
        """Whose a kept login is; of an older file by its cookie, or as nobody else's."""
        if noted := holder_of(session):
            return noted
        named = _named(read_file(session), cookie)
        key = str(self._read().get("key", ""))
        return _keyed(key, named.pop() if len(named) == 1 else f"file {fingerprint(session)}")

    def own(self, platform: str) -> str:
        """Whose the home's own login is; "" where that was not noted yet."""
        own = self._read().get("own")
        return str(own.get(platform, "")) if isinstance(own, dict) else ""

    def keep_own(self, platform: str, holder: str) -> None:
        """Note whose the home's own login is; the first one stays."""
        known = self._read()
        own = known.get("own")
        others = own if isinstance(own, dict) else {}
        if not others.get(platform):
            self._write({**known, "own": {**others, platform: holder}})

    def _key(self) -> str:
        known = self._read()
        if not known.get("key"):
            known = {**known, "key": secrets.token_hex(16)}
            self._write(known)
        return str(known["key"])

    def _read(self) -> dict[str, Any]:
        path = self.folder / FILE
        if not path.exists():
            return {}
        try:
            known = parse_json(read_text(path), str(path))
        except InputFault as fault:
            raise UserError(f"{fault}: put the file back from a backup") from None
        if not isinstance(known, dict):
            raise UserError(f"{path}: no JSON object: put the file back from a backup")
        return known

    def _write(self, known: Mapping[str, Any]) -> None:
        write_state(self.folder / FILE, known)


def holder_named(state: Mapping[str, Any], cookie: str, place: str) -> str:
    """The site's own id of who is logged in, by the cookie of that name.

    UserError, beginning with `place`, where it is missing or names two.
    """
    named = _named(state, cookie)
    if len(named) != 1:
        why = "is missing" if not named else "names two accounts"
        raise UserError(
            f"{place}: the cookie {cookie} {why}, so nobody can tell whose login it is: log in "
            "on the site with one account, then try again"
        )
    return named.pop()


def _named(state: Mapping[str, Any], cookie: str) -> set[str]:
    return {
        str(each["value"])
        for each in state.get("cookies", ())
        if isinstance(each, dict) and each.get("name") == cookie and each.get("value")
    }


def _keyed(key: str, text: str) -> str:
    return hmac.digest(key.encode(), text.encode(), "sha256").hex()[:32]
