"""The shape of `mediawatch.handoff/1`: accounts as filed, and findings with what proves them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class HandoffPart(BaseModel):
    """A part of the document; our own models take no field that they do not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Canary = Literal["checked", "unchecked", "person"]


class AccountAsFiled(HandoffPart):
    """The account exactly as the registry held it when the sweep's scope was frozen."""

    filing_number: str = Field(description="备案单号, text: some have 16 digits")
    name: str = Field(description="政务新媒体名称")
    type: str = Field(description="类型 exactly as filed")
    platform: str = Field(description="mediawatch's key of the platform")
    organiser: str = Field(description="所属组织")
    supervisor: str = Field(description="主管单位")
    prefecture: str = Field(description="地市")
    county: str = Field(description="县区")
    township: str = Field(default="", description="乡镇街道")
    level: str = Field(description="层级 of the body, as filed")
    body_kind: str = Field(description="主体类别: 政府, 部门, or as filed")
    function_kind: str = Field(default="", description="功能类型: 发布类, 服务类, or as filed")
    status: str = Field(description="运行状态: running, closing, closed, deregistered")
    platform_id: str = Field(description="the platform's own id of it, text")
    original_id: str = Field(description="WeChat's 原始ID, gh_…")


class LatestPost(HandoffPart):
    """The newest post that the finding speaks of."""

    on: date = Field(description="Beijing day")
    date_kind: Literal["exact", "at_least"] = Field(
        description="exact: no newer post existed when it was read; at_least: posted at least as late"
    )
    at: datetime | None = Field(
        description="instant with Beijing offset, where the platform shows it"
    )


class SightOut(HandoffPart):
    """What one surface gave in one of the proving looks."""

    look: str = Field(description="first, second, control or another kind of look")
    surface: str = Field(description="信息来源: mediawatch's key of what was read")
    attested: str = Field(
        description="recorded: a real recording of this surface exists; described: only text attests it"
    )
    outcome: str = Field(
        description=(
            "what came of it, about the account or about us; empty where a person looked for one "
            "kind of problem: `answer` says it"
        )
    )
    read_at: datetime = Field(description="with Beijing offset")
    name: str = Field(description="the name that was seen; empty where none was")
    matched_by: str | None = Field(
        description="id, url or name: how it was known to be the account"
    )
    control: str = Field(description="for negatives: the account that answered in the same session")
    by: str = Field(description="the person, for surface `person`")
    answer: str = Field(
        default="",
        description=(
            "found, absent or withdrawn: what a person says who looked for one kind of problem "
            "(人工检查). Empty for all other looks"
        ),
    )
    url: str = Field(default="", description="of such a look the page, where it is known")


class EvidenceOut(HandoffPart):
    """One file that shows what was seen."""

    path: str = Field(description="relative to the hand-off's home folder")
    sha256: str = Field(description="of the file, hexadecimal")
    kind: str = Field(description="screenshot, payload, text, picture or manifest")
    media_type: str = Field(description="as in HTTP: image/jpeg …")
    taken_at: datetime = Field(description="with Beijing offset")
    url: str = Field(description="the page that it shows")


class FindingOut(HandoffPart):
    """One problem of one account, with what proves it."""

    account: AccountAsFiled = Field(description="whose problem it is")
    code: str = Field(
        description=(
            "mediawatch's key of the kind of problem; stale_2w is the tier of the account's own "
            "window, whatever its days: `label` says them; an office's own kinds begin with own_"
        )
    )
    label: str = Field(description="问题类型 in the words of the policy")
    leading: bool = Field(
        default=False,
        description="true: of the findings of a failed account the one by which `kinds` count it",
    )
    effect: Literal["fails", "deducts", "listed", "hint"] = Field(
        description=(
            "fails: 不合格; deducts: 扣分, no failure for that; listed: named apart, no failure under "
            "this policy; hint: a remark"
        )
    )
    found_by: Literal["machine", "person"] = Field(
        default="machine",
        description="person: a kind of problem that no list of posts shows and people found (人工检查)",
    )
    words: str = Field(default="", description="what people wrote of a problem that they found")
    points: float | None = Field(
        default=None, description="扣分 of this finding; null where its effect is not deducts"
    )
    link: str = Field(
        default="",
        description="the page on which people found it; empty for other findings, or where unknown",
    )
    sentence: str = Field(description="what was found, in Chinese, as it is printed")
    gap_days: int | None = Field(
        description="days without a post up to as_of; null: no such finding"
    )
    gap_is_minimum: bool = Field(description="true: the gap is at least that long")
    gap_since: date | None = Field(
        default=None,
        description=(
            "Beijing day from which the gap counts; null: no such finding, or an early version"
        ),
    )
    latest_post: LatestPost | None = Field(description="null where no date is stated")
    name_seen: str = Field(
        description="the name on the page, where the name is the problem or people found it"
    )
    matched_by: str | None = Field(description="as in the newest look that proves it")
    surface: str = Field(description="信息来源 of the newest look that proves it")
    read_at: datetime = Field(description="of the newest look that proves it, with Beijing offset")
    sights: list[SightOut] = Field(description="what every proving look gave, surface by surface")
    evidence: list[EvidenceOut] = Field(min_length=1, description="the files behind it")
    attested: Literal["recorded", "described"] = Field(
        description="described: it rests on a surface or wording that only text attests"
    )
    canary: Canary = Field(
        description=(
            "checked: a known-active account read well before and after each look; unchecked: "
            "未经对照账号校验; person: a person looked"
        )
    )
    review_state: Literal["open", "dispatched", "confirmed", "dismissed"] = Field(
        description="whether a person confirmed it; open and dispatched are 疑似"
    )
    times: int = Field(
        ge=1,
        description="重复问题: number of consecutive notices including this one; 1: not in the previous notice",
    )
    unnamed: str = Field(
        default="",
        description="不在正文点名 or 另行函告: it counts, and is named in nothing that is published",
    )
    unnamed_before: bool = Field(
        default=False,
        description="true: a notice that `times` counts left its name out: `times` is internal then",
    )
