"""A night before it begins: who is due, what fits, who is left to people; and the command that says
so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mediawatch.cli import app
from mediawatch.domain import Account, AccountState, Attestation, Filing, Outcome, Pace
from mediawatch.domain.clock import next_time
from mediawatch.ports import SurfaceFacts
from mediawatch.rules.due import DueReason
from mediawatch.rules.policy import load
from mediawatch.sweep.gate.pacing import as_declared
from mediawatch.sweep.plan import SweepPlan, duration, plan
from mediawatch.sweep.rates import LookRates
from mediawatch.sweep.request import Request

NOW = datetime.fromisoformat("2026-03-05T22:00:00+08:00")
POLICY = load("national")
SLOW = Pace(10.0)


def facts(pace: Pace) -> SurfaceFacts:
    return SurfaceFacts(
        name="weibo.desktop",
        label="示例",
        attested=Attestation.RECORDED,
        needs_login=True,
        shows_all=False,
        shows_all_logged_in=True,
        pace=pace,
    )


def account(number: int, name: str = "示例") -> Account:
    return Account(id=number, filed=Filing(name=f"{name}{number}", platform="weibo"))


def read(
    number: int,
    *,
    days_ago: int,
    latest: int,
    outcome: Outcome = Outcome.OK,
    second_look: bool = False,
) -> AccountState:
    at = NOW - timedelta(days=days_ago)
    latest_on = date(2026, 3, 5) - timedelta(days=latest)
    return AccountState(
        account_id=number,
        latest_on=latest_on,
        original_on=latest_on,
        last_read_at=at,
        last_outcome=outcome,
        exact_read_at=at,
        name_read_at=at,
        second_look=second_look,
    )


def planned(
    states: dict[int, AccountState],
    accounts: list[Account],
    pace: Pace = SLOW,
    until: datetime | None = None,
) -> SweepPlan:
    def ways(each: Account) -> tuple[SurfaceFacts, ...]:
        return (facts(pace),) if each.filed.name.startswith("示例") else ()

    return plan(
        accounts,
        states,
        Request(policy=POLICY, nightly=True, until=until),
        NOW,
        LookRates(ways=ways, pace_of=as_declared),
    )


def test_who_is_due_and_why_the_most_urgent_first() -> None:
    states = {
        1: read(1, days_ago=1, latest=1),
        2: read(2, days_ago=1, latest=10),
        3: read(3, days_ago=1, latest=3, outcome=Outcome.CAPTCHA),
        4: read(4, days_ago=1, latest=20, second_look=True),
    }
    found = planned(states, [account(number) for number in range(1, 6)])
    assert found.due[0].account.id == 5, "never read"
    why = {each.account.id: each.why for each in found.due}
    assert {
        5: DueReason.NEVER_READ,
        2: DueReason.GAP,
        3: DueReason.IN_VAIN,
        4: DueReason.SECOND_LOOK,
    }.items() <= why.items()
    assert why.get(1, DueReason.IDENTITY) is DueReason.IDENTITY
    assert found.in_scope == 5


@pytest.mark.parametrize(
    ("pace", "until", "fitting"),
    [
        (Pace(60.0), None, 10),
        (Pace(60.0), NOW + timedelta(minutes=4, seconds=30), 5),
        (Pace(50.0, jitter=20.0), NOW + timedelta(minutes=4, seconds=30), 5),
        (Pace(1.0, per_hour=60), NOW + timedelta(minutes=4, seconds=30), 5),
        (Pace(1.0, per_day=3), None, 3),
    ],
)
def test_what_fits_the_window_and_the_caps(
    pace: Pace, until: datetime | None, fitting: int
) -> None:
    found = planned({}, [account(number) for number in range(10)], pace, until)
    assert len(found.outside) == 10 - fitting
    assert found.minutes["weibo.desktop"] == pytest.approx(fitting * pace.mean / 60)


def test_surfaces_that_share_a_pace_share_its_day() -> None:
    shared = replace(facts(Pace(60.0, per_day=3)), paced_as="weibo.login")
    other = replace(shared, name="weibo.other")
    found = plan(
        [account(number) for number in range(4)],
        {},
        Request(policy=POLICY),
        NOW,
        LookRates(
            ways=lambda each: (shared if each.id % 2 else other,),
            pace_of=as_declared,
        ),
    )
    assert (len(found.outside), dict(found.minutes)) == (1, {"weibo.login": 3.0})


def test_quiet_hours_are_reckoned_in() -> None:
    """They begin at 23:00, when the first sixty are looked at."""
    found = planned(
        {}, [account(number) for number in range(70)], Pace(60.0, quiet=(time(23), time(6)))
    )
    assert [each.begins for each in found.due[59:62]] == [
        NOW + timedelta(minutes=59),
        NOW + timedelta(hours=8),
        NOW + timedelta(hours=8, minutes=1),
    ]
    assert (found.quiet, found.ends) == (
        {"weibo.desktop": 7 * 60},
        NOW + timedelta(hours=8, minutes=10),
    )
    assert found.sentence == (
        "at least 8.2 hours at the set pace, 7.0 hours of it quiet hours: until 2026-03-06 "
        "06:10 (Beijing)"
    )


def test_how_long_it_takes_is_as_the_plan_says() -> None:
    """Whatever the order: a sweep foretells its end before anybody's turn is known."""
    accounts = [account(number) for number in range(70)] + [account(70, "无门")]
    found = planned({}, accounts, Pace(60.0, quiet=(time(23), time(6)), per_day=65))
    own = facts(Pace(60.0, quiet=(time(23), time(6)), per_day=65))

    def ways(each: Account) -> tuple[SurfaceFacts, ...]:
        return (own,) if each.filed.name.startswith("示例") else ()

    told = duration(accounts[::-1], NOW, LookRates(ways=ways, pace_of=as_declared))
    assert (told.ends, told.quiet, told.sentence) == (found.ends, found.quiet, found.sentence)


