"""`registry import`: files in, checked as a whole, then written in one transaction or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mediawatch.domain import Account, RegistryChanges, Source
from mediawatch.domain.clock import day_of
from mediawatch.ports import Store
from mediawatch.registry.plan import plan
from mediawatch.registry.problems import RowProblem, Unusable
from mediawatch.registry.returned import write_refused
from mediawatch.registry.rows import read_rows
from mediawatch.registry.workbook import File, read_files


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do. `changes` were applied only if `written`."""

    changes: RegistryChanges
    written: bool
    errors: tuple[RowProblem, ...] = ()
    refused: int = 0
    """Rows with an error."""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    retired: tuple[Account, ...] = ()
    errors_file: Path | None = None


async def import_files(
    store: Store,
    paths: Sequence[Path],
    *,
    now: datetime,
    covers: Mapping[str, str] | None = None,
    complete: bool = False,
    skip_bad_rows: bool = False,
    errors_path: Path | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import files as one registry.

    Nothing is written while a row is refused, unless `skip_bad_rows`. `covers` and `complete` as
    for `plan`. With refused rows `errors_path` gets the workbook that goes back to the unit. Raises
    Unusable for files that cannot be read at all, UserError where `errors_path` cannot be written.
    """
    files = _read(paths, errors_path)
    read = read_rows(files, day_of(now))
    made = plan(
        read.rows,
        await store.accounts.all(include_retired=True),
        await store.accounts.changes(),
        await store.accounts.contacts(),
        _source(files, now),
        covers=covers,
        complete=complete,
        left_out=[*read.left_out, *([f"{len(read.rejected)} refused rows"] if read.errors else [])],
    )
    errors = tuple(sorted((*read.errors, *made.errors), key=lambda error: error.place))
    written = not dry_run and (skip_bad_rows or not errors)
    if errors and errors_path:
        write_refused(files, read.headings, errors, errors_path)
    if written:
        await store.accounts.apply(made.changes)
    return ImportReport(
        changes=made.changes,
        written=written,
        errors=errors,
        refused=len({error.place for error in errors}),
        notes=tuple(read.notes),
        warnings=(*read.warnings, *made.warnings),
        retired=made.retiring,
        errors_file=errors_path if errors else None,
    )


def _read(paths: Sequence[Path], errors_path: Path | None) -> tuple[File, ...]:
    if errors_path and errors_path.resolve() in {path.resolve() for path in paths}:
        raise Unusable(f"--errors {errors_path} is one of the files to import: name another one")
    return read_files(paths)


def _source(files: Sequence[File], now: datetime) -> Source:
    """One source for the whole import: its file names, and a hash.

    The hash is that of the file; of several files that of their hashes in order.
    """
    hashes = [file.sha256 for file in files]
    digest = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    return Source(file="; ".join(file.path.name for file in files), sha256=digest, at=now)
