"""Where the tests' files lie: in memory where there is room, for the product waits for the disk at
every commit and every file.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30
"""Bytes; a run of all tests needs a tenth of them."""


def move_to_memory() -> None:
    """For this process and those that it starts, unless a place was chosen."""
    if "TMPDIR" not in os.environ and _is_roomy(_MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def _is_roomy(folder: Path) -> bool:
    """Whether there is room, and programs may be run there: some tests make and run one."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    there = os.statvfs(folder)
    return not there.f_flag & os.ST_NOEXEC and there.f_bavail * there.f_frsize >= _ROOM


def make_short_folder(prefix: str = "mw-") -> Path:
    """A new folder whose path is as short as a home's, which every user may reach."""
    place = _MEMORY if tempfile.gettempdir() == str(_MEMORY) else Path("/tmp")
    return Path(tempfile.mkdtemp(prefix=prefix, dir=place))
