"""The operator's logins: how they are made, and what is known of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol


class SessionWatch(Protocol):
    """What is known of the operator's logins: the looker reads it and adds to it."""

    async def usable(self, platform: str, names: Sequence[str]) -> tuple[str, ...]:
        """Those of the logins that were not last seen invalid, in their order."""

    async def note_state(
        self, platform: str, name: str, *, valid: bool, how: str, detail: str = ""
    ) -> None:
        """Note whether a page knows a login.

        A change is kept; that a login became invalid is announced once.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A login's file.

    `mode` are its permission bits; `used_at` is the last time that it was written back.
    """

    platform: str
    name: str
    path: Path
    mode: int
    made_at: datetime
    used_at: datetime | None = None
    custodian: str = ""
    """保管人: who answers for it, "" where nobody was named."""
    account: str = ""
    """The filed account that a key belongs to; "" for a login of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKey:
    """AppID and AppSecret of one account that the office itself runs.

    The other fields say which filed account the operator bound it to, as it was filed then.
    """

    app_id: str
    app_secret: str = field(repr=False)
    filing_number: str = ""
    name: str = ""
    platform_id: str = ""
    original_id: str = ""
    alias: str = ""


Modules = tuple[tuple[bool, ...], ...]
"""A QR code, True is dark, without its margin."""


class Logins(Protocol):
    """How logins are made, taken in and removed.

    `platforms` are the words for `mediawatch login`.
    """

    @property
    def platforms(self) -> tuple[str, ...]: ...
    @property
    def keys(self) -> Mapping[str, str]:
        """Those of `platforms` that have a key in place of a login page.

        Each with the platform of the accounts that it is for.
        """

    def sessions(self, platform: str | None = None) -> tuple[StoredSession, ...]:
        """The files, by platform and name."""

    async def by_hand(
        self,
        platform: str,
        name: str,
        done: Callable[[], Awaitable[None]],
        custodian: str = "",
    ) -> tuple[StoredSession, bool]:
        """Log in through a window that stays open until `done` returns.

        The second value says whether the site itself said that it knows the operator. UserError
        where it denies that.
        """

    async def by_code(
        self,
        platform: str,
        name: str,
        show: Callable[[Path, Modules | None], None],
        limit: float,
        custodian: str = "",
    ) -> StoredSession:
        """Log in by the site's QR code.

        `show` gets the picture's file, and the code in it where it is a clean one. UserError where
        no login came within `limit` seconds.
        """

    def take(
        self, platform: str, name: str, exported: str, place: str, custodian: str = ""
    ) -> tuple[StoredSession, int]:
        """Keep a browser's exported cookies that belong to the platform; also returns their number.

        UserError, beginning with `place`.
        """

    def keep_key(
        self, platform: str, name: str, key: AccountKey, custodian: str = ""
    ) -> StoredSession:
        """Keep a key; it replaces one of this name.

        UserError for a platform without keys, and where AppID or AppSecret has another shape. No
        message quotes the secret.
        """

    def key_of(self, platform: str, name: str) -> AccountKey | None:
        """The key of that name; None where it is missing. UserError where it cannot be read."""

    def assign(self, platform: str, name: str, custodian: str) -> bool:
        """Note who answers for a login; False where there is no such login.

        UserError where its file cannot be read.
        """

    def remove(self, platform: str, name: str) -> bool: ...
