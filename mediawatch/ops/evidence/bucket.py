"""Evidence in S3-compatible storage, through obstore.

What was stored is compared like this. A server that answers the MD5 of the sent bytes as ETag has
hashed what it stored: nothing else gives that value. An ETag may be something else (encryption by a
key service, several parts); then the file is read back and compared. S3's checksum headers are not
asked for: servers that do not know them ignore them without a word. The request itself is signed
with the SHA-256 of its body, so a server refuses what was altered on the way.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, NoReturn, TypeVar

from mediawatch.domain import UserError
from mediawatch.ops.evidence.places import PlaceFile

if TYPE_CHECKING:
    from obstore.store import S3Credential, S3Store

T = TypeVar("T")

_CHUNK = 1 << 20
_REMOVED_AT_ONCE = 500
_TRIES, _TRIED_FOR = 4, timedelta(seconds=60)
"""Tries after the first, as obstore makes them: refused connections, dropped ones, 5xx."""
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_STATUS = re.compile(r"status code: (\d{3})")
_DENIED = {
    "InvalidAccessKeyId": "it does not know the access key",
    "SignatureDoesNotMatch": "the secret key is not that of the access key",
    "RequestTimeTooSkewed": "this machine's clock differs from its own: set the clock",
}
_FULL = frozenset({"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull"})
_UNTRUSTED = ("certificate", "Certificate", "UnknownIssuer", "InvalidContentType", "tls", "TLS")


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAddress:
    """Where the bucket is, and the keys to it. `prefix` has no `/` at its ends."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    access_key: str
    secret_key: str

    def __repr__(self) -> str:
        return f"BucketAddress(s3://{self.bucket}/{self.prefix} at {self.endpoint})"


