"""Which notices have an archive that tells all of them, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from samples import NOW, PLAIN, enter, open_sweep

from mediawatch.domain import (
    Code,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    ReviewAction,
    ReviewEvent,
    UserError,
)
from mediawatch.ports import Store


async def test_whatever_follows_an_archive_makes_a_new_one_due(any_store: Store) -> None:
    store = any_store
    (account,) = await enter(store, PLAIN)
    sweep = await open_sweep(store, [account])
    item = NoticeItem(
        number=1, filed=account.filed, problem="超2周未更新", fails=True, account_id=account.id
    )
    notice = await store.notices.issue(
        Notice(
            number="文1", title="通报", issued_on=date(2030, 1, 1), sweep_id=sweep.id, by="甲某", kept_at=NOW,
            items=(item,),
        )
    )  # fmt: skip
    published = Notice(number="省1", title="省", issued_on=NOW.date(), by="甲某", kept_at=NOW)
    other = await store.notices.issue(published)

    async def happens(action: NoticeAction, at: int, of: Notice = notice) -> list[str]:
        moment = NOW + timedelta(hours=at)
        known = max((each.id for each in await store.reviews.events(sweep.id)), default=0)
        event = NoticeEvent(notice_id=of.id, action=action, at=moment, by="乙某", review_id=known)
        await store.notices.add_events([event])
        return [each.number for each in await store.notices.unarchived()]

    assert await happens(NoticeAction.APPEALED, 1) == [], "nothing waits before it is closed"
    assert await happens(NoticeAction.CLOSED, 2) == ["文1"]
    assert await happens(NoticeAction.CLOSED, 2, other) == ["文1"], "it has no evidence here"
    assert await happens(NoticeAction.ARCHIVED, 3) == []
    assert await happens(NoticeAction.REPORTED, 4) == ["文1"]
    assert await happens(NoticeAction.ARCHIVED, 5) == []
    decided = ReviewEvent(
        sweep_id=sweep.id, account_id=account.id, code=Code.STALE_2W, action=ReviewAction.REOPENED,
        at=NOW - timedelta(days=1), by="甲某", reason="复核",
    )  # fmt: skip
    await store.reviews.add(sweep.id, [decided], after=0)
    assert [each.number for each in await store.notices.unarchived()] == ["文1"], "by any clock"
    assert await happens(NoticeAction.ARCHIVED, 6) == []


async def test_an_archive_of_what_has_changed_meanwhile_is_refused(any_store: Store) -> None:
    notice = await any_store.notices.issue(
        Notice(number="文1", title="通报", issued_on=NOW.date(), by="甲某", kept_at=NOW)
    )
    closed = NoticeEvent(notice_id=notice.id, action=NoticeAction.CLOSED, at=NOW, by="甲某")
    await any_store.notices.add_events([closed])
    taken = replace(closed, action=NoticeAction.ARCHIVED)
    with pytest.raises(UserError, match="meanwhile"):
        await any_store.notices.add_events([taken], after=0)
    assert len(await any_store.notices.events()) == 1
    (known,) = await any_store.notices.events()
    await any_store.notices.add_events([taken], after=known.id)
