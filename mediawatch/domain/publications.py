"""发布: where a notice is published, and where what was corrected still stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from mediawatch.domain.clock import day_of
from mediawatch.domain.notices import NoticeAction, NoticeEvent

UNFINISHED = "更正未完成"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A place that published a notice, as it stands."""

    place: str
    url: str
    on: date
    """The day of publication."""
    version: int
    """The version of the notice that it shows; 1 is the original."""
    taken_down_on: date | None = None
    replaced_on: date | None = None

    def is_outdated(self, version: int) -> bool:
        """Whether it still shows something that was corrected since."""
        return self.taken_down_on is None and self.version < version


def version_now(events: Iterable[NoticeEvent]) -> int:
    """The version of a notice after its corrections; `events` are its own."""
    return 1 + sum(event.action is NoticeAction.CORRECTED for event in events)


def version_on(events: Iterable[NoticeEvent], day: date) -> int:
    """The version that was published on a day, in doubt the older one.

    On the day of a correction what was published may be the uncorrected text.
    """
    return version_now(
        event
        for event in events
        if event.action is NoticeAction.CORRECTED and day_of(event.at) < day
    )


def publications(events: Iterable[NoticeEvent]) -> list[Publication]:
    """The places of a notice in the order in which they were noted; `events` are its own."""
    found: dict[str, Publication] = {}
    for event in events:
        before = found.get(event.place)
        match event.action:
            case NoticeAction.PUBLISHED if event.on is not None:
                found[event.place] = Publication(
                    place=event.place, url=event.source, on=event.on, version=event.version or 1
                )
            case NoticeAction.TAKEN_DOWN if before:
                found[event.place] = replace(before, taken_down_on=event.on)
            case NoticeAction.REPLACED if before:
                found[event.place] = replace(
                    before,
                    replaced_on=event.on,
                    version=event.version or before.version,
                    url=event.source or before.url,
                )
    return list(found.values())


def outdated_places(events: Iterable[NoticeEvent]) -> list[Publication]:
    """The places that still show what was corrected (更正未完成)."""
    own = list(events)
    version = version_now(own)
    return [each for each in publications(own) if each.is_outdated(version)]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedCorrection:
    """A place that still shows what a notice corrected."""

    notice: str
    """Its 文号."""
    place: Publication

    @property
    def words(self) -> str:
        """`文1：示例网（http…，2023-02-10发布）仍为更正前的内容`."""
        where = f"{self.place.url}，" if self.place.url else ""
        return f"{self.notice}：{self.place.place}（{where}{self.place.on}发布）仍为更正前的内容"
