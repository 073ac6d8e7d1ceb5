"""Where forms go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mediawatch.domain import UserError
from mediawatch.files import FileWriter, write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class FormTarget:
    """The file or folder that forms are written to, and the marks (演示数据) that they bear.

    `issuer` is the office (发文机关) that sends them.
    """

    path: Path
    marks: tuple[str, ...] = ()
    issuer: str = ""
    overwrite: bool = False
    write: FileWriter = write_whole

    def refuse_existing(self, files: Iterable[Path], remedy: str) -> None:
        """UserError where a file is in the way, unless it may be written over."""
        if not self.overwrite and (there := [file for file in files if file.exists()]):
            raise UserError(f"{there[0]} exists already and may hold answers: {remedy}")
