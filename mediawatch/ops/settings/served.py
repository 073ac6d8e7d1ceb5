"""What a home remembers of the database that holds its data: a file of its own, without secrets.

The URL may stand in the environment alone. Without it the home would look like a new one, and its
evidence like strays.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from mediawatch.domain import UserError
from mediawatch.files import write_whole

FILE = "database.json"
FORMER = "former_database.json"
"""Of a home whose data came back from a server into its own file."""
VARIABLE = "MEDIAWATCH_DATABASE__URL"
SECRETS = "MEDIAWATCH_SECRETS"
"""Names a folder with a file for each secret setting, which goes by the name of its variable."""
CONFIG = "mediawatch.toml"
_SCHEMA = "mediawatch.database/1"


@dataclass(frozen=True, slots=True)
class ServedData:
    """`home`: the database's home id; `place`: the database without its password, or the path of an
    SQLite file that is not the home's own; `key`: by which the server's database knows its own home,
    "" in the home of a worker; `taken_by`: the folder of the home that took the data, as far as known.
    """

    home: str
    place: str
    key: str = ""
    taken_by: str = ""

    @property
    def is_file(self) -> bool:
        return self.place.startswith("/")


def served_data(root: Path, name: str = FILE) -> ServedData | None:
    """None where the data always lay in the home's own file. UserError where the note is damaged."""
    file = root / name
    try:
        told = json.loads(file.read_text("utf-8"))
        if told.pop("schema") != _SCHEMA:
            raise ValueError(FILE)
        return ServedData(**told)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise UserError(
            f"{file} is damaged: it says which database holds this home's data; where "
            "MEDIAWATCH_DATABASE__URL or [database] url names that one, remove the file"
        ) from None


def note_served(root: Path, served: ServedData, name: str = FILE) -> None:
    told = {key: value for key, value in asdict(served).items() if value or key != "taken_by"}
    body = json.dumps({"schema": _SCHEMA, **told}, ensure_ascii=False, indent=1)
    write_whole(root / name, f"{body}\n".encode())


def forget_served(root: Path) -> None:
    """The data lie in the home's own file again. From which server they came stays known."""
    if (served := served_data(root)) and not served.is_file:
        note_served(root, served, FORMER)
    (root / FILE).unlink(missing_ok=True)


def named_outside() -> str:
    """What names the database before mediawatch.toml does: a variable, or a file of secrets.

    "" for neither. What it says may be empty.
    """
    for name, value in os.environ.items():
        if name.upper() == VARIABLE or (name.upper() == "MEDIAWATCH_DATABASE" and '"url"' in value):
            return name
    folder = os.environ.get(SECRETS)
    files = sorted(Path(folder).glob("*")) if folder else []
    return next((str(file) for file in files if file.name.upper() == VARIABLE), "")


def require_named(root: Path, url: str) -> None:
    """UserError where the settings name the home's own file, or another one, and the data of the
    home lie elsewhere.
    """
    if url and not url.startswith("sqlite"):
        return
    served = served_data(root)
    if served is None or (served.is_file and _is_at(url, served.place)):
        return
    outside = named_outside()
    wrong = f"{outside} is empty" if outside else "nothing names it now"
    if url:
        wrong = f"{outside or CONFIG} names another one now"
    if served.is_file:
        raise UserError(
            f"the data of {root} lie in {served.place}, and {wrong}: set {VARIABLE}, or [database] url "
            f"in {CONFIG}, to sqlite:///{served.place}; where that file was moved, remove {root / FILE} and "
            "name it where it is"
        )
    raise UserError(
        f"the data of {root} lie on a server, in {served.place}, and {wrong}: set {VARIABLE}, or "
        f"[database] url in {CONFIG}{_where_lost(root, served)}"
    )


def _is_at(url: str, place: str) -> bool:
    return os.path.realpath(url.partition(":///")[2]) == os.path.realpath(place)


def _where_lost(root: Path, served: ServedData) -> str:
    """What helps where the server's database is lost: nothing in a worker's home."""
    if not served.key or served.taken_by:
        return ""
    reopen = "`mediawatch database reopen`, or " if _was_moved(root / "mediawatch.db") else ""
    return f"; where it is lost, {reopen}`mediawatch restore` of a backup into a new home"


def _was_moved(file: Path) -> bool:
    """Whether the file bears the mark of a move: only then it can be used again."""
    if not file.is_file():
        return False
    how = "mode=ro" if file.with_name(f"{file.name}-wal").exists() else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True)) as found:
            return bool(found.execute("SELECT 1 FROM moved_home").fetchone())
    except sqlite3.Error:
        return False


def require_same(root: Path, served: ServedData) -> None:
    """UserError where the database is another home's."""
    known = served_data(root)
    if known and known.home != served.home:
        raise UserError(
            f"{served.place} holds the data of another home than {root}: those are in {known.place}; "
            f"correct the URL, or use a new home (`mediawatch --home DIR init`) for this database"
        )
