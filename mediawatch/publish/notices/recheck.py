"""复查: the result of each problem of a notice's items. Pure.

It follows from fresh judgements and the registry as it is now. 已完成整改 needs a proof of its own:
a problem that was not looked at, or whose look proved nothing, is 无法核实. A finding without a
review is held against no account. Each problem has its own result: another one that stands says
nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mediawatch.domain import (
    DECIDED,
    Account,
    Code,
    Effect,
    Finding,
    Judgement,
    LookKind,
    Notice,
    NoticeItem,
    Rectification,
    ReviewState,
    Sweep,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import chinese_day, day_of, minute
from mediawatch.names import same
from mediawatch.publish.results import ProblemResult, RecheckResult
from mediawatch.rules.problem_proofs import ProblemProof, ProblemState, shows_repair
from mediawatch.rules.problems import NAMED, SILENT, alike, codes_of

_GONE = frozenset({Code.NOT_FOUND, Code.CANCELLED_NOT_CLOSED, Code.BANNED})
_FROM_FILING = frozenset(
    {
        Code.FILING_NAME_STYLE,
        Code.REGISTRY_INCOMPLETE,
        Code.DUPLICATE_FILING,
        Code.SAME_BODY_ACCOUNTS,
        Code.ABOLISHED_BODY,
    }
)
"""Judged from the registry alone: once the judgement lacks them, the registry was put right."""
_FRESH = (Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckLook:
    """The judgement of the re-check on one account, its Beijing day, and the newest name that was
    read.

    `cancelled_by`: the kind of look at which the platform said in this sweep that the account was
    deregistered; None: the platform did not say so.
    """

    judgement: Judgement
    on: date
    name: str = ""
    named_on: date | None = None
    cancelled_by: LookKind | None = None
    problems: tuple[ProblemProof, ...] = ()
    """What people's looks of the re-check prove of problems that no list shows."""


Said = tuple[Rectification, str]


def refuse_older(notice: Notice, as_of: datetime, sweeps: Iterable[Sweep]) -> None:
    """UserError where what was seen at `as_of` is not later than the notice and its inspection.

    It cannot show then whether the notice's problems were solved.
    """
    own = next((sweep.as_of for sweep in sweeps if sweep.id == notice.sweep_id), None)
    if own is not None and as_of <= own:
        raise UserError(
            f"{minute(as_of)} is not later than the inspection of {notice.number} "
            f"({minute(own)}): it cannot say what became of it; "
            "re-check with a later --as-of or a later --sweep"
        )
    if day_of(as_of) < notice.issued_on:
        raise UserError(
            f"{minute(as_of)} lies before {notice.number} was issued ({notice.issued_on}): it "
            "cannot say what became of it; "
            "re-check with a later --as-of or a later --sweep"
        )


def recheck(
    items: Iterable[NoticeItem],
    registry: Mapping[int, Account],
    looks: Mapping[int, RecheckLook],
    *,
    since: date,
    source: str = "",
) -> list[RecheckResult]:
    """The re-check list of the items that still stand.

    `registry` are all accounts as filed now, retired ones included; under the number of a merged
    double stands the one that it went into (`follow_merges`). `since` is the day of issue: an
    older name proves nothing. `source` names the import of the registry.
    """
    found = []
    for item in items:
        account = registry.get(item.account_id) if item.account_id is not None else None
        found.append(
            RecheckResult.of(
                item, _of(item, account, looks.get(account.id) if account else None, since), source
            )
        )
    return found


def _of(
    item: NoticeItem, account: Account | None, look: RecheckLook | None, since: date
) -> list[ProblemResult]:
    codes = codes_of(item)
    if account is None:
        return _all(codes, (Rectification.UNVERIFIED, "报送系统台账中没有与该条目相符的账号。"))
    if account.retired_on:
        left = f"自{chinese_day(account.retired_on)}起已不在报送系统台账内。"
        return _all(codes, (Rectification.NOT_FILED, left))
    if not codes:
        closed = None if account.filed.in_service else _closed(account, look)
        return _all(
            codes,
            closed or (Rectification.UNVERIFIED, _dated(look, f"“{item.problem}”须人工核对。")),
        )
    return [ProblemResult(code, *_of_code(code, item, account, look, since)) for code in codes]


