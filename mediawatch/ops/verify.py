"""What a recorded case expects of a reading, and how the two differ. Pure.

docs/cases.md has the format.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from mediawatch.domain import DateKind, Need, Outcome, Reading, UserError, merge_interaction
from mediawatch.domain.clock import beijing, day_of

WINDOW = timedelta(days=14)
"""A case is looked at as in a sweep: a post of the last 14 days settles it."""
_KEYS = (
    "outcome",
    "name",
    "latest_post_at",
    "latest_post_on",
    "latest_title",
    "date_kind",
    "comments",
    "messages",
)


class ExpectError(UserError):
    """The [expect] table of a case breaks the format of docs/cases.md; the message names the key."""


def need_at(as_of: datetime) -> Need:
    return Need(fresh_after=day_of(as_of - WINDOW))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a case expects; None: not checked. `outcomes` are alternatives."""

    outcomes: tuple[Outcome, ...] | None = None
    name: str | None = None
    latest_post_at: datetime | None = None
    latest_post_on: date | None = None
    latest_title: str | None = None
    date_kind: DateKind | None = None
    comments: bool | None = None
    messages: bool | None = None

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> Expect:
        """Read the TOML table. ExpectError for an unknown key or a value that means nothing."""
        expect = cls()
        for key, value in table.items():
            match key, value:
                case "outcome", str() | list():
                    expect = replace(expect, outcomes=_outcomes(value))
                case "name", str():
                    expect = replace(expect, name=value)
                case "latest_post_at", str() | datetime():
                    expect = replace(expect, latest_post_at=_instant(value))
                case "latest_post_on", str() | date() if not isinstance(value, datetime):
                    expect = replace(expect, latest_post_on=_day(value))
                case "latest_title", str():
                    expect = replace(expect, latest_title=value)
                case "date_kind", str() if value in [*DateKind]:
                    expect = replace(expect, date_kind=DateKind(value))
                case "comments", bool():
                    expect = replace(expect, comments=value)
                case "messages", bool():
                    expect = replace(expect, messages=value)
                case _ if key in _KEYS:
                    raise ExpectError(f"expect.{key} = {value!r} means nothing")
                case _:
                    raise ExpectError(f"expect.{key} is not known; known are {', '.join(_KEYS)}")
        return expect


def _outcomes(value: str | list[Any]) -> tuple[Outcome, ...]:
    words = value if isinstance(value, list) else [value]
    for word in words:
        if word not in [*Outcome]:
            raise ExpectError(f"expect.outcome: {word!r} is not one of {', '.join(Outcome)}")
    if not words:
        raise ExpectError("expect.outcome names no outcome")
    return tuple(Outcome(word) for word in words)


def _instant(value: str | datetime) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ExpectError(f"expect.latest_post_at = {value!r} is not an instant") from error
    if at.tzinfo is None:
        raise ExpectError(f"expect.latest_post_at = {value!s} has no offset, such as +08:00")
    return at


