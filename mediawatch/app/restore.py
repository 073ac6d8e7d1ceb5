"""A new home from a backup, whole or not at all.

A backup may come from anybody: whatever it holds is checked before the home appears.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EEXIST, ENOTEMPTY
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from mediawatch import stops
from mediawatch.app import databases, wiring
from mediawatch.app.backup_members import (
    DATABASE,
    MANIFEST,
    SCHEMA,
    BackupManifest,
    is_member,
)
from mediawatch.app.outside_settings import OutsideSetting, SafeSettings, keep_inside
from mediawatch.app.tar_file import TarFault, TarMember, read_chunks, read_members
from mediawatch.domain import UserError
from mediawatch.domain.clock import beijing
from mediawatch.files import make_folder, sync_folder
from mediawatch.ops.settings import CONFIG, Home, Settings, read_settings
from mediawatch.refusals import refusal

_SPARE = 64 * 2**20
"""Bytes that must stay free on the disk."""
_ENTRY = 120
"""Bytes of the manifest for a file, beside its name: a hash and what stands around it."""
_LARGEST_SETTINGS = 2**20


@dataclass(frozen=True, slots=True)
class RestoredHome:
    """A restored home.

    `sessions`: how many logins it has; `left_out`: settings not taken; `evidence`: the shared place
    where its evidence lies, "" where that came with the backup; `database`: the server's database
    that holds its data, without a password, "" where they lie in the home.
    """

    home: Home
    made_at: str
    files: int
    sessions: int
    left_out: tuple[OutsideSetting, ...] = ()
    evidence: str = ""
    database: str = ""


def restore(source: Path, folder: Path, *, outside_paths: bool = False) -> RestoredHome:
    """Make a new home from a backup.

    Names, sizes, hashes and the database are checked beside it before the home appears. A
    PostgreSQL database goes into the one of the environment, else with `outside_paths` of the
    backup's settings, which must be empty. Settings that lead out of the home are taken with
    `outside_paths` only. UserError for a folder that is not empty, and for a backup that is
    damaged, too large for the disk, or of something else.
    """
    if not source.is_file():
        what = "is no backup file" if source.exists() else "does not exist"
        raise UserError(f"{source} {what}: give the .tar that `mediawatch backup` wrote")
    home = Home.at(folder)
    if home.root.exists() and (not home.root.is_dir() or any(home.root.iterdir())):
        raise UserError(f"{folder} is not empty: a backup is restored into a new home only")
    # The home appears by one rename, whole.
    stops.promise_by(lambda: f"stopped; {folder} is whole" if home.exists else stops.WHOLE)
    try:
        with source.open("rb") as file, _new_folder(home.root) as part:
            try:
                members = _members(file)
                manifest = _manifest(file, members)
                _require_room(members, home.root.parent)
                _unpack(file, members, manifest, part)
            except TarFault as error:
                raise UserError(
                    f"{source} is no backup of mediawatch, or damaged: {error}; nothing was restored"
                ) from None
            left_out = () if outside_paths else _keep_inside(part, home, manifest)
            outside = _load(part, home, manifest)
            try:
                _put(part, home.root)
            except BaseException:
                if outside is not None:
                    outside.unlink(missing_ok=True)
                raise
    except OSError as error:
        if error.errno in (ENOTEMPTY, EEXIST):
            raise UserError(
                f"{folder} is not empty any more: somebody else put something there meanwhile, "
                "maybe another restore; look into it, or name another folder"
            ) from error
        raise UserError(f"cannot restore into {folder}: {refusal(error)}") from error
    sessions = sum(name.count("/") == 2 for name in manifest.sha256 if name.startswith("sessions/"))
    made_at = beijing(manifest.made_at).isoformat()
    return RestoredHome(
        home, made_at, len(manifest.sha256), sessions, left_out, manifest.evidence, _server(home)
    )


def _server(home: Home) -> str:
    """The server's database into which a backup was put, without its password; "" for a file."""
    url = read_settings(home).database.url.get_secret_value()
    if not url or url.startswith("sqlite"):
        return ""
    from db.engine import name_database, normal_url

    return name_database(normal_url(url))


def _members(file: IO[bytes]) -> dict[str, TarMember]:
    members: dict[str, TarMember] = {}
    for member in read_members(file):
        if not is_member(member.name):
            raise TarFault(f"it holds {member.name[:200]!r}, which no backup holds")
        if member.name in members:
            raise TarFault(f"it holds {member.name!r} twice")
        members[member.name] = member
    if MANIFEST not in members:
        raise TarFault("it has no manifest: it was cut short, or is no backup")
    for needed in (DATABASE, CONFIG):
        if needed not in members:
            raise TarFault(f"it has no {needed}")
    return members


