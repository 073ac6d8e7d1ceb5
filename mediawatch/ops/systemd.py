"""systemd's units for one home: the sweep of the night, a weekly backup, and a message where one of
them fails.
"""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from mediawatch.domain import UserError
from mediawatch.ops.settings import Home
from mediawatch.outputs import Output
from mediawatch.visible import make_visible

_HARDENING = "hardening"
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,30}|[1-9][0-9]{0,8}")
"""A name or a number as systemd takes it. An empty one would mean root."""


def write(
    folder: Output,
    *,
    program: Path,
    home: Home,
    user: str,
    backups: Path,
    evidence: Path | None = None,
) -> list[Path]:
    """Every unit, filled in; `evidence` is a folder outside of the home. UserError for a path that a unit file would take apart, for a user
    under whom systemd would run nothing, or everything as root, and where a file must stay.
    """
    if not _USER.fullmatch(user) or user == "root":
        raise UserError(
            f"--user {user!r} is no name of an ordinary user: name the owner of the home, not root"
        )
    values = {
        "EXEC": str(program), "HOME": str(home.root), "USER": user, "BACKUPS": str(backups),
        "EVIDENCE": str(evidence or home.evidence),
    }  # fmt: skip
    for name, value in values.items():
        if value != make_visible(value) or any(
            letter.isspace() or letter in "%\"'\\$@" for letter in value
        ):
            raise UserError(
                f"{value!r} cannot stand in a unit file ({name.lower()}): use a path without "
                "spaces and signs"
            )
    shipped = resources.files("mediawatch") / "data" / "units"
    values["HARDENING"] = (shipped / _HARDENING).read_text("utf-8").strip()
    texts: dict[Output, str] = {}
    for unit in sorted(
        (each for each in shipped.iterdir() if each.name != _HARDENING), key=lambda each: each.name
    ):
        text = unit.read_text("utf-8")
        for name, value in values.items():
            text = text.replace(f"@{name}@", value)
        texts[folder.file(unit.name)] = text
    for file in texts:
        file.check()
    for file, text in texts.items():
        file.write(text.encode(), shared=True)
    return [file.path for file in texts]