def _all(codes: Sequence[Code], said: Said) -> list[ProblemResult]:
    return [ProblemResult(code, *said) for code in codes or (None,)]


def _of_code(
    code: Code, item: NoticeItem, account: Account, look: RecheckLook | None, since: date
) -> Said:
    findings = look.judgement.findings if look else ()
    confirmed = [finding for finding in findings if finding.review is ReviewState.CONFIRMED]
    waiting = [
        finding
        for finding in findings
        if finding.review not in DECIDED and finding.effect is not Effect.HINT
    ]
    if look and code.found_by_people and (gone_on := _gone_on(code, look, since)):
        return Rectification.DONE, f"经人工检查（{chinese_day(gone_on)}），未再发现该问题。"
    if look and code.found_by_people and (before := _seen_before(code, look, since)):
        words = f"{chinese_day(before)}的人工检查不在通报印发之后，须再次检查。"
        return Rectification.UNVERIFIED, _dated(look, words)
    if still := [finding for finding in confirmed if alike(code, finding.code)]:
        return Rectification.NOT_DONE, _dated(look, "".join(finding.sentence for finding in still))
    if again := [finding for finding in waiting if alike(code, finding.code)]:
        return Rectification.UNVERIFIED, _dated(look, f"疑似{_labels(again)}，待审核。")
    if not account.filed.in_service:
        return _closed(account, look)
    if look is None:
        return Rectification.UNVERIFIED, "尚未复查。"
    if gone := [finding for finding in confirmed if finding.code in _GONE]:
        sentences = "".join(one.sentence for one in gone)
        if all(finding.code is Code.CANCELLED_NOT_CLOSED for finding in gone):
            return Rectification.DEREGISTERED, _dated(
                look,
                f"经人工核查，{sentences}" if look.cancelled_by is LookKind.PERSON else sentences,
            )
        return Rectification.UNVERIFIED, _dated(look, sentences)
    if missing := [finding for finding in waiting if finding.code in _GONE]:
        return Rectification.UNVERIFIED, _dated(look, f"疑似{_labels(missing)}，待审核。")
    result, basis = _settled(code, item, account, look, since)
    return result, _dated(look, basis)


def _seen_before(code: Code, look: RecheckLook, since: date) -> date | None:
    """The day of a look that found the problem, and may have been before the notice."""
    days = (
        day_of(each.read_at)
        for proof in look.problems
        if proof.code is code
        for each in proof.readings
    )
    return next((day for day in days if day <= since), None)


def _gone_on(code: Code, look: RecheckLook, since: date) -> date | None:
    """The day on which a person showed that the problem is gone; None where nobody did.

    One look with a picture does, from the day of issue on. Who found it in the re-check is believed
    first.
    """
    proof = next((each for each in look.problems if each.code is code), None)
    if proof is None or proof.state in (ProblemState.CLAIMED, ProblemState.DISPUTED):
        return None
    if proof.state is ProblemState.PROVED and proof.gone_on is None:
        return None
    found_at = max((each.read_at for each in proof.readings), default=None)
    days = [
        day_of(each.read_at)
        for each in proof.absent
        if shows_repair(each)
        and day_of(each.read_at) >= since
        and (found_at is None or each.read_at > found_at)
    ]
    return max(days, default=None)


