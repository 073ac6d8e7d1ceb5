"""Text tables, settings, cookies and pictures that are damaged, endless or no such thing."""

from __future__ import annotations

import codecs
import os
import random
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

Place = Callable[[Path], None]
"""Puts something at a path."""


def bytes_at(body: bytes) -> Place:
    return lambda path: path.write_bytes(body) and None


def odd_places() -> Iterator[tuple[str, Place]]:
    """What is no regular file at all."""
    yield "pipe", os.mkfifo
    yield "device", lambda path: path.symlink_to("/dev/zero")
    yield "folder", lambda path: path.mkdir()
    yield "socket", _bind
    yield "loop of links", lambda path: path.symlink_to(path.name)
    yield "link to nothing", lambda path: path.symlink_to("nothing")
    yield "nothing", lambda path: None
    yield "empty", bytes_at(b"")
    yield "huge", _stretch


def _bind(path: Path) -> None:
    """A socket; its address may be short only."""
    here = os.open(path.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)


def _stretch(path: Path) -> None:
    """A file with a hole of 5 GB."""
    with path.open("wb") as file:
        file.truncate(5 * 2**30)


def spoilt_tables(good: str, heavy: bool) -> Iterator[tuple[str, Place]]:
    """(name, how to write it), of a good CSV."""
    chance = random.Random(8)
    for name, body in {
        "UTF-16": codecs.BOM_UTF16_LE + good.encode("utf-16-le"),
        "UTF-16, one byte more": codecs.BOM_UTF16_LE + good.encode("utf-16-le") + b"x",
        "UTF-16 without a mark": good.encode("utf-16-le"),
        "half a character": codecs.BOM_UTF16_LE + b"\x00\xd8" + good.encode("utf-16-le"),
        "half a character in UTF-8": b"\xed\xa0\x80" + good.encode(),
        "UTF-32": good.encode("utf-32"),
        "two encodings": good.encode() + "\n甲,乙".encode("gb18030"),
        "zeros": good.replace("示", "\0").encode(),
        "open quotation mark": (good + '\n"abc').encode(),
        "mark behind a quotation": (good + '\n"a"b,c').encode(),
        "a field of 300 kB": (good + "\n" + "x" * 300_000 + ",a").encode(),
        "a line of 2 MB": (good + "\n" + "x" * 2**21).encode(),
        "separated by a quotation mark": ('sep="\n' + good).encode(),
        "separated by a return": ("sep=\r\n" + good).encode(),
        "a declaration alone": b"sep=,\n",
        "commas": b"," * 100_000,
        "200 000 columns": (good.splitlines()[0] + "," * 200_000).encode(),
        "escapes": good.replace("示", "\x1b[31m\u202e\x9b").encode(),
        "HTML": b"<html><table><tr><td>1</td></tr></table></html>",
        "old XML": b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>',
        "noise": chance.randbytes(5000),
        "blank lines": b"\n\n\n  \n",
        "bytes 255": b"\xff" * 100,
        "formulas": good.replace("示", '=cmd|"/c calc"!A1').encode(),
    }.items():
        yield name, bytes_at(body)
    if heavy:
        yield "a line of 280 MB", lambda path: path.write_bytes(b"x" * (280 << 20)) and None
    lines = good.splitlines()
    for seed in range(25 if heavy else 5):
        chance = random.Random(100 + seed)
        body = bytearray("\n".join(lines * 3).encode())
        for _ in range(chance.choice((1, 4, 16))):
            body[chance.randrange(len(body))] = chance.randrange(256)
        yield f"changed {seed}", bytes_at(bytes(body))


def spoilt_toml(good: str) -> Iterator[tuple[str, Place]]:
    """(name, how to write it), of a good file of settings."""
    for name, body in {
        "GBK": (good + "\n# 备注").encode("gb18030"),
        "UTF-16": ("# 备注\n" + good + "\nx = [").encode("utf-16"),
        "UTF-16 cut": codecs.BOM_UTF16_LE + b"a",
        "noise": random.Random(9).randbytes(300),
        "zeros": good.encode() + b"\0",
        "deep list": b"x = " + b"[" * 5000 + b"]" * 5000,
        "deep table": b"x = " + b"{a=" * 5000 + b"1" + b"}" * 5000,
        "deep key": b"a." * 5000 + b"b = 1",
        "open list": b"x = [",
        "unknown table": b"[nope]\na = 1",
        "a number of 9 000 digits": b"x = " + b"9" * 9000,
        "no day": b"x = 2021-99-99",
        "no character": b'x = "\\ud800"',
        "key twice": b"x = 1\nx = 2",
        "6 MB": b"#" + b"x" * 6_000_000,
    }.items():
        yield name, bytes_at(body)
    body = good.encode() or b"a = 1\n"
    for seed in range(10):
        chance = random.Random(seed)
        at = chance.randrange(len(body))
        yield f"cut {seed}", bytes_at(body[:at] + chance.choice((b'"', b"=", b"[", b"\xff", b"\r")))


def spoilt_json() -> Iterator[tuple[str, Place]]:
    """(name, how to write it) of files of cookies."""
    for name, body in {
        "deep": b"[" * 200_000,
        "deep and closed": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "cut": b'[{"name": "a"',
        "number": b"9" * 9000,
        "list of numbers": b"[1, 2]",
        "GBK": '[{"name": "备"}]'.encode("gb18030"),
        "UTF-16": '[{"name": "备"}]'.encode("utf-16"),
        "text": b"a\tb\tc",
        "noise": random.Random(3).randbytes(400),
        "endless number": b"[1e99999]",
        "5 MB": b"[" + b" " * 5_000_000 + b"]",
    }.items():
        yield name, bytes_at(body)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def spoilt_pictures(png: bytes, jpeg: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, bytes), of a good PNG and a good JPEG."""
    head, tail = png[:33], _chunk(b"IEND", b"")
    wide = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    yield "one byte again and again", b"\xff\xd8\xff" + b"\xff" * 3_000_000
    yield "segments of nothing", b"\xff\xd8" + b"\xff\xe0\x00\x00" * 700_000
    yield "least segments", b"\xff\xd8" + b"\xff\xe0\x00\x02" * 700_000
    yield "empty chunks", head + _chunk(b"IDAT", b"") * 200_000 + tail
    yield "chunks of one byte", head + _chunk(b"IDAT", b"x") * 200_000 + tail
    yield "a side of 60 000", png[:8] + _chunk(b"IHDR", wide) + _chunk(b"IDAT", b"x") + tail
    yield "odd density", head + _chunk(b"pHYs", b"x") + _chunk(b"IDAT", b"x") + tail
    yield "size of a chunk", head + b"\xff\xff\xff\xffIDAT"
    yield "no end", png[:-12]
    yield "half a PNG", png[: len(png) // 2]
    yield "half a JPEG", jpeg[: len(jpeg) // 2]
    yield "a head alone", b"\x89PNG\r\n\x1a\n"
    yield "RIFF", b"RIFF\xff\xff\xff\xffWEBPVP8 "
    yield "a page", b"<svg onload='x'/>"
    for seed in range(12):
        chance = random.Random(seed)
        body = bytearray(chance.choice((png, jpeg)))
        for _ in range(8):
            body[chance.randrange(len(body))] = chance.randrange(256)
        yield f"changed {seed}", bytes(body)
