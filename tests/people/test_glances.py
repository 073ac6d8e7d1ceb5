"""An account that a 暂用标识 alone proves sound: marked and counted apart, and asked for a glance."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import docx
import openpyxl
import pytest
from commands import in_process
from samples import enter
from worklists import fill

import db
from mediawatch.domain import (
    BY_OTHERS,
    Filing,
    Hint,
    LookKind,
    MatchedBy,
    NameHit,
    Post,
    Reading,
    Sight,
    Sweep,
    SweepKind,
    SweepState,
)
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings import Home
from mediawatch.people.forms.columns import Column
from mediawatch.ports import Store
from mediawatch.rules.policy import load
from mediawatch.sweep.judging import rejudge

T = TypeVar("T")
BIZ = "MzkwMDAwMDAwMQ=="
NAME, UNKNOWN = "示例市第一测试局", "示例市第二测试局"
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
FILED = Filing(name=NAME, platform="wechat", type="微信公众号", organiser=NAME, filing_number="1")


def within(home: Home, work: Callable[[Store], Awaitable[T]]) -> T:
    async def opened() -> T:
        store = await db.open_store(f"sqlite:///{home.database}")
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(opened())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").create()
    policy = load("national")

    async def work(store: Store) -> None:
        accounts = await enter(store, FILED, replace(FILED, name=UNKNOWN, filing_number="2"))
        as_of = NOW - timedelta(hours=1)
        sweep = await store.sweeps.open(
            Sweep(
                as_of=as_of, policy=policy.name, policy_toml=policy.toml, scope="all accounts",
                kind=SweepKind.CENSUS, started_at=as_of,
            ),
            accounts,
        )  # fmt: skip
        hit = NameHit(value=BIZ, name=NAME, alias="shili_1", verified=True)
        found = Sight(
            surface="wechat.search", read_at=NOW, name=NAME, platform_id=BIZ,
            matched_by=MatchedBy.NAME, name_hit=hit,
        )  # fmt: skip
        posted = NOW - timedelta(days=2)
        page = replace(
            found, surface="wechat.list", name_hit=None, provisional=BIZ, name="",
            posts=(Post(on=day_of(posted), at=posted),), detail=f"依暂用标识 {BIZ}",
        )  # fmt: skip
        await store.readings.keep(
            Reading(
                account_id=accounts[0].id, look=LookKind.FIRST, started_at=NOW, read_at=NOW,
                sights=(found, page), sweep_id=sweep.id, filed_as=FILED.identity,
            )
        )  # fmt: skip
        await rejudge(store, lambda platform: True, sweep.id)
        await store.sweeps.close(sweep.id, SweepState.FINISHED, NOW)

    within(home, work)
    return home


def run(home: Home, *words: str | Path) -> str:
    done = in_process("--home", home.root, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_figures_count_it_apart(home: Home) -> None:
    assert "检查数中有1个账号仅依名称判定为正常更新（暂用标识，或他人提供的链接" in run(
        home, "figures"
    )


def test_the_circular_says_how_many(home: Home, tmp_path: Path) -> None:
    """Its rate would else claim more than was seen."""
    out = tmp_path / "通报.docx"
    run(home, "report", "docx", "--out", out)
    words = "".join(paragraph.text for paragraph in docx.Document(str(out)).paragraphs)
    assert (
        "检查数中有1个系仅依名称（按名称检索到的同名账号即暂用标识，或他人提供的同名账号链接）"
        "判定为正常更新，尚未经备案标识核对。"
    ) in words
    # The hand-off says it of the account itself: its schema is frozen.
    run(home, "handoff", "--out", tmp_path / "h.json")
    accounts = json.loads((tmp_path / "h.json").read_text("utf-8"))["scope"]["accounts"]
    assert ["依暂用标识" in each["sentence"] for each in accounts] == [True, False]


def test_the_explanation_says_on_what_it_rests(home: Home) -> None:
    told = run(home, "explain", "1")
    assert "（依暂用标识" in told.replace("(", "（")
    assert re.search(r"证明监测窗口内有更新（[^）]*依暂用标识，未经备案标识核对）", told)
    assert "人工看一眼" in told
    shown = run(home, "show", "1")
    assert f"暂用标识（未备案）  {BIZ}" in shown
    assert "微信号shili_1" in shown


def test_people_are_asked_for_a_glance_where_that_is_wanted(home: Home, tmp_path: Path) -> None:
    def names(*options: str) -> tuple[list[str], list[str], str]:
        told = run(home, "worklist", "export", tmp_path / "w.xlsx", "--overwrite", *options)
        sheet = openpyxl.load_workbook(tmp_path / "w.xlsx").worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        column = heads.index("备案名称"), heads.index("待核查原因")
        return [str(row[column[0]]) for row in rows], [str(row[column[1]]) for row in rows], told

    asked, _, told = names()
    assert asked == [UNKNOWN]
    assert "1 account sound by the name alone" in told
    asked, reasons, told = names("--glances")
    assert asked == [UNKNOWN, NAME]
    assert "看一眼即可" in reasons[1]
    assert "1 account is there for a glance" in told
    assert "shili_1" in reasons[1]


def test_a_link_of_others_that_only_bears_the_name_is_marked_alike(
    home: Home, tmp_path: Path
) -> None:
    """A 仿冒 of the name would prove the account fresh, and nobody would be asked."""
    posted = NOW - timedelta(days=1)
    sight = Sight(
        surface="wechat.article", read_at=NOW, name=UNKNOWN, platform_id="MzkwMDAwMDAwOQ==",
        matched_by=MatchedBy.NAME, posts=(Post(on=day_of(posted), at=posted),), detail=BY_OTHERS,
    )  # fmt: skip

    async def link(store: Store) -> None:
        filed = replace(FILED, name=UNKNOWN, filing_number="2")
        await store.readings.keep(
            Reading(
                account_id=2, look=LookKind.LINK, started_at=NOW, read_at=NOW, sights=(sight,),
                filed_as=filed.identity,
            )
        )  # fmt: skip
        await rejudge(store, lambda platform: True, 1)

    within(home, link)
    assert "检查数中有2个账号仅依名称判定为正常更新" in run(home, "figures")
    told = run(home, "explain", "2")
    assert re.search(r"结论：.*正常更新.*（依他人提供的链接，未经备案标识核对）", told)
    assert re.search(r"证明监测窗口内有更新（[^）]*依他人提供的链接，未经备案标识核对）", told)
    assert "人工看一眼：他人提供的链接仅与名称相符" in told
    run(home, "worklist", "export", tmp_path / "w.xlsx", "--glances")
    rows = list(openpyxl.load_workbook(tmp_path / "w.xlsx").worksheets[0].values)
    place = rows[0].index("待核查原因")
    assert [str(row[place])[:12] for row in rows[1:]] == [
        "看一眼即可：按名称检索到",
        "看一眼即可：他人提供的链",
    ]
    answer = {Column.POSTED: "有", Column.PERSON: "甲某"}
    fill(tmp_path / "w.xlsx", tmp_path / "答.xlsx", {UNKNOWN: answer})
    run(home, "worklist", "import", tmp_path / "答.xlsx")
    assert "检查数中有1个账号仅依名称判定" in run(home, "figures")


def test_a_list_without_glances_says_so(home: Home, tmp_path: Path) -> None:
    (key,) = re.findall(r"([0-9a-f]{6})\W+暂用标识", run(home, "registry", "proposals"))
    run(home, "registry", "proposals", "--accept", key)
    told = run(home, "worklist", "export", tmp_path / "w.xlsx", "--glances")
    assert "no account is sound by the name alone" in told


def test_glances_come_last_whatever_others_say(home: Home, tmp_path: Path) -> None:
    async def hint(store: Store) -> None:
        day = day_of(NOW - timedelta(days=90))
        said = Hint(account_id=1, source="某某服务单位", on=day, received_at=NOW)
        await store.hints.add([said])

    within(home, hint)
    run(home, "worklist", "export", tmp_path / "w.xlsx", "--glances")
    sheet = openpyxl.load_workbook(tmp_path / "w.xlsx").worksheets[0]
    heads, *rows = sheet.iter_rows(values_only=True)
    assert [row[heads.index("备案名称")] for row in rows] == [UNKNOWN, NAME]


def test_a_glance_settles_whose_it_is(home: Home, tmp_path: Path) -> None:
    run(home, "worklist", "export", tmp_path / "w.xlsx", "--glances")
    answer = {Column.POSTED: "有", Column.PERSON: "甲某"}
    fill(tmp_path / "w.xlsx", tmp_path / "答.xlsx", {NAME: answer})
    run(home, "worklist", "import", tmp_path / "答.xlsx")
    assert "仅依名称判定" not in run(home, "figures")
    (verdict,) = re.findall("^结论：.*", run(home, "explain", "1"), re.MULTILINE)
    assert "暂用标识" not in verdict


def test_an_accepted_id_is_a_filed_one(home: Home) -> None:
    (key,) = re.findall(r"([0-9a-f]{6})\W+暂用标识", run(home, "registry", "proposals"))
    run(home, "registry", "proposals", "--accept", key)
    assert "仅依名称判定" not in run(home, "figures")
    shown = run(home, "show", "1")
    assert f"平台ID  {BIZ}" in shown
    assert "暂用标识（未备案）" not in shown


def test_no_hand_off_takes_it_for_a_filed_id(home: Home, tmp_path: Path) -> None:
    run(home, "handoff", "--out", tmp_path / "h.json")
    assert BIZ not in (tmp_path / "h.json").read_text("utf-8")
    run(home, "registry", "list", "--csv", tmp_path / "r.csv")
    assert BIZ not in (tmp_path / "r.csv").read_text("utf-8-sig")


def test_a_refused_id_takes_the_proof_back(home: Home, tmp_path: Path) -> None:
    (key,) = re.findall(r"([0-9a-f]{6})\W+暂用标识", run(home, "registry", "proposals"))
    run(home, "registry", "proposals", "--refuse", key)
    told = run(home, "explain", "1")
    assert "待人工核查" in told
    assert "所依暂用标识已终止" in told
    assert "仅依名称判定" not in run(home, "figures")
    # What it led to is no longer told as the account's: nothing is known of when that posted.
    run(home, "worklist", "export", tmp_path / "w.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "w.xlsx").worksheets[0]
    heads, *rows = sheet.iter_rows(values_only=True)
    latest = heads.index("已知最近发布（不早于）")
    assert {row[heads.index("备案名称")]: row[latest] for row in rows} == {
        NAME: "未知",
        UNKNOWN: "未知",
    }
