"""Backup and restore of a home: one tar file, whole or not at all, with a manifest of SHA-256s.

A backup can be taken while a sweep runs. The database is copied first and the evidence after it: a
file is on disk before its row is written, so every row of the copy has its file. Logins are left
out unless they are asked for: a person who holds them is logged in.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from mediawatch import __version__
from mediawatch.app import App, wiring
from mediawatch.domain import Backup, UserError
from mediawatch.domain.clock import beijing
from mediawatch.ops.settings import CONFIG, Home, Settings, read_settings
from mediawatch.refusals import refusal

SCHEMA = "mediawatch.backup/1"
_MANIFEST, _DATABASE = "manifest.json", "database"
_PRIVATE = ("sessions", _DATABASE, CONFIG)
"""Readable by the owner only: it holds logins, contacts, passwords."""
_CHUNK = 1 << 20


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


def _back_up(
    home: Home, settings: Settings, target: Path, at: datetime, *, with_sessions: bool
) -> Backup:
    if target.is_dir() or not target.suffix:
        target = target / f"mediawatch-{beijing(at):%Y%m%dT%H%M%S}.tar"
    if target.exists():
        raise UserError(f"{target} exists: name another file, or a folder")
    with _written(target) as part:
        copy = part.with_suffix(".database")
        try:
            kind = wiring.dump(home, settings, copy)
            count = _write(part, home, copy, kind, at, with_sessions=with_sessions)
        finally:
            copy.unlink(missing_ok=True)
    return Backup(at=at, place=str(target.absolute()), files=count, size=target.stat().st_size)


@contextmanager
def _written(target: Path) -> Iterator[Path]:
    """A file beside the target, readable by the owner only, that becomes the target in the end."""
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
    except OSError as error:
        raise UserError(f"cannot write {target}: {refusal(error)}") from error
    finally:
        with suppress(OSError):  # it has its name, or the disk is read-only
            part.unlink()


def _write(
    part: Path, home: Home, copy: Path, kind: str, at: datetime, *, with_sessions: bool
) -> int:
    kept: dict[str, str] = {}
    with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, copy, _DATABASE, kept)
        for path in _files(home, with_sessions=with_sessions):
            # Evidence may be pruned meanwhile; the journal is read after it and names what left.
            with suppress(FileNotFoundError):
                _add(tar, path, path.relative_to(home.root).as_posix(), kept)
        manifest = {
            "schema": SCHEMA,
            "version": __version__,
            "made_at": beijing(at).isoformat(),
            "database": kind,
            "sha256": kept,
        }
        body = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
        info = tarfile.TarInfo(_MANIFEST)
        info.size = len(body)
        tar.addfile(info, io.BytesIO(body))
    return len(kept)


def _files(home: Home, *, with_sessions: bool) -> Iterator[Path]:
    """The files of a home, in the order of the backup.

    Settings, canaries and own policies; evidence, and last the journal of what was pruned; logins.
    Files that are half written are left out.
    """
    yield from sorted(home.root.glob("*.toml"))
    days: list[Path] = []
    journals: list[Path] = []
    for path in sorted(home.evidence.rglob("*")):
        (journals if path.parent == home.evidence else days).append(path)
    yield from (path for path in (*days, *journals) if path.is_file() and path.suffix != ".part")
    if with_sessions:
        yield from (path for path in sorted(home.sessions.rglob("*.json")) if path.is_file())


def _add(tar: tarfile.TarFile, path: Path, name: str, kept: dict[str, str]) -> None:
    with path.open("rb") as file:
        info = tar.gettarinfo(arcname=name, fileobj=file)
        info.mode = 0o600
        info.uid = info.gid = 0
        info.uname = info.gname = ""
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


@dataclass(frozen=True, slots=True)
class RestoredHome:
    """A restored home. `sessions`: how many logins it has."""

    home: Home
    made_at: str
    files: int
    sessions: int


def restore(source: Path, folder: Path) -> RestoredHome:
    """Make a new home from a backup.

    Everything is unpacked beside it and compared with the manifest before the home appears. A
    PostgreSQL database goes into the one of the settings (the environment counts before the
    backup's), which must be empty. UserError for a folder that is not empty, and for a backup that
    is damaged or cut short.
    """
    if not source.is_file():
        raise UserError(f"{source} is no backup file: give the .tar that `mediawatch backup` wrote")
    home = Home.at(folder)
    if home.root.exists() and any(home.root.iterdir()):
        raise UserError(f"{folder} is not empty: a backup is restored into a new home only")
    part = home.root.with_name(f".{home.root.name}.{secrets.token_hex(6)}.part")
    try:
        home.root.parent.mkdir(parents=True, exist_ok=True)
        part.mkdir(mode=0o700)
        manifest = _unpack(source, part)
        copy = part / _DATABASE
        made = Home(part).create()
        for path in part.rglob("*"):
            if path.is_file() and path.relative_to(part).parts[0] not in _PRIVATE:
                path.chmod(0o644)
        wiring.load(made, read_settings(made), copy, manifest["database"])
        copy.unlink()
        if home.root.exists():
            home.root.rmdir()
        part.rename(home.root)
    except OSError as error:
        raise UserError(f"cannot restore into {folder}: {refusal(error)}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    names = list(manifest["sha256"])
    return RestoredHome(
        home, manifest["made_at"], len(names), sum(name.startswith("sessions/") for name in names)
    )


def _unpack(source: Path, part: Path) -> dict[str, Any]:
    """Unpack every file of the manifest into `part`, check its hash, and return the manifest."""
    found: dict[str, str] = {}
    body = b""
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isfile() else None
                if stream is None or not _inside(member.name):
                    raise UserError(
                        f"{source} is no backup of mediawatch: it holds {member.name!r}"
                    )
                if member.name == _MANIFEST:
                    body = stream.read()
                else:
                    found[member.name] = _extract(stream, part / member.name)
    except (tarfile.TarError, EOFError) as error:
        raise UserError(f"{source} is no backup of mediawatch, or damaged: {error}") from error
    except FileNotFoundError as error:
        raise UserError(f"there is no {source}") from error
    if not body:
        raise UserError(
            f"{source} has no manifest: it was cut short, or is no backup of mediawatch"
        )
    try:
        manifest = json.loads(body)
        listed, schema = dict(manifest["sha256"]), manifest["schema"]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{source}: its manifest is damaged") from error
    if schema != SCHEMA:
        raise UserError(
            f"{source} is a backup of another version ({schema}): restore it with that "
            "version of mediawatch"
        )
    if wrong := sorted(
        name for name in found.keys() | listed.keys() if found.get(name) != listed.get(name)
    ):
        raise UserError(
            f"{source} is damaged: {len(wrong)} files differ from its manifest, {wrong[0]} "
            "among them; nothing was restored"
        )
    return dict(manifest)


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and str(path) == name


def _extract(stream: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as file:
        target.chmod(0o600)
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()