def _closed(account: Account, look: RecheckLook | None) -> Said:
    """The result for an account that is filed as closed.

    The filing says only that its unit wants it closed. The platform, or a person who looked, must
    say that it is gone.
    """
    filed = f"台账运行状态已变更为“{account.filed.status.label}”。"
    findings = look.judgement.findings if look else ()
    alive = [
        finding
        for finding in findings
        if finding.code is Code.CLOSED_BUT_ALIVE and finding.review is not ReviewState.DISMISSED
    ]
    if alive:
        waits = alive[0].review is not ReviewState.CONFIRMED
        return Rectification.UNVERIFIED, filed + (
            f"疑似{alive[0].label}，待审核。" if waits else alive[0].sentence
        )
    if look is None or look.cancelled_by is None:
        return Rectification.FILED_AS_CLOSED, filed
    person = look.cancelled_by is LookKind.PERSON
    return Rectification.DEREGISTERED, filed + _dated(
        look, "经人工核查，账号已注销。" if person else "平台显示账号已注销。"
    )


def _settled(
    code: Code, item: NoticeItem, account: Account, look: RecheckLook, since: date
) -> Said:
    """One problem that the new judgement does not hold against the account: solved, or only not
    seen."""
    judged = look.judgement
    if code.found_by_people:
        return Rectification.UNVERIFIED, _unsettled(code, look)
    if code in SILENT or code in _GONE:
        if judged.provisional:
            # What posts there was found by its name alone, and may be another unit's.
            return Rectification.UNVERIFIED, judged.sentence
        if (judged.otherwise or judged.verdict) in _FRESH or judged.verdict in _FRESH:
            return (
                Rectification.DONE,
                f"已正常更新{f'，最近更新{judged.latest_on}' if judged.latest_on else ''}。",
            )
        # The judgement's own sentence would be about another problem.
        return (
            Rectification.UNVERIFIED,
            "复查未能证明已恢复更新。" if judged.findings else judged.sentence,
        )
    if code in NAMED:
        return _name(item, account, look, since)
    if code is Code.CLOSED_BUT_ALIVE:
        return Rectification.DONE, f"台账运行状态已变更为“{account.filed.status.label}”。"
    if code in _FROM_FILING:
        return Rectification.DONE, "台账已更正。"
    if account.filed.organiser != item.filed.organiser:
        return Rectification.DONE, f"台账所属组织已变更为“{account.filed.organiser}”。"
    return Rectification.UNVERIFIED, "未能核实认证主体。"


def _unsettled(code: Code, look: RecheckLook) -> str:
    """Why a problem that people find is neither gone nor still there."""
    proof = next((each for each in look.problems if each.code is code), None)
    if proof is None:
        return "须人工检查，尚未检查。"
    match proof.state:
        case ProblemState.CLAIMED:
            return "经1人检查仍存在，待第二人核查。"
        case ProblemState.DISPUTED:
            return "两名检查人的结论不一致，待复核。"
        case ProblemState.NONE if proof.absent:
            return "经人工检查未见，但未附截图，或不能与该账号对应。"
        case ProblemState.NONE if proof.reposts:
            return f"{'；'.join(dict.fromkeys(each.words for each in proof.reposts))}。"
    return "须人工检查，尚无可计入的结果。"


def _name(item: NoticeItem, account: Account, look: RecheckLook, since: date) -> Said:
    filed = account.filed.name
    seen_then = [
        held.finding.name_seen
        for held in item.findings
        if held.finding.code in NAMED and held.finding.name_seen
    ]
    if not same(filed, item.filed.name) and any(same(filed, name) for name in seen_then):
        return Rectification.DONE, f"备案名称已变更为“{filed}”，与平台名称一致。"
    if look.name and look.named_on and look.named_on >= since:
        if same(look.name, filed):
            return Rectification.DONE, f"平台名称“{look.name}”与备案名称一致（{look.named_on}）。"
        return Rectification.UNVERIFIED, f"平台名称为“{look.name}”，尚未认定（{look.named_on}）。"
    return Rectification.UNVERIFIED, "复查未读到账号名称。"


def _labels(findings: Sequence[Finding]) -> str:
    return "、".join(dict.fromkeys(finding.label for finding in findings))


def _dated(look: RecheckLook | None, basis: str) -> str:
    return f"{look.on}复查：{basis}" if look else basis
