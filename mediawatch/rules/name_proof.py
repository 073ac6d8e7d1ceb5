"""Whether an account goes by another name than the filed one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mediawatch.domain import (
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Tie,
)
from mediawatch.names import alike, same
from mediawatch.ports import Dossier
from mediawatch.rules.agreement import Proof, current_readings, prove_agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class NameProof(Proof):
    seen: str = ""
    once_as_filed: bool = False
    """The same id was once seen under the filed name."""
    style_only: bool = False
    """The names differ by the style of filing alone: a platform suffix, traditional characters."""


def name(known: Dossier, as_of: datetime) -> NameProof:
    """Whether the filed name still holds.

    Only sights tied to the filed id speak: a filed link may lead to somebody else. Another name is
    proved only by looks after the last one in which any surface showed the filed name.
    """
    filed = known.filed.name
    names = {reading.id: _names_by_id(reading, filed) for reading in current_readings(known, as_of)}
    named = [reading for reading in current_readings(known, as_of) if names[reading.id]]
    others = [
        reading for reading in named if any(not alike(filed, seen) for seen in names[reading.id])
    ]
    if not others:
        newest = names[named[-1].id][-1] if named else ""
        return NameProof(seen=newest, style_only=bool(newest) and not same(newest, filed))
    seen = next(seen for seen in reversed(names[others[-1].id]) if not alike(filed, seen))
    as_filed = [
        reading for reading in named if any(alike(filed, shown) for shown in names[reading.id])
    ]
    last = as_filed[-1] if as_filed else None
    if (
        last is not None
        and last.look is LookKind.PERSON
        and last is named[-1]
        and last not in others
    ):
        return NameProof(seen=names[last.id][-1])
    if _person_saw_as_filed(known, as_of, after=others[-1]):
        return NameProof(seen=seen, doubtful=True)
    since = [
        reading
        for reading in named
        if last is None or (reading.read_at, reading.id) > (last.read_at, last.id)
    ]
    claiming = {
        reading.id for reading in since if any(same(shown, seen) for shown in names[reading.id])
    }
    proof = prove_agreement(current_readings(known, as_of), lambda reading: reading.id in claiming)
    read_by_machine = any(reading.look is not LookKind.PERSON for reading in as_filed)
    if read_by_machine and others[-1].look is LookKind.PERSON:
        # One person's word against what the platform showed at the same time settles nothing.
        return NameProof(seen=seen, doubtful=True)
    earlier = any(
        alike(filed, shown) for reading in known.readings for shown in _names_by_id(reading, filed)
    )
    return NameProof(
        seen=seen,
        once_as_filed=earlier,
        reading_ids=proof.reading_ids,
        pending=proof.pending,
        doubtful=not proof.reading_ids,
        tie=Tie.ID if proof.reading_ids else None,
    )


def _person_saw_as_filed(known: Dossier, as_of: datetime, after: Reading) -> bool:
    """Whether a person saw the filed name later, by whatever tie: that settles nothing, but doubts."""
    return any(
        (reading.read_at, reading.id) > (after.read_at, after.id)
        and reading.look is LookKind.PERSON
        and reading.outcome is Outcome.OK
        and alike(known.filed.name, reading.name)
        for reading in current_readings(known, as_of)
        if reading.name
    )


_GONE = (Outcome.NOT_FOUND, Outcome.CANCELLED)
"""Who was not there has shown no name: another one is what was searched for, or the site's own word."""


def _names_by_id(reading: Reading, filed: str) -> list[str]:
    """The names that a look's sights show of what the filed id leads to."""
    return [
        sight.name
        for sight in reading.sights
        if sight.name
        and sight.matched_by is MatchedBy.ID
        and (sight.outcome not in _GONE or alike(filed, sight.name))
    ]
