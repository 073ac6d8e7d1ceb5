"""Which Chromium is used, and how one is installed.

Order: the own setting, Playwright's managed Chromium, `chromium-headless-shell`, `chromium`,
`google-chrome` on PATH. With `install`, `playwright install` and then Debian's packages follow. The
headless shell is preferred to full Chromium: it costs half the CPU and makes no background calls.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mediawatch.children import inherited_environment
from mediawatch.domain import UserError

ON_PATH = ("chromium-headless-shell", "chromium", "google-chrome")
_NODE_NEEDS = "libatomic1"
"""Playwright's Node.js is linked to this library, and a minimal Debian 12 lacks it."""
_BY_PLAYWRIGHT = (
    sys.executable,
    "-m",
    "playwright",
    "install",
    "--with-deps",
    "--only-shell",
    "chromium",
)
_PLAYWRIGHT_SECONDS, _APT_SECONDS, _STOP_SECONDS = 900, 1800, 5
_NO_NODE = (
    "Playwright's Node.js does not start here: run `mediawatch browser --install` (Debian: "
    "apt-get install libatomic1), "
    "or set PLAYWRIGHT_NODEJS_PATH to another Node.js"
)
_NO_CHROMIUM = (
    "no Chromium found: run `mediawatch browser --install`, or set [browser] executable in "
    "mediawatch.toml "
    "to the path of a Chromium (Debian: apt-get install chromium-headless-shell fonts-noto-cjk)"
)
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FoundBrowser:
    """A Chromium that starts. `source` says where it comes from, in English."""

    path: Path
    version: str
    source: str


def find(executable: str = "", environ: Mapping[str, str] | None = None) -> FoundBrowser:
    """The browser to use; `executable` is the own setting.

    UserError where the set executable does not start, or where no browser is found. UserError, too,
    where Playwright's own program, which drives the browser, does not start.
    """
    environ = os.environ if environ is None else environ
    found = _chromium(executable, environ)
    if found is None:
        raise UserError(_NO_CHROMIUM)
    if not version_of(_node(environ)):
        raise UserError(_NO_NODE)
    return found


