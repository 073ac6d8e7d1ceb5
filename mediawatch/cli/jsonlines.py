"""Standard error under `--log-json`: one JSON object a line.

What commands say to a person becomes events of its own.
"""

from __future__ import annotations

import io
import json
from typing import TextIO


class JsonLines(io.TextIOBase):
    """A stream that passes each line on to `target` as a JSON object.

    Log lines go to the `target` itself.
    """

    def __init__(self, target: TextIO) -> None:
        self.target = target
        self._line = ""
        # Imported here: a command that writes no such lines need not pay for it.
        from structlog.processors import TimeStamper

        self._stamp = TimeStamper(fmt="iso", utc=True)
        """As log lines have it."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self.target.fileno()

    def write(self, text: str) -> int:
        *whole, self._line = (self._line + text).split("\n")
        for line in whole:
            self._tell(line)
        return len(text)

    def flush(self) -> None:
        self.target.flush()

    def finish(self) -> None:
        """Pass on the last line, too, where it has no line end."""
        line, self._line = self._line, ""
        self._tell(line)

    def _tell(self, line: str) -> None:
        if line.strip():
            said = self._stamp(
                None, "", {"event": line.strip(), "level": "info", "logger": "mediawatch.cli"}
            )
            self.target.write(json.dumps(said, ensure_ascii=False) + "\n")
            self.target.flush()
