"""The messages that are sent by themselves: a digest a sweep, an alert when a login lapses.

Chinese, short, without contacts. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mediawatch.domain import (
    UNFINISHED,
    Ending,
    FindingChange,
    FindingChangeKind,
    SessionEvent,
    SessionState,
    SourcePause,
    Sweep,
    SweepRun,
    UnfinishedCorrection,
    Verdict,
)
from mediawatch.domain.clock import minute
from mediawatch.rules.corrections_due import CORRECTION_DUE, CorrectionDue

NO_NETWORK = "网络不可用：各平台均未应答，本次未得出任何结论，网络恢复后请重新检查（mediawatch sweep --again）"
_NAMED = (FindingChangeKind.NEW, FindingChangeKind.GONE)
"""Accounts are named where somebody has to act. The rest is a count."""


@dataclass(frozen=True, slots=True)
class SweepDigest:
    """What the digest of a sweep tells."""

    sweep: Sweep
    night: SweepRun
    changes: Sequence[FindingChange]
    logins: Mapping[str, SessionState]
    """State by `platform/name`."""
    surfaces: Mapping[str, str]
    """Their Chinese names."""
    broken: Sequence[SweepRun] = ()
    """Runs since the last digest that came to no judgement, newest first."""
    due: Sequence[CorrectionDue] = ()
    """The corrections that notices need."""
    unanswered: bool = False
    """No site answered any look of the sweep, so the digest says nothing of accounts."""
    unfinished: Sequence[UnfinishedCorrection] = ()
    """Places that still show what was corrected."""

    def compose(self, *, lines: int, size: int) -> tuple[str, str]:
        """Title and body of the message.

        The body has at most `lines` lines; title and body together have at most `size` bytes. The
        body says how many findings it does not name.
        """
        title = f"mediawatch {self.sweep.kind.label}：监测时间点{minute(self.sweep.as_of)}"

        def fits(body: Sequence[str]) -> bool:
            return len(body) <= lines and len("\r\n".join((title, *body)).encode()) <= size

        head, tail = self._head(), self._tail()
        # Where even the head is too long, the line on the run's end still stands.
        while len(tail) > 1 and not fits([*head, *tail]):
            tail = tail[1:]
        named = [] if self.unanswered else self._named_changes()
        for shown in range(min(len(named), lines), -1, -1):
            more = (
                [f"  另有{len(named) - shown}条，见 mediawatch flagged"]
                if shown < len(named)
                else []
            )
            if fits(body := [*head, *named[:shown], *more, *tail]):
                return title, "\n".join(body)
        return title, "\n".join([*head, *tail])

    def _head(self) -> list[str]:
        head = [NO_NETWORK] if self.unanswered else [_counts(self.night), _turns(self.changes)]
        if self.due:
            head.append(
                f"通报应更正（{CORRECTION_DUE}）{len(self.due)}处，见 mediawatch notice list"
            )
        head += [f"  {each.words}" for each in self.due[:3]]
        if self.unfinished:
            head.append(f"{UNFINISHED}{len(self.unfinished)}处，见 mediawatch notice list")
        return [*head, *(f"  {each.words}" for each in self.unfinished[:3])]

    def _tail(self) -> list[str]:
        night, tail = self.night, list[str]()
        if unproven := night.verdicts.get(Verdict.UNPROVEN.value, 0):
            what = "本次未能核查" if self.unanswered else Verdict.UNPROVEN.label
            tail.append(f"{what}{unproven}个：")
        tail += [f"  {count}个 {reason}" for reason, count in list(night.reasons.items())[:3]]
        tail += [
            f"已暂停的信息来源：{_paused(breaker, self.surfaces)}" for breaker in night.breakers[:3]
        ]
        if invalid := [
            name for name, state in self.logins.items() if state is SessionState.INVALID
        ]:
            tail.append(f"登录已失效：{'、'.join(invalid)}")
        tail += [
            f"此前{minute(each.started_at)}开始的检查{each.ending.label}，见 mediawatch status"
            for each in self.broken[:3]
            if each.ending
        ]
        if night.ending is Ending.OUT_OF_TIME:
            tail.append(f"检查时段已结束，{night.left}个账号未及核查")
        return [*tail, _run(night)]

    def _named_changes(self) -> list[str]:
        return [
            f"  {each.turn.label}：{each.name}（{each.type}）{each.label}"
            for turn in _NAMED
            for each in self.changes
            if each.turn is turn
        ]


def _counts(night: SweepRun) -> str:
    parts = [
        f"{verdict.label}{night.verdicts[verdict.value]}个"
        for verdict in Verdict
        if night.verdicts.get(verdict.value)
    ]
    return f"共判定{sum(night.verdicts.values())}个账号：{'、'.join(parts)}"


def _paused(breaker: str, surfaces: Mapping[str, str]) -> str:
    paused = SourcePause.parse(breaker)
    return f"{surfaces.get(paused.surface, paused.surface)}（{paused.session or '访客'}）{paused.outcome.label}"


def _turns(changes: Sequence[FindingChange]) -> str:
    counts = [
        f"{turn.label}{sum(each.turn is turn for each in changes)}" for turn in FindingChangeKind
    ]
    return f"疑似问题：{'、'.join(counts)}"


def _run(night: SweepRun) -> str:
    minutes = ((night.ended_at - night.started_at) if night.ended_at else timedelta()) / timedelta(
        minutes=1
    )
    code = f"，退出码{night.exit_code}" if night.exit_code else ""
    return f"核查{sum(night.looks.values())}次，用时{minutes:.0f}分钟{code}"


def describe_lapsed_login(event: SessionEvent) -> tuple[str, str]:
    """Title and body of the alert that a login became invalid."""
    name = f"{event.platform}/{event.name}"
    return f"mediawatch 登录已失效：{name}", "\n".join(
        [
            f"{minute(event.at)} 平台不再认可登录 {name}，此后的核查不再使用它。",
            f"请重新登录:mediawatch login {event.platform} --name {event.name}",
        ]
    )


def describe_unused_login(name: str, custodian: str, last_use: datetime) -> tuple[str, str]:
    """Title and body of the alert that a login was not used for 30 days."""
    platform, _, own = name.partition("/")
    return f"mediawatch 登录闲置：{name}", "\n".join(
        [
            f"登录 {name}（保管人：{custodian or '未登记'}）自{minute(last_use)}起未使用，已满30天。",
            f"不再需要的请删除：mediawatch sessions remove {platform} {own}",
        ]
    )


def describe_failed_service(service: str, now: datetime) -> tuple[str, str]:
    """Title and body of the alert that a service of the host ended with an error."""
    lines = [
        f"{minute(now)} 服务 {service} 未正常结束，检查可能未完成。",
        f"请查看：journalctl -u {service}；mediawatch status",
    ]
    return f"mediawatch 服务异常：{service}", "\n".join(lines)


def trial(now: datetime) -> tuple[str, str]:
    """What `mediawatch notify --test` sends."""
    return "mediawatch 测试消息", f"{minute(now)} 收到本消息，说明检查摘要与登录失效提醒能够送达。"
