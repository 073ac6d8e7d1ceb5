"""Names, people's own pictures and lost accounts' contacts leave after their time, nobody's else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from evidence_files import all_evidence
from samples import NOW, PLAIN, enter, finding, open_sweep, plain_reading
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.engine import migration_engine, normal_url
from db.personal import marks_of
from mediawatch.domain import (
    PERSONAL_MARK,
    Account,
    Capture,
    Code,
    Contact,
    EvidenceKind,
    Judgement,
    LookKind,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Reading,
    Rectification,
    RegistryChanges,
    ReviewAction,
    ReviewEvent,
    ReviewPicture,
    Source,
    Sweep,
    SweepState,
    UpdatedAccount,
    UserError,
    Verdict,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.personal import PersonalCount, clear_personal
from mediawatch.ops.retention import still_judged, verify_evidence
from mediawatch.ports import Store

DAYS = 90
ENDED = NOW - timedelta(days=400)
CLOSED = ENDED + timedelta(days=60)
PHOTO = Capture(
    kind=EvidenceKind.PICTURE, media_type="image/png", body=b"handed in", taken_at=ENDED
)


def seen_by(account: Account, sweep: Sweep, person: str, **more: Any) -> Reading:
    bare = plain_reading(account.id, ENDED, name="示例发布", **more)
    return replace(bare, sweep_id=sweep.id, look=LookKind.PERSON, by=person)


async def inspected(store: Store, folder: EvidenceFolder, *, issue: bool = True) -> Sweep:
    """A finished inspection of two accounts: people looked, the unit of one of them answered."""
    accounts = await enter(store, PLAIN, PLAIN)
    sweep = await open_sweep(store, accounts)
    first, _ = accounts
    for person in ("张三", "张 三", "李四"):
        kept = await folder.keep(seen_by(first, sweep, person, captures=(PHOTO,)))
        held = await store.readings.keep(kept)
    judged = Judgement(verdict=Verdict.FAILED, sentence="失格。", findings=(finding(held.id),))
    await store.sweeps.keep_judgements(sweep.id, {first.id: judged})
    await store.sweeps.close(sweep.id, SweepState.FINISHED, ENDED)
    shot = await folder.file(replace(PHOTO, body=b"a unit's own"))
    filed = ReviewPicture(
        path=shot.path, sha256=shot.sha256, media_type=shot.media_type, size=shot.size
    )
    confirmed = ReviewEvent(
        sweep_id=sweep.id, account_id=first.id, code=Code.STALE_2W, action=ReviewAction.CONFIRMED, at=ENDED, by="赵六",
        reason="属实", sentence="示例", facts=finding(held.id).facts,
    )  # fmt: skip
    reason = "平台故障,请致电13800001111或0731-88880000"
    answered = replace(
        confirmed, action=ReviewAction.ANSWERED, by="王五", reason=reason, pictures=(filed,)
    )
    await store.reviews.add(sweep.id, [answered, confirmed], after=0)
    if issue:
        item = NoticeItem(
            number=1, filed=first.filed, problem="超2周未更新", fails=True, account_id=first.id
        )
        await store.notices.issue(
            Notice(
                number="文1", title="通报", issued_on=ENDED.date(), sweep_id=sweep.id, by="赵六", kept_at=ENDED,
                items=(item,),
            )
        )  # fmt: skip
    return sweep


async def happens(store: Store, action: NoticeAction, by: str, at: datetime = CLOSED) -> None:
    (notice, *_) = await store.notices.all()
    event = NoticeEvent(
        notice_id=notice.id, action=action, at=at, by=by, reason="电话13900002222", review_id=2
    )
    await store.notices.add_events([event])


async def names(store: Store, sweep: Sweep) -> list[str]:
    readings = (await store.readings.by_account(sweep_id=sweep.id)).values()
    looked = [reading.by for some in readings for reading in some]
    decided = [event.by for event in await store.reviews.events(sweep.id)]
    return [*looked, *decided, *(event.by for event in await store.notices.events())]


async def test_they_leave_once_all_is_closed_archived_and_old(
    any_store: Store, tmp_path: Path
) -> None:
    store, folder = any_store, EvidenceFolder(tmp_path)
    sweep = await inspected(store, folder)
    assert await clear_personal(store, folder, NOW, DAYS) == PersonalCount()
    await happens(store, NoticeAction.REPORTED, "孙七")
    await happens(store, NoticeAction.CLOSED, "赵六")
    assert await clear_personal(store, folder, NOW, DAYS) == PersonalCount(), "no archive yet"
    await happens(store, NoticeAction.ARCHIVED, "周八")
    early = CLOSED + timedelta(days=DAYS)
    assert await clear_personal(store, folder, early, DAYS) == PersonalCount()
    expected = PersonalCount(names=5, pictures=2, size=len(b"handed ina unit's own"))
    assert await clear_personal(store, folder, NOW, DAYS, dry_run=True) == expected
    assert "张三" in await names(store, sweep)
    before = await store.readings.by_account(sweep_id=sweep.id)
    assert await clear_personal(store, folder, NOW, DAYS) == expected
    mark = PERSONAL_MARK
    assert await names(store, sweep) == [
        f"{mark}1", f"{mark}1", f"{mark}2", f"{mark}3", "赵六", f"{mark}4", "赵六", "周八",
    ]  # fmt: skip
    after = await store.readings.by_account(sweep_id=sweep.id)
    (old,), (new,) = before.values(), after.values()
    assert [replace(each, by="") for each in new] == [replace(each, by="") for each in old]
    answered, confirmed = await store.reviews.events(sweep.id)
    assert answered.reason == f"平台故障,请致电{mark}或{mark}"
    assert confirmed.reason == "属实"
    reported, closed, _ = await store.notices.events()
    assert (reported.reason, closed.reason) == (f"电话{mark}", "电话13900002222")
    check = await verify_evidence(store, folder)
    assert (check.pruned, check.missing, check.altered) == (4, 0, 0)
    assert await clear_personal(store, folder, NOW, DAYS) == PersonalCount()
    with pytest.raises(UserError, match="names of those who looked have left"):
        await still_judged(store, sweep)


async def test_a_run_that_was_cut_short_is_made_up_for(any_store: Store, tmp_path: Path) -> None:
    store, folder = any_store, EvidenceFolder(tmp_path)
    await inspected(store, folder)
    await happens(store, NoticeAction.CLOSED, "赵六")
    await happens(store, NoticeAction.ARCHIVED, "周八")
    lost, *_ = (item for item in await all_evidence(store) if item.reading_id)
    tmp_path.joinpath(lost.evidence.path).unlink()
    count = await clear_personal(store, folder, NOW, DAYS)
    assert (count.names, count.pictures) == (4, 1)


async def test_a_name_that_comes_later_is_another_person(any_store: Store, tmp_path: Path) -> None:
    store, folder = any_store, EvidenceFolder(tmp_path)
    sweep = await inspected(store, folder)
    await happens(store, NoticeAction.CLOSED, "赵六")
    await happens(store, NoticeAction.ARCHIVED, "周八")
    await clear_personal(store, folder, NOW, DAYS)
    await happens(store, NoticeAction.REPORTED, "吴九")
    assert (await clear_personal(store, folder, NOW, DAYS)).names == 0, "a new archive is due"
    await happens(store, NoticeAction.ARCHIVED, "周八")
    assert (await clear_personal(store, folder, NOW, DAYS)).names == 1
    assert len(set(await names(store, sweep))) == 3 + 2 + 1


@pytest.mark.parametrize("decided", [False, True])
async def test_what_was_never_issued_waits_for_its_decision(
    any_store: Store, tmp_path: Path, decided: bool
) -> None:
    store, folder = any_store, EvidenceFolder(tmp_path)
    sweep = await inspected(store, folder, issue=False)
    (found,) = await store.personal.all()
    assert found.waits_for == "confirmed findings are in no notice"
    known = (await store.reviews.events(sweep.id))[-1]
    actions = (ReviewAction.REOPENED, ReviewAction.DISMISSED)
    made = [replace(known, action=action) for action in actions[: 1 + decided]]
    await store.reviews.add(sweep.id, made, after=known.id)
    (found,) = await store.personal.all()
    assert found.waits_for == ("" if decided else "findings are undecided")
    count = await clear_personal(store, folder, NOW, DAYS)
    assert count.names == (4 if decided else 0)


async def test_an_inspection_that_was_a_re_check_waits_for_its_notice(
    any_store: Store, tmp_path: Path
) -> None:
    store, folder = any_store, EvidenceFolder(tmp_path)
    await inspected(store, folder)
    (account, *_) = await store.accounts.all()
    again = await open_sweep(store, [account], NOW)
    held = await store.readings.keep(await folder.keep(seen_by(account, again, "郑十")))
    judged = Judgement(verdict=Verdict.FAILED, sentence="失格。", findings=(finding(held.id),))
    await store.sweeps.keep_judgements(again.id, {account.id: judged})
    await store.sweeps.close(again.id, SweepState.FINISHED, ENDED)
    sure = ReviewEvent(
        sweep_id=again.id, account_id=account.id, code=Code.STALE_2W, action=ReviewAction.CONFIRMED, at=ENDED, by="赵六",
        sentence="示例", facts=finding(held.id).facts,
    )  # fmt: skip
    await store.reviews.add(again.id, [sure], after=0)

    async def waits_for() -> str:
        return next(
            each.waits_for for each in await store.personal.all() if each.sweep_id == again.id
        )

    assert await waits_for() == "confirmed findings are in no notice"
    (notice,) = await store.notices.all()
    result = NoticeEvent(
        notice_id=notice.id, item=1, action=NoticeAction.RECHECKED, at=CLOSED, by="赵六",
        result=Rectification.NOT_DONE, sweep_id=again.id,
    )  # fmt: skip
    await store.notices.add_events([result])
    assert await waits_for() == "notice 文1 is not closed"
    await happens(store, NoticeAction.CLOSED, "赵六")
    assert await waits_for() == "the archive of notice 文1 was not taken in"
    await happens(store, NoticeAction.ARCHIVED, "周八")
    assert (await clear_personal(store, folder, NOW, DAYS)).names == 5


async def test_a_picture_that_serves_another_inspection_stays(
    any_store: Store, tmp_path: Path
) -> None:
    store, folder = any_store, EvidenceFolder(tmp_path)
    sweep = await inspected(store, folder)
    await happens(store, NoticeAction.CLOSED, "赵六")
    await happens(store, NoticeAction.ARCHIVED, "周八")
    (account, *_) = await store.accounts.all()
    running = await open_sweep(store, [account])
    assert running.id != sweep.id
    await store.readings.keep(
        await folder.keep(seen_by(account, running, "张三", captures=(PHOTO,)))
    )
    assert (await clear_personal(store, folder, NOW, DAYS)).pictures == 1


async def test_contacts_of_accounts_that_are_filed_stay(any_store: Store, tmp_path: Path) -> None:
    store, folder = any_store, EvidenceFolder(tmp_path)
    accounts = await enter(store, PLAIN, PLAIN)
    given = Contact(person="甲某", phone="13800001111")
    source = Source(file="台账.csv", sha256="1" * 64, at=ENDED)
    updated = tuple(
        UpdatedAccount(account_id=one.id, filed=one.filed, changes=(), contact=given)
        for one in accounts
    )
    await store.accounts.apply(RegistryChanges(source=source, updated=updated))
    lost = RegistryChanges(source=replace(source, sha256="2" * 64), retired=(accounts[0].id,))
    await store.accounts.apply(lost)
    assert (await clear_personal(store, folder, ENDED + timedelta(days=80), DAYS)).contacts == 0
    assert (await clear_personal(store, folder, ENDED + timedelta(days=92), DAYS)).contacts == 1
    assert list(await store.accounts.contacts()) == [accounts[1].id]


async def test_a_notice_of_an_account_that_is_filed_nowhere_keeps_no_contact(
    any_store: Store, tmp_path: Path
) -> None:
    store, folder = any_store, EvidenceFolder(tmp_path)
    first, second = await enter(store, PLAIN, PLAIN)
    given = Contact(person="甲某", phone="13800001111")
    source = Source(file="台账.csv", sha256="1" * 64, at=ENDED)
    updated = tuple(
        UpdatedAccount(account_id=one.id, filed=one.filed, changes=(), contact=given)
        for one in (first, second)
    )
    await store.accounts.apply(RegistryChanges(source=source, updated=updated))
    lost = RegistryChanges(source=replace(source, sha256="2" * 64), retired=(first.id, second.id))
    await store.accounts.apply(lost)
    items = tuple(
        NoticeItem(number=number, filed=first.filed, problem="", fails=True, account_id=id)
        for number, id in enumerate((None, second.id), 1)
    )
    await store.notices.issue(
        Notice(
            number="文1", title="通报", issued_on=ENDED.date(), by="赵六", kept_at=ENDED,
            items=items,
        )
    )  # fmt: skip
    assert (await clear_personal(store, folder, NOW, DAYS)).contacts == 1
    assert list(await store.accounts.contacts()) == [second.id], "it stands in an open notice"


async def test_a_name_can_be_cleared_and_not_changed(
    any_store: Store, migrated_url: str, tmp_path: Path
) -> None:
    await inspected(any_store, EvidenceFolder(tmp_path))
    await happens(any_store, NoticeAction.CLOSED, "赵六")
    engine = migration_engine(normal_url(migrated_url))
    for table, name in (("reading", "person"), ("review_event", "by"), ("notice_event", "by")):
        for words in (f"\"{name}\" = '别人'", f"id = id, \"{name}\" = '{PERSONAL_MARK}1'"):
            with (
                pytest.raises(DBAPIError, match=f"a {table} is never updated"),
                engine.begin() as connection,
            ):
                connection.execute(text(f"UPDATE {table} SET {words}"))
        if table != "reading":
            with (
                pytest.raises(DBAPIError, match=f"a {table} is never updated"),
                engine.begin() as connection,
            ):
                connection.execute(text(f"UPDATE {table} SET reason = ''"))
    engine.dispose()


def test_two_writings_of_a_name_do_not_become_two_persons() -> None:
    marks = marks_of(["張三", "张 三", "李四", "张三"], after=4)
    assert [*dict.fromkeys(marks.values())] == [f"{PERSONAL_MARK}5", f"{PERSONAL_MARK}6"]
    assert marks["張三"] == marks["张三"]
