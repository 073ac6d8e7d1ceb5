"""What persons decide of leads: nothing is handed over that two of them did not find."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from evidence_files import lay_down, make_evidence
from offices import Office, filed
from openpyxl import load_workbook
from PIL import Image
from samples import enter, plain_reading

from mediawatch.app import App, open_app
from mediawatch.app.leads import LeadRequest, decide_lead
from mediawatch.domain import (
    Account,
    LeadAction,
    LeadDecision,
    LeadKind,
    LeadSight,
    LeadSort,
    MatchedBy,
    Outcome,
    UnitSearch,
    UserError,
)
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.registry.lead_standing import LeadStanding
from mediawatch.registry.proposal import Kind, Proposal
from mediawatch.registry.remarks import remark_of
from mediawatch.registry.units import UnitIndex, units_of

AT = datetime(2023, 2, 1, 2, 0, tzinfo=UTC)
POLICE = filed(1, organiser="示例县公安局", supervisor="示例县政府办", county="示例县")
SCHOOLS = filed(2, organiser="示例县教育局", county="示例县")
SHOWN = make_evidence("2023-02-01/aa/search.jpg", AT)
SEARCH = UnitSearch(
    platform="weibo",
    query="示例县公安局",
    surface="weibo.search",
    session="office",
    at=AT,
    outcome=Outcome.OK,
    hits=3,
    evidence=(SHOWN,),
)
UNFILED = LeadSight(
    platform="weibo",
    platform_id="5000000009",
    kind=LeadKind.UNFILED,
    name="示例公安直播",
    verified_as="示例县公安局官方微博",
    link="https://weibo.com/u/5000000009",
    units=("示例县公安局",),
    ground="认证主体与所属组织一致",
)
NAMESAKE = replace(
    UNFILED,
    platform_id="5000000008",
    link="https://weibo.com/u/5000000008",
    kind=LeadKind.LOOKALIKE,
    name="示例公安",
    verified_as="某某文化传播有限公司",
    ground="与台账名称“示例公安”相同",
)
DOUBTFUL = replace(UNFILED, platform_id="5000000007", units=("示例县公安局", "示例县教育局"))
SORT = ("--by", "甲某", "--reason", "已核对主页")
SECOND = ("--confirm", "--by", "乙某", "--reason", "主页所见一致")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office.of(tmp_path, POLICE, SCHOOLS)
    lay_down(office.home.evidence, SHOWN)
    keep(office, UNFILED, NAMESAKE, DOUBTFUL)
    return office


def keep(office: Office, *sights: LeadSight, at: datetime = AT) -> None:
    search = replace(SEARCH, at=at)

    async def work(store: Store) -> None:
        await store.leads.add_search(search, sights)

    office.within(work)


def picture(folder: Path, colour: str = "white") -> Path:
    file = folder / f"主页{colour}.png"
    Image.new("RGB", (40, 60), colour).save(file)
    return file


def pictured(folder: Path, colour: str = "white") -> tuple[str, Path]:
    return "--picture", picture(folder, colour)


def lead(office: Office, number: int, *words: str | Path) -> str:
    return office.run("registry", "lead", str(number), *words).stdout


def refused(office: Office, number: int, *words: str | Path) -> str:
    return office.refused("registry", "lead", str(number), *words)


def listed(office: Office, *words: str) -> list[dict[str, str]]:
    file = office.home.root.parent / "线索.csv"
    office.run("registry", "leads", *words, "--csv", file, "--force")
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))


def test_two_persons_make_a_row_of_the_list_and_of_the_letter(
    office: Office, tmp_path: Path
) -> None:
    assert [row["处理情况"] for row in listed(office)] == ["待核"] * 3
    assert "应补登记（待复核）" in lead(office, 1, "--as", "应补登记", *SORT)
    assert listed(office, "--as", "应补登记") == [], "one person alone names nobody"
    assert "was sorted by 甲某" in refused(office, 1, *SECOND[:2], "甲 某", *SECOND[3:])
    assert "应补登记（已复核）" in lead(office, 1, *SECOND)
    (row,) = listed(office, "--as", "to-file")
    assert row["所属组织"] == "示例县公安局"
    assert row["主管单位"] == "示例县政府办"
    assert row["账号名称"] == "示例公安直播"
    assert row["发现日期"] == "2023-02-01"
    assert row["说明"] == "在新浪微博平台搜索所见，认证主体与所属组织一致"

    office.run("registry", "corrections", tmp_path / "更正")
    (file,) = (tmp_path / "更正").iterdir()
    cells = [
        [str(cell) for cell in row if cell is not None]
        for sheet in load_workbook(file)
        for row in sheet.values
    ]
    (told,) = [row for row in cells if "登记备案" in row]
    assert told[:2] == ["示例公安直播", "新浪微博"]
    assert "未登记备案" in told
    said = " ".join(cell for row in cells for cell in row)
    assert "由两人核实后列入" in said
    assert row["地区"] in told
    assert "登录" not in said
    assert "甲某" not in said


def test_a_closed_account_that_is_there_again_is_told_by_its_own_filing(
    office: Office, tmp_path: Path
) -> None:
    file(office, "UPDATE account SET platform_id = '5000000006', status = 'closed' WHERE id = 2")
    reopened = replace(
        UNFILED,
        platform_id="5000000006",
        kind=LeadKind.REOPENED,
        units=("示例县教育局",),
        verified_as="示例县教育局",
    )
    keep(office, reopened)
    lead(office, 4, "--as", "应补登记", *SORT)
    lead(office, 4, *SECOND)
    office.run("registry", "corrections", tmp_path / "更正")
    (paper,) = (tmp_path / "更正").iterdir()
    cells = [[str(cell) for cell in row] for row in load_workbook(paper).active.values]  # type: ignore[union-attr]
    (told,) = [row for row in cells if "运行状态" in row]
    assert told[:2] == [SCHOOLS.filing_number, SCHOOLS.name]
    assert "已关停" in told


def test_impostors_have_a_list_of_their_own(office: Office, tmp_path: Path) -> None:
    lead(office, 2, "--as", "仿冒", *SORT, *pictured(tmp_path))
    lead(office, 2, *SECOND, *pictured(tmp_path, "gray"))
    (row,) = listed(office, "--as", "仿冒")
    assert (row["显示的认证主体"], row["疑似被仿冒单位"]) == (
        "某某文化传播有限公司",
        "示例县公安局",
    )
    assert row["信息来源"] == "在新浪微博平台搜索所见"
    assert "经两人分别核查账号主页，认为疑似仿冒" in row["核实说明"]
    assert "已核对主页" not in row["核实说明"], "what one person wrote for the other"
    assert listed(office, "--as", "应补登记") == []
    book = tmp_path / "转网信.xlsx"
    office.run("registry", "leads", "--as", "impostor", "--out", book)
    sheet = load_workbook(book).active
    assert sheet is not None
    assert sheet.title == "疑似仿冒政务新媒体账号清单"
    assert "https://weibo.com/u/5000000008" in {str(cell) for row in sheet.values for cell in row}


@pytest.mark.parametrize("sort", ["不属政府系统", "同名，不属本地区", "同名不属本地区", "已登记"])
def test_what_is_sorted_out_needs_one_person_and_is_listed_no_more(
    office: Office, sort: str
) -> None:
    lead(office, 2, "--as", sort, *SORT)
    assert [row["编号"] for row in listed(office)] == ["1", "3"]
    assert [row["编号"] for row in listed(office, "--all")] == ["1", "2", "3"]
    assert "waits for no second person" in refused(office, 2, *SECOND)


def test_a_decision_is_taken_back_by_a_further_one(office: Office) -> None:
    assert "nothing to take back" in refused(office, 1, "--withdraw", *SORT)
    lead(office, 1, "--as", "应补登记", *SORT)
    lead(office, 1, *SECOND)
    assert "待核" in lead(office, 1, "--withdraw", "--by", "丙某", "--reason", "主体已变更")
    assert listed(office, "--as", "应补登记") == []
    rows = sqlite3.connect(office.home.database).execute("SELECT action FROM lead_decision")
    assert [action for (action,) in rows] == ["sorted", "confirmed", "withdrawn"]


async def test_what_was_taken_back_meanwhile_is_not_confirmed(tmp_path: Path) -> None:
    """乙 confirms what he saw, while 丙 takes it back: 乙's plan is made anew, and refused."""
    home = Home(tmp_path / "home").create()
    lay_down(home.evidence, SHOWN)
    confirm = LeadRequest(lead=1, action=LeadAction.CONFIRMED, by="乙某", reason="主页所见一致")
    withdraw = replace(confirm, action=LeadAction.WITHDRAWN, by="丙某", reason="主体已变更")
    planned: list[App] = []
    async with open_app(home) as app:
        await enter(app.store, POLICE)
        await app.store.leads.add_search(SEARCH, [UNFILED])
        sort = replace(withdraw, action=LeadAction.SORTED, by="甲某", sort=LeadSort.TO_FILE)
        await app.decide(lambda planning: decide_lead(planning, sort))

        async def plan(planning: App) -> LeadStanding:
            made = await decide_lead(planning, confirm)
            if not planned:
                await app.decide(lambda other: decide_lead(other, withdraw))
            planned.append(planning)
            return made

        with pytest.raises(UserError, match="sort it first"):
            await app.decide(plan)
        assert len(planned) == 1
        (kept,) = await app.store.leads.all()
        actions = [each.action for each in kept.decisions]
        assert actions == [LeadAction.SORTED, LeadAction.WITHDRAWN]


