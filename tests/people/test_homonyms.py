"""An account that a search found by name alone: a person is warned, and his 无 accuses nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from worklists import LOOKED_AT, NOW, POLICY, Inspection, exported, filed, fill, png, table, typed

import db
from db.engine import migration_engine, normal_url
from db.revisions import apply_revisions
from mediawatch.domain import (
    ANOTHER_BEARS_THE_NAME,
    SEVERAL_BEAR_THE_NAME,
    Attestation,
    Evidence,
    EvidenceKind,
    LookKind,
    MatchedBy,
    NameHit,
    NewAccount,
    Outcome,
    Post,
    Reading,
    Refusal,
    RegistryChanges,
    Sight,
    Source,
    Verdict,
)
from mediawatch.domain.clock import EVER
from mediawatch.people.forms.columns import Column
from mediawatch.people.worklist.todo import unproven
from mediawatch.ports import Store
from mediawatch.sweep.judging import rejudge

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


def nothing_of(detail: str) -> Reading:
    sight = Sight(surface="wechat.search", read_at=SEEN, outcome=Outcome.NO_EVIDENCE, detail=detail)
    return Reading(
        account_id=1, look=LookKind.FIRST, started_at=SEEN, read_at=SEEN, sights=(sight,),
        filed_as=ONE.identity,
    )  # fmt: skip


def near() -> Reading:
    """One account of the name, and another that differs by a suffix: no 暂用标识 begins."""
    reading = found()
    return replace(reading, sights=(replace(reading.sights[0], name_hit=None),))


SEVERAL = nothing_of(f"2 {SEVERAL_BEAR_THE_NAME}")
ANOTHERS = nothing_of(f"{ANOTHER_BEARS_THE_NAME} certified for another body (x, 认证 乙局)")


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("search", [SEVERAL, ANOTHERS, near()], ids=["several", "other", "near"])
async def test_a_none_does_not_count_where_a_search_saw_homonyms(
    store: Store, tmp_path: Path, search: Reading, later: bool
) -> None:
    inspection, path = await exported(store, tmp_path, [ONE], [] if later else [search])
    answered = fill(path, tmp_path / "答.xlsx", {ONE.name: NONE}, {ONE.name: png()})
    done = await inspection.take(answered)
    if later:
        await store.readings.keep(search)
        await rejudge(store, lambda _: True, inspection.sweep.id)
    else:
        assert "同名账号" in done.remarks[0]
    assert await inspection.verdicts() == [Verdict.UNPROVEN]


async def test_a_search_for_another_name_says_nothing_of_this_one(
    store: Store, tmp_path: Path
) -> None:
    other = replace(SEVERAL, filed_as=filed(original_id="", name="旧名局").identity)
    inspection, path = await exported(store, tmp_path, [ONE], [other])
    answered = fill(path, tmp_path / "答.xlsx", {ONE.name: NONE}, {ONE.name: png()})
    await inspection.take(answered)
    assert await inspection.verdicts() == [Verdict.FAILED]


@pytest.mark.parametrize("name", [ONE.name, f"{ONE.name} 微信公众号"])
async def test_a_none_does_not_count_where_two_filings_bear_the_name(
    store: Store, tmp_path: Path, name: str
) -> None:
    two = filed(2, name=name, original_id="", organiser="乙局")
    inspection, path = await exported(store, tmp_path, [ONE, two])
    answered = fill(path, tmp_path / "答.xlsx", {ONE.name: NONE}, {ONE.name: png()})
    done = await inspection.take(answered)
    assert "台账中另有同名账号" in " ".join(done.remarks)
    assert await inspection.verdicts() == [Verdict.UNPROVEN] * 2


async def test_a_namesake_filed_later_takes_the_finding_off(
    any_store: Store, tmp_path: Path
) -> None:
    store = any_store
    inspection, path = await exported(store, tmp_path, [ONE])
    answered = fill(path, tmp_path / "答.xlsx", {ONE.name: NONE}, {ONE.name: png()})
    await inspection.take(answered)
    before = (await store.accounts.current([1]))[1].news
    two = filed(2, name=ONE.name, original_id="", organiser="乙局")
    source = Source(file="台账2.xlsx", sha256="1" * 64, at=NOW)
    await store.accounts.apply(RegistryChanges(source=source, new=(NewAccount(filed=two),)))
    assert (await store.accounts.current([1]))[1].news > before
    await rejudge(store, lambda _: True, inspection.sweep.id)
    assert await inspection.verdicts() == [Verdict.UNPROVEN]
    # Once the other one has gone, it may live on: only the same body's filing made anew does not.
    gone = RegistryChanges(source=replace(source, sha256="2" * 64), retired=(2,))
    await store.accounts.apply(gone)
    await rejudge(store, lambda _: True, inspection.sweep.id)
    assert await inspection.verdicts() == [Verdict.UNPROVEN]


async def test_an_answer_that_an_earlier_version_counted_is_judged_anew(
    tmp_path: Path, database_url: str
) -> None:
    store = await db.open_store(database_url, clock=lambda: NOW)
    inspection, path = await exported(store, tmp_path, [ONE, filed(2)], [SEVERAL])
    answered = fill(path, tmp_path / "答.xlsx", {ONE.name: NONE}, {ONE.name: png()})
    await inspection.take(answered)
    before = await store.accounts.current([1, 2])
    engine = migration_engine(normal_url(database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0018'"))
        apply_revisions(connection, "0019")
    engine.dispose()
    now = await store.accounts.current([1, 2])
    assert [now[key].news - before[key].news for key in (1, 2)] == [1, 0]
    await store.close()


@pytest.mark.parametrize("namesake", [False, True])
async def test_a_machine_does_not_tell_two_filings_apart_by_their_name(
    store: Store, tmp_path: Path, namesake: bool
) -> None:
    """Two looks by name with whole lists: they may be of the other one."""
    one = filed(platform="weibo", type="微博", original_id="", opened_on=date(2015, 1, 1))
    other = replace(one, filing_number="2", organiser="乙局", name=one.name if namesake else "别的")
    inspection = await Inspection.of(store, tmp_path, [one, other])
    picture = Evidence(
        kind=EvidenceKind.PICTURE, media_type="image/png", path="a.png", sha256="0" * 64, size=1,
        taken_at=NOW,
    )  # fmt: skip
    for days, look in ((1, LookKind.FIRST), (0, LookKind.SECOND)):
        at = NOW - timedelta(days=days)
        sight = Sight(
            surface="weibo.desktop", read_at=at, name=one.name, platform_id="2000000001",
            matched_by=MatchedBy.NAME, complete_since=EVER, posts=(Post(on=OLD),),
            evidence=(picture,), attested=Attestation.RECORDED,
        )  # fmt: skip
        await store.readings.keep(
            Reading(
                account_id=1, look=look, started_at=at, read_at=at, sights=(sight,),
                sweep_id=inspection.sweep.id, filed_as=one.identity,
            )
        )  # fmt: skip
    await rejudge(store, lambda _: True, inspection.sweep.id)
    expected = Verdict.UNPROVEN if namesake else Verdict.FAILED
    assert (await inspection.verdicts())[0] is expected
