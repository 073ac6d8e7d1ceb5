"""拟稿, 签发, 编号印发: all is judged again at each step, and names may be left out, not counts."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from offices import FRESH, Office, filed, reading
from samples import post

from mediawatch.domain import Code, NoticeDraft, ReviewAction
from mediawatch.domain.clock import day_end
from mediawatch.ops.settings import Home
from mediawatch.ports import Store

Q4, Q1 = date(2022, 12, 31), date(2023, 3, 31)
STALE = [Code.STALE_2W]
SIGNED = "2023-02-08"
DRAFT = ("notice", "draft", "--by", "甲某")
NUMBER = ("notice", "issue", "--number", "文1", "--date", "2023-02-09")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three of four accounts are confirmed stale, and a draft names them."""
    office = Office.of(
        tmp_path_factory.mktemp("drafts"), *(filed(number) for number in range(1, 5))
    )
    (office.home.root / "office.toml").write_text(
        'issuer = "示例办"\naddressees = "各局："\ncopies = "示例委"\npublicity = "主动公开"\n',
        "utf-8",
    )
    office.sweep(Q4, {1: STALE, 2: STALE, 3: STALE})
    office.run(*DRAFT, "--title", "示例通报", "--rectify-by", "+10日")
    return office.home


@pytest.fixture
def office(prepared: Home, tmp_path: Path) -> Office:
    shutil.copytree(prepared.root, tmp_path / "home")
    return Office(Home(tmp_path / "home"))


def drafts(office: Office) -> list[NoticeDraft]:
    return office.within(lambda store: store.notices.drafts())


def sign(office: Office) -> None:
    office.run("notice", "approve", "--by", "乙某", "--on", SIGNED)


def learn_post(office: Office, account: int, on: date = date(2022, 12, 28)) -> None:
    """A look after the draft shows a post in the window."""

    async def looked(store: Store) -> None:
        await store.readings.keep(reading(account, day_end(date(2023, 1, 5)), None, post(on)))

    office.within(looked)


def paragraphs(path: Path) -> str:
    return "\n".join(each.text for each in Document(str(path)).paragraphs)


def test_a_draft_is_signed_numbered_and_keeps_its_words(office: Office, tmp_path: Path) -> None:
    assert "拟稿" in office.run("notice", "list").stdout
    sign(office)
    assert "乙某" in office.run("notice", "list").stdout
    assert "签发通报" in office.run("next").stdout
    office.run(*NUMBER)
    (notice,) = office.within(lambda store: store.notices.all())
    assert (notice.title, notice.by, notice.addressees, notice.copies, notice.publicity) == (
        "示例通报",
        "甲某",
        "各局：",
        "示例委",
        "主动公开",
    )
    assert notice.rectify_by == date(2023, 2, 19)
    assert drafts(office)[0].notice_number == "文1"
    shown = office.run("notice", "show", "文1").stdout
    for words in ("主送：各局：", "抄送：示例委", "公开属性：主动公开", "印发：已编号印发"):
        assert words in shown
    assert "签发（稿1）" in shown
    # office.toml of a later day changes nothing that was issued.
    (office.home.root / "office.toml").write_text('copies = "别处"\n', "utf-8")
    office.run("report", "docx", "--notice", "文1", "--out", tmp_path / "通报.docx")
    text = paragraphs(tmp_path / "通报.docx")
    assert "（此件主动公开）" in text
    assert "抄送：示例委。" in text
    assert "别处" not in text


def test_a_post_found_after_the_signature_voids_it(office: Office) -> None:
    sign(office)
    learn_post(office, 2)
    said = office.refused(*NUMBER)
    assert "the signature of 乙某" in said
    assert "“示例2”不再列入（超2周未更新）" in said
    assert "`mediawatch notice draft` draws it up anew, then `notice approve` it again" in said
    assert "签发已失效" in office.run("notice", "list").stdout
    following = office.run("next").stdout
    assert "稿1签发已失效" in following
    assert "notice draft --by 姓名 --sweep 1 --out 送审稿.docx" in following
    assert office.within(lambda store: store.notices.all()) == []
    drawn = office.run(*DRAFT).stdout
    assert "与前稿不同：“示例2”不再列入" in drawn
    assert "稿2: 2 accounts, 2 failed" in drawn
    sign(office)
    office.run(*NUMBER)
    (notice,) = office.within(lambda store: store.notices.all())
    assert [item.filed.name for item in notice.items] == ["示例1", "示例3"]
    assert notice.title == "示例通报", "words that are not given stay"


