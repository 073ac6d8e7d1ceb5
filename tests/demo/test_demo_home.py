"""A demonstration's home goes to no real site.

Every command is tried, with a proxy that notes each visitor.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import commands, in_process

from mediawatch import demo

LINK = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
GOES_OUT = {
    "doctor": ("--live",),
    "links import": ("{folder}/links.txt",),
    "login": ("weibo", "--qr", "--limit", "1", "--custodian", "张三"),
    "record": ("https://weibo.com/u/1000000001",),
    "sessions check": (),
    "sweep": (),
}
"""What would look at a site in any other home.

The others need what only such looks give (a sweep, a notice), or never look.
"""
_NOT_RUN = {"browse", "browser", "demo", "verify", "units", "init", "restore"}
"""Servers, installations, and what has a home or stand-ins of its own."""


class Visitors:
    """A proxy that serves no one and counts who came."""

    def __init__(self) -> None:
        self.count = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            self.count += 1
            visitor.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def visitors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitors]:
    found = Visitors()
    monkeypatch.setenv("MEDIAWATCH_BROWSER__PROXY", found.url)
    yield found
    found.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    root = demo.prepare(tmp_path / "demo").root
    (root / "registry.csv").write_text(
        (
            "政务新媒体名称,类型,平台ID\n示例发布,新浪微博,1000000001\n示例之声,微信公众号,"
            "gh_0123456789ab\n"
        ),
        encoding="utf-8",
    )
    (root / "links.txt").write_text(LINK, encoding="utf-8")
    in_process("--home", root, "init")
    assert in_process("--home", root, "registry", "import", root / "registry.csv").returncode == 0
    (root / "sessions" / "weibo").mkdir()
    (root / "sessions" / "weibo" / "office.json").write_text(
        '{"cookies": [], "origins": []}', encoding="utf-8"
    )
    return root


def test_no_command_of_a_demo_home_goes_to_a_site(home: Path, visitors: Visitors) -> None:
    for words, command in commands():
        # Without the registry that `registry undo` takes back, the others would stop before they
        # look.
        if (
            words.split()[0] in _NOT_RUN
            or words == "registry undo"
            or (hasattr(command, "commands") and words not in GOES_OUT)
        ):
            continue
        given = [word.format(folder=home) for word in GOES_OUT.get(words, ())]
        done = in_process("--home", home, *words.split(), *given)
        if words in GOES_OUT:
            assert "made-up accounts" in done.stdout + done.stderr, (
                f"{words}: {done.stdout}{done.stderr}"
            )
    assert visitors.count == 0


@pytest.mark.parametrize("words", [words for words in GOES_OUT if words != "doctor"])
def test_a_demo_home_stays_one_without_its_setting(
    home: Path, visitors: Visitors, words: str
) -> None:
    """The mark in the settings may be edited; the folder still holds made-up accounts."""
    (home / "mediawatch.toml").write_text("", encoding="utf-8")
    done = in_process(
        "--home", home, *words.split(), *(word.format(folder=home) for word in GOES_OUT[words])
    )
    assert done.returncode == 2
    assert "made-up accounts" in done.stderr
    assert visitors.count == 0
