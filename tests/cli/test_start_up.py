"""What a command does not load: the seconds themselves are measured by `tests/bench/start_up.py`."""

from __future__ import annotations

import subprocess
import sys

import pytest
from programs import clean
from review_homes import prepared as prepared

from mediawatch.ops.settings import Home

LOADED = """
import atexit, runpy, sys
sys.argv = ["mediawatch", *sys.argv[1:]]
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
runpy.run_module("mediawatch", run_name="__main__")
"""
PRINTERS = {"structlog", "rich.console", "pygments"}
"""What renders log lines and progress."""
LOOKERS = {"playwright", "scrapers.platforms", "scrapers.surface", "mediawatch.sweep.engine"}
DATABASE = {"sqlalchemy.orm", "sqlalchemy.dialects.postgresql", "alembic", "psycopg"}
"""What an SQLite database that is up to date does not need."""
WRITERS = {"openpyxl", "xlsxwriter", "xlrd", "docx", "docxtpl", "jinja2", "httpx", "apprise"}


def loaded_by(home: Home, *words: str) -> set[str]:
    """The modules that the command has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words],
        env=clean(home.root),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("words", ["flagged", "figures", "status", "sweeps", "show 1", "explain 1"])
def test_a_command_that_reads_loads_nothing_that_looks_or_writes(
    prepared: Home, words: str
) -> None:
    loaded = loaded_by(prepared, *words.split())
    assert "mediawatch.app.root" in loaded
    assert not loaded & (PRINTERS | LOOKERS | DATABASE | WRITERS)
