"""Which Chromium is taken and how one is installed: real processes on a PATH of small scripts, the
real `playwright install`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mediawatch.domain import UserError
from mediawatch.ops import install_browser

Fake = Callable[..., Path]
TOOLS = ("sh", "env", "cat", "chmod", "mkdir", "uname", "dirname", "id", "touch")


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """Writes an executable that answers with `answer`, below a folder of its own."""

    def write(where: str, answer: str = "Chromium 1.2.3.4", script: str = "") -> Path:
        path = tmp_path / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script or f'echo {answer}'}\n")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin")}


def test_the_order_of_places(fake: Fake, environ: dict[str, str], tmp_path: Path) -> None:
    cache = "home/.cache/ms-playwright"
    managed_old = fake(f"{cache}/chromium_headless_shell-999/chrome-linux/headless_shell")
    managed_new = fake(
        f"{cache}/chromium_headless_shell-1200/chrome-headless-shell-linux64/chrome-headless-shell"
    )
    managed_full = fake(f"{cache}/chromium-1300/chrome-linux64/chrome")
    on_path = [
        fake(f"bin/{name}") for name in ("chromium-headless-shell", "chromium", "google-chrome")
    ]
    own = fake("opt/own")
    assert install_browser.find(str(own), environ) == install_browser.FoundBrowser(
        own, "1.2.3.4", "own setting"
    )
    for expected in (managed_new, managed_old, managed_full, *on_path):
        found = install_browser.find("", environ)
        assert found.path == expected
        assert ("Playwright" in found.source) == (expected not in on_path)
        expected.unlink()
    with pytest.raises(UserError, match="mediawatch browser --install"):
        install_browser.find("", environ)


def test_another_folder_for_playwrights_downloads(
    fake: Fake, environ: dict[str, str], tmp_path: Path
) -> None:
    there = fake("downloads/chromium_headless_shell-1/chrome-linux/headless_shell")
    assert (
        install_browser.find(
            "", {**environ, "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "downloads")}
        ).path
        == there
    )


def test_what_does_not_run_is_passed_over_and_an_own_setting_never_is(
    fake: Fake, environ: dict[str, str]
) -> None:
    broken = fake("bin/chromium-headless-shell", script="exit 127")
    sound = fake("bin/chromium", "Chromium 5.6 built on Debian")
    assert install_browser.find("", environ) == install_browser.FoundBrowser(
        sound, "5.6", "chromium on PATH"
    )
    assert install_browser.find("chromium", environ).path == sound
    with pytest.raises(UserError, match=str(broken)):
        install_browser.find(str(broken), environ)
    with pytest.raises(UserError, match="nowhere"):
        install_browser.find("/nowhere/chrome", environ)


def test_a_snap_is_not_taken(fake: Fake, environ: dict[str, str], tmp_path: Path) -> None:
    snap = fake("snap/bin/chromium")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/chromium").symlink_to(snap)
    with pytest.raises(UserError):
        install_browser.find("", environ)


@pytest.fixture
def bare_machine(
    fake: Fake, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, str]:
    """No Chromium, no font, no route to Playwright's downloads; an apt-get that notes its words and
    installs scripts.
    """
    for tool in TOOLS:
        fake(f"bin/{tool}").unlink()
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or pytest.skip(f"no {tool} here"))
    fake(
        "bin/apt-get",
        script=f"""cd {tmp_path}; echo "$@" >> apt-words
        made() {{ printf '#!/bin/sh\\necho %s' "$2" > bin/$1; chmod +x bin/$1; }}
        case "$*" in *install*chromium-headless-shell*) made chromium-headless-shell "Chromium 7.8.9";; esac
        case "$*" in *install*fonts-noto-cjk*) made fc-list "Noto Sans CJK SC";; esac
        case "$*" in *install*libatomic1*) touch libatomic;; esac""",
    )
    fake("bin/sudo", script='while [ "$1" = -n ] || [ "$1" = -- ]; do shift; done; exec "$@"')
    environ |= {
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "1000",
    }
    for name in os.environ:
        if name.upper().startswith(("PLAYWRIGHT_", "MEDIAWATCH_")):
            monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return environ


def test_debian_packages_come_when_playwrights_download_fails(
    bare_machine: dict[str, str], tmp_path: Path
) -> None:
    told: list[str] = []
    found = install_browser.install("", told.append)
    assert (found.path, found.version) == (tmp_path / "bin/chromium-headless-shell", "7.8.9")
    words = (tmp_path / "apt-words").read_text().splitlines()
    assert words[-1].split()[-3:] == ["chromium-headless-shell", "fonts-noto-cjk", "fontconfig"]
    assert "--no-install-recommends" in words[-1]
    assert install_browser.chinese_font() == "Noto Sans CJK SC"
    assert [line.split()[0] for line in told] == ["No", "Installing"]
    # The second time there is nothing to do.
    (tmp_path / "apt-words").unlink()
    assert install_browser.install("", told.append) == found
    assert not (tmp_path / "apt-words").exists()


def test_only_the_font_is_installed_where_only_the_font_is_missing(
    bare_machine: dict[str, str], fake: Fake, tmp_path: Path
) -> None:
    fake("bin/chromium")
    assert install_browser.install("", lambda line: None).path == tmp_path / "bin/chromium"
    assert (
        (tmp_path / "apt-words")
        .read_text()
        .splitlines()[-1]
        .endswith("--no-install-recommends fonts-noto-cjk fontconfig")
    )


def test_what_playwrights_own_program_needs_comes_first(
    bare_machine: dict[str, str], fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake("bin/chromium")
    node = fake("node", script=f"[ -f {tmp_path}/libatomic ] && echo v22.1.0")
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(node))
    with pytest.raises(UserError, match="libatomic1"):
        install_browser.find()
    assert install_browser.install("", lambda line: None).path == tmp_path / "bin/chromium"
    assert (
        (tmp_path / "apt-words")
        .read_text()
        .splitlines()[1]
        .endswith("--no-install-recommends libatomic1")
    )


def test_where_nothing_helps_one_sentence_says_what_to_do(
    bare_machine: dict[str, str], fake: Fake
) -> None:
    fake("bin/apt-get", script="exit 100")
    with pytest.raises(UserError, match="mediawatch browser --install") as caught:
        install_browser.install("", lambda line: None)
    assert "\n" not in str(caught.value)


def test_the_command_prints_path_version_source_and_font(
    fake: Fake, environ: dict[str, str], tmp_path: Path
) -> None:
    fake("bin/chromium-headless-shell")
    fake("bin/fc-list", "Noto Sans CJK SC,Noto Sans CJK SC Bold")
    done = subprocess.run(
        [sys.executable, "-m", "mediawatch", "browser"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert lines == {
        "path": str(tmp_path / "bin/chromium-headless-shell"),
        "version": "1.2.3.4",
        "source": "chromium-headless-shell on PATH",
        "font": "Noto Sans CJK SC",
    }
