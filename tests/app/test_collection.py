"""What came in, put together: figures, lists and the circular say whose each number is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from docx import Document as WordDocument
from handed_offices import AS_OF, LowerOffice, filed_in, settings_of, told_by
from offices import FRESH, Office
from openpyxl import Workbook, load_workbook

from mediawatch.domain import Code, FiledStatus, Filing, Sweep, SweepState
from mediawatch.domain.clock import day_end
from mediawatch.ports import Store
from mediawatch.rules.policy import load
from mediawatch.sweep import scope_files
from mediawatch.sweep.scope import registry_totals

OFFICE = 'issuer = "示例省政府办公厅"\nreach = "全省"\nlevel = "省"\n'
A, B, C, D = "长沙市", "株洲市", "省教育厅", "衡阳市"


def of_department(number: int) -> Filing:
    return filed_in(C, number, prefecture="", organiser=C, supervisor=C)


ACCOUNTS = {
    A: [filed_in(A, number) for number in range(1, 7)],
    B: [filed_in(B, number) for number in range(7, 13)],
    C: [of_department(number) for number in range(13, 17)],
    D: [filed_in(D, number) for number in range(17, 20)],
}
REGISTRY = [each for accounts in ACCOUNTS.values() for each in accounts]
"""Our own numbers follow this order, from 1."""


@dataclass
class Round:
    office: Office
    root: Path
    own: int
    """The number of our own inspection."""

    @cached_property
    def figures(self) -> Workbook:
        target = self.root / "汇总.xlsx"
        self.office.run("collect", "figures", "--out", target, "--sweep", str(self.own))
        return load_workbook(target)

    def sheet(self, name: str) -> list[tuple[Any, ...]]:
        return list(self.figures[name].iter_rows(values_only=True))

    def circular(self, *words: str) -> tuple[list[str], list[list[list[str]]]]:
        """The paragraphs and the tables of the circular."""
        target = self.root / "通报.docx"
        self.office.run("collect", "circular", "--out", target, "--force", *words)
        found = WordDocument(str(target))
        tables = [
            [[cell.text for cell in row.cells] for row in table.rows] for table in found.tables
        ]
        return [each.text for each in found.paragraphs], tables


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Round:
    """A: two failed, one of them unnamed; B: one failed, and A's first account, which it calls fresh;
    C: one failed, whose look of ours finds it fresh; D has not sent. One account of A has a
    filing number that we do not have."""
    root = tmp_path_factory.mktemp("省")
    lower = [
        LowerOffice(root, A),
        LowerOffice(root, B),
        LowerOffice(root, C, "部门"),
        LowerOffice(root, D),
    ]
    office = Office.of(root, *REGISTRY)
    (office.home.root / "office.toml").write_text(OFFICE, "utf-8")
    (office.home.root / "offices.toml").write_text(settings_of(lower), "utf-8")
    unknown = filed_in(A, 90)
    of_a = told_by([*ACCOUNTS[A], unknown], {0: Code.STALE_2W, 3: Code.STALE_3M, 4: Code.STALE_2W})
    named = {each["account"]["name"]: each for each in of_a["findings"]}
    named["长沙市第5号"]["unnamed"] = "不在正文点名"
    files = [
        *lower[0].send(of_a),
        *lower[1].send(told_by([*ACCOUNTS[B], ACCOUNTS[A][0]], {2: Code.STALE_2W})),
        *lower[2].send(told_by(ACCOUNTS[C], {1: Code.STALE_2W})),
    ]
    office.run("collect", "add", "--by", "丙某", *files)
    own = office.sweep(AS_OF, {7: [Code.STALE_2W], 9: [Code.STALE_2W]}, only=[3, 7, 9, 14])
    return Round(office, root, own)


def test_every_account_counts_once_and_each_office_has_its_row(collected: Round) -> None:
    rows = collected.sheet("自查统计表")
    assert rows[0][0] == "全省政务新媒体检查情况统计表（据已报送的地区、部门报送）"
    assert "初步结果" in rows[1][0]
    assert "未报送：衡阳市" in rows[1][0]
    figures = {row[1]: row[2:] for row in rows[3:]}
    # A's first account is contested, C's second one is not as our own look found it.
    assert figures[A] == (7, 6, "85.71%", 2, "66.67%", 1)
    assert figures[B] == (6, 6, "100%", 1, "83.33%", 0)
    assert figures[C] == (4, 3, "75.00%", 0, "待核查", 1)
    assert figures["合计"] == (17, 15, "88.24%", 3, "80.00%", 2)
    assert {"地区小计", "省直部门小计"} <= figures.keys()
    assert D not in figures, "who has not sent has no figures"


def test_the_crossed_table_adds_up(collected: Round) -> None:
    _, _, head, *rows = collected.sheet("地区（部门）×平台")
    cells = {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}
    assert cells["合计"]["合计"] == "15/3"
    pairs = [tuple(map(int, cells[name]["新浪微博"].split("/"))) for name in (A, B, C)]
    assert cells["合计"]["新浪微博"] == "/".join(
        str(sum(each)) for each in zip(*pairs, strict=True)
    )


def test_lists_say_whose_finding_it_is_and_leave_out_who_is_unnamed(collected: Round) -> None:
    rows = collected.sheet("自查突出问题名单")[3:]
    assert [(row[1], row[-1]) for row in rows] == [("长沙市第4号", A), ("株洲市第9号", B)]
    shared = collected.sheet("重复报送")[3]
    assert shared[4:] == (f"{A}：不合格；{B}：正常更新", A, "结论相反，按待核查计")
    compared = {row[1]: row[-1] for row in collected.sheet("台账比对")[3:]}
    assert compared["长沙市第90号"] == "本级台账中没有该备案单号和平台标识"
    assert compared["衡阳市第17号"] == "本级台账在管，无单位报送"


def test_the_circular_keeps_both_halves_apart(collected: Round) -> None:
    said, tables = collected.circular("--sweep", str(collected.own), "--date", "2023-01-20")
    text = "\n".join(said)
    assert "应报送检查结果的地区（部门）有4个，已报送3个，尚未报送1个：衡阳市。" in text
    assert "以下为已报送的地区、部门的初步结果。" in text
    assert (
        "据已报送的地区、部门报送，在管政务新媒体共17个，检查15个（检查率88.24%），"
        "发现不合格3个，合格率80.00%。"
    ) in text
    assert (
        "有1个政务新媒体由两个以上地区（部门）报送，各计入一次，其中1个结论相反，待核对。" in text
    )
    assert "有1个政务新媒体报送为不合格，与本级掌握的情况不同，待核对" in text
    own = text.index("（二）本级抽查发现的问题")
    reported = text.index("（一）各地区、各部门自查发现的问题")
    assert reported < own < text.index("株洲市第7号")
    body = text[: text.index("附件：")]
    assert "长沙市第4号" not in body, "by name only what we found ourselves"
    assert [len(table) for table in tables][:2] == [7, 3]
    assert tables[1][0][-1] == "报送单位"
    assert all("长沙市第5号" not in cell for table in tables for row in table for cell in row)


def round_of(root: Path, documents: dict[str, Any], **more: Any) -> Round:
    """What these offices sent; all of their accounts are in our registry."""
    lower = {name: LowerOffice(root, name) for name in documents}
    office = Office.of(root, *REGISTRY)
    (office.home.root / "office.toml").write_text(OFFICE, "utf-8")
    (office.home.root / "offices.toml").write_text(settings_of([*lower.values()], **more), "utf-8")
    files = [file for name, told in documents.items() for file in lower[name].send(told)]
    office.run("collect", "add", "--by", "丙某", *files)
    return Round(office, root, 0)


def test_without_an_own_inspection_the_circular_says_nothing_of_one(tmp_path: Path) -> None:
    of_a = told_by(ACCOUNTS[A], {0: Code.STALE_2W, 3: Code.STALE_3M})
    said, tables = round_of(tmp_path, {A: of_a}).circular()
    text = "\n".join(said)
    assert "抽查" not in text
    assert "（一）超过3个月未更新。" in text
    assert len(tables) == 2


def test_no_office_is_praised_whose_account_we_found_failing(tmp_path: Path) -> None:
    lower = LowerOffice(tmp_path, A)
    other = LowerOffice(tmp_path, B)
    office = Office.of(tmp_path, *REGISTRY)
    (office.home.root / "office.toml").write_text(OFFICE, "utf-8")
    (office.home.root / "offices.toml").write_text(settings_of([lower, other]), "utf-8")
    files = [*lower.send(told_by(ACCOUNTS[A])), *other.send(told_by(ACCOUNTS[B]))]
    office.run("collect", "add", "--by", "丙某", *files)
    round_ = Round(office, tmp_path, 1)
    assert "报送合格率为100%的地区有2个：长沙市、株洲市。" in "\n".join(round_.circular()[0])
    office.sweep(AS_OF, {2: [Code.STALE_2W]}, only=[2, 8])
    said, tables = round_.circular("--sweep", "1")
    text = "\n".join(said)
    assert "报送合格率为100%的地区有1个：株洲市。" in text
    assert "长沙市未报送不合格账号，与本级检查或其他单位报送的情况不符，合格率待核查。" in text
    rates = {row[1]: row[6] for row in tables[0][1:]}
    assert (rates[A], rates[B], rates["合计"]) == ("待核查", "100%", "待核查")
    sheet = {row[1]: row[6] for row in round_.sheet("自查统计表")}
    assert (sheet[A], sheet[B], sheet["合计"]) == ("待核查", "100%", "待核查")


CONTRADICTED = "{}未报送不合格账号，与本级检查或其他单位报送的情况不符，合格率待核查。"


def test_no_office_is_said_to_report_only_sound_ones_where_it_does_not(tmp_path: Path) -> None:
    """Its one failure is open: our own look found it fresh, and another one failing."""
    of_a = told_by(ACCOUNTS[A], {0: Code.STALE_2W})
    round_ = round_of(tmp_path, {A: of_a, B: told_by(ACCOUNTS[B])})
    round_.office.sweep(AS_OF, {2: [Code.STALE_2W]}, only=[1, 2])
    text = "\n".join(round_.circular()[0])
    assert "长沙市未报送" not in text
    assert "各地区、各部门未报送" not in text
    assert "长沙市报送为不合格的账号待核对或计入其他地区（部门），合格率待核查。" in text
    assert "各地区、各部门报送为不合格的政务新媒体均待核对，不计入不合格数。" in text


def test_opposite_reports_accuse_nobody_of_silence(tmp_path: Path) -> None:
    of_a = told_by(ACCOUNTS[A], {0: Code.STALE_2W})
    both = {A: of_a, B: told_by([*ACCOUNTS[B], ACCOUNTS[A][0]])}
    text = "\n".join(round_of(tmp_path, both).circular()[0])
    assert CONTRADICTED.format(B) in text
    assert "长沙市未报送" not in text
    assert "各地区、各部门未报送" not in text


def test_a_silence_of_after_the_moment_contradicts_nobody(tmp_path: Path) -> None:
    round_ = round_of(tmp_path, {A: told_by(ACCOUNTS[A]), B: told_by(ACCOUNTS[B])})
    round_.office.sweep(AS_OF + timedelta(days=20), {1: [Code.STALE_2W]}, only=[1, 7])
    text = "\n".join(round_.circular()[0])
    assert "不符" not in text
    assert (
        "本级检查另发现属于长沙市或由其报送的账号有不合格的，与报送结果不可比，合格率待核查。"
        in text
    )
    assert "报送合格率为100%的地区有1个：株洲市。" in text


def test_every_own_inspection_of_the_round_counts(tmp_path: Path) -> None:
    """The second one looked at another account: what the first one found stands."""
    round_ = round_of(tmp_path, {A: told_by(ACCOUNTS[A]), B: told_by(ACCOUNTS[B])})
    round_.office.sweep(AS_OF + timedelta(days=5), {1: [Code.STALE_2W]}, only=[1, 2])
    round_.office.sweep(AS_OF + timedelta(days=6), {}, only=[3])
    said, tables = round_.circular()
    text = "\n".join(said)
    assert CONTRADICTED.format(A) in text
    assert "报送合格率为100%的地区有1个：株洲市。" in text
    assert "所检查账号合格率为100%" not in text, "nor does our own half praise it"
    assert {row[1]: row[6] for row in tables[0][1:]}[A] == "待核查"
    round_.office.sweep(AS_OF + timedelta(days=5), {})
    text = "\n".join(round_.circular()[0])
    assert "不符" not in text, "the same moment was looked at again"
    assert "并进行了检查" in text, "all accounts are no sample"
    assert "抽查" not in text


@pytest.mark.parametrize("own", [ACCOUNTS[A][:1], []])
def test_only_who_reported_all_of_its_own_is_praised(tmp_path: Path, own: list[Filing]) -> None:
    """An office with one of its six accounts, and one with another office's alone."""
    told = told_by(own or ACCOUNTS[B])
    text, tables = round_of(tmp_path, {A: told, D: told_by(ACCOUNTS[D])}).circular()
    said, left = "\n".join(text), 5 if own else 6
    assert "报送合格率为100%的地区有1个：衡阳市。" in said
    assert f"另有{left}个未在其报送之列，待核对：长沙市{left}个。" in said
    rates = {row[1]: row[6] for row in tables[0][1:]}
    assert rates[f"长沙市（另有{left}个未在报送之列）"] == "100%"


