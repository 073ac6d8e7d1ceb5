"""发布, 撤稿 and 替换 of notices, and which corrections are unfinished."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from mediawatch.app.root import App
from mediawatch.domain import (
    Notice,
    NoticeAction,
    NoticeEvent,
    UnfinishedCorrection,
    UserError,
    outdated_places,
    publications,
    version_now,
    version_on,
)
from mediawatch.domain.clock import day_of
from mediawatch.publish.rounds import Issues


async def note_publication(
    app: App, notice: Notice, event: NoticeEvent, version: int | None
) -> NoticeEvent:
    """发布: a place shows the notice since a day.

    `version` is what it shows; None: what stood on that day. UserError for a day before the issue
    or in the future, a version that does not exist, and a place that shows the notice already.
    """
    events = await app.store.notices.events(notice.id)
    day = _checked_day(app, event, notice.issued_on)
    known = {each.place: each for each in publications(events)}
    if event.place in known and known[event.place].taken_down_on is None:
        raise UserError(
            f"{event.place} is known as a place of {notice.number} already: `notice retract` notes "
            "what it did since; --where names another place"
        )
    now = version_now(events)
    if version is not None and not 1 <= version <= now:
        raise UserError(f"{notice.number} has no version {version}, but 1 to {now}")
    kept = _with_version(event, version or version_on(events, day))
    await app.store.notices.add_events([kept])
    return kept


async def note_retraction(app: App, notice: Notice, event: NoticeEvent) -> NoticeEvent:
    """撤稿 or 替换: a place took the notice down, or shows the corrected version since a day.

    UserError for a place that does not show the notice, or shows it as it stands, and for a day
    before it did or in the future. Nothing was replaced by a text before the day of that text's
    correction.
    """
    events = await app.store.notices.events(notice.id)
    known = {each.place: each for each in publications(events)}
    found = known.get(event.place)
    if found is None or found.taken_down_on is not None:
        places = "、".join(name for name, each in known.items() if each.taken_down_on is None)
        raise UserError(
            f"{event.place!r} shows {notice.number} by no note: "
            + (f"the places are {places}" if places else "`notice published` notes a place")
        )
    version = version_now(events)
    replaced = event.action is NoticeAction.REPLACED
    if replaced and not found.is_outdated(version):
        raise UserError(
            f"{found.place} shows {notice.number} as it stands: nothing is to be replaced"
        )
    day = _checked_day(app, event, found.on)
    corrected = max(
        (day_of(each.at) for each in events if each.action is NoticeAction.CORRECTED),
        default=notice.issued_on,
    )
    if replaced and day < corrected:
        raise UserError(
            f"--on {day} is before the newest correction of {notice.number}, {corrected}: "
            f"{found.place} cannot show that text since; give the day on which it did"
        )
    kept = _with_version(event, version if replaced else None)
    await app.store.notices.add_events([kept])
    return kept


def unfinished_corrections(issues: Issues) -> list[UnfinishedCorrection]:
    """更正未完成: the places of all notices that still show what was corrected."""
    return [
        UnfinishedCorrection(notice=notice.number, place=place)
        for notice in issues.notices
        for place in outdated_places(
            event for event in issues.events if event.notice_id == notice.id
        )
    ]


def _checked_day(app: App, event: NoticeEvent, after: date) -> date:
    """The day of an event. UserError where it is not between `after` and today."""
    assert event.on is not None, "what happens at a place has a day"
    today = max(day_of(app.clock()), after)
    if not after <= event.on <= today:
        raise UserError(f"--on {event.on} is not between {after} and {today}")
    return event.on


def _with_version(event: NoticeEvent, version: int | None) -> NoticeEvent:
    return replace(event, version=version)
