"""The steps of an inspection from its nights to its notice, each as it stands. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from mediawatch.domain.clock import beijing, day_end
from mediawatch.rules.ahead import nights_left
from mediawatch.rules.calendar_days import InspectionDays, day_span, short_day, term_words
from mediawatch.rules.calendar_facts import (
    CalendarStep,
    InspectionFacts,
    StepName,
    StepState,
    SuspectCounts,
    SweepProgress,
)

_NIGHT = timedelta(hours=18)
"""A nightly sweep that began within this time is tonight's."""


def nights_step(facts: InspectionFacts, as_of: datetime, days: InspectionDays) -> CalendarStep:
    """夜间核查: the nights in which a post can prove an account fresh for `as_of`."""
    name = StepName.NIGHTS
    when = day_span(days.first_night, days.as_of, days.today)
    if facts.now >= as_of:
        state = StepState.DONE if facts.nights else StepState.SKIPPED
        ran = f"运行{facts.nights}次" if facts.nights else ""
        return CalendarStep(name=name, state=state, days=when, figures=ran)
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
        command="" if tonight else f"{_sweep(facts)} --nightly --until 06:00",
        why="最近一夜已运行，夜间再运行" if tonight else "核查到期的账号",
        pressing=not tonight,
    )


def links_step(facts: InspectionFacts, as_of: datetime, days: InspectionDays) -> CalendarStep:
    """征集链接: units of unproved accounts are asked for a link."""
    name, left = StepName.LINKS, facts.accounts - facts.proved
    running = facts.now < as_of
    when = term_words(days.asked_by, days.today, open_=running and left > 0)
    if running and facts.accounts and not left:
        return CalendarStep(name=name, state=StepState.DONE, days=when, figures="均已证实")
    if not running:
        state = StepState.DONE if facts.links else StepState.SKIPPED
        return CalendarStep(name=name, state=state, days=when)
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
        pressing=True,
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
    command, why = f"{_sweep(facts)} --as-of {typed}", "监测时间点已到"
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
        pressing=True,
    )


def _sweep(facts: InspectionFacts) -> str:
    return "mediawatch sweep --workers" if facts.workers else "mediawatch sweep"


def people_step(facts: InspectionFacts, days: InspectionDays) -> CalendarStep:
    """人工核查: what the machine could not settle, by telephone."""
    name, sweep = StepName.PEOPLE, _finished(facts)
    is_open = bool(sweep and sweep.rows and not facts.notice)
    when = term_words(days.people_by, days.today, open_=is_open)
    if sweep is None:
        return CalendarStep(name=name, state=StepState.LATER, days=when)
    if not sweep.rows:
        return CalendarStep(name=name, state=StepState.DONE, days=when)
    if facts.notice:
        then = facts.notice.rows
        left = f"通报时仍有{sweep.rows}个待核查"
        if then != sweep.rows:
            # Corrections open accounts again, and people settle some after the issue.
            left = f"待核查{sweep.rows}个，通报时为{then}个"
        return CalendarStep(name=name, state=StepState.LEFT, days=when, figures=left)
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
        return _heard_step(counts, days)
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


def _heard_step(counts: SuspectCounts, days: InspectionDays) -> CalendarStep:
    """下发核实 where nothing is waited for any more."""
    name = StepName.HEARING
    when = f"{short_day(counts.sent_on, days.today)}下发" if counts.sent_on else ""
    if counts.unheard:
        return CalendarStep(
            name=name,
            state=StepState.LEFT if counts.sent_on else StepState.SKIPPED,
            days=when,
            figures=f"{counts.unheard}处未下发即认定",
        )
    none = "" if counts.sent_on else "无须下发"
    return CalendarStep(name=name, state=StepState.DONE, days=when, figures=none)


def review_step(facts: InspectionFacts, days: InspectionDays) -> CalendarStep:
    """会商认定: people decide about what was heard."""
    name, when, sweep = StepName.REVIEW, short_day(days.decided_on, days.today), _finished(facts)
    if sweep is None:
        return CalendarStep(name=name, state=StepState.LATER, days=when)
    counts = sweep.suspects
    if facts.notice or not (counts.undecided or (sweep.rows and not counts.decided_on)):
        when = _decided_words(facts, counts, days.today)
    figures = list_counts(
        ("待认定", counts.to_decide), ("已认定", counts.confirmed), ("已排除", counts.dismissed)
    )
    if not counts.to_decide:
        over = not counts.undecided and (not sweep.rows or facts.notice)
        state = StepState.DONE if over else StepState.LATER
        if not over and counts.confirmed + counts.dismissed:
            why = "其余待各单位反馈" if counts.undecided else "人工核查的结果尚须认定"
            return CalendarStep(name=name, state=StepState.NOW, days=when, figures=figures, why=why)
        if not counts.total:
            figures = "没有疑似问题" if over else ""
        return CalendarStep(name=name, state=state, days=when, figures=figures)
    return CalendarStep(
        name=name,
        state=StepState.NOW,
        days=when,
        figures=figures,
        command=f"mediawatch review list --sweep {sweep.id}",
        why="会商后用 review confirm 认定，或用 review dismiss 排除",
        pressing=True,
    )


def _decided_words(facts: InspectionFacts, counts: SuspectCounts, today: date) -> str:
    """When the last decision was made: what was decided after a notice is no part of it."""
    issued_on = facts.notice.issued_on if facts.notice else None
    made = [day for day in counts.decided_on if issued_on is None or day <= issued_on]
    return short_day(made[-1], today) if made else ""


def _finished(facts: InspectionFacts) -> SweepProgress | None:
    return facts.sweep if facts.sweep and facts.sweep.finished else None


def list_counts(*counts: tuple[str, int]) -> str:
    """Those that are not 0: 未下发3，逾期1."""
    return "，".join(f"{what}{count}" for what, count in counts if count)
