"""The shape of `mediawatch.handoff/1`.

Frozen: a field is never removed and never changes its meaning. Fields are added with a default, so
that documents of before still are what the schema says; readers pass over what they do not know.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import ConfigDict, Field

from mediawatch.publish.handoff.collected_parts import CollectedOut
from mediawatch.publish.handoff.figure_parts import Counts, FiguresBy, ScopeOut
from mediawatch.publish.handoff.finding_parts import AccountAsFiled, FindingOut, HandoffPart


class SweepOut(HandoffPart):
    """The inspection."""

    as_of: datetime = Field(description="监测时间点, with Beijing offset")
    as_of_day: date = Field(description="its Beijing day")
    kind: str = Field(description="census, sample, list or recheck")
    scope: str = Field(description="what was looked at, as a text; all: the whole registry")
    state: str = Field(description="finished, or why it is not")


class PolicyOut(HandoffPart):
    """The rules that were applied."""

    name: str = Field(description="key of the policy")
    title: str = Field(description="its Chinese name")
    basis: str = Field(description="依据: the documents that it follows")
    window_days: int = Field(
        description=(
            "days in which a post must stand; where the rules have exceptions, those of each account "
            "stand in `scope`"
        )
    )
    toml: str = Field(description="the whole policy, as it was")


class UnprovenOut(HandoffPart):
    """An account that somebody still has to look at."""

    account: AccountAsFiled = Field(description="which one")
    verdict: Literal["unproven", "out_of_scope"] = Field(
        description="out_of_scope: on a platform that nothing reads"
    )
    sentence: str = Field(description="why, in Chinese")
    unnamed: str = Field(
        default="",
        description="不在正文点名 or 另行函告: it is named in nothing that is published",
    )


class MismatchOut(HandoffPart):
    """台账状态与平台实况不一致."""

    account: AccountAsFiled = Field(description="which one")
    kind: Literal[
        "running_not_found", "running_cancelled", "closed_alive", "deregistered_alive"
    ] = Field(description="what is filed, and what the platform shows")
    sentence: str = Field(description="what was found, in Chinese")
    review_state: Literal["open", "dispatched", "confirmed", "dismissed"] = Field(
        description="as of the finding"
    )
    unnamed: str = Field(
        default="",
        description="不在正文点名 or 另行函告: it counts, and is named in nothing that is published",
    )


class RecheckedOut(HandoffPart):
    """One account of the previous notice, looked at again."""

    account: AccountAsFiled = Field(description="as filed when the previous notice was issued")
    problem: str = Field(description="存在的突出问题 that the result is about")
    result: Literal[
        "done", "not_done", "deregistered", "filed_as_closed", "not_filed", "unverified"
    ] = Field(description="what became of it; unverified: 无法核实")
    label: str = Field(description="复查结果")
    basis: str = Field(description="on what the result rests, in Chinese")
    registry: str = Field(description="the import of the registry that it was compared with")
    unnamed: str = Field(
        default="",
        description="不在正文点名 or 另行函告: it counts, and is named in nothing that is published",
    )


class RecheckOut(HandoffPart):
    """复查情况 of the previous notice."""

    notice: str = Field(description="its 文号")
    title: str = Field(default="", description="its title")
    round: str = Field(
        default="",
        description="the office's name for the inspection that it told of; empty where none is known",
    )
    items: list[RecheckedOut] = Field(description="in the order of the notice")


class CorrectionOut(HandoffPart):
    """更正: what was withdrawn from the notice after its issue."""

    account: AccountAsFiled = Field(description="as filed when the notice was issued")
    codes: list[str] = Field(
        description="the findings that were withdrawn; empty: all of the account's"
    )
    reason: str = Field(description="as it was given")
    by: str = Field(description="who withdrew it")
    at: datetime = Field(description="with Beijing offset")
    unnamed: str = Field(
        default="",
        description="不在正文点名 or 另行函告: it counts, and is named in nothing that is published",
    )


class NoticeOut(HandoffPart):
    """The notice that this document belongs to."""

    number: str = Field(description="文号")
    title: str = Field(description="as it was issued")
    issued_on: date = Field(description="成文日期")
    rectify_by: date | None = Field(description="整改期限")
    report_by: date | None = Field(description="报送期限")
    version: int = Field(ge=1, description="1: as issued; each correction makes the next one")
    addressees: str = Field(default="", description="主送机关; empty where it keeps none")
    copies: str = Field(default="", description="抄送机关")
    publicity: str = Field(default="", description="公开属性")


class EvidenceFaultOut(HandoffPart):
    """A file that is not what was kept, and the finding that rests on it."""

    account: AccountAsFiled = Field(description="whose finding rests on it")
    code: str = Field(description="of that finding")
    path: str = Field(description="relative to the hand-off's home folder")
    sha256: str = Field(description="of the file that was kept")
    fault: Literal["missing", "altered"] = Field(description="what is wrong with it")
    withheld: bool = Field(
        description=(
            "true: no other evidence shows the finding. It stands in no list, and its account is "
            "among `unproven`"
        )
    )


class Handoff(HandoffPart):
    """The whole document."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: Literal["mediawatch.handoff/1"] = Field(
        alias="schema", description="another value is another contract: refuse it"
    )
    preliminary: bool = Field(
        description=(
            "初步结果: some accounts are still 待人工核查 or on unsupported platforms, or findings wait "
            "for a decision"
        )
    )
    includes_open: bool = Field(
        description="true: findings that no person has confirmed are in it; not for publication"
    )
    marks: list[str] = Field(description="what must be printed with any use of it, in Chinese")
    sweep: SweepOut = Field(description="the inspection")
    policy: PolicyOut = Field(description="the rules")
    counts: Counts = Field(description="the figures of the whole, the same as in every document")
    findings: list[FindingOut] = Field(
        description="in the order of the scope, the leading one first"
    )
    scope: ScopeOut | None = Field(
        default=None, description="whom the inspection looked at, and how"
    )
    figures: list[FiguresBy] | None = Field(default=None, description="by region and by platform")
    unproven: list[UnprovenOut] | None = Field(
        default=None, description="待核查: whom somebody still has to look at"
    )
    registry_mismatches: list[MismatchOut] | None = Field(
        default=None,
        description="where registry and platform disagree about an account's existence",
    )
    recheck: RecheckOut | None = Field(
        default=None, description="absent where the previous notice was not re-checked"
    )
    notice: NoticeOut | None = Field(
        default=None, description="absent where the inspection was not issued as a notice"
    )
    corrections: list[CorrectionOut] | None = Field(
        default=None, description="what was withdrawn; absent where there is no notice"
    )
    evidence_faults: list[EvidenceFaultOut] | None = Field(
        default=None, description="absent where every file is what was kept"
    )
    collected: CollectedOut | None = Field(
        default=None,
        description=(
            "absent where its office looked at every account itself. Evidence of an account with "
            "`reported_by` lies in the home of the last office there"
        ),
    )