def test_an_account_that_only_its_office_calls_closed_praises_nobody(tmp_path: Path) -> None:
    closed = [replace(ACCOUNTS[A][0], status=FiledStatus.CLOSED), *ACCOUNTS[A][1:]]
    both = {A: told_by(closed), B: told_by(ACCOUNTS[B])}
    text = "\n".join(round_of(tmp_path, both).circular()[0])
    assert "报送合格率为100%的地区有1个：株洲市。" in text


def test_whom_an_office_names_nowhere_we_do_not_name_either(tmp_path: Path) -> None:
    lower, office = LowerOffice(tmp_path, A), Office.of(tmp_path, *REGISTRY)
    (office.home.root / "office.toml").write_text(OFFICE, "utf-8")
    (office.home.root / "offices.toml").write_text(settings_of([lower]), "utf-8")
    document = told_by(ACCOUNTS[A], {0: Code.STALE_2W, 1: Code.STALE_2W})
    document["findings"][0]["unnamed"] = "另行函告"
    office.run("collect", "add", "--by", "丙某", *lower.send(document))
    office.sweep(AS_OF, {1: [Code.STALE_2W], 2: [Code.STALE_2W]}, only=[1, 2])
    said, tables = Round(office, tmp_path, 1).circular("--sweep", "1")
    hidden, named = document["findings"][0]["account"]["name"], "长沙市第2号"
    everything = "\n".join([*said, str(tables)])
    assert hidden not in everything
    assert named in everything
    assert "其中1个另行函告" in everything
    own = Round(office, tmp_path, 1).sheet("本级抽查问题名单")
    assert hidden not in str(own)


