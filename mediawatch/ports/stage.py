"""The world as the demonstration shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from mediawatch.domain import Canary


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneView:
    """What a person sees who looks an account up on a telephone."""

    state: str
    """`ok`, `not_found`, `cancelled`, `banned`, `empty`."""
    name: str
    id: str
    days: tuple[date, ...]
    """Beijing days of its posts until the world's moment, newest first."""
    later: date | None = None
    """The Beijing day of the newest post after that moment, where one is there already."""
    link: str = ""
    """Of the newest article until the moment; "" where the platform has no such links."""


class Stage(Protocol):
    """The world as the demonstration needs it."""

    as_of: datetime

    def registry(self) -> Sequence[Mapping[str, str]]:
        """The office's table, Chinese heading to text."""

    def canaries(self) -> Sequence[Canary]:
        """对照账号 of the world, made up like the rest."""

    def look_up(self, name: str, type: str) -> PhoneView | None:
        """What a person finds under a filed name; None where the world lacks the platform's site."""
