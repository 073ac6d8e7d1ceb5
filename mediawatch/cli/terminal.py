"""The one way to standard output and standard error: nothing that a name holds steers a terminal.

What is printed into a pipe is made visible, too: `less` and `tee` show it on a terminal all the
same. `write_data` is for what a program reads on.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from mediawatch.visible import make_one_line, make_visible

_names: dict[str, str] = {}
"""Parts of names that hold a line end, and how each is printed."""


def note_names(words: Iterable[str]) -> None:
    """The words of the command line: a file's name in them may hold a line end.

    It is printed as one line in whatever names that file. By its parts, for a path is normalised.
    """
    _names.clear()
    for word in words:
        for part in word.partition("=" if word.startswith("--") else "\0")[::2]:
            for name in (each.strip("\r\n") for each in part.split("/")):
                if "\n" in name or "\r" in name:
                    _names[name] = make_one_line(name)


class VisibleText(io.TextIOBase):
    """A stream that passes text on to `target`, its hidden characters written out.

    It has no `buffer`: nobody can write past it by mistake. Who writes colours or moves the cursor
    writes to `target`, and makes the names in it visible himself.
    """

    def __init__(self, target: TextIO) -> None:
        if isinstance(target, io.TextIOWrapper) and target.encoding.lower() == "ascii":
            target.reconfigure(encoding="utf-8")
        self.target = target

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.target.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self.target.errors

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self.target.isatty()

    def fileno(self) -> int:
        return self.target.fileno()

    def write(self, text: str) -> int:
        """TypeError for bytes."""
        if not isinstance(text, str):
            raise TypeError("only text: write_data is for bytes")
        shown = text
        for name, one_line in _names.items():
            shown = shown.replace(name, one_line)
        self.target.write(make_visible(shown))
        return len(text)

    def flush(self) -> None:
        # Also called when this is garbage, maybe after the target was closed.
        if not self.target.closed:
            self.target.flush()


@contextmanager
def make_streams_visible() -> Iterator[None]:
    """Both standard streams are VisibleText while the block lasts, and stay so where they are."""
    before = sys.stdout, sys.stderr
    for name, stream in zip(("stdout", "stderr"), before, strict=True):
        if stream is not None and not isinstance(stream, VisibleText):
            setattr(sys, name, VisibleText(stream))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def write_data(body: bytes) -> None:
    """UTF-8 that a program reads on, to standard output: byte for byte into a file or a pipe, and
    made visible on a terminal.
    """
    target = unwrap_stream(sys.stdout)
    if target.isatty() or not hasattr(target, "buffer"):
        sys.stdout.write(body.decode("utf-8-sig"))
    else:
        target.flush()
        target.buffer.write(body)


def unwrap_stream(stream: TextIO) -> TextIO:
    """The stream behind, for colours and the cursor alone."""
    return stream.target if isinstance(stream, VisibleText) else stream
