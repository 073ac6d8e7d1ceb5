"""A home's evidence copied to another place, where every file is compared with its hash.

What is there already is compared and not sent again, so a copy that was cut short goes on. Nothing
of the old place is removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from mediawatch.domain import UserError
from mediawatch.ops.evidence.folder import EvidenceFolder
from mediawatch.ops.evidence.places import (
    MARK,
    RUNS,
    EvidencePlace,
    PlaceFile,
    hash_in,
    read_whole,
)

_PORTION = 64
"""Files of one portion: their bytes may be in memory together."""


@dataclass(slots=True)
class MoveCount:
    """What became of the files: `size` in bytes; `wrong` are sentences in English."""

    copied: int = 0
    there: int = 0
    size: int = 0
    wrong: list[str] = field(default_factory=list)


def copy_evidence(
    old: EvidenceFolder, new: EvidencePlace, hashes: Mapping[str, str], left: frozenset[str]
) -> MoveCount:
    """Copy every file of the old place, days and journals. UserError where a place fails.

    `hashes`: the SHA-256 of every path that a row names; `left`: paths that retention removed. A
    file that is not what its row says stays behind and is told, as is one that is missing.
    """
    count, seen = MoveCount(), set[str]()
    there = {each.path: each.size for each in new.files()}
    files = (each for each in old.place.files() if _belongs(each))
    with ThreadPoolExecutor(max(old.place.at_once, new.at_once)) as copiers:
        for portion in _portions(files):
            done = copiers.map(lambda file: _copy(old.place, new, file, hashes, there), portion)
            for file, outcome in zip(portion, done, strict=True):
                seen.add(file.path)
                count.copied += outcome == "copied"
                count.there += outcome == "there"
                count.size += file.size * (outcome == "copied")
                if outcome == "altered":
                    count.wrong.append(f"{file.path}: altered since it was kept; not copied")
    for path in sorted(hashes.keys() - seen - left):
        count.wrong.append(f"{path}: missing")
    return count


def _belongs(file: PlaceFile) -> bool:
    """Mark and sign are each place's own, and a half-written file is nobody's."""
    own = file.path == MARK or file.path.startswith(f"{RUNS}/")
    return not own and not file.path.endswith(".part")


def _portions(files: Iterator[PlaceFile]) -> Iterator[list[PlaceFile]]:
    while portion := list(islice(files, _PORTION)):
        yield portion


def _copy(
    old: EvidencePlace,
    new: EvidencePlace,
    file: PlaceFile,
    hashes: Mapping[str, str],
    there: Mapping[str, int],
) -> str:
    """`copied`, `there` (with these bytes), `altered` (in the old place), or `left` meanwhile."""
    wanted = hashes.get(file.path, "")
    if wanted and there.get(file.path) == file.size and hash_in(new, file.path) == wanted:
        return "there"
    try:
        body = read_whole(old, file.path)
    except FileNotFoundError:
        return "left"
    if wanted and hashlib.sha256(body).hexdigest() != wanted:
        return "altered"
    new.write(file.path, body)
    return "copied"


def refuse_same(old: EvidenceFolder, new: EvidencePlace) -> None:
    """UserError where the evidence lies in that very place."""
    if old.label == new.label:
        raise UserError(f"the evidence lies in {new.label} already")