def test_a_post_found_before_the_signature_refuses_it(office: Office) -> None:
    learn_post(office, 2)
    said = office.refused("notice", "approve", "--by", "乙某", "--on", SIGNED)
    assert "“示例2”不再列入" in said
    assert drafts(office)[0].approval is None
    assert "不再列入" in office.refused(*NUMBER), "also where the office signs on paper"


def test_a_change_of_a_word_of_the_office_voids_the_signature(office: Office) -> None:
    sign(office)
    toml = office.home.root / "office.toml"
    toml.write_text(toml.read_text("utf-8") + 'reach = "全市"\n', "utf-8")
    assert "office.toml不同（reach）" in office.refused(*NUMBER)
    toml.write_text(toml.read_text("utf-8").replace('reach = "全市"', 'number = "文9"'), "utf-8")
    office.run(*NUMBER)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("notice", "approve", "--by", "乙某", "--on", "2022-01-01"),
            "is not between the inspection's own day, 2022-12-31",
        ),
        (
            ("notice", "approve", "--by", "乙某", "--on", "2099-01-01"),
            "is not between the inspection's own day, 2022-12-31",
        ),
        (("notice", "approve", "--by", " ", "--on", "2023-01-01"), "needs the name of the 签发人"),
        (("notice", "unname", "1", "--by", "乙某", "--how", "letter"), "give --how and --reason"),
        (
            ("notice", "unname", "9", "--by", "乙", "--how", "letter", "--reason", "r"),
            "no item 9, but 1 to 3",
        ),
        (("notice", "unname", "1", "--by", "乙某", "--undo"), "is named: nothing is to be undone"),
        ((*NUMBER, "--title", "别的"), "has another --title"),
        ((*NUMBER, "--rectify-by", "2023-03-01"), "has another --rectify-by"),
        (("notice", "show", "稿7"), "there is no draft 稿7: the latest are 稿1"),
        (
            (*DRAFT, "--report-by", "+9日"),
            "is before --rectify-by (整改期限)",
        ),
        (
            (*DRAFT, "--rectify-by", "2023-03-06", "--report-by", "2023-03-05"),
            "--report-by (报送期限) 2023-03-05 is before --rectify-by (整改期限) 2023-03-06",
        ),
        ((*DRAFT, "--rectify-by", "快"), "deadline 快: that is no day"),
    ],
)
def test_what_a_draft_refuses(prepared: Home, words: tuple[str, ...], said: str) -> None:
    office = Office(prepared)
    assert said in office.refused(*words)
    assert len(drafts(office)) == 1
    assert office.within(lambda store: store.notices.all()) == []


def test_an_office_may_demand_the_signature(office: Office) -> None:
    toml = office.home.root / "office.toml"
    toml.write_text(toml.read_text("utf-8") + "approval = true\n", "utf-8")
    assert "`notice approve` the draft 稿1 first" in office.refused(*NUMBER)
    assert "notice approve --by" in office.run("next").stdout
    sign(office)
    office.run(*NUMBER)
    other = office.sweep(Q1, {1: STALE})
    told = office.refused(*office.words_to_issue(other, "文2", date(2023, 4, 1)))
    assert "`notice draft` it, then `notice approve` the draft" in told


def test_a_draft_that_was_drawn_up_anew_is_signed_anew(office: Office) -> None:
    sign(office)
    office.run(*DRAFT, "--title", "另一题")
    said = office.refused(*NUMBER)
    assert "稿1 was signed, and 稿2 took its place: `notice approve` that one, too" in said
    toml = office.home.root / "office.toml"
    toml.write_text(toml.read_text("utf-8") + "approval = true\n", "utf-8")
    assert "稿1 was signed, and 稿2 took its place" in office.refused(*NUMBER)
    sign(office)
    office.run(*NUMBER)


