"""Every option by which a person names what a command writes, found in the command line itself."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from commands import commands, in_process

from mediawatch import cli
from mediawatch.ops.settings import Home
from mediawatch.outputs import Output, OutputKind, Replacing

INPUTS = {
    ("cadence", "policy"),
    ("cadence", "scope"),
    ("circular check", "file"),
    ("collect add", "files"),
    ("collect circular", "template"),
    ("demo", "world"),
    ("evidence verify", "archive"),
    ("evidence prune", "policy"),
    ("findings import", "files"),
    ("hints import", "files"),
    ("links import", "files"),
    ("notice archive", "acknowledge"),
    ("notice feedback import", "files"),
    ("notice import", "file"),
    ("plan", "policy"),
    ("recheck", "policy"),
    ("registry check", "abolished"),
    ("registry closing note", "file"),
    ("problem add", "picture"),
    ("registry lead", "picture"),
    ("registry import", "files"),
    ("report docx", "template_"),
    ("repost add", "file"),
    ("repost add", "scope"),
    ("restore", "source"),
    ("scope", "list_"),
    ("sessions import", "file"),
    ("sweep", "policy"),
    ("sweep", "scope"),
    ("verify", "folders"),
    ("worklist export", "scope"),
    ("worklist import", "files"),
}
"""What names a file or a folder and is only read: nothing else may be a plain path."""


@dataclass(frozen=True)
class Way:
    """One such option or argument of a command."""

    words: str
    param: Any
    before: int
    """So many arguments stand before it."""

    @property
    def output(self) -> Output:
        parsed: Output = self.param.type_descriptor.parameter_info.parser("x.file")
        return parsed

    @property
    def is_folder(self) -> bool:
        return self.output.kind in (OutputKind.FOLDER, OutputKind.HOME)

    @property
    def is_written(self) -> bool:
        """`units --backups` is where another command writes later."""
        return str(self.param.name) != "backups"

    def __str__(self) -> str:
        return f"{self.words} {self.param.name}"

    def line(self, target: Path) -> list[str]:
        """The command line that names `target` first of all, so that nothing else is missing."""
        named = [self.param.opts[0]] if self.param.opts[0].startswith("-") else ["x"] * self.before
        return [*self.words.split(), *named, str(target)]


def params() -> Iterator[tuple[str, Any, int]]:
    for words, command in commands():
        arguments = 0
        for param in command.params:
            yield words, param, arguments
            arguments += not param.opts[0].startswith("-")


WAYS = [
    Way(words, param, before)
    for words, param, before in params()
    if param.type_descriptor.annotation is Output
]
WRITTEN = [way for way in WAYS if way.is_written]
FILES = [way for way in WRITTEN if not way.is_folder]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("outputs") / "home")
    assert in_process("--home", made.root, "init").returncode == 0
    (made.root / "documents").mkdir()
    (made.evidence / "pruned.jsonl").write_text("{}\n")
    return made


def state(folder: Path) -> dict[Path, tuple[int, int, int]]:
    found = {path: path.lstat() for path in folder.rglob("*")}
    return {path: (one.st_ino, one.st_mode, one.st_mtime_ns) for path, one in found.items()}


def refused(home: Home, way: Way, target: Path, *more: str) -> str:
    """The one sentence of a refusal; nothing was made, changed or removed."""
    before = state(home.root.parent)
    done = in_process("--home", home.root, *more, *way.line(target))
    (sentence,) = done.stderr.splitlines()
    assert done.returncode == 2, (way, target, sentence)
    assert state(home.root.parent) == before
    return sentence


def test_every_path_of_a_command_is_an_input_or_an_output() -> None:
    named = {
        (words, param.name)
        for words, param, _ in params()
        if param.type_descriptor.annotation is not Output
        and (
            "Path" in str(param.type_descriptor.annotation)
            or {"FILE", "DIR"}
            & set((param.metavar or "").replace(".", "|").strip("…[]").split("|"))
        )
    }
    assert named == INPUTS
    assert len(WAYS) > 35


def test_whatever_is_replaced_when_asked_has_force() -> None:
    for words, command in commands():
        opts = {opt for param in command.params for opt in param.opts}
        asked = [
            way for way in WAYS if way.words == words and way.output.replacing is Replacing.ASKED
        ]
        assert ("--force" in opts) == bool(asked), words


def test_no_command_writes_past_the_rule() -> None:
    """What a person named is an `Output`, which judges it again when it is written."""
    for file in Path(cli.__file__).parent.glob("*.py"):
        text = file.read_text("utf-8")
        assert not {"write_whole", "whole_file", "write_bytes"} & set(re.findall(r"\w+", text)), (
            file
        )


def test_no_output_goes_into_a_home(home: Home) -> None:
    """Not even with `--force`, nor by another name of the folder."""
    link = home.root.parent / "link"
    link.symlink_to(home.root)
    places = ("mediawatch.db", "documents/../mediawatch.toml")
    for way in WAYS:
        for place in places:
            assert "lies in the home" in refused(home, way, home.root / place), (way, place)
    for place in ("mediawatch.db-wal", "evidence", "evidence/new"):
        assert "lies in the home" in refused(home, WAYS[0], link / place), place
    link.unlink()


def test_nothing_but_a_file_is_replaced(home: Home) -> None:
    place = home.root.parent
    os.mkfifo(place / "pipe.file")
    (place / "real.file").write_text("x")
    (place / "link.file").symlink_to("real.file")
    (place / "lost.file").symlink_to("nowhere")
    (place / "folder.file").mkdir()
    for way in FILES:
        assert "pipe, a device" in refused(home, way, place / "pipe.file"), way
        assert "symbolic link to real.file" in refused(home, way, place / "link.file"), way
        if way.output.kind is OutputKind.FILE:
            assert "is a folder" in refused(home, way, place / "folder.file"), way
    assert "symbolic link to nowhere" in refused(home, FILES[0], place / "lost.file")
    for way in WRITTEN:
        if way.is_folder:
            said = refused(home, way, place / "pipe.file")
            assert "is no folder" in said, way
    for name in ("pipe.file", "link.file", "lost.file", "real.file"):
        (place / name).unlink()


def test_a_missing_folder_is_named_with_the_remedy(home: Home) -> None:
    for way in WRITTEN:
        target = home.root.parent / "no such" / "place.file"
        said = refused(home, way, target)
        assert f"there is no folder {target.parent}: make it by `mkdir -p '" in said, way


def test_a_file_that_exists_stays(home: Home) -> None:
    there = home.root.parent / "there.xlsx"
    there.write_text("precious")
    for way in FILES:
        if way.output.replacing is Replacing.ALWAYS:
            continue
        said = refused(home, way, there)
        assert "exists already: name another file" in said, way
        assert ("--force" in said) == (way.output.replacing is Replacing.ASKED), way
    there.unlink()


def test_a_list_is_written_again_when_asked(home: Home) -> None:
    """As a nightly job does."""
    words = ("--home", home.root, "registry", "list", "--csv", home.root / "documents" / "l.csv")
    assert in_process(*words).returncode == 0
    assert "--force" in in_process(*words).stderr
    first = (home.root / "documents" / "l.csv").stat()
    assert in_process(*words, "--force").returncode == 0
    second = (home.root / "documents" / "l.csv").stat()
    assert (second.st_ino == first.st_ino, stat.S_IMODE(second.st_mode)) == (False, 0o600)
