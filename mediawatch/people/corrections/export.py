"""台账更正提示单: what readings have shown of a unit's filings, for the unit to correct or to answer.

One file for each 主管单位, county, prefecture or unit. Contacts stand in none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from mediawatch.domain import Filing
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.people.forms.account import account_cells
from mediawatch.people.forms.book import Form, FormCover, FormRow, write_form
from mediawatch.people.forms.columns import given_text
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.worklist.export import part_name
from mediawatch.ports import Store
from mediawatch.registry.lead_standing import LeadStanding
from mediawatch.registry.lead_tables import ground_words, page_words
from mediawatch.registry.proposal import FIELDS, Proposal
from mediawatch.registry.remarks import remark_of, seen_words
from mediawatch.typesetting import typeset


class RemarkColumn(StrEnum):
    """One column; the value is its heading."""

    NUMBER = "备案单号"
    NAME = "政务新媒体名称"
    TYPE = "类型"
    ORGANISER = "所属组织"
    PLACE = "地区"
    FIELD = "字段"
    FILED = "备案值"
    SEEN = "核查所见"
    GROUND = "依据（日期，信息来源）"
    ANSWER = "更正情况（已更正，或不更正及原因）"
    ERROR = "错误说明"


_GUIDE = (
    "1．每行列出台账中的一项备案值和核查所见。核查所见仅供核对，不是认定的问题。",
    "2．请逐行核对：备案值有误或缺少的，请在全国政务新媒体信息报送系统中更正，"
    "并在黄色表头的一列填写“已更正”；备案值无误的，填写“不更正”及原因。",
    "3．“暂用标识”是按备案名称检索到的同名账号的标识，未经核对。确为本单位账号的，"
    "请补报平台标识、原始标识或微信号；不是本单位账号的，请填写“不更正”，并注明本单位账号的微信号。",
    "4．下次导入台账时，系统按新的备案值核对各项是否已经更正。",
)
_UNFILED_GUIDE = (
    "“登记备案”一行的账号未在台账中登记，由两人核实后列入。确为本单位账号的，请按规定登记备案或者关停注销，"
    "并填写“已登记”或“已关停”；不是本单位账号的，请填写“不是本单位账号”及原因。"
)
FORM = Form(
    name="台账更正提示单",
    columns=tuple(column for column in RemarkColumn if column is not RemarkColumn.ERROR),
    answers=(RemarkColumn.ANSWER,),
    key=RemarkColumn.ERROR,
    frozen=RemarkColumn.NAME,
    error=RemarkColumn.ERROR,
    widths={
        RemarkColumn.NUMBER: 16,
        RemarkColumn.NAME: 20,
        RemarkColumn.TYPE: 11,
        RemarkColumn.ORGANISER: 20,
        RemarkColumn.PLACE: 14,
        RemarkColumn.FIELD: 12,
        RemarkColumn.FILED: 20,
        RemarkColumn.SEEN: 26,
        RemarkColumn.GROUND: 36,
        RemarkColumn.ANSWER: 32,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What is pointed out: values of filings, and accounts that are not filed.

    `unfiled`: those of `lead_tables.leads_to_hand_over` alone, which two persons found.
    """

    proposals: Sequence[Proposal]
    unfiled: Sequence[LeadStanding] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarksFile:
    """One file, with its rows."""

    path: Path
    part: str
    rows: int


async def export_corrections(
    store: Store,
    target: FormTarget,
    found: Corrections,
    part_of: Callable[[Filing], str],
    labels: Mapping[str, str],
    now: datetime,
) -> list[RemarksFile]:
    """Write the files into the target's folder, and note what they point out.

    `part_of`: in whose file an account stands. `labels`: what inspectors call the surfaces. UserError where a file is there already.
    """
    parts: dict[str, list[FormRow[RemarkColumn]]] = {}
    for each in found.proposals:
        parts.setdefault(part_of(each.account.filed), []).append(_row(each, labels, now))
    with_unfiled: set[str] = set()
    for lead in found.unfiled:
        filing = _filing_of(lead)
        part = part_of(filing)
        parts.setdefault(part, []).append(_unfiled_row(lead, filing))
        if lead.closed is None:
            with_unfiled.add(part)
    taken: set[str] = set()
    files = {
        part: target.path / part_name(target.path / "台账更正提示单.xlsx", part, taken)
        for part in parts
    }
    target.refuse_existing(files.values(), "name another folder, or --overwrite")
    for part, rows in parts.items():
        title = f"台账更正提示单  {chinese_day(day_of(now))}  {given_text(part)}"
        more = (f"{len(_GUIDE) + 1}．{_UNFILED_GUIDE}",) if part in with_unfiled else ()
        cover = FormCover(
            title=title,
            made_at=now,
            meta={"schema": "mediawatch.corrections/1"},
            guide=(*_GUIDE, *more),
            marks=target.marks,
            issuer=target.issuer,
        )
        write_form(files[part], FORM, rows, cover, overwrite=target.overwrite, write=target.write)
    await store.accounts.add_remarks([remark_of(each, labels, now) for each in found.proposals])
    return [
        RemarksFile(path=files[part], part=part, rows=len(rows)) for part, rows in parts.items()
    ]


def _filing_of(lead: LeadStanding) -> Filing:
    """The filing as closed, else how the account would be filed, as far as that is known."""
    if lead.closed:
        return lead.closed.filed
    seen, unit = lead.lead.latest, lead.decision.unit if lead.decision else ""
    known = lead.unit.filing if lead.unit else Filing(name="", platform="", organiser=unit)
    return Filing(
        name=seen.name,
        platform=lead.lead.platform,
        organiser=known.organiser,
        supervisor=known.supervisor,
        prefecture=known.prefecture,
        county=known.county,
        township=known.township,
        jurisdiction=known.jurisdiction,
        level=known.level,
        body_kind=known.body_kind,
    )


def _unfiled_row(lead: LeadStanding, filing: Filing) -> FormRow[RemarkColumn]:
    seen = lead.lead.latest
    given = account_cells(filing, None)
    cells = {column: given[column.value] for column in RemarkColumn if column.value in given}
    shown = [f"平台账号“{seen.name}”可见", page_words(seen)]
    shown += [f"认证主体：{seen.verified_as}"] if seen.verified_as else []
    on = f"{day_of(seen.at)}，" if seen.at else ""
    cells |= {
        RemarkColumn.FIELD: "运行状态" if lead.closed else "登记备案",
        RemarkColumn.FILED: filing.status.label if lead.closed else "未登记备案",
        RemarkColumn.SEEN: given_text("；".join(shown)),
        RemarkColumn.GROUND: given_text(f"{on}{ground_words(lead)}"),
    }
    return FormRow(cells=cells)


def _row(proposal: Proposal, labels: Mapping[str, str], now: datetime) -> FormRow[RemarkColumn]:
    remark = remark_of(proposal, labels, now)
    given = account_cells(proposal.account.filed, None)
    cells = {column: given[column.value] for column in RemarkColumn if column.value in given}
    cells |= {
        RemarkColumn.FIELD: typeset(FIELDS[proposal.field]),
        RemarkColumn.FILED: given_text(remark.filed) or "未填",
        RemarkColumn.SEEN: given_text(seen_words(proposal)),
        RemarkColumn.GROUND: given_text(remark.ground),
    }
    return FormRow(cells=cells)
