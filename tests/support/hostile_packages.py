"""Zip packages (.xlsx, .docx) spoiled in every way that a parser may stumble over."""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping

Parts = dict[str, bytes]
Spoil = Callable[[bytes], bytes]
_LAUGHS = b'<!DOCTYPE l [<!ENTITY a "haha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + step, b"&%c;" % (97 + step) * 10) for step in range(9)
)
_OUTSIDE = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">'
_WORDS = (b'"', b"<", b">", b"&", b"-1", b"9" * 20, b"\0", b"\xff\xfe", b"</row>", b"]]>", b"{{")


def parts_of(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as package:
        for name, body in parts.items():
            package.writestr(zipfile.ZipInfo(name), body, method)
    return stream.getvalue()


def with_part(part: str, change: Callable[[bytes], bytes]) -> Spoil:
    def spoil(data: bytes) -> bytes:
        parts = parts_of(data)
        return packed({**parts, part: change(parts.get(part, b""))})

    return spoil


def without(part: str) -> Spoil:
    return lambda data: packed({name: b for name, b in parts_of(data).items() if name != part})


def declared(encoding: bytes) -> Callable[[bytes], bytes]:
    """The same markup, which says that it is in another encoding."""
    head = b'<?xml version="1.0" encoding="%s"?>' % encoding
    return lambda xml: head + re.sub(rb"^<\?xml[^>]*\?>", b"", xml)


def typed(document_type: bytes, word: bytes) -> Callable[[bytes], bytes]:
    """A document type, whose entity stands before the first end of an element."""

    def change(xml: bytes) -> bytes:
        body = re.sub(rb"^<\?xml[^>]*\?>\s*", b"", xml)
        return document_type + b"]>" + body.replace(b"</", word + b"</", 1)

    return change


def bomb(part: str, megabytes: int, fill: bytes = b" ") -> Spoil:
    """A part that unpacks to so much, before its last end tag."""

    def spoil(data: bytes) -> bytes:
        parts = parts_of(data)
        body = parts.pop(part, b"<a></a>")
        at = max(body.rfind(b"</"), 0)
        stream = io.BytesIO(packed(parts))
        with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
            info = zipfile.ZipInfo(part)
            info.compress_type = zipfile.ZIP_DEFLATED
            with package.open(info, "w", force_zip64=True) as out:
                out.write(body[:at])
                for _ in range(megabytes):
                    out.write(fill * (2**20 // len(fill)))
                out.write(body[at:])
        return stream.getvalue()

    return spoil


def garbled(data: bytes, method: int) -> bytes:
    """Packed in another way, and damaged inside the packed bytes."""
    body = bytearray(packed(parts_of(data), method))
    for found in re.finditer(rb"BZh|\x5d\0\0", bytes(body)):
        body[found.end() + 4 : found.end() + 14] = b"\xff" * 10
    return bytes(body)


def flagged(offset: int, local_offset: int, value: int) -> Spoil:
    """A field of every entry set in both directories of the zip."""

    def spoil(data: bytes) -> bytes:
        body = bytearray(data)
        for mark, at in ((b"PK\x01\x02", offset), (b"PK\x03\x04", local_offset)):
            for found in re.finditer(re.escape(mark), data):
                body[found.start() + at] = value
        return bytes(body)

    return spoil


def mutated(seed: int, parts: tuple[str, ...]) -> Spoil:
    """One XML part changed at random places; the checksums are right again."""

    def spoil(data: bytes) -> bytes:
        chance = random.Random(seed)
        part = chance.choice(parts)

        def change(xml: bytes) -> bytes:
            body = bytearray(xml or b"<a/>")
            for _ in range(chance.choice((1, 2, 5, 20))):
                at = chance.randrange(len(body))
                match chance.randrange(4):
                    case 0:
                        body[at] = chance.randrange(256)
                    case 1:
                        del body[at : at + chance.randrange(1, 9)]
                        body = body or bytearray(b"<")
                    case 2:
                        body[at:at] = chance.choice(_WORDS)
                    case _:
                        numbers = list(re.finditer(rb'"(-?\d+)"', bytes(body)))
                        if numbers:
                            one = chance.choice(numbers)
                            body[one.start(1) : one.end(1)] = chance.choice(
                                (b"-1", b"4294967296", b"0", b"1e99", b"", b"9" * 23)
                            )
            return bytes(body)

        return with_part(part, change)(data)

    return spoil


def flipped(seed: int) -> Spoil:
    def spoil(data: bytes) -> bytes:
        chance, body = random.Random(seed), bytearray(data)
        for _ in range(chance.choice((1, 3, 10))):
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        return bytes(body)

    return spoil


def twice(data: bytes) -> bytes:
    """Every part stands in it two times."""
    stream = io.BytesIO(data)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(stream, "a") as package:
        for name, body in parts_of(data).items():
            package.writestr(zipfile.ZipInfo(name), body)
    return stream.getvalue()


def spoilt_packages(parts: tuple[str, ...], seeds: int, heavy: bool) -> Iterator[tuple[str, Spoil]]:
    """(name, how to spoil a good package): `parts` are its XML parts, the main one first."""
    main = parts[0]
    for part in parts:
        short = part.rpartition("/")[2]
        for encoding in (b"GB18030", b"UTF-16", b"utf-7", b"foo", b"shift_jis"):
            yield f"{short} in {encoding.decode()}", with_part(part, declared(encoding))
        yield f"{short} laughs", with_part(part, typed(_LAUGHS, b"&j;"))
        yield f"{short} reads a file", with_part(part, typed(_OUTSIDE, b"&a;"))
        yield f"{short} missing", without(part)
        yield f"{short} empty", with_part(part, lambda _: b"")
        yield f"{short} garbage", with_part(part, lambda _: random.Random(5).randbytes(3000))
        yield f"{short} cut", with_part(part, lambda xml: xml[: len(xml) // 2])
        yield f"{short} twice", with_part(part, lambda xml: xml + xml)
        if heavy:
            yield f"{short} bomb", bomb(part, 700)
            yield f"{short} flat bomb", bomb(part, 280, b"<c/>            ")
    deep = b"<a>" * 60_000 + b"</a>" * 60_000
    yield "deep", with_part(main, lambda xml: xml.replace(b"</", deep + b"</", 1))
    yield "lzma", lambda data: garbled(data, zipfile.ZIP_LZMA)
    yield "bzip2", lambda data: garbled(data, zipfile.ZIP_BZIP2)
    yield "unknown method", flagged(10, 8, 99)
    yield "encrypted", flagged(8, 6, 1)
    yield "half", lambda data: data[: len(data) // 2]
    yield "no tail", lambda data: data[:-30]
    yield "head alone", lambda data: b"PK\x03\x04"
    yield "noise behind PK", lambda data: b"PK" + random.Random(6).randbytes(500)
    yield "prepended", lambda data: b"MZ" + bytes(100) + data
    yield "in itself", with_part("x.zip", lambda _: b"PK\x03\x04")
    yield "every part twice", twice
    yield "names outside", with_part("../../../../tmp/mediawatch-outside", lambda _: b"x")
    for seed in range(seeds):
        yield f"mutation {seed}", mutated(seed, parts)
    for seed in range(seeds // 3):
        yield f"flip {seed}", flipped(seed)
