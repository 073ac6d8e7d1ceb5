"""What the browser leaves behind: nothing of a living run's is touched, and of a dead one nothing
stays.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browsers import SHORT, descendants
from local_site import HOSTS, Answer, Asked, served
from places import make_short_folder

from scrapers.browser import processes
from scrapers.browser.pool import Browser, Launch, PageRules
from scrapers.browser.scratch import Scratch

OWNER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from scrapers.browser.pool import Browser, Launch, PageRules

async def main():
    launch = Launch(Path(sys.argv[1]), scratch=Path(sys.argv[2]))
    browser = Browser(launch, now=lambda: datetime.now(UTC))
    async with browser.tab(None, PageRules(hosts=frozenset(), whole=False)):
        print("open", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A place whose path is as short as a home's."""
    folder = make_short_folder()
    yield folder / "tmp"
    shutil.rmtree(folder)


@pytest.fixture
def owner(executable: Path, place: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has a page open, with its temporary files at the place."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, executable, place], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    processes.end(processes.living_in(next(place.glob("run-*"), place)))


def opened(executable: Path, place: Path, **more: Any) -> Browser:
    return Browser(
        Launch(executable, timeouts=SHORT, scratch=place, ports=None),
        now=lambda: datetime.now(UTC),
        **more,
    )


def runs(place: Path) -> list[Path]:
    return sorted(place.glob("run-*"))


def until(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within a few seconds."""
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


async def test_its_files_lie_in_a_folder_that_goes_with_it(executable: Path, place: Path) -> None:
    before = descendants()
    browser = opened(executable, place)
    async with browser.tab(None, PageRules(hosts=HOSTS, whole=False)):
        (run,) = runs(place)
        assert run.stat().st_mode & 0o077 == 0
        profiles = [
            command
            for pid, command in descendants().items()
            if pid not in before and f"--user-data-dir={run}/" in command
        ]
        assert profiles
        assert processes.living_in(run) & (descendants().keys() - before.keys())
    await browser.close()
    assert runs(place) == []
    assert not descendants().keys() - before.keys()


async def test_signals_to_our_group_do_not_reach_the_driver(executable: Path, place: Path) -> None:
    before = descendants()
    browser = opened(executable, place)
    async with browser.tab(None, PageRules(hosts=HOSTS, whole=False)):
        (driver,) = [
            pid
            for pid, command in descendants().items()
            if pid not in before and "run-driver" in command
        ]
        assert os.getpgid(driver) == os.getsid(driver) == driver
    await browser.close()


def environment_of(pid: int) -> set[bytes]:
    return {*Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")}


async def test_the_driver_is_kept_small_unless_the_operator_says_otherwise(
    executable: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = descendants()
    monkeypatch.setenv("MALLOC_MMAP_MAX_", "7")
    browser = opened(executable, place)
    async with browser.tab(None, PageRules(hosts=HOSTS, whole=False)):
        ((driver, command),) = (
            each
            for each in descendants().items()
            if each[0] not in before and "run-driver" in each[1]
        )
        environ = environment_of(driver)
    await browser.close()
    assert "--lite-mode" in command
    assert {b"MALLOC_MMAP_THRESHOLD_=30000", b"MALLOC_MMAP_MAX_=7"} <= environ


async def test_a_killed_run_takes_driver_and_browser_with_it(
    owner: subprocess.Popen[str], place: Path
) -> None:
    (run,) = runs(place)
    owner.kill()
    assert until(lambda: not processes.living_in(run))
    assert run.exists(), "nobody is there to remove it"


async def test_a_start_removes_only_folders_of_the_dead(
    place: Path, owner: subprocess.Popen[str]
) -> None:
    (run,) = runs(place)
    Scratch.make(place).remove()
    assert runs(place) == [run]
    assert owner.poll() is None
    (driver,) = [
        pid
        for pid, command in descendants().items()
        if "run-driver" in command and pid in processes.living_in(run)
    ]
    os.kill(driver, signal.SIGSTOP)  # it does not notice that its owner is gone
    owner.kill()
    owner.wait()
    assert processes.living_in(run)
    Scratch.make(place).remove()
    assert until(lambda: not processes.living_in(run))
    assert runs(place) == []


def test_a_place_too_long_for_a_socket_is_replaced(tmp_path: Path) -> None:
    homes = [tmp_path / ("很长的文件夹" * 5) / name / "tmp" for name in ("a", "b")]
    taken = [Scratch.make(home) for home in (homes[0], homes[0], homes[1])]
    try:
        first, second, third = (each.path.parent for each in taken)
        assert first == second != third
        assert all(
            each.parent == Path(tempfile.gettempdir()) and each.stat().st_mode & 0o077 == 0
            for each in (first, third)
        )
    finally:
        for each in taken:
            each.remove()
        shutil.rmtree(first)
        shutil.rmtree(third)


async def test_contexts_are_renewed_where_memory_is_short(
    executable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.browser.pool._WEIGHED_EVERY", 2)

    def greet(asked: Asked) -> Answer:
        return Answer(
            asked.headers.get("Cookie", "new"), headers={"Set-Cookie": "visited=1; Path=/"}
        )

    browser = Browser(Launch(executable, timeouts=SHORT, ports=None), now=lambda: datetime.now(UTC))
    said = []
    with served({"/": greet}) as site:
        for number in range(6):
            if number == 3:
                monkeypatch.setattr(browser, "_memory_mb", 1.0)
            async with browser.tab(None, PageRules(hosts=HOSTS, whole=False)) as tab:
                said.append((await tab.open(site.url("/"))).text())
    await browser.close()
    assert said == ["new", "visited=1", "visited=1", "visited=1", "new", "visited=1"]


async def test_deaths_leave_no_zombie(executable: Path, place: Path) -> None:
    before = descendants()
    browser = opened(executable, place)
    for victim in ("--remote-debugging-pipe", "run-driver"):
        async with browser.tab(None, PageRules(hosts=HOSTS, whole=False)):
            pass
        for pid, command in descendants().items():
            if pid not in before and victim in command and "--type=" not in command:
                os.kill(pid, signal.SIGKILL)
    async with browser.tab(None, PageRules(hosts=HOSTS, whole=False)):
        assert len(runs(place)) == 1, "the dead ones' folders are gone"
    await browser.close()
    assert until(lambda: not processes.descendants(os.getpid()) - before.keys()), (
        "zombies count as children"
    )
    assert runs(place) == []
