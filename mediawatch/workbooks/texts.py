"""The texts of files that may hold links, with their places."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mediawatch.inputs import InputFault, open_regular
from mediawatch.workbooks.places import Place
from mediawatch.workbooks.process import READING
from mediawatch.workbooks.refusals import Unusable
from mediawatch.workbooks.tables import MOST_BYTES, refusals

_COPY = "copy the links into a text file"


@dataclass(frozen=True, slots=True)
class FileTexts:
    """What a file says. `sha256` is of its bytes."""

    sha256: str
    pieces: tuple[tuple[Place, str], ...]
    notes: tuple[str, ...] = ()
    """What of it could not be read, a sentence each."""

    @property
    def is_text(self) -> bool:
        """Whether the pieces are lines or paragraphs that follow each other, and no cells."""
        return all(not place.sheet for place, _ in self.pieces) and not any(
            place.file.lower().endswith((".csv", ".xlsx", ".xlsm", ".xls"))
            for place, _ in self.pieces[:1]
        )


def read_texts(path: Path) -> FileTexts:
    """Texts, table cells, paragraphs, and what lies behind hyperlinks. Raises Unusable."""
    try:
        descriptor = open_regular(path, MOST_BYTES)
    except InputFault as fault:
        raise Unusable(str(fault)) from None
    try:
        return _texts(str(path), descriptor)
    finally:
        os.close(descriptor)


def read_stream(name: str, stream: BinaryIO) -> FileTexts:
    """As `read_texts`, of a stream: it is read to its end first."""
    with tempfile.TemporaryFile() as file:
        while block := stream.read(2**20):
            if file.tell() + len(block) > MOST_BYTES:
                raise Unusable(f"{name} holds more than {MOST_BYTES // 2**20} MB: split it")
            file.write(block)
        file.seek(0)
        return _texts(name, file.fileno())


def _texts(name: str, descriptor: int) -> FileTexts:
    with refusals(name, _COPY):
        digest, *groups, last = READING.ask("texts", {"name": name}, descriptor)
    pieces = tuple(
        (Place(name, sheet, row), text) for group in groups for sheet, row, text in group
    )
    return FileTexts(digest, pieces, tuple(last["notes"]))
