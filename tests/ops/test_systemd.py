"""systemd's units, as systemd itself reads them; and that they call commands that there are."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from commands import commands
from typer.testing import CliRunner

from mediawatch.cli import app as cli
from mediawatch.domain import UserError
from mediawatch.ops import systemd
from mediawatch.ops.settings import Home
from mediawatch.outputs import Output, OutputKind
from mediawatch.sweep.gate.breakers import EXIT_BITS


@pytest.fixture(params=[False, True], ids=["alone", "workers"])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> list[Path]:
    program = tmp_path / "mediawatch"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return systemd.write(
        Output(tmp_path / "units", OutputKind.FOLDER),
        systemd.UnitValues(
            program=program,
            home=Home(tmp_path / "home"),
            user="office",
            backups=tmp_path,
            evidence=tmp_path / "evidence",
            workers=request.param,
        ),
    )


def test_systemd_finds_nothing_wrong(written: list[Path]) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        reason = "systemd-analyze is missing: apt-get install -y --no-install-recommends systemd"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    # The template needs an instance to be read as one.
    named = [path.with_name(path.name.replace("@.", "@mediawatch-sweep.")) for path in written]
    done = subprocess.run(
        [analyze, "verify", "--man=no", *named],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(named) == 7 + any("worker@" in path.name for path in named)
    broken = written[0].read_text("utf-8") + "\n[Service]\nKillMod=mixed\n"
    written[0].write_text(broken, "utf-8")
    assert (
        "KillMod"
        in subprocess.run(
            [analyze, "verify", "--man=no", *named], capture_output=True, text=True, check=False
        ).stderr
    )


def test_the_units_call_commands_that_there_are(written: list[Path]) -> None:
    real = dict(commands())
    called = [
        line
        for path in written
        for line in re.findall(r"(?m)^ExecStart=(.+)$", path.read_text("utf-8"))
    ]
    assert len(called) == 4 + any("worker@" in path.name for path in written)
    for line in called:
        words = shlex.split(line)[3:]
        if "worker" not in real:  # where this version knows no workers yet
            words = [word for word in words if word != "--workers"]
            if words == ["worker"]:
                continue
        options = {option for param in real[words[0]].params for option in param.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_what_sites_did_to_us_is_no_failure_of_the_service(written: list[Path]) -> None:
    sums = {0}
    for bit in set(EXIT_BITS.values()):
        sums |= {code | bit for code in sums}
    looking = {"mediawatch-sweep.service", "mediawatch-resume.service"}
    texts = [path.read_text("utf-8") for path in written if path.name in looking]
    for text in texts:
        allowed = re.findall(r"(?m)^SuccessExitStatus=(.+)$", text)[0].split()
        assert {int(code) for code in allowed} == sums - {0} | {143}
    assert sorted("--resume" in text for text in texts) == [False, True]


def test_the_command_writes_the_units_of_its_home(tmp_path: Path) -> None:
    Home(tmp_path / "home").create()
    done = CliRunner().invoke(
        cli, ["--home", str(tmp_path / "home"), "units", str(tmp_path / "out"), "--user", "office"]
    )
    assert sorted(done.stdout.split()) == sorted(str(path) for path in (tmp_path / "out").iterdir())
    text = (tmp_path / "out" / "mediawatch-sweep.service").read_text("utf-8")
    assert f" --home {tmp_path / 'home'} sweep" in text
    assert "User=office" in text


HOSTILE = (
    "a b", "a\tb", "a\nExecStartPre=+/bin/sh", "a\rb", "a%n", 'a"b', "a'b", "a\\", "a$HOME", "a@HOME@", "a\u2028b", "a\x0bb",
    "a\u202eb", "a\x1bb", "a\u3000b", "a\x85b", "a\U000e0041b",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("place", ["home", "backups", "program"])
def test_a_path_that_a_unit_would_take_apart_is_refused(
    tmp_path: Path, name: str, place: str
) -> None:
    paths = {"home": tmp_path / "h", "backups": tmp_path / "b", "program": tmp_path / "p"}
    paths[place] = tmp_path / name
    with pytest.raises(UserError, match="cannot stand in a unit file") as refused:
        systemd.write(
            Output(tmp_path / "units", OutputKind.FOLDER),
            systemd.UnitValues(
                program=paths["program"],
                home=Home(paths["home"]),
                user="office",
                backups=paths["backups"],
                evidence=tmp_path / "evidence",
            ),
        )
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "units").exists()


@pytest.mark.parametrize(
    "user",
    ["", "root", "0", "00", "-x", "a b", "a\nb", "a%u", "+root", "~", "名", "a" * 40, *HOSTILE],
)
def test_a_user_that_would_be_root_or_nobody_is_refused(tmp_path: Path, user: str) -> None:
    with pytest.raises(UserError, match="is no name of an ordinary user"):
        systemd.write(
            Output(tmp_path / "units", OutputKind.FOLDER),
            systemd.UnitValues(
                program=tmp_path / "p",
                home=Home(tmp_path / "h"),
                user=user,
                backups=tmp_path,
                evidence=tmp_path / "evidence",
            ),
        )
    assert not (tmp_path / "units").exists()


@pytest.mark.parametrize("user", ["mediawatch", "office-2", "1001", "zhang.san"])
def test_each_value_stands_on_its_own_line(tmp_path: Path, user: str) -> None:
    home = Home(tmp_path / "检查=;#[x]{y}~*")
    for path in systemd.write(
        Output(tmp_path / "units", OutputKind.FOLDER),
        systemd.UnitValues(
            program=tmp_path / "p",
            home=home,
            user=user,
            backups=tmp_path,
            evidence=home.evidence,
            workers=True,
        ),
    ):
        lines = path.read_text("utf-8").splitlines()
        assert not any("@" in line and "@%N" not in line for line in lines)
        if path.suffix == ".service":
            assert lines.count(f"User={user}") == 1
            command = next(line for line in lines if line.startswith("ExecStart="))
            instance = "-%i" if "worker@" in path.name else ""
            assert f"{home.root}{instance}" in shlex.split(
                command.removeprefix("ExecStart="), comments=False
            )


def test_documents_say_how_a_worker_comes_back() -> None:
    root = Path(__file__).resolve().parents[2]
    unit = (root / "mediawatch/data/units/mediawatch-worker@.service").read_text("utf-8")
    (restart,) = re.findall(r"(?m)^Restart=(.+)$", unit)
    told = re.findall(r"Restart=([\w-]+)", (root / "docs/workers.md").read_text("utf-8"))
    # Its exit code 75 counts as success, after which `on-failure` would start nothing.
    assert told == [restart] == ["always"]
