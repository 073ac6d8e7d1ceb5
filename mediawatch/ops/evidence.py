"""佐证材料: bytes in, files and hashes on disk.

The order is file, fsync, rename; only then may the row be written.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mediawatch.domain import Capture, Evidence, EvidenceFault, EvidenceKind, Reading, Sight
from mediawatch.domain.clock import beijing, day_of
from mediawatch.files import sync_folder, write_whole

MANIFEST = "application/json"
_SUFFIX = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/gzip": ".gz", "text/plain": ".txt", MANIFEST: ".json",
    "application/pdf": ".pdf",
}  # fmt: skip


class EvidenceFolder:
    """The home's evidence/ folder. Files are named by day and hash, so the same bytes are kept
    once.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    async def keep(self, reading: Reading) -> Reading:
        """The reading with its captures on disk, `evidence` in their place, and one manifest of
        them all.

        A reading without captures has no manifest. UserError when the disk refuses.
        """
        sights = [await self._kept(sight) for sight in reading.sights]
        new = [
            (old, sight) for old, sight in zip(reading.sights, sights, strict=True) if old.captures
        ]
        if not new:
            return replace(reading, sights=tuple(sights))
        taken = [
            (sight, item) for old, sight in new for item in sight.evidence[len(old.evidence) :]
        ]
        manifest = Capture(
            kind=EvidenceKind.MANIFEST,
            media_type=MANIFEST,
            body=manifest_of(reading, taken),
            taken_at=reading.read_at,
        )
        last = sights.index(new[-1][1])
        listed = await asyncio.to_thread(self._keep, manifest)
        sights[last] = replace(sights[last], evidence=(*sights[last].evidence, listed))
        return replace(reading, sights=tuple(sights))

    async def file(self, capture: Capture) -> Evidence:
        """One capture on disk that belongs to no reading. UserError when the disk refuses."""
        return await asyncio.to_thread(self._keep, capture)

    async def _kept(self, sight: Sight) -> Sight:
        items = [await self.file(capture) for capture in sight.captures]
        return replace(sight, captures=(), evidence=(*sight.evidence, *items))

    def _keep(self, capture: Capture) -> Evidence:
        digest = hashlib.sha256(capture.body).hexdigest()
        name = f"{day_of(capture.taken_at)}/{digest[:2]}/{digest}{_SUFFIX.get(capture.media_type, '.bin')}"
        target = self.root / name
        if target.exists():
            # An earlier look wrote it, and may have been killed before the name was on the disk.
            sync_folder(target.parent)
        else:
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

    def read(self, item: Evidence) -> bytes:
        """The bytes of a file; empty where it cannot be read."""
        try:
            return (self.root / item.path).read_bytes()
        except OSError:
            return b""

    def check(self, item: Evidence) -> str:
        """ "" when the file is there with its hash, else what is wrong, in English."""
        match self.fault_of(item):
            case EvidenceFault.MISSING:
                return f"{item.path}: missing"
            case EvidenceFault.ALTERED:
                return f"{item.path}: altered since it was kept"
        return ""

    def fault_of(self, item: Evidence) -> EvidenceFault | None:
        """None when the file is there with its hash; what cannot be read is missing."""
        target = self.root / item.path
        try:
            if not target.is_file():
                return EvidenceFault.MISSING
            if target.stat().st_size != item.size:
                return EvidenceFault.ALTERED
            with target.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256")
        except OSError:
            return EvidenceFault.MISSING
        return None if digest.hexdigest() == item.sha256 else EvidenceFault.ALTERED

    def faults_in(self, items: Iterable[Evidence]) -> dict[str, EvidenceFault]:
        """What is wrong with these files, by their paths; each is read once."""
        each_once = {item.path: item for item in items}
        found = {path: self.fault_of(item) for path, item in each_once.items()}
        return {path: fault for path, fault in found.items() if fault is not None}

    def files(self) -> Iterator[str]:
        """Every file below the folder's days, as `Evidence.path` names it.

        Leftovers of a write that was cut short are among them.
        """
        for path in sorted(self.root.glob("*/**/*")):
            if path.is_file():
                yield path.relative_to(self.root).as_posix()


def manifest_of(reading: Reading, taken: Sequence[tuple[Sight, Evidence]]) -> bytes:
    """What was captured in one look: when, where and by which surface. JSON, UTF-8.

    Instants have Beijing's offset. Time and address stand here and never in the pictures: a picture
    with writing on it does not show the page as it was.
    """
    items = [
        {
            "path": item.path, "sha256": item.sha256, "size": item.size, "kind": item.kind.value, "media_type": item.media_type,
            "taken_at": beijing(item.taken_at).isoformat(), "url": item.url, "surface": sight.surface,
        }
        for sight, item in taken
    ]  # fmt: skip
    table = {
        "schema": "mediawatch.manifest/1", "account_id": reading.account_id, "sweep_id": reading.sweep_id, "look": reading.look.value,
        "read_at": beijing(reading.read_at).isoformat(), "surfaces": list(dict.fromkeys(sight.surface for sight, _ in taken)),
        "items": items,
    }  # fmt: skip
    return (json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
