"""The documents of an inspection, opened again by other programs: openpyxl, python-docx, a real
browser.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import zipfile
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from openpyxl import load_workbook
from PIL import Image
from playwright.async_api import async_playwright

from mediawatch.domain import (
    Account,
    Code,
    Effect,
    Evidence,
    EvidenceKind,
    FiledStatus,
    Filing,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    NoticeItem,
    Outcome,
    Post,
    Reading,
    Rectification,
    ReviewState,
    Sight,
    Sweep,
    SweepAccount,
    SweepKind,
    UserError,
    Verdict,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.settings.office import Office, Part, read_office
from mediawatch.publish.circular.compose import compose
from mediawatch.publish.circular.text import MANY
from mediawatch.publish.inspection import Imprint, Inspection, inspection
from mediawatch.publish.reports import annexes, pages, sheets, word
from mediawatch.publish.reports.account_page import reading_lines
from mediawatch.publish.reports.annexes import annex_book
from mediawatch.publish.reports.sheets import bundles
from mediawatch.publish.reports.word_template import CELL
from mediawatch.publish.results import RecheckResult
from mediawatch.publish.rounds import EarlierNotices
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import load
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.typesetting import typeset

HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'
LONG = "3025716006566021"
AT = datetime(2022, 12, 31, 15, 59, tzinfo=UTC)
OFFICE = Office(
    issuer="示例市人民政府办公室",
    reach="全市",
    addressees="各县（市、区）人民政府：",
    regions=("乙县", "甲县"),
)
POLICY = load("national")


def entry(
    number: int,
    verdict: Verdict,
    place: str = "甲县",
    review: ReviewState = ReviewState.CONFIRMED,
    **filed: str,
) -> SweepAccount:
    failing = Finding(
        code=Code.STALE_2W,
        label="超2周未更新",
        effect=Effect.FAILS,
        sentence="间隔20天。",
        reading_ids=(number,),
        review=review,
        latest_on=date(2022, 12, 11),
        excuse="平台限制发布" if review is ReviewState.DISMISSED else "",
    )
    values = {
        "name": f"示例{number}",
        "type": "新浪微博",
        "organiser": "示例局",
        "filing_number": f"{number:05}",
    } | filed
    account = Account(id=number, filed=Filing(platform="weibo", prefecture=place, **values))  # type: ignore[arg-type]
    failed = verdict is Verdict.FAILED
    judged = Judgement(
        verdict=verdict,
        sentence="…",
        findings=(failing,) if failed else (),
        latest_on=date(2022, 12, 11),
    )
    return SweepAccount(sweep_id=1, account=account, judgement=judged)


def reading(number: int, picture: Path | None = None) -> Reading:
    shown = Evidence(
        kind=EvidenceKind.SCREENSHOT,
        media_type="image/jpeg",
        path=picture.name if picture else "",
        sha256=hashlib.sha256(picture.read_bytes()).hexdigest() if picture else "",
        size=1,
        taken_at=AT,
        url="https://x/1",
    )
    sight = Sight(
        surface="weibo.desktop",
        read_at=AT,
        name=HOSTILE,
        matched_by=MatchedBy.ID,
        platform_id="0012",
        outcome=Outcome.OK,
        posts=(Post(on=date(2022, 12, 11)),),
        complete_since=datetime(2022, 12, 1, tzinfo=UTC),
        evidence=(shown,) if picture else (),
    )
    return Reading(
        id=number,
        account_id=number,
        look=LookKind.SECOND,
        started_at=AT,
        read_at=AT,
        sights=(sight,),
    )


SCOPE = [
    entry(1, Verdict.FAILED, name=HOSTILE, organiser=HOSTILE, filing_number=LONG), entry(2, Verdict.FRESH, "乙县"),
    entry(3, Verdict.FAILED, review=ReviewState.DISMISSED), entry(4, Verdict.UNPROVEN), entry(5, Verdict.FAILED, review=ReviewState.OPEN),
]  # fmt: skip


def told(
    scope: list[SweepAccount] = SCOPE,
    *,
    include_open: bool = False,
    picture: Path | None = None,
    of_sweep: Mapping[str, Any] | None = None,
) -> Inspection:
    sweep = Sweep(
        as_of=AT, policy="national", policy_toml="", started_at=AT, id=7, **of_sweep or {}
    )
    readings = {each.account.id: [reading(each.account.id, picture)] for each in scope}
    return inspection(
        JudgedScope(sweep=sweep, policy=POLICY, entries=tuple(scope)),
        readings,
        Imprint(office=OFFICE, surfaces={"weibo.desktop": "微博网页版"}),
        include_open=include_open,
    )


def test_only_what_a_person_confirmed_is_held_against_anybody() -> None:
    closed, opened = told(), told(include_open=True)
    assert [problem.entry.account.id for problem in closed.failed] == [1]
    assert [entry.account.id for entry in closed.open] == [4, 5]
    assert closed.statistics.whole.checked == 3
    assert [problem.entry.account.id for problem in opened.failed] == [1, 5]
    assert closed.marks == ("初步结果",)
    assert "含未经审核的疑似问题，不得公开" in opened.marks
    dismissed = as_reviewed(SCOPE[2], include_open=True)
    assert dismissed.judgement is not None
    assert dismissed.judgement.verdict is Verdict.LISTED


def test_the_annexes_as_a_workbook() -> None:
    book = load_workbook(io.BytesIO(annex_book(told())))
    assert book.sheetnames == ["检查情况统计表", "突出问题名单"]
    rows = [[cell.value for cell in row] for row in book["检查情况统计表"].iter_rows(min_row=3)]
    assert rows[0] == [
        "序号",
        "地区（部门）",
        "在管数",
        "检查数",
        "检查率",
        "不合格数",
        "合格率",
        "待核查",
    ]
    assert rows[1][:3] == [1, "乙县", 1]
    assert rows[-1][1:] == ["合计", 5, 3, "60.00%", 1, "66.67%", 2]
    listed = book["突出问题名单"]
    row = next(iter(listed.iter_rows(min_row=4)))
    assert [cell.value for cell in row] == [LONG, HOSTILE, "新浪微博", HOSTILE, "超2周未更新"]
    assert {cell.data_type for cell in row} == {"s"}
    assert all(cell.hyperlink is None for cell in row)
    assert annex_book(told()) == annex_book(told())


def test_the_circular_as_a_word_document() -> None:
    body = word.circular(told(), signed_on=date(2023, 2, 9))
    document = Document(io.BytesIO(body))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "示例市人民政府办公室关于2022年第四季度全市政务新媒体检查情况的通报" in text
    assert (
        "全市正常运行的政务新媒体共5个，本次检查3个（检查率60.00%），发现不合格1个，合格率66.67%。"
        in text
    )
    assert f"（一）超2周未更新。共有1个政务新媒体。新浪微博1个：{HOSTILE}“{HOSTILE}”。" in text
    assert "2023年2月9日" in text
    assert (
        "根据《国务院办公厅秘书局关于印发政府网站与政务新媒体检查指标、监管工作年度考核指标的通知》"
        "（国办秘函〔2019〕19号）要求，示例市人民政府办公室采取系统监测加人工审核的方式，"
        "组织开展了本次政务新媒体检查，现将有关情况通报如下。"
    ) in text
    headings = [
        paragraph for paragraph in document.paragraphs if re.match("[一二三]、", paragraph.text)
    ]
    assert [paragraph.paragraph_format.keep_with_next for paragraph in headings] == [True] * 3
    assert "{" not in text
    assert [cell.text for cell in document.tables[1].rows[1].cells] == [
        LONG,
        HOSTILE,
        "新浪微博",
        HOSTILE,
        "超2周未更新",
    ]
    page = document.sections[0]
    assert page.page_width is not None
    assert [
        round(each.mm) for each in (page.page_width, page.top_margin, page.left_margin) if each
    ] == [210, 37, 28]
    assert body == word.circular(told(), signed_on=date(2023, 2, 9))


def test_an_offices_own_template_and_a_broken_one(tmp_path: Path) -> None:
    own = Document(io.BytesIO(word.shipped_template()))
    own.add_paragraph("抄送:{{ issuer }}")
    own.save(str(tmp_path / "circular.docx"))
    made = Document(io.BytesIO(word.circular(told(), template=tmp_path / "circular.docx")))
    assert made.paragraphs[-1].text == "抄送:示例市人民政府办公室"
    own.add_paragraph("{{ issuer")
    own.save(str(tmp_path / "broken.docx"))
    (tmp_path / "none.docx").write_bytes(b"no document")
    for name in ("broken.docx", "none.docx", "missing.docx"):
        with pytest.raises(UserError, match=name):
            word.circular(told(), template=tmp_path / name)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (lambda path: path.symlink_to("moved.docx"), r"is a link to .*moved\.docx, which does not"),
        (os.mkfifo, "is a pipe, a device or a socket"),
        (Path.mkdir, "is a folder"),
    ],
)
def test_what_stands_for_a_template_in_the_home_is_never_passed_over(
    place: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    assert word.own_template(tmp_path) is None
    place(tmp_path / word.TEMPLATE)
    with pytest.raises(UserError, match=rf"circular\.docx {said}.*report template` writes one"):
        word.circular(told(), template=word.own_template(tmp_path))


@pytest.mark.parametrize(
    ("since", "newest"),
    [(AT, "最近更新2019-06-19（确定为最新）"), (None, "最近更新不早于2019-06-19")],
)
def test_a_sight_says_how_sure_its_newest_day_is(
    tmp_path: Path, since: datetime | None, newest: str
) -> None:
    one = reading(1)
    sight = replace(one.sights[0], posts=(Post(on=date(2019, 6, 19)),), complete_since=since)
    seen = replace(one, sights=(sight,))
    assert f"（按平台ID匹配），{newest}" in reading_lines(seen, {})[1]
    page = sheets.sheet(
        told(), replace(told().failed[0], readings=(seen,)), EvidenceFolder(tmp_path)
    ).decode()
    assert f"”，{newest}<" in page
    assert "不早于2022-12-11" in page


_LEGIBLE = """() => {
  const shown = element => element.getClientRects().length && element.textContent.trim()
  const texts = [...document.querySelectorAll('main p, dt, dd b, td, th, h1, h2, h3, span')]
  const size = element => parseFloat(getComputedStyle(element).fontSize)
  const cell = document.querySelector('td[data-name]')
  const bar = row => {
    const name = row.getBoundingClientRect(), value = row.nextElementSibling
    const beside = value.getBoundingClientRect()
    return value.querySelector('i').offsetHeight >= 10
      && (name.right <= beside.left || name.bottom <= beside.top)
  }
  return {
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    letters: texts.filter(shown).map(size),
    cards: getComputedStyle(cell).display === 'flex'
      && getComputedStyle(cell, '::before').content.includes(cell.dataset.name),
    bars: [...document.querySelectorAll('dt')].map(bar),
  }
}"""
"""How a page looks at its width: pixels that stick out, sizes of letters, whether lists are cards."""


async def test_the_pages_in_a_browser(executable: Path, tmp_path: Path) -> None:
    Image.new("RGB", (1280, 4000), "white").save(tmp_path / "shown.jpg")
    (tmp_path / "report.html").write_bytes(
        pages.report(told(picture=tmp_path / "shown.jpg"), EvidenceFolder(tmp_path))
    )
    problem = told(picture=tmp_path / "shown.jpg").failed[0]
    rich = replace(
        problem,
        readings=tuple(
            replace(reading(number, tmp_path / "shown.jpg"), id=number) for number in range(4)
        ),
    )
    (tmp_path / "sheet.html").write_bytes(sheets.sheet(told(), rich, EvidenceFolder(tmp_path)))
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=executable)
        page = await chromium.new_page()
        asked: list[str] = []
        dialogs: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        await page.goto((tmp_path / "report.html").as_uri())
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert await page.locator(".problem h3").all_inner_texts() == [HOSTILE]
        assert await page.locator(".problem img").evaluate("image => image.naturalWidth") == 400
        for width in (375, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            seen = await page.evaluate(_LEGIBLE)
            assert seen["overflow"] == 0, width
            assert min(seen["letters"]) >= 12, width
            assert seen["cards"] is (width == 375)
            # A bar and its value stand beside or below its name, and nothing covers anything.
            assert seen["bars"] == [True] * len(seen["bars"]) != [], width
        await page.keyboard.press("/")
        await page.keyboard.type("没有这个")
        assert await page.locator(".problem:visible").count() == 0
        await page.keyboard.press("Escape")
        assert await page.locator(".problem:visible").count() == 1
        await page.goto((tmp_path / "sheet.html").as_uri())
        assert "微博网页版" in await page.inner_text("body")
        printed = await page.pdf(prefer_css_page_size=True)
        await chromium.close()
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1
    assert dialogs == []


@pytest.mark.soak
def test_the_page_of_a_province_is_small(tmp_path: Path) -> None:
    """2 432 accounts; as many fail as in Tibet (40 %), and a sixth is open."""
    Image.effect_noise((1280, 900), 60).save(tmp_path / "shown.jpg", quality=70)
    verdicts = [Verdict.FAILED] * 973 + [Verdict.UNPROVEN] * 400 + [Verdict.FRESH] * 1059
    name = "示例县某某单位政务发布"
    scope = [
        entry(number, verdict, name=f"{name}{number}", organiser="示例市示例县某某局办公室")
        for number, verdict in enumerate(verdicts, 1)
    ]
    for part, few in ((scope, False), (scope[900:], True)):
        page = pages.report(told(part, picture=tmp_path / "shown.jpg"), EvidenceFolder(tmp_path))
        assert len(page) < 2_000_000
        drawn = page.count(b"data:image/jpeg")
        assert drawn == 73 if few else 0 < drawn < 973
        assert drawn + page.count("截图见佐证材料".encode()) == (73 if few else 973)


def test_long_reasons_have_room_in_every_document(tmp_path: Path) -> None:
    why = "已知最近发布不早于2022年11月14日，按名称匹配；现有信息来源不能证明其后无更新，不能认定超期。"
    judged = Judgement(verdict=Verdict.UNPROVEN, sentence=why)
    found = told(
        [
            *SCOPE,
            replace(entry(6, Verdict.UNPROVEN, name="示例县住房和城乡建设局"), judgement=judged),
        ]
    )
    rows = load_workbook(io.BytesIO(annexes.open_book(found)))["人工核查清单"]
    last = rows.max_row
    heights = [rows.row_dimensions[number].height or 15 for number in (last - 1, last)]
    assert (rows.cell(last, 6).value, heights) == (typeset(why), [15, 45])
    assert "，按名称匹配；" in pages.report(found, EvidenceFolder(tmp_path)).decode()


def test_headings_of_the_circular_are_bold_centred_and_short_ones_whole(tmp_path: Path) -> None:
    tables = Document(io.BytesIO(word.circular(told(), signed_on=date(2023, 2, 9)))).tables
    cells = [cell for table in tables for cell in table.rows[0].cells]
    assert {"序号", "待核查", "不合格数"} <= {cell.text for cell in cells}
    for cell in cells:
        (paragraph,) = cell.paragraphs
        assert paragraph.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert [run.bold for run in paragraph.runs] == [True]
        if len(cell.text) <= 4:
            assert (cell.width or 0) >= len(cell.text) * CELL + Pt(2 * 5.4), cell.text


@pytest.mark.parametrize("unproven", [True, False])
def test_the_page_has_the_re_check_of_the_notice_before(tmp_path: Path, *, unproven: bool) -> None:
    item = NoticeItem(number=1, filed=SCOPE[1].account.filed, problem="超2周未更新", fails=True)
    found = told(SCOPE if unproven else SCOPE[:2])
    assert "复查" not in pages.report(found, EvidenceFolder(tmp_path)).decode()
    page = pages.report(
        replace(
            found, past=EarlierNotices(rechecked=(RecheckResult(item, Rectification.DONE, "示例"),))
        ),
        EvidenceFolder(tmp_path),
    ).decode()
    assert "<h2>四、上期通报复查情况</h2>" in page
    assert ("<h2>五、待人工核查</h2>" in page) is unproven
    assert '<a href="#rechecked">上期通报复查情况</a>' in page
    row = re.search(r"<tr>(?:<td[^>]*>[^<]*</td>)*<td[^>]*>示例2</td>.*?</tr>", page)
    assert row is not None
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row[0])[1:] == [
        "示例2",
        "新浪微博",
        "示例局",
        "超2周未更新",
        "已完成整改",
    ]


def test_sheets_are_zipped_by_prefecture(tmp_path: Path) -> None:
    found = told(
        [
            entry(1, Verdict.FAILED, name=HOSTILE),
            entry(2, Verdict.FAILED, "../乙县"),
            entry(3, Verdict.FAILED),
        ]
    )
    made = zipped(found, EvidenceFolder(tmp_path))
    assert list(made) == ["佐证材料 甲县.zip", "佐证材料 乙县.zip"]
    names = zipfile.ZipFile(io.BytesIO(made["佐证材料 甲县.zip"])).namelist()
    assert len(names) == 2
    assert not any(set(name) & set('/\\<>:"=') for name in names)
    assert made == zipped(found, EvidenceFolder(tmp_path))


def zipped(found: Inspection, folder: EvidenceFolder) -> dict[str, bytes]:
    """The zips of all problems, by name."""
    made = {}
    for each in bundles(found, found.problems):
        stream = io.BytesIO()
        each.write(folder, stream)
        made[each.name] = stream.getvalue()
    return made


def test_the_sheet_shows_the_sight_that_proves_it(tmp_path: Path) -> None:
    """A newer picture of another page says nothing of the problem."""
    for colour in ("red", "blue"):
        Image.new("RGB", (40, 30), colour).save(tmp_path / f"{colour}.jpg")
    proof = reading(1, tmp_path / "red.jpg")
    newer = replace(
        reading(1, tmp_path / "blue.jpg").sights[0],
        surface="other",
        read_at=AT + timedelta(hours=3),
        complete_since=None,
    )
    later = replace(newer.evidence[0], taken_at=AT + timedelta(hours=3))
    both = replace(proof, sights=(*proof.sights, replace(newer, evidence=(later,))))
    problem = replace(told().failed[0], readings=(both,))
    page = sheets.sheet(told(), problem, EvidenceFolder(tmp_path)).decode()
    (shown,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    pixel = Image.open(io.BytesIO(b64decode(shown))).getpixel((20, 15))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200 > 50 > pixel[2]
    unproved = replace(problem, readings=(replace(proof, sights=(newer,)),))
    assert "data:image" not in sheets.sheet(told(), unproved, EvidenceFolder(tmp_path)).decode()


def test_only_the_internal_copy_names_people(tmp_path: Path) -> None:
    by_person = replace(reading(1), look=LookKind.PERSON, by="核查员甲")
    problem = replace(told().failed[0], readings=(reading(1), by_person))
    internal = sheets.SheetCopy(internal=True, reviewers={1: ["审核员乙", "审核员乙"]})
    out = sheets.sheet(told(), problem, EvidenceFolder(tmp_path)).decode()
    kept = sheets.sheet(told(), problem, EvidenceFolder(tmp_path), internal).decode()
    inside = ("核查员甲", "审核员乙", "检查人", "审核人", "内部留存")
    assert not [each for each in inside if each in out]
    assert "检查人：系统监测、核查员甲　（签字）" in kept
    assert "审核人：审核员乙　（签字）" in kept
    assert "内部留存" in kept
    names = [each.name for each in bundles(told(), [problem], internal)]
    assert names == ["佐证材料（内部留存） 甲县.zip"]


def test_what_a_person_confirmed_is_no_preliminary_result(tmp_path: Path) -> None:
    found = told(include_open=True)
    assert found.marks == ("含未经审核的疑似问题，不得公开", "初步结果")
    confirmed, suspected = found.failed
    assert "初步结果" not in sheets.sheet(found, confirmed, EvidenceFolder(tmp_path)).decode()
    assert "不得公开" not in sheets.sheet(found, confirmed, EvidenceFolder(tmp_path)).decode()
    page = sheets.sheet(found, suspected, EvidenceFolder(tmp_path)).decode()
    assert "含未经审核的疑似问题，不得公开；初步结果" in page


def test_the_annex_book_of_a_re_check_has_no_statistics() -> None:
    again = {"scope": "recheck of 文1号: list of 1 accounts (0a)", "kind": SweepKind.RECHECK}
    book = load_workbook(io.BytesIO(annex_book(told([entry(1, Verdict.FRESH)], of_sweep=again))))
    assert book.sheetnames == ["突出问题名单"]
    rows = [[cell.value for cell in row] for row in book["突出问题名单"].iter_rows()]
    assert [row[0] for row in rows[-2:]] == ["备案单号", "无"]


def test_only_the_empty_one_of_two_lists_says_none() -> None:
    """Both have the same headings."""
    listed = entry(1, Verdict.FAILED, review=ReviewState.DISMISSED)
    confirmed = entry(2, Verdict.FAILED)
    assert confirmed.judgement is not None
    noted = replace(confirmed.judgement.findings[0], effect=Effect.LISTED)
    judged = replace(confirmed.judgement, verdict=Verdict.LISTED, findings=(noted,))
    found = told([listed, replace(confirmed, judgement=judged)])
    tables = Document(io.BytesIO(word.circular(found))).tables
    rows = [[cell.text for cell in row.cells][1] for table in tables[1:] for row in table.rows]
    assert rows == ["政务新媒体名称", "无", "政务新媒体名称", "示例2"]


def test_the_open_list_is_a_book_of_its_own() -> None:
    book = load_workbook(io.BytesIO(annexes.open_book(told())))
    assert book.sheetnames == ["人工核查清单"]
    rows = [[cell.value for cell in row] for row in book["人工核查清单"].iter_rows()]
    assert rows[1][0] == "内部使用，不随通报印发；初步结果"
    assert [row[1] for row in rows[3:]] == ["示例4", "示例5"]
    circular = Document(io.BytesIO(word.circular(told())))
    cells = {cell.text for table in circular.tables for row in table.rows for cell in row.cells}
    assert not {"示例4", "示例5"} & cells
    assert "人工核查清单" not in "".join(paragraph.text for paragraph in circular.paragraphs)


def test_the_files_say_whose_they_are() -> None:
    title = compose(told()).title
    circular = Document(io.BytesIO(word.circular(told()))).core_properties
    book = load_workbook(io.BytesIO(annex_book(told()))).properties
    assert (circular.title, circular.author, circular.language, circular.comments) == (
        title,
        OFFICE.issuer,
        "zh-CN",
        "",
    )
    assert circular.last_modified_by == OFFICE.issuer
    assert (book.title, book.creator, book.language) == (f"{title}附件", OFFICE.issuer, "zh-CN")


def paragraphs(inspection: Inspection, part: Part) -> list[str]:
    return [each.whole for each in compose(inspection).of(part)]


def test_a_long_list_of_names_points_to_the_annex() -> None:
    many = [entry(number, Verdict.FAILED) for number in range(1, MANY + 2)]
    assert paragraphs(told(many), "主要问题") == [
        "（一）超2周未更新。共有31个政务新媒体，名单见附件2。"
    ]
    assert paragraphs(told(many), "总体情况")[0].endswith(
        "本次全覆盖检查，发现不合格31个，合格率0.00%。"
    )
    assert len(annexes.failed_table(told(many)).rows) == 31


@pytest.mark.parametrize(
    ("of_sweep", "words"),
    [
        (
            {"scope": "platform=weibo"},
            (
                "全市在管政务新媒体共9个，本次为部分检查：仅检查新浪微博，共2个，"
                "检查2个（检查率22.22%）"
            ),
        ),
        (
            {"scope": "account=1 account=2"},
            "本次为部分检查：仅检查指定的账号，共2个，检查2个（检查率22.22%）",
        ),
        (
            {"scope": "sample of 2 accounts (0a)", "kind": SweepKind.SAMPLE},
            "本次抽查2个（检查率22.22%）",
        ),
        (
            {"scope": "list of 2 accounts (0a) platform=weibo", "kind": SweepKind.LIST},
            "部分检查：名单检查，仅检查新浪微博，共2个",
        ),
        (
            {"scope": "recheck of 文1号: list of 2 accounts (0a)", "kind": SweepKind.RECHECK},
            "部分检查：复查文1号所列账号，共2个",
        ),
    ],
)
def test_an_inspection_of_a_part_says_what_it_is(of_sweep: dict[str, Any], words: str) -> None:
    sound = [entry(1, Verdict.FRESH), entry(2, Verdict.FRESH, "乙县")]
    whole = {"地区（部门）": {"甲县": 4, "乙县": 5}, "平台": {"新浪微博": 9}}
    found = told(sound, of_sweep={"totals": whole, **of_sweep})
    first, *others = paragraphs(found, "总体情况")
    assert words in first
    assert first.endswith("发现不合格0个，所检查账号合格率100%。")
    assert "全覆盖" not in first
    # Those of a re-check failed before: nobody is praised by it.
    praised = "所检查账号合格率为100%的地区（部门）有2个：乙县、甲县。" in others
    assert praised == (found.sweep.kind is not SweepKind.RECHECK)
    assert annexes.regions(found).rows[-1][2:5] == ("9", "2", "22.22%")
    unknown = told(sound, of_sweep=of_sweep)
    assert paragraphs(unknown, "总体情况")[0].startswith(
        (
            "监测时间点为2022年12月31日。本次为部分检查：",
            "监测时间点为2022年12月31日。本次抽查2个，",
        )
    )
    assert "检查率" not in paragraphs(unknown, "总体情况")[0]
    assert annexes.regions(unknown).rows[-1][4] == "—"
    held = {"地区（部门）": {"甲县": 1, "乙县": 1}, "平台": {"新浪微博": 2}}
    all_of_it = told(sound, of_sweep={"totals": held, **of_sweep})
    assert "共2个，本次全覆盖检查，" in paragraphs(all_of_it, "总体情况")[0]


def test_who_is_to_be_closed_does_not_run() -> None:
    scope = [entry(1, Verdict.FRESH), entry(2, Verdict.FRESH, "乙县"), entry(3, Verdict.FRESH)]
    closing = replace(scope[2].account.filed, status=FiledStatus.CLOSING)
    scope[2] = replace(scope[2], account=replace(scope[2].account, filed=closing))
    assert (
        "全市正常运行的政务新媒体共2个，另有申请关停的1个，本次全覆盖检查"
        in paragraphs(told(scope), "总体情况")[0]
    )


def test_an_offices_settings(tmp_path: Path) -> None:
    assert read_office(tmp_path) == Office()
    (tmp_path / "office.toml").write_text(
        'reach = "全市"\nregions = ["甲县"]\n', encoding="utf-8-sig"
    )
    assert read_office(tmp_path).regions == ("甲县",)
    for text, words in (("reach = 1", "reach"), ("colour = 'red'", "colour"), ("reach = ", "TOML")):
        (tmp_path / "office.toml").write_text(text)
        with pytest.raises(UserError, match=words):
            read_office(tmp_path)
