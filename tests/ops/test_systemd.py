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
from mediawatch.sweep.gate.breakers import EXIT_BITS


@pytest.fixture
def written(tmp_path: Path) -> list[Path]:
    program = tmp_path / "mediawatch"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return systemd.write(
        tmp_path / "units",
        program=program,
        home=Home(tmp_path / "home"),
        user="office",
        backups=tmp_path,
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
    assert len(named) == 5
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
    assert len(called) == 3
    for line in called:
        words = shlex.split(line)[3:]
        options = {option for param in real[words[0]].params for option in param.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_what_sites_did_to_us_is_no_failure_of_the_service(written: list[Path]) -> None:
    (text,) = (
        path.read_text("utf-8") for path in written if path.name == "mediawatch-sweep.service"
    )
    allowed = re.findall(r"(?m)^SuccessExitStatus=(.+)$", text)[0].split()
    sums = {0}
    for bit in set(EXIT_BITS.values()):
        sums |= {code | bit for code in sums}
    assert {int(code) for code in allowed} == sums - {0} | {143}


def test_a_path_that_a_unit_would_take_apart_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="without spaces"):
        systemd.write(
            tmp_path,
            program=Path("/usr/bin/mediawatch"),
            home=Home(tmp_path / "my home"),
            user="nobody",
            backups=tmp_path,
        )


def test_the_command_writes_the_units_of_its_home(tmp_path: Path) -> None:
    Home(tmp_path / "home").create()
    done = CliRunner().invoke(
        cli, ["--home", str(tmp_path / "home"), "units", str(tmp_path / "out"), "--user", "office"]
    )
    assert sorted(done.stdout.split()) == sorted(str(path) for path in (tmp_path / "out").iterdir())
    text = (tmp_path / "out" / "mediawatch-sweep.service").read_text("utf-8")
    assert f" --home {tmp_path / 'home'} sweep" in text
    assert "User=office" in text
