"""What an office of a level gets: its parts, in every paper and in every split."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from docx import Document
from offices import Office, filed

from mediawatch.domain import Code, Filing, Verdict
from mediawatch.publish.naming import name_account

STALE = [Code.STALE_2W]
AS_OF = date(2022, 12, 31)
SETTINGS = """
level = "市"
reach = "全市"
issuer = "示例市人民政府办公室"
regions = ["丙区", "乙县", "丁县"]
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    found = Office.of(
        tmp_path_factory.mktemp("市"),
        filed(1, county="市本级", organiser="甲市第一局"),
        filed(2, county="乙县"),
        filed(3, county="丙区"),
        filed(4, county="乙县"),
        filed(5, organiser="支队", supervisor="甲市第二局"),
        filed(6, organiser="某镇政府", level="县级"),
    )
    (found.home.root / "office.toml").write_text(SETTINGS, "utf-8")
    found.sweep(AS_OF, {2: STALE, 5: STALE}, verdicts={6: Verdict.UNPROVEN})
    return found


PARTS = [
    "丙区", "乙县", "丁县", "县区小计", "甲市第一局", "甲市第二局", "市直部门小计", "（县区未填报）", "合计",
]  # fmt: skip


def test_the_table_has_regions_first_and_departments_after(office: Office, tmp_path: Path) -> None:
    rows = office.sheets()["检查情况统计表"]
    start = next(number for number, row in enumerate(rows) if row[0] == "序号")
    table = {str(row[1]): row for row in rows[start + 1 :]}
    assert list(table) == PARTS
    assert [table[name][2:4] for name in ("乙县", "县区小计", "市直部门小计", "合计")] == [
        (2, 2), (3, 3), (2, 2), (6, 5),
    ]  # fmt: skip
    assert [str(row[0] or "") for row in table.values()] == [
        "1",
        "2",
        "3",
        "",
        "4",
        "5",
        "",
        "6",
        "",
    ]
    office.run("report", "docx", "--out", tmp_path / "通报.docx")
    word = Document(str(tmp_path / "通报.docx"))
    assert [row.cells[1].text for row in word.tables[0].rows[1:]] == PARTS
    text = "\n".join(each.text for each in word.paragraphs)
    assert "合格率为100%的地区有1个：丙区；部门有1个：甲市第一局。" in text
    assert "政务新媒体检查合格率为100%" in text


def test_figures_say_which_regions_and_which_departments(office: Office) -> None:
    told = office.run("figures").stdout
    assert "合格率100%的县区（1个）：丙区" in told
    assert "合格率100%的市直部门（1个）：甲市第一局" in told
    assert "县区小计" not in office.run("figures", "--by", "county").stdout


def test_the_hand_off_tells_regions_from_departments(office: Office) -> None:
    document = office.handoff()
    assert {part["name"]: part["group"] for part in document["figures"][0]["parts"]} == {
        "丙区": "地区", "乙县": "地区", "丁县": "地区", "甲市第一局": "部门", "甲市第二局": "部门",
        "（县区未填报）": "未填报",
    }  # fmt: skip
    assert {part["group"] for part in document["figures"][1]["parts"]} == {""}
    assert [one["region"] for one in document["scope"]["accounts"]] == [
        "甲市第一局", "乙县", "丙区", "乙县", "甲市第二局", "（县区未填报）",
    ]  # fmt: skip


def test_what_goes_out_is_split_by_the_same_parts(office: Office, tmp_path: Path) -> None:
    number = "市1"
    office.issue(1, number, date(2023, 1, 20), "--preliminary")

    def files(folder: str, *words: str | Path) -> list[str]:
        place = tmp_path / folder
        place.mkdir()
        office.run(*words)
        return sorted(path.stem.partition("-")[2] for path in place.iterdir())

    def report(*by: str) -> list[str]:
        folder = f"反馈{''.join(by)}"
        out = ("--out", tmp_path / folder)
        return files(folder, "notice", "feedback", "export", number, *out, *by)

    assert report() == ["乙县", "甲市第二局"]
    assert report("--by", "prefecture") == ["甲市"]
    asked = ("worklist", "export", tmp_path / "清单" / "清单.xlsx")
    assert files("清单", *asked) == ["（县区未填报）"]
    one = ("worklist", "export", tmp_path / "一份" / "清单.xlsx", "--by", "whole")
    assert files("一份", *one) == [""]


def test_suspects_go_to_the_same_parts(office: Office, tmp_path: Path) -> None:
    later = office.sweep(date(2023, 3, 31), {3: STALE, 1: STALE}, confirm=False)
    sent = ("findings", "dispatch", tmp_path / "核实", "--person", "丁某", "--sweep", str(later))
    office.run(*sent)
    assert sorted(path.stem for path in (tmp_path / "核实").iterdir()) == [
        "核实-丙区", "核实-甲市第一局",
    ]  # fmt: skip
    office.run(*sent, "--by", "unit", "--overwrite")


def test_a_sample_is_drawn_from_the_same_parts(office: Office) -> None:
    drawn = office.run("scope", "--take", "1个", "--seed", "一").stdout
    assert all(
        name in drawn for name in ("丙区", "乙县", "甲市第一局", "甲市第二局", "（县区未填报）")
    )
    assert "抽查5个账号" in drawn.replace(" ", "")
    assert "抽查1个账号" in office.run(
        "scope", "--take", "1个", "--seed", "一", "--by", "none"
    ).stdout.replace(" ", "")
    only = office.run("scope", "--take", "地区=乙县 全部").stdout
    assert "2个账号" in only


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ({"prefecture": "拉萨市", "county": "达孜区", "organiser": "示例局"}, "示例局“示例”"),
        ({"prefecture": "拉萨市", "county": "达孜区"}, "拉萨市达孜区“示例”"),
        ({"prefecture": "拉萨市", "county": "市本级"}, "拉萨市“示例”"),
        ({"prefecture": "自治区直属", "county": "自治区直属"}, "自治区直属“示例”"),
        ({"county": "乙县", "township": "丙镇"}, "乙县丙镇“示例”"),
        ({}, "“示例”"),
    ],
)
def test_a_text_names_the_place_where_no_body_is_filed(place: dict[str, str], named: str) -> None:
    assert name_account(Filing(name="示例", platform="weibo", **place)) == named  # type: ignore[arg-type]
