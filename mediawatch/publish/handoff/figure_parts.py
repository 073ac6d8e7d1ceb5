"""The shape of `mediawatch.handoff/1`: figures, and the scope with how it was drawn."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from mediawatch.publish.handoff.finding_parts import HandoffPart


class RatioOut(HandoffPart):
    """A rate: as it is printed, and as the fraction of two counts, not reduced."""

    text: str = Field(description="as printed; 待核查 instead of 100% while anything is open")
    numerator: int = Field(ge=0, description="of 合格率 it is checked - failed, of 检查率 checked")
    denominator: int = Field(ge=1, description="of 合格率 it is checked, of 检查率 total")


class KindCount(HandoffPart):
    """How many failed accounts are of one kind."""

    label: str = Field(description="问题类型")
    failed: int = Field(description="accounts")


class DeductionOut(HandoffPart):
    """扣分 for one kind of problem."""

    label: str = Field(description="问题类型")
    accounts: int = Field(description="accounts that it costs points; they may fail besides")
    points: float = Field(description="扣分 of all of them together")


class Counts(HandoffPart):
    """The figures of the whole."""

    total: int = Field(description="总数, or 在管数: accounts in service in the registry")
    drawn: int | None = Field(
        default=None, description="应查数: of these the accounts in the scope of the inspection"
    )
    checked: int = Field(description="检查数: accounts with a conclusive verdict")
    failed: int = Field(description="不合格数")
    unproven: int = Field(description="待人工核查")
    out_of_scope: int = Field(description="on a platform that nothing reads, and not yet settled")
    apart: int = Field(
        default=0, description="conclusive, and kept out of 检查数 where the policy says so"
    )
    closed: int = Field(description="已关停 and 已注销, in no denominator")
    coverage: RatioOut | None = Field(
        default=None, description="检查率; null where the registry is not known or is empty"
    )
    rate: RatioOut | None = Field(
        default=None, description="合格率; null where nothing was checked"
    )
    verdicts: dict[str, int] = Field(description="accounts in service by verdict; sum to drawn")
    kinds: list[KindCount] = Field(description="failed accounts by kind of problem")
    nested: bool = Field(
        default=False,
        description=(
            "false: an account counts in one kind, and kinds sum to failed; true: a silent account "
            "counts in every tier that it reached"
        ),
    )
    deducted: int = Field(
        default=0, description="accounts that anything costs points (扣分); none fails for that"
    )
    deductions: list[DeductionOut] = Field(
        default_factory=list,
        description="扣分 by kind of problem; an account may stand in several kinds",
    )


class ScopeEntry(HandoffPart):
    """One account that was in scope."""

    filing_number: str = Field(description="备案单号, text")
    name: str = Field(description="政务新媒体名称")
    type: str = Field(description="类型 exactly as filed")
    organiser: str = Field(default="", description="所属组织")
    supervisor: str = Field(default="", description="主管单位")
    region: str = Field(
        default="", description="地区（部门）: the part of `figures` that counts it"
    )
    verdict: str = Field(
        description="fresh, due_soon, at_limit, failed, listed, unproven, out_of_scope"
    )
    sentence: str = Field(description="why, in Chinese")
    window_days: int | None = Field(
        default=None,
        description=(
            "days in which a post of this account must stand, by the rule for it; null: it is not "
            "judged by its posts, or an early version did not say"
        ),
    )
    platform: str = Field(
        default="", description="mediawatch's key of the platform; empty in early versions"
    )
    platform_id: str = Field(default="", description="the platform's own id of it, text")
    original_id: str = Field(default="", description="WeChat's 原始ID, gh_…")
    status: str = Field(
        default="",
        description="运行状态: running, closing, closed, deregistered; empty in early versions",
    )
    prefecture: str = Field(default="", description="地市")
    county: str = Field(default="", description="县区")
    provisional: bool = Field(default=False, description="true: sound by its name alone (暂用标识)")
    reported_by: list[str] = Field(
        default_factory=list,
        description=(
            "报送单位 below from whom it came, the nearest first; empty: looked at by the office of "
            "this document itself"
        ),
    )


class StratumOut(HandoffPart):
    """层: accounts of which one amount was drawn."""

    name: str = Field(description="the parts that it stands for, joined by ·")
    clause: str = Field(description="抽取规则 that decided")
    total: int = Field(description="accounts in service")
    drawn: int = Field(description="accounts that were drawn")


class DrawingOut(HandoffPart):
    """How a scope was drawn, so that anybody can draw it again."""

    kind: str = Field(description="sample or list; empty where an early version did not keep it")
    seed: str = Field(description="随机种子; empty for a list")
    clauses: list[str] = Field(description="抽取规则, in the order in which they are tried")
    by: list[str] = Field(description="分层: by which words of a registry")
    level: str = Field(
        default="",
        description="省, 市 or 县: the office's, by which regions were told; empty for none",
    )
    strata: list[StratumOut] = Field(description="层, with what was drawn of each")


class ScopeOut(HandoffPart):
    """What was looked at."""

    round: str = Field(description="the office's name for the inspection")
    period_from: date | None = Field(
        description="first day of a period (时段制); null: one moment is judged"
    )
    drawn: str = Field(
        description="how the scope was drawn, as JSON text with its seed; empty where nothing was drawn"
    )
    drawing: DrawingOut | None = Field(
        default=None, description="the same as an object; null where nothing was drawn"
    )
    accounts: list[ScopeEntry] = Field(
        description="every account, closed ones and doubles included"
    )


class FiguresRow(HandoffPart):
    """The figures of one part."""

    name: str = Field(description="the part: a region, a department, a platform")
    group: str = Field(
        default="",
        description=(
            "地区, 部门 or 未填报 (the registry does not say where it belongs); empty where the split "
            "has no groups"
        ),
    )
    total: int = Field(description="总数: accounts in service of this part in the registry")
    checked: int = Field(description="检查数")
    failed: int = Field(description="不合格数")
    open: int = Field(description="待核查")
    coverage: str = Field(description="检查率 as printed")
    rate: str = Field(description="合格率 as printed")
    coverage_ratio: RatioOut | None = Field(
        default=None, description="检查率 as text and fraction; null as in `counts`"
    )
    rate_ratio: RatioOut | None = Field(
        default=None, description="合格率 as text and fraction; null where nothing was checked"
    )


class FiguresBy(HandoffPart):
    """The figures by one word of the registry."""

    heading: str = Field(description="地区（部门） or 平台")
    parts: list[FiguresRow] = Field(description="in printed order; they sum to `counts`")
