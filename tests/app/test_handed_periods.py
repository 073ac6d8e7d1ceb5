"""Inspections of a period (时段制) are collected as those of a moment; the two are never mixed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from commands import in_process
from docx import Document as WordDocument
from handed_offices import AS_OF, LowerOffice, filed_in, settings_of, told_by
from offices import Office, reading
from openpyxl import load_workbook

from mediawatch.domain import Code, Post
from mediawatch.domain.clock import day_start
from mediawatch.rules.policy import load

OFFICE = 'issuer = "示例省政府办公厅"\nreach = "全省"\nlevel = "省"\n'
A, B = "长沙市", "株洲市"
SINCE = date(2022, 10, 1)
OF_A = [
    filed_in(A, number, platform_id=f"100{number}", platform="weibo", type="新浪微博")
    for number in (1, 2, 3)
]
OF_B = [filed_in(B, number) for number in (4, 5)]


@pytest.fixture
def lower(tmp_path: Path) -> tuple[LowerOffice, LowerOffice]:
    return LowerOffice(tmp_path, A), LowerOffice(tmp_path, B)


@pytest.fixture
def office(tmp_path: Path, lower: tuple[LowerOffice, LowerOffice]) -> Office:
    """The office above, which has A's accounts by their ids as 1, 2 and 3."""
    upper = Office.of(tmp_path, *OF_A, *OF_B)
    (upper.home.root / "office.toml").write_text(OFFICE, "utf-8")
    text = settings_of(lower, period_from=str(SINCE))
    (upper.home.root / "offices.toml").write_text(text, "utf-8")
    return upper


def circular(office: Office, *words: str) -> str:
    target = office.home.root.parent / "通报.docx"
    office.run("collect", "circular", "--out", target, "--force", *words)
    return "\n".join(each.text for each in WordDocument(str(target)).paragraphs)


def test_a_period_is_collected_and_printed_as_one(
    office: Office, lower: tuple[LowerOffice, LowerOffice]
) -> None:
    rules = load("hunan")
    files = [
        *lower[0].send(told_by(OF_A, {0: Code.STALE_2W}, since=SINCE, policy=rules)),
        *lower[1].send(told_by(OF_B, since=SINCE, policy=rules)),
    ]
    text = settings_of(lower, period_from=str(SINCE), policy="hunan")
    (office.home.root / "offices.toml").write_text(text, "utf-8")
    assert "2 files accepted" in office.run("collect", "add", "--by", "丙某", *files).stdout
    text = circular(office)
    assert "检查时段为2022年10月1日至12月31日。据各地区、各部门报送，在管政务新媒体共5个" in text
    assert "检查时段内更新间隔超过2周" in text
    assert "监测时间点" not in text, "of a period its rules speak in other words"
    assert "检查时段2022年10月1日至12月31日" in office.run("collect", "offices").stdout


@pytest.mark.parametrize(
    ("since", "says"),
    [
        (None, "监测时间点为2022年12月31日，本次统一为检查时段2022年10月1日至12月31日"),
        (date(2022, 11, 1), "检查时段为2022年11月1日至12月31日，本次统一为2022年10月1日至12月31日"),
    ],
)
def test_another_period_or_a_moment_is_refused(
    office: Office, lower: tuple[LowerOffice, LowerOffice], since: date | None, says: str
) -> None:
    files = lower[0].send(told_by(OF_A, since=since))
    done = in_process("--home", office.home.root, "collect", "add", "--by", "丙某", *files)
    assert done.returncode == 1
    assert says in done.stderr


def test_a_round_that_becomes_one_of_a_period_needs_its_files_anew(
    office: Office, lower: tuple[LowerOffice, LowerOffice]
) -> None:
    (office.home.root / "offices.toml").write_text(settings_of(lower), "utf-8")
    office.run("collect", "add", "--by", "丙某", *lower[0].send(told_by(OF_A)))
    text = settings_of(lower, period_from=str(SINCE))
    (office.home.root / "offices.toml").write_text(text, "utf-8")
    assert "监测时间点为2022年12月31日" in office.refused("collect", "figures")


def failed(office: Office) -> str:
    """不合格数 of the whole."""
    rows = office.run("collect", "figures").stdout.splitlines()
    return next(row.split()[4] for row in rows if row.split()[:1] == ["合计"])


def see(office: Office, day: date) -> None:
    """A post of the first account becomes known."""
    seen = Post(on=day, at=day_start(day), id=str(day))
    look = reading(1, day_start(date(2023, 1, 3)), None, seen)
    office.within(lambda store: store.readings.keep(look))


def test_a_post_within_the_reported_gap_takes_it_off(
    office: Office, lower: tuple[LowerOffice, LowerOffice]
) -> None:
    """The gap is said to be from 1 to 31 December: neither of its ends contradicts it."""
    files = lower[0].send(told_by(OF_A, {0: Code.STALE_2W}, since=SINCE))
    office.run("collect", "add", "--by", "丙某", *files)
    for day, left in (
        (date(2022, 11, 20), "1"),
        (date(2022, 12, 1), "1"),
        (date(2022, 12, 2), "0"),
    ):
        see(office, day)
        assert failed(office) == left, day


def test_a_gap_of_unknown_place_is_open_once_the_period_shows_a_post(
    office: Office, lower: tuple[LowerOffice, LowerOffice]
) -> None:
    """Hand-offs of earlier versions do not say from which day a gap counts."""
    document = told_by(OF_A, {0: Code.STALE_2W}, since=SINCE)
    del document["findings"][0]["gap_since"]
    office.run("collect", "add", "--by", "丙某", *lower[0].send(document))
    assert failed(office) == "1"
    see(office, date(2022, 11, 20))
    assert failed(office) == "0"


def differences(office: Office, number: int) -> dict[str, str]:
    """By sheet and account what is said of it."""
    target = office.home.root.parent / "核对.xlsx"
    words = ("collect", "differences", "--sweep", str(number), "--out", target, "--force")
    office.run(*words)
    book = load_workbook(target)
    return {
        f"{sheet} {row[2]}": str(row[-1])
        for sheet in ("待核对", "不可比")
        for row in book[sheet].iter_rows(min_row=4, values_only=True)
        if row[2]
    }


def test_differences_of_one_period_are_told_and_of_another_not_compared(
    office: Office, lower: tuple[LowerOffice, LowerOffice]
) -> None:
    files = lower[0].send(told_by(OF_A, {0: Code.STALE_2W}, since=SINCE))
    office.run("collect", "add", "--by", "丙某", *files)
    failed = {2: [Code.STALE_2W]}
    same = differences(office, office.sweep(AS_OF, failed, only=[1, 2, 3], since=SINCE))
    assert same == {
        "待核对 长沙市第1号": "本级未发现该账号更新超期",
        "待核对 长沙市第2号": "本级认定“超2周未更新”，报送单位的结论为正常更新；其间可能删除过内容",
    }
    moment = differences(office, office.sweep(AS_OF, failed, only=[1, 2, 3]))
    assert moment.keys() == {f"不可比 长沙市第{number}号" for number in (1, 2, 3)}
    assert set(moment.values()) == {
        "检查时段不同（报送单位检查时段2022年10月1日至12月31日，本级监测时间点2022年12月31日）"
    }


def test_a_period_that_ends_before_it_begins_is_refused(
    office: Office, lower: tuple[LowerOffice, LowerOffice]
) -> None:
    text = settings_of(lower, period_from="2023-01-01")
    (office.home.root / "offices.toml").write_text(text, "utf-8")
    assert "period_from 2023-01-01 is after as_of 2022-12-31" in office.refused(
        "collect", "offices"
    )