class BucketPlace:
    """A prefix of a bucket. The first request goes out with the first file."""

    at_once = 8
    """An answer takes milliseconds, and most of them pass on the way."""

    def __init__(self, address: BucketAddress, *, tries: int = _TRIES) -> None:
        self._address, self._tries = address, tries
        self._opened: S3Store | None = None
        self._conditional = True
        """Whether the server knows conditional writes; found out by the first one."""

    @property
    def label(self) -> str:
        return f"s3://{self._address.bucket}/{self._address.prefix}".rstrip("/")

    @property
    def location(self) -> str:
        return f"{self.label} at {self._address.endpoint}"

    @property
    def _store(self) -> S3Store:
        if self._opened is None:
            self._opened = _open(self._address, self._tries)
        return self._opened

    def write(self, path: str, body: bytes) -> None:
        is_new = self._asked(lambda: self._put_first(path, body))
        there = is_new or self._holds(path, body)
        if there:
            return
        if there is False:
            # Imported here: with it come rich and pygments.
            from mediawatch.log import get_logger

            get_logger(__name__).error(
                f"{self.label}/{path} has other bytes than were kept under its name: they are written "
                "anew"
            )
        self._asked(lambda: self._put(path, body))
        if not self._holds(path, body):
            raise UserError(
                f"{self.label}/{path} is stored otherwise than it was sent: ask the storage's "
                "administrator"
            )

    def _put_first(self, path: str, body: bytes) -> bool:
        """Whether the file is new, and surely stored as sent. Of two who write, one is first."""
        from obstore.exceptions import AlreadyExistsError, GenericError, NotSupportedError

        if not self._conditional:
            return self._put(path, body)
        try:
            return self._put(path, body, is_first=True)
        except AlreadyExistsError:
            return False
        except (GenericError, NotSupportedError) as error:
            if "501" not in _STATUS.findall(str(error)):
                raise
            # One name always means the same bytes, so writing over it is harmless.
            self._conditional = False
            return self._put(path, body)

    def _put(self, path: str, body: bytes, *, is_first: bool = False) -> bool:
        """Whether the answer proves that these bytes were stored."""
        import obstore

        mode: Literal["create", "overwrite"] = "create" if is_first else "overwrite"
        done = obstore.put(self._store, path, body, mode=mode, use_multipart=False)
        told = (done["e_tag"] or "").strip('"')
        return told == hashlib.md5(body, usedforsecurity=False).hexdigest()

    def _holds(self, path: str, body: bytes) -> bool | None:
        """None where there is no file: another writer of it may have been refused, too."""
        try:
            return b"".join(self.chunks(path)) == body
        except FileNotFoundError:
            return None

    def chunks(self, path: str) -> Iterator[bytes]:
        import obstore

        found = self._asked(lambda: obstore.get(self._store, path), path)
        stream = iter(found.stream(min_chunk_size=_CHUNK))
        while chunk := self._asked(lambda: next(stream, b"")):
            yield bytes(chunk)

    def files(self, day: str = "") -> Iterator[PlaceFile]:
        import obstore

        batches = iter(obstore.list(self._store, day or None))
        while batch := self._asked(lambda: next(batches, None)):
            for each in batch:
                yield PlaceFile(each["path"], each["size"], each["last_modified"])

    def remove(self, paths: Sequence[str]) -> None:
        import obstore

        for first in range(0, len(paths), _REMOVED_AT_ONCE):
            portion = list(paths[first : first + _REMOVED_AT_ONCE])
            self._asked(partial(obstore.delete, self._store, portion))

    def prepare(self) -> None:
        """Nothing: a bucket is its administrator's to make."""

    def _asked(self, ask: Callable[[], T], path: str = "") -> T:
        """The answer. FileNotFoundError for a `path` that is not there; every other trouble is told
        in one sentence, and nothing of the library's own text, which may name keys.
        """
        from obstore.exceptions import BaseError

        try:
            return _answer_to(ask)
        except FileNotFoundError as error:
            if path and "NoSuchBucket" not in str(error):
                raise FileNotFoundError(path) from None
            self._refuse(error)
        except (BaseError, OSError, ValueError) as error:
            self._refuse(error)

    def _refuse(self, error: Exception) -> NoReturn:
        raise UserError(f"evidence in {self.label}: {self._trouble(str(error))}") from None

    def _trouble(self, said: str) -> str:
        code = next(iter(_CODE.findall(said)), "")
        status = next(iter(_STATUS.findall(said)), "")
        at = self._address.endpoint
        if code == "NoSuchBucket":
            return (
                f"{at} has no such bucket: let the storage's administrator make it, or correct "
                "[evidence] place"
            )
        if code in _FULL or status == "507":
            return f"no space is left for it at {at}: let its administrator give more"
        if status in ("401", "403"):
            why = _DENIED.get(code, f"access is denied ({code or status})")
            return (
                f"{at} refuses it: {why}; [evidence] access_key and secret_key need the rights to "
                "list, read, write and delete there"
            )
        if status:
            return f"{at} answers {status} {code}".rstrip() + ": ask its administrator"
        if any(word in said for word in _UNTRUSTED):
            return (
                f"the TLS connection to {at} fails: SSL_CERT_FILE names the file of the company's "
                "own CA; a server without TLS is http:// in [evidence] endpoint"
            )
        return f"{at} cannot be reached: is the address right, the server up, the network there?"


def _answer_to(ask: Callable[[], T]) -> T:
    """The answer, for which the main thread waits so that a signal can end the waiting.

    obstore holds signals back until it returns, which may take a minute.
    """
    if threading.current_thread() is not threading.main_thread():
        return ask()
    caller = ThreadPoolExecutor(1)
    try:
        return caller.submit(ask).result()
    finally:
        caller.shutdown(wait=False)


def _open(address: BucketAddress, tries: int) -> S3Store:
    """UserError where the package is missing."""
    try:
        from obstore.store import S3Store
    except ModuleNotFoundError:
        raise UserError(
            "evidence in S3-compatible storage needs obstore: pip install 'mediawatch[storage]'"
        ) from None
    keys: S3Credential = {
        "access_key_id": address.access_key,
        "secret_access_key": address.secret_key,
        "token": None,
        "expires_at": None,
    }
    return S3Store(
        address.bucket,
        prefix=address.prefix or None,
        # obstore would take the rest from variables of another tool (AWS_ENDPOINT_URL_S3, tokens).
        endpoint=address.endpoint,
        aws_endpoint_url_s3=address.endpoint,
        region=address.region,
        skip_signature=False,
        credential_provider=lambda: keys,
        virtual_hosted_style_request=f"//{address.bucket}." in address.endpoint,
        # Several storages do not know the removal of many at once.
        disable_bulk_delete=True,
        client_options={
            "allow_http": address.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "read_timeout": timedelta(seconds=30),
            "timeout": timedelta(seconds=120),
        },
        retry_config={"max_retries": tries, "retry_timeout": _TRIED_FOR},
    )
