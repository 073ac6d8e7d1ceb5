"""JSON documents that somebody sends, as files of their own or in a zip, read strictly.

Runs in the reading process: a small zip may hold gigabytes, and a small JSON may want them.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn
from zipfile import ZipFile

from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.ooxml import ZIP_DAMAGE

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
MOST_BYTES = 48 * 2**20
"""Of one document, and of all in one zip. 20 000 accounts take 20 MB."""
_MOST_MEMBERS = 100
_DEEPEST = 24
"""Levels of lists and objects; a hand-off has seven."""
_MOST_NODES = 4_000_000
"""Commas and brackets: each value takes up to 100 bytes of memory, however short it is."""
_BRACKETS = re.compile(r'\\.|["\[\]{}]', re.DOTALL)
_SKIPPED = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What systems put into archives by themselves."""


def parcel_items(name: str, file: BinaryIO) -> Iterator[Any]:
    """For each document its name within the file ("" for the file itself) and SHA-256, then its
    bytes.

    Raises FileFault with a Chinese sentence, without the name of the file: whoever sent it reads it.
    """
    with file:
        data = file.read()
    if not data.startswith((_ZIP, _EMPTY_ZIP)):
        yield from _document("", data)
        return
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            # All of them first: what is too large as a whole is not parsed in part.
            for member, body in list(_members(archive)):
                yield from _document(member, body)
    except ZIP_DAMAGE as error:
        raise FileFault("压缩包已损坏：请重新压缩后再报送，或直接报送JSON文件") from error


def _members(archive: ZipFile) -> Iterator[tuple[str, bytes]]:
    infos = [
        each
        for each in archive.infolist()
        if not each.is_dir() and not each.filename.endswith(_SKIPPED[1:])
        if not each.filename.startswith(_SKIPPED[0])
    ]
    if len(infos) > _MOST_MEMBERS:
        raise FileFault(f"压缩包内有{len(infos)}个文件，最多{_MOST_MEMBERS}个：请分开报送")
    if not infos:
        raise FileFault("压缩包是空的")
    left = MOST_BYTES
    for info in infos:
        if info.flag_bits & 1:
            raise FileFault("压缩包设有密码：请去掉密码后再报送")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise FileFault(f"压缩包内的“{info.filename}”是链接，不是文件")
        # The size that a zip states may be a lie: no more is taken out of it than is allowed.
        with archive.open(info) as member:
            body = member.read(left + 1)
        if len(body) > left:
            raise FileFault(f"压缩包展开后超过{MOST_BYTES // 2**20}MB：请分开报送")
        left -= len(body)
        if body.startswith(_ZIP):
            raise FileFault(f"压缩包内的“{info.filename}”又是压缩包：请直接压缩JSON文件")
        yield info.filename, body


def _document(name: str, data: bytes) -> Iterator[Any]:
    where = f"“{name}”" if name else "文件"
    if len(data) > MOST_BYTES:
        raise FileFault(f"{where}超过{MOST_BYTES // 2**20}MB：请分开报送")
    check_strictly(where, data)
    yield {"name": name, "sha256": hashlib.sha256(data).hexdigest()}
    yield data


def check_strictly(where: str, data: bytes) -> None:
    """FileFault where these bytes are not one JSON object that every reader reads alike.

    That is UTF-8 without a mark, no key twice in one object, no NaN, no number that would lose
    digits, no half of a character, and no more levels and values than a document of ours has.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise FileFault(f"{where}不是UTF-8编码：请报送系统导出的原文件，不要另存") from None
    if text.startswith("\ufeff"):
        raise FileFault(f"{where}开头被加上了标记（BOM）：请报送系统导出的原文件，不要另存")
    if sum(map(data.count, (b",", b"[", b"{"))) > _MOST_NODES:
        raise FileFault(f"{where}内容过多，不像交接文件")
    _check_depth(where, text)
    try:
        found = json.loads(
            text,
            object_pairs_hook=_each_key_once,
            parse_constant=_refuse_constant,
            parse_int=_plain_integer,
            parse_float=_finite,
        )
    except _Refusal as refused:
        raise FileFault(f"{where}{refused}") from None
    except json.JSONDecodeError as error:
        raise FileFault(
            f"{where}第{error.lineno}行不是有效的JSON，文件可能不完整：请重新导出、重新报送"
        ) from None
    except (ValueError, RecursionError):
        raise FileFault(f"{where}不是有效的JSON：请重新导出、重新报送") from None
    if not isinstance(found, dict):
        raise FileFault(f"{where}不是交接文件：最外层应为一个对象")
    try:
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise FileFault(f"{where}中有残缺的字符：请重新导出、重新报送") from None


def _check_depth(where: str, text: str) -> None:
    """FileFault for more levels than are allowed; brackets within strings count for nothing."""
    depth = 0
    inside = False
    for piece in _pieces(text):
        if piece == '"':
            inside = not inside
        elif inside:
            continue
        elif piece in "[{":
            depth += 1
            if depth > _DEEPEST:
                raise FileFault(f"{where}嵌套过深，不像交接文件")
        else:
            depth -= 1


def _pieces(text: str) -> Iterator[str]:
    """Quotes that begin or end a string, and brackets, in their order."""
    for match in _BRACKETS.finditer(text):
        if len(match[0]) == 1:
            yield match[0]


class _Refusal(Exception):
    """What of a JSON text is refused, to stand behind the name of the file."""


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Refusal(f"中“{twice[:40]}”一项在同一处出现两次，文件被改动过")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _Refusal(f"中有不是数字的数值（{name}），文件被改动过")


def _plain_integer(digits: str) -> int:
    if len(digits) > 18:
        raise _Refusal("中有过长的数字，文件被改动过")
    return int(digits)


def _finite(digits: str) -> float:
    found = float(digits)
    if found in (float("inf"), float("-inf")):
        raise _Refusal("中有过大的数字，文件被改动过")
    return found