def test_names_are_left_out_and_counted(office: Office, tmp_path: Path) -> None:
    sign(office)
    done = office.run(
        "notice", "unname", "2", "--how", "letter", "--by", "乙某", "--reason", "涉专项",
        "--out", tmp_path / "稿.docx",
    )  # fmt: skip
    assert "与前稿不同：“示例2”由点名改为另行函告" in done.stdout
    assert "送审稿" in paragraphs(tmp_path / "稿.docx")
    assert drafts(office)[-1].approval is None, "the leader signs what is printed"
    shown = office.run("notice", "show", "稿2").stdout
    assert "另行函告" in shown
    assert "涉专项（乙某）" in shown
    sign(office)
    office.run(*NUMBER)
    office.run("report", "docx", "--notice", "文1", "--out", tmp_path / "通报.docx")
    document = Document(str(tmp_path / "通报.docx"))
    text = paragraphs(tmp_path / "通报.docx")
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert re.search(r"超2周未更新。共有?3个", text)
    assert "示例1局“示例1”、示例3局“示例3”" in text
    assert "发现不合格3个" in text
    assert "示例2" not in text
    assert "示例2" not in cells
    listed = office.sheets("--notice", "文1")["突出问题名单"]
    assert [row[1] for row in listed[2:]] == ["示例1", "示例3"]
    office.run("report", "html", "--notice", "文1", "--out", tmp_path / "页.html")
    page = (tmp_path / "页.html").read_text("utf-8")
    assert "不合格数3，其中1个另行函告。" in page
    assert "示例2局" not in page
    document_out = office.handoff("--notice", "文1")
    assert document_out["counts"]["failed"] == 3
    assert [each["unnamed"] for each in document_out["findings"]] == ["", "另行函告", ""]
    internal = office.run("notice", "show", "文1").stdout
    assert "另行函告" in internal
    assert "涉专项" in internal


def test_a_name_that_was_left_out_stays_out_of_the_next_re_check(office: Office) -> None:
    office.run("notice", "unname", "2", "--how", "unnamed", "--by", "乙某", "--reason", "r")
    office.run("notice", "issue", "--number", "文1", "--date", "2023-01-10")
    again = office.sweep(Q1, {1: STALE}, confirm=False)
    office.run("recheck", "文1", "--sweep", str(again))
    rows = office.sheets("--sweep", str(again), "--include-open")["复查情况"]
    assert [row[1] for row in rows if row[0] in ("B001", "B002", "B003")] == ["示例1", "示例3"]


def test_no_paper_tells_that_an_unnamed_account_failed_before(office: Office) -> None:
    office.run("notice", "unname", "2", "--how", "unnamed", "--by", "乙某", "--reason", "r")
    office.run("notice", "issue", "--number", "文1", "--date", "2023-01-10")
    office.sweep(Q1, {1: STALE, 2: STALE})
    listed = office.sheets()["突出问题名单"]
    assert [row[4] for row in listed if row[0] in ("B001", "B002")] == [
        "超2周未更新（重复问题，连续2次）",
        "超2周未更新",
    ]
    found = office.handoff()["findings"]
    assert [(each["times"], each["unnamed_before"]) for each in found] == [(2, False), (2, True)]


def test_whom_a_notice_leaves_out_its_re_check_annex_leaves_out(
    office: Office, tmp_path: Path
) -> None:
    office.run("notice", "issue", "--number", "文1", "--date", "2023-01-10")
    again = office.sweep(Q1, {1: STALE, 2: STALE})
    office.run("recheck", "文1", "--sweep", str(again))
    office.run(*DRAFT, "--title", "二季度通报")
    office.run("notice", "unname", "2", "--how", "letter", "--by", "乙某", "--reason", "r")
    office.run("notice", "issue", "--number", "文2", "--date", "2023-04-05")
    rows = office.sheets("--notice", "文2")["复查情况"]
    assert [row[1] for row in rows if row[0] in ("B001", "B002", "B003")] == ["示例1", "示例3"]
    office.run("report", "docx", "--notice", "文2", "--out", tmp_path / "通报.docx")
    assert "3个政务新媒体（其中1个另行函告）进行了复查" in paragraphs(tmp_path / "通报.docx")
    office.run("report", "html", "--notice", "文2", "--out", tmp_path / "页.html")
    assert "示例2局" not in (tmp_path / "页.html").read_text("utf-8")
    items = office.handoff("--notice", "文2")["recheck"]["items"]
    assert [each["unnamed"] for each in items] == ["", "另行函告", ""]


def test_an_unnamed_account_that_is_open_again_is_on_no_page(
    office: Office, tmp_path: Path
) -> None:
    office.run("notice", "unname", "2", "--how", "letter", "--by", "乙某", "--reason", "r")
    office.decide(1, ReviewAction.REOPENED)
    office.run("report", "html", "--out", tmp_path / "稿.html")
    assert "示例2局" not in (tmp_path / "稿.html").read_text("utf-8")


