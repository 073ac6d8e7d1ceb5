"""Reminders: a courtesy that says what was seen, and no more; contacts only to their own unit."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner
from worklists import AS_OF, POLICY, filed

from mediawatch.cli import app
from mediawatch.domain import (
    Account,
    Contact,
    DateKind,
    FiledStatus,
    Judgement,
    Sweep,
    SweepAccount,
    Verdict,
)
from mediawatch.ops.settings import Home
from mediawatch.publish.reports.reminders import Reminder, Unit, hold_lines, reminders
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import parse

SWEEP = Sweep(as_of=AS_OF, policy="national", policy_toml=POLICY.toml, started_at=AS_OF, id=1)
HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>\n二、'
TODAY = date(2031, 12, 31)


def entry(
    number: int, verdict: Verdict, latest: str = "", kind: DateKind | None = None, **values: str
) -> SweepAccount:
    on = date.fromisoformat(latest) if latest else None
    gap = (TODAY - on).days if on else None
    judged = Judgement(verdict=verdict, sentence="示例", latest_on=on, date_kind=kind, gap_days=gap)
    return SweepAccount(
        sweep_id=1, account=Account(id=number, filed=filed(number, **values)), judgement=judged
    )


def written(
    *entries: SweepAccount, today: date = TODAY, to: Unit = Unit.ORGANISER, policy: str = ""
) -> list[Reminder]:
    contacts = {1: Contact(person="张三", phone="13800000001"), 2: Contact(person="李四")}
    chosen = parse(policy) if policy else POLICY
    return reminders(
        JudgedScope(sweep=SWEEP, policy=chosen, entries=tuple(entries)),
        contacts,
        today=today,
        opens=lambda platform: platform == "wechat",
        to=to,
        marks=("演示数据",),
    )


def test_a_text_a_unit_with_its_deadline_and_its_own_contact() -> None:
    soon = entry(
        1,
        Verdict.DUE_SOON,
        "2031-12-20",
        DateKind.EXACT,
        organiser="示例局",
        supervisor="示例办",
        name=HOSTILE,
    )
    old = entry(
        2,
        Verdict.UNPROVEN,
        "2031-11-02",
        DateKind.AT_LEAST,
        organiser="另一局",
        supervisor="示例办",
    )
    one, two = written(soon, old)
    assert one.text.splitlines() == [
        "【演示数据】示例局：",
        "（联系人：张三 13800000001）",
        "在监测时间点为2031年12月31日的政务新媒体检查中，以下账号请贵单位留意。",
        "",
        "请在期限前发布新内容：",
        '1. “=HYPERLINK("http://x")<script>alert(1)</script> 二、”（微信，备案单号900001）：'
        "最近发布于2031年12月20日，请于2032年1月3日（含当日）前发布新内容。",
        "",
        "本提醒不是检查结论。",
    ]
    assert two.text.splitlines() == [
        "【演示数据】另一局：",
        "（联系人：李四）",
        "请回复本账号最新一篇文章链接：",
        "1. “示例市第2测试局”（微信，备案单号900002）",
        "",
        "本提醒不是检查结论。",
    ]
    assert ("联系人：李四" in two.text, "张三" in two.text) == (True, False)
    (above,) = written(soon, old, to=Unit.SUPERVISOR)
    assert (above.unit, above.accounts, "联系人" in above.text) == ("示例办", 2, False)


def test_no_number_of_a_text_can_be_wrong() -> None:
    soon = [entry(number, Verdict.DUE_SOON, "2031-12-20", DateKind.EXACT) for number in (1, 2)]
    asked = entry(3, Verdict.UNPROVEN)
    (one,) = written(*soon, asked, to=Unit.SUPERVISOR)
    lines = one.text.splitlines()
    until = [(each, date(2032, 1, 3)) for each in soon]
    hold_lines(lines, until, [asked])
    for place, line in enumerate(lines):
        for sign in re.finditer(r"\d", line) if re.match(r"\d", line) else ():
            wrong = line[: sign.start()] + str((int(sign[0]) + 1) % 10) + line[sign.end() :]
            with pytest.raises(AssertionError):
                hold_lines([*lines[:place], wrong, *lines[place + 1 :]], until, [asked])


@pytest.mark.parametrize(
    ("verdict", "latest", "kind", "asked"),
    [
        (Verdict.DUE_SOON, "2031-12-20", DateKind.EXACT, "发布新内容"),
        (Verdict.FRESH, "2031-12-20", DateKind.AT_LEAST, ""),
        (Verdict.FRESH, "2031-12-22", DateKind.AT_LEAST, ""),
        (Verdict.FRESH, "2031-12-30", DateKind.EXACT, ""),
        (Verdict.UNPROVEN, "", None, "请回复本账号最新一篇文章链接"),
        (Verdict.UNPROVEN, "2031-10-01", DateKind.AT_LEAST, "请回复本账号最新一篇文章链接"),
        (Verdict.UNPROVEN, "2031-10-01", DateKind.EXACT, ""),
        (Verdict.AT_LIMIT, "2031-12-17", DateKind.EXACT, ""),
        (Verdict.FAILED, "2031-10-01", DateKind.EXACT, ""),
        (Verdict.LISTED, "2031-10-01", DateKind.EXACT, ""),
        (Verdict.OUT_OF_SCOPE, "", None, ""),
    ],
)
def test_who_is_reminded_of_what(
    verdict: Verdict, latest: str, kind: DateKind | None, asked: str
) -> None:
    texts = [reminder.text for reminder in written(entry(1, verdict, latest, kind))]
    assert len(texts) == bool(asked)
    assert all(asked in text for text in texts)


def test_no_link_is_asked_for_where_no_link_could_be_opened() -> None:
    assert written(entry(1, Verdict.UNPROVEN, platform="weibo", type="新浪微博")) == []


def test_no_link_is_asked_of_a_closed_account() -> None:
    assert written(entry(1, Verdict.UNPROVEN, status=FiledStatus.CLOSED.value)) == []


def test_a_past_deadline_is_no_deadline_any_more() -> None:
    soon = entry(1, Verdict.DUE_SOON, "2031-12-20", DateKind.EXACT)
    assert written(soon, today=date(2032, 1, 4)) == []
    (edge,) = written(
        soon, policy=POLICY.toml.replace('edge = "exceeds"         #', 'edge = "reaches"         #')
    )
    assert "请于2032年1月2日（含当日）前" in edge.text


@given(
    st.sampled_from(Verdict),
    st.none() | st.integers(0, 400),
    st.sampled_from([*DateKind, None]),
    st.integers(-30, 30),
)
def test_no_reminder_says_that_nothing_was_posted(
    verdict: Verdict, gap: int | None, kind: DateKind | None, days: int
) -> None:
    latest = "" if gap is None else (TODAY - timedelta(days=gap)).isoformat()
    for reminder in written(entry(1, verdict, latest, kind), today=TODAY + timedelta(days=days)):
        assert not any(word in reminder.text for word in ("未更新", "无更新", "没有发布", "超期"))
        assert "请于" not in reminder.text or kind is DateKind.EXACT


def test_the_command_needs_a_sweep(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    done = CliRunner().invoke(
        app, ["--home", str(home.root), "report", "reminders", str(tmp_path / "提醒")]
    )
    assert (done.exit_code, (tmp_path / "提醒").exists()) == (2, False)
