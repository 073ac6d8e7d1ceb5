"""The process that reads files of others: `python -m mediawatch.workbooks.child`.

A parser in C or Rust can want any memory and any time of a small file, or end its process. Here it
may. One process serves a command for all its files, and ends when the command has ended.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from mediawatch.workbooks import frames
from mediawatch.workbooks.faults import FileFault

if TYPE_CHECKING:
    from mediawatch.workbooks.form_reading import OpenForm

_MEMORY = 960 * 2**20
"""Address space in bytes.

A good file of 100 000 rows by 20 columns (9 MB) reaches 420 MB: VmPeak, measured with
python-calamine 0.9.1. One of twice the rows still passes.
"""
_FILE_BYTES = 16 * 2**20
"""The process writes no file but compiled modules of its own."""
_DESCRIPTORS = 64


def main() -> None:
    """Answer requests on standard input, which is a socket, until it is closed.

    The argument is how many CPU seconds one request may take.
    """
    seconds = int(sys.argv[1])
    # Ctrl-C goes to the whole group: the command decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(resource.RLIMIT_AS, _MEMORY)
    _limit(resource.RLIMIT_FSIZE, _FILE_BYTES)
    _limit(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    _limit(resource.RLIMIT_CORE, 0)
    channel = socket.socket(fileno=os.dup(0))
    readers = _Readers()
    while (request := frames.receive_request(channel)) is not None:
        kind, said, descriptor = request
        _allow_time(seconds)
        try:
            _answer(channel, readers, kind, said, descriptor)
        except frames.BrokenChannelError:
            return


def _answer(
    channel: socket.socket, readers: _Readers, kind: str, said: Any, descriptor: int | None
) -> None:
    try:
        for item in readers.answer(kind, said, descriptor):
            frames.send(channel, frames.BYTES if isinstance(item, bytes) else frames.VALUE, item)
    except frames.BrokenChannelError:
        raise
    except FileFault as fault:
        frames.send(channel, frames.FAULT, str(fault))
    except MemoryError:
        frames.send(channel, frames.FAILURE, "it needs too much memory")
    except BaseException as error:
        # What a parser can raise on a damaged file has no end, and some raise no Exception.
        words = " ".join(f"{type(error).__name__}: {error}".split())
        words = re.sub("'?<_io[^>]*>'?", "the file", words)
        frames.send(channel, frames.FAILURE, words[:200])
    else:
        frames.send(channel, frames.END)


class _Readers:
    """The readers by what is asked of them. Each is imported when it is first needed."""

    def __init__(self) -> None:
        self._forms: dict[int, OpenForm] = {}

    def answer(self, kind: str, said: Any, descriptor: int | None) -> Iterator[Any]:
        file: BinaryIO | None = os.fdopen(descriptor, "rb") if descriptor is not None else None
        match kind, file:
            case "table", file if file is not None:
                from mediawatch.workbooks.table_reading import table_items

                yield from table_items(said["name"], file)
            case "document", file if file is not None:
                from mediawatch.workbooks.document_reading import document_items

                yield from document_items(said["name"], file)
            case "texts", file if file is not None:
                from mediawatch.workbooks.text_reading import text_items

                yield from text_items(said["name"], file)
            case "parcel", file if file is not None:
                from mediawatch.workbooks.parcel_reading import parcel_items

                yield from parcel_items(said["name"], file)
            case "form", file if file is not None:
                yield from self._form(said, file).sheets(said["without"])
            case "placed", file if file is not None:
                yield from self._form(said, file).placed_pictures(said["part"])
            case "picture", file if file is not None:
                yield from self._form(said, file).picture(said["part"], said["most"])
            case "template", file if file is not None:
                from mediawatch.workbooks.template_filling import filled_document

                yield from filled_document(file, said)
            case _:
                raise ValueError(f"unknown request {kind}")

    def _form(self, said: Any, file: BinaryIO) -> OpenForm:
        from mediawatch.workbooks.form_reading import OpenForm

        form = self._forms.get(said["number"])
        if form is not None:
            file.close()
            return form
        # One at a time: the earlier one is done with, or will be opened again.
        for earlier in self._forms.values():
            earlier.close()
        form = OpenForm(file)
        self._forms = {said["number"]: form}
        return form


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, hard if kind == resource.RLIMIT_CPU else most))


def _allow_time(seconds: int) -> None:
    """Give this request its own CPU seconds, counted from what was used before."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)


if __name__ == "__main__":
    main()
