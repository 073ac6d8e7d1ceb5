"""Names, people's own pictures and contacts: they leave so many days after all was done (办结).

An inspection is over when every finding is decided and every notice of it is closed and archived.
The file of the notice has the names by then; the home needs them no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mediawatch.domain import EvidenceKind
from mediawatch.domain.clock import day_of
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.retention import kept_portions, prune
from mediawatch.ports import KeptEvidence, PersonalData, Store


@dataclass(slots=True)
class PersonalCount:
    """How much left, or would leave. `size` in bytes; `contacts` are those of lost accounts."""

    names: int = 0
    pictures: int = 0
    size: int = 0
    contacts: int = 0


async def clear_personal(
    store: Store, folder: EvidenceFolder, now: datetime, days: int, *, dry_run: bool = False
) -> PersonalCount:
    """Let go what nobody needs any more since so many days.

    Pictures leave before the names: a run that is cut short is made up for by the next one.
    """
    count = PersonalCount()
    over = over_since(await store.personal.all(), now - timedelta(days=days))
    pictures = await _pictures(store, folder, over)
    count.pictures = len({item.evidence.path for item in pictures})
    count.size = sum({item.evidence.path: item.evidence.size for item in pictures}.values())
    lost = await store.personal.lost_contacts(day_of(now - timedelta(days=days)))
    count.contacts = len(lost)
    before = now - timedelta(days=days)
    if dry_run:
        count.names = sum(each.names for each in over) + await store.personal.old_givers(before)
        return count
    prune(folder, pictures, now)
    for each in over:
        own = sum(item.sweep_id == each.sweep_id for item in pictures)
        if each.names or own:
            count.names += await store.personal.clear_names(each, now, pictures=own)
    count.names += await store.personal.clear_givers(before, now)
    await store.personal.clear_contacts(lost, now)
    return count


def over_since(found: Sequence[PersonalData], before: datetime) -> list[PersonalData]:
    """Those of which all was done before that moment. Pure."""
    return [each for each in found if each.over_at is not None and each.over_at < before]


async def _pictures(
    store: Store, folder: EvidenceFolder, over: Sequence[PersonalData]
) -> list[KeptEvidence]:
    """People's own pictures of these inspections that are there, and that serve no other one."""
    sweeps = {each.sweep_id for each in over if each.sweep_id is not None}
    if not sweeps:
        return []

    def leaves(item: KeptEvidence) -> bool:
        return item.evidence.kind is EvidenceKind.PICTURE and item.sweep_id in sweeps

    leaving: list[KeptEvidence] = []
    async for portion in kept_portions(store):
        leaving += filter(leaves, portion)
    paths, needed = {item.evidence.path for item in leaving}, set[str]()
    async for portion in kept_portions(store):
        needed |= {each.evidence.path for each in portion if not leaves(each)} & paths
    there = folder.present(paths - needed)
    return [item for item in leaving if item.evidence.path in there]
