"""`registry import`: files in, checked as a whole, then written in one transaction or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from os.path import realpath
from pathlib import Path

from mediawatch.domain import Account, FilingRemark, RegistryChanges, Source
from mediawatch.domain.clock import day_of
from mediawatch.files import FileWriter, write_whole
from mediawatch.ports import Store
from mediawatch.registry.contacts import drop_contacts
from mediawatch.registry.plan import Coverage, FiledBefore, plan
from mediawatch.registry.problems import RowProblem
from mediawatch.registry.remarks import RemarkResult, RemarkStanding, standings
from mediawatch.registry.returned import write_refused
from mediawatch.registry.rows import RowsResult, read_rows
from mediawatch.workbooks.refusals import Unusable
from mediawatch.workbooks.tables import File, read_files


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
    remarks: tuple[RemarkStanding, ...] = ()
    """What had been pointed out to units and was not yet settled, with what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How files are imported."""

    covers: Mapping[str, str] = field(default_factory=dict)
    complete: bool = False
    """These two as in `plan.Coverage`."""
    skip_bad_rows: bool = False
    """Import the good rows although others are refused."""
    errors_path: Path | None = None
    """Where the workbook of refused rows goes, which goes back to the unit."""
    dry_run: bool = False
    contacts: bool = True
    """Whether persons and telephones are read at all."""


@dataclass(frozen=True, slots=True)
class RegistryFiles:
    """Registry files as they were read, once: they can be planned with again and again."""

    files: tuple[File, ...]
    rows: RowsResult
    now: datetime

    @classmethod
    def read(cls, paths: Sequence[Path], options: ImportOptions, *, now: datetime) -> RegistryFiles:
        """Raises Unusable for files that cannot be read at all."""
        files = _read(paths, options.errors_path)
        if not options.contacts:
            drop_contacts(files)
        return cls(files, read_rows(files, day_of(now)), now)


async def import_files(
    store: Store, paths: Sequence[Path], options: ImportOptions | None = None, *, now: datetime
) -> ImportReport:
    """Read files, and import them. Raises as `RegistryFiles.read` and `import_registry`."""
    options = options or ImportOptions()
    return await import_registry(store, RegistryFiles.read(paths, options, now=now), options)


async def import_registry(
    store: Store, given: RegistryFiles, options: ImportOptions, write: FileWriter = write_whole
) -> ImportReport:
    """Import files as one registry; nothing is written while a row is refused.

    UserError where the workbook of refused rows cannot be written.
    """
    files, read, now = given.files, given.rows, given.now
    before = FiledBefore(
        accounts=await store.accounts.all(include_retired=True),
        history=await store.accounts.changes(),
        contacts=await store.accounts.contacts(),
    )
    refused = [f"{len(read.rejected)} refused rows"] if read.errors else []
    coverage = Coverage(
        covers=options.covers, complete=options.complete, left_out=[*read.left_out, *refused]
    )
    made = plan(read.rows, before, _source(files, now), coverage)
    errors = tuple(sorted((*read.errors, *made.errors), key=lambda error: error.place))
    written = not options.dry_run and (options.skip_bad_rows or not errors)
    if errors and options.errors_path:
        write_refused(files, read.headings, errors, options.errors_path, write)
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
        errors_file=options.errors_path if errors else None,
        remarks=_settled(await store.accounts.remarks(), before, made.changes),
    )


def _settled(
    given: Sequence[FilingRemark], before: FiledBefore, changes: RegistryChanges
) -> tuple[RemarkStanding, ...]:
    """What becomes by these changes of what was open before them."""
    accounts = {account.id: account for account in before.accounts}
    pending = [
        each.remark
        for each in standings(given, accounts, before.history)
        if each.result is RemarkResult.UNCHANGED
    ]
    day = day_of(changes.source.at)
    for update in changes.updated:
        account = accounts[update.account_id]
        accounts[update.account_id] = replace(account, filed=update.filed, retired_on=None)
    for number in changes.retired:
        accounts[number] = replace(accounts[number], retired_on=day)
    # These changes are an import's: what they bring was not accepted here.
    return tuple(standings(pending, accounts, ()))


def _read(paths: Sequence[Path], errors_path: Path | None) -> tuple[File, ...]:
    # Not Path.resolve: it raises for a loop of links.
    if errors_path and realpath(errors_path) in {realpath(path) for path in paths}:
        raise Unusable(f"--errors {errors_path} is one of the files to import: name another one")
    return read_files(paths)


def _source(files: Sequence[File], now: datetime) -> Source:
    """One source for the whole import: its file names, and a hash.

    The hash is that of the file; of several files that of their hashes in order.
    """
    hashes = [file.sha256 for file in files]
    digest = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    return Source(file="; ".join(file.path.name for file in files), sha256=digest, at=now)