def test_one_offices_word_fails_no_account_of_another(tmp_path: Path) -> None:
    one, other = LowerOffice(tmp_path, A), LowerOffice(tmp_path, B)
    office = Office.of(tmp_path, *REGISTRY)
    (office.home.root / "office.toml").write_text(OFFICE, "utf-8")
    (office.home.root / "offices.toml").write_text(settings_of([one, other]), "utf-8")
    theirs = told_by([*ACCOUNTS[A], ACCOUNTS[B][0]], {6: Code.STALE_2W})
    office.run("collect", "add", "--by", "丙某", *one.send(theirs))
    round_ = Round(office, tmp_path, 0)
    said, tables = round_.circular()
    text = "\n".join(said)
    assert "发现不合格0个" in text
    assert "报送为不合格的政务新媒体均待核对，不计入不合格数。另有1个尚待人工核查" in text
    assert ACCOUNTS[B][0].name not in str(tables) + text
    assert len(tables) == 1, "a list of nobody is no annex"
    office.sweep(AS_OF, {7: [Code.STALE_2W]}, only=[7])
    assert "发现不合格1个" in "\n".join(round_.circular("--sweep", "1")[0])


def test_a_wrong_id_takes_no_account_from_its_office(tmp_path: Path) -> None:
    """By its 备案单号 it is another office's, whatever id is written beside it."""
    one, other = LowerOffice(tmp_path, A), LowerOffice(tmp_path, B)
    office = Office.of(tmp_path, *REGISTRY)
    (office.home.root / "office.toml").write_text(OFFICE, "utf-8")
    (office.home.root / "offices.toml").write_text(settings_of([one, other]), "utf-8")
    theirs = replace(ACCOUNTS[B][0], platform_id="zzz")
    files = [
        *one.send(told_by([*ACCOUNTS[A], theirs], {6: Code.STALE_2W})),
        *other.send(told_by(ACCOUNTS[B][1:])),
    ]
    office.run("collect", "add", "--by", "丙某", *files)
    round_ = Round(office, tmp_path, 0)
    said, tables = round_.circular()
    assert theirs.name not in str(tables) + "\n".join(said)
    target = tmp_path / "汇总.xlsx"
    office.run("collect", "figures", "--out", target)
    rows = list(load_workbook(target)["台账比对"].iter_rows(values_only=True))
    assert [row[5] for row in rows if row[1] == theirs.name and row[4] == A] == [
        "备案单号与平台标识在本级台账中不是同一账号；本级台账属于株洲市"
    ]


