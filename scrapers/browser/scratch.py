"""The private folder for the temporary files of one Chromium and its driver.

It holds profiles, downloads and shared memory. A killed process leaves it behind; the next start
removes folders without a living owner. The owner's lock tells: the kernel frees it with the owner's
death.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from scrapers.browser import processes

_SOCKET = 107 - len("/run-abcdefgh/org.chromium.Chromium.abcdef/SingletonSocket")
"""Bytes left for the folder's place: Chromium binds a socket below it, whose address must be short.
"""
_LOCK = "lock"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder of ours as long as the process lives."""

    path: Path
    _held: int

    @classmethod
    def make(cls, place: Path) -> Scratch:
        """Make a new folder at this place, or in the system's temporary folder.

        The latter where the path is too long for a socket. Removes what dead owners left there.
        OSError where it cannot be made.
        """
        root = _root(place)
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(root):
            sweep(root)
            path = Path(tempfile.mkdtemp(prefix="run-", dir=root))
            held = _locked(path)
        assert held is not None, "the folder is new and unlocked"
        return cls(path, held)

    def remove(self) -> None:
        """End the processes that still live in it, and remove it."""
        _clear(self.path)
        os.close(self._held)


def sweep(root: Path) -> None:
    """Remove the folders whose owner is dead, and end what lives in them.

    Those of living owners stay.
    """
    for path in root.glob("run-*"):
        held = _locked(path)
        if held is not None:
            _clear(path)
            os.close(held)


def _root(place: Path) -> Path:
    if len(os.fsencode(place)) <= _SOCKET:
        return place
    return (
        Path(tempfile.gettempdir())
        / f"mediawatch-{os.geteuid()}-{sha256(os.fsencode(place)).hexdigest()[:8]}"
    )


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One process at a time makes and removes: a folder is there only with its lock held."""
    turn = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
    finally:
        os.close(turn)


def _locked(path: Path) -> int | None:
    """The lock of a folder, to be held open; None where its owner lives, or it is gone."""
    try:
        held = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return None
    return held


def _clear(path: Path) -> None:
    # A process that is just dying may still write; what stays is swept at the next start.
    for _ in range(_TRIES):
        processes.end(processes.living_in(path))
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
        time.sleep(0.1)
