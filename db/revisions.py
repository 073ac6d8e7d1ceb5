"""The numbered changes of the tables, and how they are run."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import as_file, files
from threading import Lock

from sqlalchemy import Connection, inspect, text

_ALEMBIC = Lock()
"""Alembic's `context` is a global of the process."""
MIGRATION_LOCK = 0x6D656469
"""PostgreSQL's lock under which one process migrates; any constant would do.

Whoever writes shares it.
"""


@cache
def revisions() -> tuple[str, ...]:
    """The revisions that this version knows, oldest first."""
    names = (entry.name for entry in files("db").joinpath("migrations", "versions").iterdir())
    found = (re.fullmatch(r"(\d{4})_\w+\.py", name) for name in names)
    return tuple(sorted(each[1] for each in found if each))


def standing_revision(connection: Connection) -> str:
    """What the database's tables say of themselves, known to this version or not; "" for none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def apply_revisions(connection: Connection, last: str) -> None:
    """Run the numbered changes up to `last` within the connection's transaction."""
    # Imported late: commands on an up-to-date database need not pay for it.
    from alembic import command
    from alembic.config import Config

    with _ALEMBIC, as_file(files("db").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, last)
