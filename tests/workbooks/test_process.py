"""The reading process: used again, replaced, ended with its command, and held to its limits."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from docx import Document
from programs import has_ended
from registry_files import GOOD, HEADINGS, xlsx

from mediawatch.workbooks import frames
from mediawatch.workbooks.faults import ReadFailure
from mediawatch.workbooks.process import ReadingProcess
from mediawatch.workbooks.tables import read_file

NAIVE = datetime.fromisoformat("2023-01-02T03:00")
"""A cell has no zone."""


@pytest.fixture
def reading() -> Iterator[ReadingProcess]:
    process = ReadingProcess(seconds=1)
    yield process
    process.close()


def sha(reading: ReadingProcess, path: Path) -> str:
    with path.open("rb") as file:
        return str(reading.ask("table", {"name": path.name}, file.fileno())[0])


def test_one_process_reads_several_files(reading: ReadingProcess, tmp_path: Path) -> None:
    good = xlsx(tmp_path / "r.xlsx", [HEADINGS, GOOD])
    first, pid = sha(reading, good), reading.pid
    assert (sha(reading, good), reading.pid) == (first, pid)


def test_a_dead_process_is_replaced(reading: ReadingProcess, tmp_path: Path) -> None:
    good = xlsx(tmp_path / "r.xlsx", [HEADINGS, GOOD])
    first, pid = sha(reading, good), reading.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert sha(reading, good) == first
    assert reading.pid != pid


def test_it_ends_when_its_command_is_killed(tmp_path: Path) -> None:
    good = xlsx(tmp_path / "r.xlsx", [HEADINGS, GOOD])
    program = (
        "import sys, time\nfrom pathlib import Path\n"
        "from mediawatch.workbooks.process import READING\n"
        "from mediawatch.workbooks.tables import read_file\n"
        "read_file(Path(sys.argv[1]))\nprint(READING.pid, flush=True)\ntime.sleep(600)"
    )
    command = subprocess.Popen(
        [sys.executable, "-c", program, str(good)], stdout=subprocess.PIPE, text=True
    )
    assert command.stdout is not None
    child = int(command.stdout.readline())
    assert not has_ended(child)
    command.kill()
    command.communicate()
    until = time.monotonic() + 60
    while not has_ended(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert has_ended(child)


def template(*tags: str) -> io.BytesIO:
    document, stream = Document(), io.BytesIO()
    for tag in tags:
        document.add_paragraph(tag)
    document.save(stream)
    return stream


def fill(reading: ReadingProcess, folder: Path, tag: str) -> bytes:
    (folder / "t.docx").write_bytes(template(tag).getvalue())
    said = {"name": "t.docx", "words": {}, "tables": [], "moment": [2023, 2, 9, 0, 0, 0]}
    with (folder / "t.docx").open("rb") as file:
        body, _ = reading.ask("template", said, file.fileno())
    assert isinstance(body, bytes)
    return body


def test_what_never_ends_is_ended(reading: ReadingProcess, tmp_path: Path) -> None:
    loops = "{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}"
    with pytest.raises(ReadFailure, match="it takes too long"):
        fill(reading, tmp_path, loops)
    assert zipfile.is_zipfile(io.BytesIO(fill(reading, tmp_path, "{{ 1 }}")))


def test_each_request_has_its_own_seconds(reading: ReadingProcess, tmp_path: Path) -> None:
    loops = "{% for a in 'x' * 30 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}"
    fill(reading, tmp_path, "{{ 1 }}")
    pid = reading.pid
    for _ in range(6):
        fill(reading, tmp_path, loops)
    assert reading.pid == pid


def test_memory_has_an_end(reading: ReadingProcess, tmp_path: Path) -> None:
    with pytest.raises(ReadFailure, match="memory"):
        fill(reading, tmp_path, "{{ 'x' * 2000000000 }}")


def test_no_module_beside_the_files_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that a unit sent may hold zipfile.py."""
    good = xlsx(tmp_path / "r.xlsx", [HEADINGS, GOOD])
    for name in ("zipfile", "csv", "xlrd", "python_calamine", "resource", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "")
    reading = ReadingProcess()
    try:
        assert sha(reading, good) == read_file(good).sha256
    finally:
        reading.close()


def test_values_come_back_as_they_were() -> None:
    ours, theirs = socket.socketpair()
    said = [
        "文",
        "\ud800",
        1,
        1.5,
        True,
        None,
        date(2023, 1, 2),
        NAIVE,
        {"a": []},
    ]
    with ours, theirs:
        frames.send(ours, frames.VALUE, [*said, timedelta(1, 2, 3)])
        assert frames.receive(theirs)[1] == [*said, timedelta(1, 2, 3)]


@pytest.mark.parametrize(
    "answer",
    [
        b"V\xff\xff\xff\xff",
        b"V\0\0\0\x04{{{{",
        b"V\0\0\0\x1a" + b'{"moment": "no such moment"}'[:26],
        b"V\0\0\0\x09\x80\x04cos\nsys",
        b"V\0",
        b"V\0\0\1\0" + b"[" * 256,
    ],
)
def test_a_hostile_answer_is_an_end(answer: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            theirs.sendall(answer)
        with pytest.raises(frames.BrokenChannelError):
            frames.receive(ours)
