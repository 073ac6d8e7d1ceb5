"""Lists of notices, their items and their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from mediawatch.domain import (
    Code,
    IssuedDocument,
    Notice,
    NoticeDraft,
    NoticeEvent,
    NoticeItem,
    is_closed,
    standing_item,
)
from mediawatch.domain.clock import beijing
from mediawatch.publish.reports.drafts import draft_rows, notice_state
from mediawatch.publish.results import RecheckResult, standing_items
from mediawatch.publish.results import recheck_results as latest
from mediawatch.rules.appeals import appeals_of
from mediawatch.table import Table


def notices(all_notices: Sequence[Notice], happened: Sequence[NoticeEvent]) -> Table:
    """通报, by day of issue."""
    columns = (
        "编号",
        "文号",
        "成文日期",
        "标题",
        "检查批次",
        "账号数",
        "撤销",
        "整改期限",
        "报送期限",
        "状态",
        "印发",
    )
    return Table("通报", columns, tuple(_notice(notice, happened) for notice in all_notices))


def _notice(notice: Notice, happened: Sequence[NoticeEvent]) -> tuple[str, ...]:
    own = [event for event in happened if event.notice_id == notice.id]
    withdrawn = len(notice.items) - len(standing_items(notice, own))
    sweep = "外部通报" if notice.sweep_id is None else str(notice.sweep_id)
    return (
        str(notice.id),
        notice.number,
        str(notice.issued_on),
        notice.title,
        sweep,
        str(len(notice.items)),
        str(withdrawn),
        str(notice.rectify_by or ""),
        str(notice.report_by or ""),
        "已办结" if is_closed(own) else "整改中",
        notice_state(own),
    )


def items(notice: Notice, happened: Sequence[NoticeEvent]) -> Table:
    """The accounts of a notice: what was issued, what still stands, 复查结果."""
    results = {each.item.number: each for each in latest(notice, happened)}
    rows = []
    for item in notice.items:
        left = standing_item(item, happened)
        now = "已撤销" if left is None else left.problem if left.problem != item.problem else ""
        found = results.get(item.number)
        rows.append(
            (
                str(item.number),
                item.filed.filing_number,
                item.filed.name,
                item.filed.type,
                item.filed.organiser,
                item.problem,
                now,
                _result(found) if found else item.result,
                found.basis if found else "",
                item.unnamed,
            )
        )
    columns = (
        "序号",
        "备案单号",
        "政务新媒体名称",
        "类型",
        "所属组织",
        "存在的突出问题",
        "更正后",
        "复查结果",
        "复查依据",
        "点名方式",
    )
    return Table(f"{notice.number} {notice.title}", columns, tuple(rows))


def _result(found: RecheckResult) -> str:
    """复查结果; it names the problem where it is not about the whole item."""
    return (
        found.result.label
        if found.about == found.item.problem
        else f"{found.result.label}（{found.about}）"
    )


def unmatched_table(some: Sequence[NoticeItem]) -> Table:
    """Items of another system's notice that match no account of the registry."""
    rows = [
        (
            str(item.number),
            item.filed.filing_number,
            item.filed.name,
            item.filed.type,
            item.filed.organiser,
        )
        for item in some
    ]
    return Table(
        "台账中没有的账号", ("序号", "备案单号", "政务新媒体名称", "类型", "所属组织"), tuple(rows)
    )


def events(
    notice: Notice,
    happened: Sequence[NoticeEvent],
    documents: Sequence[IssuedDocument],
    drafts: Sequence[NoticeDraft] = (),
) -> Table:
    """What was done about a notice, oldest first, with its drafts and the versions of its
    hand-off.
    """
    labels = {
        held.finding.code: held.finding.label for item in notice.items for held in item.findings
    }
    issued = [
        (beijing(each.at), "", f"移交件第{each.version}版", "", f"SHA-256 {each.sha256}")
        for each in documents
    ]
    done = [
        (
            beijing(event.at),
            "" if event.item is None else str(event.item),
            event.action.label,
            event.by,
            _words(event, labels),
        )
        for event in happened
    ]
    again = (
        [(beijing(notice.kept_at), "", "再次通报", notice.by, notice.again)] if notice.again else []
    )
    before = [(beijing(row[0]), *row[1:]) for row in draft_rows(drafts)]
    rows = sorted((*before, *issued, *again, *done), key=lambda row: row[0])
    return Table(
        "经过",
        ("时间", "序号", "事项", "经办", "说明"),
        tuple((f"{row[0]:%Y-%m-%d %H:%M}", *row[1:]) for row in rows),
    )


def appeals(notice: Notice, happened: Sequence[NoticeEvent], today: date) -> Table:
    """复核: who asked for it, until when it is decided, and what came of it."""
    rows = []
    for each in appeals_of(notice, happened):
        decision = each.decision
        made = (
            (decision.by, f"{beijing(decision.at):%Y-%m-%d}", decision.reason)
            if decision
            else ("", "", "")
        )
        rows.append(
            (
                str(each.item.number), each.item.filed.name, each.unit, str(each.received_on), each.said,
                str(each.term or "未定"), each.state(today).value, *made,
            )
        )  # fmt: skip
    columns = (
        "序号",
        "政务新媒体名称",
        "提出单位",
        "收到日期",
        "提出的意见",
        "复核期限",
        "复核意见",
        "复核人",
        "复核日期",
        "复核理由",
    )
    return Table("复核", columns, tuple(rows))


def rechecks_table(notice: Notice, found: Sequence[RecheckResult]) -> Table:
    """复查清单: the result of each item that still stands, its basis, and the registry used."""
    rows = [
        (
            each.item.filed.filing_number, each.item.filed.name, each.item.filed.type, each.item.filed.organiser, each.about,
            each.result.label, each.basis, each.registry,
        )
        for each in found
    ]  # fmt: skip
    columns = (
        "备案单号",
        "政务新媒体名称",
        "类型",
        "所属组织",
        "存在的突出问题",
        "复查结果",
        "依据",
        "所依台账",
    )
    return Table(f"{notice.number}复查清单", columns, tuple(rows))


def _words(event: NoticeEvent, labels: Mapping[Code, str]) -> str:
    codes = "、".join(labels.get(code, "") for code in event.codes)
    where = f"{event.place}（{event.on}）" if event.place else ""
    shown = f"第{event.version}版" if event.version else ""
    result = event.result.label if event.result else ""
    parts = [result, where, event.reason, codes, event.source, shown]
    if asked := event.reconsideration:
        days = (
            f"提出单位：{asked.unit}" if asked.unit else "",
            f"{asked.received_on}收到" if asked.received_on else "",
            f"复核期限{asked.term}" if asked.term else "",
            f"由签发人复核：{asked.signer_reason}" if asked.signer_reason else "",
        )
        parts = [*parts, *days]
    return "；".join(part for part in parts if part)
