"""What the reading process says of a file that it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class FileFault(Exception):
    """A file is refused. The message is a whole sentence for the person who gave it."""


class ReadFailure(Exception):
    """A file could not be read at all: too large, or damaged. The message says how, in a few words."""


@contextmanager
def refuse_as(
    refused: Callable[[str], Exception], unreadable: Callable[[ReadFailure], str]
) -> Iterator[None]:
    """Raise what the reading process says against a file as the caller's own error.

    `refused` makes the error of a sentence; `unreadable` makes the sentence of a ReadFailure.
    """
    try:
        yield
    except FileFault as fault:
        raise refused(str(fault)) from None
    except ReadFailure as failure:
        raise refused(unreadable(failure)) from None
