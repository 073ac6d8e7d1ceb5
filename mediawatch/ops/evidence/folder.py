"""佐证材料: bytes in, files and hashes in the place of the evidence.

The order is file, durable; only then may the row be written.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from mediawatch.domain import (
    Capture,
    Evidence,
    EvidenceFault,
    EvidenceKind,
    Reading,
    Sight,
    UserError,
)
from mediawatch.domain.clock import beijing, day_of
from mediawatch.ops.evidence.disk import DiskPlace
from mediawatch.ops.evidence.places import (
    JOURNALS,
    RUNS,
    EvidencePlace,
    PlaceFile,
    bears,
    begin_run,
    hash_in,
    read_whole,
    require_mark,
    require_owner,
)

MANIFEST = "application/json"
_SUFFIX = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/gzip": ".gz", "text/plain": ".txt", MANIFEST: ".json",
    "application/pdf": ".pdf",
}  # fmt: skip


class EvidenceFolder:
    """Where a home's evidence lies. Files are named by day and hash, so the same bytes are kept
    once.

    `place` is a folder, or a place that several homes' machines share; `owner` is then the home's
    id, by which the place is checked before its first use. Every method raises UserError where the
    place refuses or cannot be reached: what is not known is not called missing.
    """

    def __init__(
        self, place: Path | EvidencePlace, owner: str = "", number: str | None = None
    ) -> None:
        """`number`: as of `require_owner`."""
        self._number = number
        self._place = DiskPlace(place) if isinstance(place, Path) else place
        self._owner = self._unchecked = owner

    @property
    def place(self) -> EvidencePlace:
        """The place itself. UserError where it is not this home's."""
        self.require()
        return self._place

    def require(self) -> None:
        """UserError where the place is not this home's: before a night rather than within it."""
        if self._unchecked:
            require_owner(self._place, self._unchecked, self._number)
            self._unchecked = ""

    async def require_shared(self) -> None:
        """UserError where the evidence lies in this home alone, or the place lacks the home's mark."""
        await asyncio.to_thread(require_mark, self._place, self._shared_owner())

    async def begin_run(self) -> str:
        """A sign of this run of a sweep, left in the place that this home shares with workers.

        UserError as `require_shared`.
        """
        return await asyncio.to_thread(begin_run, self._place, self._shared_owner())

    async def bears(self, sign: str) -> bool:
        """Whether this is the place in which a coordinator left the sign, and no copy of it.

        UserError as `require_shared`.
        """
        return await asyncio.to_thread(bears, self._place, self._shared_owner(), sign)

    def _shared_owner(self) -> str:
        if not self._owner:
            raise UserError(
                f"workers and their coordinator keep evidence in one shared place, and this home's "
                f"lies in {self.label}: run `mediawatch evidence move --to PLACE` in the "
                "coordinator's home, then set [evidence] place in every home"
            )
        return self._owner

    @property
    def label(self) -> str:
        """The place as messages name it."""
        return self._place.label

    async def keep(self, reading: Reading) -> Reading:
        """The reading with its captures kept, `evidence` in their place, and one manifest of them
        all.

        A reading without captures has no manifest.
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
        """One capture that belongs to no reading."""
        return await asyncio.to_thread(self._keep, capture)

    async def _kept(self, sight: Sight) -> Sight:
        items = [await self.file(capture) for capture in sight.captures]
        return replace(sight, captures=(), evidence=(*sight.evidence, *items))

    def _keep(self, capture: Capture) -> Evidence:
        digest = hashlib.sha256(capture.body).hexdigest()
        name = f"{day_of(capture.taken_at)}/{digest[:2]}/{digest}{_SUFFIX.get(capture.media_type, '.bin')}"
        self.place.write(name, capture.body)
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
        """The bytes that were kept; empty where they are missing or others by now."""
        try:
            body = read_whole(self.place, item.path)
        except FileNotFoundError:
            return b""
        return body if hashlib.sha256(body).hexdigest() == item.sha256 else b""

    def chunks(self, item: Evidence) -> Iterator[bytes]:
        """The bytes by and by, not compared. FileNotFoundError where they are missing."""
        return self.place.chunks(item.path)

    def check(self, item: Evidence) -> str:
        """ "" when the file is there with its hash, else what is wrong, in English."""
        match self.fault_of(item):
            case EvidenceFault.MISSING:
                return f"{item.path}: missing"
            case EvidenceFault.ALTERED:
                return f"{item.path}: altered since it was kept"
        return ""

    def fault_of(self, item: Evidence) -> EvidenceFault | None:
        """None when the file is there with its hash."""
        try:
            digest = hash_in(self.place, item.path)
        except FileNotFoundError:
            return EvidenceFault.MISSING
        return None if digest == item.sha256 else EvidenceFault.ALTERED

    def faults_in(self, items: Iterable[Evidence]) -> dict[str, EvidenceFault]:
        """What is wrong with these files, by their paths; each is read once, some at a time."""
        waiting = list({item.path: item for item in items}.values())
        if not waiting:
            return {}
        at_once = min(self.place.at_once, len(waiting))
        with ThreadPoolExecutor(at_once) as readers:
            faults = (readers.map if at_once > 1 else map)(self.fault_of, waiting)
            return {
                item.path: fault
                for item, fault in zip(waiting, faults, strict=True)
                if fault is not None
            }

    def files(self) -> Iterator[PlaceFile]:
        """Every file below the place's days.

        Leftovers of a write that was cut short are among them.
        """
        for each in self.place.files():
            if each.path.partition("/")[0] not in (each.path, JOURNALS, RUNS):
                yield each

    def present(self, paths: Collection[str]) -> set[str]:
        """Which of these paths have a file."""
        days = sorted({path.partition("/")[0] for path in paths})
        wanted = set(paths)
        return {each.path for day in days for each in self.place.files(day) if each.path in wanted}

    def remove(self, paths: Sequence[str]) -> None:
        """Remove files; one that is not there is no fault."""
        self.place.remove(paths)


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
