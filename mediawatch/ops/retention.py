"""Kept evidence and readings over the years: whether evidence is unchanged, and what may leave.

A file stays while a finding rests on its reading; that of an issued finding stays until its notice
is closed. Rows and hashes stay when a file leaves. Journals beside the evidence (`pruned/`, one a run)
name the files that left, which tells them from lost ones. A reading leaves when nothing follows
from it any more and its files have left.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mediawatch.domain import EvidenceFault, Notice, Sweep, UserError
from mediawatch.domain.clock import beijing
from mediawatch.ops.evidence import JOURNALS, EvidenceFolder, read_whole
from mediawatch.ports import KeptEvidence, Store

OLD_JOURNAL = "pruned.jsonl"
"""Where earlier versions wrote all lines."""
_SETTLED = timedelta(days=1)
FEW_STRAYS = 10
"""Fewer may be all that a place holds after a look or two that were killed."""
_AT_ONCE = 2_000
"""Readings looked at in one transaction: another process that writes waits only a moment."""


@dataclass(slots=True)
class EvidenceCheck:
    """What became of kept items.

    `wrong` are sentences in English, with the item; `orphans` are files that no row names.
    """

    sound: int = 0
    pruned: int = 0
    missing: int = 0
    altered: int = 0
    wrong: list[tuple[str, KeptEvidence]] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)


class EvidenceComparison:
    """Compares items with their files, portion by portion: what is sound takes no memory."""

    def __init__(self, folder: EvidenceFolder, sweep_id: int | None = None) -> None:
        """With `sweep_id` only what that sweep kept is compared."""
        self._folder, self._sweep_id = folder, sweep_id
        self._check, self._left = EvidenceCheck(), pruned_paths(folder)
        self._named: set[str] = set()

    def add(self, kept: Sequence[KeptEvidence]) -> None:
        """Items of all sweeps: a file of another sweep is no orphan."""
        check = self._check
        self._named.update(item.evidence.path for item in kept)
        wanted = [item for item in kept if self._sweep_id in (None, item.sweep_id)]
        faults = self._folder.faults_in(item.evidence for item in wanted)
        for item in wanted:
            path = item.evidence.path
            match faults.get(path):
                case None:
                    check.sound += 1
                case EvidenceFault.MISSING if path in self._left:
                    check.pruned += 1
                case EvidenceFault.MISSING:
                    check.missing += 1
                    check.wrong.append((f"{path}: missing", item))
                case EvidenceFault.ALTERED:
                    check.altered += 1
                    check.wrong.append((f"{path}: altered since it was kept", item))

    def end(self) -> EvidenceCheck:
        """What became of all items that were added."""
        named = self._named
        self._check.orphans = [each.path for each in self._folder.files() if each.path not in named]
        return self._check


async def verify_evidence(
    store: Store, folder: EvidenceFolder, sweep_id: int | None = None
) -> EvidenceCheck:
    """Compare every item (of one sweep, or of all) with its file."""
    comparison = EvidenceComparison(folder, sweep_id)
    async for portion in kept_portions(store):
        comparison.add(portion)
    return comparison.end()


async def kept_portions(store: Store) -> AsyncIterator[list[KeptEvidence]]:
    """All that was ever kept, some thousand pieces at a time."""
    after: int | None = 0
    while after is not None:
        portion, after = await store.evidence.page(after)
        yield portion


def orphans(folder: EvidenceFolder, named: Set[str], now: datetime) -> list[str]:
    """Files that no row names (`named`: the paths of all rows) and that are older than a day.

    They belong to looks that were cut short between file and row, and that were made again. A
    younger file may be about to get its row.
    """
    edge = now - _SETTLED
    return [
        file.path for file in folder.files() if file.path not in named and file.changed_at < edge
    ]


def refuse_all_strays(folder: EvidenceFolder, stray: Sequence[str]) -> None:
    """UserError where every file of the place is a stray: the database is another one then, or new.

    A single one may be what a killed look has left.
    """
    known = frozenset(stray)
    if len(known) < FEW_STRAYS or any(each.path not in known for each in folder.files()):
        return
    raise all_are_strays(folder.label, len(stray))


def all_are_strays(label: str, count: int) -> UserError:
    return UserError(
        f"none of {count} files in {label} belongs to a reading of this database: is it the right one "
        "(`mediawatch database show`)? nothing was removed; if they are nobody's, put that folder "
        "away by hand"
    )


async def find_prunable(
    store: Store, now: datetime, days: int
) -> tuple[list[KeptEvidence], set[str]]:
    """Items older than so many days on whose file nothing rests any more, and the paths of all.

    A row that comes in between the two walks through all rows is not among them.
    """
    needed, named = set[str](), set[str]()
    async for portion in kept_portions(store):
        needed |= needed_paths(portion, now, days)
        named.update(item.evidence.path for item in portion)
    return [
        item
        async for portion in kept_portions(store)
        for item in portion
        if item.evidence.path in named and item.evidence.path not in needed
    ], named


def needed_paths(kept: Iterable[KeptEvidence], now: datetime, days: int) -> set[str]:
    """The paths of files that must stay. Pure.

    A finding, a younger reading or a sweep under way rests on them.
    """
    edge = now - timedelta(days=days)
    return {
        item.evidence.path
        for item in kept
        if item.proves or item.sweep_runs or item.read_at >= edge
    }


def prune(folder: EvidenceFolder, items: Iterable[KeptEvidence], now: datetime) -> tuple[int, int]:
    """Remove the items' files; returns how many, and their bytes.

    A journal names each one first, so that an interrupted removal is no loss.
    """
    by_path = {item.evidence.path: item.evidence for item in items}
    there = sorted(folder.present(by_path))
    if not there:
        return 0, 0
    lines = [
        {"path": path, "sha256": by_path[path].sha256, "pruned_at": beijing(now).isoformat()}
        for path in there
    ]
    body = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    digest = hashlib.sha256(body).hexdigest()
    # A file of its own: storages cannot append, and two machines' lines could run into each other.
    folder.place.write(f"{JOURNALS}/{beijing(now):%Y%m%dT%H%M%S}-{digest[:12]}.jsonl", body)
    folder.remove(there)
    return len(there), sum(by_path[path].size for path in there)


def pruned_paths(folder: EvidenceFolder) -> frozenset[str]:
    """What `prune` has removed. UserError where a journal is no list of JSON objects."""
    found: set[str] = set()
    for name in (OLD_JOURNAL, *(file.path for file in folder.place.files(JOURNALS))):
        try:
            body = read_whole(folder.place, name)
        except FileNotFoundError:
            continue
        try:
            found.update(
                str(json.loads(line)["path"]) for line in body.decode().splitlines() if line.strip()
            )
        except (ValueError, TypeError, KeyError) as error:
            raise UserError(
                f"{folder.label}/{name} is damaged: each line must be a JSON object with a path"
            ) from error
    return frozenset(found)


def archive_due(notice: Notice) -> str:
    """What an administrator is told of a closed notice whose archive nobody took in."""
    return (
        f"{notice.number}: closed, and its evidence waits for an archive: `mediawatch notice "
        f"archive {notice.number} --out …`, then --acknowledge"
    )


async def prune_readings(
    store: Store, folder: EvidenceFolder, now: datetime, days: int, *, dry_run: bool = False
) -> int:
    """Delete readings that are older than so many days and that nothing needs; returns how many.

    Nothing refers to them, and no evidence of them is left. Before the first one leaves, the moment
    is noted from which on all readings are there: a run that is cut short does no harm.
    """
    before = now - timedelta(days=days)
    if not dry_run:
        await store.readings.begin_pruning(now, before)
    count, after = 0, 0
    while True:
        idle, last = await store.readings.find_idle(before, after, _AT_ONCE)
        if last is None:
            return count
        there = folder.present({path for each in idle for path in each.paths})
        gone = [each.id for each in idle if there.isdisjoint(each.paths)]
        count += len(gone) if dry_run or not gone else await store.readings.delete(gone, before)
        after = last


async def still_judged(store: Store, sweep: Sweep) -> None:
    """UserError where readings of this sweep's time, or names in it, have left.

    It is not judged again.
    """
    before = await store.readings.pruned_before()
    if before is not None and sweep.as_of < before:
        raise UserError(
            f"sweep {sweep.id} ({beijing(sweep.as_of):%Y-%m-%d}) is not judged again: readings "
            f"from before {beijing(before):%Y-%m-%d} "
            "have left by `mediawatch evidence prune`; its verdicts stand as they are"
        )
    if await store.personal.cleared([sweep.id]):
        raise UserError(
            f"sweep {sweep.id} ({beijing(sweep.as_of):%Y-%m-%d}) is not judged again: the names of "
            "those who looked have left by `mediawatch evidence prune`; its verdicts stand"
        )
