"""An account that a search found by name alone: a person is warned, and his 无 accuses nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from worklists import LOOKED_AT, NOW, POLICY, exported, filed, fill, png, table, typed

from mediawatch.domain import (
    LookKind,
    MatchedBy,
    NameHit,
    Post,
    Reading,
    Refusal,
    Sight,
    Verdict,
)
from mediawatch.people.forms.columns import Column
from mediawatch.people.worklist.todo import unproven
from mediawatch.ports import Store

BIZ, LINK = "MzkwMDAwMDAwMQ==", "https://mp.weixin.qq.com/s/ExampleToken0000000001"
ONE = filed(original_id="")
SEEN = NOW.replace(month=1, day=2)
OLD = date(2031, 10, 1)
NONE = {
    Column.POSTED: "无", Column.POSTED_ON: typed("2031-11-02"), Column.SEEN_NAME: "一致",
    Column.PERSON: "甲某", Column.TIME: LOOKED_AT,
}  # fmt: skip


def found() -> Reading:
    hit = NameHit(value=BIZ, name=ONE.name, verified=True)
    search = Sight(
        surface="wechat.search", read_at=SEEN, name=ONE.name, platform_id=BIZ,
        matched_by=MatchedBy.NAME, name_hit=hit,
    )  # fmt: skip
    page = replace(
        search, surface="wechat.reader_list", name_hit=None, provisional=BIZ,
        posts=(Post(on=OLD, link=LINK),),
    )  # fmt: skip
    return Reading(
        account_id=1, look=LookKind.FIRST, started_at=SEEN, read_at=SEEN, sights=(search, page),
        filed_as=ONE.identity,
    )  # fmt: skip


async def refuse(store: Store) -> None:
    await store.accounts.add_refusals([Refusal(account_id=1, field="platform_id", new=BIZ, at=NOW)])


async def test_the_row_shows_nothing_of_it_and_warns(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [ONE], [found()])
    (row,) = table(path)
    assert (row[Column.LINK], row[Column.LATEST]) == (None, "未知")
    assert row[Column.REASON].endswith("按名称检索到的账号，请先确认是否为该单位账号。")
    scope = await store.sweeps.scope(inspection.sweep.id)
    (item,) = await unproven(store, inspection.sweep, scope, POLICY)
    assert (item.article, item.page, item.newest_by) == ("", "", {})


@pytest.mark.parametrize("refused", [False, True])
async def test_a_none_by_name_accuses_nobody(store: Store, tmp_path: Path, refused: bool) -> None:
    inspection, path = await exported(store, tmp_path, [ONE], [found()])
    if refused:
        await refuse(store)
    answered = fill(path, tmp_path / "答.xlsx", {ONE.name: NONE}, {ONE.name: png()})
    done = await inspection.take(answered)
    assert len(done.readings) == 1
    assert "同名账号" in done.remarks[0]
    assert await inspection.verdicts() == [Verdict.UNPROVEN]


async def test_where_nobody_was_found_the_name_still_ties(store: Store, tmp_path: Path) -> None:
    inspection, path = await exported(store, tmp_path, [ONE])
    answered = fill(path, tmp_path / "答.xlsx", {ONE.name: NONE}, {ONE.name: png()})
    done = await inspection.take(answered)
    assert (done.remarks, await inspection.verdicts()) == ([], [Verdict.FAILED])
