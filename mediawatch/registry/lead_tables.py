"""Leads as an office reads them: the working list, and the two lists that are handed over.

The lists to hand over hold what two persons found, and nothing that is filed by now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mediawatch.domain import PLATFORM_LABELS, LeadKind, LeadSight, LeadSort
from mediawatch.domain.clock import day_of
from mediawatch.registry.lead_standing import LeadStanding
from mediawatch.table import Table, join_filled

COLUMNS = (
    "编号",
    "线索类型",
    "处理情况",
    "平台",
    "账号名称",
    "认证主体",
    "可能所属单位",
    "依据",
    "须先排除",
    "首次发现",
    "最近发现",
    "信息来源",
    "账号主页或平台标识",
    "处理人及理由",
    "平台标识",
    "佐证材料（佐证目录内）",
)
PRINTED = tuple(column for column in COLUMNS[:-2] if column != "首次发现")
BRIEF = ("编号", "线索类型", "处理情况", "平台", "账号名称", "认证主体", "可能所属单位")
UNFILED_TITLE = "未按规定登记备案的政务新媒体清单"
IMPOSTOR_TITLE = "疑似仿冒政务新媒体账号清单"


def kind_words(sight: LeadSight) -> str:
    if sight.kind is LeadKind.LOOKALIKE and not sight.verified_as:
        return "名称相同、未显示主体"
    return sight.kind.label


def platform_words(platform: str) -> str:
    return PLATFORM_LABELS.get(platform, platform)


def page_words(sight: LeadSight) -> str:
    """Where the account is found: its page, else the id by which the platform knows it."""
    return sight.link or f"平台标识：{sight.platform_id}"


def source_words(sight: LeadSight) -> str:
    """Where it was seen, for papers that leave: our names of surfaces say nothing to others."""
    return f"在{platform_words(sight.platform)}平台搜索所见"


def ground_words(standing: LeadStanding) -> str:
    """Of 应补登记: by what it was seen, and why it is the unit's."""
    seen = standing.lead.latest
    if seen.kind is LeadKind.LOOKALIKE:
        # The search said nothing of the kind: persons saw it on the account's own page.
        return f"{source_words(seen)}，经人工核查账号主页认定（截图存档备查）"
    return f"{source_words(seen)}，{seen.ground}"


def _impostor_words(sight: LeadSight) -> str:
    """Whose judgement it is, and on what: what the persons wrote for each other stays here."""
    shown = (
        f"平台显示的认证主体不是台账登记的单位（“{sight.verified_as}”）"
        if sight.verified_as
        else "平台搜索未显示认证主体"
    )
    return (
        f"名称与台账登记的相同，{shown}；经两人分别核查账号主页，认为疑似仿冒（截图存档备查），"
        "请核查认定"
    )


def leads_table(standings: Iterable[LeadStanding], labels: Mapping[str, str]) -> Table:
    """线索清单: all that is known of each lead. `labels`: what inspectors call the surfaces."""
    return Table("疑似未登记账号线索", COLUMNS, tuple(_row(each, labels) for each in standings))


def _row(standing: LeadStanding, labels: Mapping[str, str]) -> tuple[str, ...]:
    lead, seen = standing.lead, standing.lead.latest
    rivals = "、".join(each.filed.name for each in standing.rivals)
    notes = [
        f"{each.by}：{each.reason}" if each.reason else f"{each.by}复核"
        for each in (standing.decision, standing.confirmation)
        if each
    ]
    return (
        str(lead.id),
        kind_words(seen),
        standing.words,
        platform_words(lead.platform),
        seen.name,
        seen.verified_as or "未显示",
        "、".join(seen.units) or "未填写",
        seen.ground,
        f"该单位本平台账号标识未知：{rivals}" if rivals else "无",
        _day(lead.sights[0]),
        _day(seen),
        labels.get(seen.surface, seen.surface),
        page_words(seen),
        "；".join(notes),
        lead.platform_id,
        "\n".join(item.path for item in standing.proofs),
    )


def leads_to_hand_over(standings: Iterable[LeadStanding], sort: LeadSort) -> list[LeadStanding]:
    """Those that two persons found to be this, and that are not filed by now."""
    return [
        each
        for each in standings
        if each.sort is sort and each.confirmation is not None and each.filed is None
    ]


def unfiled_table(standings: Sequence[LeadStanding]) -> Table:
    """未按规定登记备案: for the units to file, or to close."""
    columns = (
        "序号", "所属组织", "主管单位", "地区", "类型", "账号名称", "认证主体", "账号主页或平台标识",
        "发现日期", "说明",
    )  # fmt: skip
    rows = []
    for number, each in enumerate(standings, 1):
        seen, filing = each.lead.latest, each.unit.filing if each.unit else None
        rows.append(
            (
                str(number),
                filing.organiser if filing else each.decision.unit if each.decision else "",
                filing.supervisor if filing else "",
                join_filled((filing.prefecture, filing.county, filing.township), " ")
                if filing
                else "",
                platform_words(each.lead.platform),
                seen.name,
                seen.verified_as or "搜索结果未显示",
                page_words(seen),
                _day(seen),
                ground_words(each),
            )
        )
    return Table(UNFILED_TITLE, columns, tuple(rows))


def impostor_table(standings: Sequence[LeadStanding]) -> Table:
    """仿冒: for the office of cyberspace affairs (网信部门)."""
    columns = (
        "序号", "平台", "账号名称", "显示的认证主体", "疑似被仿冒单位", "账号主页或平台标识",
        "发现日期", "信息来源", "核实说明",
    )  # fmt: skip
    rows = [
        (
            str(number),
            platform_words(each.lead.platform),
            (seen := each.lead.latest).name,
            seen.verified_as or "未显示",
            "、".join(seen.units),
            page_words(seen),
            _day(seen),
            source_words(seen),
            _impostor_words(seen),
        )
        for number, each in enumerate(standings, 1)
    ]
    return Table(IMPOSTOR_TITLE, columns, tuple(rows))


def _day(sight: LeadSight) -> str:
    return str(day_of(sight.at)) if sight.at else ""
