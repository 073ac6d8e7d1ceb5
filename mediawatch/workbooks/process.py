"""The command's side of the reading process: started at first use, replaced when it has died."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from mediawatch.children import inherited_environment
from mediawatch.workbooks import frames
from mediawatch.workbooks.faults import FileFault, ReadFailure

_MODULE = "mediawatch.workbooks.child"
_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 5.0
"""Seconds from the end of a process's words to the end of the process."""
_LARGE = 32 * 2**20
"""After an answer of so many bytes a new process is due: the old one's memory is in pieces."""
_MOST = 512 * 2**20
"""Bytes of one answer. The readers keep to far less."""


class ReadingProcess:
    """One process that reads files of others for this one, in turn.

    One request may take so many `seconds` of CPU. 100 000 rows by 20 columns take 5.
    """

    def __init__(self, seconds: int = 60) -> None:
        self._seconds = seconds
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def ask(self, kind: str, said: Any, descriptor: int | None = None) -> list[Any]:
        """What the process answers to one request, all of it.

        Raises FileFault with the sentence of a reader that refuses the file. Raises ReadFailure
        where the file is damaged or too large; the next request then gets a new process.
        """
        with self._turn:
            channel = self._started()
            try:
                frames.ask(channel, kind, said, descriptor)
                return self._answers(channel)
            except frames.BrokenChannelError as broken:
                raise ReadFailure(self._cause_of_death() or str(broken)) from None
            except (FileFault, ReadFailure):
                raise
            except BaseException:
                # An interrupted answer would be taken for that of the next request.
                self._end()
                raise

    def close(self) -> None:
        """End the process, if there is one."""
        with self._turn:
            self._end()

    @property
    def pid(self) -> int | None:
        """The id of the process, None where none runs."""
        return self._process.pid if self._process else None

    def _answers(self, channel: socket.socket) -> list[Any]:
        items: list[Any] = []
        taken = 0
        while True:
            kind, content, size = frames.receive(channel)
            taken += size
            match kind:
                case frames.END:
                    if taken > _LARGE:
                        self._end()
                    return items
                case frames.FAULT:
                    raise FileFault(str(content))
                case frames.FAILURE:
                    self._end()
                    raise ReadFailure(str(content))
                case _ if taken > _MOST:
                    self._end()
                    raise ReadFailure(f"it holds more than {_MOST // 2**20} MB of text")
                case _:
                    items.append(content)

    def _started(self) -> socket.socket:
        if self._process is not None and self._channel is not None and self._process.poll() is None:
            return self._channel
        self._end()
        ours, theirs = socket.socketpair()
        try:
            self._process = subprocess.Popen(
                # -P: a module beside the files that are read must not take the place of ours.
                [sys.executable, "-P", "-m", _MODULE, str(self._seconds)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._channel = ours
        return ours

    def _cause_of_death(self) -> str:
        code = None
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                code = self._process.wait(_PATIENCE)
        self._end()
        if code == -signal.SIGXCPU:
            return "it takes too long"
        # A parser that gets no memory aborts.
        return "it needs too much memory, or a parser broke down" if code else ""

    def _end(self) -> None:
        """It keeps nothing, so it need not be asked to end."""
        process, channel = self._process, self._channel
        self._process = self._channel = None
        if channel is not None:
            channel.close()
        if process is not None:
            process.kill()
            process.wait()


def _environment() -> dict[str, str]:
    """The inherited one, with the place of our own code where it is not installed."""
    places = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    known = os.environ.get("PYTHONPATH")
    path = [known] if known else []
    path += [] if _ROOT in places else [str(_ROOT)]
    return {**inherited_environment(), **({"PYTHONPATH": os.pathsep.join(path)} if path else {})}


READING = ReadingProcess()
"""That of this command."""


@atexit.register
def _end_at_exit() -> None:
    with suppress(OSError):
        READING.close()