def test_a_name_alone_makes_no_unit_file_anything(office: Office, tmp_path: Path) -> None:
    why = refused(office, 2, "--as", "应补登记", *SORT)
    assert "no search has shown 示例县公安局 as its 认证主体" in why
    told = lead(office, 2, "--as", "应补登记", *SORT, "--picture", picture(tmp_path))
    assert "应补登记（待复核）" in told
    kept = listed(office)[1]["佐证材料（佐证目录内）"].splitlines()
    assert [Path(path).suffix for path in kept] == [".jpg", ".png"]


def test_where_two_units_may_be_meant_a_person_says_which(office: Office) -> None:
    assert "--unit says of which" in refused(office, 3, "--as", "应补登记", *SORT)
    assert "is none of" in refused(office, 3, "--as", "应补登记", *SORT, "--unit", "另局")
    assert "belongs to --as" in refused(office, 3, "--as", "仿冒", *SORT, "--unit", "示例县教育局")
    lead(office, 3, "--as", "应补登记", *SORT, "--unit", "示例县教育局")
    lead(office, 3, *SECOND)
    assert [row["所属组织"] for row in listed(office, "--as", "应补登记")] == ["示例县教育局"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--by", "甲某"), "give one of --as SORT, --confirm and --withdraw"),
        (("--as", "仿冒", "--confirm", "--by", "甲某"), "give one of"),
        (("--as", "仿冒", "--by", "甲某"), "needs its reason"),
        (("--as", "仿冒", "--by", " ", "--reason", "x"), "needs the name"),
        (("--as", "假的", *SORT), "none of 应补登记 (to-file)"),
        (SECOND, "sort it first"),
        (("--as", "仿冒", *SORT, "--picture", "/etc/hostname"), "no whole PDF, PNG"),
        (("--as", "应补登记", "--by", "甲某", "--reason", "像。"), "at least 4 characters"),
    ],
)
def test_what_is_refused_leaves_nothing(office: Office, words: tuple[str, ...], why: str) -> None:
    assert why in refused(office, 1, *words)
    assert [row["处理情况"] for row in listed(office)] == ["待核"] * 3


