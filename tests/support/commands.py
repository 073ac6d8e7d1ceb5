"""Commands run in this process: the same Typer tree as on the command line, without an
interpreter's start for each.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from mediawatch.cli import app


@pytest.fixture(scope="session", autouse=True)
def _tree_once() -> Iterator[None]:
    """The root of Typer's tree is made once, as in a process of the product, and not for each
    command.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", cache(typer.main.get_command))
        yield


def in_process(*words: str | Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """What the command printed, and its exit code; an unforeseen error is raised."""
    typed = [str(word) for word in words]
    done = CliRunner().invoke(app, typed, input=given, catch_exceptions=False)
    return subprocess.CompletedProcess(typed, done.exit_code, done.stdout, done.stderr)


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every group and command below the root, by its words."""
    command = command or typer.main.get_command(app)
    for name, child in getattr(command, "commands", {}).items():
        yield " ".join((*path, name)), child
        yield from commands(child, (*path, name))
