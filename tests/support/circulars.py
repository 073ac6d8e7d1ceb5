"""Inspections with made-up judgements, as their circulars see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from mediawatch.domain import (
    Account,
    Code,
    Effect,
    Filing,
    Finding,
    Judgement,
    Notice,
    NoticeItem,
    Rectification,
    ReviewState,
    Sweep,
    SweepAccount,
    Verdict,
)
from mediawatch.ops.settings.office import Office
from mediawatch.publish.inspection import Imprint, Inspection, inspection
from mediawatch.publish.results import ProblemResult, RecheckResult
from mediawatch.publish.rounds import EarlierNotices, IssuedNotice
from mediawatch.rules.account_policy import AccountPolicy, account_policy
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import Policy, load

AS_OF = datetime(2022, 9, 30, 15, 59, 59, tzinfo=UTC)
OFFICE = Office(
    issuer="示例省人民政府办公厅",
    reach="全省",
    addressees="各市州人民政府：",
    measure="家",
    number="示例政务函〔2022〕36号",
)


def account(number: int, **filed: Any) -> Account:
    values: dict[str, Any] = {
        "name": f"示例{number}号", "platform": "weibo", "type": "新浪微博", "organiser": f"第{number}示例局",
        "filing_number": f"B{number:05}", "platform_id": f"1000{number}", "prefecture": "甲市", "body_kind": "部门",
    }  # fmt: skip
    return Account(id=number, filed=Filing(**values | filed))


def finding(
    code: Code,
    policy: AccountPolicy,
    *,
    gap_since: date | None = None,
    effect: Effect | None = None,
) -> Finding:
    return Finding(
        code=code,
        label=policy.label(code),
        effect=effect or policy.effect(code),
        sentence="……。",
        reading_ids=(1,),
        review=ReviewState.CONFIRMED,
        gap_since=gap_since,
    )


def row(
    one: Account,
    *codes: Code,
    policy: Policy,
    verdict: Verdict | None = None,
    gap_since: date | None = None,
    **judged: Any,
) -> SweepAccount:
    """An account with its findings; failed or listed by them, fresh without any."""
    findings = tuple(
        finding(code, account_policy(policy, one.filed), gap_since=gap_since) for code in codes
    )
    fails = any(each.effect is Effect.FAILS for each in findings)
    found = Verdict.FAILED if fails else Verdict.LISTED if findings else Verdict.FRESH
    return SweepAccount(
        sweep_id=1,
        account=one,
        judgement=Judgement(verdict=verdict or found, sentence="…", findings=findings, **judged),
    )


def inspect(
    scope: Sequence[SweepAccount],
    *,
    policy: Policy | str = "national",
    office: Mapping[str, Any] | None = None,
    of_sweep: Mapping[str, Any] | None = None,
    past: EarlierNotices | None = None,
    issued: Notice | None = None,
) -> Inspection:
    rules = load(policy) if isinstance(policy, str) else policy
    sweep = Sweep(
        **{
            "as_of": AS_OF,
            "policy": rules.name,
            "policy_toml": rules.toml,
            "started_at": AS_OF,
            "id": 7,
            **(of_sweep or {}),
        }
    )
    return inspection(
        JudgedScope(sweep=sweep, policy=rules, entries=tuple(scope)),
        {},
        Imprint(office=Office(**OFFICE.model_dump() | {**(office or {})})),
        include_open=False,
        past=past,
        issued=IssuedNotice(notice=issued) if issued else None,
    )


def notice(number: str, on: date, *items: NoticeItem, **more: Any) -> Notice:
    values: dict[str, Any] = {
        "title": "关于2022年第二季度检查情况的通报",
        "by": "丙某",
        "kept_at": AS_OF,
    }
    return Notice(number=number, issued_on=on, items=items, **values | more)


def item(number: int, one: Account, problem: str) -> NoticeItem:
    return NoticeItem(
        number=number, filed=one.filed, problem=problem, fails=True, account_id=one.id
    )


def recheck(one: NoticeItem, result: Rectification, on: date = date(2022, 9, 30)) -> RecheckResult:
    return RecheckResult.of(one, [ProblemResult(Code.STALE_2W, result, f"{on}复查：……。")], "")


def named(found: Inspection, *numbers: int, **more: Any) -> Inspection:
    """The same inspection, whose problems of these accounts differ in that."""
    return replace(
        found,
        problems=tuple(
            replace(each, **more) if each.entry.account.id in numbers else each
            for each in found.problems
        ),
    )