def test_to_a_census_everything_is_due() -> None:
    states = {1: read(1, days_ago=0, latest=0), 2: read(2, days_ago=0, latest=0)}
    accounts = [account(1), account(2)]

    def ways(each: Account) -> tuple[SurfaceFacts, ...]:
        return (facts(SLOW),)

    found = {
        census: plan(
            accounts,
            states,
            Request(policy=POLICY, nightly=not census),
            NOW,
            LookRates(ways=ways, pace_of=as_declared),
        ).ends
        - NOW
        for census in (True, False)
    }
    assert found == {True: timedelta(seconds=20), False: timedelta(0)}


def test_who_is_left_to_people_costs_no_time() -> None:
    found = planned({}, [account(1), account(2, "无门")])
    assert [each.id for each in found.for_people] == [2]
    assert found.outside == ()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("23:30", "2026-03-05T23:30+08:00"),
        ("06:00", "2026-03-06T06:00+08:00"),
        ("22:00", "2026-03-06T22:00+08:00"),
    ],
)
def test_the_windows_end_is_the_next_time_of_that_name(text: str, at: str) -> None:
    assert next_time(text, NOW) == datetime.fromisoformat(at)
    with pytest.raises(ValueError, match="06:00"):
        next_time("late", NOW)


def test_the_command_names_reasons_minutes_and_lone_accounts(tmp_path: Path) -> None:
    registry = tmp_path / "registry.csv"
    registry.write_text(
        (
            "政务新媒体名称,类型,平台ID\n示例发布,今日头条,"
            "MS4wLjABAAAAExampleAExampleExampleExampleExampleA\n示例快手,快手,\n"
        ),
        "utf-8",
    )
    runner, home = CliRunner(), ["--home", str(tmp_path / "home")]
    assert runner.invoke(app, [*home, "init"]).exit_code == 0
    assert runner.invoke(app, [*home, "registry", "import", str(registry)]).exit_code == 0
    for unread in ("25:00", ""):  # an unset variable in a crontab is no open end
        refused = runner.invoke(app, [*home, "plan", "--until", unread])
        assert (refused.exit_code, "is not a time of day" in refused.stderr) == (2, True)
    shown = runner.invoke(app, [*home, "plan", "--until", "06:00"])
    assert shown.exit_code == 0, shown.output
    assert "2 of 2 accounts are due" in shown.output
    assert "never read" in shown.output
    assert "toutiao.profile" in shown.output
    assert "示例发布" not in shown.output
    listed = runner.invoke(app, [*home, "plan", "--list"])
    told = {
        line.split()[2]: line
        for line in listed.output.splitlines()
        if "示例" in line and "never read" in line
    }
    assert told.keys() == {"示例发布", "示例快手"}
    assert "toutiao.profile" in told["示例发布"]
    assert "1 for people (no id, link or login leads to them): 示例快手" in shown.output
