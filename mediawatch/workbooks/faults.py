"""What the reading process says of a file that it refuses."""

from __future__ import annotations


class FileFault(Exception):
    """A file is refused. The message is a whole sentence for the person who gave it."""


class ReadFailure(Exception):
    """A file could not be read at all: too large, or damaged. The message says how, in a few words."""
