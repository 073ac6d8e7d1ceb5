"""What a home remembers of the server that holds its data: a file of its own, without secrets.

The URL may stand in the environment alone. Without it the home would look like a new one, and its
evidence like strays.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from mediawatch.domain import UserError
from mediawatch.files import write_whole

FILE = "database.json"
_SCHEMA = "mediawatch.database/1"


@dataclass(frozen=True, slots=True)
class ServedData:
    """`home`: the database's home id; `place`: the database without its password; `key`: by which
    the database knows its own home, "" in the home of a worker.
    """

    home: str
    place: str
    key: str = ""


def served_data(root: Path) -> ServedData | None:
    """None where no server was ever used. UserError where the file is damaged."""
    file = root / FILE
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


def note_served(root: Path, served: ServedData) -> None:
    body = json.dumps({"schema": _SCHEMA, **asdict(served)}, ensure_ascii=False, indent=1)
    write_whole(root / FILE, f"{body}\n".encode())


def forget_served(root: Path) -> None:
    """The data lie in the home's own file again."""
    (root / FILE).unlink(missing_ok=True)


def require_named(root: Path, url: str) -> None:
    """UserError where the settings name no server, and a server holds the home's data."""
    if url and not url.startswith("sqlite"):
        return
    if served := served_data(root):
        raise UserError(
            f"the data of {root} lie on a server, in {served.place}, and nothing names it now: "
            "set MEDIAWATCH_DATABASE__URL, or [database] url in mediawatch.toml; where it is lost, "
            f"`mediawatch database reopen`, or `mediawatch restore` of a backup into a new home"
        )


def require_same(root: Path, served: ServedData) -> None:
    """UserError where the database is another home's."""
    known = served_data(root)
    if known and known.home != served.home:
        raise UserError(
            f"{served.place} holds the data of another home than {root}: those are in {known.place}; "
            f"correct the URL, or use a new home (`mediawatch --home DIR init`) for this database"
        )
