"""`report docx` over a real home: drafts, notices, our part of a joint circular, what it is compared with."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from docx import Document
from offices import Office, filed, reading

from mediawatch.domain import Code, Post
from mediawatch.domain.clock import day_end

Q2, Q3 = date(2022, 6, 30), date(2022, 9, 30)
ACCOUNTS = [filed(number, type="贴吧号" if number == 1 else "新浪微博") for number in range(1, 5)]
SETTINGS = """\
issuer = "示例市人民政府办公室"
reach = "全市"
contact = "张三，0000-0000000"
compare = true
copies = "市委办公室。"
publicity = "主动公开"
annexes = { table = 3, list = 4, recheck = 5 }
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A home with a census a quarter; the first one became a notice."""
    made = Office.of(tmp_path_factory.mktemp("office"), *ACCOUNTS)
    (made.home.root / "office.toml").write_text(SETTINGS, "utf-8")
    first = made.sweep(Q2, {1: [Code.STALE_2W], 2: [Code.STALE_2W]})
    made.issue(first, "文1号", date(2022, 7, 5), "--rectify-by", "2022-07-20")
    made.sweep(Q3, {1: [Code.STALE_2W]})
    return made


Written = tuple[list[str], str]


@pytest.fixture(scope="module")
def draft(office: Office) -> Written:
    return circular(office)


def circular(office: Office, *words: str) -> Written:
    """The paragraphs of the document, and what was said on standard error."""
    target = office.home.root.parent / "通报.docx"
    done = office.run("report", "docx", "--out", target, "--force", *words)
    return [
        each.text.replace("\t", "") for each in Document(str(target)).paragraphs if each.text
    ], done.stderr


def test_a_draft_says_what_it_lacks_of_a_notice(draft: Written) -> None:
    said, told = draft
    assert "a draft of sweep 2, not a notice; it lacks 主送机关" in told
    assert (
        "发文字号 (office.toml: number; one that no notice bears yet), 成文日期 (--date), 整改期限"
        in told
    )
    assert "联系人" not in told
    assert "    年  月  日" in said
    assert (
        said[-2:] == ["附件4", "检查发现存在突出问题的政务新媒体名单"]
        or "抄送：市委办公室。" in said
    )
    assert "（此件主动公开）" in said
    assert "联系人：张三，0000-0000000。" in said


def test_the_newest_notice_of_the_inspection_is_taken(office: Office) -> None:
    said, told = circular(office, "--sweep", "1")
    assert "as issued: 文1号 通报" in told
    assert "a draft" not in told
    assert {"通报", "文1号", "请有关单位对照本通报指出的问题，于2022年7月20日前完成整改。"} <= set(
        said
    )
    assert "no 合格率 to compare with: sweep 1 has no finished census before it" in told
    assert "leaves words out" not in told
    draft, told = circular(office, "--sweep", "1", "--include-open")
    assert "文1号" not in draft
    assert "a draft of sweep 1" in told


def test_a_part_has_our_paragraphs_and_annexes_alone(office: Office) -> None:
    target = office.home.root.parent / "部分.docx"
    refused = office.refused(
        "report", "docx", "--part", "--checked-during", "9月中下旬", "--out", target
    )
    assert "--checked-during goes without --part" in refused
    assert not target.exists()
    said, _ = circular(office, "--part")
    assert said[:2] == ["一、总体情况", "（二）政务新媒体"]
    assert "各地区（部门）情况详见附件3，存在突出问题的政务新媒体名单见附件4。" in said
    assert "附件：3.全市政务新媒体检查情况统计表" in said
    assert [each for each in said if each.startswith("附件") and "：" not in each] == [
        "附件3",
        "附件4",
    ]
    assert not [each for each in said if "年  月" in each or "示例市" in each or "抄送" in each]


def test_the_rate_is_compared_with_the_notice_before(draft: Written) -> None:
    said, told = draft
    assert any("合格率75.00%，较上季度提高25.00个百分点。" in each for each in said)
    assert "to compare with" not in told


def test_an_update_since_the_moment_is_not_denied(tmp_path: Path) -> None:
    office = Office.of(tmp_path, *ACCOUNTS)
    office.issue(office.sweep(Q2, {1: [Code.STALE_2W]}), "文1号", date(2022, 9, 5))
    second = office.sweep(Q3, {1: [Code.STALE_2W]})
    later = reading(1, day_end(Q3) + timedelta(days=4), None, Post(on=Q3 + timedelta(days=2)))
    office.run("recheck", "文1号", "--sweep", str(second))
    office.issue(second, "文2号", date(2022, 10, 9))
    named = "示例1局“示例1”（贴吧号）"
    said = "".join(circular(office)[0])
    assert f"其中，{named}在上期通报（文1号）中已被指出“超2周未更新”，仍未整改。" in said
    assert f"上期通报指出的问题仍未整改的有1个：{named}。" in said
    office.within(lambda store: store.readings.keep(later))
    said = "".join(circular(office)[0])
    assert (
        f"其中，{named}在上期通报（文1号）中已被指出“超2周未更新”，本次检查再次发现问题。" in said
    )
    assert "仍未整改" not in said


def test_a_re_check_older_than_a_fresh_look_accuses_nobody(tmp_path: Path) -> None:
    office = Office.of(tmp_path, *ACCOUNTS)
    office.issue(
        office.sweep(Q2, {1: [Code.STALE_2W], 2: [Code.STALE_2W]}), "文1号", date(2022, 7, 5)
    )
    again = office.sweep(date(2022, 8, 31), {1: [Code.STALE_2W], 2: [Code.STALE_2W]})
    office.run("recheck", "文1号", "--sweep", str(again))
    now = office.sweep(Q3, {2: [Code.STALE_2W]})
    said, told = circular(office)
    assert any("进行了复查：未整改1个，无法核实1个。" in each for each in said)
    assert f"`mediawatch recheck 文1号 --sweep {now}` brings it up to date" in told
    office.run("recheck", "文1号", "--sweep", str(now))
    assert "brings it up to date" not in circular(office)[1]


def test_what_an_earlier_notice_withdrew_no_later_paper_repeats(tmp_path: Path) -> None:
    office = Office.of(tmp_path, *ACCOUNTS)
    first = office.sweep(Q2, {1: [Code.STALE_2W], 2: [Code.STALE_2W]})
    office.issue(first, "文1号", date(2022, 9, 5))
    second = office.sweep(Q3, {1: [Code.STALE_2W], 2: [Code.STALE_2W]})
    office.run("recheck", "文1号", "--sweep", str(second))
    office.issue(second, "文2号", date(2022, 10, 9))
    before = circular(office, "--notice", "文2号")[0]
    assert any("所列2个政务新媒体进行了复查：未整改2个。" in each for each in before)
    assert "引用了" not in office.run("notice", "list").stdout
    office.run("notice", "correct", "文1号", "1", "--by", "乙某", "--reason", "误判", "--yes")
    due = "correction due: 文2号引用了文1号第1项“示例1”（超2周未更新），该项已更正"
    assert due in office.run("notice", "list").stdout
    assert due in office.run("notice", "show", "文2号").stdout
    assert "引用了" not in office.run("notice", "show", "文1号").stdout
    now = circular(office, "--notice", "文2号")[0]
    assert any("所列1个政务新媒体进行了复查：未整改1个。" in each for each in now)
    listed = office.sheets("--notice", "文2号")["突出问题名单"]
    repeated = {row[1]: "重复问题" in row[4] for row in listed if str(row[0]).startswith("B00")}
    assert repeated == {"示例1": False, "示例2": True}
    office.run("notice", "correct", "文2号", "1", "--by", "乙某", "--reason", "误判", "--yes")
    assert "引用了" not in office.run("notice", "list").stdout
