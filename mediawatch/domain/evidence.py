"""佐证材料: what shows what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EvidenceKind(StrEnum):
    SCREENSHOT = "screenshot"
    PAYLOAD = "payload"
    TEXT = "text"
    PICTURE = "picture"
    """A person's picture from the worklist."""
    MANIFEST = "manifest"
    """What was taken in one reading: paths, hashes, times, addresses."""


class EvidenceFault(StrEnum):
    """What may be wrong with a kept file."""

    MISSING = "missing"
    ALTERED = "altered"

    @property
    def label(self) -> str:
        """As documents print it."""
        return {
            EvidenceFault.MISSING: "佐证材料缺失",
            EvidenceFault.ALTERED: "佐证材料与记录不符",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Bytes that show what was seen, on their way to the evidence folder.

    `url` is already scrubbed of secrets.
    """

    kind: EvidenceKind
    media_type: str
    body: bytes
    taken_at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """佐证材料: a kept capture. `path` is relative to the home's evidence folder."""

    kind: EvidenceKind
    media_type: str
    path: str
    sha256: str
    size: int
    taken_at: datetime
    url: str = ""
