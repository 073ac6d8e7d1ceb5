"""What the evidence folder asks of the place where its files lie, and whose place it is."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mediawatch.domain import UserError

MARK = "mediawatch.json"
"""The file of a shared place that says whose evidence lies there."""
JOURNALS = "pruned"
"""The folder of the journals of what retention removed; every other one is a day's."""
_SCHEMA = "mediawatch.evidence/1"


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """A file of a place: its path as `Evidence.path` names it, bytes, and when it was written."""

    path: str
    size: int
    changed_at: datetime


class EvidencePlace(Protocol):
    """A folder of a disk, or a prefix of a bucket.

    Paths are relative, with `/`. Every method raises UserError, in one sentence with place and
    remedy, where the place refuses or cannot be reached. Nothing of a key stands in it.
    """

    @property
    def label(self) -> str:
        """The place as messages name it."""

    @property
    def at_once(self) -> int:
        """Files that are worth asking for at the same time."""

    def write(self, path: str, body: bytes) -> None:
        """The file is whole and lasting when this returns, and what was stored has these bytes.

        A file of this name may be there already: its bytes are compared, too, and put right.
        """

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file, by and by. FileNotFoundError where there is none."""

    def files(self, day: str = "") -> Iterator[PlaceFile]:
        """Every file, or those below one folder of the first level."""

    def remove(self, paths: Sequence[str]) -> None:
        """Remove files; one that is not there is no fault."""

    def prepare(self) -> None:
        """Make the place itself where that is ours to do: a folder, never a bucket."""


def read_whole(place: EvidencePlace, path: str) -> bytes:
    """The bytes of a file. FileNotFoundError where there is none."""
    return b"".join(place.chunks(path))


def hash_in(place: EvidencePlace, path: str) -> str:
    """The SHA-256 of a file, which is read by and by. FileNotFoundError where there is none."""
    digest = hashlib.sha256()
    for chunk in place.chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def owner_of(place: EvidencePlace) -> str:
    """The id of the home whose evidence lies there; "" where nobody has taken the place.

    UserError where the mark cannot be read.
    """
    try:
        told = json.loads(read_whole(place, MARK))
        if told["schema"] != _SCHEMA:
            raise ValueError(told["schema"])
        return str(told["home"])
    except FileNotFoundError:
        return ""
    except (ValueError, TypeError, KeyError):
        raise UserError(
            f"{place.label}/{MARK} is damaged: it says whose evidence lies there; put it back "
            "from a copy of that place"
        ) from None


def require_owner(place: EvidencePlace, home_id: str) -> None:
    """UserError where the place is not this home's: another one's files would be strays here."""
    owner = owner_of(place)
    if not owner:
        raise UserError(
            f"{place.label} holds no evidence of this home: is it mounted, is it the right place? "
            "a new one is taken by `mediawatch evidence move --to PLACE`"
        )
    if owner != home_id:
        raise UserError(
            f"{place.label} holds the evidence of another home: name a folder or prefix of its "
            "own in [evidence] place"
        )


def mark_of(place: EvidencePlace, home_id: str) -> str:
    """What tells this shared place of a home from every other place, the home's own ones, too.

    UserError where the place does not bear the home's mark.
    """
    if not owner_of(place):
        raise UserError(
            f"{place.label} does not bear the mark ({MARK}) of the coordinator's evidence: mount "
            "that place, or name it in [evidence] place; `mediawatch evidence move --to PLACE`, in "
            "the coordinator's home, takes a new one"
        )
    require_owner(place, home_id)
    return hash_in(place, MARK)


def take_place(place: EvidencePlace, home_id: str) -> None:
    """Make the place this home's. UserError where it is another one's."""
    place.prepare()
    if not (owner := owner_of(place)):
        told = {"schema": _SCHEMA, "home": home_id, "place": secrets.token_hex(16)}
        body = json.dumps(told, indent=1)
        place.write(MARK, f"{body}\n".encode())
        owner = owner_of(place)
    if owner != home_id:
        require_owner(place, home_id)
