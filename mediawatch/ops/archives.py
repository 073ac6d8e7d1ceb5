"""案卷: the file of a notice as one zip that can be checked without the home it came from.

Its last member is a manifest with the SHA-256 of every other one. Members are stored as they are,
with fixed times: the same state gives the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO

from mediawatch.domain import Evidence, UserError
from mediawatch.domain.clock import beijing
from mediawatch.files import PRIVATE
from mediawatch.ops.evidence import EvidenceFolder

SCHEMA = "mediawatch.archive/1"
MANIFEST_NAME = "manifest.json"
_CHUNK = 1 << 20
_MOST = 64 << 20
"""Bytes of a manifest that are read: some 200 000 members."""
_DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, KeyError, TypeError, AttributeError,
    RecursionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveMember:
    """One file of an archive. `content` gives the bytes by and by where the file is evidence."""

    path: str
    title: str
    """题名, as the index prints it."""
    content: bytes | Callable[[], Iterator[bytes]]
    sha256: str
    size: int

    @classmethod
    def of_bytes(cls, path: str, title: str, body: bytes) -> ArchiveMember:
        digest = hashlib.sha256(body).hexdigest()
        return cls(path=path, title=title, content=body, sha256=digest, size=len(body))

    @classmethod
    def of_evidence(
        cls, path: str, title: str, evidence: Evidence, folder: EvidenceFolder
    ) -> ArchiveMember:
        """`evidence` was compared with its hash; it is once more when the archive is written."""
        return cls(
            path=path,
            title=title,
            content=partial(folder.chunks, evidence),
            sha256=evidence.sha256,
            size=evidence.size,
        )


@dataclass(slots=True)
class ArchiveCheck:
    """What became of an archive. `wrong` are sentences in English, with the member."""

    number: str
    sha256: str
    """Of the whole file."""
    manifest: bytes
    sound: int = 0
    wrong: list[str] = field(default_factory=list)


def archive_manifest(heading: dict[str, object], members: Sequence[ArchiveMember]) -> bytes:
    """The manifest of these members; `heading` says of what notice, in which state. JSON, UTF-8."""
    listed = [
        {"path": each.path, "title": each.title, "sha256": each.sha256, "size": each.size}
        for each in members
    ]
    table = {"schema": SCHEMA, **heading, "members": listed}
    return (json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def write_archive(
    file: IO[bytes], members: Sequence[ArchiveMember], manifest: bytes, stamp: datetime
) -> None:
    """Write the zip; each member bears the time `stamp`.

    UserError where a file changed since it was listed. OSError where the disk refuses.
    """
    moment = beijing(stamp).timetuple()[:6]
    last = ArchiveMember.of_bytes(MANIFEST_NAME, "", manifest)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
        for member in (*members, last):
            info = zipfile.ZipInfo(member.path, moment)
            info.external_attr = PRIVATE << 16
            info.create_system = 3
            info.file_size = member.size
            with bundle.open(info, "w") as place:
                _copy(member, place.write)


def _copy(member: ArchiveMember, write: Callable[[bytes], object]) -> None:
    digest = hashlib.sha256()
    try:
        for chunk in (member.content,) if isinstance(member.content, bytes) else member.content():
            digest.update(chunk)
            write(chunk)
    except FileNotFoundError:
        raise UserError(f"{member.path} was lost while it was archived: try again") from None
    if digest.hexdigest() != member.sha256:
        raise UserError(f"{member.path} changed while it was archived: try again")


def check_archive(file: Path) -> ArchiveCheck:
    """Compare every member with the manifest. UserError where the file is no archive of a notice."""
    try:
        if not file.is_file():
            raise UserError(f"{file} is no file: give the zip that `notice archive` wrote")
        with file.open("rb") as stream:
            whole = hashlib.file_digest(stream, "sha256").hexdigest()
            return _compare(stream, whole)
    except _DAMAGE as error:
        raise UserError(
            f"{file} is no archive of a notice, or is damaged: write it anew by `notice archive`"
        ) from error
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror or error}") from error


def _compare(stream: BinaryIO, whole: str) -> ArchiveCheck:
    with zipfile.ZipFile(stream) as bundle:
        entries = {info.filename: info for info in bundle.infolist()}
        if entries[MANIFEST_NAME].file_size > _MOST:
            raise ValueError(MANIFEST_NAME)
        manifest = bundle.read(MANIFEST_NAME)
        told = json.loads(manifest)
        if told["schema"] != SCHEMA:
            raise ValueError(told["schema"])
        check = ArchiveCheck(number=str(told["notice"]), sha256=whole, manifest=manifest)
        named = {MANIFEST_NAME}
        for each in told["members"]:
            path = str(each["path"])
            named.add(path)
            if path not in entries:
                check.wrong.append(f"{path}: missing")
            elif _differs(bundle, entries[path], str(each["sha256"])):
                check.wrong.append(f"{path}: altered since it was archived")
            else:
                check.sound += 1
        check.wrong += [f"{path}: not in the manifest" for path in sorted(entries.keys() - named)]
        if len(bundle.infolist()) != len(entries):
            check.wrong.append("two members have one name")
        return check


def _differs(bundle: zipfile.ZipFile, info: zipfile.ZipInfo, sha256: str) -> bool:
    """Whether a member is another file than the manifest says.

    Archives hold nothing compressed: what is would unpack to more than the file's own size.
    """
    if info.compress_type != zipfile.ZIP_STORED:
        return True
    digest = hashlib.sha256()
    try:
        with bundle.open(info) as member:
            while chunk := member.read(_CHUNK):
                digest.update(chunk)
    except (zipfile.BadZipFile, EOFError, RuntimeError):
        return True
    return digest.hexdigest() != sha256