def test_all_documents_are_of_the_newest_notice(office: Office, tmp_path: Path) -> None:
    office.run("notice", "unname", "2", "--how", "letter", "--by", "乙某", "--reason", "r")
    office.run("notice", "issue", "--number", "文1", "--date", "2023-01-10")
    learn_post(office, 2)
    for kind in ("html", "xlsx", "docx"):
        done = office.run("report", kind, "--out", tmp_path / f"页.{kind}")
        assert "as issued: 文1 示例通报" in done.stderr
        assert "3 accounts failed" in done.stdout
    assert "示例2局" not in (tmp_path / "页.html").read_text("utf-8")


def test_a_name_is_named_again(office: Office) -> None:
    one = ("notice", "unname", "2", "--by", "乙某")
    office.run(*one, "--how", "unnamed", "--reason", "r")
    told = office.run(*one, "--undo").stdout
    assert "由不在正文点名改为点名" in told
    first, _, third = drafts(office)
    assert first.content == third.content
    assert third.unnamed == ()


def test_all_names_of_a_kind_may_be_left_out(office: Office, tmp_path: Path) -> None:
    for item in "123":
        office.run("notice", "unname", item, "--how", "letter", "--by", "乙某", "--reason", "r")
    office.run("report", "docx", "--out", tmp_path / "通报.docx")
    text = paragraphs(tmp_path / "通报.docx")
    assert re.search(r"超2周未更新。共有?3个", text)
    assert "局“示例" not in text


def test_one_who_was_faster_has_signed(office: Office) -> None:
    (draft,) = drafts(office)
    sign(office)
    (signed,) = drafts(office)
    assert signed.approval is not None
    approval = signed.approval
    with pytest.raises(Exception, match="something was done about draft 1 meanwhile"):
        office.within(lambda store: store.notices.approve_draft(draft, approval))


def test_a_dismissed_finding_is_told_by_name(office: Office) -> None:
    sign(office)
    office.within(lambda store: store.sweeps.keep_judgements(1, {3: FRESH}))
    assert "“示例3”不再列入" in office.refused(*NUMBER)


def test_a_draft_that_was_given_up_is_no_newer_inspections(office: Office) -> None:
    other = office.sweep(Q1, {1: STALE})
    for words in (NUMBER, ("notice", "approve", "--by", "乙某", "--on", SIGNED)):
        told = office.refused(*words)
        assert f"稿1 (sweep 1) waits, and sweep {other} is newer" in told
    office.issue(other, "文2", date(2023, 4, 1))
    assert [each.notice_number for each in drafts(office)] == [""]


def test_a_draft_says_that_the_next_took_its_place(office: Office) -> None:
    office.run(*DRAFT)
    assert "已由后稿代替" in office.run("notice", "show", "稿1").stdout
    assert "拟稿；甲某拟稿" in office.run("notice", "show", "稿2").stdout


def test_a_day_is_held_against_a_count_of_days_at_the_issue(office: Office) -> None:
    office.run(*DRAFT, "--rectify-by", "+10日", "--report-by", "2023-02-20")
    late = ("notice", "issue", "--number", "文1", "--date")
    told = office.refused(*late, "2023-02-11")
    assert "(报送期限) 2023-02-20 is before --rectify-by (整改期限) 2023-02-21" in told
    office.run(*late, "2023-02-10")


def test_days_of_the_past_may_be_noted_afterwards(office: Office) -> None:
    office.run(*DRAFT, "--rectify-by", "2023-01-20")
    office.run("notice", "approve", "--by", "乙某", "--on", "2023-01-09")
    early = ("notice", "issue", "--number", "文1", "--date")
    assert "is before 稿2 was signed, 2023-01-09" in office.refused(*early, "2023-01-08")
    office.run(*early, "2023-01-10")
    (notice,) = office.within(lambda store: store.notices.all())
    assert notice.rectify_by == date(2023, 1, 20)


def test_only_the_one_who_signed_decides_a_reconsideration_as_signer(office: Office) -> None:
    sign(office)
    office.run(*NUMBER)
    asked = ("notice", "appeal", "文1", "1", "--reason", "已更新")
    office.run(*asked, "--by", "示例1局张三")
    decided = (*asked, "--result", "rejected", "--as-signer", "本单位仅此一人", "--by")
    assert "文1 was signed by 乙某, not by 丁某" in office.refused(*decided, "丁某")
    office.run(*decided, "乙某")
