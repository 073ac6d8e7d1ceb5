"""佐证材料 on disk or in a storage: one class, whatever the place."""

from mediawatch.ops.evidence.disk import DiskPlace
from mediawatch.ops.evidence.folder import EvidenceFolder
from mediawatch.ops.evidence.places import (
    JOURNALS,
    EvidencePlace,
    PlaceFile,
    read_whole,
    take_place,
)

__all__ = [
    "JOURNALS",
    "DiskPlace",
    "EvidenceFolder",
    "EvidencePlace",
    "PlaceFile",
    "read_whole",
    "take_place",
]
