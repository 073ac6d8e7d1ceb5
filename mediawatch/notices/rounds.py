"""The rounds before: which notice was the last one, what its re-check came to, who stood in it and stands again (重复问题). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mediawatch.clock import day_of
from mediawatch.domain import Notice, NoticeAction, NoticeEvent, NoticeItem, Rectified, Sweep, standing_item


@dataclass(frozen=True, slots=True)
class Rechecked:
    """复查结果 of one item: what stands of it, the result, and its basis with dates in Chinese."""

    item: NoticeItem
    result: Rectified
    basis: str
    registry: str = ""
    """Against which import of the registry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What an inspection must tell of the notices before it."""

    previous: Notice | None = None
    rechecked: tuple[Rechecked, ...] = ()
    """What the latest re-check of the previous notice came to, in its order; empty where there was none."""
    repeats: Mapping[int, int] = field(default_factory=dict)
    """By account: in how many notices in a row, up to the previous one, it stood as failed."""

    def times(self, account_id: int) -> int:
        """The how manieth time in a row an account fails that fails now."""
        return self.repeats.get(account_id, 0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The notice that a document is of, with the version of its hand-off and the corrections up to it."""

    notice: Notice
    version: int = 1
    corrections: tuple[NoticeEvent, ...] = ()

    @classmethod
    def of(cls, notice: Notice, events: Iterable[NoticeEvent]) -> Issued:
        """As it stands after these events, which may be those of all notices."""
        made = tuple(event for event in events if event.notice_id == notice.id and event.action is NoticeAction.CORRECTED)
        return cls(notice=notice, version=1 + len(made), corrections=made)


def standing_items(notice: Notice, events: Iterable[NoticeEvent]) -> list[NoticeItem]:
    """What still stands of a notice; `events` may be those of all notices."""
    own = [event for event in events if event.notice_id == notice.id]
    return [standing for item in notice.items if (standing := standing_item(item, own)) is not None]


def past(notices: Sequence[Notice], events: Sequence[NoticeEvent], sweep: Sweep) -> Past:
    """What went before an inspection: notices that were issued by the day of its as_of, none of them its own."""
    day = day_of(sweep.as_of)
    before = [notice for notice in notices if notice.issued_on <= day and notice.sweep_id != sweep.id]
    if not before:
        return Past()
    before.sort(key=lambda notice: (notice.issued_on, notice.id), reverse=True)
    repeats: dict[int, int] = {}
    for place, notice in enumerate(before):
        failed = {item.account_id for item in standing_items(notice, events) if item.fails and item.account_id is not None}
        in_a_row = {number for number in failed if repeats.get(number, 0) == place}
        if not in_a_row:
            break
        repeats |= dict.fromkeys(in_a_row, place + 1)
    return Past(previous=before[0], rechecked=tuple(rechecked(before[0], events)), repeats=repeats)


def rechecked(notice: Notice, events: Iterable[NoticeEvent]) -> list[Rechecked]:
    """The latest re-check of each standing item, in the notice's order; items that were never re-checked are left out."""
    own = [event for event in events if event.notice_id == notice.id]
    latest = {event.item: event for event in own if event.action is NoticeAction.RECHECKED and event.result is not None}
    return [
        Rechecked(item, event.result, event.reason, event.source)
        for item in standing_items(notice, own)
        if (event := latest.get(item.number)) is not None and event.result is not None
    ]
