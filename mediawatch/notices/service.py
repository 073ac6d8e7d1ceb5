"""What is kept of notices: the re-check of one, against the judgements of a sweep and the registry as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mediawatch.clock import day_of
from mediawatch.domain import Notice, NoticeAction, NoticeEvent, Sweep, SweepAccount
from mediawatch.notices.recheck import Look, recheck
from mediawatch.notices.rounds import Rechecked, standing_items
from mediawatch.notices.rounds import rechecked as known
from mediawatch.ports import Store
from mediawatch.review import as_reviewed


async def note_recheck(
    store: Store, notice: Notice, sweep: Sweep, scope: Sequence[SweepAccount], *, by: str, now: datetime
) -> list[Rechecked]:
    """The re-check list of a notice by the judged scope of `sweep`, noted as events where it says something new; in the notice's order."""
    events = await store.notice_events(notice.id)
    items = standing_items(notice, events)
    accounts = {account.id: account for account in await store.accounts(include_retired=True)}
    found = recheck(items, accounts, await _looks(store, sweep, scope), since=notice.issued_on, source=await registry_words(store))
    before = {each.item.number: each for each in known(notice, events)}
    new = [each for each in found if before.get(each.item.number) != each]
    await store.note_notice(
        [
            NoticeEvent(
                notice_id=notice.id, item=each.item.number, action=NoticeAction.RECHECKED, at=now, by=by, reason=each.basis,
                source=each.registry, result=each.result, sweep_id=sweep.id,
            )
            for each in new
        ]
    )  # fmt: skip
    return found


async def _looks(store: Store, sweep: Sweep, judged: Sequence[SweepAccount]) -> dict[int, Look]:
    scope = [as_reviewed(entry, include_open=True) for entry in judged]
    states = await store.states([entry.account.id for entry in scope])
    looks = {}
    for entry in scope:
        if entry.judgement is not None:
            state = states.get(entry.account.id)
            read_at = state.name_read_at if state else None
            looks[entry.account.id] = Look(
                judgement=entry.judgement, on=day_of(sweep.as_of), name=state.name_seen if state else "",
                named_on=day_of(read_at) if read_at else None,
            )  # fmt: skip
    return looks


async def registry_words(store: Store) -> str:
    """Which import the registry is as of: the newest one, with its day; "" where none was made."""
    imports = [source for source, kind in await store.sources() if kind == "registry"]
    return f"{imports[-1].file}({day_of(imports[-1].at)}导入)" if imports else ""
