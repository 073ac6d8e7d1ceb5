"""Files that a person names: how they are opened, and what is said of those that are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediawatch.inputs import InputFault, parse_json, read_bytes, read_text, read_toml


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_notepads_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes('# 备注\r\nx = "备案"\r\n'.encode(encoding))
    assert read_toml(tmp_path / "a.toml") == {"x": "备案"}
    assert read_text(tmp_path / "a.toml") == '# 备注\nx = "备案"\n'


def test_gbk_is_named_with_line_and_remedy(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes("x = 1\n# 备注".encode("gbk"))
    with pytest.raises(InputFault, match=r"a\.toml, line 2: not UTF-8 but GBK .* save it as UTF-8"):
        read_toml(tmp_path / "a.toml")


def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        with pytest.raises(InputFault, match=f"{name} is a pipe, a device or a socket"):
            read_bytes(tmp_path / name)


def test_a_file_of_the_kernel_is_read_to_its_end() -> None:
    assert b"Name:" in read_bytes(Path("/proc/self/status"))


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.toml").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(InputFault, match="larger than 4 MB"):
        read_toml(tmp_path / "a.toml")


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "9" * 9000, "x = 2021-99-99"])
def test_odd_toml_is_a_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputFault, match=r"a\.toml"):
        read_toml(tmp_path / "a.toml")


@pytest.mark.parametrize("text", ["[" * 200_000, "9" * 9000, '{"a'])
def test_odd_json_is_a_sentence_that_quotes_nothing(text: str) -> None:
    with pytest.raises(InputFault, match=r"^cookies\.json: the JSON") as caught:
        parse_json(text, "cookies.json")
    assert "999" not in str(caught.value)


def test_a_link_to_nothing_is_no_missing_file(tmp_path: Path) -> None:
    link = tmp_path / "office.toml"
    link.symlink_to(tmp_path / "moved.toml")
    with pytest.raises(
        InputFault, match=r"office\.toml is a link to .*moved\.toml, which"
    ) as caught:
        read_text(link)
    # Whoever does without a missing file must not do without this one.
    assert caught.value.kind == "unreadable"
