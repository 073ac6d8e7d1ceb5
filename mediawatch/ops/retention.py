"""Kept evidence and readings over the years: whether evidence is unchanged, and what may leave.

A file stays while a finding rests on its reading; that of an issued finding stays until its notice
is closed. Rows and hashes stay when a file leaves. `pruned.jsonl` in the evidence folder names the
files that left, which tells them from lost ones. A reading leaves when nothing follows from it any
more and its files have left.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mediawatch.domain import Notice, Sweep, UserError
from mediawatch.domain.clock import beijing
from mediawatch.files import open_private
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ports import KeptEvidence, Store
from mediawatch.refusals import refusal

JOURNAL = "pruned.jsonl"
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
    check, left = EvidenceCheck(), pruned_paths(folder)
    for item in kept:
        if sweep_id not in (None, item.sweep_id):
            continue
        path = item.evidence.path
        there = (folder.root / path).exists()
        if not there and path in left:
            check.pruned += 1
        elif wrong := folder.check(item.evidence):
            check.missing += not there
            check.altered += there
            check.wrong.append((wrong, item))
        else:
            check.sound += 1
    named = {item.evidence.path for item in kept}
    check.orphans = [path for path in folder.files() if path not in named]
    return check


def orphans(folder: EvidenceFolder, kept: Iterable[KeptEvidence], now: datetime) -> list[str]:
    """Files that no row names and that are older than a day.

    They belong to looks that were cut short between file and row, and that were made again. A
    younger file may be about to get its row.
    """
    named = {item.evidence.path for item in kept}
    edge = (now - _SETTLED).timestamp()
    return [
        path
        for path in folder.files()
        if path not in named and (folder.root / path).stat().st_mtime < edge
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

    Each one is written to the journal first, so that an interrupted removal is no loss. UserError
    names the place when the disk refuses.
    """
    there = {
        item.evidence.path: item.evidence
        for item in items
        if (folder.root / item.evidence.path).is_file()
    }
    journal = folder.root / JOURNAL
    try:
        with open(journal, "a", encoding="utf-8", opener=open_private) as lines:
            for path, evidence in there.items():
                lines.write(
                    json.dumps(
                        {
                            "path": path,
                            "sha256": evidence.sha256,
                            "pruned_at": beijing(now).isoformat(),
                        }
                    )
                    + "\n"
                )
            lines.flush()
            os.fsync(lines.fileno())
        for path in there:
            (folder.root / path).unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"cannot prune {error.filename or journal}: {refusal(error)}") from error
    return len(there), sum(evidence.size for evidence in there.values())


def clear(folder: EvidenceFolder, paths: Iterable[str]) -> None:
    """Remove orphans. UserError names the place when the disk refuses."""
    for path in paths:
        try:
            (folder.root / path).unlink(missing_ok=True)
        except OSError as error:
            raise UserError(f"cannot remove {folder.root / path}: {refusal(error)}") from error


def pruned_paths(folder: EvidenceFolder) -> frozenset[str]:
    """What `prune` has removed. UserError where the journal is no list of JSON objects."""
    journal = folder.root / JOURNAL
    if not journal.is_file():
        return frozenset()
    try:
        return frozenset(
            str(json.loads(line)["path"])
            for line in journal.read_text(encoding="utf-8").splitlines()
            if line.strip()
        )
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(
            f"{journal} is damaged: each line must be a JSON object with a path"
        ) from error


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
        gone = [
            each.id
            for each in idle
            if not any((folder.root / path).exists() for path in each.paths)
        ]
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
