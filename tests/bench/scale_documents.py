"""What `scale.py` measures besides: lists that come back filled in, and documents of longer times.

`python tests/bench/scale_documents.py HOME`: CPU seconds (with children) and the greatest memory of
one process for each, in a copy of HOME beside it. HOME is one that `scale.py` made today. A worklist is exported, answered in every row and
taken in again; a form of 100 000 rows is read by the limited process.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import xlsxwriter

from mediawatch.domain.clock import day_of
from mediawatch.people.forms.columns import Column
from mediawatch.workbooks.forms import FormFile
from mediawatch.workbooks.process import READING

ROOT = Path(__file__).resolve().parents[2]
ROWS = 100_000


def measure(home: Path, *words: str) -> str:
    """`seconds / MB` of one command. RuntimeError where it fails."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "mediawatch", "--home", home, *words], cwd=ROOT, stdin=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=said, stderr=said,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{words}: {said.read().decode(errors='replace')[-500:]}")
    return f"{usage.ru_utime + usage.ru_stime:.1f} / {usage.ru_maxrss / 1024:.0f}"


def answer(source: Path, target: Path) -> int:
    """Answer every row of a worklist with 有; the number of rows."""
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    sheet._images = []
    today = day_of(datetime.now(UTC))
    given = {
        Column.POSTED: "有", Column.POSTED_ON: str(today - timedelta(days=5)), Column.PERSON: "甲某",
        Column.TIME: f"{today} 00:01",
    }  # fmt: skip
    places = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for column, value in given.items():
            sheet.cell(row, places[column.value]).value = value
    book.save(target)
    return sheet.max_row - 1


def read_large_form(file: Path) -> str:
    """`seconds / MB` of the limited process for a form of `ROWS` rows, with its pictures' places."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet("待核查清单")
    for row in range(ROWS + 1):
        for place, column in enumerate(Column):
            sheet.write_string(row, place, f"演示{row}-{place}" if row else column.value)
    book.close()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with FormFile(file) as form:
        (read,) = form.sheets(())
        form.placed_pictures(read.part)
    READING.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return f"{seconds:.1f} / {used.ru_maxrss / 1024:.0f}"


def main() -> None:
    home = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="scale-documents-", dir=home.parent) as name:
        folder = Path(name)
        copy = folder / "home"
        shutil.copytree(home, copy, ignore=shutil.ignore_patterns("evidence"))
        (copy / "evidence").symlink_to(home / "evidence")
        print(f"load {os.getloadavg()[0]:.1f}\n| command | CPU s / MB |\n|---|---|", flush=True)
        print(
            f"| reading a form of {ROWS} rows | {read_large_form(folder / 'large.xlsx')} |",
            flush=True,
        )
        until = day_of(datetime.now(UTC)).replace(day=1) - timedelta(days=1)
        since = (until - timedelta(days=340)).replace(day=1)
        span = ("--from", f"{since:%Y-%m}", "--to", f"{until:%Y-%m}")
        cost = measure(copy, "cadence", "--xlsx", str(folder / "year.xlsx"), *span)
        print(f"| `cadence --xlsx`, twelve months | {cost} |", flush=True)
        cost = measure(copy, "worklist", "export", str(folder / "list.xlsx"), "--by", "whole")
        print(f"| `worklist export --by whole` | {cost} |", flush=True)
        rows = answer(folder / "list.xlsx", folder / "answers.xlsx")
        started = time.monotonic()
        cost = measure(copy, "worklist", "import", str(folder / "answers.xlsx"))
        print(f"| `worklist import`, {rows} rows | {cost} |", flush=True)
        print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