def test_impostors_need_a_picture_and_a_reason_of_each_person(
    office: Office, tmp_path: Path
) -> None:
    first, second = pictured(tmp_path), pictured(tmp_path, "gray")
    assert "仿冒 needs --picture" in refused(office, 2, "--as", "仿冒", *SORT)
    lead(office, 2, "--as", "仿冒", *SORT, *first)
    assert "needs its reason" in refused(office, 2, *SECOND[:3], *second)
    assert "looks for himself" in refused(office, 2, *SECOND)
    assert "first person's own" in refused(office, 2, *SECOND, *first)
    lead(office, 2, *SECOND, *second)
    assert len(listed(office, "--as", "仿冒")) == 1


def test_what_older_versions_confirmed_without_pictures_names_nobody(office: Office) -> None:
    made = LeadDecision(
        lead_id=2,
        action=LeadAction.SORTED,
        sort=LeadSort.IMPOSTOR,
        by="甲某",
        reason="像",
        at=AT + timedelta(hours=1),
    )

    async def work(store: Store) -> None:
        await store.leads.add_decision(made)
        await store.leads.add_decision(
            replace(made, action=LeadAction.CONFIRMED, by="乙某", reason="")
        )

    office.within(work)
    done = office.run("registry", "leads", "--as", "仿冒")
    assert "lead 2 is left out: it needs pictures of two persons" in done.stderr
    assert "示例公安" not in done.stdout