def test_a_number_in_another_width_is_the_same_account(tmp_path: Path) -> None:
    one, other = LowerOffice(tmp_path, A), LowerOffice(tmp_path, B)
    office = Office.of(tmp_path, *REGISTRY)
    (office.home.root / "offices.toml").write_text(settings_of([one, other]), "utf-8")
    wide, small = (
        replace(ACCOUNTS[A][0], platform_id="", filing_number=number)
        for number in ("Ｐ０００００１", "p000001 ")
    )
    files = [
        *one.send(told_by([wide], {0: Code.STALE_2W})),
        *other.send(told_by([small, *ACCOUNTS[B]])),
    ]
    office.run("collect", "add", "--by", "丙某", *files)
    said = office.run("collect", "figures").stderr
    assert "1 account reported by several offices" in said
    assert "not in the registry" not in said


def test_the_circular_tells_who_is_late_and_who_is_not_due(tmp_path: Path) -> None:
    late, later = LowerOffice(tmp_path, A), LowerOffice(tmp_path, B)
    office = Office.of(tmp_path, *REGISTRY)
    (office.home.root / "office.toml").write_text(OFFICE, "utf-8")
    settings = settings_of([late, later]) + 'deadline = "2099-01-01"\n'
    (office.home.root / "offices.toml").write_text(settings, "utf-8")
    office.run("collect", "add", "--by", "丙某", *late.send(told_by(ACCOUNTS[A])))
    text = "\n".join(Round(office, tmp_path, 0).circular()[0])
    assert "未报送的地区（部门）中，未到报送期限的有1个：株洲市。" in text
    assert "已报送的地区（部门）中，逾期报送的有1个：长沙市。" in text


