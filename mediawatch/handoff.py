"""The hand-off: `mediawatch.handoff/1`, what whatever writes the circular (通报) is given.

No wall-clock time of its own and only relative paths, so the same state gives the same bytes. Contacts never stand in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mediawatch import trust
from mediawatch.clock import beijing, day_of
from mediawatch.domain import Account, CanaryCheck, DateKind, Finding, Reading, ReviewState, Sight, Sweep, SweepAccount, UserError
from mediawatch.figures import Figures, figures
from mediawatch.policy import Policy


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Canary = Literal["checked", "unchecked", "person"]
_CANARY: Mapping[trust.Backing, Canary] = {
    trust.Backing.CHECKED: "checked", trust.Backing.UNCHECKED: "unchecked", trust.Backing.WITHDRAWN: "unchecked",
    trust.Backing.PERSON: "person",
}  # fmt: skip


class AccountAsFiled(_Part):
    """The account exactly as the registry held it when the sweep's scope was frozen."""

    filing_number: str = Field(description="备案单号, text: some have 16 digits")
    name: str
    type: str = Field(description="类型 exactly as filed")
    platform: str = Field(description="mediawatch's key of the platform")
    organiser: str = Field(description="所属组织")
    supervisor: str
    prefecture: str
    county: str
    level: str
    body_kind: str
    status: str = Field(description="运行状态: running, closing, closed, deregistered")
    platform_id: str
    original_id: str


class LatestPost(_Part):
    on: date = Field(description="Beijing day")
    date_kind: Literal["exact", "at_least"]
    at: datetime | None = Field(description="instant with Beijing offset, where the platform shows it")


class SightOut(_Part):
    """What one surface gave in one of the proving looks."""

    look: str
    surface: str
    attested: str = Field(description="recorded: a real recording of this surface exists; described: only text attests it")
    outcome: str
    read_at: datetime
    name: str
    matched_by: str | None
    control: str = Field(description="for negatives: the account that answered in the same session")
    by: str = Field(description="the person, for surface `person`")


class EvidenceOut(_Part):
    path: str = Field(description="relative to the hand-off's home folder")
    sha256: str
    kind: str
    media_type: str
    taken_at: datetime
    url: str


class FindingOut(_Part):
    account: AccountAsFiled
    code: str
    label: str
    effect: Literal["fails", "listed", "hint"]
    sentence: str
    gap_days: int | None
    gap_is_minimum: bool
    latest_post: LatestPost | None
    name_seen: str
    matched_by: str | None
    surface: str
    read_at: datetime
    sights: list[SightOut]
    evidence: list[EvidenceOut] = Field(min_length=1)
    attested: Literal["recorded", "described"] = Field(description="described: it rests on a surface or wording that only text attests")
    canary: Canary = Field(
        description="checked: a known-active account read well before and after each look; unchecked: 未经对照账号校验; person: no machine"
    )
    review_state: Literal["open", "dispatched", "confirmed", "dismissed"]


class SweepOut(_Part):
    as_of: datetime
    as_of_day: date
    kind: str
    scope: str
    state: str


class PolicyOut(_Part):
    name: str
    title: str
    basis: str
    window_days: int
    toml: str


class KindCount(_Part):
    label: str
    failed: int


class Counts(_Part):
    total: int
    checked: int
    failed: int
    unproven: int
    out_of_scope: int
    closed: int
    verdicts: dict[str, int]
    kinds: list[KindCount]


