"""Notices that repeat what was withdrawn from an earlier notice after their own issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mediawatch.app.root import App
from mediawatch.domain import Notice, NoticeAction, NoticeItem, Verdict, is_closed
from mediawatch.publish.notices.issuing import as_issued
from mediawatch.publish.rounds import EarlierNotices, Issues, past


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedAccusation:
    """A notice tells of an item of an earlier notice, which was corrected since."""

    notice: str
    earlier: str
    item: NoticeItem

    @property
    def words(self) -> str:
        return (
            f"{self.notice}引用了{self.earlier}第{self.item.number}项“{self.item.filed.name}”"
            f"（{self.item.problem}），该项已更正：重新生成的文稿不再引用"
        )


async def repeated_accusations(
    app: App, issues: Issues, only: Notice | None = None
) -> list[RepeatedAccusation]:
    """What notices that are not closed, or `only` that one, repeat of what was withdrawn since.

    A correction of the notice's own that came after is settled: its papers repeat nothing.
    """
    found: list[RepeatedAccusation] = []
    for notice in [only] if only else issues.notices:
        own = [event for event in issues.events if event.notice_id == notice.id]
        known = issues.known_at(notice.kept_at)
        settled = max((each.id for each in own if each.action is NoticeAction.CORRECTED), default=0)
        withdrawn = [
            event
            for event in known.withdrawn
            if event.notice_id != notice.id and event.id > settled
        ]
        if notice.sweep_id is not None and withdrawn and not is_closed(own):
            known = replace(known, withdrawn=withdrawn)
            found += await _repeated(app, notice, known)
    return found


async def _repeated(app: App, notice: Notice, known: Issues) -> list[RepeatedAccusation]:
    sweep = next(each for each in await app.store.sweeps.all() if each.id == notice.sweep_id)
    scope = as_issued(await app.store.notices.scope(notice.id), notice, ())
    failed = [
        entry.account.id
        for entry in scope
        if entry.judgement and entry.judgement.verdict is Verdict.FAILED
    ]
    known = replace(known, cover=await app.store.notices.coverage(sweep.id, failed))
    then, now = past(replace(known, withdrawn=()), sweep, scope), past(known, sweep, scope)
    notices = {each.id: each for each in known.notices}
    wanted = dict.fromkeys((event.notice_id, event.item) for event in known.withdrawn)
    return [
        RepeatedAccusation(notice=notice.number, earlier=notices[number].number, item=item)
        for number, place in wanted
        if number in notices
        for item in notices[number].items
        if item.number == place
        and _said(then, notices[number], item) != _said(now, notices[number], item)
    ]


def _said(told: EarlierNotices, earlier: Notice, item: NoticeItem) -> Sequence[object]:
    """What a text says of an item of an earlier notice, and of its account."""
    last = told.last.get(item.account_id or 0)
    results = [
        (each.about, each.result)
        for each in told.rechecked
        if told.previous is not None
        and told.previous.id == earlier.id
        and each.item.number == item.number
    ]
    return told.repeats.get(item.account_id or 0), last and last[1].problem, results
