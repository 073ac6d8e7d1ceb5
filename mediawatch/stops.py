"""Whether the command was asked to stop, by Ctrl-C or SIGTERM, from its first instant on.

The first signal ends the command in order, and the second one at once. Before anything was begun,
the first one ends it at once, too. Afterwards it raises `Stop`, but never within an import: Python
and pydantic wrap or swallow what is raised while a class is built. What other code makes of a
`Stop` is no matter: that a stop was asked for is remembered here, and outranks every error.

This is the first module that the program imports. So at its top it imports only what is built into
Python: until the handlers are set, Ctrl-C prints a traceback.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` makes three enumerations of it
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import NoReturn

SIGNALS: tuple[int, ...] = (_signal.SIGINT, _signal.SIGTERM)
WHOLE = "stopped; no file and no record is half written"
"""What is said where the command does not `promise` otherwise."""
RESUMES = "stopped; what was kept stays, and the same command run again continues"
SERVED = "stopped"
"""Of a command that nothing but a stop ends."""
_BEFORE = "stopped before anything was begun"
_SOON = 0.02
"""Seconds until it is tried again to leave what could not be left."""
_LINGER = 1.0
"""Seconds that threads have to end by themselves, once the command itself has ended."""


class Stop(BaseException):
    """A signal came while no coroutine ran. `code` is the exit code."""

    def __init__(self, number: int) -> None:
        super().__init__(name_of(number))
        self.code = 128 + number


class _State:
    asked = 0
    """The number of the first signal."""
    begun = False
    """Whether there is anything that a stop has to leave in order."""
    ended = False
    told = False
    sentence = WHOLE
    look: Callable[[], str] | None = None
    """Gives the sentence at the moment of the stop."""


_state = _State()


def heed() -> None:
    """From now on SIGINT and SIGTERM stop the command. Called in the main thread, also again."""
    # Also where the signal is ignored, as SIGINT is in what a script starts with `&`.
    for each in SIGNALS:
        _signal.signal(each, _stop)
    _signal.signal(_signal.SIGALRM, _try_again)
    sys.unraisablehook = _report_unraisable


def note_beginning() -> None:
    """The command itself is about to run: from now on it is left in order."""
    _state.begun = True
    promise(WHOLE)


def promise(sentence: str) -> None:
    """Have this said where the command is stopped from now on. It must be true at every moment."""
    _state.sentence, _state.look = sentence, None


def promise_by(look: Callable[[], str]) -> None:
    """As `promise`, where only a look at the disk can tell what is true at that moment."""
    _state.look = look


def note_end() -> None:
    """The command has ended: a stop has nothing more to leave in order."""
    _state.ended = True


def stop_signal() -> int:
    """The number of the signal by which the command was asked to stop, or 0."""
    return _state.asked


def ask(number: int) -> None:
    """Remember the first signal; the second one ends the process."""
    if _state.asked:
        _leave(number)
    _state.asked = number


def raise_if_asked() -> None:
    """Raise Stop if that was asked for."""
    if _state.asked:
        raise Stop(_state.asked)


def name_of(number: int) -> str:
    """`SIGTERM`."""
    import signal

    return signal.Signals(number).name


def can_leave(frame: FrameType | None) -> bool:
    """Whether what is raised in this frame comes out of it as it is, and leaves nothing behind.

    So it belongs to no import, and to no start of a program: that one would run, and nobody would
    know of it. Where not, the alarm is set, to ask again soon.
    """
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>" or _starts_program(frame):
            set_alarm(_SOON)
            return False
        frame = frame.f_back
    return True


def _starts_program(frame: FrameType) -> bool:
    code = frame.f_code
    return code.co_name == "__init__" and code.co_filename.endswith("subprocess.py")


def set_alarm(seconds: float) -> None:
    """SIGALRM comes after so many seconds; never with 0."""
    _signal.setitimer(_signal.ITIMER_REAL, seconds)


def tell() -> None:
    """Say once on standard error that the command was stopped, and what that means."""
    if not _state.told:
        _state.told = True
        print(f"mediawatch: {_sentence()}", file=sys.stderr, flush=True)


def _sentence() -> str:
    return _state.look() if _state.look else _state.sentence


def leave_soon(code: int) -> None:
    """End the process even if threads go on: one may wait for a key, a lock or a server."""
    import threading

    ending = threading.Timer(_LINGER, _end, [code])
    ending.daemon = True
    ending.start()


def _stop(number: int, frame: FrameType | None) -> None:
    ask(number)
    if _state.begun and not _state.ended:
        _try_again(number, frame)
    else:
        _tell_at_once(_sentence() if _state.ended else _BEFORE)
        _end(128 + number)


def _try_again(number: int, frame: FrameType | None) -> None:
    if _state.asked and not _state.ended and can_leave(frame):
        raise Stop(_state.asked)


def _tell_at_once(sentence: str) -> None:
    """To the descriptor: there may be no stream yet, or none any more."""
    import os

    line = f"mediawatch: {sentence}"
    if "--log-json" in sys.argv:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = (
            f'{{"event": "{line}", "level": "info", "logger": "mediawatch.cli", "timestamp": '
            f'"{at}"}}'
        )
    try:
        os.write(2, f"{line}\n".encode())
    except OSError:
        return


def _report_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """A finalizer cannot be left: Python would print a traceback, and go on. We ask again."""
    if _state.asked and not isinstance(unraisable.exc_value, Exception):
        set_alarm(_SOON)
    else:
        sys.__unraisablehook__(unraisable)


def _leave(number: int) -> NoReturn:
    """As a kill would, except for the terminal's cursor, which the progress bar has hidden. Driver
    and browser end with us.
    """
    import os

    if sys.stderr is not None and sys.stderr.isatty():
        os.write(2, b"\x1b[?25h")
    os._exit(128 + number)


def _end(code: int) -> NoReturn:
    import os

    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        # Its reader is gone, it is closed, or it was being written in this very moment.
        except (AttributeError, OSError, RuntimeError, ValueError):
            continue
    os._exit(code)
