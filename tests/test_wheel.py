"""The wheel, installed into a new environment, works from another folder: nothing is read from the
checkout.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("mediawatch", "scrapers", "db")


def run(*words: str | Path, cwd: Path, **environ: str) -> str:
    """Standard output; what the command said is shown where it fails."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("MEDIAWATCH_", "PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=kept | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a new environment with the wheel.

    A path line lends it the dependencies: a plain entry of sys.path. That entry's own path lines
    (and so the checkout, where it is installed editable) do not count.
    """
    folder = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-compile",
        wheel,
        cwd=folder,
    )
    site = Path(
        run(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
        ).strip()
    )
    (site / "lent.pth").write_text(
        "\n".join(sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}))
    )
    return folder / "bin"


def test_the_wheel_holds_exactly_the_files_of_the_packages(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == ours
    assert any(
        name.endswith("dist-info/licenses/LICENSE") for name in zipfile.ZipFile(wheel).namelist()
    )


def test_a_new_environment_runs_init_from_another_folder(installed: Path, tmp_path: Path) -> None:
    code = f"import {', '.join(PACKAGES)}; print({'.__file__, '.join(PACKAGES)}.__file__)"
    places = run(installed / "python", "-c", code, cwd=tmp_path).split()
    assert [Path(place).is_relative_to(installed.parent) for place in places] == [True] * 3
    home = tmp_path / "home"
    assert (
        run(installed / "mediawatch", "init", cwd=tmp_path, MEDIAWATCH_HOME=str(home))
        == f"Set up {home}\n"
    )
    assert (home / "mediawatch.db").stat().st_size > 0


def test_a_new_environment_runs_the_demo_from_another_folder(
    installed: Path, tmp_path: Path
) -> None:
    """On a few accounts of the shipped world, which is read out of the installed package."""
    code = "from mediawatch.demo import shipped_world; print(shipped_world())"
    shipped = Path(run(installed / "python", "-c", code, cwd=tmp_path).strip())
    assert shipped.is_relative_to(installed.parent)
    (tmp_path / "world.csv").write_text(
        few_accounts(shipped.read_text(encoding="utf-8-sig")), encoding="utf-8"
    )
    told = run(
        installed / "mediawatch", "demo", "--out", "out", "--world", "world.csv", cwd=tmp_path
    )
    assert str(tmp_path / "out") in told
    handoff = json.loads((tmp_path / "out" / "handoff.json").read_text(encoding="utf-8"))
    assert handoff["schema"] == "mediawatch.handoff/1"
    assert handoff["findings"]
    assert "演示数据" in handoff["marks"]


@pytest.mark.soak
def test_a_new_environment_verifies_a_case_from_another_folder(
    installed: Path, tmp_path: Path
) -> None:
    case = ROOT / "tests" / "cases" / "douyin" / "banned"
    printed = run(installed / "mediawatch", "verify", case, cwd=tmp_path)
    assert case.name in printed


def few_accounts(world: str) -> str:
    """One account that is silent, and one that is gone."""
    remarks = [line for line in world.splitlines() if line.startswith("#")]
    heading, *rows = csv.reader(line for line in world.splitlines() if not line.startswith("#"))
    gone = next(row for row in rows if row[heading.index("truth")] == "gone")
    out = io.StringIO("\n".join([*remarks, ""]))
    out.seek(0, io.SEEK_END)
    csv.writer(out).writerows([heading, rows[0], gone])
    return out.getvalue()
