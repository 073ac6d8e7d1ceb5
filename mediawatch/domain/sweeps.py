"""检查: a sweep, and the accounts of its frozen scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mediawatch.domain.accounts import Account
from mediawatch.domain.judgements import Judgement


class SweepKind(StrEnum):
    """What a sweep is for. A census looks at its whole scope, a nightly one at what is due."""

    CENSUS = "census"
    SAMPLE = "sample"
    LIST = "list"
    NIGHTLY = "nightly"
    RECHECK = "recheck"

    @property
    def label(self) -> str:
        return {
            "census": "普查",
            "sample": "抽查",
            "list": "名单检查",
            "nightly": "日常监测",
            "recheck": "复查",
        }[self.value]


class SweepState(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """检查: one inspection.

    `policy_toml` is the whole policy as it was; `scope` says in words what was asked for.
    """

    as_of: datetime
    policy: str
    policy_toml: str
    scope: str = "all"
    scope_spec: str = ""
    """How the scope was drawn: the specification with its seed, as JSON text; "" without a draw."""
    kind: SweepKind = SweepKind.CENSUS
    round: str = ""
    """The office's name for the inspection (2024年第一次)."""
    period_from: date | None = None
    """First Beijing day of a period (时段制) that ends at `as_of`.

    None judges the one moment (时点制).
    """
    started_at: datetime
    totals: Mapping[str, Mapping[str, int]] | None = None
    """总数 of the whole registry when the sweep was opened, by heading and part.

    None in sweeps older than this field.
    """
    state: SweepState = SweepState.RUNNING
    finished_at: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepAccount:
    """One row of a sweep's frozen scope: the account as filed then, and the judgement so far."""

    sweep_id: int
    account: Account
    judgement: Judgement | None = None
    news: int = 0
    """How many times something became known that may change a judgement on the account."""
    judged_news: int | None = None
    """`news` at the judgement; None without a judgement, or for one older than the counter."""

    @property
    def has_news(self) -> bool:
        """Whether something became known since the judgement."""
        return self.judgement is not None and self.news != self.judged_news
