"""Small disks of the tests' own: real ones in memory, which can be full or read-only."""

from __future__ import annotations

import logging
import os
import re
import subprocess
from collections.abc import Iterator
from errno import ENOSPC
from pathlib import Path

import pytest

BYTES = 3 << 20


class SmallDisk:
    """A disk of 3 MB, mounted at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filling = folder / "filling"

    def mount(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _run("mount", "-t", "tmpfs", "-o", f"size={BYTES}", "tmpfs", str(self.folder))

    def unmount(self) -> None:
        # Lazily: what a failed test has left open must not keep it.
        _run("umount", "-l", str(self.folder))

    def fill(self) -> None:
        """Until not one byte more is taken."""
        file = os.open(self._filling, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        try:
            while True:
                os.write(file, bytes(4096))
        except OSError as error:
            if error.errno != ENOSPC:
                raise
        finally:
            os.close(file)

    def free(self) -> None:
        self._filling.unlink(missing_ok=True)

    def make_read_only(self) -> None:
        logging.shutdown()  # a command in this process may have the log of its home open
        _run("mount", "-o", "remount,ro", str(self.folder))

    def make_writable(self) -> None:
        _run("mount", "-o", "remount,rw", str(self.folder))


def _may_mount() -> bool:
    """Root in a container may lack this right of the kernel (CAP_SYS_ADMIN, bit 21)."""
    found = re.search(r"^CapEff:\s*(\w+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    return bool(found and int(found[1], 16) >> 21 & 1)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Skipped where nothing may be mounted; an error in a CI that may mount and cannot."""
    made = SmallDisk(tmp_path / "disk")
    try:
        made.mount()
    except (RuntimeError, OSError) as error:
        reason = f"a disk in memory cannot be mounted here (it takes root): {error}"
        if os.environ.get("CI") and _may_mount():
            pytest.fail(reason)
        pytest.skip(reason)
    try:
        yield made
    finally:
        made.unmount()
