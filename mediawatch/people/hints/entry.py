"""One row or line of hints as it was handed in, and what its day may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mediawatch.domain import Account, Saying
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.people.link_files import NOBODY
from mediawatch.registry.problems import RowProblem
from mediawatch.workbooks.places import Place

NOTHING = "没有读出最近更新日期，也没有链接"
OLDER = "同一文件另有该账号更新的日期，以其为准"


@dataclass(frozen=True, slots=True, kw_only=True)
class HintEntry:
    """One row or line that was handed in."""

    place: Place
    text: str
    """The row as it came in, for the answer."""
    account: Account | None = None
    on: date | None = None
    at: datetime | None = None
    urls: tuple[str, ...] = ()
    """Articles, to be opened by us."""
    others: tuple[str, ...] = ()
    """Links that we cannot open: for the person who looks."""
    card: str = ""
    saying: Saying = NOBODY
    problem: RowProblem | None = None
    idle: str = ""
    """Why nothing is kept of a row that is not wrong, in Chinese; "" where something is."""


@dataclass(frozen=True, slots=True)
class HintFile:
    """The entries of one file in its order. `sha256` is of its bytes."""

    name: str
    sha256: str
    entries: tuple[HintEntry, ...]
    left_out: tuple[str, ...] = ()
    """Sheets and rows that were not read, in English with their places."""


def day_fault(on: date | None, at: datetime | None, account: Account, now: datetime) -> str:
    """Why a day cannot be one of a post of the account, "" where it can."""
    if on is None:
        return ""
    if on > day_of(now) or (at is not None and at > now):
        return "日期在今天之后，请更正"
    opened = account.filed.opened_on
    if opened is not None and on < opened:
        return f"早于该账号的开设时间（{chinese_day(opened)}），请核对是否为同一账号"
    return ""
