"""The steps of an inspection from its notice on, each as it stands. Pure."""

from __future__ import annotations

from datetime import date

from mediawatch.rules.calendar_days import InspectionDays, short_day
from mediawatch.rules.calendar_facts import (
    CalendarStep,
    DraftProgress,
    InspectionFacts,
    NoticeProgress,
    StepName,
    StepState,
)
from mediawatch.rules.calendar_steps import list_counts


def issue_step(facts: InspectionFacts, days: InspectionDays) -> CalendarStep:
    """签发通报."""
    name, sweep, notice = StepName.ISSUE, facts.sweep, facts.notice
    when = short_day(days.issued_on, days.today)
    if facts.draft:
        return _draft_step(facts.draft, when)
    if notice:
        return _issued_step(notice, days.today)
    if sweep and sweep.is_clean:
        return CalendarStep(name=name, state=StepState.DONE, figures="无认定的问题")
    if sweep is None or not sweep.finished or sweep.rows or sweep.suspects.undecided:
        return CalendarStep(name=name, state=StepState.LATER, days=when)
    figures = f"可以签发，已认定{sweep.suspects.confirmed}"
    if facts.approval:
        return CalendarStep(
            name=name,
            state=StepState.NOW,
            days=when,
            figures=figures,
            command=f"mediawatch notice draft --by 姓名 --sweep {sweep.id} --out 送审稿.docx",
            why="拟稿送签，签发后用 notice approve 登记",
            pressing=True,
        )
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        days=when,
        figures=figures,
        command="mediawatch notice issue --number 文号 --title 标题 --by 姓名 "
        f"--rectify-by +20工作日 --report-by +25工作日 --sweep {sweep.id}",
        why="填写文号、标题和两个期限",
        pressing=True,
    )


def _issued_step(notice: NoticeProgress, today: date) -> CalendarStep:
    """签发通报 of a notice that has its number."""
    due, outdated, asked = notice.corrections, notice.outdated_places, notice.appeals
    figures = f"{notice.number}，{'已发布' if notice.published else '已编号印发'}"
    command, why = "", ""
    if due or outdated or asked:
        command = f"mediawatch notice show {one_word(notice.number)}"
    if due:
        figures += f"，{due}处待更正"
        why = "查看应更正之处，再用 notice correct 更正"
    elif outdated:
        figures += f"，更正未完成{outdated}处"
        why = "督促发布场所撤稿或替换，再用 notice retract 登记"
    if asked:
        figures += f"，待复核{asked}"
        why = why or appeal_words(notice, today)
    return CalendarStep(
        name=StepName.ISSUE,
        state=StepState.NOW if command else StepState.DONE,
        days=short_day(notice.issued_on, today),
        figures=figures,
        command=command,
        why=why,
        pressing=bool(command),
    )


def _draft_step(draft: DraftProgress, when: str) -> CalendarStep:
    """签发通报 while its draft waits for the signature or the number."""
    signed = draft.signed_on is not None
    if draft.changed:
        return CalendarStep(
            name=StepName.ISSUE,
            state=StepState.NOW,
            days=when,
            figures=f"{draft.label}签发已失效" if signed else f"{draft.label}内容已变动",
            command=f"mediawatch notice draft --by 姓名 --sweep {draft.sweep} --out 送审稿.docx",
            why="内容已变动，重新拟稿，须重新签发" if signed else "重新拟稿后送签",
            pressing=True,
        )
    return CalendarStep(
        name=StepName.ISSUE,
        state=StepState.NOW,
        days=when,
        figures=f"{draft.label}已签发" if signed else f"{draft.label}拟稿",
        command=f"mediawatch notice issue --number 文号 --sweep {draft.sweep}"
        if signed
        else f"mediawatch notice approve --by 签发人 --on 日期 --sweep {draft.sweep}",
        why="填写文号印发" if signed else "领导签发后登记",
        pressing=True,
    )


def appeal_words(notice: NoticeProgress, today: date) -> str:
    """What is to be done about the 复核 of a notice; "" for nothing."""
    if not notice.appeals:
        return ""
    until = notice.appeals_by
    late = "（已逾期）" if until and today > until else ""
    when = f"应于{short_day(until, today)}前{late}" if until else ""
    return f"查看单位提出的复核，{when}用 notice appeal 作出复核意见"


