"""What the core asks of the store about names, people's own pictures and contacts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What an inspection, or a notice of another system, still holds of people.

    One of `sweep_id` and `notice_id` is set. `names` counts records with a name that is not cleared.
    """

    sweep_id: int | None = None
    notice_id: int | None = None
    over_at: datetime | None = None
    """When all was done (办结); None while something is not."""
    waits_for: str = ""
    """What is not done yet, in English; "" where all is."""
    names: int = 0


class PersonalStore(Protocol):
    """Names of those who looked, answered, appealed or reported, and contacts of lost accounts.

    The names of those who decided (认定, 排除, 更正, 办结 …) belong to the file and stay.
    """

    async def all(self) -> list[PersonalData]:
        """Of every finished inspection, and every notice of another system, oldest first."""

    async def clear_names(self, data: PersonalData, at: datetime, *, pictures: int = 0) -> int:
        """Put the mark in the place of its names and of telephone numbers; returns how many records.

        Who was one person stays one, by a number after the mark. The inspection is noted as cleared,
        with the number of pictures that left. Nothing happens where it is not over any more.
        """

    async def cleared(self, sweep_ids: Collection[int]) -> set[int]:
        """Those of the sweeps whose names were cleared."""

    async def old_givers(self, before: datetime) -> int:
        """How many hints and links from before then bear the name of who gave them.

        None of an account on which something is undecided, or that stands in a notice that is not
        closed.
        """

    async def clear_givers(self, before: datetime, at: datetime) -> int:
        """Put the mark in the place of those names; returns how many. They are noted as cleared."""

    async def lost_contacts(self, before: date) -> list[int]:
        """Accounts that left the registry before that Beijing day, and whose contact is still kept.

        None on which something is undecided, or that stands in a notice that is not closed.
        """

    async def clear_contacts(self, account_ids: Iterable[int], at: datetime) -> None:
        """Delete their contacts."""