CLOSED = "UPDATE account SET platform_id = '5000000008', status = 'closed' WHERE id = 2"
LEFT = "UPDATE account SET platform_id = '5000000008', retired_on = '2023-01-05' WHERE id = 2"
NAMED = "UPDATE account SET organiser = '某某文化传播有限公司' WHERE id = 2"
ABOVE = "UPDATE account SET supervisor = '某某文化传播有限公司' WHERE id = 2"
BY_NAME = "UPDATE account SET name = '示例公安', platform_id = '', original_id = '' WHERE id = 1"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (CLOSED, "its id is that of the filed account"),
        (LEFT, "(until 2023-01-05)"),
        (NAMED, "certified for 某某文化传播有限公司"),
        (ABOVE, "certified for 某某文化传播有限公司"),
        (BY_NAME, "put that one's id into the registry first"),
    ],
    ids=["closed", "left", "a unit's body", "a supervisor's body", "filed by name"],
)
def test_what_the_registry_knows_is_no_impostor(
    office: Office, tmp_path: Path, change: str, why: str
) -> None:
    """Neither when it is sorted, nor when it is confirmed, nor when the list is written."""
    first, second = pictured(tmp_path), pictured(tmp_path, "gray")
    file(office, "CREATE TABLE before AS SELECT * FROM account")
    columns = ("name", "platform_id", "original_id", "status", "retired_on", "organiser")
    back = ", ".join(
        f"{column} = (SELECT {column} FROM before WHERE before.id = account.id)"
        for column in (*columns, "supervisor")
    )
    file(office, change)
    assert why in refused(office, 2, "--as", "仿冒", *SORT, *first)
    file(office, f"UPDATE account SET {back}")
    lead(office, 2, "--as", "仿冒", *SORT, *first)
    file(office, change)
    assert why in refused(office, 2, *SECOND, *second)
    file(office, f"UPDATE account SET {back}")
    lead(office, 2, *SECOND, *second)
    file(office, change)
    done = office.run("registry", "leads", "--as", "仿冒")
    assert why in done.stderr
    assert "示例公安" not in done.stdout


def test_a_kind_of_lead_allows_what_it_shows(office: Office, tmp_path: Path) -> None:
    file(office, "UPDATE account SET platform_id = '5000000006', status = 'closed' WHERE id = 2")
    reopened = replace(
        UNFILED,
        platform_id="5000000006",
        kind=LeadKind.REOPENED,
        units=("示例县教育局",),
        verified_as="某某文化传播有限公司",
    )
    keep(office, reopened)
    shown = pictured(tmp_path)
    assert "is not 仿冒" in refused(office, 1, "--as", "仿冒", *SORT, *shown)
    assert "is not 仿冒" in refused(office, 4, "--as", "仿冒", *SORT, *shown)
    for sort in ("不属政府系统", "同名不属本地区"):
        assert "which is in the registry" in refused(office, 4, "--as", sort, *SORT)
    assert "as its 认证主体" in refused(office, 4, "--as", "应补登记", *SORT)
    lead(office, 4, "--as", "应补登记", *SORT, *shown)
    lead(office, 1, "--as", "同名不属本地区", *SORT)


