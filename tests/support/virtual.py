"""An event loop in which waiting costs no time: its clock jumps to the next timer as soon as
nothing is left to do.

What threads do (the database) is waited for, as long as it goes through `counted`.
"""

from __future__ import annotations

import asyncio
import inspect
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from db.transactions import Aggregate

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.busy = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.busy or timeout is None:
            return super().select(0.01 if timeout is None else min(timeout, 0.01))
        events = super().select(0)
        if not events:
            self.now += max(0.0, timeout)
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.waiting = _Selector()
        super().__init__(self.waiting)

    def time(self) -> float:
        return self.waiting.now


class _Counted:
    """An object whose calls hold the clock until they are done."""

    def __init__(self, held: object, selector: _Selector) -> None:
        self._held, self._selector = held, selector

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._held, name)
        if isinstance(found, Aggregate):
            return _Counted(found, self._selector)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*given: Any, **named: Any) -> Any:
            self._selector.busy += 1
            try:
                return await found(*given, **named)
            finally:
                self._selector.busy -= 1

        return call


def counted(held: T) -> T:
    """The same object, whose coroutines the running virtual clock waits for."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return _Counted(held, loop.waiting)  # type: ignore[return-value]


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work())