def _manifest(file: IO[bytes], members: Mapping[str, TarMember]) -> BackupManifest:
    """The manifest, and that it lists the files that are there. Its size is bounded by theirs."""
    most = 8192 + sum(_ENTRY + 6 * len(name.encode()) for name in members)
    size = members[MANIFEST].size
    if size > most:
        raise TarFault(f"its manifest has {size} bytes, more than its files can need")
    body = b"".join(read_chunks(file, members[MANIFEST]))
    try:
        manifest = BackupManifest.model_validate_json(body)
    except ValidationError as error:
        raise TarFault(_fault(error)) from None
    listed, there = manifest.sha256.keys(), members.keys() - {MANIFEST}
    if wrong := sorted(listed ^ there):
        raise TarFault(f"its manifest does not fit its files: {wrong[0][:200]!r}")
    return manifest


def _fault(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part)[:80] for part in first["loc"])
    if place == "schema" and isinstance(first["input"], str):
        return f"it is of another version ({first['input'][:40]!r}, this one reads {SCHEMA})"
    return f"its manifest is damaged{f' at {place!r}' if place else ''}"


def _require_room(members: Mapping[str, TarMember], folder: Path) -> None:
    """UserError where the disk has no room. The database lies there twice for a while."""
    place = next(each for each in (folder, *folder.parents) if each.exists())
    needed = sum(member.size for member in members.values()) + members[DATABASE].size
    free = shutil.disk_usage(place).free
    if free < needed + _SPARE:
        raise UserError(
            f"the backup needs {needed // 10**6 + 1} MB in {folder}, and {free // 10**6} MB are "
            "free: make room, or name another place"
        )


def _unpack(
    file: IO[bytes], members: Mapping[str, TarMember], manifest: BackupManifest, part: Path
) -> None:
    """Write every file, for its owner only, and compare its hash as it is written."""
    for name, member in members.items():
        if name == MANIFEST:
            continue
        target = part / name
        try:
            make_folder(target.parent)
            descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except (FileExistsError, NotADirectoryError):
            raise TarFault(f"it holds {name!r} both as a file and as a folder") from None
        digest = hashlib.sha256()
        with os.fdopen(descriptor, "wb") as written:
            for chunk in read_chunks(file, member):
                digest.update(chunk)
                written.write(chunk)
        if digest.hexdigest() != manifest.sha256[name]:
            raise TarFault(f"{name!r} differs from its manifest")


def _keep_inside(part: Path, home: Home, manifest: BackupManifest) -> tuple[OutsideSetting, ...]:
    """Rewrite the settings so that none leads out of the new home; returns what was left out."""
    config = part / CONFIG
    if config.stat().st_size > _LARGEST_SETTINGS:
        raise UserError(f"{CONFIG} of the backup is no settings file: it is too large")
    try:
        text = config.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{CONFIG} of the backup is not UTF-8: save it as UTF-8") from None
    safe: SafeSettings = keep_inside(text, manifest.home, home.root, frozenset(manifest.sha256))
    if safe.text != text:
        config.write_text(safe.text, "utf-8", newline="")
    return safe.left_out


def _load(part: Path, home: Home, manifest: BackupManifest) -> Path | None:
    """Put the database where the settings say; returns its file where that is outside the home."""
    made = Home(part)
    made.create()
    named = _settings(made).database.url.get_secret_value()
    if manifest.database == "postgresql" and not named:
        raise UserError(
            "the backup holds a PostgreSQL database: say where it goes by "
            "MEDIAWATCH_DATABASE__URL (an empty database), or take the backup's own place by "
            "--outside-paths"
        )
    # A database file that the settings place in the new home is made in the part of it.
    inside = f"sqlite:///{home.root}/"
    own = part / named.removeprefix(inside) if named.startswith(inside) else made.database
    outside = bool(named) and not named.startswith(inside)
    copy = part / DATABASE
    url = named if outside else f"sqlite:///{own}"
    wiring.load(url, copy, manifest.database)
    if manifest.database == "postgresql":
        databases.own_restored(made, home, url)
    copy.unlink()
    return Path(named.partition(":///")[2]) if outside and manifest.database == "sqlite" else None


def _settings(made: Home) -> Settings:
    try:
        return read_settings(made)
    except UserError as error:
        said = str(error).replace(str(made.config), f"{CONFIG} of the backup")
        raise UserError(f"{said}; nothing was restored") from None
    except RecursionError:
        raise UserError(f"{CONFIG} of the backup is nested too deeply") from None


@contextmanager
def _new_folder(root: Path) -> Iterator[Path]:
    """A folder beside the home, locked while it is filled, and gone in the end.

    What a killed restore left there, which nobody holds any more, is removed first.
    """
    root.parent.mkdir(parents=True, exist_ok=True)
    for old in root.parent.glob(f".{_escaped(root.name)}.????????????.part"):
        with suppress(OSError), _locked(old):
            shutil.rmtree(old, ignore_errors=True)
    part = root.with_name(f".{root.name}.{secrets.token_hex(6)}.part")
    part.mkdir(mode=0o700)
    try:
        with _locked(part):
            yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The kernel frees the lock when the process dies. OSError where another process holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _put(part: Path, root: Path) -> None:
    """The home appears by one rename, over an empty folder at most, when all is on the disk."""
    os.sync()
    part.rename(root)
    sync_folder(root.parent)
