"""The command lines of the README and of docs/inspection.md, each in the order given: only what
asks the sites or installs a browser is played.
"""

from __future__ import annotations

import asyncio
import glob
import os
import re
import shlex
import shutil
from pathlib import Path

import openpyxl
import pytest
from commands import in_process
from sweeps import NOW, Stage, request

import db
from mediawatch.demo.machine import write_registry
from mediawatch.ops.settings import Home
from mediawatch.people.dispatch import DispatchColumn
from mediawatch.rules.policy import load

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "README.md": ("## Your own registry", "## What can be proved", ["通报.docx"]),
    "docs/inspection.md": (
        "## Once",
        "## How a sweep goes",
        ["通报.docx", "附件.xlsx", "handoff.json"],
    ),
}
"""Each page with the headings around its tour, and the files that it must leave."""
PLAYED = ("browser", "login", "sweep", "links import")
"""These ask the sites, or a person at a window."""


def tour(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    part = text[text.index(PAGES[page][0]) : text.index(PAGES[page][1])]
    return [line.partition("#")[0].strip() for line in re.findall(r"(?m)^mediawatch (.+)$", part)]


def sweep(home: Home) -> None:
    async def work() -> None:
        store = await db.open_store(f"sqlite:///{home.database}", clock=lambda: NOW)
        stage = Stage(store, home.evidence)
        await stage.engine.run(request(policy=load("national")))
        await store.close()

    asyncio.run(work())


def answered(folder: Path) -> None:
    """The units' answers to what was sent down: one agrees, one disputes."""
    (folder / "反馈").mkdir()
    target = folder / "反馈" / "核实-甲市.xlsx"
    shutil.copy(folder / "下发" / "核实-甲市.xlsx", target)
    book = openpyxl.load_workbook(target)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for row, stance in ((2, "无异议"), (3, "有异议")):
        for field, text in (
            (DispatchColumn.STANCE, stance),
            (DispatchColumn.PERSON, "王五"),
            (DispatchColumn.EXPLANATION, "已阅"),
        ):
            sheet.cell(row, places[field.value]).value = text
    book.save(target)


@pytest.mark.parametrize("page", list(PAGES))
def test_the_tour_of_a_page_works_in_its_order(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEDIAWATCH_HOME", str(tmp_path / "home"))
    home = Home.at(tmp_path / "home")
    names = ("旧20", "旧30", "鲜1")
    ids = dict(zip(names, ("MS4wLjABAAAA" + letter * 43 for letter in "abc"), strict=True))
    rows = [
        {
            "政务新媒体名称": name,
            "类型": "今日头条",
            "平台ID": ids[name],
            "地市": "甲市",
            "所属组织": f"{name}局",
        }
        for name in names
    ]
    write_registry(tmp_path / "台账.xlsx", rows)
    (tmp_path / "监测.csv").write_text("名称,类型,更新日期\n旧20,今日头条,2022-10-01\n", "utf-8")
    done_before = ""
    for line in tour(page):
        words = [
            word
            for text in shlex.split(line)
            for word in (sorted(glob.glob(text)) if "*" in text else [text])
        ]
        if line.startswith("sweep"):
            sweep(home)
        if line.startswith(PLAYED):
            continue
        if "*" in line and not any(glob.glob(text) for text in shlex.split(line)):
            continue  # no finding was open: no file was written
        if line.startswith("findings import"):
            answered(tmp_path)
        words = [
            key_in(done_before) if re.fullmatch(r"\d+/stale_2w@\w+", word) else word
            for word in words
        ]
        done = in_process(*words)
        # No canary is named and no answer is overdue. What the filter leaves to be decided one by
        # one is reported by exit code 2.
        allowed = (
            (0, 1)
            if line == "doctor"
            else (0, 2)
            if line.startswith(("findings overdue", "review confirm --code"))
            else (0,)
        )
        assert done.returncode in allowed, f"{line}: {done.stdout}{done.stderr}"
        if line.startswith("review confirm"):
            done_before = in_process("review", "list", "--state", "dispatched").stdout
    for name in PAGES[page][2]:
        assert os.path.getsize(name)


def key_in(listed: str) -> str:
    """The finding that is left to be decided."""
    found = re.search(r"\d+/stale_2w@\w+", listed)
    assert found, listed
    return found[0]
