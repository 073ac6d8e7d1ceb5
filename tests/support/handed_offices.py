"""Lower offices that hand in: their documents are made as their own homes make them, then altered."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from evidence_files import make_evidence

from mediawatch.domain import (
    Account,
    Code,
    Effect,
    Filing,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    Post,
    Reading,
    ReviewState,
    Sight,
    Sweep,
    SweepAccount,
    SweepState,
    Verdict,
)
from mediawatch.domain.clock import day_end, day_start
from mediawatch.ops.settings.office import Office as OfficeSettings
from mediawatch.ops.signing import public_key, sign
from mediawatch.publish import handoff
from mediawatch.publish.inspection import Imprint, inspection
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import Policy, load
from mediawatch.rules.sweep_policy import policy_for

AS_OF = date(2022, 12, 31)
SIGNED = day_start(date(2023, 1, 5))
Document = dict[str, Any]
GAPS = {Code.STALE_2W: 30, Code.STALE_3M: 120, Code.STALE_6M: 200, Code.ZOMBIE: 400}
"""Days of the silences that documents here tell."""
PLATFORMS = (("wechat", "微信公众号"), ("weibo", "新浪微博"), ("douyin", "抖音短视频"))


def filed_in(place: str, number: int, **more: Any) -> Filing:
    """The account of that number of a place; numbers are of the whole province."""
    platform, type_ = PLATFORMS[number % len(PLATFORMS)]
    values = {
        "name": f"{place}第{number}号", "platform": platform, "type": type_, "organiser": f"{place}第{number}局",
        "prefecture": place, "filing_number": f"P{number:06}", "platform_id": f"id{number}", "body_kind": "部门",
    } | more  # fmt: skip
    return Filing(**values)


def told_by(
    accounts: Sequence[Filing],
    failed: Mapping[int, Code] | None = None,
    *,
    verdicts: Mapping[int, Verdict] | None = None,
    on: date = AS_OF,
    since: date | None = None,
    policy: Policy | None = None,
    marks: tuple[str, ...] = (),
) -> Document:
    """The hand-off of an office with these accounts, by their place in the list (from 0).

    Who is not in `failed` or `verdicts` is fresh. `since`: the first day of a period.
    """
    rules = policy_for(policy or load("national"), since)
    as_of = day_end(on)
    entries, readings = [], {}
    for place, filed in enumerate(accounts):
        number = place + 1
        code = (failed or {}).get(place)
        verdict = Verdict.FAILED if code else (verdicts or {}).get(place, Verdict.FRESH)
        judged = Judgement(
            verdict=verdict,
            sentence="说明。",
            findings=(_finding(account_policy(rules, filed), code, number, on),) if code else (),
        )
        account = Account(id=number, filed=filed)
        entries.append(SweepAccount(sweep_id=1, account=account, judgement=judged))
        if code:
            readings[number] = [_reading(number, filed, on)]
    sweep = Sweep(
        id=1,
        as_of=as_of,
        period_from=since,
        policy=rules.name,
        policy_toml=rules.toml,
        started_at=as_of,
        state=SweepState.FINISHED,
    )
    judged_scope = JudgedScope(sweep=sweep, policy=rules, entries=tuple(entries))
    imprint = Imprint(office=OfficeSettings(), marks=marks)
    told = inspection(judged_scope, readings, imprint, include_open=False)
    document: Document = json.loads(handoff.to_bytes(handoff.of(told)))
    return document


def _finding(rules: Policy, code: Code, number: int, on: date) -> Finding:
    rule = rules.codes[code]
    silent = code in GAPS
    gap = GAPS.get(code, 30)
    return Finding(
        code=code,
        label=rule.label,
        effect=Effect.FAILS,
        sentence=f"{rule.label}。",
        reading_ids=(number,),
        gap_days=gap if silent else None,
        gap_since=on - timedelta(days=gap) if silent else None,
        latest_on=on - timedelta(days=gap) if silent else None,
        ids=(),
        review=ReviewState.CONFIRMED,
    )


def _reading(number: int, filed: Filing, on: date) -> Reading:
    at = day_end(on) + timedelta(hours=2)
    posted = day_start(on - timedelta(days=30))
    sight = Sight(
        surface="weibo.desktop",
        read_at=at,
        name=filed.name,
        matched_by=MatchedBy.ID,
        platform_id=filed.platform_id,
        posts=(Post(on=on - timedelta(days=30), at=posted),),
        complete_since=posted,
        evidence=(make_evidence(f"{number}/{on:%Y%m%d}.jpg", at),),
    )
    return Reading(
        id=number,
        account_id=number,
        look=LookKind.SECOND,
        started_at=at,
        read_at=at,
        sights=(sight,),
    )


def to_body(document: Document) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


class LowerOffice:
    """An office with a key of its own and a folder from which its files are taken."""

    def __init__(self, root: Path, name: str, group: str = "地区") -> None:
        self.name, self.group = name, group
        self.home, self.folder = root / f"key-{name}", root / f"from-{name}"
        self.home.mkdir()
        self.folder.mkdir()
        self.key = public_key(self.home, make=True)

    def send(
        self, document: Document, name: str = "交.json", *, at: Any = SIGNED, signed: bool = True
    ) -> list[Path]:
        """The files that it sends, written into its folder."""
        return self.send_body(to_body(document), name, at=at, signed=signed)

    def send_body(
        self, body: bytes, name: str = "交.json", *, at: Any = SIGNED, signed: bool = True
    ) -> list[Path]:
        target = self.folder / name
        target.write_bytes(body)
        if not signed:
            return [target]
        beside = self.folder / f"{name}.sig.json"
        beside.write_bytes(sign(self.home, body, at))
        return [target, beside]


def settings_of(
    offices: Sequence[LowerOffice],
    *,
    by_folder: Collection[str] = (),
    own_rules: Collection[str] = (),
    deadline: str = "2023-01-10",
    round_name: str = "2022年第四季度",
    policy: str = "national",
    period_from: str = "",
) -> str:
    """The offices.toml of the office above; those `by_folder` have no key."""
    lines = [
        "[round]",
        f'name = "{round_name}"',
        f'as_of = "{AS_OF}"',
        f'policy = "{policy}"',
        f'deadline = "{deadline}"',
        *([f'period_from = "{period_from}"'] if period_from else []),
    ]
    for each in offices:
        lines += ["[[office]]", f'name = "{each.name}"', f'group = "{each.group}"']
        lines.append(
            f'folder = "{each.folder}"' if each.name in by_folder else f'keys = ["{each.key}"]'
        )
        if each.name in own_rules:
            lines.append("own_rules = true")
    return "\n".join(lines) + "\n"
