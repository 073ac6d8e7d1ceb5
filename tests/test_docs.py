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


SOURCES = [
    path
    for folder in ("mediawatch", "scrapers", "db")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".toml", ".csv", ".html", ".service", ".timer", ".sql"}
]


def wrong_pointers(text: str) -> list[str]:
    """Pages that the text names and that are missing, or lack the part that it names of them."""
    wrong = []
    # A line may end within a pointer.
    flat = re.sub(r"\s+(?:# |\" *\n? *f?\")?", " ", text)
    for page, number, part in re.findall(
        r"(docs/(?!platforms/PLATFORM)[\w/.-]*\.md)(?:,? §(\d+)|, \"([^\"]+)\")?", flat
    ):
        path = ROOT / page
        headings = re.findall(r"(?m)^#+ (.+)$", path.read_text("utf-8")) if path.exists() else []
        if not headings:
            wrong.append(page)
        elif number and not any(each.startswith(f"{number}. ") for each in headings):
            wrong.append(f"{page} §{number}")
        elif part and part not in headings:
            wrong.append(f"{page}, {part}")
    return wrong


def test_what_the_product_says_of_pages_is_there() -> None:
    """In texts that it prints or writes, and in its comments."""
    found = {
        path: wrong for path in SOURCES if (wrong := wrong_pointers(path.read_text("utf-8-sig")))
    }
    assert found == {}


def test_what_pages_say_of_others_is_there() -> None:
    assert {
        page: wrong for page in PAGES if (wrong := wrong_pointers(page.read_text("utf-8")))
    } == {}


def test_a_surface_points_to_the_section_about_it() -> None:
    sections = {
        page.stem: re.split(r"(?m)^## (?=\d)", page.read_text("utf-8"))[1:]
        for page in (ROOT / "docs" / "platforms").glob("*.md")
    }
    wrong = []
    for path in (ROOT / "scrapers").rglob("*.py"):
        text = path.read_text("utf-8")
        named = re.findall(r'(?m)^    name = "(\w+\.\w+)"', text)
        for page, number in re.findall(r"docs/platforms/(\w+)\.md §(\d+)", text):
            about = sections[page][int(number) - 1]
            wrong += [f"{path.name}: {name}" for name in named if f"`{name}`" not in about]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("see docs/sessions.md)", []),
        ("see docs/nowhere.md", ["docs/nowhere.md"]),
        ("docs/platforms/wechat.md §7.", []),
        ("docs/platforms/wechat.md\n    §99", ["docs/platforms/wechat.md §99"]),
        ('docs/rules.md, "Verdicts"', []),
        ('docs/rules.md, "Weather"', ["docs/rules.md, Weather"]),
    ],
)
def test_a_wrong_pointer_is_seen(text: str, wrong: list[str]) -> None:
    assert wrong_pointers(text) == wrong


def test_the_settings_point_to_pages_that_know_their_section() -> None:
    template = (ROOT / "mediawatch" / "ops" / "settings" / "home.py").read_text("utf-8")
    pointers = re.findall(r"(?m)^\[(\w+)\] .*(docs/\w+\.md)", template)
    assert len(pointers) >= 4
    unknown = [
        f"{page}: [{section}]"
        for section, page in pointers
        if not re.search(rf"\[{section}[].]|`{section}\.", (ROOT / page).read_text("utf-8"))
    ]
    assert unknown == []
