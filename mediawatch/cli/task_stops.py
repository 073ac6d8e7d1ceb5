"""What a stop does to a command whose coroutines run.

Between coroutines it cancels. Code that does not come back to the event loop for a while is left by
an exception. A thread that goes on after the end is not waited for.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from mediawatch import stops

T = TypeVar("T")
_BUSY = 0.5
"""Seconds after which the code that keeps the event loop busy is left by an exception."""
_AGAIN = 3.0
"""Seconds until that is tried again, where it was of no avail."""


class TaskStops:
    """The stop that is asked for while a command's task runs."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._has_ended = self._is_busy = False

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """While it lasts, a signal cancels the task, once there is one. Used in the main thread,
        around the loop: an exception would be lost in the loop's own code.
        """
        before = {each: signal.getsignal(each) for each in (*stops.SIGNALS, signal.SIGALRM)}
        # Not the loop's own handlers: they wait for a loop that is busy.
        for each in stops.SIGNALS:
            signal.signal(each, self._stop)
        signal.signal(signal.SIGALRM, self._leave_busy_code)
        try:
            yield
        finally:
            self._rest()
            for each, handler in before.items():
                signal.signal(each, handler)

    async def result_of(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work returns. CancelledError after a stop, whatever other code made of it."""
        task = asyncio.ensure_future(work)
        self._loop, self._task = asyncio.get_running_loop(), task
        if stops.stop_signal():
            self._cancel()
        try:
            result = await task
            if stops.stop_signal():
                raise asyncio.CancelledError
            return result
        except BaseException as error:
            cancelled = isinstance(error, asyncio.CancelledError)
            if stops.stop_signal() or cancelled:
                self._finish()
            if stops.stop_signal() and not cancelled:
                raise asyncio.CancelledError from error
            raise
        finally:
            self._has_ended = True
            self._rest()

    @property
    def code(self) -> int:
        """The exit code after a stop; SIGTERM's where the task was cancelled without one."""
        return 128 + (stops.stop_signal() or signal.SIGTERM)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        stops.ask(number)
        if self._has_ended:
            self._finish()
        elif self._loop is not None:
            self._is_busy = True
            self._loop.call_soon_threadsafe(self._cancel)
            stops.set_alarm(_BUSY)

    def _cancel(self) -> None:
        self._rest()
        if self._task is not None:
            self._task.cancel(stops.name_of(stops.stop_signal()))

    def _rest(self) -> None:
        self._is_busy = False
        stops.set_alarm(0)

    def _finish(self) -> None:
        """Before the loop is closed, which a thread may prevent."""
        stops.tell()
        stops.leave_soon(self.code)

    def _leave_busy_code(self, number: int, frame: FrameType | None) -> None:
        if self._is_busy and stops.can_leave(frame):
            stops.set_alarm(_AGAIN)
            raise asyncio.CancelledError(stops.name_of(stops.stop_signal()))
