"""What Ctrl-C and SIGTERM do to a command, wherever it is.

The first one ends the command in order, and the second one at once. Between coroutines the first
one cancels. Code that does not come back to the event loop for a while, and code outside of any
loop, is left by an exception. A thread that goes on after the end is not waited for.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BUSY = 0.5
"""Seconds after which the code that keeps the event loop busy is left by an exception."""
_AGAIN = 3.0
"""Seconds until that is tried again, where it was of no avail."""
_LINGER = 1.0
"""Seconds that threads have to end by themselves, once the command itself has ended."""
SENTENCE = "mediawatch: stopped; what was kept stays, and the same command run again continues"


class Stop(BaseException):
    """A signal came while no coroutine ran. `code` is the exit code."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.code = 128 + number


def raise_on_signals() -> None:
    """From now on SIGINT and SIGTERM raise `Stop` in the main thread; a second one leaves at once."""
    came: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        if came:
            _leave(number)
        came.append(number)
        raise Stop(number)

    # Also where the signal is ignored, as SIGINT is in what a script starts with `&`.
    for each in _SIGNALS:
        signal.signal(each, stop)


class TaskStops:
    """The signals that came while a task ran."""

    def __init__(self) -> None:
        self._first: signal.Signals | None = None
        self._busy = False

    @property
    def code(self) -> int:
        """The exit code after the first of them; SIGTERM's where none came."""
        return 128 + (self._first or signal.SIGTERM)

    @contextmanager
    def heeded(self, loop: AbstractEventLoop, task: Task[Any]) -> Iterator[None]:
        """While it lasts, a signal cancels the task. Used within the loop, in the main thread.

        Afterwards the process ends soon, whatever its threads do.
        """

        def cancel(name: str) -> None:
            self._busy = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            task.cancel(name)

        def stop(number: int, frame: FrameType | None) -> None:
            if self._first:
                _leave(number)
            self._first = signal.Signals(number)
            self._busy = True
            loop.call_soon_threadsafe(cancel, self._first.name)
            signal.setitimer(signal.ITIMER_REAL, _BUSY, _AGAIN)

        before = {each: signal.getsignal(each) for each in (*_SIGNALS, signal.SIGALRM)}
        # Not the loop's own handlers: they wait for a loop that is busy.
        for each in _SIGNALS:
            signal.signal(each, stop)
        signal.signal(signal.SIGALRM, self._leave_busy_code)
        try:
            yield
        finally:
            self._busy = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            if self._first:
                leave_soon(self.code)
            for each, handler in before.items():
                signal.signal(each, handler)

    def _leave_busy_code(self, number: int, frame: FrameType | None) -> None:
        from asyncio import CancelledError

        if self._busy and self._first:
            raise CancelledError(self._first.name)


def leave_soon(code: int) -> None:
    """End the process even if threads go on: one may wait for a key, a lock or a server."""
    ending = threading.Timer(_LINGER, _end, [code])
    ending.daemon = True
    ending.start()


def _leave(number: int) -> NoReturn:
    """As a kill would, except for the terminal's cursor, which the progress bar has hidden. Driver
    and browser end with us.
    """
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), b"\x1b[?25h")
    os._exit(128 + number)


def _end(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # its reader is gone, or it is closed
            continue
    os._exit(code)
