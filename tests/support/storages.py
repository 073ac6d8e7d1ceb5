"""A real S3 server on this machine (localbucket): its files lie in a folder, which tests may damage.

It asks for no keys, so the access key is compared here. radosgw, of the full sizes, compares whole
signatures (tests/support/radosgw.py).
"""

from __future__ import annotations

import os
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from localbucket import S3Error, S3Handler

from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.evidence.bucket import BucketAddress, BucketPlace
from mediawatch.ops.settings import Home

KEY, SECRET = "OFFICE-ACCESS-KEY", "office+secret/key"
BUCKET = "mw-evidence"


@dataclass
class Storage:
    """A server with one bucket. What a test sets makes it answer otherwise."""

    root: Path
    endpoint: str = ""
    refuses: tuple[int, str] | None = None
    """Status and code of every answer."""
    refuses_after: tuple[int, tuple[int, str]] | None = None
    """So many more files are taken; then every further one gets this answer."""
    knows_conditions: bool = True
    conflicts: int = 0
    """Conditional writes that are refused because another one is under way."""
    etag: str = ""
    """The ETag of every write; "" for the MD5."""
    spoils: bytes = b""
    """Stored at the end of every file that is written from now on."""
    asked: list[str] = field(default_factory=list)

    @property
    def bucket(self) -> Path:
        return self.root / BUCKET

    def address(self, prefix: str = "office", **other: str) -> BucketAddress:
        chosen = {"endpoint": self.endpoint, "access_key": KEY, "secret_key": SECRET}
        return BucketAddress(
            **({"bucket": BUCKET, "prefix": prefix, "region": "us-east-1"} | chosen | other)
        )

    def place(self, prefix: str = "office", **other: str) -> BucketPlace:
        return BucketPlace(self.address(prefix, **other), tries=0)

    def folder(self, prefix: str = "office") -> EvidenceFolder:
        return EvidenceFolder(self.place(prefix))

    def configure(self, home: Home, prefix: str = "office", *, place: bool = True) -> None:
        """Write the settings of a home; without `place` the keys alone."""
        lines = [f'place = "s3://{BUCKET}/{prefix}"'] if place else []
        lines += [
            f'endpoint = "{self.endpoint}"',
            f'access_key = "{KEY}"',
            f'secret_key = "{SECRET}"',
        ]
        home.config.write_text("\n".join(["[evidence]", *lines, ""]), encoding="utf-8")


@contextmanager
def serve_storage(folder: Path, *, tls: bool = False) -> Iterator[Storage]:
    """The server runs until the end of the block; with `tls` by a certificate that
    `ca.pem` in the folder signed.
    """
    storage = Storage(folder)
    storage.bucket.mkdir(parents=True)

    counting = threading.Lock()

    class Handler(S3Handler):
        data_root = folder

        def log_message(self, format: str, *args: object) -> None:
            storage.asked.append(format % args)

        def _dispatch(self, action: object) -> None:
            super()._dispatch(lambda bucket, key: (self._admit(), action(bucket, key)))  # type: ignore[operator]

        def _admit(self) -> None:
            if storage.refuses is not None:
                status, code = storage.refuses
                raise S3Error(HTTPStatus(status), code, "")
            if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
                raise S3Error(HTTPStatus.FORBIDDEN, "InvalidAccessKeyId", KEY)
            if storage.conflicts and "If-None-Match" in self.headers:
                storage.conflicts -= 1
                raise S3Error(HTTPStatus.CONFLICT, "ConditionalRequestConflict", "")
            if not storage.knows_conditions and "If-None-Match" in self.headers:
                raise S3Error(HTTPStatus.NOT_IMPLEMENTED, "NotImplemented", "")

        def _write_object(self, bucket: str, key: str, write: object) -> str:
            # Counted before it is written: of several at once no more are taken.
            refused = False
            with counting:
                if storage.refuses_after is not None:
                    left, (status, code) = storage.refuses_after
                    storage.refuses_after = max(0, left - 1), (status, code)
                    refused = not left
            if refused:
                time.sleep(1)  # What was taken is kept meanwhile: a failure ends what is under way.
                raise S3Error(HTTPStatus(status), code, "")
            made: str = super()._write_object(bucket, key, write)
            if storage.spoils:
                with (folder / bucket / key).open("ab") as file:
                    file.write(storage.spoils)
            return storage.etag or made

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        storage.endpoint = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(make_certificates(folder))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield storage
        finally:
            server.shutdown()
            thread.join()


def make_certificates(folder: Path) -> Path:
    """The server's key and certificate, in one PEM; `ca.pem` beside it is what signed it."""
    now, names = datetime.now(UTC), [x509.IPAddress(IPv4Address("127.0.0.1"))]
    subject = {
        who: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)]) for who in ("ca", "storage")
    }
    key = {who: ec.generate_private_key(ec.SECP256R1()) for who in subject}
    pems = {}
    for who in subject:
        made = x509.CertificateBuilder(
            subject["ca"], subject[who], key[who].public_key(), x509.random_serial_number()
        )
        made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(
            now + timedelta(days=1)
        )
        made = made.add_extension(x509.BasicConstraints(ca=who == "ca", path_length=None), True)
        if who == "storage":
            made = made.add_extension(x509.SubjectAlternativeName(names), False)
        signed = made.sign(key["ca"], hashes.SHA256())
        pems[who] = signed.public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(pems["ca"])
    private = key["storage"].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "server.pem").write_bytes(private + pems["storage"])
    return folder / "server.pem"


def spoil(path: Path) -> None:
    """Alter the last byte of a file, and nothing else."""
    body = path.read_bytes()
    path.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
    os.utime(path)
