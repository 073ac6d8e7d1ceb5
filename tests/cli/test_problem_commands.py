"""`mediawatch problem` over a real home, from one person's look to the re-check of the notice."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from review_homes import mediawatch, within
from worklists import GH, POLICY, Inspection, filed, png

from mediawatch.domain import Sweep, SweepKind, SweepState
from mediawatch.domain.clock import beijing
from mediawatch.ops.settings import Home
from mediawatch.ports import Store

HOST_NOW = datetime.now(UTC)
AS_OF = HOST_NOW - timedelta(days=3)
NAME = "示例市第1测试局"
KIND = ("--kind", "互动回应差")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home").create()

    async def work(store: Store) -> None:
        await Inspection.of(store, made.root, [filed(1), filed(2)], as_of=AS_OF)

    within(made, work)
    return made


def picture(folder: Path, colour: int) -> Path:
    path = folder / f"{colour}.png"
    path.write_bytes(png(colour))
    return path


def found(home: Home, by: str, *more: str, colour: int = 1) -> tuple[int, str]:
    """Exit code, and all that was printed."""
    shot = picture(home.root.parent, colour)
    words = ("problem", "add", NAME, *KIND, "--by", by, "--picture", str(shot), "--id-seen", GH)
    done = mediawatch(home, *words, *more)
    return done.exit_code, done.output


def listed(home: Home, *more: str) -> list[dict[str, str]]:
    path = home.root.parent / "表.csv"
    assert mediawatch(home, "problem", "list", "--csv", str(path), "--force", *more).exit_code == 0
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def version(home: Home) -> str:
    path = home.root.parent / "审.csv"
    assert mediawatch(home, "review", "list", "--csv", str(path), "--force").exit_code == 0
    (row,) = csv.DictReader(path.read_text("utf-8-sig").splitlines())
    return row["编号"]


def test_from_one_look_to_the_recheck(home: Home, tmp_path: Path) -> None:
    code, said = found(home, "甲某", "--words", "评论区关闭")
    assert (code, "one person found it" in said) == (0, True), said
    (row,) = listed(home)
    assert (row["认定程度"], row["尚缺"]) == ("一人所见", "第二人核查（由甲某以外的人员）")
    assert (
        "“互动回应差”的第二人核查：须由甲某以外的人员检查。"
        in mediawatch(home, "explain", NAME).output
    )
    code, said = found(home, "乙某", colour=2)
    assert (code, "two persons found it" in said) == (0, True), said
    (row,) = listed(home)
    assert (row["认定程度"], row["尚缺"], row["审核状态"]) == (
        "两人所见", "核实：未下发核实", "疑似",
    )  # fmt: skip
    shown = mediawatch(home, "show", NAME).output
    assert "人工检查 甲某：互动回应差 存在（评论区关闭）" in shown
    explained = mediawatch(home, "explain", NAME).output
    assert "人工检查（乙某）：互动回应差 存在，据此认定。" in explained
    key = version(home)
    assert key.startswith("1/interaction_poor@")
    confirm = ("review", "confirm", key, "--without-hearing", "--reason", "约谈时当面确认")
    refused = mediawatch(home, *confirm, "--by", "乙 某")
    assert refused.exit_code == 2
    assert "须由他人认定" in refused.output
    assert mediawatch(home, *confirm, "--by", "丙某").exit_code == 0
    issued = mediawatch(
        home, "notice", "issue", "--number", "示例〔2026〕1号", "--title", "通报", "--by", "丁某",
        "--date", f"{beijing(HOST_NOW):%Y-%m-%d}", "--preliminary",
    )  # fmt: skip
    assert issued.exit_code == 0, issued.output
    _appeal_needs_somebody_else(home)
    code, said = found(home, "戊某", colour=3)
    assert code == 2
    assert "其后的检查属于复查" in said
    _recheck(home, tmp_path)
    taken = mediawatch(home, "problem", "withdraw", NAME, *KIND, "--by", "乙某", "--reason", "看错", "--sweep", "1")  # fmt: skip
    assert taken.exit_code == 0, taken.output
    due = mediawatch(home, "notice", "show", "示例〔2026〕1号").output
    assert "correction due" in due
    assert "乙某人工检查的结果为“撤回”" in due


def _appeal_needs_somebody_else(home: Home) -> None:
    asked = ("notice", "appeal", "示例〔2026〕1号", "1")
    assert mediawatch(home, *asked, "--by", "某局", "--reason", "已开放评论").exit_code == 0
    decide = (*asked, "--result", "rejected", "--reason", "属实")
    refused = mediawatch(home, *decide, "--by", "甲某")
    assert refused.exit_code == 2
    assert "人工核查" in refused.output
    assert mediawatch(home, *decide, "--by", "庚某").exit_code == 0


def _recheck(home: Home, tmp_path: Path) -> None:
    async def again(store: Store) -> int:
        account = (await store.accounts.all())[0]
        later = Sweep(
            as_of=HOST_NOW,
            policy="national",
            policy_toml=POLICY.toml,
            started_at=HOST_NOW,
            kind=SweepKind.RECHECK,
            scope="recheck of 示例〔2026〕1号: account=1",
        )
        sweep = await store.sweeps.open(later, [account])
        await store.sweeps.close(sweep.id, SweepState.FINISHED, HOST_NOW)
        return sweep.id

    number = str(within(home, again))
    assert mediawatch(home, "sweep", "judge", number).exit_code == 0
    again_words = ("recheck", "示例〔2026〕1号", "--sweep", number)
    told = mediawatch(home, *again_words).output
    assert "须人工检查，尚未检查" in told
    assert (
        f"1 problem for people to look at: `mediawatch worklist export FILE.xlsx --sweep {number}`"
        in told
    )
    sheet = tmp_path / "复查.xlsx"
    exported = mediawatch(home, "worklist", "export", str(sheet), "--sweep", number)
    assert "1 of them on the sheet 人工检查" in exported.output
    rows = list(openpyxl.load_workbook(sheet)["人工检查"].iter_rows(values_only=True))
    assert len(rows) == 2
    code, said = found(home, "己某", "--absent", "--sweep", number, colour=9)
    assert code == 0, said
    done = mediawatch(home, *again_words).output
    assert "已完成整改" in done
    assert "未再发现该问题" in done


def test_what_is_wrong_is_told_by_its_option(home: Home) -> None:
    wrong = mediawatch(home, "problem", "add", NAME, "--kind", "互动", "--by", "甲某")
    assert wrong.exit_code == 2
    assert "give one of 互动回应差 (interaction_poor)" in wrong.output
    bare = mediawatch(home, "problem", "add", NAME, *KIND, "--by", "甲某")
    assert bare.exit_code == 2
    assert "--id-seen: “存在”必须填写所见ID" in bare.output
    assert "--picture: “存在”必须附截图" in bare.output
    lost = mediawatch(home, "problem", "add", NAME, *KIND, "--by", "甲某", "--picture", "无.png")
    assert lost.exit_code == 2
    assert "--picture: 无.png does not exist" in lost.output
    none = mediawatch(home, "problem", "withdraw", NAME, *KIND, "--by", "甲某", "--reason", "x")
    assert none.exit_code == 2
    assert "has no answer about 互动回应差" in none.output
    assert mediawatch(home, "problem", "list").output.endswith("无。\n")


def test_the_list_is_written_as_a_workbook(home: Home, tmp_path: Path) -> None:
    found(home, "甲某")
    path = tmp_path / "清单.xlsx"
    assert mediawatch(home, "problem", "list", "--out", str(path)).exit_code == 0
    cells = [cell for row in openpyxl.load_workbook(path).active.values for cell in row]
    assert "互动回应差" in cells
    assert "一人所见" in cells


def test_an_offices_own_code_is_taken_by_options(home: Home) -> None:
    taken = mediawatch(home, "review", "list", "--code", "own_menu")
    assert taken.exit_code == 0, taken.output
    refused = mediawatch(home, "review", "list", "--code", "menu")
    assert refused.exit_code == 2
    assert "there is no code 'menu'" in refused.output


def test_a_kind_is_asked_of_the_accounts_that_are_named(home: Home, tmp_path: Path) -> None:
    listed_ones = tmp_path / "名单.csv"
    listed_ones.write_text("备案单号\n900002\n", "utf-8")
    sheet = tmp_path / "查.xlsx"
    export = ("worklist", "export", str(sheet), "--force", "--problems", "互动回应差")

    def names(*more: str) -> list[str]:
        done = mediawatch(home, *export, *more)
        assert done.exit_code == 0, done.output
        book = openpyxl.load_workbook(sheet)
        if "人工检查" not in book.sheetnames:
            return []
        rows = list(book["人工检查"].iter_rows(values_only=True))
        place = rows[0].index("备案名称")
        return [str(row[place]) for row in rows[1:]]

    assert names() == [NAME, "示例市第2测试局"]
    assert names("--scope", str(listed_ones)) == ["示例市第2测试局"]
    assert names("--region", "甲示例市", "--sample", "1") in ([NAME], ["示例市第2测试局"])
    assert names("--region", "别处") == []
    alone = mediawatch(home, "worklist", "export", str(sheet), "--force", "--sample", "3")
    assert alone.exit_code == 2
    assert "choose accounts for --problems" in alone.output


def test_who_decides_is_one_person_and_surely_another(home: Home) -> None:
    code, said = found(home, "甲某（复核）")
    assert (code, "--by: 姓名中不能有括号" in said) == (2, True), said
    for by, colour in (("甲某", 1), ("乙某", 2)):
        assert found(home, by, colour=colour)[0] == 0
    for by, words in (
        ("甲某、丙某", "names several persons"),
        ("甲某科长", "has a title"),
        ("大甲某", "所依据的人工核查由甲某（与“大甲某”姓名互相包含，不能确定是另一人）本人作出"),
    ):
        done = mediawatch(home, "review", "confirm", version(home), "--by", by)
        assert (done.exit_code != 0, words in done.output) == (True, True), done.output