def steps_after_issue(facts: InspectionFacts, days: InspectionDays) -> tuple[CalendarStep, ...]:
    """督促整改, 复查 and 办结归档."""
    notice = facts.notice
    if notice:
        return (
            _rectification_step(notice, days.today),
            recheck_step(notice, days.today),
            closing_step(notice),
        )
    clean = facts.sweep is not None and facts.sweep.is_clean
    names = (StepName.RECTIFICATION, StepName.RECHECK, StepName.CLOSING)
    if clean:
        none = "无须进行"
        return tuple(CalendarStep(name=name, state=StepState.DONE, figures=none) for name in names)
    return tuple(
        CalendarStep(name=name, state=StepState.LATER, days="由通报确定") for name in names
    )


def _rectification_step(notice: NoticeProgress, today: date) -> CalendarStep:
    name, last = StepName.RECTIFICATION, notice.report_by or notice.rectify_by
    when = f"{short_day(last, today)}前" if last else ""
    if not notice.items:
        return CalendarStep(name=name, state=StepState.DONE, days=when, figures="各项均已撤销")
    figures = f"已反馈{notice.reported}/{notice.items}"
    if notice.reported >= notice.items:
        return CalendarStep(name=name, state=StepState.DONE, days=when, figures=figures)
    if not (notice.not_rechecked or notice.unsettled):
        settled = f"{figures}，复查均已整改"
        return CalendarStep(name=name, state=StepState.DONE, days=when, figures=settled)
    if notice.closed:
        return CalendarStep(name=name, state=StepState.LEFT, days=when, figures=figures)
    past = last is not None and today > last
    number = one_word(notice.number)
    command, why = f"feedback export {number} --out 整改反馈/", "请各单位填报整改情况"
    if notice.asked:
        command, why = f"feedback import {number} 整改反馈/*.xlsx", "收回各单位的整改情况反馈表"
    if notice.asked and past:
        command, why = f"overdue {number} --letters 催办/", "收回反馈表后，催办逾期的单位"
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        days=when,
        figures=figures + ("，已逾期" if past else ""),
        command=f"mediawatch notice {command}",
        why=why,
    )


def recheck_step(notice: NoticeProgress, today: date) -> CalendarStep:
    """复查: after the day by which things are put right."""
    name, after = StepName.RECHECK, notice.rectify_by
    when = f"{short_day(after, today)}后" if after else ""
    figures = list_counts(("未复查", notice.not_rechecked), ("未完成整改", notice.unsettled))
    if not figures:
        return CalendarStep(name=name, state=StepState.DONE, days=when)
    if notice.closed:
        nothing = notice.not_rechecked >= notice.items
        state = StepState.SKIPPED if nothing else StepState.LEFT
        return CalendarStep(name=name, state=state, days=when, figures=figures)
    if after is not None and today <= after:
        begun = notice.not_rechecked < notice.items
        return CalendarStep(
            name=name,
            state=StepState.NOW if begun else StepState.LATER,
            days=when,
            figures=figures,
            why="整改期限未过" if begun else "",
        )
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        days=when,
        figures=figures,
        command=f"mediawatch recheck {one_word(notice.number)}",
        why="整改期限已过，再次核查通报所列账号",
        pressing=True,
    )


def closing_step(notice: NoticeProgress) -> CalendarStep:
    """办结归档."""
    name, number = StepName.CLOSING, one_word(notice.number)
    if notice.archived:
        return CalendarStep(name=name, state=StepState.DONE)
    if notice.closed:
        return CalendarStep(
            name=name,
            state=StepState.NOW,
            figures="已办结，待归档",
            command=f"mediawatch notice archive {number} --out 案卷/",
            why="写出案卷，归档后用 --acknowledge 登记",
            pressing=True,
        )
    open_ends = (notice.unsettled, notice.corrections, notice.outdated_places, notice.appeals)
    if notice.not_rechecked or any(open_ends):
        return CalendarStep(name=name, state=StepState.LATER)
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        figures="可以办结",
        command=f"mediawatch notice close {number} --by 姓名",
        why="各项均已整改" if notice.items else "各项均已撤销",
        pressing=True,
    )


def one_word(number: str) -> str:
    """A 文号 as a shell takes it for one word."""
    safe = all(char.isalnum() or char in "-_./" or ord(char) > 0x7F for char in number)
    return number if safe and not any(map(str.isspace, number)) else f'"{number}"'
