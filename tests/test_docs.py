"""The documents as files: their links lead somewhere, their pictures are shown, small, and of
invented names; their prose keeps to its width.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pictures
import pytest

from mediawatch.demo import shipped_world

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
ENGLISH = [page for page in PAGES if "zh-CN" not in page.name and page.name != "CHANGELOG.md"]
MADE = {"faults.md", "commands.md"}
"""Pages that a program writes."""
WIDTH = 120


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    text = re.sub(r"(?s)```.*?```", "", page.read_text("utf-8"))
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_picture_is_shown_and_small() -> None:
    there = set(pictures.FOLDER.iterdir())
    shown = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in re.findall(r"!\[[^]]*\]\(([^)]+)\)", page.read_text("utf-8"))
    }
    assert there == shown
    assert max(path.stat().st_size for path in there) <= pictures.MOST_BYTES


def test_the_pictures_name_no_account_of_the_published_circular() -> None:
    invented = pictures.world()
    lines = shipped_world().read_text("utf-8-sig").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    printed = [row["name"] for row in rows if not row["name"].startswith(("演示", "示例"))]
    assert len(printed) == 59
    assert [name for name in printed if name in invented] == []


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.name)
def test_prose_keeps_to_its_width(page: Path) -> None:
    """Tables, code and what no line break can divide may be wider."""
    if page.name not in MADE:
        assert [line for line in prose(page.read_text("utf-8")) if len(line) > WIDTH] == []


def prose(text: str) -> Iterator[str]:
    for line in re.sub(r"(?s)```.*?```", "", text).splitlines():
        if not line.startswith(("|", "![")):
            yield line
