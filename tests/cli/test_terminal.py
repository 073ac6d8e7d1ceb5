"""Nothing that a name holds steers a terminal, whichever command prints it."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from commands import commands, in_process
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs import clean
from review_homes import prepared
from warm import Program

from mediawatch.cli import logs
from mediawatch.cli.jsonlines import JsonLines
from mediawatch.cli.terminal import VisibleText
from mediawatch.ops.settings import Home
from mediawatch.visible import make_visible

__all__ = ["prepared"]
PRINTING = [
    "flagged",
    "unproven",
    "sweeps",
    "show 9000001",
    "explain 9000001",
    "status",
    "status --json",
    "plan --explain",
    "figures",
    "doctor",
    "review list",
    "review show 1",
    "review show nobody",
    "registry list",
    "registry check",
    "registry proposals",
    "report reminders",
    "notice list",
    "sessions list",
    "query --list",
    "query flagged",
    "query flagged --format json",
    "evidence verify",
]
NAMES = ("name", "name_seen", "account_name", "organiser", "supervisor", "prefecture", "county")
ALL = "\x07\x1b]0;t\x07\x1b[2K\x9b31m\x7f\u202e\u2066\u200f\u061c\u2028\u200b\ufeff\U000e0041\r"
"""One of each kind, with an escape sequence that clears the line."""
hostile = st.text(
    st.one_of(
        st.characters(categories=["Cc", "Cf", "Zl", "Zp"], exclude_characters="\n\0"),
        st.characters(min_codepoint=0xE0000, max_codepoint=0xE007F),
        st.sampled_from("示a\x1b[\u202e"),
    ),
    min_size=1,
    max_size=6,
)


def hidden(text: str) -> list[str]:
    """The characters that must not reach a terminal."""
    return [
        repr(char)
        for char in text
        if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    ]


def rename(home: Home, mark: str) -> None:
    """Add the mark to whatever came from outside, past the checks of every way in."""
    connection = sqlite3.connect(home.database)
    for (trigger,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f'DROP TRIGGER "{trigger}"')
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        columns = {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
        for column in columns & {*NAMES, "sentence", "reason"}:
            connection.execute(f'UPDATE "{table}" SET "{column}" = "{column}" || ?', [mark])
    connection.commit()
    connection.close()


def print_everything(prepared: Home, tmp_path: Path, mark: str) -> str:
    """What the printing commands say over a home whose names bear the mark."""
    home = Home(tmp_path / "home")
    shutil.rmtree(home.root, ignore_errors=True)
    shutil.copytree(prepared.root, home.root)
    rename(home, mark)
    printed = ""
    for words in PRINTING:
        done = in_process("--home", home.root, *words.split())
        assert done.returncode in (0, 1, 2), (words, done.stderr)
        assert not hidden(done.stdout + done.stderr), words
        printed += done.stdout
    return printed


def test_no_command_prints_a_hidden_character(prepared: Home, tmp_path: Path) -> None:
    printed = print_everything(prepared, tmp_path, ALL)
    assert all(make_visible(sign) in printed for sign in "\x07\x1b\x9b\x7f\u202e\u200b\U000e0041")


@pytest.mark.soak
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(hostile)
def test_no_command_prints_any_hidden_character(prepared: Home, tmp_path: Path, mark: str) -> None:
    assert print_everything(prepared, tmp_path, mark)


def test_every_command_quotes_hostile_words_visibly(tmp_path: Path) -> None:
    for words, command in commands():
        if hasattr(command, "commands"):
            continue
        done = in_process("--home", tmp_path, *words.split(), f"--no{ALL}", ALL)
        assert done.returncode == 2, words
        assert not hidden(done.stdout + done.stderr), words
    for line in ([f"x{ALL}"], ["--home", f"{tmp_path}/{ALL}", "flagged"], ["show", f"x{ALL}"]):
        done = in_process(*line)
        assert done.returncode == 2
        assert not hidden(done.stdout + done.stderr)


def on_terminal(home: Path, *words: str) -> str:
    """What a command writes to a terminal of its own, both streams."""
    ours, theirs = pty.openpty()
    with Program(
        [sys.executable, "-m", "mediawatch", *words],
        env=clean(home),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        told = b""
        try:
            while part := os.read(ours, 65536):
                told += part
        except OSError:  # Linux tells so that the other end is closed
            pass
        process.wait()
    os.close(ours)
    return told.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("form", ["text", "csv"])
def test_a_query_on_a_terminal_shows_what_is_hidden(prepared: Home, form: str) -> None:
    sql = f"SELECT '示{ALL}' AS name"
    shown = on_terminal(prepared.root, "query", "--sql", sql, "--format", form)
    assert "示" in shown
    assert not hidden(shown)


def test_a_query_into_a_pipe_keeps_its_data(prepared: Home) -> None:
    words = ["--home", str(prepared.root), "query", "--sql", f"SELECT '示{ALL}' AS name"]
    program = [sys.executable, "-m", "mediawatch", *words]

    def told(form: str) -> str:
        with Program(
            [*program, "--format", form], env=clean(None), stdout=subprocess.PIPE
        ) as asked:
            written, _ = asked.communicate()
        assert asked.returncode == 0
        return written.decode("utf-8-sig")

    assert [*csv.reader(io.StringIO(told("csv"), newline=""))] == [["name"], [f"示{ALL}"]]
    spelt = told("json")
    assert json.loads(spelt) == [{"name": f"示{ALL}"}]
    assert not hidden(spelt)


@pytest.mark.parametrize(("form", "colours"), [("text", False), ("text", True), ("json", False)])
def test_a_log_line_shows_what_is_hidden(form: str, colours: bool) -> None:
    line = logs._LineFormatter((), as_json=form == "json", colors=colours)
    try:
        raise ValueError(f"bad {ALL}")
    except ValueError:
        record = logging.LogRecord("x", 30, "f", 1, f"looked {ALL}\nok", (), sys.exc_info())
    record.account = f"示{ALL}"
    told = line.format(record)
    assert [char for char in hidden(told) if char != repr("\x1b")] == []
    assert ("\x1b[2K" in told, "\x1b[" in told) == (False, colours)
    assert not any(each.startswith("ok") for each in told.splitlines())


def test_log_json_stays_json() -> None:
    stream = io.StringIO()
    lines = JsonLines(VisibleText(stream))  # type: ignore[arg-type]  # as the root callback does
    lines.write(f"no account 示{ALL}\n")
    assert not hidden(stream.getvalue())
    assert json.loads(stream.getvalue())["event"] == f"no account 示{ALL}".strip()


def test_a_stream_in_ascii_is_written_as_utf_8(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mediawatch", "--home", str(tmp_path), "show", "示"],
        env={**clean(None), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("mediawatch: ")


@pytest.mark.parametrize(
    "words",
    [
        ["--home", "no such\nplace", "status"],
        ["--home=no such\nplace", "status"],
        ["links", "import", "./no such\nplace/a.txt"],
        ["registry", "import", "no such\nplace"],
        ["restore", "no such\nplace", "new"],
        ["unproven", "--csv", "no such\nplace/a.csv"],
        ["backup", "no such\nplace"],
    ],
)
def test_a_name_of_two_lines_is_printed_in_one(prepared: Home, words: list[str]) -> None:
    home = [] if words[0].startswith("--home") else ["--home", str(prepared.root)]
    done = in_process(*home, *words)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert r"no such\u000aplace" in done.stderr
