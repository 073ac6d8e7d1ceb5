"""The shape of `mediawatch.handoff/1`.

Frozen: a field is never removed and never changes its meaning; new fields make another version.
A section may be added that is absent where it has nothing to say.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _SparsePart(_Part):
    """Its fields in `sparse` are absent where they are empty."""

    sparse: ClassVar[tuple[str, ...]] = ()

    @model_serializer(mode="wrap")
    def _leave_out(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {
            name: value for name, value in dump(self).items() if value or name not in self.sparse
        }


Unnamed = Annotated[
    str,
    Field(
        description="不在正文点名 or 另行函告: the account counts, and is named in nothing that is published"
    ),
]
Canary = Literal["checked", "unchecked", "person"]


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
    at: datetime | None = Field(
        description="instant with Beijing offset, where the platform shows it"
    )


class SightOut(_Part):
    """What one surface gave in one of the proving looks."""

    look: str
    surface: str
    attested: str = Field(
        description="recorded: a real recording of this surface exists; described: only text attests it"
    )
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


class FindingOut(_SparsePart):
    sparse = ("unnamed",)
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
    attested: Literal["recorded", "described"] = Field(
        description="described: it rests on a surface or wording that only text attests"
    )
    canary: Canary = Field(
        description=(
            "checked: a known-active account read well before and after each look; unchecked: "
            "未经对照账号校验; person: a person looked"
        )
    )
    review_state: Literal["open", "dispatched", "confirmed", "dismissed"]
    times: int = Field(
        ge=1,
        description="重复问题: number of consecutive notices including this one; 1: not in the previous notice",
    )
    unnamed: Unnamed = ""


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


class ScopeEntry(_Part):
    filing_number: str
    name: str
    type: str
    verdict: str
    sentence: str = Field(description="why, in Chinese")


class ScopeOut(_Part):
    """What was looked at."""

    round: str = Field(description="the office's name for the inspection")
    period_from: date | None = Field(
        description="first day of a period (时段制); null: one moment is judged"
    )
    drawn: str = Field(
        description="how the scope was drawn, as JSON text with its seed; empty where nothing was drawn"
    )
    accounts: list[ScopeEntry]


class FiguresRow(_Part):
    name: str
    total: int
    checked: int
    failed: int
    open: int = Field(description="待核查")
    coverage: str = Field(description="检查率 as printed")
    rate: str = Field(description="合格率 as printed")


class FiguresBy(_Part):
    heading: str
    parts: list[FiguresRow]


class UnprovenOut(_Part):
    account: AccountAsFiled
    verdict: Literal["unproven", "out_of_scope"]
    sentence: str


class MismatchOut(_SparsePart):
    """台账状态与平台实况不一致."""

    sparse = ("unnamed",)

    account: AccountAsFiled
    kind: Literal["running_not_found", "running_cancelled", "closed_alive", "deregistered_alive"]
    sentence: str
    review_state: Literal["open", "dispatched", "confirmed", "dismissed"]
    unnamed: Unnamed = ""


class RecheckedOut(_SparsePart):
    sparse = ("unnamed",)
    account: AccountAsFiled = Field(description="as filed when the previous notice was issued")
    problem: str
    result: Literal[
        "done", "not_done", "deregistered", "filed_as_closed", "not_filed", "unverified"
    ]
    label: str = Field(description="复查结果")
    basis: str
    registry: str = Field(description="the import of the registry that it was compared with")
    unnamed: Unnamed = ""


class RecheckOut(_Part):
    """复查情况 of the previous notice."""

    notice: str = Field(description="its 文号")
    items: list[RecheckedOut]


class CorrectionOut(_SparsePart):
    """更正: what was withdrawn from the notice after its issue."""

    sparse = ("unnamed",)

    account: AccountAsFiled
    codes: list[str] = Field(
        description="the findings that were withdrawn; empty: all of the account's"
    )
    reason: str
    by: str
    at: datetime
    unnamed: Unnamed = ""


class NoticeOut(_SparsePart):
    """The notice that this document belongs to."""

    sparse = ("addressees", "copies", "publicity")

    number: str
    title: str
    issued_on: date
    rectify_by: date | None = Field(description="整改期限")
    report_by: date | None = Field(description="报送期限")
    version: int = Field(ge=1, description="1: as issued; each correction makes the next one")
    addressees: str = Field(default="", description="主送机关; empty where it keeps none")
    copies: str = Field(default="", description="抄送机关")
    publicity: str = Field(default="", description="公开属性")


class EvidenceFaultOut(_Part):
    """A file that is not what was kept, and the finding that rests on it."""

    account: AccountAsFiled
    code: str
    path: str = Field(description="relative to the hand-off's home folder")
    sha256: str = Field(description="of the file that was kept")
    fault: Literal["missing", "altered"]
    withheld: bool = Field(
        description=(
            "true: no other evidence shows the finding. It stands in no list, and its account is "
            "among `unproven`"
        )
    )


class Handoff(_Part):
    """The whole document."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: Literal["mediawatch.handoff/1"] = Field(alias="schema")
    preliminary: bool = Field(
        description="初步结果: some accounts are still 待人工核查 or on unsupported platforms"
    )
    includes_open: bool = Field(
        description="true: findings that no person has confirmed are in it; not for publication"
    )
    marks: list[str] = Field(description="what must be printed with any use of it, in Chinese")
    sweep: SweepOut
    policy: PolicyOut
    counts: Counts
    findings: list[FindingOut]
    scope: ScopeOut | None = None
    figures: list[FiguresBy] | None = None
    unproven: list[UnprovenOut] | None = None
    registry_mismatches: list[MismatchOut] | None = None
    recheck: RecheckOut | None = Field(
        default=None, description="absent where the previous notice was not re-checked"
    )
    notice: NoticeOut | None = Field(
        default=None, description="absent where the inspection was not issued as a notice"
    )
    corrections: list[CorrectionOut] | None = None
    evidence_faults: list[EvidenceFaultOut] | None = Field(
        default=None, description="absent where every file is what was kept"
    )
