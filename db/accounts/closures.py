"""The steps by which accounts are closed, as they were noted."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from db.base import rows
from db.models import ClosureNoteRow
from db.types import AnyRow, Values, fields_of
from mediawatch.domain import ClosureNote, Evidence, EvidenceKind

_PLAIN = ("account_id", "step", "on", "approver", "link", "reason", "by", "at")
_PROOF = ("path", "sha256", "media_type", "size")


def closures(conn: Connection) -> list[ClosureNote]:
    """All of them, oldest first."""
    return [_note_of(row) for row in conn.execute(rows(ClosureNoteRow).order_by(ClosureNoteRow.id))]


def add_closures(conn: Connection, given: Sequence[ClosureNote]) -> None:
    """Append notes; what was noted before stays as it was."""
    if given:
        conn.execute(insert(ClosureNoteRow), [_values(note) for note in given])


def _note_of(row: AnyRow) -> ClosureNote:
    proof = (
        Evidence(kind=EvidenceKind.PICTURE, **fields_of(row, _PROOF), taken_at=row.at)
        if row.path
        else None
    )
    return ClosureNote(**fields_of(row, _PLAIN), proof=proof, id=row.id)


def _values(note: ClosureNote) -> Values:
    proof = note.proof
    kept = fields_of(proof, _PROOF) if proof else dict.fromkeys(_PROOF[:3], "") | {"size": 0}
    return fields_of(note, _PLAIN) | kept
