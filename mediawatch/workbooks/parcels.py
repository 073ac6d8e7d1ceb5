"""JSON documents that somebody sends: files, also in a zip, as their bytes and SHA-256."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mediawatch.inputs import InputFault, open_regular
from mediawatch.workbooks.faults import refuse_as
from mediawatch.workbooks.process import READING
from mediawatch.workbooks.refusals import BadFile

_MOST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class SentDocument:
    """One JSON object, strictly read (`parcel_reading`), and the file in which it came."""

    path: Path
    member: str
    """Its name within an archive; "" for the file itself."""
    sha256: str
    body: bytes

    @property
    def name(self) -> str:
        """As lists call it: the file without folders, and the name within an archive."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name


def read_parcel(path: Path) -> list[SentDocument]:
    """The documents of a file. BadFile, in Chinese, where one of them cannot be taken as it is."""
    try:
        descriptor = open_regular(path, _MOST_BYTES)
    except InputFault as fault:
        raise BadFile(_SAID.get(fault.kind, str(fault))) from None
    try:
        with refuse_as(BadFile, lambda failure: "文件内容过多或已损坏，无法读取"):
            items = READING.ask("parcel", {"name": path.name}, descriptor)
    finally:
        os.close(descriptor)
    return [
        SentDocument(path, head["name"], head["sha256"], body)
        for head, body in zip(items[::2], items[1::2], strict=True)
    ]


_SAID = {
    "missing": "找不到文件",
    "folder": "是文件夹，不是文件",
    "special": "不是普通文件",
    "large": f"文件超过{_MOST_BYTES // 2**20}MB：请分开报送",
    "unreadable": "文件无法读取",
}
