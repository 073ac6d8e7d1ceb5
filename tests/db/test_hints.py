"""What others say is kept beside everything that is judged, and its names leave after their time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from samples import NOW, PLAIN, enter, finding, open_sweep, plain_reading

from mediawatch.domain import (
    PERSONAL_MARK,
    Hint,
    Judgement,
    LinkReceipt,
    LinkSort,
    LinkWay,
    Verdict,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.personal import clear_personal
from mediawatch.ports import Store

HINT = Hint(
    account_id=1,
    source="某某服务单位",
    contract="合同1号",
    received_at=NOW,
    on=date(2031, 3, 1),
    at=NOW - timedelta(days=4),
    link="https://example.org/1",
    file="监测.xlsx",
    sha256="1" * 64,
    sheet="甲",
    row=2,
    given_by="张三",
    given_at=NOW,
)
RECEIPT = LinkReceipt(
    url="https://mp.weixin.qq.com/s/ExampleToken0000000001",
    way=LinkWay.HINTS,
    sort=LinkSort.UNDECIDED,
    received_at=NOW,
    account_id=1,
    name_seen="示例发布",
    published_on=date(2031, 3, 1),
    file="群聊.txt",
    row=3,
    source="本单位记录",
    given_by="李四",
)


async def test_a_hint_is_kept_once_with_all_that_it_says(any_store: Store) -> None:
    (account,) = await enter(any_store, PLAIN)
    hint, later = replace(HINT, account_id=account.id), NOW + timedelta(days=1)
    await any_store.hints.add([hint, hint])
    await any_store.hints.add([hint, replace(hint, row=3, received_at=later, on=None, at=None)])
    (kept,) = (await any_store.hints.of_accounts([account.id])).values()
    assert [each.row for each in kept] == [3, 2]
    assert replace(kept[1], id=0) == hint
    assert (kept[0].on, kept[0].at) == (None, None)
    assert [each.row for each in await any_store.hints.all(since=later)] == [3]
    assert await any_store.hints.of_accounts([account.id + 1]) == {}


async def test_a_hint_is_no_news_of_an_account(any_store: Store) -> None:
    (account,) = await enter(any_store, PLAIN)
    before = (await any_store.accounts.current([account.id]))[account.id].news
    await any_store.hints.add([replace(HINT, account_id=account.id)])
    await any_store.hints.keep_receipts([replace(RECEIPT, account_id=account.id)])
    assert (await any_store.accounts.current([account.id]))[account.id].news == before
    assert await any_store.readings.by_account([account.id]) == {}


async def test_a_link_takes_its_newest_result(any_store: Store) -> None:
    (account,) = await enter(any_store, PLAIN)
    first = replace(RECEIPT, account_id=account.id)
    own = replace(first, sort=LinkSort.OWN, received_at=NOW + timedelta(hours=1))
    await any_store.hints.keep_receipts([first])
    await any_store.hints.keep_receipts([own, replace(own, row=4)])
    again = replace(own, name_seen="", published_on=None)
    await any_store.hints.keep_receipts([again])
    (kept,) = (await any_store.hints.receipts([account.id])).values()
    assert {each.published_on for each in kept} == {first.published_on}
    assert [(each.row, each.sort, each.given_by) for each in kept] == [
        (4, LinkSort.OWN, "李四"),
        (3, LinkSort.OWN, "李四"),
    ]


async def test_names_of_givers_leave_after_their_time(any_store: Store, tmp_path: Path) -> None:
    store, folder = any_store, EvidenceFolder(tmp_path)
    calm, suspect = await enter(store, PLAIN, PLAIN)
    sweep = await open_sweep(store, [calm, suspect])
    held = await store.readings.keep(
        replace(plain_reading(suspect.id, NOW, name="示例发布"), sweep_id=sweep.id)
    )
    judged = Judgement(verdict=Verdict.FAILED, sentence="失格。", findings=(finding(held.id),))
    await store.sweeps.keep_judgements(sweep.id, {suspect.id: judged})
    for row, account in enumerate((calm, suspect)):
        await store.hints.add([replace(HINT, account_id=account.id, row=row)])
    await store.hints.keep_receipts(
        [
            replace(RECEIPT, account_id=calm.id, given_by="张 三"),
            replace(RECEIPT, account_id=None, row=9),
        ]
    )
    assert (await clear_personal(store, folder, NOW + timedelta(days=90), 90)).names == 0
    late = NOW + timedelta(days=91)
    assert (await clear_personal(store, folder, late, 90, dry_run=True)).names == 3
    assert (await clear_personal(store, folder, late, 90)).names == 3
    kept = await store.hints.of_accounts([calm.id, suspect.id])
    ours = (await store.hints.receipts([calm.id]))[calm.id]
    assert kept[calm.id][0].given_by == ours[0].given_by == f"{PERSONAL_MARK}1"
    assert kept[suspect.id][0].given_by == "张三", "a finding of it is undecided"
    assert (await clear_personal(store, folder, late, 90)).names == 0
