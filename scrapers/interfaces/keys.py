"""Keys to an official interface as files: `sessions/PLATFORM/NAME.json`, beside the logins.

A file holds AppID and AppSecret and the account that the operator bound them to. Who has it can do
all that the account's interfaces allow. No message quotes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path

from mediawatch.domain import LoginRequired, UserError
from mediawatch.ports import AccountKey, NewLogin
from scrapers.browser.sessions import Session, read_file, write_new

_APP_ID = re.compile(r"wx[0-9A-Za-z]{16}")
_APP_SECRET = re.compile(r"[0-9A-Za-z]{32}")
_ANEW = "copy it anew from the account's own page for developers (设置与开发)"


def read_key(session: Session) -> AccountKey:
    """The key in a file. `LoginRequired` where the file is missing or no key."""
    known = read_file(session)
    texts = {each.name: known.get(each.name, "") for each in fields(AccountKey)}
    if not all(isinstance(text, str) for text in texts.values()) or not texts["app_secret"]:
        raise LoginRequired(f"key {session.name} holds no AppID and AppSecret: enter it anew")
    return AccountKey(**texts)


def write_key(path: Path, key: AccountKey, now: datetime, new: NewLogin) -> None:
    """Keep a key that was just entered, readable by its owner alone."""
    state: Mapping[str, str] = asdict(key)
    write_new(path, state, now, new)


def refuse_key(key: AccountKey) -> None:
    """UserError for an AppID or AppSecret of another shape."""
    if not _APP_ID.fullmatch(key.app_id):
        raise UserError(f"the AppID is not wx and 16 letters or digits: {_ANEW}")
    if not _APP_SECRET.fullmatch(key.app_secret):
        raise UserError(f"the AppSecret is not 32 letters or digits: {_ANEW}")