def _day(value: str | date) -> date:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ExpectError(
            f"expect.latest_post_on = {value!r} is not a day such as 2022-12-31"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What the look at a case gave, merged."""

    outcome: Outcome
    name: str
    latest_post_at: datetime | None
    latest_post_on: date | None
    date_kind: DateKind | None
    latest_title: str = ""
    comments: bool | None = None
    """What the pages show of interaction (`domain.InteractionSeen`); None: not shown."""
    messages: bool | None = None
    surfaces: tuple[str, ...]
    """Each sight: `weibo.mobile_feed: ok`."""

    @classmethod
    def of(cls, reading: Reading) -> CaseFacts:
        latest = reading.latest
        shown = merge_interaction(sight.interaction for sight in reading.sights)
        return cls(
            outcome=reading.outcome,
            name=reading.name,
            latest_post_at=latest.at if latest else None,
            latest_post_on=latest.on if latest else None,
            latest_title=latest.title if latest else "",
            date_kind=reading.date_kind,
            comments=shown.comments if shown else None,
            messages=shown.messages if shown else None,
            surfaces=tuple(
                f"{sight.surface}: {sight.outcome}" + (f" ({sight.detail})" if sight.detail else "")
                for sight in reading.sights
            ),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "name": self.name,
            "latest_post_at": beijing(self.latest_post_at).isoformat()
            if self.latest_post_at
            else None,
            "latest_post_on": self.latest_post_on.isoformat() if self.latest_post_on else None,
            "latest_title": self.latest_title,
            "date_kind": self.date_kind.value if self.date_kind else None,
            "comments": self.comments,
            "messages": self.messages,
            "surfaces": list(self.surfaces),
        }


def differences(expect: Expect, got: CaseFacts) -> tuple[str, ...]:
    """One English phrase for each difference.

    A reading with a date is always `ok`. An expected captcha (or another fact about us) therefore
    also expects that there is no date.
    """
    found: list[str] = []
    if expect.outcomes is not None and got.outcome not in expect.outcomes:
        found.append(f"outcome is {got.outcome}, not {' or '.join(expect.outcomes)}")
    if expect.name is not None and got.name != expect.name:
        found.append(f"name is {got.name!r}, not {expect.name!r}")
    if expect.latest_post_at is not None and got.latest_post_at != expect.latest_post_at:
        seen = (
            beijing(got.latest_post_at).isoformat()
            if got.latest_post_at
            else got.latest_post_on or "missing"
        )
        found.append(f"latest post is {seen}, not {beijing(expect.latest_post_at).isoformat()}")
    if expect.latest_post_on is not None and got.latest_post_on != expect.latest_post_on:
        found.append(
            f"latest post's day is {got.latest_post_on or 'missing'}, not {expect.latest_post_on}"
        )
    if expect.latest_title is not None and got.latest_title != expect.latest_title:
        found.append(f"latest title is {got.latest_title!r}, not {expect.latest_title!r}")
    if expect.date_kind is not None and got.date_kind is not expect.date_kind:
        found.append(f"date is {got.date_kind or 'missing'}, not {expect.date_kind}")
    for what, wanted, shown in (
        ("comments", expect.comments, got.comments),
        ("messages", expect.messages, got.messages),
    ):
        if wanted is not None and shown is not wanted:
            found.append(f"{what} is {_as_toml(shown)}, not {_as_toml(wanted)}")
    return tuple(found)


def _as_toml(value: bool | None) -> str:
    """`true` or `false`; None where no page shows it."""
    return "not shown" if value is None else str(value).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """One case that was run. `expect` is the table of the case, None where it has no such table."""

    case: str
    expect: Mapping[str, Any] | None
    got: CaseFacts
    differences: tuple[str, ...] = ()

    @property
    def ok(self) -> bool | None:
        """None where the case expects nothing."""
        return None if self.expect is None else not self.differences

    @staticmethod
    def check(case: str, expect: Mapping[str, Any] | None) -> None:
        """ExpectError, with the case's name, where the table is wrong."""
        try:
            Expect.parse(expect or {})
        except ExpectError as error:
            raise ExpectError(f"{case}: {error}") from error

    @classmethod
    def of(cls, case: str, expect: Mapping[str, Any] | None, reading: Reading) -> VerifyResult:
        got = CaseFacts.of(reading)
        return cls(
            case=case,
            expect=expect,
            got=got,
            differences=differences(Expect.parse(expect), got) if expect is not None else (),
        )

    def as_json(self) -> str:
        """The result as one line of JSON; dates of the table as text."""
        table = {"case": self.case, "ok": self.ok, "expect": self.expect, "got": self.got.as_json()}
        return json.dumps(table, ensure_ascii=False, default=str)

    def line(self) -> str:
        if self.ok is None:
            return f"??    {self.case}: {self._summary()}"
        return (
            f"ok    {self.case}: {self._summary()}"
            if self.ok
            else f"DIFF  {self.case}: {'; '.join(self.differences)}"
        )

    def _summary(self) -> str:
        dated = (
            f"{self.got.latest_post_on} ({self.got.date_kind})" if self.got.latest_post_on else ""
        )
        return ", ".join(word for word in (self.got.outcome.value, self.got.name, dated) if word)
