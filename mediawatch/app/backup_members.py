"""What a backup holds: the names of its files, and its manifest. Backup and restore share it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from mediawatch.app.wiring import DEMONSTRATION
from mediawatch.domain import UserError
from mediawatch.ops.evidence import JOURNALS
from mediawatch.ops.settings import Home
from mediawatch.publish.reports.word import TEMPLATE

SCHEMA: Final = "mediawatch.backup/1"
MANIFEST, DATABASE = "manifest.json", "database"
_ROOT_FILES = frozenset({TEMPLATE, DEMONSTRATION})
_SESSION = re.compile(r"sessions/[a-z-]{1,20}/[\w-]{1,40}\.json")
_HOLDERS = "sessions/holders.json"
"""Whose the home's own logins are: without it approvals would be nobody's."""
_DEEPEST = 6
"""Folders below `evidence`; evidence itself uses three."""
_LONGEST_PART = 200
"""Bytes; file systems take 255, and a name grows while its file is written."""


class BackupManifest(BaseModel):
    """The last file of a backup: when and from where it was taken, and the hash of every file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    form: Annotated[Literal["mediawatch.backup/1"], Field(alias="schema")]
    version: Annotated[str, StringConstraints(pattern=r"^[\w.+-]{1,40}$")]
    made_at: AwareDatetime
    database: Literal["sqlite", "postgresql"]
    sha256: dict[str, Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]]
    home: Annotated[str, StringConstraints(max_length=4096)] = ""
    """The home's folder then, "" in older backups: settings may name files in it."""
    evidence: Annotated[str, StringConstraints(max_length=4096)] = ""
    """The shared place of the evidence, which is not in the backup then; "" where it is."""


def is_member(name: str) -> bool:
    """Whether a backup may hold a file of this name.

    Database and manifest; every .toml in the home itself, among them own policies; the office's
    Word template; the mark of a demonstration; evidence; logins.
    """
    parts = name.split("/")
    if str(PurePosixPath(name)) != name or not all(map(_is_plain, parts)):
        return False
    match parts:
        case [single]:
            return (
                single in (MANIFEST, DATABASE) or single in _ROOT_FILES or single.endswith(".toml")
            )
        case ["evidence", *rest]:
            return len(rest) <= _DEEPEST and not name.endswith(".part")
        case _:
            return name == _HOLDERS or _SESSION.fullmatch(name) is not None


def _is_plain(part: str) -> bool:
    """A name that every file system and terminal takes, and that no shell hides."""
    return (
        part.isprintable()
        and not part.startswith(".")
        and "\\" not in part
        and 0 < len(part.encode("utf-8", "surrogateescape")) <= _LONGEST_PART
    )


def files_of(
    home: Home, *, with_sessions: bool, with_evidence: bool = True
) -> Iterator[tuple[Path, str]]:
    """The files of a home with their names in a backup, in its order; the database is not here.

    Settings, canaries, own policies, template; evidence, and last the journals of what was pruned;
    logins, and in any case whose the home's own are. Files that are half written are left out.
    UserError for a policy whose name no restore would take.
    """
    for path in home.root.glob("[!.]*.toml"):
        if not is_member(path.name):
            raise UserError(f"{path} cannot be kept in a backup: rename it to plain letters")
    yield from _named(home, sorted(home.root.iterdir()))
    days: list[Path] = []
    journals: list[Path] = []
    for path in sorted(home.evidence.rglob("*")) if with_evidence else ():
        is_journal = path.parent in (home.evidence, home.evidence / JOURNALS)
        (journals if is_journal else days).append(path)
    yield from _named(home, (*days, *journals))
    # Nobody is logged in by the book of holders: it keeps the own login's place.
    book = home.root / _HOLDERS
    yield from _named(home, sorted(home.sessions.rglob("*.json")) if with_sessions else [book])


def _named(home: Home, paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    for path in paths:
        name = path.relative_to(home.root).as_posix()
        if name not in (MANIFEST, DATABASE) and is_member(name) and path.is_file():
            yield path, name
