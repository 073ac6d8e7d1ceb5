"""What the evidence folder asks of the place where its files lie, and whose place it is."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

from mediawatch.domain import UserError

MARK = "mediawatch.json"
"""The file of a shared place that says whose evidence lies there."""
JOURNALS = "pruned"
"""The folder of the journals of what retention removed."""
RUNS = "runs"
"""The folder of the newest run's sign in a shared place; every other folder is a day's."""
NoteNumber = Callable[[str], None]
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
    def location(self) -> str:
        """Where the place is, as every machine that shares it names it: a copy lies elsewhere."""

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


@dataclass(frozen=True, slots=True)
class PlaceMark:
    """Whose evidence lies in a place. `place`: a shared place's own number, "" in a home's folder;
    `at`: where it was when it was taken, "" in a home's folder and in older marks.
    """

    home: str
    place: str = ""
    at: str = ""


def mark_in(place: EvidencePlace) -> PlaceMark | None:
    """None where nobody has taken the place. UserError where the mark cannot be read."""
    try:
        told = json.loads(read_whole(place, MARK))
        if told.pop("schema") != _SCHEMA:
            raise ValueError(MARK)
        return PlaceMark(**told)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UserError(
            f"{place.label}/{MARK} is damaged: it says whose evidence lies there; put it back "
            "from a copy of that place"
        ) from None


def require_owner(place: EvidencePlace, home_id: str, number: str | None = None) -> None:
    """UserError where the place is not this home's: another one's files would be strays here.

    Nor is it where the place is a copy, which lacks what is kept in the place itself, or where
    another folder with this home's data took it. `number`: of the place that this folder took, ""
    where it took none; None where it matters not.
    """
    mark = mark_in(place)
    if mark is None:
        raise UserError(
            f"{place.label} holds no evidence of this home: is it mounted, is it the right place? "
            "a new one is taken by `mediawatch evidence move --to PLACE`"
        )
    require_home(place, mark, home_id)
    if not mark.place:
        raise UserError(
            f"{place.label} is the own folder of a home, not a shared place: take one by `mediawatch "
            "evidence move --to PLACE`"
        )
    if mark.at and mark.at != place.location:
        raise UserError(
            f"{place.label} bears the mark of {mark.at}: it is a copy, or that place under another "
            "name; a copy lacks what was kept since, so name that place in [evidence] place; where "
            "this is the place from now on, run `mediawatch evidence take`"
        )

    if number is not None and number != mark.place:
        raise UserError(
            f"{place.label} was taken by another folder of this home's data, before this one was moved, "
            "copied or restored: where that one is used no more, run `mediawatch evidence take`, once; "
            "else name another place"
        )


def require_home(place: EvidencePlace, mark: PlaceMark, home_id: str) -> None:
    """UserError for the mark of another home."""
    if mark.home != home_id:
        raise UserError(
            f"{place.label} holds the evidence of another home: name a folder or prefix of its "
            "own in [evidence] place"
        )


def begin_run(place: EvidencePlace, home_id: str) -> str:
    """Leave a sign in a shared place that no earlier copy of it has; by what `bears` knows it.

    UserError where the place does not bear the home's mark.
    """
    require_mark(place, home_id)
    earlier = [each.path for each in place.files(RUNS)]
    sign = f"{RUNS}/{secrets.token_hex(16)}"
    place.write(sign, b"\n")
    place.remove(earlier)
    return sign


def bears(place: EvidencePlace, home_id: str, sign: str) -> bool:
    """Whether the place is the very one in which the sign was left. UserError as `begin_run`."""
    require_mark(place, home_id)
    try:
        return bool(sign) and bool(read_whole(place, sign))
    except FileNotFoundError:
        return False


def require_mark(place: EvidencePlace, home_id: str) -> None:
    """UserError where a place that workers share does not bear the home's mark."""
    if mark_in(place) is None:
        raise UserError(
            f"{place.label} does not bear the mark ({MARK}) of the coordinator's evidence: mount "
            "that place, or name it in [evidence] place; `mediawatch evidence move --to PLACE`, in "
            "the coordinator's home, takes a new one"
        )
    require_owner(place, home_id)


def take_place(place: EvidencePlace, home_id: str, note: NoteNumber = lambda number: None) -> None:
    """Make a shared place this home's where it is nobody's. UserError where it is another one's.

    `note` keeps the number of the place before it is written there.
    """
    place.prepare()
    mark = mark_in(place)
    if mark == PlaceMark(home_id):  # a home's own folder, to which the evidence comes back
        place.remove([MARK])
    if mark is None or mark == PlaceMark(home_id):
        _write_shared(place, home_id, note)
    require_owner(place, home_id)


def take_again(place: EvidencePlace, home_id: str, note: NoteNumber) -> None:
    """Give a shared place of this home a new mark, for where it is now. As `take_place`."""
    place.prepare()
    if mark := mark_in(place):
        require_home(place, mark, home_id)
        place.remove([MARK])
    _write_shared(place, home_id, note)


def mark_own(place: EvidencePlace, home_id: str) -> None:
    """Mark a home's own folder. UserError where it is another one's."""
    if mark := mark_in(place):
        require_home(place, mark, home_id)
        return
    _write_mark(place, PlaceMark(home_id))


def _write_shared(place: EvidencePlace, home_id: str, note: NoteNumber) -> None:
    mark = PlaceMark(home_id, secrets.token_hex(16), place.location)
    note(mark.place)
    _write_mark(place, mark)


def _write_mark(place: EvidencePlace, mark: PlaceMark) -> None:
    told = {"schema": _SCHEMA, **{key: value for key, value in asdict(mark).items() if value}}
    place.write(MARK, f"{json.dumps(told, indent=1)}\n".encode())
