"""检查情况的报告: what an office reports to the one above it, opened again by other programs."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from docx import Document
from offices import Office, filed
from openpyxl import load_workbook

from mediawatch.domain import (
    Code,
    FiledStatus,
    NewAccount,
    RegistryChanges,
    Source,
    Sweep,
    SweepState,
    UpdatedAccount,
    Verdict,
)
from mediawatch.domain.clock import day_end, day_start
from mediawatch.ports import Store
from mediawatch.publish.upward import UpwardRow, assert_rows
from mediawatch.rules.policy import load

STALE = [Code.STALE_2W]
BEFORE, AS_OF, LATER = date(2022, 9, 30), date(2022, 12, 31), date(2023, 2, 20)
SETTINGS = 'issuer = "示例市政府办公室"\nreach = "全市"\nsuperior = "示例省政府办公厅"\n'


async def change_registry(store: Store) -> None:
    """Between the two inspections: 7 opens, 5 closes, 6 leaves, 4 is filed of another level."""
    accounts = {account.id: account.filed for account in await store.accounts.all()}
    closed = replace(accounts[5], status=FiledStatus.CLOSED)
    moved = replace(accounts[4], level="市级")
    await store.accounts.apply(
        RegistryChanges(
            source=Source(file="十一月.csv", sha256="1" * 64, at=day_start(date(2022, 11, 1))),
            new=(NewAccount(filed=filed(7, level="县级", type="今日头条", platform="toutiao")),),
            updated=(
                UpdatedAccount(
                    account_id=5, filed=closed, changes=(("status", "running", "closed"),)
                ),
                UpdatedAccount(account_id=4, filed=moved, changes=(("level", "县级", "市级"),)),
            ),
            retired=(6,),
        )
    )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    found = Office.of(
        tmp_path_factory.mktemp("上报"),
        filed(1, level="市级"),
        *(filed(number, level="县级") for number in (2, 3, 4)),
        filed(5, level="市级"),
        filed(6),
    )
    (found.home.root / "office.toml").write_text(SETTINGS, "utf-8")
    return found


def told(office: Office, folder: Path, *words: str) -> tuple[str, list[list[str]]]:
    """The letter's text, and all rows."""
    office.run(
        "report", "upward", "--out", folder / "报告.docx", "--csv", folder / "表.csv", *words
    )
    text = "\n".join(each.text for each in Document(str(folder / "报告.docx")).paragraphs)
    rows = list(csv.reader((folder / "表.csv").read_text("utf-8-sig").splitlines()))
    return text, rows


def test_what_is_unknown_says_so(office: Office, tmp_path: Path) -> None:
    office.sweep(BEFORE, {})
    text, rows = told(office, tmp_path)
    assert (
        "在管政务新媒体共有6个。新增、关停数量不详：没有上一次检查可比，也未指定起始日期。" in text
    )
    assert "已整改数量不详：本次检查尚未印发通报。" in text
    assert rows[-1] == ["层级", "合计", "6", "—", "—", "6", "0", "—"]
    (tmp_path / "早").mkdir()
    early, _ = told(office, tmp_path / "早", "--since", "2021-01-01")
    assert "台账自2022年1月1日起才有记录，晚于2021年1月1日" in early
    assert "--since 2023-01-01 is after the inspection" in office.refused(
        "report", "upward", "--since", "2023-01-01"
    )


