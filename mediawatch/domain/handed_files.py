"""Hand-offs that lower offices send in: what was received, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class HandedState(StrEnum):
    """What came of a file that was handed in."""

    ACCEPTED = "accepted"
    """It counts until a later one of its office takes its place."""
    OLDER = "older"
    """A version that another one of its office has replaced; it changes nothing."""
    REFUSED = "refused"
    """It counts for nothing; the reason says why."""
    WITHDRAWN = "withdrawn"
    """A person took the office's file back: until the next one it has sent none."""

    @property
    def label(self) -> str:
        return {
            "accepted": "已接收",
            "older": "旧版本",
            "refused": "已退回",
            "withdrawn": "已撤回",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedFile:
    """One file of a lower office, as it was received. Never changed.

    `round` is the upper office's name for the inspection, `office` that of the lower one ("" where
    nothing says whose it is).
    """

    round: str
    office: str
    state: HandedState
    reason: str = ""
    """Why it was refused or is an older one, in Chinese; of an accepted one what to mind."""
    file: str
    """Its name without folders, and the name within an archive."""
    sha256: str
    size: int
    """Bytes of the document itself."""
    as_of: datetime | None = None
    notice: str = ""
    """文号 of the notice that it tells; "" for an inspection that was not issued."""
    issued_on: date | None = None
    version: int = 0
    """Of the notice's hand-off, from 1; 0 without a notice."""
    key: str = ""
    """The public key that signed it, "" for a file of a known folder."""
    signed_at: datetime | None = None
    received_at: datetime
    by: str
    """Who took it in."""
    id: int = 0

    @property
    def rank(self) -> tuple[date, int]:
        """By it versions of one office are compared: what was issued counts more than what was not."""
        return self.issued_on or date.min, self.version

    def is_older_than(self, other: HandedFile) -> bool:
        """Whether it is a version of before `other`, which was received earlier.

        Signing times decide where both have one: whoever sends an old file again cannot sign it
        anew.
        """
        if self.rank != other.rank:
            return self.rank < other.rank
        if self.signed_at is None or other.signed_at is None:
            return False
        return self.signed_at < other.signed_at


def standing_files(files: list[HandedFile]) -> dict[str, HandedFile]:
    """By office the file that counts, of the files of one round in the order of their ids."""
    found: dict[str, HandedFile] = {}
    for each in files:
        match each.state:
            case HandedState.ACCEPTED:
                found[each.office] = each
            case HandedState.WITHDRAWN:
                found.pop(each.office, None)
    return found
