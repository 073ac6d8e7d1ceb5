"""Files that are either there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from mediawatch.domain import UserError


def write_whole(target: Path, body: bytes) -> None:
    """Write beside the target, fsync, rename over it, fsync the folder. UserError names the place when the disk refuses."""
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):  # what kept us from writing may keep us from removing
            part.unlink()
        raise UserError(f"cannot write {target}: {error.strerror or error}") from error
