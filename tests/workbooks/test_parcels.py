"""JSON that somebody sends is read strictly and in a limited way: every hostile file is refused."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mediawatch.workbooks.parcel_reading import MOST_BYTES
from mediawatch.workbooks.parcels import read_parcel
from mediawatch.workbooks.refusals import BadFile


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return stream.getvalue()


def zip_with_a_link() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("链接.json")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def with_a_password() -> bytes:
    data = bytearray(zipped(("a.json", b"{}")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


HOSTILE: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "empty": (b"", "第1行不是有效的JSON"),
    "cut off": (b'{"a": [1, 2', "可能不完整"),
    "a list": (b"[]", "最外层应为一个对象"),
    "a key twice": (b'{"a": 1, "b": {"c": 1, "c": 2}}', "“c”一项在同一处出现两次"),
    "not a number": (b'{"a": NaN}', "NaN"),
    "no end of numbers": (b'{"a": -Infinity}', "Infinity"),
    "too large a number": (b'{"a": 1e999}', "过大的数字"),
    "a number that loses digits": (b'{"a": 302571600656602112345}', "过长的数字"),
    "thousands of digits": (b'{"a": ' + b"9" * 10_000 + b"}", "过长的数字"),
    "deep": (b'{"a": ' + b"[" * 100_000, "嵌套过深"),
    "deep and whole": (b'{"a": ' + b"[" * 30 + b"]" * 30 + b"}", "嵌套过深"),
    "many values": (lambda: b'{"a": [' + b"0," * 4_000_001 + b"0]}", "内容过多"),
    "half a character": (b'{"a": "\\ud800"}', "残缺的字符"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "不是UTF-8编码"),
    "GBK": ('{"a": "示例"}'.encode("gbk"), "不是UTF-8编码"),
    "a mark": (b"\xef\xbb\xbf{}", "BOM"),
    "two documents": (b"{} {}", "不是有效的JSON"),
    "an empty zip": (zipped(), "压缩包是空的"),
    "a broken zip": (zipped(("a.json", b"{}" * 99))[:60], "压缩包已损坏"),
    "a zip in a zip": (zipped(("b.zip", zipped(("a.json", b"{}")))), "又是压缩包"),
    "a bomb": (lambda: zipped(("a.json", b" " * (MOST_BYTES + 1))), "展开后超过48MB"),
    "a bomb of two": (
        lambda: zipped(*((f"{n}.json", b"{}" + b" " * (MOST_BYTES // 2)) for n in "ab")),
        "展开后超过",
    ),
    "too many": (zipped(*((f"{n}.json", b"{}") for n in range(101))), "有101个文件"),
    "a link": (zip_with_a_link(), "是链接"),
    "a password": (with_a_password(), "设有密码"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name: str, tmp_path: Path) -> None:
    body, says = HOSTILE[name]
    target = tmp_path / "交.json"
    # What is large is not made by every process that only collects the tests.
    target.write_bytes(body if isinstance(body, bytes) else body())
    with pytest.raises(BadFile, match=says):
        read_parcel(target)


def test_a_pipe_and_a_folder_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管")
    for place, says in (
        (tmp_path / "管", "不是普通文件"),
        (tmp_path, "文件夹"),
        (tmp_path / "无", "找不到"),
    ):
        with pytest.raises(BadFile, match=says):
            read_parcel(place)


def test_documents_come_with_their_bytes(tmp_path: Path) -> None:
    body = json.dumps({"名": '[{\\"', "n": [1.5, None, True]}, ensure_ascii=False).encode()
    (tmp_path / "a.json").write_bytes(body)
    [alone] = read_parcel(tmp_path / "a.json")
    (tmp_path / "b").write_bytes(zipped(("夹/一.json", body), ("二.json", b"{}")))
    first, second = read_parcel(tmp_path / "b")
    assert alone.body == first.body == body
    assert alone.sha256 == first.sha256
    assert (alone.name, first.name, second.name) == ("a.json", "b/夹/一.json", "b/二.json")
