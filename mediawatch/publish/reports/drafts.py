"""Lists of drafts and of places of publication."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from mediawatch.domain import (
    UNFINISHED,
    Notice,
    NoticeAction,
    NoticeDraft,
    NoticeEvent,
    UserError,
    outdated_places,
    publications,
    version_now,
)
from mediawatch.domain.clock import minute
from mediawatch.table import Table


def notice_state(events: Iterable[NoticeEvent]) -> str:
    """已编号印发 or 已发布, and whether a correction of it is unfinished; `events` are its own."""
    own = list(events)
    said = "已发布" if any(e.action is NoticeAction.PUBLISHED for e in own) else "已编号印发"
    return f"{said}，{UNFINISHED}" if outdated_places(own) else said


def draft_state(draft: NoticeDraft, changes: Sequence[str] = ()) -> str:
    """拟稿 or 已签发, and whether that is void by now."""
    if draft.notice_number:
        return f"已编号印发（{draft.notice_number}）"
    if changes:
        return "签发已失效" if draft.approval else "拟稿，内容已变动"
    return "已签发" if draft.approval else "拟稿"


def drafts_table(drafts: Sequence[NoticeDraft], changes: Mapping[int, Sequence[str]]) -> Table:
    """The drafts that wait; `changes`: what each would print otherwise by now, by its id."""
    columns = (
        "稿号",
        "检查批次",
        "标题",
        "账号数",
        "不点名",
        "拟稿人",
        "拟稿时间",
        "签发人",
        "签发日期",
        "状态",
    )
    rows = []
    for draft in drafts:
        items, signed = draft.content["items"], draft.approval
        rows.append(
            (
                draft.label,
                str(draft.sweep_id),
                draft.title,
                str(len(items)),
                str(sum(bool(each["unnamed"]) for each in items)),
                draft.by,
                minute(draft.at),
                signed.by if signed else "",
                str(signed.on) if signed else "",
                draft_state(draft, changes.get(draft.id, ())),
            )
        )
    return Table("拟稿", columns, tuple(rows))


def draft_items(draft: NoticeDraft) -> Table:
    """The accounts of a draft in the notice's order, those that are not named included."""
    columns = (
        "序号",
        "备案单号",
        "政务新媒体名称",
        "类型",
        "所属组织",
        "存在的突出问题",
        "点名方式",
        "理由",
    )
    reasons = {each.account_id: f"{each.reason}（{each.by}）" for each in draft.unnamed}
    rows = tuple(
        (
            str(number),
            each["filing_number"],
            each["name"],
            each["type"],
            each["organiser"],
            each["problem"],
            each["unnamed"],
            reasons.get(each["account"], "") if each["unnamed"] else "",
        )
        for number, each in enumerate(draft.content["items"], 1)
    )
    return Table(f"{draft.label} {draft.title}", columns, rows)


def draft_rows(drafts: Sequence[NoticeDraft]) -> list[tuple[datetime, str, str, str, str]]:
    """What was done about drafts, as rows of 经过: instant, item, 事项, 经办, 说明."""
    rows: list[tuple[datetime, str, str, str, str]] = []
    known: set[tuple[int, datetime]] = set()
    for place, draft in enumerate(drafts):
        what = "改稿" if place else "拟稿"
        rows.append((draft.at, "", f"{what}（{draft.label}）", draft.by, draft.title))
        places = {each["account"]: number for number, each in enumerate(draft.content["items"], 1)}
        for each in draft.unnamed:
            if (key := (each.account_id, each.at)) not in known:
                known.add(key)
                item = str(places.get(each.account_id, ""))
                rows.append((each.at, item, each.how.label, each.by, each.reason))
        if draft.approval:
            signed = draft.approval
            rows.append((signed.at, "", f"签发（{draft.label}）", signed.by, f"{signed.on}签发"))
    return rows


def drafts_of(notice: Notice, drafts: Sequence[NoticeDraft]) -> list[NoticeDraft]:
    """The drafts that led to a notice, oldest first."""
    return [
        draft
        for draft in drafts
        if notice.draft_id is not None
        and draft.sweep_id == notice.sweep_id
        and draft.id <= notice.draft_id
        and draft.notice_number in ("", notice.number)
    ]


def find_draft(drafts: Sequence[NoticeDraft], label: str) -> NoticeDraft:
    """The draft of that label (稿3). UserError where it does not exist."""
    for draft in drafts:
        if draft.label == label:
            return draft
    known = "、".join(draft.label for draft in drafts[-5:])
    raise UserError(
        f"there is no draft {label}: "
        + (f"the latest are {known}" if known else "none was drawn up")
    )


def places_table(notice: Notice, events: Iterable[NoticeEvent]) -> Table:
    """发布场所 of a notice, and what each did about its corrections."""
    own = list(events)
    version = version_now(own)
    rows = tuple(
        (
            str(number),
            each.place,
            each.url,
            str(each.on),
            f"第{each.version}版",
            _what_was_done(each.is_outdated(version), each.taken_down_on, each.replaced_on),
            str(each.taken_down_on or each.replaced_on or ""),
        )
        for number, each in enumerate(publications(own), 1)
    )
    columns = ("序号", "发布场所", "网址", "发布日期", "所载版本", "处理情况", "完成日期")
    return Table(f"{notice.number}发布场所", columns, rows)


def _what_was_done(outdated: bool, taken_down_on: date | None, replaced_on: date | None) -> str:
    if outdated:
        return "待撤稿或替换"
    if taken_down_on:
        return "已撤稿"
    return "已替换" if replaced_on else "无须处理"