def test_a_body_that_certifies_accounts_of_several_units_is_known() -> None:
    accounts = [Account(id=1, filed=POLICE), Account(id=2, filed=SCHOOLS)]
    shared = "示例县融媒体中心"
    index = UnitIndex(units_of(accounts, (), {1: [shared], 2: [shared]}))
    assert index.of_body(shared) == [], "it says nothing of one of them"
    assert index.names_of_body(f"{shared}官方微博") == [shared]
    assert index.names_of_body("示例县政府办") == ["示例县政府办"]
    assert index.names_of_body("另县融媒体中心") == index.names_of_body("") == []


def test_a_body_that_was_shown_once_still_speaks_for_it(office: Office, tmp_path: Path) -> None:
    keep(office, replace(NAMESAKE, platform_id="5000000009"), at=AT + timedelta(days=1))
    told = refused(office, 1, "--as", "仿冒", *SORT, *pictured(tmp_path))
    assert "certified for 示例县公安局" in told


def test_units_read_nothing_of_our_logins() -> None:
    seen = Proposal(
        account=Account(id=1, filed=POLICE),
        kind=Kind.RENAMED,
        field="name",
        new="示例公安",
        why="显示的名称",
        read_at=AT,
        surface="weibo.desktop",
    )
    told = remark_of(seen, {"weibo.desktop": "微博网页版主页（登录）"}, AT)
    assert told.ground == "2023年2月1日，微博网页版主页：显示的名称"


def cells_of(book: Path) -> list[list[tuple[object, ...]]]:
    return [list(sheet.values) for sheet in load_workbook(book)]


def test_a_list_says_what_was_searched(office: Office, tmp_path: Path) -> None:
    """One of the two units was searched for on Weibo, by its own name and not by its account's."""
    book = tmp_path / "清单.xlsx"
    done = office.run("registry", "leads", "--as", "应补登记", "--out", book)
    assert "检索范围：抖音短视频，未检索" in done.stderr
    found, extent = cells_of(book)
    assert str(found[1][0]).startswith("仅限“检索范围”表所列平台和单位")
    rows = {row[0]: row[1:] for row in extent[2:]}
    assert rows["新浪微博"] == ("已检索一部分", 2, 0, 1, 1, "2023年2月1日")
    assert rows["抖音短视频"][:5] == ("未检索", 2, 0, 0, 2)
    assert rows["其他平台"][0] == "未检索"


def test_a_list_without_any_search_says_so(tmp_path: Path) -> None:
    office, book = Office.of(tmp_path, POLICE), tmp_path / "清单.xlsx"
    failed = replace(SEARCH, outcome=Outcome.CAPTCHA, hits=0, evidence=())

    async def work(store: Store) -> None:
        await store.leads.add_search(failed, ())

    office.within(work)
    office.run("registry", "leads", "--as", "应补登记", "--out", book)
    found, extent = cells_of(book)
    assert str(found[1][0]).startswith("尚未检索，本表不能说明有无此类账号")
    assert {row[1] for row in extent[3:]} == {"未检索"}


def test_a_number_that_is_no_lead_is_told(office: Office) -> None:
    assert "there is no lead 9" in refused(office, 9, "--as", "仿冒", *SORT)


def test_what_was_filed_meanwhile_is_pointed_out_to_nobody(office: Office) -> None:
    lead(office, 1, "--as", "应补登记", *SORT)
    file(office, "UPDATE account SET platform_id = '5000000009' WHERE id = 2")
    assert "is filed by now" in refused(office, 1, *SECOND)
    file(office, "UPDATE account SET platform_id = '2' WHERE id = 2")
    lead(office, 1, *SECOND)
    assert len(listed(office, "--as", "应补登记")) == 1
    file(office, "UPDATE account SET platform_id = '5000000009' WHERE id = 2")
    assert listed(office, "--as", "应补登记") == []
    assert listed(office)[0]["处理情况"] == "应补登记（已复核），现已登记"


