"""The calendar of an inspection: its steps, where it stands, and what is next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.rules import calendar_notice, calendar_steps
from mediawatch.rules.ahead import first_night
from mediawatch.rules.calendar_days import InspectionDays
from mediawatch.rules.calendar_facts import (
    CalendarStep,
    InspectionFacts,
    NextStep,
    NoticeProgress,
    StepName,
    StepState,
)
from mediawatch.workdays import FILE

_NO_LOOKS = "本目录为演示数据，不能再核查账号"
_LOOKING = ("sweep", "recheck", "links import")
_SET = '在 mediawatch.toml 的 [inspection] 中写明 as_of = "年-月-日"'


def steps_of(facts: InspectionFacts) -> tuple[CalendarStep, ...]:
    """The steps in their order. Without a moment they have neither days nor commands.

    Without accounts no step has begun. In a demonstration no step has a command that looks.
    """
    as_of = facts.as_of
    if as_of is None:
        return tuple(CalendarStep(name=name, state=StepState.LATER) for name in StepName)
    steps = _steps(facts, as_of)
    if not facts.accounts and facts.sweep is None:
        return tuple(
            CalendarStep(name=step.name, state=StepState.LATER, days=step.days) for step in steps
        )
    return tuple(
        replace(step, command="", why=_NO_LOOKS, pressing=False)
        if facts.demonstration and _looks(step.command)
        else step
        for step in steps
    )


def _steps(facts: InspectionFacts, as_of: datetime) -> tuple[CalendarStep, ...]:
    days = InspectionDays.of(facts, as_of)
    return (
        calendar_steps.nights_step(facts, as_of, days),
        calendar_steps.links_step(facts, as_of, days),
        calendar_steps.look_step(facts, as_of, days),
        calendar_steps.people_step(facts, days),
        calendar_steps.hearing_step(facts, days),
        calendar_steps.review_step(facts, days),
        calendar_notice.issue_step(facts, days),
        *calendar_notice.steps_after_issue(facts, days),
    )


def _looks(command: str) -> bool:
    """Whether the command visits accounts."""
    return command.removeprefix("mediawatch ").startswith(_LOOKING)


def is_over(steps: Sequence[CalendarStep]) -> bool:
    """Whether nothing is left to do about an inspection."""
    return all(step.state.is_over for step in steps)


def has_begun(facts: InspectionFacts) -> bool:
    """Whether a night has come that can prove something for the inspection."""
    return facts.as_of is not None and day_of(facts.now) >= first_night(facts.policy, facts.as_of)


def next_of(facts: InspectionFacts, steps: Sequence[CalendarStep]) -> NextStep:
    """The first thing that can be done now; else what is waited for."""
    if not facts.accounts:
        return NextStep(text="导入台账", command="mediawatch registry import 台账.xlsx")
    if facts.as_of is None:
        return NextStep(text=f"确定监测时间点，{_SET}")
    now = [step for step in steps if step.state is StepState.NOW]
    typed = [step for step in now if step.command]
    pressing = [step for step in typed if step.pressing]
    if pressing:
        return NextStep(text=f"{pressing[0].name}：{pressing[0].why}", command=pressing[0].command)
    for other in facts.others:
        found = _left_of(other, day_of(facts.now))
        if found and not (facts.demonstration and _looks(found.command)):
            return found
    if typed:
        return NextStep(text=f"{typed[0].name}：{typed[0].why}", command=typed[0].command)
    if facts.demonstration:
        return NextStep(text=f"演示到此为止：{_NO_LOOKS}", command="mediawatch flagged")
    if now:
        return NextStep(text=f"{now[0].name}：{now[0].why}", command="mediawatch status")
    later = next((step for step in steps if step.state is StepState.LATER), None)
    if later and has_begun(facts):
        when = f"，{later.days}" if later.days else ""
        return NextStep(text=f"等待{later.name}{when}，此前无须操作", command="mediawatch status")
    if facts.next_as_of is None:
        return NextStep(text=f"本次检查已全部完成。确定下一次监测时间点，{_SET}")
    begins = chinese_day(first_night(facts.policy, facts.next_as_of))
    return NextStep(text=f"{begins}起夜间核查，此前无须操作", command="mediawatch plan")


def remarks_of(facts: InspectionFacts) -> tuple[str, ...]:
    """What the reader must know besides: other inspections' open ends, the next moment."""
    lines = []
    if facts.unissued is not None:
        lines.append(
            f"第{facts.unissued}号检查尚未签发通报：mediawatch review list --sweep {facts.unissued}"
        )
    for notice in facts.others:
        told = calendar_steps.list_counts(
            ("待更正", notice.corrections),
            ("更正未完成", notice.outdated_places),
            ("待复核", notice.appeals),
            ("未反馈", max(0, notice.items - notice.reported)),
            ("未复查", notice.not_rechecked),
            ("未完成", notice.unsettled),
        )
        lines.append(f"{notice.number}尚未办结" + (f"：{told}。" if told else "。"))
    if facts.as_of is not None and facts.notice is None and not is_over(steps_of(facts)):
        lines += [
            f"{year}年的工作日安排未收录，该年的日期按周一至周五推算，请核对；放假通知公布后可写入{FILE}。"
            for year in InspectionDays.of(facts, facts.as_of).unknown_years
        ]
    if facts.next_as_of is None and facts.sweep is not None and not facts.demonstration:
        lines.append(f"未设置下一次检查：{_SET}。")
    elif facts.next_as_of is not None and facts.as_of != facts.next_as_of:
        begins = chinese_day(first_night(facts.policy, facts.next_as_of))
        lines.append(f"下一次检查：{chinese_day(day_of(facts.next_as_of))}，{begins}起夜间核查。")
    return tuple(lines)


def _left_of(notice: NoticeProgress, today: date) -> NextStep | None:
    """What can be done now about the notice of another inspection."""
    if notice.appeals:
        return NextStep(
            text=f"{notice.number}：{calendar_notice.appeal_words(notice, today)}",
            command=f"mediawatch notice show {calendar_notice.one_word(notice.number)}",
        )
    for step in (calendar_notice.recheck_step(notice, today), calendar_notice.closing_step(notice)):
        if step.state is StepState.NOW:
            return NextStep(text=f"{notice.number}{step.name}：{step.why}", command=step.command)
    return None
