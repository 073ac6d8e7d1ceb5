"""更正: the letter, the replaced annexes, and each place of publication until it has followed."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from docx import Document
from offices import Office, filed, reading
from openpyxl import load_workbook
from samples import post

from mediawatch.domain import (
    Code,
    NameOmission,
    Notice,
    NoticeAction,
    NoticeItem,
    UserError,
)
from mediawatch.domain.clock import day_end, day_of
from mediawatch.ops.settings import Home
from mediawatch.ops.settings.office import Office as OfficeSettings
from mediawatch.publish.reports.unit_letters import unit_letters

Q4 = date(2022, 12, 31)
STALE = [Code.STALE_2W]
PAGE = "https://www.shili.gov.cn/tongbao/1.html"
BY = ("--by", "丁某")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A notice on three of four accounts, one of which it does not name, published twice."""
    office = Office.of(
        tmp_path_factory.mktemp("places"), *(filed(number) for number in range(1, 5))
    )
    (office.home.root / "office.toml").write_text(
        'issuer = "示例办"\naddressees = "各局："\ncopies = "示例委"\npublicity = "主动公开"\n',
        "utf-8",
    )
    office.sweep(Q4, {1: STALE, 2: STALE, 3: [*STALE, Code.NAME_MISMATCH]})
    office.run("notice", "draft", "--by", "甲某", "--title", "示例通报")
    office.run("notice", "unname", "2", "--how", "letter", "--by", "乙某", "--reason", "涉专项")
    office.run("notice", "issue", "--number", "文1", "--date", "2023-01-10")
    office.run("notice", "published", "文1", "--url", PAGE, "--on", "2023-01-11", *BY)
    office.run("notice", "published", "文1", "--where", "示例日报", "--on", "2023-01-12", *BY)
    return office.home


@pytest.fixture
def office(prepared: Home, tmp_path: Path) -> Office:
    shutil.copytree(prepared.root, tmp_path / "home")
    return Office(Home(tmp_path / "home"))


def correct(office: Office, item: str, *more: str) -> str:
    """Withdraw an item; the day of that."""
    office.run(
        "notice", "correct", "文1", item, "--yes", *BY, "--reason", "监测期内发布过内容。", *more
    )
    return str(day_of(office.within(lambda store: store.notices.events())[-1].at))


def papers(office: Office, *more: str) -> Path:
    folder = office.home.root.parent / "更正"
    office.run("notice", "correction-papers", "文1", "--out", folder, "--force", *more)
    return folder


def words(path: Path) -> str:
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def test_a_correction_is_unfinished_until_each_place_has_followed(office: Office) -> None:
    assert "已发布" in office.run("notice", "list").stdout
    assert "更正未完成" not in office.run("notice", "list").stdout
    day = correct(office, "1")
    for command in (("notice", "list"), ("notice", "show", "文1"), ("status",)):
        told = office.run(*command).stdout
        assert "更正未完成：文1：示例日报（2023-01-12发布）仍为更正前的内容" in told
        assert f"www.shili.gov.cn（{PAGE}，2023-01-11发布）" in told
    following = office.run("next").stdout
    assert "更正未完成2处" in following
    assert "待核查1个，通报时为0个" in following
    told_json = json.loads(office.run("status", "--json").stdout)
    assert [each["place"] for each in told_json["corrections_unfinished"]] == [
        "www.shili.gov.cn",
        "示例日报",
    ]
    assert "still shows what was corrected" in office.refused("notice", "close", "文1", *BY)
    tick = ("notice", "retract", "文1")
    done = office.run(*tick, "示例日报", "--how", "removed", "--on", day, *BY).stdout
    assert "更正未完成：尚余1处" in done
    done = office.run(*tick, "www.shili.gov.cn", "--how", "replaced", "--on", day, *BY).stdout
    assert "更正已完成" in done
    assert "更正未完成" not in office.run("status").stdout
    shown = office.run("notice", "show", "文1").stdout
    for told in ("已撤稿", "已替换", "第2版"):
        assert told in shown
    # The replaced text says what the second correction withdraws; what was taken down does not.
    correct(office, "3")
    told = office.run("notice", "list").stdout
    assert "www.shili.gov.cn" in told
    assert "示例日报" not in told


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("published", "文1", "--on", "2023-01-11", *BY), "name the place"),
        (("published", "文1", "--url", "javascript:1", "--on", "2023-01-11", *BY), "no address of a page"),
        (("published", "文1", "--url", PAGE, "--on", "2023-01-11", *BY), "is known as a place of 文1 already"),
        (("published", "文1", "--where", "甲", "--on", "2023-01-09", *BY), "is not between 2023-01-10"),
        (("published", "文1", "--where", "甲", "--on", "2099-01-09", *BY), "is not between 2023-01-10"),
        (("published", "文1", "--where", "甲", "--version", "2", "--on", "2023-01-11", *BY), "no version 2, but 1 to 1"),
        (("published", "文1", "--where", "甲", "--on", "2023-01-11", "--by", " "), "a name is needed"),
        (("retract", "文1", "乙", "--how", "removed", "--on", "2023-02-01", *BY), "the places are www.shili.gov.cn、示例日报"),
        (("retract", "文1", "示例日报", "--how", "replaced", "--on", "2023-02-01", *BY), "nothing is to be replaced"),
        (("retract", "文1", "示例日报", "--how", "removed", "--on", "2023-01-11", *BY), "is not between 2023-01-12"),
        (("correction-papers", "文1", "--out", "更正"), "文1 was not corrected"),
    ],
)  # fmt: skip
def test_what_a_place_refuses(prepared: Home, typed: tuple[str, ...], said: str) -> None:
    office = Office(prepared)
    before = office.within(lambda store: store.notices.events())
    assert said in office.refused("notice", *typed)
    assert office.within(lambda store: store.notices.events()) == before
    assert not Path("更正").exists()


