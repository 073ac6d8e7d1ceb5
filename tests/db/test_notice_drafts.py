"""Drafts and signatures are kept, and never changed, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from samples import NOW, PLAIN, enter
from samples import open_sweep as opened_sweep
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.engine import migration_engine, normal_url
from db.models import DRAFTS
from mediawatch.domain import (
    DraftApproval,
    NameOmission,
    Notice,
    NoticeAction,
    NoticeDraft,
    NoticeEvent,
    UnnamedAccount,
    UserError,
    omissions_of,
    open_draft,
)
from mediawatch.ports import Store


async def test_a_draft_that_was_signed_cannot_be_changed_even_by_sql(
    any_store: Store, migrated_url: str
) -> None:
    (account,) = await enter(any_store, PLAIN)
    sweep = await opened_sweep(any_store, [account])
    unnamed = UnnamedAccount(
        account_id=account.id, how=NameOmission.LETTER, by="乙某", reason="r", at=NOW
    )
    draft = NoticeDraft(
        sweep_id=sweep.id,
        title="示例",
        rectify_by="+10工作日",
        by="甲某",
        at=NOW,
        content={
            "items": [{"account": account.id, "name": "示例"}],
            "figures": {"": {"failed": 1}},
        },
        unnamed=(unnamed,),
    )
    kept = await any_store.notices.add_draft(draft)
    assert await any_store.notices.drafts() == [replace(draft, id=kept.id)]
    assert omissions_of(await any_store.notices.drafts(), sweep.id) == {account.id: "另行函告"}
    approval = DraftApproval(by="丙某", on=date(2032, 1, 9), at=NOW)
    await any_store.notices.approve_draft(kept, approval)
    with pytest.raises(UserError, match="meanwhile: look at it again"):
        await any_store.notices.approve_draft(kept, approval)
    (signed,) = await any_store.notices.drafts()
    assert signed.approval == approval
    engine = migration_engine(normal_url(migrated_url))
    for table in DRAFTS:
        with (
            pytest.raises(DBAPIError, match=f"a {table} is never updated"),
            engine.begin() as connection,
        ):
            connection.execute(text(f"UPDATE {table} SET at = at"))
    again = await any_store.notices.add_draft(replace(draft, unnamed=()))
    with pytest.raises(UserError, match="meanwhile"):
        await any_store.notices.approve_draft(signed, approval)
    assert open_draft(await any_store.notices.drafts(), sweep.id) == again
    notice = Notice(
        number="一",
        title="示例",
        issued_on=date(2032, 1, 10),
        sweep_id=sweep.id,
        by="甲某",
        kept_at=NOW,
        addressees="各局：",
        copies="示例委",
        publicity="主动公开",
        draft_id=again.id,
    )
    issued = await any_store.notices.issue(notice)
    assert await any_store.notices.all() == [issued]
    assert open_draft(await any_store.notices.drafts(), sweep.id) is None
    with pytest.raises(UserError):
        await any_store.notices.issue(replace(notice, number="二"))
    event = NoticeEvent(
        notice_id=issued.id,
        action=NoticeAction.PUBLISHED,
        at=NOW,
        by="甲某",
        source="https://www.shili.gov.cn/1",
        place="示例网",
        on=date(2032, 1, 11),
        version=1,
    )
    await any_store.notices.add_events([event])
    (known,) = await any_store.notices.events()
    assert known == replace(event, id=known.id)
    with (
        pytest.raises(DBAPIError, match="a notice_event is never updated"),
        engine.begin() as connection,
    ):
        connection.execute(text("UPDATE notice_event SET place = ''"))
    engine.dispose()
