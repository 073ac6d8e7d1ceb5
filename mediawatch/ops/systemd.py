"""systemd's units for one home: the sweep of the night, once more where it was broken off, a weekly
backup, and a message where one of them fails; and for workers, where several look for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from mediawatch.domain import UserError
from mediawatch.ops.settings import Home
from mediawatch.outputs import Output
from mediawatch.visible import make_visible

_HARDENING = "hardening"
_WORKER = "mediawatch-worker@.service"
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,30}|[1-9][0-9]{0,8}")
"""A name or a number as systemd takes it. An empty one would mean root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitValues:
    """What the units say. `workers`: whether workers look for the home, which only orders then."""

    program: Path
    home: Home
    user: str
    backups: Path
    evidence: Path
    """The folder of the evidence, in the home or elsewhere."""
    workers: bool = False


def write(folder: Output, told: UnitValues) -> list[Path]:
    """Every unit, filled in. UserError for a path that a unit file would take apart, for a user
    under whom systemd would run nothing, or everything as root, and where a file must stay.
    """
    if not _USER.fullmatch(told.user) or told.user == "root":
        raise UserError(
            f"--user {told.user!r} is no name of an ordinary user: name the owner of the home, not "
            "root"
        )
    values = {
        "EXEC": str(told.program),
        "HOME": str(told.home.root),
        "USER": told.user,
        "BACKUPS": str(told.backups),
        "EVIDENCE": str(told.evidence),
    }
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
    values["SWEEP"] = f"sweep --nightly{' --workers' if told.workers else ''} --until 06:00"
    values["RESUME"] = f"{values['SWEEP']} --resume"
    left_out = {_HARDENING} if told.workers else {_HARDENING, _WORKER}
    texts: dict[Output, str] = {}
    for unit in sorted(
        (each for each in shipped.iterdir() if each.name not in left_out),
        key=lambda each: each.name,
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
