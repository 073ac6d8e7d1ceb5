"""Bad files by every way in: refused with a sentence that names them, or read; nothing else."""

from __future__ import annotations

import hashlib
import random
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import in_process
from docx import Document
from hostile_files import TABLES, GoodFiles, HostileFile, hostile_files
from registry_files import GOOD, HEADINGS, xlsx
from review_homes import prepared  # noqa: F401
from worklists import png

from mediawatch.ops.settings import Home
from mediawatch.publish.reports import word

_MOST_KILOBYTES = 2**20
_FEW = 20
_NUMBER = "示例函〔2024〕1号"
_MANY_KEPT = ("worklist", "dispatch", "feedback")
"""Ways that keep good rows although others are refused."""


@dataclass(frozen=True)
class Office:
    """A home that files come in to, as it was, and the good files of each way."""

    home: Path
    good: GoodFiles


def run(home: Path, *words: str | Path) -> str:
    done = in_process("--home", home, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def office(prepared: Home, tmp_path_factory: pytest.TempPathFactory) -> Office:  # noqa: F811
    folder, home = tmp_path_factory.mktemp("good"), prepared.root
    table = xlsx(folder / "r.xlsx", [[*HEADINGS, "存在的突出问题"], [*GOOD, "超2周未更新"]])
    run(home, "findings", "dispatch", folder / "sent", "--person", "甲")
    about = ("--number", _NUMBER, "--title", "外", "--date", "2024-01-02", "--by", "甲")
    run(home, "notice", "import", table, *about)
    run(home, "notice", "feedback", "export", _NUMBER, "--out", folder / "back")
    letter = Document()
    letter.add_paragraph("整改情况的报告")
    letter.save(str(folder / "l.docx"))
    forms = {
        "worklist": home / "清单.xlsx",
        "dispatch": min((folder / "sent").iterdir()),
        "feedback": min((folder / "back").iterdir()),
    }
    books = {way: file.read_bytes() for way, file in forms.items()}
    rows = ([*HEADINGS, "存在的突出问题"], [*GOOD, "超2周未更新"])
    good = GoodFiles(
        workbooks={**dict.fromkeys(TABLES, table.read_bytes()), **books},
        csv="\n".join(",".join(map(str, row)) for row in rows),
        letter=(folder / "l.docx").read_bytes(),
        template=word.shipped_template(),
        settings={"mediawatch.toml": '[log]\nlevel = "info"\n'},
        png=png(),
        jpeg=png(kind="JPEG"),
    )
    return Office(home, good)


def words_of(way: str, path: Path, folder: Path) -> tuple[str | Path, ...]:
    """The command that takes in a file of a way."""
    about = ("--title", "外", "--date", "2024-01-02", "--by", "甲")
    return {
        "registry": ("registry", "import", path, "--errors", folder / "errors.xlsx", "--force"),
        "notice": ("notice", "import", path, "--number", "示例函〔2024〕2号", *about),
        "scope": ("scope", "--list", path),
        "links": ("links", "import", path),
        "circular": ("circular", "check", path),
        "worklist": ("worklist", "import", path, "--errors", folder / "errors.xlsx", "--force"),
        "dispatch": ("findings", "import", path, "--errors", folder / "errors.xlsx", "--force"),
        "feedback": ("notice", "feedback", "import", _NUMBER, path),
        "template": ("report", "docx", "--template", path, "--out", folder / "o.docx", "--force"),
        "policy": ("plan", "--policy", path),
        "bodies": ("registry", "check", "--abolished", path),
        "case": ("verify", path.parent),
        "world": ("demo", "--out", folder / "demo", "--world", path),
        "cookies": ("sessions", "import", "weibo", path, "--custodian", "张三"),
    }.get(way, ("plan",))


def place_of(bad: HostileFile, home: Path, folder: Path) -> Path:
    if bad.way in ("mediawatch.toml", "canaries.toml", "office.toml"):
        return home / bad.way
    name = "case.toml" if bad.way == "case" else bad.name.replace("/", "-")
    return folder / name


def digest(home: Path) -> str:
    with sqlite3.connect(f"file:{home / 'mediawatch.db'}?mode=ro", uri=True) as database:
        return hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()


def faults(bad: HostileFile, office: Office, folder: Path) -> Iterator[str]:
    """What is wrong with how a bad file was met; nothing where it was met as promised."""
    home = folder / "home"
    if not home.exists():
        shutil.copytree(office.home, home)
    settings = {file: file.read_bytes() for file in home.glob("*.toml")}
    before, path = digest(home), place_of(bad, home, folder)
    path.unlink(missing_ok=True)
    bad.write(path)
    try:
        done = in_process("--home", home, *words_of(bad.way, path, folder))
    except Exception as error:
        yield f"raised {type(error).__name__}: {error}"
        return
    finally:
        for left in {path, *folder.iterdir()} - {home}:
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink(
                missing_ok=True
            )
        for file, body in settings.items():
            file.unlink(missing_ok=True)
            file.write_bytes(body)
    if done.returncode not in (0, 2):
        yield f"ended with {done.returncode}: {done.stderr[-300:]}"
    if "Traceback" in done.stderr + done.stdout:
        yield f"a traceback: {done.stderr[-300:]}"
    # A home without settings is none: then the home is named.
    named = path.name in done.stderr or f"{home} is no mediawatch home" in done.stderr
    if done.returncode == 2 and not named:
        yield f"does not name the file: {done.stderr[-300:]}"
    if digest(home) != before:
        kept = bad.way in _MANY_KEPT and not done.stdout.startswith("0 ")
        if done.returncode != 0 and not kept:
            yield f"changed the database: {done.stderr[-300:]}"
        shutil.rmtree(home)
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        if resource.getrusage(who).ru_maxrss > _MOST_KILOBYTES:
            yield f"{resource.getrusage(who).ru_maxrss // 1024} MB"


def met(bads: list[HostileFile], office: Office, folder: Path) -> dict[str, list[str]]:
    found = {str(bad): list(faults(bad, office, folder)) for bad in bads}
    return {name: wrong for name, wrong in found.items() if wrong}


def test_a_choice_of_bad_files_is_refused_or_read(office: Office, tmp_path: Path) -> None:
    every = list(hostile_files(office.good, heavy=False))
    assert met(random.Random(13).sample(every, _FEW), office, tmp_path) == {}


@pytest.mark.soak
def test_a_thousand_bad_files_are_refused_or_read(office: Office, tmp_path: Path) -> None:
    every = list(hostile_files(office.good, heavy=True))
    assert len(every) > 1_000
    found = met(every, office, tmp_path)
    assert found == {}, "\n".join(f"{name}: {wrong}" for name, wrong in found.items())
