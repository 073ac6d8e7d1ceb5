"""The strict reader of backups' tar files, on what no other test has room for."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from mediawatch.app.tar_file import TarFault, read_chunks, read_members

LARGE = 8**11 + 5
"""Bytes: too many for a plain header."""


def large(path: Path, size: int) -> None:
    """A tar with one file of `LARGE` bytes, all holes, and a small one behind it."""
    first, last = tarfile.TarInfo("evidence/large"), tarfile.TarInfo("evidence/小")
    first.size, last.size = LARGE, 3
    with path.open("wb") as file:
        file.write(first.tobuf(tarfile.PAX_FORMAT).replace(str(LARGE).encode(), str(size).encode()))
        file.seek(-(-LARGE // 512) * 512, 1)
        file.write(last.tobuf(tarfile.PAX_FORMAT) + b"abc".ljust(512, b"\0") + bytes(1024))


def test_a_file_above_eight_gibibytes_is_found(tmp_path: Path) -> None:
    large(tmp_path / "b.tar", LARGE)
    with (tmp_path / "b.tar").open("rb") as file:
        one, two = read_members(file)
        assert (one.name, one.size, two.name) == ("evidence/large", LARGE, "evidence/小")
        assert b"".join(read_chunks(file, two)) == b"abc"


def test_a_size_that_is_not_there_is_refused(tmp_path: Path) -> None:
    large(tmp_path / "b.tar", LARGE + 10**9)
    with (tmp_path / "b.tar").open("rb") as file, pytest.raises(TarFault, match="cut short"):
        list(read_members(file))


def test_a_tar_of_tarfile_is_read_as_tarfile_reads_it(tmp_path: Path) -> None:
    names = ["a.toml", "规则.toml", "evidence/" + "长" * 60, "evidence/" + "x" * 150]
    (tmp_path / "x").write_bytes(b"12345" * 300)
    with tarfile.open(tmp_path / "b.tar", "w", format=tarfile.PAX_FORMAT) as tar:
        for name in names:
            tar.add(tmp_path / "x", name, filter=plain)
    with tarfile.open(tmp_path / "b.tar") as tar, (tmp_path / "b.tar").open("rb") as file:
        assert [(each.name, each.offset, each.size) for each in read_members(file)] == [
            (each.name, each.offset_data, each.size) for each in tar
        ]


def plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without an owner, as in a backup."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info
