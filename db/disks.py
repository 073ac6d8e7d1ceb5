"""What is to be known of a disk, for a file that cannot be written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_LEAST = 128 << 10
"""Free bytes below which a disk is full: SQLite asks for 32 kB at once."""


def is_full(folder: Path) -> bool:
    """Whether SQLite finds no room there. False where the folder cannot be asked."""
    try:
        return shutil.disk_usage(folder).free < _LEAST
    except OSError:
        return False


def is_mounted_read_only(folder: Path) -> bool:
    """Whether nobody can write there. False where the folder cannot be asked."""
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def may_write(file: Path) -> bool:
    """Whether this user may write the file, and make others beside it."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
