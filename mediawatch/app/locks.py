"""The home's lock: one sweep at a time, and no import while one looks or judges.

It keeps the pace of the sites and the judging of one machine apart. Plans are safe without it: see
`mediawatch.ops.drafts`.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from mediawatch.domain import UserError
from mediawatch.files import open_private
from mediawatch.ops.settings import Home
from mediawatch.refusals import refusal

_LOCK = "sweep.lock"


def runs_now(home: Home) -> bool:
    """Whether a sweep or an import that looks at sites holds the home's lock at this moment."""
    try:
        with (home.root / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    except OSError as error:
        raise UserError(f"cannot open {home.root / _LOCK}: {refusal(error)}") from error
    return False


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the home's lock alone: one sweep, or one import that looks at sites, at a time.

    The kernel frees it when the process dies. UserError where another process holds it.
    """
    with _held(home, fcntl.LOCK_EX) as lock:
        try:
            lock.truncate(0)
            os.pwrite(lock.fileno(), str(os.getpid()).encode(), 0)
        except OSError as error:
            raise UserError(f"cannot write {lock.name}: {refusal(error)}") from error
        yield


@contextmanager
def without_sweep(home: Home) -> Iterator[None]:
    """Hold the home's lock together with other imports: no sweep begins meanwhile.

    UserError where a sweep holds it.
    """
    with _held(home, fcntl.LOCK_SH):
        yield


@contextmanager
def _held(home: Home, kind: int) -> Iterator[TextIO]:
    with _opened(home) as lock:
        if not _locked(lock, kind):
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise UserError(
                f"another sweep or import runs on {home.root} (process {holder}): wait for "
                "its end, or stop it"
            )
        yield lock


def _opened(home: Home) -> TextIO:
    path = home.root / _LOCK
    try:
        return open(path, "a+", encoding="ascii", opener=open_private)
    except OSError as error:  # root may have made it
        raise UserError(f"cannot open {path}: {refusal(error)}") from error


def _locked(lock: TextIO, kind: int) -> bool:
    """Whether the lock was taken; tried more than once, because `runs_now` holds it for an instant."""
    for wait in (0.1, 0.1, 0.0):
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(wait)
        else:
            return True
    return False