def test_an_own_inspection_of_another_round_or_moment_is_refused(collected: Round) -> None:
    office = collected.office
    early = office.sweep(date(2022, 12, 1), {}, only=[3])
    said = office.refused("collect", "differences", "--sweep", str(early))
    assert "before the round's 2022-12-31" in said


def test_differences_are_listed_for_both_sides(collected: Round) -> None:
    out, folder = collected.root / "核对.xlsx", collected.root / "核对"
    words = ("collect", "differences", "--sweep", str(collected.own))
    collected.office.run(*words, "--out", out, "--by-office", folder)
    book = load_workbook(out)
    rates = {row[0]: row[1:] for row in book["抽查核对统计"].iter_rows(min_row=4, values_only=True)}
    assert rates[B] == (2, 2, 1, 1, 1, "50.00%", 2, "0.00%", 0, 0)
    assert rates["合计"] == (4, 4, 2, 2, 2, "50.00%", 2, "50.00%", 0, 0)
    different = {row[2]: row[-1] for row in book["待核对"].iter_rows(min_row=4, values_only=True)}
    assert different.keys() == {"株洲市第7号", "省教育厅第14号"}
    assert "其间可能删除过内容" in different["株洲市第7号"]
    assert sorted(each.name for each in folder.iterdir()) == [
        f"自查抽查核对表-{name}.xlsx" for name in sorted((A, B, C))
    ]
    theirs = load_workbook(folder / f"自查抽查核对表-{B}.xlsx")
    text = str([row for sheet in theirs for row in sheet.iter_rows(values_only=True)])
    assert "株洲市第7号" in text
    assert A not in text, "the file of an office has its own accounts alone"


def test_a_sample_is_drawn_of_what_was_reported_and_is_known(collected: Round) -> None:
    office, target = collected.office, collected.root / "抽查.xlsx"

    def drawn(*words: str) -> list[str]:
        office.run("collect", "sample", "--out", target, "--force", *words)
        rows = load_workbook(target)["抽查名单"].iter_rows(min_row=2, values_only=True)
        return [str(row[1]) for row in rows]

    first = drawn("--per-office", "2", "--seed", "甲")
    assert drawn("--per-office", "2", "--seed", "甲") == first
    known = {each.filing_number: place for place, some in ACCOUNTS.items() for each in some}
    assert sorted(known[number] for number in first) == sorted([A, A, B, B, C, C])
    assert drawn("--per-office", "2", "--seed", "乙") != first
    assert len(drawn("--share", "50%", "--seed", "甲")) == 3 + 3 + 2
    done = office.run(
        "collect", "sample", "--out", target, "--force", "--share", "10%", "--seed", "x"
    )
    assert "1 reported account could not be matched" in done.stderr
    how = load_workbook(target)["抽样说明"]
    printed = [str(row[0].value) for row in how[how.print_area.split("!")[1]]]
    assert printed[-1] == C, "what machines read is on no paper"
    assert "可抽取数" in [cell.value for row in how[how.print_area.split("!")[1]] for cell in row]
    assert office.run("scope", "--list", target).stdout, "it is sealed as any drawn list"
    assert "either" in office.refused(
        "collect", "sample", "--seed", "x", "--out", collected.root / "n"
    )