def test_no_place_shows_a_correction_before_its_day(office: Office) -> None:
    day = date.fromisoformat(correct(office, "1"))
    tick = ("notice", "retract", "文1", "示例日报", *BY, "--how")
    told = office.refused(*tick, "replaced", "--on", str(day - timedelta(days=1)))
    assert f"is before the newest correction of 文1, {day}" in told
    assert "尚余1处" in office.run(*tick, "removed", "--on", "2023-01-13").stdout


def test_a_place_that_is_noted_late_shows_what_stood_then(office: Office) -> None:
    day = correct(office, "1")
    for place, on in (("旧文", "2023-01-20"), ("当日", day)):
        office.run("notice", "published", "文1", "--where", place, "--on", on, *BY)
    office.run("notice", "published", "文1", "--where", "新文", "--on", day, "--version", "2", *BY)
    versions = {
        event.place: event.version
        for event in office.within(lambda store: store.notices.events())
        if event.action is NoticeAction.PUBLISHED
    }
    assert (versions["旧文"], versions["当日"], versions["新文"]) == (1, 1, 2), "in doubt the older"
    assert "新文" not in office.run("status").stdout


def test_the_letter_tells_item_reason_and_corrected_figures(office: Office) -> None:
    correct(office, "1")
    folder = papers(office)
    letter = words(folder / "更正通知（代拟稿）.docx")
    for told in (
        "示例办关于更正《示例通报》有关内容的通知",
        "各局：",
        "2023年1月10日印发的《示例通报》（文1）（以下简称《通报》）中，有1处与实际情况不符，现更正如下。",
        "《通报》所列示例1局“示例1”（新浪微博）存在的“超2周未更新”问题，经复核，监测期内发布过内容，予以撤销。",
        "检查数由4个更正为3个",
        "不合格数由3个更正为2个",
        "待人工核查数由0个更正为1个",
        "合格率由25.00%更正为33.33%",
        "（此件主动公开）",
        "抄送：示例委。",
        "政务新媒体检查情况统计表",
    ):
        assert told in letter
    assert "示例2" not in letter, "it was not named, and is not named now"
    circular = words(folder / "通报（更正后）.docx")
    assert "示例1局" not in circular
    assert "发现不合格2个" in circular
    listed = load_workbook(folder / "附件（更正后）.xlsx")["突出问题名单"]
    assert [row[1] for row in listed.iter_rows(min_row=4, values_only=True)] == ["示例3"]
    places = list(
        load_workbook(folder / "发布场所更正清单.xlsx").active.iter_rows(values_only=True)
    )
    assert places[2][1:6] == ("www.shili.gov.cn", PAGE, "2023-01-11", "第1版", "待撤稿或替换")


