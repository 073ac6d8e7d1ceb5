"""佐证材料: bytes in, files and hashes on disk. File, fsync, rename; only then may the row be written."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path

from mediawatch.clock import day_of
from mediawatch.domain import Capture, Evidence, Reading, Sight
from mediawatch.files import write_whole

_SUFFIX = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/gzip": ".gz", "text/plain": ".txt"}


class EvidenceFolder:
    """The home's evidence/ folder. Files are named by day and hash, so the same bytes are kept once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def keep(self, reading: Reading) -> Reading:
        """The reading with its captures on disk and `evidence` in their place. UserError when the disk refuses."""
        sights = [replace(sight, captures=(), evidence=sight.evidence + await self._keep_all(sight)) for sight in reading.sights]
        return replace(reading, sights=tuple(sights))

    async def _keep_all(self, sight: Sight) -> tuple[Evidence, ...]:
        return tuple([await asyncio.to_thread(self._keep, capture) for capture in sight.captures])

    def _keep(self, capture: Capture) -> Evidence:
        digest = hashlib.sha256(capture.body).hexdigest()
        name = f"{day_of(capture.taken_at)}/{digest[:2]}/{digest}{_SUFFIX.get(capture.media_type, '.bin')}"
        target = self.root / name
        if not target.exists():
            write_whole(target, capture.body)
        return Evidence(
            kind=capture.kind,
            media_type=capture.media_type,
            path=name,
            sha256=digest,
            size=len(capture.body),
            taken_at=capture.taken_at,
            url=capture.url,
        )

    def check(self, item: Evidence) -> str:
        """ "" when the file is there with its hash, else what is wrong, in English."""
        target = self.root / item.path
        if not target.is_file():
            return f"{item.path}: missing"
        if hashlib.sha256(target.read_bytes()).hexdigest() != item.sha256:
            return f"{item.path}: altered since it was kept"
        return ""
