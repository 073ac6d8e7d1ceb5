"""The calendar of an inspection in each of its states: where it stands, and the one next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from rich.cells import cell_len

from mediawatch.domain.clock import BEIJING, day_end
from mediawatch.rules.calendar import is_over, next_of, remarks_of, steps_of
from mediawatch.rules.calendar_days import day_span
from mediawatch.rules.calendar_facts import (
    CalendarStep,
    DraftProgress,
    InspectionFacts,
    NoticeProgress,
    StepName,
    StepState,
    SuspectCounts,
    SweepProgress,
)
from mediawatch.rules.policy import load

POLICY = load("national")
AS_OF = day_end(date(2026, 6, 30))
"""A Tuesday; its window begins on 16 June. 19 June is the Dragon Boat Festival."""


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=BEIJING)


def before(now: datetime, **more: Any) -> InspectionFacts:
    """A coming inspection of 113 accounts."""
    given = {"accounts": 113, "proved": 60, "as_of": AS_OF, "next_as_of": AS_OF} | more
    return InspectionFacts(now=now, policy=POLICY, **given)


def after(
    now: datetime,
    rows: int = 0,
    counts: SuspectCounts | None = None,
    notice: NoticeProgress | None = None,
    **more: Any,
) -> InspectionFacts:
    """The same once its sweep is finished."""
    sweep = SweepProgress(
        id=7, finished=True, total=113, rows=rows, suspects=counts or SuspectCounts()
    )
    known = {"sweep": sweep, "notice": notice, "next_as_of": None} | more
    return replace(before(now), **known)


ISSUED = NoticeProgress(
    number="示例办函〔2026〕1号",
    issued_on=date(2026, 7, 10),
    rectify_by=date(2026, 8, 7),
    report_by=date(2026, 8, 14),
    items=5,
    not_rechecked=5,
)


def named(facts: InspectionFacts) -> dict[StepName, CalendarStep]:
    return {step.name: step for step in steps_of(facts)}


@pytest.mark.parametrize(
    ("facts", "now", "command"),
    [
        (before(at(6, 1), accounts=0, proved=0), [], "mediawatch registry import 台账.xlsx"),
        (before(at(6, 1)), [], "mediawatch plan"),
        (before(at(6, 16)), ["夜间核查"], "mediawatch sweep --nightly --until 06:00"),
        (
            before(at(6, 25), last_night=at(6, 24, 22), reminders=True),
            ["夜间核查", "征集链接"],
            "mediawatch report reminders 提醒/",
        ),
        (
            before(at(6, 25), last_night=at(6, 24, 22)),
            ["夜间核查", "征集链接"],
            "mediawatch links import 各单位回复/",
        ),
        (
            before(at(6, 25), last_night=at(6, 24, 22), proved=113),
            ["夜间核查"],
            "mediawatch status",
        ),
        (
            before(at(6, 16), workers=True),
            ["夜间核查"],
            "mediawatch sweep --workers --nightly --until 06:00",
        ),
        (before(at(7, 1)), ["正式检查"], "mediawatch sweep --as-of 2026-06-30"),
        (
            before(at(7, 1), workers=True),
            ["正式检查"],
            "mediawatch sweep --workers --as-of 2026-06-30",
        ),
        (
            before(at(7, 1), sweep=SweepProgress(id=7, finished=False, total=113, looked_at=40)),
            ["正式检查"],
            "mediawatch sweep --as-of 2026-06-30",
        ),
        (
            before(
                at(7, 1),
                sweep=SweepProgress(id=7, finished=False, running=True, total=113, looked_at=40),
            ),
            ["正式检查"],
            "mediawatch status",
        ),
        (
            before(
                at(7, 1),
                sweep=SweepProgress(
                    id=7, finished=False, unanswered=True, total=113, options=" --policy tibet"
                ),
            ),
            ["正式检查"],
            "mediawatch sweep --as-of 2026-06-30 --policy tibet --again",
        ),
        (
            after(at(7, 1), rows=15, counts=SuspectCounts(to_send=4)),
            ["人工核查", "下发核实"],
            "mediawatch worklist export 核查.xlsx --sweep 7",
        ),
        # Later looks must be heard in any case: then the suspects no longer wait for the rest.
        (
            after(at(7, 6), rows=15, counts=SuspectCounts(to_send=4)),
            ["人工核查", "下发核实"],
            "mediawatch findings dispatch 下发/ --person 姓名 --sweep 7",
        ),
        (
            after(at(7, 3), counts=SuspectCounts(unanswered=4, term=date(2026, 7, 7))),
            ["下发核实"],
            "mediawatch findings import 反馈/*.xlsx --sweep 7",
        ),
        # While units may still answer, what was answered is decided.
        (
            after(at(7, 3), counts=SuspectCounts(unanswered=4, to_decide=1, term=date(2026, 7, 7))),
            ["下发核实", "会商认定"],
            "mediawatch review list --sweep 7",
        ),
        (
            after(at(7, 8), counts=SuspectCounts(overdue=2, to_decide=3)),
            ["下发核实", "会商认定"],
            "mediawatch findings overdue --by 姓名 --sweep 7",
        ),
        (
            after(at(7, 9), counts=SuspectCounts(confirmed=5, dismissed=1)),
            ["签发通报"],
            "mediawatch notice issue --number 文号 --title 标题 --by 姓名 "
            "--rectify-by +20工作日 --report-by +25工作日 --sweep 7",
        ),
        (
            after(at(7, 20), counts=SuspectCounts(confirmed=5), notice=ISSUED),
            ["督促整改"],
            "mediawatch notice feedback export 示例办函〔2026〕1号 --out 整改反馈/",
        ),
        # The forms went out: their answers are waited for.
        (
            after(at(7, 20), counts=SuspectCounts(confirmed=5), notice=replace(ISSUED, asked=True)),
            ["督促整改"],
            "mediawatch notice feedback import 示例办函〔2026〕1号 整改反馈/*.xlsx",
        ),
        (
            after(
                at(7, 20), counts=SuspectCounts(confirmed=5), notice=replace(ISSUED, corrections=1)
            ),
            ["签发通报", "督促整改"],
            "mediawatch notice show 示例办函〔2026〕1号",
        ),
        # A place still shows what was corrected.
        (
            after(
                at(7, 20),
                counts=SuspectCounts(confirmed=5),
                notice=replace(ISSUED, published=True, outdated_places=2),
            ),
            ["签发通报", "督促整改"],
            "mediawatch notice show 示例办函〔2026〕1号",
        ),
        (
            after(at(7, 9), counts=SuspectCounts(confirmed=5), approval=True),
            ["签发通报"],
            "mediawatch notice draft --by 姓名 --sweep 7 --out 送审稿.docx",
        ),
        (
            after(at(7, 9), draft=DraftProgress(label="稿1", sweep=7)),
            ["签发通报"],
            "mediawatch notice approve --by 签发人 --on 日期 --sweep 7",
        ),
        (
            after(at(7, 9), draft=DraftProgress(label="稿1", sweep=7, signed_on=date(2026, 7, 9))),
            ["签发通报"],
            "mediawatch notice issue --number 文号 --sweep 7",
        ),
        (
            after(
                at(7, 9),
                draft=DraftProgress(label="稿1", sweep=7, signed_on=date(2026, 7, 9), changed=True),
            ),
            ["签发通报"],
            "mediawatch notice draft --by 姓名 --sweep 7 --out 送审稿.docx",
        ),
        (
            after(at(7, 9), draft=DraftProgress(label="稿1", sweep=7, changed=True)),
            ["签发通报"],
            "mediawatch notice draft --by 姓名 --sweep 7 --out 送审稿.docx",
        ),
        (
            after(at(8, 20), notice=replace(ISSUED, not_rechecked=0, outdated_places=1)),
            ["签发通报"],
            "mediawatch notice show 示例办函〔2026〕1号",
        ),
        # A 复核 waits for us.
        (
            after(at(7, 20), notice=replace(ISSUED, asked=True, appeals=1)),
            ["签发通报", "督促整改"],
            "mediawatch notice show 示例办函〔2026〕1号",
        ),
        # The deadline is over: who has not reported is urged.
        (
            after(at(8, 17), notice=replace(ISSUED, asked=True, not_rechecked=0, unsettled=1)),
            ["督促整改", "复查"],
            "mediawatch recheck 示例办函〔2026〕1号",
        ),
        (
            after(at(8, 8), counts=SuspectCounts(confirmed=5), notice=replace(ISSUED, reported=5)),
            ["复查"],
            "mediawatch recheck 示例办函〔2026〕1号",
        ),
        (
            after(at(8, 20), notice=replace(ISSUED, not_rechecked=0, unsettled=1)),
            ["督促整改", "复查"],
            "mediawatch recheck 示例办函〔2026〕1号",
        ),
        (
            after(at(8, 20), notice=replace(ISSUED, not_rechecked=0)),
            ["办结归档"],
            "mediawatch notice close 示例办函〔2026〕1号 --by 姓名",
        ),
        (
            after(at(8, 20), notice=replace(ISSUED, not_rechecked=0, closed=True)),
            ["办结归档"],
            "mediawatch notice archive 示例办函〔2026〕1号 --out 案卷/",
        ),
        (after(at(8, 20), notice=replace(ISSUED, closed=True, archived=True)), [], ""),
        (after(at(7, 9)), [], ""),
    ],
)
def test_each_state_has_its_steps_and_one_next_one(
    facts: InspectionFacts, now: list[str], command: str
) -> None:
    steps = steps_of(facts)
    assert [step.name for step in steps] == list(StepName)
    assert [step.name.value for step in steps if step.state is StepState.NOW] == now
    assert next_of(facts, steps).command == command
    # Only what is to be done now presses, and has a command.
    pressing = [step for step in steps if step.pressing or step.command]
    assert {step.state for step in pressing} <= {StepState.NOW}
    assert all(step.command for step in steps if step.pressing)
    # What stands before a step that is done was not left for later.
    states = [step.state for step in steps]
    last_done = max(
        (place for place, state in enumerate(states) if state is StepState.DONE), default=0
    )
    assert StepState.LATER not in states[:last_done]


def test_the_days_follow_from_the_moment_the_policy_and_working_days() -> None:
    steps = named(before(at(6, 1)))
    assert steps[StepName.NIGHTS].days == "6月16日至30日"
    assert steps[StepName.LINKS].days == "6月25日前"
    assert steps[StepName.LOOK].days == "6月30日"
    # Three days after as_of; then 3 July is the first working day from there, and two for an answer.
    assert steps[StepName.PEOPLE].days == "7月3日前"
    assert steps[StepName.HEARING].days == "7月3日至7日"
    assert steps[StepName.REVIEW].days == "7月8日"
    assert steps[StepName.ISSUE].days == "7月9日"
    assert steps[StepName.RECHECK].days == "由通报确定"
    sent = named(after(at(7, 3), counts=SuspectCounts(unanswered=1, term=date(2026, 7, 10))))
    assert (sent[StepName.HEARING].days, sent[StepName.REVIEW].days) == ("7月10日前反馈", "7月13日")
    issued = named(after(at(7, 20), notice=ISSUED))
    assert issued[StepName.ISSUE].figures == "示例办函〔2026〕1号，已编号印发"
    shown = replace(ISSUED, published=True, outdated_places=2)
    figures = named(after(at(7, 20), notice=shown))[StepName.ISSUE].figures
    assert figures == "示例办函〔2026〕1号，已发布，更正未完成2处"
    assert issued[StepName.ISSUE].days == "7月10日"
    assert issued[StepName.RECTIFICATION].days == "8月14日前"
    assert issued[StepName.RECHECK].days == "8月7日后"


def test_a_moment_within_a_day_is_named_and_typed_to_the_second() -> None:
    moment = datetime(2026, 6, 30, 18, tzinfo=BEIJING)
    facts = before(at(6, 30, 19), as_of=moment, next_as_of=None)
    look = named(facts)[StepName.LOOK]
    assert (look.days, look.command) == (
        "6月30日18:00",
        "mediawatch sweep --as-of 2026-06-30T18:00:00",
    )


def test_the_figures_say_what_is_left() -> None:
    steps = named(before(at(6, 20)))
    assert steps[StepName.NIGHTS].figures == "已证实60/113，余11夜"
    assert steps[StepName.LINKS].figures == "未证实53个"
    counts = SuspectCounts(
        to_send=1, unanswered=2, overdue=3, to_decide=4, confirmed=5, dismissed=6
    )
    steps = named(after(at(7, 6), rows=15, counts=counts))
    assert steps[StepName.PEOPLE].figures == "待核查15个"
    assert steps[StepName.HEARING].figures == "未下发1，待反馈2，逾期3"
    assert steps[StepName.REVIEW].figures == "待认定4，已认定5，已排除6"
    late = replace(ISSUED, reported=2, not_rechecked=1, unsettled=2)
    steps = named(after(at(8, 20), notice=late))
    assert steps[StepName.RECTIFICATION].figures == "已反馈2/5，已逾期"
    assert steps[StepName.RECHECK].figures == "未复查1，未完成整改2"


def test_without_any_moment_it_says_how_one_is_set() -> None:
    facts = InspectionFacts(now=at(6, 1), policy=POLICY, accounts=113)
    steps = steps_of(facts)
    assert {step.state for step in steps} == {StepState.LATER}
    assert "[inspection]" in next_of(facts, steps).text
    done = after(at(7, 9))
    assert is_over(steps_of(done))
    assert "[inspection]" in next_of(done, steps_of(done)).text
    assert remarks_of(done) == (
        '未设置下一次检查：在 mediawatch.toml 的 [inspection] 中写明 as_of = "年-月-日"。',
    )


def test_other_inspections_are_not_forgotten() -> None:
    """Until the nights begin, what is left of the last notice is the next step."""
    left = replace(ISSUED, rectify_by=date(2026, 5, 1), not_rechecked=2, reported=5)
    facts = before(at(6, 1), others=(left,), unissued=3)
    assert next_of(facts, steps_of(facts)).command == "mediawatch recheck 示例办函〔2026〕1号"
    assert remarks_of(facts) == (
        "第3号检查尚未签发通报：mediawatch review list --sweep 3",
        "示例办函〔2026〕1号尚未办结：未复查2。",
    )
    nights = before(at(6, 20), others=(left,))
    assert next_of(nights, steps_of(nights)).command.startswith("mediawatch sweep --nightly")
    current = after(at(7, 9), rows=1, next_as_of=day_end(date(2026, 9, 30)))
    assert remarks_of(current) == ("下一次检查：2026年9月30日，2026年9月16日起夜间核查。",)


def test_a_number_with_spaces_is_one_word_for_the_shell() -> None:
    odd = after(at(8, 20), notice=replace(ISSUED, number="示例 (2026) 1号"))
    steps = steps_of(odd)
    assert next_of(odd, steps).command == 'mediawatch recheck "示例 (2026) 1号"'


@pytest.mark.parametrize(
    ("first", "last", "today", "said"),
    [
        (date(2026, 12, 17), date(2026, 12, 31), date(2026, 12, 1), "12月17日至31日"),
        (date(2026, 11, 30), date(2026, 12, 2), date(2026, 12, 1), "11月30日至12月2日"),
        (date(2026, 12, 31), date(2027, 1, 4), date(2026, 12, 1), "12月31日至2027年1月4日"),
        (date(2022, 12, 17), date(2022, 12, 31), date(2026, 12, 1), "2022年12月17日至31日"),
    ],
)
def test_a_span_says_once_what_its_days_share(
    first: date, last: date, today: date, said: str
) -> None:
    assert day_span(first, last, today) == said


def test_nothing_on_it_is_wider_than_a_small_terminal() -> None:
    """Eighty cells, with all figures of three digits."""
    counts = SuspectCounts(
        to_send=123, unanswered=123, overdue=123, to_decide=123, confirmed=123, dismissed=123
    )
    facts = after(at(7, 6), rows=123, counts=counts)
    for step in steps_of(facts):
        cells = [step.name.value, step.state.label, "12月17日至31日", step.figures]
        assert 1 + sum(map(cell_len, cells)) + 9 <= 80


def states(facts: InspectionFacts) -> dict[str, str]:
    return {step.name.value: step.state.label for step in steps_of(facts)}


DECIDED = SuspectCounts(
    confirmed=5, sent_on=date(2026, 7, 3), decided_on=(date(2026, 7, 8), date(2026, 7, 9))
)


@pytest.mark.parametrize(
    ("facts", "step", "state", "days", "figures"),
    [
        # Nothing was done by itself because its time is over.
        (after(at(7, 1)), "夜间核查", "未进行", "6月16日至30日", ""),
        (after(at(7, 1), nights=3), "夜间核查", "已完成", "6月16日至30日", "运行3次"),
        (after(at(7, 1)), "征集链接", "未进行", "6月25日前", ""),
        (after(at(7, 1), links=True), "征集链接", "已完成", "6月25日前", ""),
        (before(at(6, 26)), "征集链接", "进行中", "6月25日前（已过）", "未证实53个"),
        (before(at(6, 26), proved=113), "征集链接", "已完成", "6月25日前", "均已证实"),
        (before(at(7, 1), accounts=0, proved=0), "夜间核查", "未开始", "6月16日至30日", ""),
        (before(at(7, 1), accounts=0, proved=0), "正式检查", "未开始", "6月30日", ""),
        (after(at(7, 6), rows=15), "人工核查", "进行中", "7月3日前（已过）", "待核查15个"),
        (after(at(7, 6), rows=4, notice=replace(ISSUED, rows=4)), "人工核查", "未完成", "7月3日前", "通报时仍有4个待核查"),
        (after(at(7, 6), rows=1, notice=ISSUED), "人工核查", "未完成", "7月3日前", "待核查1个，通报时为0个"),
        # What was not done by its day is not planned for the past. 11 and 12 July are a weekend.
        (after(at(7, 11), counts=SuspectCounts(to_send=4)), "下发核实", "进行中", "7月13日至15日", "未下发4"),
        (after(at(7, 11), counts=SuspectCounts(to_send=4)), "会商认定", "未开始", "7月16日", ""),
        (after(at(7, 11), counts=SuspectCounts(to_send=4)), "签发通报", "未开始", "7月17日", ""),
        (after(at(7, 20), counts=SuspectCounts(to_decide=1)), "会商认定", "进行中", "7月23日", "待认定1"),
        (after(at(7, 9), counts=DECIDED), "下发核实", "已完成", "7月3日下发", ""),
        (after(at(7, 9), counts=replace(DECIDED, sent_on=None)), "下发核实", "已完成", "", "无须下发"),
        (
            after(at(7, 9), counts=replace(DECIDED, sent_on=None, unheard=5)),
            "下发核实", "未进行", "", "5处未下发即认定",
        ),
        (after(at(7, 9), counts=DECIDED), "会商认定", "已完成", "7月9日", "已认定5"),
        (after(at(7, 9), counts=DECIDED), "签发通报", "进行中", "7月10日", "可以签发，已认定5"),
        # A decision never stands after the notice that rests on it.
        (
            after(at(7, 20), counts=DECIDED, notice=replace(ISSUED, issued_on=date(2026, 7, 8))),
            "会商认定", "已完成", "7月8日", "已认定5",
        ),
        (
            after(at(7, 20), counts=DECIDED, notice=replace(ISSUED, issued_on=date(2026, 7, 2))),
            "会商认定", "已完成", "", "已认定5",
        ),
        (
            after(at(7, 20), counts=replace(DECIDED, to_decide=1), notice=ISSUED),
            "会商认定", "进行中", "7月9日", "待认定1，已认定5",
        ),
        (
            after(at(7, 6), counts=replace(DECIDED, unanswered=2, term=date(2026, 7, 10))),
            "会商认定", "进行中", "7月13日", "已认定5",
        ),
        (after(at(7, 9)), "会商认定", "已完成", "", "没有疑似问题"),
        # Answers of people may still bring some.
        (after(at(7, 1), rows=15), "会商认定", "未开始", "7月8日", ""),
        (after(at(7, 9), rows=15, counts=DECIDED), "会商认定", "进行中", "7月9日", "已认定5"),
        (after(at(7, 9)), "签发通报", "已完成", "", "无认定的问题"),
        (after(at(7, 9)), "复查", "已完成", "", "无须进行"),
        # After the re-check: nobody reported, which is no 整改 that was done.
        (
            after(at(8, 20), notice=replace(ISSUED, not_rechecked=0, unsettled=2)),
            "督促整改", "进行中", "8月14日前", "已反馈0/5，已逾期",
        ),
        (
            after(at(8, 20), notice=replace(ISSUED, not_rechecked=0)),
            "督促整改", "已完成", "8月14日前", "已反馈0/5，复查均已整改",
        ),
        (after(at(8, 20), notice=replace(ISSUED, items=0, not_rechecked=0)), "督促整改", "已完成", "8月14日前", "各项均已撤销"),
        (after(at(8, 20), notice=replace(ISSUED, closed=True)), "督促整改", "未完成", "8月14日前", "已反馈0/5"),
        (after(at(8, 20), notice=replace(ISSUED, closed=True)), "复查", "未进行", "8月7日后", "未复查5"),
        (
            after(at(8, 20), notice=replace(ISSUED, not_rechecked=0, unsettled=2, closed=True)),
            "复查", "未完成", "8月7日后", "未完成整改2",
        ),
        (after(at(8, 1), notice=replace(ISSUED, not_rechecked=2)), "复查", "进行中", "8月7日后", "未复查2"),
        (after(at(8, 20), notice=replace(ISSUED, closed=True)), "办结归档", "进行中", "", "已办结，待归档"),
    ],
)  # fmt: skip
def test_every_state_and_day_is_true(
    facts: InspectionFacts, step: str, state: str, days: str, figures: str
) -> None:
    found = next(each for each in steps_of(facts) if each.name.value == step)
    assert (found.state.label, found.days, found.figures) == (state, days, figures)


def test_what_is_waited_for_is_not_called_done() -> None:
    """All have reported, and the day of the re-check has not come."""
    facts = after(at(8, 1), counts=DECIDED, notice=replace(ISSUED, reported=5))
    found = next_of(facts, steps_of(facts))
    assert found.text == "等待复查，8月7日后，此前无须操作"
    assert not is_over(steps_of(facts))


@pytest.mark.parametrize(
    "facts",
    [
        before(at(6, 20)),
        before(at(6, 26)),
        before(at(7, 1)),
        after(at(8, 20), counts=DECIDED, notice=replace(ISSUED, reported=5)),
        after(at(8, 20), notice=replace(ISSUED, not_rechecked=0, unsettled=2)),
        before(at(6, 1), others=(replace(ISSUED, rectify_by=date(2026, 5, 1)),)),
    ],
)
def test_a_demonstration_names_no_command_that_it_refuses(facts: InspectionFacts) -> None:
    facts = replace(facts, demonstration=True)
    steps = steps_of(facts)
    named = [next_of(facts, steps).command, *(step.command for step in steps)]
    looking = ("mediawatch sweep", "mediawatch recheck", "mediawatch links import")
    assert [command for command in named if command.startswith(looking)] == []


def test_a_deadline_that_is_over_leads_to_the_overdue_ones() -> None:
    facts = after(at(8, 17), notice=replace(ISSUED, asked=True))
    step = named(facts)[StepName.RECTIFICATION]
    assert step.command == "mediawatch notice overdue 示例办函〔2026〕1号 --letters 催办/"
    assert step.figures == "已反馈0/5，已逾期"


def test_an_open_appeal_of_an_earlier_notice_is_told_with_its_term() -> None:
    asked = replace(ISSUED, appeals=2, appeals_by=date(2026, 7, 24))
    facts = before(at(6, 1), others=(asked,))
    step = next_of(facts, steps_of(facts))
    assert step.command == "mediawatch notice show 示例办函〔2026〕1号"
    assert "应于7月24日前用 notice appeal 作出复核意见" in step.text
    assert "待复核2" in remarks_of(facts)[0]
    later = after(at(8, 1), notice=asked)
    assert "应于7月24日前（已逾期）" in next_of(later, steps_of(later)).text
    assert named(later)[StepName.CLOSING].state is StepState.LATER


def test_days_that_rest_on_an_unknown_calendar_say_so() -> None:
    """The State Council's calendar of 2099 is in no table."""
    as_of = day_end(date(2098, 12, 31))
    facts = before(datetime(2098, 12, 20, 10, tzinfo=BEIJING), as_of=as_of, next_as_of=as_of)
    assert remarks_of(facts) == tuple(
        f"{year}年的工作日安排未收录，该年的日期按周一至周五推算，请核对；"
        "放假通知公布后可写入workdays.toml。"
        for year in (2098, 2099)
    )
    assert remarks_of(before(at(6, 20))) == ()
    # The days of a notice were set by people.
    issued = replace(facts, notice=ISSUED, sweep=SweepProgress(id=1, finished=True))
    assert "工作日" not in "".join(remarks_of(issued))
