"""What people found goes its whole way: hearing, review, notice, and every paper that tells of it.

The inspection is that of 常德 2020-08 in small; which accounts they are is invented.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from circulars import AS_OF, account, inspect, row
from docx import Document
from found_problems import OWN, costing_policy, people_found, with_found
from openpyxl import load_workbook
from openpyxl.drawing.image import Image
from published_inspections import LOOKERS, BuiltInspection, PublishedInspection, changde
from worklists import png, typed

from mediawatch.domain import (
    Code,
    LookKind,
    MatchedBy,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    Sight,
)
from mediawatch.figures.counts import by
from mediawatch.figures.sums import assert_sums, sum_of
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.publish import handoff
from mediawatch.publish.circular.compose import compose
from mediawatch.publish.circular.readback import FigureReader
from mediawatch.publish.handoff.figures import counts_out
from mediawatch.publish.inspection import with_omissions
from mediawatch.publish.reports import annexes, pages, sheets, statistics
from mediawatch.rules.policy import parse

SENTENCE = "微信、微博账号互动回应差，未提供有效互动功能，共有2个政务新媒体。"
WORDS = {"演示互动": "菜单“互动交流”无内容", "演示留言": "评论功能关闭，私信无人回复"}
IDS = {"000003": "MzA0000000003", "000004": "10000000004"}
LINKS = {"000003": "https://mp.weixin.qq.com/s/demo", "000004": "https://weibo.com/u/10000000004"}
PEOPLE = (*LOOKERS, "演示经办人", "演示审核员", "演示联络员")


@dataclass(frozen=True)
class Papers:
    """The home after the notice, and the folder of its papers."""

    built: BuiltInspection
    folder: Path

    def text(self, name: str) -> str:
        """All that a file says, whatever it is."""
        file = self.folder / name
        if not zipfile.is_zipfile(file):
            return file.read_text("utf-8-sig")
        with zipfile.ZipFile(file) as package:
            return "\n".join(
                html.unescape(package.read(each).decode("utf-8"))
                for each in package.namelist()
                if each.endswith((".xml", ".html"))
            )


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("常德")
    told = changde(9)
    unseen = tuple(replace(each, problems=()) for each in told.watched)
    built = BuiltInspection(folder, replace(told, watched=unseen), decided=False)
    built.told = told
    _find(built, folder)
    built.run("findings", "dispatch", folder / "核实", "--person", "演示经办人", "--by", "unit")
    built.run("findings", "import", *map(_answered, sorted((folder / "核实").glob("*.xlsx"))))
    taken = ("--code", "interaction_poor", "--by", "演示审核员", "--yes")
    built.run("review", "confirm", "--sweep", str(built.sweep), *taken)
    built.issue()
    of_notice = ("--notice", built.told.number)
    for words in (
        ("report", "docx", *of_notice, "--out", folder / "通报.docx"),
        ("report", "xlsx", *of_notice, "--out", folder / "附件.xlsx"),
        ("report", "html", *of_notice, "--out", folder / "页面.html"),
        ("handoff", *of_notice, "--out", folder / "交接.json"),
        ("evidence", "sheet", *of_notice, "--out", folder / "佐证"),
        ("flagged", "--csv", folder / "名单.csv"),
        ("notice", "feedback", "export", built.told.number, "--out", folder / "反馈"),
    ):
        built.run(*words)
    return Papers(built, folder)


def _find(built: BuiltInspection, folder: Path) -> None:
    """One person finds both problems by command, another one by the worklist."""
    first, second = LOOKERS
    for number, (filing, words) in enumerate(
        zip(("000003", "000004"), WORDS.values(), strict=True)
    ):
        shot = folder / f"{filing}.png"
        shot.write_bytes(png(10 + number))
        built.run(
            "problem", "add", filing, "--kind", "互动回应差", "--by", first, "--picture", shot, "--words", words,
            "--id-seen", IDS[filing], "--name-seen", "一致", "--link", LINKS[filing], "--at", "2020-09-01 09:59",
        )  # fmt: skip
    built.run("worklist", "export", folder / "人工.xlsx", "--by", "whole")
    book = load_workbook(folder / "人工.xlsx")
    sheet = book["人工检查"]
    columns = {str(cell.value).partition("（")[0]: cell.column for cell in sheet[1]}
    for number, filing in enumerate(IDS, 2):
        said = {
            "检查结果": "存在", "检查人": second, "检查时间": typed("2020-09-01 10:59"), "所见ID": IDS[filing],
            "所见名称": "一致", "问题链接": LINKS[filing],
        }  # fmt: skip
        for heading, value in said.items():
            sheet.cell(number, columns[heading], value)
        place = sheet.cell(number, columns["截图"]).coordinate
        sheet.add_image(Image(io.BytesIO(png(20 + number))), place)
    book.save(folder / "人工.xlsx")
    built.run("worklist", "import", folder / "人工.xlsx")


def _answered(file: Path) -> Path:
    """A unit agrees, and says so in a sentence."""
    book = load_workbook(file)
    sheet = book.active
    assert sheet is not None
    rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if "是否有异议" in row)
    said = {"是否有异议": "无异议", "情况说明": "属实，正在整改", "责任人": "演示联络员"}
    for number in range(head + 1, len(rows)):
        for column, text in said.items() if rows[number][0] else ():
            sheet.cell(number + 1, rows[head].index(column) + 1, text)
    book.save(file)
    return file


def test_its_unit_is_heard_with_words_and_picture(papers: Papers) -> None:
    files = {file.stem[-1]: file for file in (papers.folder / "核实").glob("*.xlsx")}
    assert sorted(files) == ["3", "4"]
    for file, words in zip((files["3"], files["4"]), WORDS.values(), strict=True):
        text = papers.text(f"核实/{file.name}")
        assert f"未提供有效互动功能：{words}。" in text
        assert not any(person in text for person in LOOKERS)
        with zipfile.ZipFile(file) as package:
            assert any(name.startswith("xl/media/") for name in package.namelist())


def test_the_circular_says_it_in_an_offices_words(papers: Papers) -> None:
    file = papers.folder / "通报.docx"
    said = [each.text for each in Document(str(file)).paragraphs if each.text]
    (found,) = [line for line in said if SENTENCE in line]
    assert found.endswith(
        f"互动回应差。{SENTENCE}微信1个：演示单位3“演示互动”；微博1个：演示单位4“演示留言”。"
    )
    assert any("采取系统监测加人工审核的方式" in line for line in said)
    assert any("发现不合格3个" in line for line in said)


@pytest.mark.parametrize(
    "name", ["通报.docx", "附件.xlsx", "页面.html", "反馈/整改反馈-石门县.xlsx"]
)
def test_every_paper_tells_what_it_is_and_not_who_looked(papers: Papers, name: str) -> None:
    text = papers.text(name)
    assert "互动回应差（评论功能关闭，私信无人回复）" in text
    assert not any(person in text for person in PEOPLE)


def test_its_evidence_is_printed_as_peoples_word(papers: Papers) -> None:
    text = papers.text("佐证/佐证材料 石门县.zip")
    cells = [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", text)]
    place = cells.index("人工检查")
    said = f"互动回应差：存在（评论功能关闭，私信无人回复），显示名称“演示留言”，{LINKS['000004']}"
    assert cells[place : place + 8] == [
        "人工检查", "2020-09-01 09:59", "第一检查人", said, "人工检查", "2020-09-01 10:59", "第二检查人",
        said.replace("（评论功能关闭，私信无人回复）", ""),
    ]  # fmt: skip
    assert text.count('<img src="data:image/') == 2
    assert papers.text("页面.html").count('<img src="data:image/') >= 4
    assert "人工截图" in text
    assert not any(person in text for person in PEOPLE)


def test_the_hand_off_says_who_found_it_and_how(papers: Papers) -> None:
    document = json.loads(papers.text("交接.json"))
    schema = json.loads(handoff.json_schema())
    jsonschema.validate(document, schema)
    found = {each["account"]["name"]: each for each in document["findings"]}
    assert {name: each["found_by"] for name, each in found.items()} == {
        "演示沉默": "machine", "演示互动": "person", "演示留言": "person",
    }  # fmt: skip
    one = found["演示留言"]
    assert (one["code"], one["effect"], one["leading"]) == ("interaction_poor", "fails", True)
    assert (one["words"], one["link"]) == (WORDS["演示留言"], LINKS["000004"])
    assert (one["gap_days"], one["latest_post"], one["points"]) == (None, None, None)
    said = [(each["answer"], each["outcome"], each["matched_by"]) for each in one["sights"]]
    assert said == [("found", "", "id")] * 2
    assert one["matched_by"] == "id"
    assert [each["kind"] for each in one["evidence"]].count("picture") == 2
    assert {each["label"]: each["failed"] for each in document["counts"]["kinds"]} == {
        "互动回应差": 2, "超2周未更新": 1,
    }  # fmt: skip


def test_the_list_of_problems_has_it_without_a_gap(papers: Papers) -> None:
    rows = csv.DictReader(papers.text("名单.csv").splitlines())
    (row_,) = [each for each in rows if each["政务新媒体名称"] == "演示留言"]
    assert (row_["存在的突出问题"], row_["结论"], row_["审核状态"]) == (
        "互动回应差",
        "不合格",
        "认定",
    )
    assert (row_["最近更新"], row_["间隔天数"], row_["扣分"]) == ("", "", "")


def test_who_is_still_mute_at_the_re_check_is_named_again(papers: Papers) -> None:
    built, folder = papers.built, papers.folder
    number = str(built.inspect(_next_inspection(built.told)))
    of_sweep = ("--sweep", number)
    built.run("findings", "dispatch", folder / "再次", "--person", "演示经办人", *of_sweep)
    built.run("findings", "import", *map(_answered, (folder / "再次").glob("*.xlsx")), *of_sweep)
    taken = ("--code", "interaction_poor", "--by", "演示审核员", "--yes")
    built.run("review", "confirm", *of_sweep, *taken)
    built.run("recheck", built.told.number, *of_sweep)
    built.run("report", "docx", *of_sweep, "--out", folder / "再次.docx")
    built.run("report", "xlsx", *of_sweep, "--out", folder / "再次.xlsx")
    rows = load_workbook(folder / "再次.xlsx")["复查情况"].iter_rows(values_only=True)
    results = {row[1]: (row[4], row[5]) for row in rows}
    assert results["演示沉默"] == ("超2周未更新", "已完成整改")
    assert results["演示留言"] == ("互动回应差（评论功能关闭，私信无人回复）", "未整改")
    assert results["演示互动"] == ("互动回应差（菜单“互动交流”无内容）", "已完成整改")
    said = "\n".join(each.text for each in Document(str(folder / "再次.docx")).paragraphs)
    before = (
        f"在上期通报（{built.told.number}）中已被指出“互动回应差（评论功能关闭，私信无人回复）”"
    )
    assert f"演示单位4“演示留言”（微博）{before}，仍未整改" in said
    assert "“演示互动”（微信）" not in said


def test_a_corrected_notice_calls_nobody_sound_whom_one_person_still_accuses(
    papers: Papers,
) -> None:
    """One of the two takes his answer back: notice and figures say 待人工核查 alike."""
    built, folder = papers.built, papers.folder
    taken = ("--by", LOOKERS[1], "--reason", "看错", "--sweep", str(built.sweep))
    built.run("problem", "withdraw", "000003", "--kind", "互动回应差", *taken)
    items = json.loads(papers.text("交接.json"))["findings"]
    item = next(n for n, each in enumerate(items, 1) if each["account"]["name"] == "演示互动")
    reason = ("--by", "演示审核员", "--reason", "经复核检查人撤回", "--yes")
    built.run("notice", "correct", built.told.number, str(item), *reason)
    built.run("handoff", "--notice", built.told.number, "--out", folder / "更正后.json")
    built.run("handoff", "--sweep", str(built.sweep), "--out", folder / "现在.json")
    corrected, now = (json.loads(papers.text(name)) for name in ("更正后.json", "现在.json"))
    assert corrected["counts"] == now["counts"]
    assert corrected["counts"]["unproven"] == 1


def _next_inspection(told: PublishedInspection) -> PublishedInspection:
    """Two months later all publish, and of the two accounts one is still mute."""
    last = date(2020, 10, 31)
    watched = (
        replace(each, latest=last, mended=each.filed.name != "演示留言") for each in told.watched
    )
    return replace(
        told,
        as_of=last,
        period_from=last.replace(day=1),
        round="2020年10月",
        watched=tuple(watched),
    )


def test_figures_count_what_costs_points_apart_from_failures() -> None:
    found = people_found()
    whole = found.statistics.whole
    assert whole.kinds == {"互动回应差": 2, "超2周未更新": 1, "菜单失效": 1}
    assert (whole.failed, whole.deducted, whole.deduction.points_text) == (4, 3, "10")
    assert statistics.kinds_table(found.statistics).rows == (
        ("互动回应差", "2"), ("菜单失效", "1"), ("超2周未更新", "1"), ("不合格数", "4"),
        ("扣分：严重错别字（共扣5分）", "1"), ("扣分：商业广告（共扣5分）", "2"),
        ("扣分账号数（不因此计入不合格数，共扣10分）", "3"),
    )  # fmt: skip
    out = counts_out(whole, 2)
    assert [(one.label, one.accounts, one.points) for one in out.deductions] == [
        ("严重错别字", 1, 5), ("商业广告", 2, 5),
    ]  # fmt: skip
    parts = sum_of(by(found.scope, found.policy, lambda entry: entry.account.filed.type).values())
    assert (parts.deducted, parts.deductions) == (whole.deducted, whole.deductions)


def test_deductions_that_do_not_sum_are_refused() -> None:
    whole = people_found().statistics.whole
    for wrong in (replace(whole, deducted=1), replace(whole, deducted=4)):
        with pytest.raises(AssertionError, match="扣分"):
            assert_sums(wrong)


def test_each_paragraph_tells_its_own_effect() -> None:
    said = [each.whole for each in compose(people_found()).of("主要问题")]
    assert said[1:] == [
        "（二）互动回应差。微信、微博账号互动回应差，未提供有效互动功能，共有2家政务新媒体。微信1家：第1示例局“示例1号”；"
        "微博1家：第2示例局“示例2号”。",
        "（三）菜单失效。12345热线号菜单失效，24小时内无法打开，共有1家政务新媒体。12345热线号1家：第4示例局“示例4号”。",
        "（四）扣分情形。有3家政务新媒体存在扣分情形，不因此计入不合格数：严重错别字1家，扣5分，为第3示例局“示例3号”"
        "（微博，将“抓铁有痕”误写为“抓铁有恨”；共2处）；商业广告2家，每家扣2.5分，为第5示例局“示例5号”"
        "（微信，推送9.9元培训班）、第6示例局“示例6号”（微博）；合计扣10分，详见附件3。",
        "（五）其他需关注情形。另有3家政务新媒体存在以下情形，不计入不合格数：重要信息未转载2家，为第6示例局“示例6号”"
        "（微博，《关于2022年国庆假期安排的通知》（国办〔2021〕11号））、第7示例局“示例7号”（微信）；功能无法使用1家，"
        "为第8示例局“示例8号”（微博，搜索栏1处打不开），详见附件3。",
    ]


def test_what_an_account_has_besides_its_leading_problem_is_told() -> None:
    """The annex lists all of its problems: the text counts them, too."""
    policy = costing_policy()
    poor, missing = Code.INTERACTION_POOR, Code.NOT_REPOSTED
    silent = row(account(1), Code.STALE_2W, policy=policy)
    scope = [
        with_found(silent, policy, (poor, ""), (missing, "《通知》")),
        with_found(row(account(2), policy=policy), policy, (poor, "")),
    ]
    found = inspect(scope, policy=policy)
    said = [each.whole for each in compose(found).of("主要问题")]
    assert said[1].endswith("另有1家政务新媒体同时存在该问题，已计入前述问题。")
    assert said[2] == (
        "（三）其他需关注情形。不合格的政务新媒体中，同时有重要信息未转载情形的1家，为第1示例局“示例1号”"
        "（新浪微博，《通知》），名单见附件2。"
    )
    alone = inspect(scope[:1], policy=policy)
    lines = [each.whole for each in compose(alone).of("主要问题")]
    assert lines[1] == "（二）互动回应差。有1家政务新媒体同时存在该问题，已计入前述问题。"
    reader = FigureReader(found, compose(found).annexes)
    for line, right, wrong in (
        (said[1], "另有1家", "另有2家"), (said[1], "新浪微博1家", "新浪微博3家"), (said[2], "情形的1家", "情形的2家"),
    ):  # fmt: skip
        assert list(reader.line_faults(line)) == []
        assert list(reader.line_faults(line.replace(right, wrong)))


def test_no_annex_says_none_of_whom_it_leaves_out() -> None:
    policy = costing_policy()
    kinds = (Code.ADVERTISING, Code.NOT_REPOSTED)
    entry = with_found(row(account(1), policy=policy), policy, *((code, "") for code in kinds))
    named = inspect([entry], policy=policy)
    hidden = with_omissions(named, {1: "另行函告"})
    assert "详见附件3" in "".join(compose(named).lines)
    assert [each.key for each in compose(hidden).annexes] == ["table", "list"]
    assert "附件3" not in "".join(compose(hidden).lines)
    assert annexes.listed_table(named).columns[-1] == "情形"


@pytest.mark.parametrize(
    ("codes", "heading", "paragraphs"),
    [
        ((Code.ADVERTISING,), "二、扣分情形", ["有1家政务新媒体存在扣分情形"]),
        ((Code.NOT_REPOSTED,), "二、其他需关注情形", ["有1家政务新媒体存在以下情形"]),
        (
            (Code.ADVERTISING, Code.NOT_REPOSTED), "二、扣分情形和其他需关注情形",
            ["（一）扣分情形。有1家", "（二）其他需关注情形。有1家"],
        ),
    ],
)  # fmt: skip
def test_what_fails_nobody_is_no_main_problem(
    codes: tuple[Code, ...], heading: str, paragraphs: list[str]
) -> None:
    policy = costing_policy()
    entry = with_found(row(account(1), policy=policy), policy, *((code, "") for code in codes))
    text = compose(inspect([entry], policy=policy))
    assert text.sections[1].heading == heading
    for said, begins in zip(text.of("主要问题"), paragraphs, strict=True):
        assert said.whole.startswith(begins)
    assert "不合格0家" in "".join(text.lines)
    assert "其他需关注情形的政务新媒体名单" in "".join(text.lines)


@pytest.mark.parametrize(
    "words",
    [
        "3", "5）", "）、第2示例局“示例2号”（新浪微博", "；商业广告2家，每家扣2.5分；合计扣5分", "第1\n行，第2行。",
        "，详见附件9", "“", "（二）1.",
        "2022年9月30日，100%" * 50,
    ],
)  # fmt: skip
def test_no_words_of_people_stop_a_circular_or_pass_for_its_numbers(words: str) -> None:
    policy = costing_policy()
    kinds = (Code.ADVERTISING, Code.NOT_REPOSTED)
    scope = [
        with_found(row(account(number), policy=policy), policy, *((code, words) for code in kinds))
        for number in (1, 2)
    ]
    found = inspect(scope, policy=policy)
    text = compose(found)
    reader = FigureReader(found, text.annexes)
    (deducted, listed) = (each.whole for each in text.of("主要问题"))
    for line, right, wrong in (
        (deducted, "商业广告2家", "商业广告1家"), (deducted, "每家扣2.5分", "每家扣5分"), (listed, "未转载2家", "未转载3家"),
    ):  # fmt: skip
        assert list(reader.line_faults(line)) == []
        assert list(reader.line_faults(line.replace(right, wrong, 1)))


def test_the_page_shows_deductions_beside_the_kinds() -> None:
    page = pages.report(people_found(), EvidenceFolder(Path())).decode()
    assert "<figcaption>扣分情形（不因此计入不合格数）</figcaption>" in page
    assert "<dt>商业广告</dt>" in page
    assert "2（共扣5分）" in page
    assert "商业广告（扣2.5分，推送9.9元培训班）" in page


def test_a_file_is_named_by_its_number_as_filed() -> None:
    assert sheets.safe("T-0001") == "T-0001"
    assert sheets.safe("-1+1") == "1_1"


def test_what_people_left_out_is_not_called_unseen() -> None:
    """Both gave the gh_ id, and no name."""
    policy = costing_policy()
    wechat = account(1, platform="wechat", original_id="gh_00000001a1", platform_id="")
    looks = tuple(
        Reading(
            id=number,
            account_id=1,
            look=LookKind.PERSON,
            started_at=AS_OF,
            read_at=AS_OF,
            sights=(
                Sight(
                    surface="person",
                    read_at=AS_OF,
                    original_id="gh_00000001a1",
                    matched_by=MatchedBy.ID,
                ),
            ),
            by=by,
            problem=ProblemSeen(code=Code.INTERACTION_POOR, answer=ProblemAnswer.FOUND),
        )
        for number, by in enumerate(LOOKERS, 1)
    )
    entry = with_found(row(wechat, policy=policy), policy, (Code.INTERACTION_POOR, ""))
    found = inspect([entry], policy=policy)
    problem = replace(found.problems[0], readings=looks)
    text = sheets.sheet(found, problem, EvidenceFolder(Path())).decode()
    assert "未见" not in text
    assert '<th scope="row">平台ID</th><td>gh_00000001a1</td><td>gh_00000001a1</td>' in text
    assert "<td>未填</td>" in text


def test_no_update_is_denied_of_whom_people_alone_looked_at() -> None:
    found = people_found()
    (problem,) = [each for each in found.problems if each.entry.account.id == 1]
    assert "未见发布内容" not in sheets.sheet(found, problem, EvidenceFolder(Path())).decode()
    (silent,) = [each for each in found.problems if each.entry.account.id == 3]
    assert "未见发布内容" in sheets.sheet(found, silent, EvidenceFolder(Path())).decode()


def test_what_people_found_as_a_hint_stays_in_the_office() -> None:
    toml = costing_policy().toml.replace(
        '{ label = "商业广告", effect = "deducts", points = 2.5 }',
        '{ label = "商业广告", effect = "hint" }',
    )
    policy = parse(toml)
    hinted = with_found(row(account(1), policy=policy), policy, (Code.ADVERTISING, "推送培训班"))
    both = with_found(
        row(account(2), policy=policy), policy, (Code.ADVERTISING, "推送培训班"), (OWN, "")
    )
    told = inspect([hinted, both], policy=policy)
    (problem,) = told.problems
    assert [each.code for each in problem.findings] == [OWN]
    alone = handoff.to_bytes(handoff.of(inspect([hinted], policy=policy))).decode("utf-8")
    assert "培训班" not in alone
