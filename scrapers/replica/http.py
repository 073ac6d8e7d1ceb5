"""Requests and responses on a stream, as far as a browser needs them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from scrapers.replica.web import Drop, Request, Response

_REASONS = {
    200: "OK",
    204: "No Content",
    301: "Moved Permanently",
    302: "Found",
    404: "Not Found",
    502: "Bad Gateway",
}


async def read_head(reader: asyncio.StreamReader) -> tuple[str, str, Mapping[str, str]] | None:
    """Method, target and headers (names in lower case); None when the connection ended or is not
    HTTP.
    """
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    words = lines[0].split(" ")
    if len(words) != 3:
        return None
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines[1:] if line)
    }
    return words[0], words[1], headers


async def read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    length = headers.get("content-length", "0")
    return await reader.readexactly(int(length)) if length.isdigit() and length != "0" else b""


def read_json(body: bytes) -> Mapping[str, Any]:
    """The JSON object of a body; empty where it is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, how: Drop) -> None:
    """No answer: until the browser goes away, or with a reset."""
    if how is Drop.RESET:
        writer.transport.abort()
        return
    while await reader.read(1 << 12):
        pass


def readable_by(request: Request, response: Response) -> Response:
    """The response, with leave for a page of another origin of the same site to read it.

    Also the answer to the browser's question before such a call (OPTIONS).
    """
    origin = request.headers.get("origin", "")
    host = urlsplit(origin).hostname or ""
    if host == request.host or host.split(".")[-2:] != request.host.split(".")[-2:]:
        return response
    leave = (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Headers", "content-type"),
        ("Vary", "Origin"),
    )
    return replace(response, headers=(*response.headers, *leave))


async def send(
    writer: asyncio.StreamWriter,
    response: Response,
    *,
    close: bool = False,
    head_only: bool = False,
) -> None:
    names = {name.lower() for name, _ in response.headers}
    lines = [
        f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Replica')}",
        f"Content-Length: {len(response.body)}",
    ]
    lines += [f"Content-Type: {response.content_type}"] if response.body else []
    lines += [] if "cache-control" in names else ["Cache-Control: no-store"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    lines += ["Connection: close"] if close else []
    writer.write(
        "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if head_only else response.body)
    )
    await writer.drain()
