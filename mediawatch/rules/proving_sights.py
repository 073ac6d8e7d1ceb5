"""Which sights of the readings behind a finding show what it says. Pure.

A reading holds the sights of several surfaces. A picture of one that shows something else proves
nothing, however new it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mediawatch.domain import (
    Code,
    Evidence,
    EvidenceKind,
    Finding,
    LookKind,
    Outcome,
    Reading,
    Sight,
)
from mediawatch.names import same
from mediawatch.rules.problems import NAMED, SILENT

_GONE: Mapping[Code, Outcome] = {
    Code.NOT_FOUND: Outcome.NOT_FOUND,
    Code.CANCELLED_NOT_CLOSED: Outcome.CANCELLED,
    Code.BANNED: Outcome.BANNED,
}
_PICTURES = (EvidenceKind.SCREENSHOT, EvidenceKind.PICTURE)
_WHOLE_PAGE = (LookKind.SECOND, LookKind.PERSON)
"""Looks that keep a picture for the reviewer; a first one keeps what it happens to load."""


def proving_sights(finding: Finding, readings: Iterable[Reading]) -> list[Sight]:
    """The sights that bear a finding out, the best picture's first.

    Second looks and people's come before first looks, newer ones before older ones. Empty for what
    follows from the filing alone.
    """
    bearing = [
        (reading.look in _WHOLE_PAGE, sight.read_at, sight)
        for reading in readings
        if reading.id in finding.reading_ids
        for sight in reading.sights
        if _bears_out(sight, finding)
    ]
    return [sight for *_, sight in sorted(bearing, key=lambda each: each[:2], reverse=True)]


def proving_pictures(
    findings: Iterable[Finding], readings: Iterable[Reading]
) -> tuple[Evidence, ...]:
    """The pictures of these sights, those of the first finding first, each once."""
    known = tuple(readings)
    found = {
        item.path: item
        for finding in findings
        for sight in proving_sights(finding, known)
        for item in sight.evidence
        if item.kind in _PICTURES
    }
    return tuple(found.values())


def _bears_out(sight: Sight, finding: Finding) -> bool:
    if finding.code.found_by_people:
        # Its looks were for this problem alone.
        return True
    if finding.code in _GONE:
        return sight.outcome is _GONE[finding.code]
    if finding.code in SILENT:
        return sight.exact or sight.outcome is Outcome.NO_POSTS
    if finding.code in NAMED:
        return bool(sight.name) and same(sight.name, finding.name_seen)
    if finding.code is Code.OWNER_MISMATCH:
        return bool(sight.verified_as)
    if finding.code is Code.CLOSED_BUT_ALIVE:
        return sight.speaks_of_life or (sight.outcome is Outcome.OK and bool(sight.name))
    return False