def test_a_kept_post_takes_a_reported_silence_off(tmp_path: Path) -> None:
    """Whoever saw it: one post in the office's own window clears the account."""
    from offices import reading

    from mediawatch.domain import Post
    from mediawatch.domain.clock import day_start

    accounts = [
        filed_in(A, number, platform_id=f"100{number}", platform="weibo") for number in (1, 2)
    ]
    lower, office = LowerOffice(tmp_path, A), Office.of(tmp_path, *accounts)
    (office.home.root / "office.toml").write_text(OFFICE, "utf-8")
    (office.home.root / "offices.toml").write_text(settings_of([lower]), "utf-8")
    files = lower.send(told_by(accounts, {0: Code.STALE_2W, 1: Code.STALE_2W}))
    office.run("collect", "add", "--by", "丙某", *files)
    assert "不合格2个" in "\n".join(Round(office, tmp_path, 0).circular()[0])
    seen = Post(on=date(2022, 12, 20), at=day_start(date(2022, 12, 20)), id="p1")
    look = reading(1, day_start(date(2023, 1, 3)), None, seen)
    office.within(lambda store: store.readings.keep(look))
    text = "\n".join(Round(office, tmp_path, 0).circular()[0])
    assert "不合格1个" in text
    assert "有1个政务新媒体报送为不合格，与本级掌握的情况不同" in text


def test_a_kept_file_that_was_changed_in_the_database_stops_all(tmp_path: Path) -> None:
    lower, office = LowerOffice(tmp_path, A), Office.of(tmp_path, *ACCOUNTS[A])
    (office.home.root / "offices.toml").write_text(settings_of([lower]), "utf-8")
    assert "nothing counts in 2022年第四季度 yet" in office.refused("collect", "figures")
    office.run("collect", "add", "--by", "丙某", *lower.send(told_by(ACCOUNTS[A])))
    import sqlite3
    import zlib

    with sqlite3.connect(office.home.database) as base:
        base.execute("DROP TRIGGER handed_file_is_never_updated")
        base.execute("UPDATE handed_file SET body = ?", (zlib.compress(b"{}"),))
    assert "is not what was received" in office.refused("collect", "figures")


def test_the_drawn_sample_becomes_the_own_half_of_the_circular(collected: Round) -> None:
    """The list as `collect sample` wrote it is inspected; the newest inspection of the round counts."""
    office, target = collected.office, collected.root / "抽查.xlsx"
    office.run("collect", "sample", "--per-office", "2", "--seed", "甲", "--out", target, "--force")

    async def inspect(store: Store) -> None:
        accounts = await store.accounts.all()
        drawn = scope_files.read(target, accounts, home=await store.operator.home_id())
        policy, as_of = load("national"), day_end(AS_OF)
        sweep = Sweep(
            as_of=as_of,
            policy="national",
            policy_toml=policy.toml,
            started_at=as_of,
            kind=drawn.kind,
            scope=drawn.words,
            scope_spec=drawn.spec,
            round="2022年第四季度",
            totals=registry_totals(accounts, drawn.accounts, "省"),
        )
        kept = await store.sweeps.open(sweep, list(drawn.accounts))
        await store.sweeps.keep_judgements(kept.id, {each.id: FRESH for each in drawn.accounts})
        await store.sweeps.close(kept.id, SweepState.FINISHED, as_of)

    office.within(inspect)
    text = "\n".join(collected.circular()[0])
    assert "全省在管政务新媒体共19个，本次抽查6个（检查率31.58%），发现不合格0个" in text
    assert (
        "从报送且与本级台账相符的16个账号中按地区（部门）分层随机抽取：抽查政务新媒体6个，抽查比例37.50%。"
    ) in text
