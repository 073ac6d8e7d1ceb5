"""Backup of a home: one tar file, whole or not at all, with a manifest of SHA-256s.

A backup can be taken while a sweep runs. The database is copied first and the evidence after it: a
file is on disk before its row is written, so every row of the copy has its file. Evidence in a
shared place is not in it: other machines write there, and it may be larger than this one's disk.
Logins are left out unless they are asked for: a person who holds them is logged in.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import tarfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from mediawatch import __version__, stops
from mediawatch.app import App, wiring
from mediawatch.app.backup_members import (
    DATABASE,
    MANIFEST,
    SCHEMA,
    BackupManifest,
    files_of,
    is_member,
)
from mediawatch.app.tar_file import MAX_FILES
from mediawatch.domain import Backup, UserError
from mediawatch.domain.clock import beijing
from mediawatch.files import PRIVATE, whole_file
from mediawatch.ops.settings import Home, Settings
from mediawatch.rules.policy import shipped_policies


async def back_up(app: App, target: Path, *, with_sessions: bool) -> Backup:
    """Write the backup to a file, or into a folder under a name of its own.

    A missing folder is made. UserError where the file exists already or cannot be written.
    """
    # Not in a thread: a signal can end it here, and nothing else goes on meanwhile.
    backup = _back_up(app.home, app.settings, target, app.clock(), with_sessions=with_sessions)
    try:
        await app.store.runs.add_backup(backup)
    except UserError as error:
        raise UserError(f"{backup.place} is whole, but cannot be noted as done: {error}") from error
    return backup


def policy_outside(app: App) -> Path | None:
    """The office's own policy where the settings name a file that no backup of the home holds."""
    path = Path(app.settings.sweep.policy).absolute()
    own = path.is_file() and app.settings.sweep.policy not in shipped_policies()
    inside = path.parent == app.home.root and is_member(path.name)
    return path if own and not inside else None


def _back_up(
    home: Home, settings: Settings, target: Path, at: datetime, *, with_sessions: bool
) -> Backup:
    if target.is_dir() or not target.suffix:
        target = target / f"mediawatch-{beijing(at):%Y%m%dT%H%M%S}.tar"
    if target.exists():
        raise UserError(f"{target} exists: name another file, or a folder")
    # It appears by one rename, whole; it is noted as done a moment later.
    stops.promise_by(lambda: f"stopped; {target} is whole" if target.exists() else stops.WHOLE)
    copy = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.database")
    # Without `replace`: of two that write one name at once, one wins.
    with whole_file(target, replace=False) as file:
        try:
            kind = wiring.dump(home, settings, copy)
            heading = {
                "schema": SCHEMA,
                "version": __version__,
                "made_at": beijing(at),
                "database": kind,
                "home": str(home.root),
                "evidence": settings.evidence.place,
            }
            count = _write(file, home, copy, heading, with_sessions=with_sessions)
        finally:
            copy.unlink(missing_ok=True)
    return Backup(at=at, place=str(target.absolute()), files=count, size=target.stat().st_size)


def _write(
    file: IO[bytes], home: Home, copy: Path, heading: Mapping[str, object], *, with_sessions: bool
) -> int:
    """`heading`: the manifest without its hashes."""
    kept: dict[str, str] = {}
    own = not heading["evidence"]
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, copy, DATABASE, kept)
        for path, name in files_of(home, with_sessions=with_sessions, with_evidence=own):
            # Evidence may be pruned meanwhile; the journal is read after it and names what left.
            with suppress(FileNotFoundError):
                _add(tar, path, name, kept)
            if len(kept) >= MAX_FILES:
                raise UserError(
                    f"{home.root} holds more than {MAX_FILES} files: prune evidence first "
                    "(`mediawatch evidence prune`)"
                )
        manifest = BackupManifest.model_validate({**heading, "sha256": kept})
        # Without an empty key: an earlier version does not know it.
        told = manifest.model_dump_json(
            by_alias=True, indent=1, exclude={"evidence"} if own else None
        )
        body = f"{told}\n".encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(body)
        tar.addfile(info, io.BytesIO(body))
    return len(kept)


def _add(tar: tarfile.TarFile, path: Path, name: str, kept: dict[str, str]) -> None:
    with path.open("rb") as file:
        info = tar.gettarinfo(arcname=name, fileobj=file)
        info.mode = PRIVATE
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        info.mtime = int(info.mtime)
        hashed = _Hashed(file)
        tar.addfile(info, hashed)
        kept[name] = hashed.digest.hexdigest()


class _Hashed(io.RawIOBase):
    """A file whose bytes are hashed as they are read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        body = self._file.read(size)
        self.digest.update(body)
        return body
