"""Commands run in this process: the same Typer tree as on the command line, without an interpreter's start for each."""

from __future__ import annotations

import subprocess
from pathlib import Path

from typer.testing import CliRunner

from mediawatch.cli import app


def in_process(*words: str | Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """What the command printed, and its exit code; what nobody foresaw is raised."""
    typed = [str(word) for word in words]
    done = CliRunner().invoke(app, typed, input=given, catch_exceptions=False)
    return subprocess.CompletedProcess(typed, done.exit_code, done.stdout, done.stderr)
