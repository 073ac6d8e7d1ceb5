"""Files that a person names: only regular ones, only of a sane size, as bytes, text, TOML or JSON.

A device or a pipe never ends, and a pipe keeps whoever opens it waiting.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from mediawatch.visible import make_one_line

SETTINGS_BYTES = 4 * 2**20
"""More than any file of settings, policies or cookies has."""


class InputFault(ValueError):
    """A named file cannot be read. The message is one sentence that names it, with the remedy.

    `kind`: `missing`, `folder`, `special` (pipe, device, socket), `large`, `unreadable`, `damaged`.
    """

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(make_one_line(sentence))
        self.kind = kind


def open_regular(path: Path, most: int) -> int:
    """A descriptor of a regular file of at most `most` bytes, for the caller to close.

    Raises InputFault.
    """
    try:
        # Without O_NONBLOCK a pipe would wait for somebody to write into it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except FileNotFoundError:
        if path.is_symlink():
            # Somebody meant this file: whoever can do without one must not do without it.
            raise InputFault(
                "unreadable",
                f"{path} is a link to {os.path.realpath(path)}, which does not exist: "
                "link it anew or remove it",
            ) from None
        raise InputFault("missing", f"{path} does not exist") from None
    except OSError as error:
        # A socket cannot even be opened.
        if _is_special(path):
            raise _special(path) from None
        raise InputFault("unreadable", f"{path} cannot be read: {error.strerror}") from error
    except ValueError:
        raise InputFault("missing", f"{str(path)!r} is no name of a file") from None
    try:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise InputFault("folder", f"{path} is a folder: name the files in it")
        if not stat.S_ISREG(found.st_mode):
            raise _special(path)
        if found.st_size > most:
            raise too_large(path, most)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read_bytes(path: Path, most: int = SETTINGS_BYTES) -> bytes:
    """The bytes of a regular file. Raises InputFault."""
    try:
        with os.fdopen(open_regular(path, most), "rb") as file:
            # Files of the kernel (/proc) say that they are empty, and others may still grow.
            data = file.read(most + 1)
    except OSError as error:
        raise InputFault("unreadable", f"{path} cannot be read: {error.strerror}") from error
    if len(data) > most:
        raise too_large(path, most)
    return data


def too_large(path: Path, most: int) -> InputFault:
    """The fault of a file with more than `most` bytes."""
    size = f"{most // 2**20} MB" if most >= 2**20 else f"{most} bytes"
    return InputFault("large", f"{path} is larger than {size}: split it, or name the right file")


def read_text(path: Path, most: int = SETTINGS_BYTES) -> str:
    """A text in UTF-8 or UTF-16, as Windows' Notepad saves it. Raises InputFault.

    UTF-16 needs its mark at the beginning. Lines end in "\\n", whatever ended them.
    """
    data = read_bytes(path, most)
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        line, _ = text_place(data, error.start, "utf-16" if marked else "utf-8")
        kind = "GBK (ANSI in Notepad)" if _is_gbk(data) and not marked else "damaged text"
        raise InputFault(
            "damaged",
            f"{path}, line {line}: not UTF-8 but {kind}: open it in Notepad and save it as UTF-8",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_place(data: bytes, start: int, encoding: str) -> tuple[int, int]:
    """(line, character in it), from 1, of a byte in a text that is sound before it.

    Not by counting line-end bytes: in UTF-16 they stand within other characters.
    """
    before = re.split("\r\n|\r|\n", data[:start].decode(encoding, errors="ignore"))
    return len(before), len(before[-1].lstrip("\ufeff")) + 1


def read_toml(path: Path, most: int = SETTINGS_BYTES) -> dict[str, Any]:
    """The tables of a TOML file. Raises InputFault."""
    return parse_toml(read_text(path, most), str(path))


def parse_toml(text: str, place: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises InputFault, which names the place."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputFault("damaged", f"{place} is not valid TOML: {error}") from None
    except RecursionError:
        raise InputFault("damaged", f"{place} nests its tables or lists too deeply") from None
    except ValueError as error:
        # A day that no calendar has, or a number of thousands of digits.
        raise InputFault("damaged", f"{place} is not valid TOML: {error}") from None


def parse_json(text: str | bytes, place: str) -> Any:
    """What a JSON text holds. Raises InputFault, which names the place and quotes nothing."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputFault(
            "damaged", f"{place}: the JSON breaks off or is damaged at line {error.lineno}"
        ) from None
    except RecursionError:
        raise InputFault("damaged", f"{place}: the JSON is nested too deeply") from None
    except ValueError:
        raise InputFault("damaged", f"{place}: the JSON is damaged somewhere") from None


def _is_gbk(data: bytes) -> bool:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _is_special(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _special(path: Path) -> InputFault:
    return InputFault(
        "special", f"{path} is a pipe, a device or a socket: save it as a file and name that"
    )
