"""The operator's own side: canaries with their checks, and the states of logins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mediawatch.domain.accounts import Account, Filing
from mediawatch.domain.outcomes import DayEnd, Outcome

DAY_FULL = "24小时内访问次数已达上限"
"""Stands in the detail of a sight that lacks what a further call would have asked."""
CLOCK_OFF = "this machine's clock is off"
"""Begins the detail of a sight whose site dates its replies otherwise: nothing seen then counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """对照账号: an account known to post every day.

    By its id only; `source` is where anybody can read that the id is that account.
    """

    platform: str
    platform_id: str
    name: str
    source: str
    original_id: str = ""
    url: str = ""
    reader_url: str = ""
    article_links: tuple[str, ...] = ()

    @property
    def account(self) -> Account:
        """The account that a look visits. It has no number, for it stands in no registry."""
        filed = Filing(
            name=self.name,
            platform=self.platform,
            platform_id=self.platform_id,
            original_id=self.original_id,
            url=self.url,
            reader_url=self.reader_url,
            article_links=self.article_links,
        )
        return Account(id=0, filed=filed, links=self.article_links)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryCheck:
    """A 对照账号 was read by one surface with one session.

    `fresh`: its newest post lay in the window of the moment `at`.
    """

    surface: str
    session: str
    """Name of the operator's session, "" for a visitor."""
    account_name: str
    platform_id: str
    at: datetime
    fresh: bool
    outcome: Outcome
    sweep_id: int | None = None
    detail: str = ""
    login: str = ""
    """A fingerprint of the login file that was used.

    "" for a visitor, and where it was not kept.
    """
    calls: int = 1
    """As `Sight.calls`."""
    ends_day: DayEnd | None = None
    address: str = ""
    """As `Sight.address`."""


class SessionState(StrEnum):
    """What is known of an operator's login."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """A login was seen in a state. `how` says by what: a login, a probe, a page of a sweep."""

    platform: str
    name: str
    at: datetime
    state: SessionState
    how: str
    detail: str = ""