def test_the_report_of_a_quarter(office: Office, tmp_path: Path) -> None:
    office.within(change_registry)
    sweep = office.sweep(AS_OF, {1: STALE, 2: STALE, 4: STALE}, verdicts={7: Verdict.UNPROVEN})
    office.issue(sweep, "市1", date(2023, 1, 20), "--preliminary")
    again = office.sweep(LATER, {2: STALE}, only=(1, 2, 4))
    office.run("recheck", "市1", "--sweep", str(again))
    text, rows = told(office, tmp_path, "--sweep", str(sweep), "--date", "2023-03-01")
    assert "示例市政府办公室关于2022年第四季度全市政务新媒体检查情况的报告" in text
    assert "示例省政府办公厅：" in text
    assert "自2022年9月30日以来，新增1个，关停2个（其中1个已移出报送系统台账）。" in text
    assert "检查4个，不合格3个，合格率25.00%。另有1个尚待人工核查，以上为初步结果。" in text
    assert "经复查，不合格账号中已完成整改2个，未整改1个。" in text
    assert "2023年3月1日" in text
    assert rows == [
        ["分列", "名称", "总数", "新增", "关停", "检查数", "不合格数", "已整改"],
        ["平台", "新浪微博", "4", "0", "2", "4", "3", "2"],
        ["平台", "今日头条", "1", "1", "0", "0", "0", "0"],
        ["平台", "合计", "5", "1", "2", "4", "3", "2"],
        ["层级", "市级", "2", "0", "1", "2", "2", "2"],
        ["层级", "县级", "3", "1", "0", "2", "1", "0"],
        ["层级", "（未填报）", "0", "0", "1", "0", "0", "0"],
        ["层级", "合计", "5", "1", "2", "4", "3", "2"],
    ]
    office.run("report", "upward", "--notice", "市1", "--xlsx", tmp_path / "表.xlsx")
    book = load_workbook(tmp_path / "表.xlsx")
    assert book.sheetnames == ["按平台", "按层级"]
    assert [cell.value for cell in list(book["按层级"].rows)[-1]] == ["合计", 5, 1, 2, 4, 3, 2]
    printed = office.run("report", "upward", "--sweep", str(sweep)).stdout
    assert "已整改" in printed


def test_movement_is_told_only_from_a_day_that_the_registry_knows(tmp_path: Path) -> None:
    """The first import is of noon, the inspection before it of a day that nobody imported on."""
    office = Office.of(tmp_path)
    noon = day_start(date(2022, 10, 8)) + timedelta(hours=12)

    async def prepare(store: Store) -> None:
        source = Source(file="台账.csv", sha256="2" * 64, at=noon)
        new = tuple(NewAccount(filed=filed(number)) for number in (1, 2))
        await store.accounts.apply(RegistryChanges(source=source, new=new))
        sources = [kept.at for kept, _ in await store.accounts.sources()]
        assert sources == [noon]
        accounts = await store.accounts.all()
        before = Sweep(
            as_of=day_end(BEFORE),
            policy="national",
            policy_toml=load("national").toml,
            started_at=noon + timedelta(hours=1),
        )
        opened = await store.sweeps.open(before, accounts)
        await store.sweeps.close(opened.id, SweepState.FINISHED, noon + timedelta(hours=2))

    office.within(prepare)
    office.sweep(AS_OF, {})
    unknown = "新增、关停数量不详：台账自2022年10月8日起才有记录，晚于2022年9月30日。"
    for folder, words in (("上次", ()), ("同日", ("--since", str(BEFORE)))):
        (tmp_path / folder).mkdir()
        assert unknown in told(office, tmp_path / folder, *words)[0]
    text, _ = told(office, tmp_path, "--since", "2022-10-08")
    assert "自2022年10月8日以来，新增0个，关停0个。" in text


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([(5, 0, 2, 4, 3, 2)], "新增 of the parts"),
        ([(4, 1, 2, 4, 3, 2)], "总数 of the parts"),
        ([(5, 1, 2, 4, 3, None)], "已整改 of the parts"),
        ([(3, 1, 2, 4, 3, 2), (2, 0, 0, 0, 0, 0)], "out of order"),
    ],
)
def test_numbers_that_do_not_agree_never_leave(
    parts: list[tuple[int | None, ...]], said: str
) -> None:
    def row(numbers: tuple[int | None, ...]) -> UpwardRow:
        total, opened, closed, checked, failed, rectified = numbers
        return UpwardRow(
            name="示例",
            total=total,
            opened=opened,
            closed=closed,
            checked=checked or 0,
            failed=failed or 0,
            rectified=rectified,
        )

    with pytest.raises(AssertionError, match=said):
        assert_rows("平台", [row(each) for each in parts], row((5, 1, 2, 4, 3, 2)))
