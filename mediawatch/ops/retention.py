"""Kept evidence and readings over the years: whether evidence is unchanged, and what may leave.

A file stays while a finding rests on its reading; that of an issued finding stays until its notice
is closed. Rows and hashes stay when a file leaves. Journals beside the evidence (`pruned/`, one a run)
name the files that left, which tells them from lost ones. A reading leaves when nothing follows
from it any more and its files have left.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mediawatch.domain import EvidenceFault, Notice, Sweep, UserError
from mediawatch.domain.clock import beijing
from mediawatch.ops.evidence import JOURNALS, EvidenceFolder, read_whole
from mediawatch.ports import KeptEvidence, Store

OLD_JOURNAL = "pruned.jsonl"
"""Where earlier versions wrote all lines."""
_SETTLED = timedelta(days=1)
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


def verify_evidence(
    folder: EvidenceFolder, kept: Sequence[KeptEvidence], sweep_id: int | None = None
) -> EvidenceCheck:
    """Compare every item (of one sweep, or of all) with its file.

    `kept` are the items of all sweeps: a file of another sweep is no orphan.
    """
    wanted = [item for item in kept if sweep_id in (None, item.sweep_id)]
    check, left = EvidenceCheck(), pruned_paths(folder)
    faults = folder.faults_in(item.evidence for item in wanted)
    for item in wanted:
        path = item.evidence.path
        match faults.get(path):
            case None:
                check.sound += 1
            case EvidenceFault.MISSING if path in left:
                check.pruned += 1
            case EvidenceFault.MISSING:
                check.missing += 1
                check.wrong.append((f"{path}: missing", item))
            case EvidenceFault.ALTERED:
                check.altered += 1
                check.wrong.append((f"{path}: altered since it was kept", item))
    named = {item.evidence.path for item in kept}
    check.orphans = [file.path for file in folder.files() if file.path not in named]
    return check


def orphans(folder: EvidenceFolder, kept: Iterable[KeptEvidence], now: datetime) -> list[str]:
    """Files that no row names and that are older than a day.

    They belong to looks that were cut short between file and row, and that were made again. A
    younger file may be about to get its row.
    """
    named = {item.evidence.path for item in kept}
    edge = now - _SETTLED
    return [
        file.path for file in folder.files() if file.path not in named and file.changed_at < edge
    ]


def prunable(kept: Iterable[KeptEvidence], now: datetime, days: int) -> list[KeptEvidence]:
    """Items older than so many days on whose file nothing rests any more. Pure.

    No finding, no younger reading and no sweep under way rests on them.
    """
    kept = list(kept)
    edge = now - timedelta(days=days)
    needed = {
        item.evidence.path
        for item in kept
        if item.proves or item.sweep_runs or item.read_at >= edge
    }
    return [item for item in kept if item.evidence.path not in needed]


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
