"""Evidence that stands in a home as its row says: the file's text is its own path."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mediawatch.domain import Evidence, EvidenceKind
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.retention import EvidenceCheck, EvidenceComparison, kept_portions
from mediawatch.ports import KeptEvidence, Store


def make_evidence(path: str, at: datetime) -> Evidence:
    """A screenshot of that path; `lay_down` writes its file."""
    return Evidence(
        kind=EvidenceKind.SCREENSHOT,
        media_type="image/jpeg",
        path=path,
        sha256=hashlib.sha256(path.encode()).hexdigest(),
        size=len(path.encode()),
        taken_at=at,
    )


async def all_evidence(store: Store) -> list[KeptEvidence]:
    """Every piece of evidence ever kept, in the order it was kept."""
    return [item async for portion in kept_portions(store) for item in portion]


def compared(
    folder: EvidenceFolder, kept: Sequence[KeptEvidence], sweep_id: int | None = None
) -> EvidenceCheck:
    """What `evidence verify` finds out where these are all rows."""
    comparison = EvidenceComparison(folder, sweep_id)
    for item in kept:
        comparison.add([item])
    return comparison.end()


def lay_down(folder: Path, *items: Evidence) -> None:
    """Write the files into a home's evidence folder, where they do not stand there already."""
    for item in items:
        if not (folder / item.path).exists():
            (folder / item.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / item.path).write_text(item.path, encoding="utf-8")
