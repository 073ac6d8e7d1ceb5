"""What a command and its reading process say to each other, over a pair of sockets.

A frame is a letter, a length and so many bytes. Values are JSON: whatever the reading process
sends, taking it in runs nothing. Days and times are objects with one key.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from datetime import date, datetime, time, timedelta
from typing import Any

VALUE, BYTES, END, FAULT, FAILURE = b"V", b"B", b"E", b"F", b"X"
"""A value; bytes as they are; nothing follows; a sentence of refusal; what could not be read."""
_WITH_FILE, _WITHOUT_FILE = b"f", b"-"
_HEAD = struct.Struct(">cI")
_MOST = 128 * 2**20


class BrokenChannelError(Exception):
    """The other side is gone, or does not keep to the frames."""


def send(channel: socket.socket, kind: bytes, content: Any = None) -> None:
    """Send one frame. Raises BrokenChannelError, and ValueError for what is too large."""
    body = content if isinstance(content, bytes) else _encoded(content)
    if len(body) > _MOST:
        raise ValueError(f"{len(body)} bytes at once")
    try:
        channel.sendall(_HEAD.pack(kind, len(body)))
        channel.sendall(body)
    except OSError as error:
        raise BrokenChannelError(str(error)) from error


def receive(channel: socket.socket) -> tuple[bytes, Any, int]:
    """(kind, content, bytes) of the next frame. Raises BrokenChannelError."""
    kind, size = _HEAD.unpack(_exactly(channel, _HEAD.size))
    if size > _MOST:
        raise BrokenChannelError(f"a frame of {size} bytes")
    body = _exactly(channel, size)
    if kind == BYTES:
        return kind, bytes(body), size
    try:
        text = body.decode("utf-8", "surrogatepass")
        # What is no number is a text: no column of ours has an infinite one.
        return kind, json.loads(text, object_hook=_decoded, parse_constant=str), size
    except (ValueError, RecursionError, ArithmeticError, TypeError) as error:
        raise BrokenChannelError(f"a frame that is no JSON: {error}") from error


def ask(channel: socket.socket, kind: str, said: Any, descriptor: int | None) -> None:
    """Send a request, with a file where it has one. Raises BrokenChannelError."""
    try:
        if descriptor is None:
            channel.sendall(_WITHOUT_FILE)
        else:
            socket.send_fds(channel, [_WITH_FILE], [descriptor])
    except OSError as error:
        raise BrokenChannelError(str(error)) from error
    send(channel, VALUE, [kind, said])


def receive_request(channel: socket.socket) -> tuple[str, Any, int | None] | None:
    """(what is asked, its particulars, the file's descriptor); None where nobody asks any more."""
    try:
        mark, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
        if not mark:
            return None
        _, (kind, said), _ = receive(channel)
    except (OSError, BrokenChannelError):
        return None
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    return kind, said, descriptors[0] if descriptors else None


def _exactly(channel: socket.socket, size: int) -> bytearray:
    body = bytearray(size)
    view = memoryview(body)
    while view:
        try:
            count = channel.recv_into(view)
        except OSError as error:
            raise BrokenChannelError(str(error)) from error
        if not count:
            raise BrokenChannelError("the other side has ended")
        view = view[count:]
    return body


def _encoded(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, default=_plain, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _plain(value: object) -> Any:
    match value:
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case timedelta():
            return {"span": [value.days, value.seconds, value.microseconds]}
        case frozenset() | set():
            return list(value)
    raise TypeError(f"{type(value).__name__} is no plain value")


def _decoded(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        match found:
            case {"moment": str(text)}:
                return datetime.fromisoformat(text)
            case {"day": str(text)}:
                return date.fromisoformat(text)
            case {"time": str(text)}:
                return time.fromisoformat(text)
            case {"span": [int(days), int(seconds), int(rest)]}:
                return timedelta(days, seconds, rest)
    return found
