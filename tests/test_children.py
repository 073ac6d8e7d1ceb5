"""What everybody reads of our processes in `ps` and /proc: none of our secrets."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from local_site import Answer, Asked, served
from postgres import Cluster
from programs import clean, mediawatch
from tables import short

from db import copies
from mediawatch.workbooks.process import ReadingProcess
from mediawatch.workbooks.tables import read_file
from scrapers.browser import processes
from scrapers.browser.chromium import Chromium
from scrapers.browser.pool import Launch

SECRET = "hunter2-of-the-settings"
INHERITED = "stays-as-it-is"


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIAWATCH_DATABASE__URL", f"postgresql://office:{SECRET}@db.example/x")
    monkeypatch.setenv("MEDIAWATCH_NOTIFY__URLS", f'["mailtos://office:{SECRET}@example.gov.cn"]')
    monkeypatch.setenv("PGPASSWORD", SECRET)
    monkeypatch.setenv("AN_OFFICES_OWN", INHERITED)


def told_to(pid: int) -> bytes:
    """What everybody who may look at this process reads of its start."""
    there = Path(f"/proc/{pid}")
    return (there / "environ").read_bytes() + (there / "cmdline").read_bytes()


def told_by(pid: int) -> bytes:
    """The same, and the names of the files that the process holds open."""
    opened = [os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir()]
    return told_to(pid) + "\n".join(opened).encode()


@pytest.mark.parametrize(
    ("status", "code", "words"), short([(200, 0, ("-v",)), (500, 1, ("--log-json",))])
)
def test_a_notification_shows_its_secrets_to_nobody(
    tmp_path: Path, status: int, code: int, words: tuple[str, ...]
) -> None:
    """Looked at while the message is on its way; then the log and what was printed."""
    token, password, home = "token-of-the-place", "password-of-the-place", tmp_path / "home"
    told: list[bytes] = []
    begun = threading.Event()

    def look(asked: Asked) -> Answer:
        begun.wait(60)
        told.extend(map(told_by, {process.pid, *processes.descendants(process.pid)}))
        return Answer(status=status)

    with served({f"/{token}": look}) as site:
        assert mediawatch("init", home=home).returncode == 0
        url = f"json://office:{password}@127.0.0.1:{site.port}/{token}"
        (home / "mediawatch.toml").write_text(f'[notify]\nurls = ["{url}"]\n', "utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "mediawatch", "--home", home, *words, "notify", "--test"],
            env=clean(None),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        begun.set()
        printed, _ = process.communicate()
        assert process.returncode == code, printed
        (asked,) = site.asked
    assert (
        base64.b64encode(f"office:{password}".encode()).decode() in asked.headers["Authorization"]
    )
    log = b"".join(each.read_bytes() for each in (home / "logs").iterdir())
    assert told
    assert b"notify" in told[0]
    for shown in (*told, printed, log):
        assert token.encode() not in shown
        assert password.encode() not in shown


async def test_the_browser_is_told_no_secret(executable: Path) -> None:
    running = await Chromium.start(Launch(executable))
    try:
        driver = running.driver.process.pid
        below = processes.descendants(driver)
        told = [told_to(pid) for pid in {driver, *below}]
    finally:
        await running.stop()
    assert len(told) > 2
    # Chromium's helpers write over what they were given.
    assert sum(INHERITED.encode() in each for each in told) >= 2
    assert not any(SECRET.encode() in each for each in told)


def test_the_reading_process_is_told_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "台账.csv"
    table.write_text("政务新媒体名称,类型\n示例发布,新浪微博\n", "utf-8")
    reading = ReadingProcess()
    monkeypatch.setattr("mediawatch.workbooks.tables.READING", reading)
    read_file(table)
    assert reading.pid is not None
    told = told_to(reading.pid)
    reading.close()
    assert INHERITED.encode() in told
    assert SECRET.encode() not in told


def test_a_copy_of_the_database_is_told_its_password_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Cluster
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\nenv > {tmp_path}/called\necho "$@" >> {tmp_path}/called\n')
    program.chmod(0o755)
    monkeypatch.setattr(copies, "_found", lambda name: str(tmp_path / name))
    copies.dump(f"{postgres.url()}&password=of-the-database", tmp_path / "copy")
    lines = (tmp_path / "called").read_text().splitlines()
    assert "PGPASSWORD=of-the-database" in lines
    assert sum("of-the-database" in line for line in lines) == 1
    assert not any(SECRET in line for line in lines)
