"""What ties a person's answer to its account: the id it shows, the name where no id is filed, the
home that wrote the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from worklists import (
    FRESH,
    GH,
    LOOKED_AT,
    NOW,
    POLICY,
    STALE,
    asked,
    exported,
    filed,
    fill,
    png,
    read,
    refused,
    typed,
)

import db
from db.engine import migration_engine, normal_url
from mediawatch.domain import (
    Code,
    MatchedBy,
    RegistryChanges,
    Source,
    UpdatedAccount,
    UserError,
    Verdict,
    of_identity,
)
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.rowkey import Window, sealed_key
from mediawatch.people.worklist.answers import why_uncounted
from mediawatch.people.worklist.states import says_none
from mediawatch.ports import Store
from mediawatch.registry.decisions import changes, choose, current, deciders
from mediawatch.registry.proposal import Kind
from mediawatch.sweep.judging import rejudge
from tests.support.policies import own

ID, NAME, STATE, POSTED = Column.SEEN_ID, Column.SEEN_NAME, Column.STATE, Column.POSTED
PORTRAIT = "tb.1.6ad0cd4a.aaaaaaaaaaaaaaaaaaaaaa"
SEC = "MS4wLjABAAAA11111111111111111111"
MID = "3500000000000001"
GONE: Mapping[Column, object] = {STATE: "搜索不到", Column.PERSON: "甲某", Column.TIME: LOOKED_AT}
NO_ID: dict[str, Any] = {"original_id": ""}
ONE = "示例市第1测试局"


@pytest.mark.parametrize(
    "words", ["无", " / ", "看不到", "不详", "——", "(无)", "N/A", "没有ID", "一致", "未显示。"]
)
def test_words_that_mean_none_are_no_id(words: str) -> None:
    assert says_none(words) or words == "一致"
    reasons = refused({**STALE, ID: words})
    assert "必须填写核对ID" in reasons[ID]
    assert "必须填写核对ID" in refused({**GONE, ID: words})[ID]
    assert read({**FRESH, ID: words}).sights[0].matched_by is MatchedBy.NAME, (
        "what speaks for the account stands"
    )


@pytest.mark.parametrize(
    ("values", "seen_id", "words"),
    [
        ({}, "shifabu01", "请填写与备案一致的微信号或原始ID"),
        ({}, "某个号", "请填写与备案一致的微信号或原始ID"),
        ({"alias": "shili01"}, "shili02", "与备案的“shili01”不一致"),
        (
            {"platform": "weibo", **NO_ID, "platform_id": "1234567890"},
            GH,
            "这是微信的原始ID，而该账号是新浪微博：请填写主页的数字UID",
        ),
        (
            {"platform": "weibo", **NO_ID, "platform_id": "1234567890"},
            "1234567",
            "与备案的“1234567890”不一致",
        ),
        (
            {"platform": "weibo", **NO_ID, "platform_id": "1234567890"},
            SEC,
            "抖音或今日头条的主页ID",
        ),
        (
            {"platform": "douyin", **NO_ID, "platform_id": SEC},
            SEC[:-1] + "2",
            f"与备案的“{SEC}”不一致",
        ),
        (
            {"platform": "douyin", **NO_ID, "platform_id": SEC},
            "shilifabu",
            "请填写与备案一致的抖音号或主页链接中的ID",
        ),
        (
            {"platform": "douyin", **NO_ID, "platform_id": SEC, "alias": "shili"},
            "shilifabu",
            "与备案的“shili”不一致",
        ),
        (
            {"platform": "toutiao", **NO_ID, "platform_id": SEC},
            "1234567890",
            "请填写与备案一致的主页链接中的ID",
        ),
        (
            {"platform": "toutiao", **NO_ID, "platform_id": "1234567890"},
            "1234567891",
            "与备案的“1234567890”不一致",
        ),
        (
            {"platform": "bilibili", **NO_ID, "platform_id": MID},
            "3500000000000002",
            f"与备案的“{MID}”不一致",
        ),
        (
            {"platform": "bilibili", **NO_ID, "platform_id": MID},
            "示例发布",
            "请填写与备案一致的空间的数字UID",
        ),
        (
            {"platform": "bilibili", **NO_ID, "platform_id": MID},
            GH,
            "这是微信的原始ID，而该账号是哔哩哔哩",
        ),
        (
            {"platform": "tieba", **NO_ID, "platform_id": PORTRAIT},
            "tb.1.6ad0cd4b.bbbbbbbbbbbbbbbbbbbbbb",
            f"与备案的“{PORTRAIT}”不一致",
        ),
        (
            {"platform": "tieba", **NO_ID, "platform_id": PORTRAIT},
            GH,
            "这是微信的原始ID，而该账号是贴吧",
        ),
        (
            {"platform_id": "MzA3MzI4MjgzMw==", **NO_ID},
            "MzA3MzI4MjgzMQ==",
            "与备案的“MzA3MzI4MjgzMw==”不一致",
        ),
    ],
)
def test_an_accusing_answer_shows_the_accounts_own_id(
    values: dict[str, Any], seen_id: str, words: str
) -> None:
    for cells in ({**STALE, ID: seen_id}, {**GONE, ID: seen_id}):
        assert words in refused(cells, asked(**values))[ID]
        assert words in refused(cells, asked(linked=True, **values))[ID], (
            "a link that led to it is no id"
        )


@pytest.mark.parametrize(
    ("values", "seen_id", "kept"),
    [
        ({}, f"微信号:shili01 / {GH.upper()}", ("", GH)),
        ({"alias": "shili01"}, "shili01", ("", "")),
        ({"platform_id": "MzA3MzI4MjgzMw==", **NO_ID}, "3073282833", ("MzA3MzI4MjgzMw==", "")),
        (
            {"platform_id": "3073282833"},
            "https://mp.weixin.qq.com/mp/profile_ext?__biz=MzA3MzI4MjgzMw==&scene=124",
            ("3073282833", ""),
        ),
        (
            {"platform": "weibo", **NO_ID, "platform_id": "1234567890"},
            "https://weibo.com/u/1234567890?x=7654321",
            ("1234567890", ""),
        ),
        (
            {"platform": "douyin", **NO_ID, "platform_id": SEC},
            f"https://www.douyin.com/user/{SEC}",
            (SEC, ""),
        ),
    ],
)
def test_an_id_ties_and_is_kept(
    values: dict[str, Any], seen_id: str, kept: tuple[str, str]
) -> None:
    (sight,) = read({**STALE, ID: seen_id}, asked(**values)).sights
    assert (sight.matched_by, (sight.platform_id, sight.original_id)) == (MatchedBy.ID, kept)


def test_an_id_that_is_not_filed_is_kept_as_typed() -> None:
    (sight,) = read({**STALE, NAME: "一致", ID: "gh_00000000000f"}, asked(**NO_ID)).sights
    assert (sight.matched_by, sight.original_id) == (MatchedBy.NAME, "gh_00000000000f")
    (sight,) = read({**GONE, NAME: "一致", ID: "gh_00000000000f"}, asked(**NO_ID)).sights
    assert sight.original_id == "", "what was searched for and not found was not seen"


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ({**STALE, ID: ""}, "“实际名称”"),
        ({**STALE, ID: "看不到"}, "“实际名称”"),
        ({**GONE, ID: "无"}, "搜索所用的名称"),
        ({**GONE, STATE: "已注销"}, "“实际名称”"),
        ({**STALE, NAME: "示例市改名局", ID: "gh_00000000000f"}, "备案ID"),
    ],
)
def test_without_a_filed_id_an_answer_says_what_it_lacks(
    cells: Mapping[Column, object], missing: str
) -> None:
    reading = read(cells, asked(**NO_ID))
    assert (f"因缺少{missing}" in why_uncounted(reading), reading.sights[0].matched_by) == (
        True,
        None,
    )


@pytest.mark.parametrize(
    "cells", [{**STALE, ID: "", NAME: "一致"}, {**GONE, ID: ONE}, {**GONE, NAME: "一致"}, FRESH]
)
def test_without_a_filed_id_the_name_ties(cells: Mapping[Column, object]) -> None:
    reading = read(cells, asked(**NO_ID))
    assert (why_uncounted(reading), reading.sights[0].matched_by) == ("", MatchedBy.NAME)


def test_another_name_without_a_filed_id_needs_the_id_that_was_seen() -> None:
    assert (
        "请填写看到的微信号或原始ID"
        in refused({**STALE, NAME: "示例市改名局", ID: ""}, asked(**NO_ID))[ID]
    )
    assert (
        "请填写看到的微信号或原始ID"
        in refused({**STALE, NAME: "示例市改名局", ID: "看不到"}, asked(**NO_ID))[ID]
    )


async def test_what_does_not_count_is_said_at_import(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1, **NO_ID)])
    for _ in range(2):
        done = await inspection.take(
            fill(path, tmp_path / "甲.xlsx", {ONE: {**STALE, ID: ""}}, {ONE: png()})
        )
        assert [
            (
                f"甲.xlsx 待核查清单 第2行 {ONE}：该行答案因缺少“实际名称”（与备案名称相同填“一致”"
                "）暂不计入"
            )
            in line
            for line in done.remarks
        ] == [True]
    assert await inspection.verdicts() == [Verdict.UNPROVEN]


async def test_the_id_a_person_saw_is_proposed_and_somebody_else_accepts_it(
    store: Store, tmp_path: Path
) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1, **NO_ID)])
    seen = {**STALE, NAME: "示例市改名局", ID: "gh_00000000000f"}
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", {ONE: seen}, {ONE: png()}))
    assert (len(done.readings), "列为台账更新建议" in done.remarks[0]) == (1, True)
    assert await inspection.verdicts() == [Verdict.UNPROVEN], "nobody has said yet whose id that is"
    (proposal,) = await current(store)
    assert (proposal.kind, proposal.field, proposal.new, proposal.sure) == (
        Kind.LEARNED,
        "original_id",
        "gh_00000000000f",
        False,
    )
    assert ("甲某" in proposal.why, proposal.seen_by) == (True, ("甲某",))
    assert choose([proposal], (), everything=True) == [], "never by --all"
    for person, words in (("", "--by"), ("甲 某", "甲某")):
        with pytest.raises(UserError, match=words):
            deciders([proposal], person)
    deciders([proposal], "乙某")
    await store.accounts.apply(changes([proposal], NOW, "乙某"))
    assert [source.file for source, _ in await store.accounts.sources()][-1] == "proposal(乙某)"
    (account,) = await store.accounts.all()
    (reading,) = (await store.readings.by_account())[1]
    told = of_identity(reading, account.filed.identity)
    assert told
    assert told.sights[0].matched_by is MatchedBy.ID, "the answer counts from now on"


async def test_an_id_without_a_picture_or_for_another_platform_is_no_proposal(
    store: Store, tmp_path: Path
) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1, **NO_ID)])
    await inspection.take(fill(path, tmp_path / "甲.xlsx", {ONE: {**FRESH, ID: "gh_00000000000f"}}))
    assert await current(store) == []


async def test_an_answer_for_an_id_that_was_corrected_since_is_refused(
    store: Store, tmp_path: Path
) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1)])
    new = filed(1, original_id="gh_0000000000b1")
    change = UpdatedAccount(
        account_id=1, filed=new, changes=(("original_id", GH, "gh_0000000000b1"),)
    )
    await store.accounts.apply(
        RegistryChanges(source=Source(file="更正.xlsx", sha256="1" * 64, at=NOW), updated=(change,))
    )
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", {ONE: STALE}, {ONE: png()}))
    assert (done.readings, "已更正" in done.problems[0].reason) == ([], True)


async def test_a_workbook_of_another_home_is_refused(
    sqlite_url: str, store: Store, tmp_path: Path
) -> None:
    """Same numbers, same names, same day: only the home differs."""
    inspection, path = await exported(store, tmp_path, [filed(1)])
    filled = fill(path, tmp_path / "甲.xlsx", {ONE: STALE}, {ONE: png()})
    assert await store.operator.home_id()
    engine = migration_engine(normal_url(sqlite_url))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE home SET id = 'another'")
    engine.dispose()
    other = await db.open_store(sqlite_url, clock=lambda: NOW)
    inspection.store = other
    done = await inspection.take(filled)
    assert (done.readings, "另一套台账" in done.problems[0].sentence) == ([], True)
    await other.close()


@pytest.mark.parametrize(("values", "taken"), [({}, 1), (NO_ID, 0)])
async def test_a_key_of_before_is_taken_where_an_id_tells_whose_it_is(
    store: Store, tmp_path: Path, values: dict[str, Any], taken: int
) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1, **values)])
    filled = fill(path, tmp_path / "甲.xlsx", {ONE: FRESH})
    book = openpyxl.load_workbook(filled)
    sheet, window = book.worksheets[0], Window.of(inspection.sweep, own(POLICY))
    places = {cell.value: cell.column for cell in sheet[1]}
    sealed = [
        str(sheet.cell(2, places[column.value]).value or "")
        for column in (Column.NAME, Column.TYPE, Column.IDS)
    ]
    sheet["A2"].value = str(sealed_key("", 1, 1, window, sealed, filed(1, **values)))
    assert sheet["A2"].value.startswith("MW1.1.1.")
    book.save(filled)
    done = await inspection.take(filled)
    assert len(done.readings) == taken
    assert [
        ("旧版本" in problem.reason, "重新导出" in problem.reason) for problem in done.problems
    ] == [(True, True)] * (1 - taken)


async def test_nobody_makes_a_key_of_before_for_a_sweep_of_now(
    store: Store, tmp_path: Path
) -> None:
    """Such a key holds nothing secret: who got rows of his own could answer for any other
    account.
    """
    inspection, path = await exported(store, tmp_path, [filed(1)])
    inspection.sweep = replace(inspection.sweep, totals={"": {"wechat": 1}})
    filled = fill(path, tmp_path / "甲.xlsx", {ONE: FRESH})
    book = openpyxl.load_workbook(filled)
    sheet, window = book.worksheets[0], Window.of(inspection.sweep, own(POLICY))
    places = {cell.value: cell.column for cell in sheet[1]}
    sealed = [
        str(sheet.cell(2, places[column.value]).value or "")
        for column in (Column.NAME, Column.TYPE, Column.IDS)
    ]
    sheet["A2"].value = str(sealed_key("", 1, 1, window, sealed, filed(1)))
    book.save(filled)
    done = await inspection.take(filled)
    assert (done.readings, "对不上" in done.problems[0].reason) == ([], True)


LATER: Mapping[Column, object] = {Column.TIME: typed("2032-01-04 10:00")}


async def test_what_does_not_count_yet_fails_nobody(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1, **NO_ID)])
    for number, cells in enumerate(
        (
            {**STALE, ID: ""},
            GONE,
            {**GONE, STATE: "已注销"},
            {**STALE, NAME: "示例市改名局", ID: "gh_00000000000f"},
        )
    ):
        answers = {ONE: {**cells, Column.PERSON: f"{'甲乙丙丁'[number]}某"}}
        done = await inspection.take(fill(path, tmp_path / f"{number}.xlsx", answers, {ONE: png()}))
        assert (len(done.readings), "暂不计入" in done.remarks[0]) == (1, True)
        assert await inspection.verdicts() == [Verdict.UNPROVEN]


async def test_an_accepted_id_makes_the_answer_count(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1, **NO_ID)])
    await inspection.take(
        fill(
            path,
            tmp_path / "甲.xlsx",
            {ONE: {**STALE, NAME: "示例市改名局", ID: "gh_00000000000f"}},
            {ONE: png()},
        )
    )
    await store.accounts.apply(changes(await current(store), NOW, "乙某"))
    await rejudge(store, lambda platform: True, inspection.sweep.id)
    (entry,) = await store.sweeps.scope(inspection.sweep.id)
    assert entry.judgement
    assert {finding.code for finding in entry.judgement.findings} == {
        Code.STALE_2W,
        Code.NAME_MISMATCH,
    }


async def test_a_person_takes_back_what_he_answered(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1)])
    await inspection.take(fill(path, tmp_path / "甲.xlsx", {ONE: {**GONE, ID: GH}}, {ONE: png()}))
    assert await inspection.verdicts() == [Verdict.LISTED]
    done = await inspection.take(
        fill(path, tmp_path / "乙.xlsx", {ONE: {**GONE, ID: GH, **LATER, STATE: "看不到内容"}})
    )
    assert (len(done.readings), done.conflicts) == (1, [])
    assert await inspection.verdicts() == [Verdict.UNPROVEN]
    again = await inspection.take(tmp_path / "甲.xlsx")
    assert (again.repeated, await inspection.verdicts()) == (1, [Verdict.UNPROVEN]), (
        "the old file does not bring it back"
    )


@pytest.mark.parametrize("state", ["搜索不到", "已注销", "已封禁"])
async def test_visible_against_gone_is_looked_at_again(
    store: Store, tmp_path: Path, state: str
) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1)])
    await inspection.take(
        fill(path, tmp_path / "甲.xlsx", {ONE: {**GONE, ID: GH, STATE: state}}, {ONE: png()})
    )
    seen = {**GONE, ID: GH, **LATER, STATE: "看不到内容", Column.PERSON: "乙某"}
    done = await inspection.take(fill(path, tmp_path / "乙.xlsx", {ONE: seen}))
    (conflict,) = done.conflicts
    assert all(
        words in str(conflict)
        for words in (
            "待复核",
            f"甲某（2032-01-03）状态：{state}",
            "乙某（2032-01-04）状态：看不到内容",
        )
    )
    assert await inspection.verdicts() == [Verdict.UNPROVEN]


async def test_an_answer_under_a_name_that_is_filed_no_more_is_told_so(
    store: Store, tmp_path: Path
) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1, **NO_ID)])
    change = UpdatedAccount(
        account_id=1,
        filed=filed(1, name="示例市新名局", **NO_ID),
        changes=(("name", ONE, "示例市新名局"),),
    )
    await store.accounts.apply(
        RegistryChanges(source=Source(file="更名.xlsx", sha256="1" * 64, at=NOW), updated=(change,))
    )
    done = await inspection.take(
        fill(path, tmp_path / "甲.xlsx", {ONE: {**STALE, ID: "", NAME: "一致"}}, {ONE: png()})
    )
    assert (len(done.readings), "暂不计入" in done.remarks[0], "备案信息" in done.remarks[0]) == (
        1,
        True,
        True,
    )
    assert await inspection.verdicts() == [Verdict.UNPROVEN]
