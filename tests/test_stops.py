"""A stop from the first instant of a command on, wherever Python and its libraries are."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
from commands import in_process
from stop_moments import stop_after, stop_at

from mediawatch import stops
from mediawatch.ops.settings import Home

BEFORE = "mediawatch: stopped before anything was begun"
WHOLE = "mediawatch: stopped; no file and no record is half written"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("home") / "home")
    assert in_process("--home", made.root, "init").returncode == 0
    return made


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("import mediawatch.cli$", signal.SIGINT),
        ("import typer$", signal.SIGTERM),
        pytest.param("import pydantic$", signal.SIGINT, marks=pytest.mark.soak),
        pytest.param("open .*/mediawatch/ops/settings/", signal.SIGTERM, marks=pytest.mark.soak),
    ],
)
def test_a_stop_before_the_command_is_one_sentence(moment: str, sent: signal.Signals) -> None:
    done = stop_at(moment, sent, "status")
    assert (done.returncode, done.stdout, done.stderr) == (128 + sent, "", f"{BEFORE}\n")


def test_a_stop_before_the_command_is_a_json_line_where_lines_are_json() -> None:
    done = stop_at("import typer$", signal.SIGTERM, "--log-json", "status")
    line = json.loads(done.stderr)
    assert (done.returncode, line["event"], line["level"]) == (143, BEFORE, "info")


def test_the_console_script_is_the_entry_that_heeds_stops() -> None:
    project = Path(__file__).parents[1] / "pyproject.toml"
    if not project.exists():
        pytest.skip("the installed package has no pyproject.toml")
    scripts = tomllib.loads(project.read_text("utf-8"))["project"]["scripts"]
    assert scripts == {"mediawatch": "mediawatch.__main__:main"}


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (r"os.link .*x\.tar.*\.part$", signal.SIGTERM),
        pytest.param("import db.copies$", signal.SIGINT, marks=pytest.mark.soak),
        pytest.param(r"sqlite3.connect .*\.database$", signal.SIGTERM, marks=pytest.mark.soak),
    ],
)
def test_a_stopped_backup_is_whole_or_not_there(
    home: Home, tmp_path: Path, moment: str, sent: signal.Signals
) -> None:
    """So small a one may be ready before the code that makes it is left."""
    done = stop_at(moment, sent, "--home", home.root, "backup", tmp_path / "x.tar")
    stands = (tmp_path / "x.tar").exists()
    said = f"mediawatch: stopped; {tmp_path / 'x.tar'} is whole" if stands else WHOLE
    assert (done.returncode, done.stderr) == (128 + sent, f"{said}\n")
    require_whole(tmp_path)


def require_whole(folder: Path) -> None:
    for path in folder.iterdir():
        assert path.name == "x.tar"
        with tarfile.open(path) as tar:
            assert "manifest.json" in tar.getnames()


@pytest.mark.soak
@pytest.mark.parametrize("round_", range(60))
def test_a_stop_at_any_moment(home: Home, tmp_path: Path, round_: int) -> None:
    """No traceback, no unexpected error: it was stopped, or it was faster."""
    chance = random.Random(round_)
    words = chance.choice(
        (("backup", tmp_path / "x.tar"), ("status",), ("doctor",), ("query", "--list"), ("plan",))
    )
    sent = chance.choice((signal.SIGINT, signal.SIGTERM))
    done = stop_after(chance.uniform(0.1, 1.6), sent, "--home", home.root, *words)
    if done.returncode == 128 + sent:
        assert done.stderr.splitlines()[-1] in (BEFORE, WHOLE), done.stderr
    else:
        # Before our first instant, and after our last one, the signal itself ends Python.
        assert done.returncode in (0, 1, -sent), done.stderr
    assert not {"Traceback", "Error", "unexpected"} & set(done.stderr.replace(":", " ").split())
    require_whole(tmp_path)


def test_no_stop_leaves_the_start_of_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that was started in that moment would run on, and nobody would end it."""
    asked: list[bool] = []
    alarms: list[float] = []
    begin = subprocess.Popen._execute_child  # type: ignore[attr-defined]

    def noting(*given: object) -> None:
        begin(*given)
        asked.append(stops.can_leave(sys._getframe()))

    monkeypatch.setattr(subprocess.Popen, "_execute_child", noting)
    monkeypatch.setattr(stops, "set_alarm", alarms.append)
    subprocess.run([sys.executable, "-c", ""], check=True)
    assert asked == [False]
    assert len(alarms) == 1
    assert stops.can_leave(sys._getframe())
