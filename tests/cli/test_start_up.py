"""What a command does not load: the seconds themselves are measured by `tests/bench/start_up.py`."""

from __future__ import annotations

import subprocess
import sys

from programs import clean
from review_homes import prepared as prepared

from mediawatch.ops.settings import Home

LOADED = """
import sys
from mediawatch.__main__ import main
for words in sys.argv[1:]:
    sys.argv = ["mediawatch", *words.split()]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, words
    print(words, *sys.modules, file=sys.stderr, sep="\\t")
"""
READING = ("flagged", "figures", "status", "sweeps", "show 1", "explain 1")
PRINTERS = {"structlog", "rich.console", "pygments"}
"""What renders log lines and progress."""
LOOKERS = {"playwright", "scrapers.platforms", "scrapers.surface", "mediawatch.sweep.engine"}
DATABASE = {"sqlalchemy.orm", "sqlalchemy.dialects.postgresql", "alembic", "psycopg"}
"""What an SQLite database that is up to date does not need."""
WRITERS = {"openpyxl", "xlsxwriter", "xlrd", "docx", "docxtpl", "jinja2", "httpx", "apprise"}


def loaded_by(home: Home, *commands: str) -> dict[str, set[str]]:
    """The modules that are loaded at the end of each command, one after the other in one process."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *commands],
        env=clean(home.root),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout, done.stderr
    told = [line.split("\t") for line in done.stderr.splitlines()]
    return {words: set(loaded) for words, *loaded in told if loaded}


def test_commands_that_read_load_nothing_that_looks_or_writes(prepared: Home) -> None:
    loaded = loaded_by(prepared, *READING)
    assert loaded.keys() == set(READING)
    for words, names in loaded.items():
        assert "mediawatch.app.root" in names
        assert (words, names & (PRINTERS | LOOKERS | DATABASE | WRITERS)) == (words, set())