def has_screen(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a window could be shown here."""
    environ = os.environ if environ is None else environ
    return sys.platform != "linux" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def find_windowed(environ: Mapping[str, str] | None = None) -> Path:
    """A Chromium that can show a window, for a login by hand.

    UserError where such a browser or a screen is missing.
    """
    environ = os.environ if environ is None else environ
    if not has_screen(environ):
        raise UserError(
            "a login by hand opens a window, and this machine has no screen: use --qr, or "
            "`mediawatch sessions import`"
        )
    for path, _ in _candidates(environ):
        if "headless" not in path.name and version_of(path):
            return path
    raise UserError(
        "a login by hand needs a Chromium with windows (Debian: apt-get install chromium) or "
        "Google Chrome; or use --qr"
    )


def install(executable: str = "", tell: Tell = print) -> FoundBrowser:
    """Find a browser or install one, and a Chinese font with it where apt-get can.

    UserError where neither succeeds.
    """
    if not version_of(_node(os.environ)):
        _apt_install([_NODE_NEEDS], tell)
    found = _chromium(executable, os.environ)
    if found is None:
        tell("No Chromium here; trying `playwright install`.")
        _ran(_BY_PLAYWRIGHT, _PLAYWRIGHT_SECONDS)
        found = _chromium(executable, os.environ)
    # fc-list shows whether the font is there.
    missing = [
        *([] if found else ["chromium-headless-shell"]),
        *([] if chinese_font() else ["fonts-noto-cjk", "fontconfig"]),
    ]
    if missing:
        _apt_install(missing, tell)
    return find(executable)


def chinese_font() -> str:
    """The font family in which Chinese text is drawn, or "".

    Without one the pictures that are kept as evidence show boxes.
    """
    covering = _output(["fc-list", ":lang=zh-cn", "family"])
    # fc-match always names some font, so it is asked only where some font covers Chinese.
    return covering and (
        _output(["fc-match", "--format=%{family[0]}", "sans-serif:lang=zh-cn"])
        or covering.splitlines()[0].split(",")[0]
    )


def version_of(path: Path) -> str:
    """The version number that the executable prints; "" where it does not run."""
    found = re.search(r"\d+(\.\d+)+", _output([str(path), "--version"]))
    return found[0] if found else ""


def apt_get() -> tuple[str, ...]:
    """The words that run apt-get as root here; empty where it is not Debian or we lack the right."""
    if not shutil.which("apt-get"):
        return ()
    if os.geteuid() == 0:
        return ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get")
    if not shutil.which("sudo"):
        return ()
    # Without a terminal a person cannot type the password.
    quiet = () if sys.stdin.isatty() else ("-n",)
    return ("sudo", *quiet, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get")


def _chromium(executable: str, environ: Mapping[str, str]) -> FoundBrowser | None:
    """The first browser that starts; None where no browser does.

    UserError where the set executable does not start.
    """
    if executable:
        path = Path(shutil.which(executable, path=environ.get("PATH")) or executable)
        if version := version_of(path):
            return FoundBrowser(path, version, "own setting")
        raise UserError(
            f"[browser] executable is {executable}, and that does not answer to --version: "
            "name a Chromium, or none"
        )
    answers = ((path, version_of(path), source) for path, source in _candidates(environ))
    return next(
        (FoundBrowser(path, version, source) for path, version, source in answers if version), None
    )


def _candidates(environ: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    for path in _managed(environ):
        yield path, "Playwright's managed Chromium"
    for name in ON_PATH:
        found = shutil.which(name, path=environ.get("PATH"))
        # Ubuntu's `chromium` is a snap, which may not read the profile folders that Playwright
        # makes.
        if found and "snap" not in Path(found).resolve().parts:
            yield Path(found), f"{name} on PATH"


def _managed(environ: Mapping[str, str]) -> list[Path]:
    """Playwright's downloads, the headless shell first, and of each kind the newest revision first."""
    home = environ.get("HOME") or str(Path.home())
    chosen = environ.get("PLAYWRIGHT_BROWSERS_PATH") or f"{home}/.cache/ms-playwright"
    found: list[Path] = []
    for folder, file in (
        ("chromium_headless_shell-*", "*/*headless[-_]shell"),
        ("chromium-*", "chrome-linux*/chrome"),
    ):
        newest_first = sorted(
            Path(chosen).glob(folder),
            key=lambda each: int(each.name.rpartition("-")[2]),
            reverse=True,
        )
        found += [
            path
            for each in newest_first
            for path in sorted(each.glob(file))
            if os.access(path, os.X_OK)
        ]
    return found


def _node(environ: Mapping[str, str]) -> Path:
    """The Node.js that drives the browser.

    It is the one that Playwright brings along, unless Playwright's own variable names another.
    """
    spec = importlib.util.find_spec("playwright")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return Path(
        environ.get("PLAYWRIGHT_NODEJS_PATH") or f"{folders[0] if folders else ''}/driver/node"
    )


def _apt_install(packages: list[str], tell: Tell) -> None:
    """Install Debian packages; does nothing where we may not run apt-get."""
    if apt := apt_get():
        tell(f"Installing {' and '.join(packages)} by apt-get.")
        # A new machine has no package lists. An old list may still do, so a failure here is not
        # final.
        _ran([*apt, "update", "-q"], _APT_SECONDS)
        _ran([*apt, "install", "-y", "-q", "--no-install-recommends", *packages], _APT_SECONDS)


def _ran(command: tuple[str, ...] | list[str], seconds: float) -> bool:
    """Run an installer; its output goes to standard error. False where it fails: the next step may
    still help.
    """
    try:
        process = subprocess.Popen(command, stdout=sys.stderr, env=inherited_environment())
    except OSError:
        return False
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C does: killed at once, it would leave behind what it has started itself."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(
            command,
            env=inherited_environment(),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=20,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
