"""Evidence that stands in a home as its row says: the file's text is its own path."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from mediawatch.domain import Evidence, EvidenceKind


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


def lay_down(folder: Path, *items: Evidence) -> None:
    """Write the files into a home's evidence folder, where they do not stand there already."""
    for item in items:
        if not (folder / item.path).exists():
            (folder / item.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / item.path).write_text(item.path, encoding="utf-8")
