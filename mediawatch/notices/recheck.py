"""复查: what became of each item of a notice, from fresh judgements and the registry as it is now. Pure.

已完成整改 needs a proof of its own: a problem that was not looked at, or whose look proved nothing, is 无法核实. What nobody reviewed
yet is held against no one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mediawatch.domain import DECIDED, Account, Code, Effect, Finding, Judgement, NoticeItem, Rectified, ReviewState, Verdict
from mediawatch.names import same
from mediawatch.notices.rounds import Rechecked

_SILENT = frozenset({Code.ZOMBIE, Code.STALE_6M, Code.STALE_3M, Code.STALE_2W, Code.EMPTY_ACCOUNT})
_NAMED = frozenset({Code.RENAMED_UNREPORTED, Code.NAME_MISMATCH})
_GONE = frozenset({Code.NOT_FOUND, Code.CANCELLED_NOT_CLOSED, Code.BANNED})
_FROM_FILING = frozenset(
    {Code.FILING_NAME_STYLE, Code.REGISTRY_INCOMPLETE, Code.DUPLICATE_FILING, Code.SAME_BODY_ACCOUNTS, Code.ABOLISHED_BODY}
)
"""Judged from the registry alone: gone from the judgement, gone from the registry."""
_FRESH = (Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT)
_GRAVEST = (Rectified.NOT_DONE, Rectified.UNVERIFIED, Rectified.DEREGISTERED, Rectified.DONE)
_WORDS = (
    (Code.NAME_MISMATCH, ("名称",)),
    (Code.STALE_2W, ("更新", "僵尸", "空壳", "睡眠", "未发布")),
    (Code.NOT_FOUND, ("搜索不到", "无法搜索", "查找不到")),
)
"""What the printed problem of another system's notice is about; anything else is for a person."""
_MARKS = str.maketrans(",\uff0c;\uff1b", "、、、、")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the re-check came to for one account, on which Beijing day, and the newest name that was read of it."""

    judgement: Judgement
    on: date
    name: str = ""
    named_on: date | None = None


Said = tuple[Rectified, str]


def recheck(
    items: Iterable[NoticeItem], registry: Mapping[int, Account], looks: Mapping[int, Look], *, since: date, source: str = ""
) -> list[Rechecked]:
    """The re-check list of the items that still stand.

    `registry` are all accounts as filed now, retired ones included; `since` is the day of issue: an older name proves nothing;
    `source` says which import the registry is of.
    """
    found = []
    for item in items:
        account = registry.get(item.account_id) if item.account_id is not None else None
        result, basis = _of(item, account, looks.get(account.id) if account else None, since)
        found.append(Rechecked(item, result, basis, source))
    return found


def _of(item: NoticeItem, account: Account | None, look: Look | None, since: date) -> Said:
    if account is None:
        return Rectified.UNVERIFIED, "台账中没有与该条目相符的账号。"
    if account.retired_on:
        return Rectified.DEREGISTERED, f"自{account.retired_on}起台账中已无此账号。"
    findings = look.judgement.findings if look else ()
    confirmed = [finding for finding in findings if finding.review is ReviewState.CONFIRMED]
    waiting = [finding for finding in findings if finding.review not in DECIDED and finding.effect is not Effect.HINT]
    codes = _codes(item)
    if still := [finding for finding in confirmed if finding.effect is Effect.FAILS or finding.code in codes]:
        return Rectified.NOT_DONE, _dated(look, "".join(finding.sentence for finding in still))
    if waiting:
        return Rectified.UNVERIFIED, _dated(look, f"疑似{_labels(waiting)},待审核。")
    if not account.filed.in_service:
        return _closed(account, confirmed)
    if look is None:
        return Rectified.UNVERIFIED, "尚未复查。"
    if gone := [finding for finding in confirmed if finding.code in _GONE]:
        cancelled = all(finding.code is Code.CANCELLED_NOT_CLOSED for finding in gone)
        return Rectified.DEREGISTERED if cancelled else Rectified.UNVERIFIED, _dated(look, "".join(one.sentence for one in gone))
    said = [_settled(code, item, account, look, since) for code in codes]
    if not said:
        return Rectified.UNVERIFIED, f"“{item.problem}”须人工核对。"
    return min((result for result, _ in said), key=_GRAVEST.index), _dated(look, "".join(dict.fromkeys(basis for _, basis in said)))


def _codes(item: NoticeItem) -> tuple[Code, ...]:
    """What an item is about; of another system's notice as far as its words tell, none where a part of them does not."""
    if item.findings:
        return tuple(held.finding.code for held in item.findings)
    parts = [part for part in item.problem.translate(_MARKS).split("、") if part.strip()]
    named = [next((code for code, words in _WORDS if any(word in part for word in words)), None) for part in parts]
    return () if None in named else tuple(dict.fromkeys(code for code in named if code))


def _closed(account: Account, confirmed: Sequence[Finding]) -> Said:
    filed = f"台账运行状态已变更为“{account.filed.status.label}”"
    if alive := [finding for finding in confirmed if finding.code is Code.CLOSED_BUT_ALIVE]:
        return Rectified.NOT_DONE, f"{filed}。{alive[0].sentence}"
    return Rectified.DEREGISTERED, f"{filed}。"


def _settled(code: Code, item: NoticeItem, account: Account, look: Look, since: date) -> Said:
    """One problem that the new judgement does not hold against the account: is it solved, or only not seen?"""
    judged = look.judgement
    visible = judged.verdict in _FRESH
    if code in _SILENT or code in _GONE:
        newest = f",最近更新{judged.latest_on}" if judged.latest_on else ""
        return (Rectified.DONE, f"已正常更新{newest}。") if visible else (Rectified.UNVERIFIED, judged.sentence)
    if code in _NAMED:
        return _name(item, account, look, since)
    if code is Code.CLOSED_BUT_ALIVE:
        return Rectified.DONE, f"台账运行状态已变更为“{account.filed.status.label}”。"
    if code in _FROM_FILING:
        return Rectified.DONE, "台账已更正。"
    if account.filed.organiser != item.filed.organiser:
        return Rectified.DONE, f"台账所属组织已变更为“{account.filed.organiser}”。"
    return Rectified.UNVERIFIED, "未能核实认证主体。"


def _name(item: NoticeItem, account: Account, look: Look, since: date) -> Said:
    filed = account.filed.name
    seen_then = [held.finding.name_seen for held in item.findings if held.finding.code in _NAMED and held.finding.name_seen]
    if not same(filed, item.filed.name) and any(same(filed, name) for name in seen_then):
        return Rectified.DONE, f"备案名称已变更为“{filed}”,与平台名称一致。"
    if look.name and look.named_on and look.named_on >= since:
        if same(look.name, filed):
            return Rectified.DONE, f"平台名称“{look.name}”与备案名称一致({look.named_on})。"
        return Rectified.UNVERIFIED, f"平台名称为“{look.name}”,尚未认定({look.named_on})。"
    return Rectified.UNVERIFIED, "复查未读到账号名称。"


def _labels(findings: Sequence[Finding]) -> str:
    return "、".join(dict.fromkeys(finding.label for finding in findings))


def _dated(look: Look | None, basis: str) -> str:
    return f"{look.on}复查:{basis}" if look else basis