class Handoff(_Part):
    """The whole document."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: Literal["mediawatch.handoff/1"] = Field(default="mediawatch.handoff/1", alias="schema")
    preliminary: bool = Field(description="初步结果: some accounts are still 待人工核查 or on unsupported platforms")
    includes_open: bool = Field(description="true: findings that no person has confirmed are in it; not for publication")
    marks: list[str] = Field(description="what must be printed with any use of it, in Chinese")
    sweep: SweepOut
    policy: PolicyOut
    counts: Counts
    findings: list[FindingOut]


def build(
    sweep: Sweep, scope: Sequence[SweepAccount], readings: Mapping[int, Sequence[Reading]], policy: Policy, *, include_open: bool,
    marks: Sequence[str] = (), checks: Sequence[CanaryCheck] = (),
) -> Handoff:  # fmt: skip
    """The hand-off of one sweep; `checks` are the canaries' around it.

    AssertionError when figures do not sum; UserError when a finding has no evidence.
    """
    counts = figures(scope, policy)
    wanted = (ReviewState.CONFIRMED, ReviewState.OPEN, ReviewState.DISPATCHED) if include_open else (ReviewState.CONFIRMED,)
    findings = [
        _finding(entry.account, finding, readings.get(entry.account.id, ()), checks)
        for entry in scope
        if entry.judgement
        for finding in entry.judgement.findings
        if finding.review in wanted
    ]
    all_marks = [*marks, *(["含未经审核的疑似问题,不得公开"] if include_open else []), *(["初步结果"] if counts.preliminary else [])]
    return Handoff(
        preliminary=counts.preliminary,
        includes_open=include_open,
        marks=all_marks,
        sweep=SweepOut(
            as_of=beijing(sweep.as_of), as_of_day=day_of(sweep.as_of), kind=sweep.kind.value, scope=sweep.scope, state=sweep.state.value
        ),
        policy=PolicyOut(name=policy.name, title=policy.title, basis=policy.basis, window_days=policy.window.days, toml=policy.toml),
        counts=_counts(counts),
        findings=findings,
    )


def to_bytes(document: Handoff) -> bytes:
    """UTF-8 JSON with sorted keys and a final newline: byte-identical for the same state."""
    plain = document.model_dump(mode="json", by_alias=True)
    return (json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def json_schema() -> bytes:
    """The JSON Schema (2020-12) of the document."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Handoff.model_json_schema(by_alias=True, mode="serialization")}
    return (json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _counts(counts: Figures) -> Counts:
    return Counts(
        total=counts.total,
        checked=counts.checked,
        failed=counts.failed,
        unproven=counts.unproven,
        out_of_scope=counts.out_of_scope,
        closed=counts.closed,
        verdicts={verdict.value: count for verdict, count in counts.verdicts.items()},
        kinds=[KindCount(label=label, failed=count) for label, count in sorted(counts.kinds.items())],
    )


def _finding(account: Account, finding: Finding, readings: Sequence[Reading], checks: Sequence[CanaryCheck]) -> FindingOut:
    proving = [reading for reading in readings if reading.id in finding.reading_ids]
    evidence = [item for reading in proving for item in reading.evidence]
    if not evidence:
        raise UserError(f"account {account.id} ({account.filed.name}): finding {finding.code.value} has no evidence; look at it again")
    newest = proving[-1]
    main = newest.exact_sight or newest.identity or newest.sights[-1]
    return FindingOut(
        account=_as_filed(account),
        code=finding.code.value,
        label=finding.label,
        effect=finding.effect.value,
        sentence=finding.sentence,
        gap_days=finding.gap_days,
        gap_is_minimum=finding.gap_is_minimum,
        latest_post=_latest(finding, proving),
        name_seen=finding.name_seen,
        matched_by=newest.matched_by.value if newest.matched_by else None,
        surface=main.surface,
        read_at=beijing(newest.read_at),
        sights=[_sight(reading, sight) for reading in proving for sight in reading.sights],
        evidence=[
            EvidenceOut(
                path=f"evidence/{item.path}",
                sha256=item.sha256,
                kind=item.kind.value,
                media_type=item.media_type,
                taken_at=beijing(item.taken_at),
                url=item.url,
            )
            for item in evidence
        ],
        attested=trust.attested(finding, readings).value,
        canary=_CANARY[trust.behind(finding, account.filed, readings, checks)],
        review_state=finding.review.value,
    )


def _latest(finding: Finding, proving: Sequence[Reading]) -> LatestPost | None:
    if finding.latest_on is None or finding.gap_is_minimum:
        return None
    instants = [post.at for reading in proving for post in reading.posts if post.on == finding.latest_on and post.at]
    exact = any(reading.exact_sight for reading in proving)
    kind: Literal["exact", "at_least"] = DateKind.EXACT.value if exact else DateKind.AT_LEAST.value
    return LatestPost(on=finding.latest_on, date_kind=kind, at=beijing(max(instants)) if instants else None)


def _sight(reading: Reading, sight: Sight) -> SightOut:
    return SightOut(
        look=reading.look.value,
        surface=sight.surface,
        attested=sight.attested.value,
        outcome=sight.outcome.value,
        read_at=beijing(sight.read_at),
        name=sight.name,
        matched_by=sight.matched_by.value if sight.matched_by else None,
        control=sight.control,
        by=reading.by,
    )


def _as_filed(account: Account) -> AccountAsFiled:
    filed = account.filed
    return AccountAsFiled(
        filing_number=filed.filing_number,
        name=filed.name,
        type=filed.type,
        platform=filed.platform,
        organiser=filed.organiser,
        supervisor=filed.supervisor,
        prefecture=filed.prefecture,
        county=filed.county,
        level=filed.level,
        body_kind=filed.body_kind,
        status=filed.status.value,
        platform_id=filed.platform_id,
        original_id=filed.original_id,
    )
