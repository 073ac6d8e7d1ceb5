"""`workdays.toml`: the State Council's notice of a year, as an office copies it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from offices import filed

from mediawatch import workdays
from mediawatch.app import open_app
from mediawatch.domain import FiledStatus, UserError
from mediawatch.ops.settings import Home
from mediawatch.ops.settings.holidays import read_office_days
from mediawatch.publish.notices.deadlines import deadline
from mediawatch.rules.policy import load
from mediawatch.rules.verdicts import FiledStanding, filed_standing

OF_2026 = """\
[2026]
work = "1月4日（周日）、2月14日（周六）、2月28日（周六）、5月9日（周六）、9月20日（周日）、10月10日（周六）上班"
[2026.off]
"元旦" = "1月1日（周四）至3日（周六）放假调休，共3天"
"春节" = "2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）"
"清明节" = "4月4日（周六）至6日（周一）放假，共3天。"
"劳动节" = "5月1日至5日"
"端午节" = "6月19日至21日"
"中秋节" = "9月25日至27日"
"国庆节" = "10月1日至7日"
"""
OF_2032 = """\
# made up: nobody has announced it
[2032]
work = ["2月7日（星期六）", "10月9日"]
[2032.off]
"元旦" = "2031年12月31日至2032年1月2日"
"春节" = "2月10日至17日"
"清明节" = "4月4日"
"劳动节" = "5月1日至5日"
"端午节" = "6月12日至14日"
"中秋节" = "9月19日"
"国庆节" = "10月1日至7日"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def write(home: Home, text: str) -> Path:
    path = home.root / workdays.FILE
    path.write_text(text, encoding="utf-8")
    return path


def test_a_year_of_the_office_counts_in_every_term(home: Home) -> None:
    write(home, OF_2032)
    with pytest.raises(UserError, match="does not have 2032 yet"):
        deadline("+2工作日", date(2032, 2, 6))
    with workdays.office_calendar(read_office_days(home.root)):
        assert workdays.knows(2032)
        assert not workdays.knows(2031)
        # Saturday the 7th is worked; the festival begins on the 10th.
        assert deadline("+3工作日", date(2032, 2, 6)) == date(2032, 2, 18)
        assert workdays.working_days_before(date(2032, 2, 18), 2) == date(2032, 2, 7)
        assert not workdays.is_working_day(date(2031, 12, 31))
        assert workdays.festivals_between(date(2032, 2, 1), date(2032, 10, 1)) == ("春节", "国庆节")
    assert not workdays.knows(2032)


async def test_a_home_counts_by_its_own_file_while_it_is_open(home: Home) -> None:
    write(home, OF_2032)
    async with open_app(home, clock=lambda: datetime(2032, 1, 5, tzinfo=UTC)):
        assert workdays.knows(2032)
    assert not workdays.knows(2032)


def test_the_notice_of_a_known_year_agrees_with_the_table(home: Home) -> None:
    write(home, OF_2026)
    days = read_office_days(home.root)
    assert len(days.off) == 33
    assert len(days.work) == 6


SAYS = "of chinesecalendar: correct the file, or write replaces = true"


@pytest.mark.parametrize(
    ("year", "old", "new", "told"),
    [
        ("2026", "5月1日至5日", "5月1日至4日", f"2026-05-05 is a working day there and off in the calendar {SAYS}"),
        ("2032", '"4月4日"', '"4月31日"', "off '清明节': 4月31日 is no day of 2032"),
        ("2032", '"4月4日"', '"4月4号"', "off '清明节': '4月4号' cannot be read"),
        ("2032", '"4月4日"', '"4月4日（周六）"', "2032-04-04 is a 周日, not a 周六"),
        ("2032", '"5月1日至5日"', '"5月1日至5日，共4天"', "are 5 days, not 4"),
        ("2032", '"5月1日至5日"', '"5月5日至1日"', "is no holiday: from the first day to the last"),
        ("2032", '"5月1日至5日"', '"5月2日至5日"', "5月1日 is a holiday in every year, and is missing"),
        ("2032", '"5月1日至5日"', '"5月1日至5日"\n"植树节" = "5月3日"', "2032-05-03 stands in '劳动节' and in '植树节'"),
        ("2032", '"清明节" = "4月4日"', "", "清明节 is missing: a year counts only when"),
        ("2032", '"4月4日"', '"6月4日"', "2032-06-04 is no day of 清明节"),
        ("2032", '"10月9日"', '"10月3日"', "2032-10-03 is off (国庆节) and stands in work, too"),
        ("2032", '"10月9日"', '"10月11日"', "2032-10-11 is a Monday, a working day in any case"),
        ("2032", "[2032]", "[32]", "[32] is no year"),
        ("2032", "work =", "working =", "2032.working: Extra inputs are not permitted"),
        ("2032", "2031年", "2029年", "2029 is not the year of the table"),
    ],
)  # fmt: skip
def test_a_slip_in_the_file_is_named_with_its_day(
    home: Home, year: str, old: str, new: str, told: str
) -> None:
    text = {"2026": OF_2026, "2032": OF_2032}[year]
    changed = text.replace("[2032.off]", "[32.off]") if new == "[32]" else text
    path = write(home, changed.replace(old, new, 1))
    with pytest.raises(UserError) as refused:
        read_office_days(home.root)
    assert str(path) in str(refused.value)
    assert told in str(refused.value)


def test_an_office_may_replace_a_year_of_the_table(home: Home) -> None:
    write(
        home,
        OF_2026.replace("5月1日至5日", "5月1日至4日").replace("[2026]", "[2026]\nreplaces = true"),
    )
    with workdays.office_calendar(read_office_days(home.root)):
        assert workdays.is_working_day(date(2026, 5, 5))
    assert not workdays.is_working_day(date(2026, 5, 5))


def test_a_closing_runs_on_while_an_unknown_festival_may_lie_in_it(home: Home) -> None:
    """An account in closing is judged only once its term is surely over."""
    policy, asked = load("national"), date(2032, 1, 30)
    closing = filed(1, status=FiledStatus.CLOSING, closing_requested_on=asked)

    def last_day() -> date:
        days = (asked + timedelta(days=number) for number in range(60))
        return max(
            day for day in days if filed_standing(closing, day, policy) is FiledStanding.CLOSING
        )

    unknown = last_day()
    write(home, OF_2032)
    with workdays.office_calendar(read_office_days(home.root)):
        known = last_day()
    # Fifteen working days; 春节 takes six of the weekdays, and one Saturday is worked.
    assert (known, unknown) == (date(2032, 2, 27), date(2032, 3, 1))


def test_an_unknown_year_says_which_file_in_which_form(home: Home) -> None:
    with pytest.raises(UserError) as refused:
        deadline("+10工作日", date(2032, 1, 5))
    assert workdays.FILE in str(refused.value)
    assert '[2032] work = ["2月14日", …] and [2032.off] "元旦" = "1月1日至3日"' in str(
        refused.value
    )
