"""A server that speaks PostgreSQL's protocol as far as its refusal, in Chinese as `lc_messages` has it."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context

_NO_CIPHERS = (80877103, 80877104)
"""The codes by which a client asks for TLS and for GSSAPI."""


@contextmanager
def refusing_server(state: str, words: str) -> Iterator[int]:
    """The port at which each connection is refused with this SQLSTATE and sentence."""
    fields = {"S": "致命错误", "V": "FATAL", "C": state, "M": words}
    told = b"".join(f"{key}{value}\0".encode() for key, value in fields.items()) + b"\0"
    with socket.create_server(("127.0.0.1", 0)) as server:
        # A process, for psycopg asks whether a server is there without letting other threads run.
        serving = get_context("fork").Process(target=_serve, args=(server, told), daemon=True)
        serving.start()
        try:
            yield server.getsockname()[1]
        finally:
            serving.kill()
            serving.join()


def _serve(server: socket.socket, told: bytes) -> None:
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            with client, suppress(OSError, struct.error):
                _refuse(client, told)


def _refuse(client: socket.socket, told: bytes) -> None:
    while True:
        size, code = struct.unpack("!II", client.recv(8))
        if code not in _NO_CIPHERS:
            break
        client.sendall(b"N")
    client.recv(size)
    client.sendall(b"E" + struct.pack("!I", len(told) + 4) + told)
