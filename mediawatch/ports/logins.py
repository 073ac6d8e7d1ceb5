"""The operator's logins: how they are made, and what is known of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
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
class UseApproval:
    """使用审批: who allowed a further login, for what, and its last Beijing day."""

    by: str
    purpose: str
    until: date
    holder: str = field(default="", repr=False)
    """Whose login it is for, as `StoredSession.holder`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLogin:
    """What the operator says of a login that is made, taken in or assigned."""

    platform: str
    name: str
    custodian: str = ""
    """保管人: the person who answers for it."""
    approval: UseApproval | None = None
    approve: Callable[[str], UseApproval | None] | None = field(default=None, repr=False)
    """Gives the approval once it is known whose the login is (`StoredSession.holder`).

    UserError where it must not be kept. Asked for logins of which a home has one.
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
    approval: UseApproval | None = None
    holder: str = field(default="", repr=False)
    """Whose login it is, as a keyed hash; "" where a home may have many of its platform."""
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
    def by_approval(self) -> frozenset[str]:
        """The platforms of which a home has one login, and others by a 使用审批 each."""

    def own_holder(self, platform: str) -> str:
        """Whose the home's own login of such a platform is; "" where it has none yet.

        Who was first logged in without an approval, also when that login was removed.
        """

    @property
    def keys(self) -> Mapping[str, str]:
        """Those of `platforms` that have a key in place of a login page.

        Each with the platform of the accounts that it is for.
        """

    def sessions(self, platform: str | None = None) -> tuple[StoredSession, ...]:
        """The files, by platform and name."""

    async def by_hand(
        self, new: NewLogin, done: Callable[[], Awaitable[None]]
    ) -> tuple[StoredSession, bool]:
        """Log in through a window that stays open until `done` returns.

        The second value says whether the site itself said that it knows the operator. UserError
        where it denies that.
        """

    async def by_code(
        self, new: NewLogin, show: Callable[[Path, Modules | None], None], limit: float
    ) -> StoredSession:
        """Log in by the site's QR code.

        `show` gets the picture's file, and the code in it where it is a clean one. UserError where
        no login came within `limit` seconds.
        """

    def take(self, new: NewLogin, exported: str, place: str) -> tuple[StoredSession, int]:
        """Keep a browser's exported cookies that belong to the platform; also returns their number.

        UserError, beginning with `place`.
        """

    def refuse_export(self, platform: str, exported: str, place: str) -> None:
        """UserError, as `take`, for exported cookies that are of no use, whoever they are kept for."""

    def refuse_key(self, platform: str, key: AccountKey) -> None:
        """UserError, as `keep_key`, for what is no key."""

    def keep_key(self, new: NewLogin, key: AccountKey) -> StoredSession:
        """Keep a key; it replaces one of this name.

        UserError for a platform without keys, and where AppID or AppSecret has another shape. No
        message quotes the secret.
        """

    def key_of(self, platform: str, name: str) -> AccountKey | None:
        """The key of that name; None where it is missing. UserError where it cannot be read."""

    def assign(self, new: NewLogin) -> bool:
        """Note who answers for a login, and its approval; False where there is no such login.

        UserError where its file cannot be read.
        """

    def remove(self, platform: str, name: str) -> bool: ...
