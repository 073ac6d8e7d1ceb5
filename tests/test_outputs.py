"""Where a person may have a command write, at the moment of writing."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from mediawatch.domain import UserError
from mediawatch.files import FileBatch, whole_file, write_whole
from mediawatch.inputs import InputFault, read_bytes
from mediawatch.outputs import Output, OutputKind, Replacing


@pytest.fixture
def home(tmp_path: Path) -> Path:
    root = tmp_path / "home"
    (root / "documents").mkdir(parents=True)
    (root / "evidence").mkdir()
    (root / "mediawatch.toml").write_text("")
    return root


def test_a_name_is_judged_again_when_it_is_written(home: Path, tmp_path: Path) -> None:
    out = Output(tmp_path / "list.csv", home=home)
    out.check()
    out.path.symlink_to(home / "mediawatch.toml")
    with pytest.raises(UserError, match="symbolic link"):
        out.write(b"x")
    out.path.unlink()
    out.path.write_text("somebody else's")
    with pytest.raises(UserError, match="exists already"):
        out.write(b"x")
    assert out.path.read_text() == "somebody else's"
    assert (home / "mediawatch.toml").read_text() == ""


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("documents/a.csv", True),
        ("documents/甲/../a.csv", True),
        ("dispatch/a.csv", False),  # the folder is missing, which is said
        ("documents", False),
        ("documents/../a.csv", False),
        ("evidence/a.csv", False),
        ("a.csv", False),
        ("to-evidence/a.csv", False),
        ("documents/out/a.csv", True),
        ("documents/back/a.csv", False),
    ],
)
def test_documents_of_a_home_have_their_folders(home: Path, name: str, taken: bool) -> None:
    (home / "to-evidence").symlink_to("evidence")
    (home / "documents" / "甲").mkdir()
    (home.parent / "away").mkdir()
    (home / "documents" / "out").symlink_to(home.parent / "away")
    (home / "documents" / "back").symlink_to(home)
    for known in (home, None):  # another command's home is known by its settings
        out = Output(home / name, home=known, force=True)
        if taken:
            out.write(b"x", shared=True)
        else:
            with pytest.raises(UserError):
                out.write(b"x", shared=True)


def test_what_lies_in_a_home_is_its_owners_alone(home: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        for folder in (home / "documents", tmp_path):
            Output(folder / "a.docx", home=home).write(b"x", shared=True)
            Output(folder, OutputKind.FOLDER, home=home).file("sub/b.docx").write(b"x")
    finally:
        os.umask(before)
    modes = [
        stat.S_IMODE((folder / name).stat().st_mode)
        for folder in (home / "documents", tmp_path)
        for name in ("a.docx", "sub", "sub/b.docx")
    ]
    assert modes == [0o600, 0o700, 0o600, 0o666, 0o700, 0o600]


@pytest.mark.parametrize("kind", ["itself", "second name", "journal"])
def test_a_database_outside_of_the_home_stays(tmp_path: Path, kind: str) -> None:
    database = tmp_path / "other.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE a (b)")
    connection.close()
    target = {
        "itself": database,
        "second name": tmp_path / "list.csv",
        "journal": tmp_path / "other.db-wal",
    }[kind]
    if kind == "second name":
        os.link(database, target)
    with pytest.raises(UserError, match="is a database"):
        Output(target, force=True).write(b"x")


def test_a_second_name_of_a_file_of_the_home_takes_nothing_from_it(
    home: Path, tmp_path: Path
) -> None:
    os.link(home / "mediawatch.toml", tmp_path / "a.csv")
    Output(tmp_path / "a.csv", home=home, force=True).write(b"x")
    assert (home / "mediawatch.toml").read_bytes() == b""


def test_a_folder_is_made_where_the_one_around_it_is_there(tmp_path: Path) -> None:
    Output(tmp_path / "new", OutputKind.FOLDER).check()
    with pytest.raises(UserError, match="there is no folder"):
        Output(tmp_path / "new" / "er", OutputKind.FOLDER).check()
    Output(tmp_path / "new.tar", OutputKind.EITHER).check()
    (tmp_path / "day.1").mkdir()
    assert Output(tmp_path / "day.1", OutputKind.EITHER).is_folder


def test_a_home_is_made_in_no_other_home(home: Path, tmp_path: Path) -> None:
    for place in (home / "documents" / "demo", home / "demo"):
        with pytest.raises(UserError, match="lies in the home"):
            Output(place, OutputKind.HOME, Replacing.NEVER).check()
    Output(home, OutputKind.HOME, Replacing.NEVER).check()
    Output(tmp_path / "new", OutputKind.HOME, Replacing.NEVER).check()


@pytest.mark.parametrize("links", [True, False])
def test_of_two_that_write_one_name_one_wins(
    tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:  # as on a disk without second names

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
    target, ready = tmp_path / "a.tar", threading.Barrier(2)
    said: list[str] = []

    def write(body: bytes) -> None:
        try:
            with whole_file(target, replace=False) as file:
                file.write(body)
                ready.wait()
        except UserError as error:
            said.append(str(error))

    both = [threading.Thread(target=write, args=(body,)) for body in (b"one", b"two")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(said) == 1
    assert "exists by now" in said[0]
    assert target.read_bytes() in (b"one", b"two")
    assert list(tmp_path.iterdir()) == [target]


def test_a_batch_gives_no_name_that_is_taken_by_then(tmp_path: Path) -> None:
    files = FileBatch()
    files.add(tmp_path / "a", b"ours", replace=False)
    (tmp_path / "a").write_bytes(b"theirs")
    with pytest.raises(UserError, match="exists by now"):
        files.publish()
    files.withdraw()
    files.clear()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"theirs")]


def test_a_long_chinese_name_can_be_written(tmp_path: Path) -> None:
    write_whole(tmp_path / ("政" * 84 + ".x"), b"x")


def test_no_command_writes_over_what_it_reads(tmp_path: Path) -> None:
    (tmp_path / "back.xlsx").write_text("answers")
    (tmp_path / "link").symlink_to(tmp_path)
    out = Output(tmp_path / "link" / "back.xlsx", force=True)
    with pytest.raises(UserError, match="one of the files to import"):
        out.refuse_inputs([tmp_path / "other.xlsx", tmp_path / "back.xlsx"])
    out.refuse_inputs([tmp_path / "other.xlsx"])


def test_why_a_folder_counts_as_a_home_is_said(home: Path) -> None:
    why = r"lies in the home \S+ \(a folder that holds mediawatch\.toml is one\), where"
    with pytest.raises(UserError, match=why):
        Output(home / "a.csv", home=home.parent / "other").check()
    with pytest.raises(UserError, match=r"lies in the home \S+, where"):
        Output(home / "a.csv", home=home).check()


@pytest.mark.parametrize("kind", [OutputKind.FILE, OutputKind.EITHER, OutputKind.FOLDER])
def test_a_name_of_two_lines_is_refused_in_one(tmp_path: Path, kind: OutputKind) -> None:
    for name in ("a\nb.csv", "a\rb.csv", "no such\n/a.csv"):
        with pytest.raises(UserError, match=r"\\u000[ad].* has a line end in its name") as said:
            Output(tmp_path / name, kind).check()
        assert "\n" not in str(said.value)
    with pytest.raises(InputFault, match=r"a\\u000ab does not exist"):
        read_bytes(tmp_path / "a\nb")


def test_a_pipe_is_no_folder_and_a_locked_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for out in (Output(tmp_path / "pipe", OutputKind.EITHER), Output(tmp_path / "pipe" / "a.csv")):
        with pytest.raises(UserError, match="pipe is no folder but a pipe, a device"):
            out.check()
    # As the kernel answers for a folder with `chattr +i`, which not every disk of a test has.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UserError, match=r"it is locked: .*`chattr -i`"):
        Output(tmp_path / "a.csv").check()


def test_a_dash_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="is no name of a file"):
        Output(Path("-")).check()
    Output(Path("./-x")).check()
