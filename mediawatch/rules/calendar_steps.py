"""The steps of an inspection from its nights to its notice, each as it stands. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from mediawatch.domain.clock import beijing, day_end
from mediawatch.rules.ahead import nights_left
from mediawatch.rules.calendar_days import InspectionDays, day_span, short_day
from mediawatch.rules.calendar_facts import (
    CalendarStep,
    InspectionFacts,
    StepName,
    StepState,
    SweepProgress,
)

_NIGHT = timedelta(hours=18)
"""A nightly sweep that began within this time is tonight's."""


def nights_step(facts: InspectionFacts, as_of: datetime, days: InspectionDays) -> CalendarStep:
    """夜间核查: the nights in which a post can prove an account fresh for `as_of`."""
    name = StepName.NIGHTS
    when = day_span(days.first_night, days.as_of, days.today)
    if facts.now >= as_of:
        return CalendarStep(name=name, state=StepState.DONE, days=when)
    if days.today < days.first_night:
        total = f"共{facts.accounts}个账号"
        return CalendarStep(name=name, state=StepState.LATER, days=when, figures=total)
    left = nights_left(facts.policy, facts.now, as_of)
    tonight = facts.last_night is not None and facts.now - facts.last_night < _NIGHT
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        days=when,
        figures=f"已证实{facts.proved}/{facts.accounts}，余{left}夜",
        command="" if tonight else "mediawatch sweep --nightly --until 06:00",
        why="最近一夜已运行，夜间再运行" if tonight else "核查到期的账号",
    )


def links_step(facts: InspectionFacts, as_of: datetime, days: InspectionDays) -> CalendarStep:
    """征集链接: units of unproved accounts are asked for a link."""
    name, left = StepName.LINKS, facts.accounts - facts.proved
    when = f"{short_day(days.asked_by, days.today)}前"
    if facts.now >= as_of or (facts.accounts and not left):
        return CalendarStep(name=name, state=StepState.DONE, days=when)
    figures = f"未证实{left}个"
    if days.today < days.asked_from:
        return CalendarStep(name=name, state=StepState.LATER, days=when, figures=figures)
    ask, take_in = "mediawatch report reminders 提醒/", "mediawatch links import 各单位回复/"
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        days=when,
        figures=figures,
        command=ask if facts.reminders else take_in,
        why="请未证实的账号报送最新文章链接，收回用 links import"
        if facts.reminders
        else "请未证实的账号报送最新文章链接，收回后打开",
    )


def look_step(facts: InspectionFacts, as_of: datetime, days: InspectionDays) -> CalendarStep:
    """正式检查: the sweep of `as_of`."""
    name, sweep = StepName.LOOK, facts.sweep
    whole_day = as_of == day_end(days.as_of)
    when = short_day(days.as_of, days.today) + ("" if whole_day else f"{beijing(as_of):%H:%M}")
    if sweep and sweep.finished:
        told = f"第{sweep.id}号，{sweep.total}个账号"
        return CalendarStep(name=name, state=StepState.DONE, days=when, figures=told)
    if facts.now < as_of:
        return CalendarStep(name=name, state=StepState.LATER, days=when)
    typed = f"{days.as_of}" if whole_day else f"{beijing(as_of):%Y-%m-%dT%H:%M:%S}"
    command, why = f"mediawatch sweep --as-of {typed}", "监测时间点已到"
    if sweep and sweep.running:
        command, why = "mediawatch status", "正在运行，等它完成"
    elif sweep and sweep.unanswered:
        command += f"{sweep.options} --again"
        why = "上次没有网络，未能核查任何账号"
    elif sweep:
        command += sweep.options
        why = "继续未完成的检查"
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        days=when,
        figures=f"已核查{sweep.looked_at}/{sweep.total}" if sweep else "尚未开始",
        command=command,
        why=why,
    )


def people_step(facts: InspectionFacts, days: InspectionDays) -> CalendarStep:
    """人工核查: what the machine could not settle, by telephone."""
    name, when = StepName.PEOPLE, f"{short_day(days.people_by, days.today)}前"
    sweep = _finished(facts)
    if sweep is None:
        return CalendarStep(name=name, state=StepState.LATER, days=when)
    if not sweep.rows or facts.notice:
        left = f"仍有{sweep.rows}个待核查" if sweep.rows else ""
        return CalendarStep(name=name, state=StepState.DONE, days=when, figures=left)
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        days=when,
        figures=f"待核查{sweep.rows}个",
        command=f"mediawatch worklist export 核查.xlsx --sweep {sweep.id}",
        why="用手机逐个查看，填好后用 worklist import 收回",
        pressing=days.today <= days.people_by,
    )


def hearing_step(facts: InspectionFacts, days: InspectionDays) -> CalendarStep:
    """下发核实: suspects are sent down, and units answer within their term."""
    name, sweep = StepName.HEARING, _finished(facts)
    when = day_span(days.sent_on, days.term, days.today)
    if sweep is None:
        return CalendarStep(name=name, state=StepState.LATER, days=when)
    counts = sweep.suspects
    if counts.term:
        when = f"{short_day(counts.term, days.today)}前反馈"
    figures = list_counts(
        ("未下发", counts.to_send), ("待反馈", counts.unanswered), ("逾期", counts.overdue)
    )
    if not figures:
        return CalendarStep(name=name, state=StepState.DONE, days=when)
    if counts.to_send:
        command, why = "findings dispatch 下发/ --person 姓名", "发给各单位，限期反馈"
    elif counts.overdue:
        command, why = "findings overdue --by 姓名", "期限已过，登记逾期未反馈"
    else:
        command, why = "findings import 反馈/*.xlsx", "收回各单位的反馈"
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        days=when,
        figures=figures,
        command=f"mediawatch {command} --sweep {sweep.id}",
        why=why,
        pressing=bool(counts.to_send or counts.overdue),
    )


def review_step(facts: InspectionFacts, days: InspectionDays) -> CalendarStep:
    """会商认定: people decide about what was heard."""
    name, when, sweep = StepName.REVIEW, short_day(days.decided_on, days.today), _finished(facts)
    if sweep is None:
        return CalendarStep(name=name, state=StepState.LATER, days=when)
    counts = sweep.suspects
    figures = list_counts(
        ("待认定", counts.to_decide), ("已认定", counts.confirmed), ("已排除", counts.dismissed)
    )
    if not counts.to_decide:
        over = not counts.undecided and (not sweep.rows or facts.notice)
        state = StepState.DONE if over else StepState.LATER
        return CalendarStep(name=name, state=state, days=when, figures=figures)
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        days=when,
        figures=figures,
        command=f"mediawatch review list --sweep {sweep.id}",
        why="会商后用 review confirm 认定，或用 review dismiss 排除",
    )


def _finished(facts: InspectionFacts) -> SweepProgress | None:
    return facts.sweep if facts.sweep and facts.sweep.finished else None


def list_counts(*counts: tuple[str, int]) -> str:
    """Those that are not 0: 未下发3，逾期1."""
    return "，".join(f"{what}{count}" for what, count in counts if count)