def test_a_filed_account_without_an_id_must_be_ruled_out_first(
    office: Office, tmp_path: Path
) -> None:
    """It may be the very account, under another name."""
    file(office, "UPDATE account SET platform_id = '', original_id = '' WHERE id = 1")
    assert listed(office)[0]["须先排除"].startswith("该单位本平台账号标识未知：")
    assert "may be the filed account" in refused(office, 1, "--as", "应补登记", *SORT)
    lead(office, 1, "--as", "应补登记", *SORT, "--picture", picture(tmp_path))


def test_an_id_that_a_look_tied_to_a_filed_account_is_filed(office: Office) -> None:
    """Only its link is filed, and the page that it led to showed the id."""
    reading = plain_reading(
        1, AT, platform_id="5000000009", matched_by=MatchedBy.URL, verified_as="示例县公安局"
    )

    async def look(store: Store) -> None:
        await store.readings.keep(reading)

    office.within(look)
    assert [row["编号"] for row in listed(office)] == ["2", "3"]
    assert listed(office, "--all")[0]["处理情况"] == "现已登记"
    assert "is filed by now" in refused(office, 1, "--as", "应补登记", *SORT)


def test_altered_evidence_is_confirmed_and_handed_over_by_nobody(office: Office) -> None:
    lead(office, 1, "--as", "应补登记", *SORT)
    kept = office.home.evidence / SHOWN.path
    whole = kept.read_bytes()
    kept.write_bytes(b"other")
    assert "altered since it was kept" in refused(office, 1, *SECOND)
    kept.write_bytes(whole)
    lead(office, 1, *SECOND)
    kept.unlink()
    done = office.run("registry", "leads", "--as", "应补登记")
    assert "lead 1 is left out" in done.stderr
    assert "示例公安直播" not in done.stdout


def test_what_a_later_search_shows_otherwise_is_confirmed_anew(office: Office) -> None:
    lead(office, 1, "--as", "应补登记", *SORT)
    lead(office, 1, *SECOND)
    later = datetime.now(UTC) + timedelta(days=1)
    keep(office, UNFILED, at=later)
    assert len(listed(office, "--as", "应补登记")) == 1, "it shows the same"
    keep(office, replace(UNFILED, verified_as="示例县公安局"), at=later + timedelta(days=1))
    assert listed(office, "--as", "应补登记") == []
    assert listed(office)[0]["处理情况"] == "应补登记（待复核）"


def test_what_judges_counts_and_prints_knows_of_no_lead() -> None:
    root = Path(__file__).resolve().parents[2] / "mediawatch"
    knows = re.compile(r"\bLead[A-Z]|registry\.(?:lead|unit)|\bstore\.leads\b")
    files = [
        module
        for folder in ("rules", "figures", "publish", "sweep")
        for module in (root / folder).rglob("*.py")
    ]
    assert len(files) > 50
    assert [file.name for file in files if knows.search(file.read_text("utf-8"))] == []
    assert knows.search((root / "app" / "leads.py").read_text("utf-8"))


def test_a_plan_says_how_many_searches_and_what_is_not_asked(office: Office) -> None:
    done = office.run("registry", "search", "--dry-run", "--limit", "5")
    assert "新浪微博: 3 searches for 2 units; no login: `mediawatch login weibo`" in done.stdout
    assert "抖音短视频: 2 searches for 2 units" in done.stdout
    assert "微信公众号" not in done.stdout
    assert "not searched, no search of accounts is attested: 今日头条" in done.stderr
    done = office.run("registry", "search", "--dry-run", "--platform", "wechat")
    assert "its search shows no 认证主体" in done.stderr
    assert "these searches answer the operator alone" in office.refused("registry", "search")


def file(office: Office, change: str) -> None:
    with sqlite3.connect(office.home.database) as connection:
        connection.execute(change)
