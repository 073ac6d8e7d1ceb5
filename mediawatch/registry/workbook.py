"""Files to sheets of cells: .xlsx (.xlsm), .xls and .csv, known by their bytes, not their names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mediawatch.registry import csvfile, xls, xlsx
from mediawatch.registry.problems import Unusable
from mediawatch.registry.sheet import Sheet

_TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
_KINDS_OF_BYTES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a WebP picture"),
    (b"%PDF", "a PDF document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "an RTF document"),
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<?xml", b"<style", b"<body")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_BYTES = 300 * 2**20
_AS_WORKBOOK = "save the table as .xlsx in Excel or WPS"


@dataclass(frozen=True, slots=True)
class File:
    """A file that could be read. `sha256` is of its bytes."""

    path: Path
    sha256: str
    sheets: tuple[Sheet, ...]


def read_files(paths: Sequence[Path]) -> tuple[File, ...]:
    """Read all files or no file.

    Raises Unusable with one sentence for every file that is not a table of ours.
    """
    files: list[File] = []
    problems: list[str] = []
    for path in paths:
        try:
            files.append(read_file(path))
        except Unusable as unusable:
            problems += unusable.problems
    seen: dict[str, Path] = {}
    for file in files:
        if file.sha256 in seen:
            problems.append(
                f"{file.path} and {seen[file.sha256]} have the same content: name the file once"
            )
        seen[file.sha256] = file.path
    if problems:
        raise Unusable(*problems)
    return tuple(files)


def read_file(path: Path) -> File:
    """One file. Raises Unusable."""
    data = _bytes(path)
    name = str(path)
    if data.startswith(b"PK"):
        sheets = xlsx.read(name, data)
    elif data.startswith(_OLE):
        sheets = xls.read(name, data)
    else:
        _require_text(path, data)
        sheets = (Sheet(name, "", csvfile.read(name, data)),)
    if all(sheet.empty for sheet in sheets):
        raise Unusable(f"{name} has no filled cell in any sheet")
    return File(path, hashlib.sha256(data).hexdigest(), sheets)


def _bytes(path: Path) -> bytes:
    if path.name.startswith("~$"):
        raise Unusable(f"{path} is the lock file of an open workbook: name the workbook itself")
    try:
        if path.is_dir():
            raise Unusable(f"{path} is a folder: name the files in it")
        if path.stat().st_size > _MOST_BYTES:
            raise Unusable(
                f"{path} is larger than {_MOST_BYTES // 2**20} MB: split it, or remove "
                "pictures from it"
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise Unusable(f"{path} does not exist") from None
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from error
    if not data:
        raise Unusable(f"{path} is empty (0 bytes): it was not saved, or not copied to the end")
    return data


def _require_text(path: Path, data: bytes) -> None:
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if kind := next((kind for magic, kind in _KINDS_OF_BYTES if data.startswith(magic)), None):
        raise Unusable(f"{path} is {kind}, not a table: {_AS_WORKBOOK}")
    if head.startswith(_MARKUP):
        raise Unusable(
            f"{path} is an HTML or XML page, not a workbook: open it in Excel or WPS and save "
            "it as .xlsx"
        )
    if path.suffix.lower() in (".xls", ".xlsx", ".xlsm"):
        raise Unusable(
            f"{path} is not an Excel workbook, whatever its name says: {_AS_WORKBOOK}, or name a "
            "text table .csv"
        )
    if path.suffix.lower() not in _TEXT_SUFFIXES:
        raise Unusable(f"{path} is not an .xlsx, .xls or .csv file: {_AS_WORKBOOK}")
