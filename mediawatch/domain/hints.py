"""What others say of an account: dates and links that somebody hands in.

A hint proves nothing and is no reading. Only our own look of a link proves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mediawatch.domain.clock import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Who handed something in, and when he said it.

    `by` is "" and `at` is None where the file does not tell.
    """

    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A date, or a link that we cannot open, which somebody gave for an account.

    `on` is the Beijing day that is called the newest, `at` its instant where one was given. One of
    `on` and `link` is there.
    """

    account_id: int
    source: str
    """The service or the office itself, as the operator names it: 某某服务单位."""
    received_at: datetime
    on: date | None = None
    at: datetime | None = None
    link: str = ""
    contract: str = ""
    """Number of the contract with the service, "" for none."""
    file: str = ""
    """The file's name without its folder, its SHA-256, and the row in it."""
    sha256: str = ""
    sheet: str = ""
    row: int = 0
    given_by: str = ""
    """A person's name: it leaves after its time, as other names do."""
    given_at: datetime | None = None
    """When he said it, as the file tells: the time of a message in a chat."""
    id: int = 0

    @property
    def said_on(self) -> date:
        """The Beijing day on which it was said, as far as is known: not after it came in."""
        return day_of(min(self.given_at or self.received_at, self.received_at))


class LinkWay(StrEnum):
    """By which way a link came in."""

    LINKS = "links"
    WORKLIST = "worklist"
    DISPATCH = "dispatch"
    FEEDBACK = "feedback"
    HINTS = "hints"

    @property
    def label(self) -> str:
        return dict(
            zip(LinkWay, ("链接导入", "人工核查", "下发核实", "整改反馈", "提示导入"), strict=True)
        )[self]


class LinkSort(StrEnum):
    """Whose a link is, by what its page showed."""

    OWN = "own"
    FOREIGN = "foreign"
    DEAD = "dead"
    UNDECIDED = "undecided"

    @property
    def label(self) -> str:
        return dict(zip(LinkSort, ("本账号", "他人", "失效", "待定"), strict=True))[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReceipt:
    """A link as it came in, and what became of it at last.

    `account_id` is the account that it belongs to, or was given for; None where neither is known.
    """

    url: str
    way: LinkWay
    sort: LinkSort
    received_at: datetime
    account_id: int | None = None
    name_seen: str = ""
    published_on: date | None = None
    """Beijing day, as the page says."""
    file: str = ""
    sheet: str = ""
    row: int = 0
    source: str = ""
    given_by: str = ""
    """A person's name: it leaves after its time, as other names do."""
    given_at: datetime | None = None
    id: int = 0
