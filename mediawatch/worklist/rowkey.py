"""The window that a row asks about, and the hidden key that ties a row to its sweep and account."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mediawatch.clock import day_of
from mediawatch.domain import FiledStatus, Sweep
from mediawatch.policy import Policy

_KEY = re.compile(r"MW1\.(\d{1,18})\.(\d{1,18})\.([0-9a-f]{12})")
CLOSED = (FiledStatus.CLOSED, FiledStatus.DEREGISTERED)


@dataclass(frozen=True, slots=True)
class Window:
    """Beijing days from `start` to the day of `as_of`, both included: a post on any of them proves the account fresh."""

    as_of: datetime
    start: date

    @classmethod
    def of(cls, sweep: Sweep, policy: Policy) -> Window:
        return cls(sweep.as_of, policy.window_start(day_of(sweep.as_of)))

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
        return "(含)至".join(days)

    def question(self, status: FiledStatus) -> str:
        asked = f"{self.words}有无发布?"
        return f"报送系统中为“{status.label}”,平台上是否还能看到该账号?{asked}" if status in CLOSED else asked


@dataclass(frozen=True, slots=True)
class RowKey:
    """What a hidden key says. `seal` is right only for the row's own name, 类型 and ids."""

    sweep_id: int
    account_id: int
    seal: str

    def __str__(self) -> str:
        return f"MW1.{self.sweep_id}.{self.account_id}.{self.seal}"


def sealed_key(sweep_id: int, account_id: int, window: Window, sealed: Sequence[str]) -> RowKey:
    """The key of a row; `sealed` are the texts of the columns in `columns.SEALED` as printed."""
    parts = [str(sweep_id), str(account_id), str(int(window.as_of.timestamp())), window.start.isoformat()]
    parts += ["".join(text.split()) for text in sealed]
    return RowKey(sweep_id, account_id, hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12])


def parse_key(text: str) -> RowKey | None:
    found = _KEY.fullmatch(text.strip())
    return RowKey(int(found[1]), int(found[2]), found[3]) if found else None