def test_the_letter_names_no_account_that_was_not_named(office: Office) -> None:
    correct(office, "2")
    folder = papers(office)
    for name in ("更正通知（代拟稿）.docx", "通报（更正后）.docx"):
        assert "示例2" not in words(folder / name)
    book = load_workbook(folder / "附件（更正后）.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "示例2" not in cells
    letter = words(folder / "更正通知（代拟稿）.docx")
    assert "《通报》未点名的1个账号的问题一并更正，另行告知有关单位。" in letter
    assert "不合格数由3个更正为2个" in letter


def test_letters_tell_what_no_place_has_followed_yet(office: Office) -> None:
    day = correct(office, "1")
    correct(office, "3", "--code", "name_mismatch")
    both = words(papers(office) / "更正通知（代拟稿）.docx")
    assert "有2处与实际情况不符" in both
    assert "二、《通报》所列示例3局" in both
    assert (
        "存在的“超2周未更新、名称不一致”问题，经复核，监测期内发布过内容，更正为“超2周未更新”。"
        in both
    )
    for place in ("示例日报", "www.shili.gov.cn"):
        office.run("notice", "retract", "文1", place, "--how", "replaced", "--on", day, *BY)
    newest = words(papers(office) / "更正通知（代拟稿）.docx")
    assert "有1处与实际情况不符" in newest
    assert "不合格数" not in newest, "a figure that stands is no correction"
    again = words(papers(office, "--since", "1") / "更正通知（代拟稿）.docx")
    assert "有2处" in again
    assert "has the versions 1 to 3" in office.refused(
        "notice",
        "correction-papers",
        "文1",
        "--out",
        office.home.root.parent / "他",
        "--since",
        "3",
    )


def test_a_letter_tells_the_items_in_their_order(office: Office) -> None:
    correct(office, "3")
    correct(office, "1")
    letter = words(papers(office) / "更正通知（代拟稿）.docx")
    assert "一、《通报》所列示例1局" in letter
    assert "二、《通报》所列示例3局" in letter


def test_a_sheet_for_the_consultation_prints_across(office: Office, tmp_path: Path) -> None:
    office.run("notice", "consult", "--out", tmp_path / "会商.xlsx")
    assert (tmp_path / "会商.xlsx").stat().st_mode & 0o077 == 0, "answers may hold telephones"
    sheet = load_workbook(tmp_path / "会商.xlsx").active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[2] == (
        "序号", "政务新媒体名称", "所属组织", "存在的突出问题", "疑似（认定）依据", "单位反馈", "会商意见", "签名",
    )  # fmt: skip
    assert rows[3][:5] == (
        "1",
        "示例1\n新浪微博",
        "示例1局",
        "超2周未更新",
        "认定依据：超2周未更新。",
    )
    assert [row[6:] for row in rows[3:6]] == [(None, None)] * 3 or [
        row[6:] for row in rows[3:6]
    ] == [("", "")] * 3
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.print_title_rows == "$3:$3"


def test_the_archive_holds_drafts_and_places(office: Office, tmp_path: Path) -> None:
    office.run("notice", "archive", "文1", "--out", tmp_path / "案卷.zip")
    with zipfile.ZipFile(tmp_path / "案卷.zip") as bundle:
        drafts = json.loads(bundle.read("1 通报/拟稿和签发.json"))
        index = bundle.read("目录.html").decode()
    assert [each["id"] for each in drafts] == [1, 2]
    assert drafts[1]["unnamed"][0]["reason"] == "涉专项"
    for words_of_index in ("拟稿（稿1）", "改稿（稿2）", "示例日报（2023-01-12）"):
        assert words_of_index in index


def test_a_correction_tells_what_is_left_to_do(office: Office) -> None:
    told = office.run("notice", "correct", "文1", "1", "--yes", *BY, "--reason", "有误").stderr
    assert "`mediawatch notice correction-papers 文1 --out DIR` writes the papers" in told


def test_a_unit_that_is_not_named_gets_its_letter(office: Office, tmp_path: Path) -> None:
    office.run("notice", "letters", "文1", "--out", tmp_path / "函")
    (letter,) = (tmp_path / "函").iterdir()
    assert letter.name == "函 002 示例2.docx"
    for told in (
        "示例办关于政务新媒体“示例2”检查情况的函",
        "示例2局：",
        "超2周未更新",
        "2023年1月10日",
    ):
        assert told in words(letter)
    assert "涉专项" not in words(letter), "why it is not named is internal"
    correct(office, "2")
    left = office.refused("notice", "letters", "文1", "--out", tmp_path / "再")
    assert "no item that stands with 另行函告" in left


def test_a_letter_about_an_account_without_a_unit_goes_above_or_is_refused() -> None:
    def item(**more: str) -> NoticeItem:
        filing = filed(1, **{"organiser": "", "prefecture": "", "county": ""} | more)
        letter = NameOmission.LETTER.label
        return NoticeItem(
            number=1, filed=filing, problem="长期未更新", fails=True, account_id=1, unnamed=letter
        )

    day = date(2023, 1, 10)
    notice = Notice(
        number="文1", title="通报", issued_on=day, rectify_by=day, by="丙某", kept_at=day_end(day)
    )
    office = OfficeSettings(issuer="示例办")
    for filing, addressee in (
        ({"supervisor": "示例市委办"}, "示例市委办："),
        ({"prefecture": "甲市", "county": "丙县"}, "甲市丙县："),
    ):
        ((_, letter),) = unit_letters(notice, [item(**filing)], {}, office, ())
        told = "\n".join(letter.paragraphs)
        assert letter.addressee == addressee
        assert "你单位" not in told
        assert "请督促开办单位于2023年1月10日前完成整改。" in told
    ((_, letter),) = unit_letters(notice, [item()], {1: filed(1)}, office, ())
    assert letter.addressee == "示例1局："
    with pytest.raises(UserError, match="“示例1” of 文1 has neither 所属组织 nor 主管单位"):
        unit_letters(notice, [item()], {}, office, ())


def test_papers_say_nothing_again_that_is_to_be_corrected(office: Office, tmp_path: Path) -> None:
    correct(office, "1")
    shown = reading(2, day_end(date(2023, 1, 20)), None, post(date(2022, 12, 28)))
    office.within(lambda store: store.readings.keep(shown))
    for command in (("correction-papers",), ("letters",)):
        told = office.refused("notice", *command, "文1", "--out", tmp_path / "再")
        assert "文1第2项“示例2”" in told
        assert "`mediawatch notice correct` it first" in told
    assert not (tmp_path / "再").exists()
