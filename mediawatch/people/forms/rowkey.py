"""The window that a row asks about, and the hidden key that ties a row to its sweep and account."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mediawatch.domain import FiledStatus, Filing, Sweep
from mediawatch.domain.clock import day_of
from mediawatch.rules.account_policy import AccountPolicy

_KEY = re.compile(r"(?:MW1|MW2\.([0-9a-f]{8}))\.(\d{1,18})\.(\d{1,18})\.([0-9a-f]{12})")
USABLE = (
    "能否下载、打开、使用？能的，“状态”选“正常”；不能的，选“看不到内容”，在“备注”中写明并附截图。"
    "不填“有无发布”。"
)
"""What is asked of an account that is not judged by its posts, such as an APP."""
CLOSED = (FiledStatus.CLOSED, FiledStatus.DEREGISTERED)


@dataclass(frozen=True, slots=True)
class Window:
    """Beijing days from `start` to the day of `as_of`, both included.

    A post on any of them proves the account fresh.
    """

    as_of: datetime
    start: date
    longest: int = 0
    """Of a period (时段制) the longest gap in days that is sound; 0 of a moment.

    No single post proves a period fresh.
    """
    by_updates: bool = True
    """False where the account is not judged by its posts: whether it can be used is asked then."""

    @classmethod
    def of(cls, sweep: Sweep, own: AccountPolicy) -> Window:
        """The window of an account, by its own policy."""
        start = own.window_start(day_of(sweep.as_of))
        return cls(sweep.as_of, start, by_updates=own.judged_by_updates)

    @classmethod
    def asked_about(cls, sweep: Sweep, own: AccountPolicy) -> Window:
        """The days that people are asked about: the whole period, where the sweep has one."""
        if sweep.period_from is None or not own.judged_by_updates:
            return cls.of(sweep, own)
        return cls(sweep.as_of, sweep.period_from, own.stale_gap - 1)

    @property
    def end(self) -> date:
        return day_of(self.as_of)

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def words(self) -> str:
        """12月17日(含)至12月31日; with years where the window spans two."""
        year = "" if self.start.year == self.end.year else "{0.year}年"
        days = (f"{year.format(day)}{day.month}月{day.day}日" for day in (self.start, self.end))
        return "（含）至".join(days)

    def question(self, status: FiledStatus) -> str:
        asked = f"{self.words}有无发布？"
        if not self.by_updates:
            asked = USABLE
        elif self.longest:
            asked = f"检查时段{asked}有的，写明各条发布的日期（相邻不超过{self.longest}天），或粘贴链接。"
        return (
            f"报送系统中为“{status.label}”，平台上是否还能看到该账号？{asked}"
            if status in CLOSED
            else asked
        )


@dataclass(frozen=True, slots=True)
class RowKey:
    """What a hidden key says.

    `seal` is right only for the row's own texts and ids, and in the home that wrote it. `home` is a
    mark of that home, "" in keys older than these marks.
    """

    sweep_id: int
    account_id: int
    seal: str
    home: str = ""

    def __str__(self) -> str:
        begin = f"MW2.{self.home}" if self.home else "MW1"
        return f"{begin}.{self.sweep_id}.{self.account_id}.{self.seal}"


def sealed_key(
    home: str, sweep_id: int, account_id: int, window: Window, sealed: Sequence[str], filed: Filing
) -> RowKey:
    """The key of a row.

    `sealed` are the texts of its sealed columns as printed, `filed` the account as filed then. An
    empty `home` (`Store.home_id`) gives the key as it was written before homes were marked.
    """
    parts = [
        str(sweep_id),
        str(account_id),
        str(int(window.as_of.timestamp())),
        window.start.isoformat(),
    ]
    if home:
        parts = [home, *parts, filed.platform_id, filed.original_id, filed.alias]
    parts += ["".join(text.split()) for text in sealed]
    return RowKey(sweep_id, account_id, _hashed("\n".join(parts))[:12], _mark(home) if home else "")


def is_marked(sweep: Sweep) -> bool:
    """Whether all rows of a sweep name their home.

    Totals are kept of every sweep since homes are marked.
    """
    return sweep.totals is not None


def parse_key(text: str) -> RowKey | None:
    found = _KEY.fullmatch(text.strip())
    return RowKey(int(found[2]), int(found[3]), found[4], found[1] or "") if found else None


ALTERED = ""
"""What `misfit` says of a row whose texts are not those of its key.

Each form has its own sentence for it.
"""


def from_elsewhere(key: RowKey, home: str) -> str:
    """The sentence for a key that another home wrote.

    "" for one of this home, and for an old one, which does not say.
    """
    if key.home in ("", _mark(home)):
        return ""
    return "这一行来自另一套台账（另一个数据目录导出的表）：请交回导出它的系统"


def misfit(
    key: RowKey, home: str, made: Callable[[str], RowKey], *, told_apart: bool, marked: bool = False
) -> str | None:
    """Why a key is not that of its row, as a sentence or `ALTERED`; None where it fits.

    `made` gives the row's key for a home. `told_apart`: the sealed texts of the row belong to one
    account alone. Only then are keys older than the marks of homes taken. They are refused where
    all rows of the sweep went out `marked`. Such a key is made of nothing secret, so anybody can
    make one for any account.
    """
    if elsewhere := from_elsewhere(key, home):
        return elsewhere
    if marked and not key.home:
        return ALTERED
    if made(home if key.home else "") != key:
        return ALTERED
    if not key.home and not told_apart:
        return "这一行由旧版本导出，且没有可区分账号的编号，不能确认属于本台账：请重新导出后填写"
    return None


def _mark(home: str) -> str:
    return _hashed(f"home {home}")[:8]


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
